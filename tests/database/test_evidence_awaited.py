"""Nothing closes before every announced photo has arrived or was given up with a reason."""

import pytest
from flask import Flask
from sqlalchemy import select

from inspect_app.evidence import actions as evidence
from inspect_app.evidence.models import Photo
from inspect_app.hazards import queries, records
from inspect_app.hazards.actions import correcting, finding, mending, settling, verifying
from inspect_app.hazards.locking import lock
from inspect_app.hazards.models import Hazard
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotAllowed, Refused
from tests.support import PIXEL, District, photo, submitted, verified

from .life import agreed, awaiting_closure, never_sent, newest, rectifying


def _looked_back(app: Flask, district: District) -> tuple[Hazard, list[object]]:
    """Seen mended by a deputy whose phone has sent one of three photos."""
    hazard, here = rectifying(district), photo(app.extensions["storage"], district, "daibiao3")
    missing = [never_sent(), never_sent()]
    mending.look_back(lock(hazard.id), district.actor("daibiao3"), mended=True, photo_ids=(here, *missing))
    return hazard, list(missing)


def test_a_pass_waits_for_the_photos_a_look_back_announced(app: Flask, district: District) -> None:
    hazard, missing = _looked_back(app, district)
    waiting = records.read(hazard).waiting
    assert (waiting.arrived, waiting.expected) == (1, 3)
    assert db.session.scalar(select(Hazard.id).where(queries.photos_awaited())) == hazard.id
    with pytest.raises(Refused, match="2 张照片没到"):
        verified(district, hazard)
    for photo_id in missing:
        evidence.receive_photo(
            app.extensions["storage"], PIXEL, photo_id=photo_id, account_id=district.cast.accounts["daibiao3"]  # type: ignore[arg-type]
        )  # fmt: skip
    verified(district, hazard)
    assert hazard.state == "awaiting_closure"
    assert len(newest(hazard).body["facts"]["evidence"]) == 3


def test_a_mending_on_the_spot_does_not_close_before_its_photo(app: Flask, district: District) -> None:
    from tests.support import found

    hazard = found(district)
    hazard.checklist_version_id = district.versions[0]  # the fire list, in which this item may be mended on the spot
    finding.fix_on_spot(lock(hazard.id), district.actor("daibiao1"), photo_ids=(never_sent(),))
    with pytest.raises(Refused, match="照片没到"):
        verified(district, hazard, "du1")
    assert hazard.state == "awaiting_verification"


def test_a_photo_that_cannot_be_decoded_has_not_arrived(app: Flask, district: District) -> None:
    hazard = rectifying(district)
    shot = photo(app.extensions["storage"], district, "jiedao1")
    mending.submit(lock(hazard.id), district.actor("jiedao1"), photo_ids=(shot,), words="改好了")
    db.session.get_one(Photo, shot).refused_reason = "这张照片没有存完整，打不开。"
    with pytest.raises(Refused, match="照片没到"):
        verified(district, hazard)


def test_a_photo_of_the_finding_that_never_came_holds_later_rounds_too(app: Flask, district: District) -> None:
    storage, hazard = app.extensions["storage"], rectifying(district)
    mending.look_back(lock(hazard.id), district.actor("daibiao2"), mended=False, photo_ids=(never_sent(),))
    submitted(district, hazard, storage)
    verified(district, hazard, passed=False)
    assert records.read(hazard).waiting.complete  # what an earlier round lacked does not hold up this one
    correcting.correct(
        lock(hazard.id), district.actor("du1"), correcting.Correction(photo_ids=(never_sent(),)), reason="补一张"
    )
    submitted(district, hazard, storage)
    with pytest.raises(Refused, match="1 张照片没到"):
        verified(district, hazard)


def test_a_supervisor_gives_up_a_photo_with_a_reason_that_stands_in_the_chain(app: Flask, district: District) -> None:
    hazard, missing = _looked_back(app, district)
    with pytest.raises(Refused, match="理由"):
        mending.give_up_photo(lock(hazard.id), district.actor("du1"), photo_id=missing[0], reason=" ")  # type: ignore[arg-type]
    with pytest.raises(NotAllowed):
        mending.give_up_photo(lock(hazard.id), district.actor("daibiao2"), photo_id=missing[0], reason="手机丢了")  # type: ignore[arg-type]
    for photo_id in missing:
        mending.give_up_photo(lock(hazard.id), district.actor("du1"), photo_id=photo_id, reason="手机丢了")  # type: ignore[arg-type]
    event = newest(hazard)
    assert (event.step, event.body["facts"]) == ("give_up_photo", {"photo": str(missing[1])})
    verified(district, hazard)
    assert hazard.state == "awaiting_closure"


def test_a_photo_that_is_there_is_not_given_up(app: Flask, district: District) -> None:
    hazard, _ = _looked_back(app, district)
    here = next(link.photo_id for link in queries.photos_of(hazard))
    with pytest.raises(Refused, match="还没有到"):
        mending.give_up_photo(lock(hazard.id), district.actor("du1"), photo_id=here, reason="不要了")


def test_looking_at_photos_needs_a_photo(app: Flask, district: District) -> None:
    hazard, lost = rectifying(district), never_sent()
    mending.submit(lock(hazard.id), district.actor("jiedao1"), photo_ids=(lost,), words="改好了")
    mending.give_up_photo(lock(hazard.id), district.actor("du1"), photo_id=lost, reason="发不来了")
    with pytest.raises(Refused, match="到现场看"):
        verifying.verify(lock(hazard.id), district.actor("du2"), passed=True, way="photos", opinion="看过")
    verifying.verify(lock(hazard.id), district.actor("du2"), passed=True, way="on_site", opinion="到场看过")
    assert hazard.state == "closed"


def test_a_photo_the_worker_refuses_late_holds_the_closing(app: Flask, district: District) -> None:
    hazard = agreed(district, awaiting_closure(district, app.extensions["storage"]))
    shot = next(link.photo_id for link in queries.photos_of(hazard) if link.slot == "after")
    db.session.get_one(Photo, shot).refused_reason = "打不开"
    with pytest.raises(Refused, match="照片没到"):
        settling.close(lock(hazard.id), district.actor("du1"))
    settling.send_back(lock(hazard.id), district.actor("du1"), reason="照片打不开")
    with pytest.raises(Refused, match="照片没到"):  # the photos of the submission go with it into the new round
        verified(district, hazard, "du2")
