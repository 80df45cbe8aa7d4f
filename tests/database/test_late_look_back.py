"""What comes late from a phone is accepted as an observation always; the step follows if it is still legal."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from inspect_app.hazards import queries
from inspect_app.hazards.actions import finding
from inspect_app.hazards.locking import lock
from inspect_app.hazards.models import Hazard, MendingRound
from inspect_app.hazards.sightings import Sighting
from inspect_app.hazards.standing import current_round
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Refused
from tests.operations import operation, taken
from tests.support import District, found, photo, piles, submitted, verified

from .life import newest, rectifying

TIMES = {"uncertainty_ms": 800, "offset_ms": -120}


def _send(
    app: Flask, district: District, hazard: Hazard, *, mended: bool, login: str = "daibiao2", seen: datetime | None = None,
    photos: int = 1,
) -> str:  # fmt: skip
    """One look-back as a phone sends it; returns the outcome in the receipt."""
    shots = [str(photo(app.extensions["storage"], district, login)) for _ in range(photos)]
    said = {"hazard": str(hazard.id), "mended": mended, "photos": shots, "words": "路过看到", "version": 3}
    (outcome,) = taken(
        app, district, login, [operation("hazard.look_back", said, at=seen, device="phone-0002", times=TIMES)]
    )
    return outcome


def test_in_time_it_is_the_step_with_the_phones_time_and_its_uncertainty(app: Flask, district: District) -> None:
    hazard = rectifying(district)
    assert _send(app, district, hazard, mended=True) == "applied"
    assert (hazard.state, newest(hazard).step) == ("awaiting_verification", "look_back_mended")
    device = newest(hazard).body["device"]
    assert device["id"] == "phone-0002"
    assert device["uncertainty_ms"] == 800


@pytest.mark.parametrize("state", ["found", "closed", "awaiting_closure"])
def test_when_it_is_no_longer_a_step_it_is_kept_and_waits_at_the_desk(
    app: Flask, district: District, state: str
) -> None:
    storage = app.extensions["storage"]
    hazard = found(district) if state == "found" else rectifying(district, major=state == "awaiting_closure")
    if state != "found":
        verified(district, submitted(district, hazard, storage), "du2")
    before = hazard.version
    assert _send(app, district, hazard, mended=False) == "applied"
    assert (hazard.state, newest(hazard).step) == (state, "observe")
    row = db.session.scalars(select(Sighting)).one()
    assert (row.mended, row.words, row.seen_version, row.now_version, row.waits) == (False, "路过看到", 3, before, True)
    assert db.session.scalars(select(Hazard.id).where(queries.observed())).all() == [hazard.id]
    assert hazard.id in set().union(*piles(district).values())
    with pytest.raises(Refused):
        finding.note_observed(lock(hazard.id), district.actor("du1"), words="")
    finding.note_observed(lock(hazard.id), district.actor("du1"), words="已请原承办单位再看")
    assert db.session.scalars(select(Hazard.id).where(queries.observed())).all() == []


def test_while_awaiting_verification_it_is_the_verification_of_who_may(app: Flask, district: District) -> None:
    hazard = submitted(district, rectifying(district), app.extensions["storage"])
    assert _send(app, district, hazard, mended=True) == "applied"
    assert (hazard.state, newest(hazard).step) == ("awaiting_closure", "pass")
    assert db.session.scalars(select(Sighting)).all() == []


def test_what_was_seen_before_the_mending_was_reported_proves_nothing_about_it(app: Flask, district: District) -> None:
    hazard = submitted(district, rectifying(district), app.extensions["storage"])
    assert _send(app, district, hazard, mended=False, seen=clock.now() - timedelta(days=2)) == "applied"
    assert (hazard.state, newest(hazard).step) == ("awaiting_verification", "observe")


def test_the_witness_does_not_verify_by_looking_back_again(app: Flask, district: District) -> None:
    hazard = rectifying(district)
    _send(app, district, hazard, mended=True)
    assert current_round(hazard).witness_person_id == district.cast.persons["daibiao2"]
    assert _send(app, district, hazard, mended=True) == "applied"
    assert (hazard.state, newest(hazard).step) == ("awaiting_verification", "observe")


def test_without_a_photo_it_is_kept_as_what_it_is(app: Flask, district: District) -> None:
    hazard = rectifying(district)
    assert _send(app, district, hazard, mended=True, photos=0) == "applied"
    assert (hazard.state, newest(hazard).step) == ("rectifying", "observe")


def test_two_looks_are_held_against_each_other_by_when_they_were_seen_not_by_when_they_came(
    app: Flask, district: District
) -> None:
    """Seen mended at ten and again at eleven; both phones find a signal in the evening, the first one first."""
    hazard = rectifying(district)
    ten = clock.now() - timedelta(hours=8)
    assert _send(app, district, hazard, mended=True, seen=ten) == "applied"
    assert current_round(hazard).submitted_at == ten
    assert _send(app, district, hazard, mended=True, login="daibiao3", seen=ten + timedelta(hours=1)) == "applied"
    assert newest(hazard).step == "pass"
    verified_at = db.session.scalars(select(MendingRound.verified_at).where(MendingRound.hazard_id == hazard.id)).one()
    assert verified_at == ten + timedelta(hours=1)


def test_seen_mended_before_somebody_looked_and_found_it_open_reports_nothing(app: Flask, district: District) -> None:
    hazard = verified(district, submitted(district, rectifying(district), app.extensions["storage"]), passed=False)
    assert hazard.state == "rectifying"
    assert (
        _send(app, district, hazard, mended=True, login="daibiao3", seen=clock.now() - timedelta(hours=2)) == "applied"
    )
    assert (hazard.state, newest(hazard).step) == ("rectifying", "observe")
    assert _send(app, district, hazard, mended=True, login="daibiao3") == "applied"
    assert (hazard.state, newest(hazard).step) == ("awaiting_verification", "look_back_mended")
