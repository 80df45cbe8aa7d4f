"""Evidence is one's own and new: whose photos count, what naming an id opens, and that nothing said is lost over it."""

import json
import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from inspect_app.casework import urgent
from inspect_app.casework.dossier.dossier import Dossier
from inspect_app.evidence import actions as evidence
from inspect_app.evidence.models import Photo
from inspect_app.evidence.senders import Sender
from inspect_app.evidence.shapes import NOTHING_SAID
from inspect_app.hazards import own, queries, records
from inspect_app.hazards.actions import mending
from inspect_app.hazards.locking import lock
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.photos import HazardPhoto
from inspect_app.hazards.sightings import Sighting
from inspect_app.intake import uploads
from inspect_app.intake.models import Upload
from inspect_app.kernel import clock
from inspect_app.kernel.database import db, writing
from inspect_app.kernel.errors import NotThere, Refused
from inspect_app.premises.models import Premises
from inspect_app.urgent_calls.models import UrgentCall
from tests.database.life import newest, rectifying
from tests.operations import operation
from tests.originals import Town
from tests.support import PIXEL, District, found, photo, piles, submitted
from tests.web.test_uploads import _begin, _jpeg

Clients = Callable[[str], FlaskClient]
ITEM, OTHER_ITEM = "F-EXIT-01", "F-EXIT-02"


def _send(client: FlaskClient, *operations: dict[str, Any]) -> list[str]:
    answer = client.post("/intake/operations", json={"operations": list(operations)})
    return [line["outcome"] for line in json.loads(answer.get_json()["document"])["operations"]]


def _put(client: FlaskClient, photo_id: UUID) -> int:
    return client.put(f"/intake/photos/{photo_id}", data=PIXEL + photo_id.bytes).status_code


def _reads(client: FlaskClient, photo_id: UUID) -> bool:
    return client.get(f"/photos/{photo_id}/display").status_code == 200


def _look_back(hazard: Hazard, *photos: UUID, mended: bool = True) -> dict[str, Any]:
    payload = {"hazard": str(hazard.id), "mended": mended, "photos": [str(one) for one in photos], "words": "看过"}
    return operation("hazard.look_back", payload, 1)


def _visit_ops(district: District, visit: str, *answers: dict[str, Any], mates: Any = ()) -> list[dict[str, Any]]:
    start = {"visit": visit, "premises": str(district.places[0]), "versions": [str(one) for one in district.versions],
             "companions": list(mates)}  # fmt: skip
    taps = [_answer(visit, answer, 2 + number) for number, answer in enumerate(answers)]
    return [operation("visit.start", start, 1), *taps]


def _answer(visit: str, answer: dict[str, Any], seq: int) -> dict[str, Any]:
    return operation(
        "visit.answer", {"visit": visit, "item": ITEM, "value": "fail", "wordings": ["门上了锁"]} | answer, seq
    )


def _hazards(visit: str) -> list[Hazard]:
    db.session.expire_all()
    return list(db.session.scalars(select(Hazard).where(Hazard.visit_id == UUID(visit)).order_by(Hazard.item_code)))


def _photos_of(hazard: Hazard) -> dict[UUID, str]:
    return {link.photo_id: link.slot for link in queries.photos_of(hazard)}


# --- look-backs -------------------------------------------------------------------------------------------------------


def test_a_look_back_with_the_handlers_own_photo_closes_nothing(
    app: Flask, district: District, client_of: Clients
) -> None:
    hazard = submitted(district, rectifying(district), app.extensions["storage"])
    theirs = next(iter(_photos_of(hazard)))
    db.session.commit()
    assert _send(client_of("daibiao2"), _look_back(hazard, theirs)) == ["applied"]
    db.session.expire_all()
    assert (hazard.state, newest(hazard).step) == ("awaiting_verification", "observe")
    row = db.session.scalars(select(Sighting)).one()
    assert (row.mended, row.words, row.waits, row.why) == (True, "看过", True, own.NOT_OWN)
    assert hazard.id in set().union(*piles(district).values())
    assert own.NOT_OWN in client_of("du1").get(f"/desk/hazards/{hazard.id}").text
    assert newest(hazard).body["facts"]["not_own"] == [str(theirs)]


@pytest.mark.parametrize("where", ["same_hazard", "other_hazard", "same_bytes", "came_before", "says_before"])
def test_a_look_back_needs_photos_of_its_own_that_are_new(
    where: str, app: Flask, district: District, client_of: Clients
) -> None:
    storage, client = app.extensions["storage"], client_of("daibiao2")
    early = photo(storage, district, "daibiao2") if where == "came_before" else None
    hazard, other = rectifying(district), rectifying(district, place=1)
    shot = early or photo(storage, district, "daibiao2")
    if where == "same_hazard":
        mending.look_back(lock(hazard.id), district.actor("daibiao2"), mended=False, photo_ids=(shot,))
    elif where == "other_hazard":
        mending.look_back(lock(other.id), district.actor("daibiao2"), mended=False, photo_ids=(shot,))
    elif where == "same_bytes":
        handlers = submitted(district, hazard, storage)
        copied = db.session.get_one(Photo, next(iter(_photos_of(handlers))))
        db.session.get_one(Photo, shot).sha256 = copied.sha256
    elif where == "says_before":
        db.session.get_one(Photo, shot).captured_at = hazard.found_at - 2 * own._CLAIM_SLACK
    db.session.commit()
    state = hazard.state
    assert _send(client, _look_back(hazard, shot)) == ["applied"]
    db.session.expire_all()
    assert (hazard.state, newest(hazard).step) == (state, "observe")
    assert db.session.scalars(select(Sighting.why)).one() in (own.USED, own.TOO_OLD)


def test_a_new_photo_of_ones_own_is_a_step_whether_it_comes_before_or_after(
    app: Flask, district: District, client_of: Clients
) -> None:
    hazard, shot, client = rectifying(district), uuid4(), client_of("daibiao2")
    db.session.commit()
    assert _send(client, _look_back(hazard, shot)) == ["applied"]
    db.session.expire_all()
    assert (hazard.state, records.read(hazard).waiting.missing) == ("awaiting_verification", 1)
    assert _put(client, shot) == 200
    assert records.read(hazard).waiting.missing == 0


def test_what_a_stranger_sends_under_an_announced_id_has_not_come(
    app: Flask, district: District, client_of: Clients
) -> None:
    hazard, shot = rectifying(district), uuid4()
    db.session.commit()
    _send(client_of("daibiao2"), _look_back(hazard, shot))
    assert _put(client_of("daibiao3"), shot) == 200
    db.session.expire_all()
    assert records.read(hazard).waiting.missing == 1
    assert db.session.scalar(select(Hazard.id).where(queries.photos_awaited())) == hazard.id
    assert not _reads(client_of("du1"), shot)
    assert [shown.state for shown in Dossier(district.scope("du1"), hazard).gallery.shots] == ["awaited"]
    mending.give_up_photo(lock(hazard.id), district.actor("du1"), photo_id=shot, reason="编号被别人用了")
    assert records.read(hazard).waiting.missing == 0


def test_a_form_takes_no_step_with_somebody_elses_photo(app: Flask, district: District) -> None:
    hazard = rectifying(district)
    theirs = photo(app.extensions["storage"], district, "daibiao2")
    with pytest.raises(Refused, match="自己拍"):
        mending.submit(lock(hazard.id), district.actor("jiedao1"), photo_ids=(theirs,), words="改好了")
    assert _photos_of(hazard) == {}


# --- urgent calls -----------------------------------------------------------------------------------------------------


def test_an_urgent_call_opens_no_photo_but_the_reporters_own(
    app: Flask, district: District, client_of: Clients
) -> None:
    theirs, mine = photo(app.extensions["storage"], district, "daibiao2"), uuid4()
    db.session.commit()
    caller, desk = client_of("daibiao1"), client_of("du1")
    call = operation("urgent.call", {"danger": "gas", "where": "王记", "photos": [str(theirs), str(mine)]}, 1)
    assert _send(caller, call) == ["applied"]
    assert _put(caller, mine) == 200
    assert not _reads(caller, theirs)
    assert not _reads(desk, theirs)
    assert _reads(desk, mine)
    page = desk.get(f"/desk/urgent/{call['id']}").text
    assert str(mine) in page
    assert str(theirs) not in page
    assert "不是报告人自己拍的" in page
    place = db.session.get_one(Premises, district.places[0])
    row = db.session.get_one(UrgentCall, UUID(call["id"]))
    hazard = urgent.make_hazard(row, place, district.scope("du1"), district.actor("du1"))
    assert _photos_of(hazard) == {mine: "before"}


@pytest.mark.parametrize(
    "place", [{"lon": 118.7, "lat": None}, {"lat": 32}, {"lon": 10**400, "lat": 1}, {"lon": 400, "lat": 32}, "x"]
)
def test_half_a_position_is_none_and_its_page_opens(place: Any, district: District, client_of: Clients) -> None:
    call = operation("urgent.call", {"danger": "gas", "place": place}, 1)
    assert _send(client_of("daibiao1"), call) == ["applied"]
    row = db.session.get_one(UrgentCall, UUID(call["id"]))
    assert (row.lon, row.lat) == (None, None)
    assert client_of("du1").get(f"/desk/urgent/{row.id}").status_code == 200
    row.lon = 118.7  # as it was stored before
    db.session.commit()
    assert client_of("du1").get(f"/desk/urgent/{row.id}").status_code == 200
    assert client_of("du1").get("/desk/").status_code == 200


# --- visits -----------------------------------------------------------------------------------------------------------


def test_a_strangers_photo_in_an_answer_is_left_out_and_the_finding_stands(
    app: Flask, district: District, client_of: Clients
) -> None:
    theirs, mine, visit = photo(app.extensions["storage"], district, "daibiao3"), uuid4(), str(uuid4())
    db.session.commit()
    client = client_of("daibiao1")
    answers = ({"photos": [str(theirs), str(mine)]}, {"item": OTHER_ITEM, "photos": [str(theirs)]})
    operations = _visit_ops(district, visit, *answers, mates=[{"person_id": str(district.cast.persons["daibiao3"])}])
    assert set(_send(client, *operations, operation("visit.submit", {"visit": visit}, 9))) == {"applied"}
    first, second = _hazards(visit)
    assert (_photos_of(first), _photos_of(second)) == ({mine: "before"}, {})
    assert (first.finding["not_own"], second.finding["not_own"]) == (1, 1)
    assert "不是这次走访的人拍的" in second.finding["no_photo_reason"]
    for reader in ("daibiao1", "du1"):
        assert not _reads(client_of(reader), theirs)
    assert "1 张照片不是这次走访的人拍的" in client_of("du1").get(f"/desk/hazards/{first.id}").text


def test_two_phones_share_what_each_brought_to_the_visit(district: District, client_of: Clients) -> None:
    theirs, visit = uuid4(), str(uuid4())
    one, two = client_of("daibiao1"), client_of("daibiao2")
    mate = {"person_id": str(district.cast.persons["daibiao2"]), "name": "随便写的"}
    assert set(_send(one, *_visit_ops(district, visit, mates=[mate]))) == {"applied"}
    assert _send(two, _answer(visit, {"photos": [str(theirs)]}, 1) | {"device": "phone-0002"}) == ["applied"]
    assert _put(two, theirs) == 200
    assert _reads(one, theirs)
    # Who hands in has seen the other's photo and names it again; several items may name the same one.
    again = [
        _answer(visit, {"item": item, "photos": [str(theirs)]}, 4 + n) for n, item in enumerate((ITEM, OTHER_ITEM))
    ]
    assert set(_send(one, *again, operation("visit.submit", {"visit": visit}, 9))) == {"applied"}
    assert [_photos_of(row) for row in _hazards(visit)] == [{theirs: "before"}] * 2
    assert _reads(client_of("du1"), theirs)


def test_what_cannot_be_a_photo_id_holds_up_no_visit(district: District, client_of: Clients) -> None:
    visit, client = str(uuid4()), client_of("daibiao1")
    answer = {"photos": ["nonsense", 7, None], "after_photos": 3, "no_photo_reason": "看不清"}
    operations = _visit_ops(district, visit, answer, {"item": OTHER_ITEM, "no_photo_reason": "看不清"})
    sent = _send(client, *operations, operation("visit.submit", {"visit": visit}, 9))
    assert sent == ["applied", "refused", "applied", "applied"]
    assert len(_hazards(visit)) == 1
    assert client.get(f"/field/data/visits/{visit}").status_code == 200


@pytest.mark.parametrize("after", ["the_same", "of_another_item", "strangers"])
def test_an_after_photo_that_proves_nothing_leaves_the_finding_and_waits(
    after: str, app: Flask, district: District, client_of: Clients
) -> None:
    before, second, visit = uuid4(), uuid4(), str(uuid4())
    strangers = photo(app.extensions["storage"], district, "daibiao3")
    db.session.commit()
    named = {"the_same": before, "of_another_item": second, "strangers": strangers}[after]
    fixed = {"photos": [str(before)], "fixed_now": True, "after_photos": [str(named)]}
    operations = _visit_ops(district, visit, fixed, {"item": OTHER_ITEM, "photos": [str(second)]})
    client = client_of("daibiao1")
    assert set(_send(client, *operations, operation("visit.submit", {"visit": visit}, 9))) == {"applied"}
    row = _hazards(visit)[0]
    assert (row.state, newest(row).step) == ("found", "observe")
    assert db.session.scalars(select(Sighting.mended).where(Sighting.hazard_id == row.id)).all() == [True]
    assert not _reads(client_of("du1"), strangers)


def test_papers_show_no_photo_that_came_from_a_stranger(app: Flask, district: District) -> None:
    hazard, shot = found(district), uuid4()
    db.session.add(HazardPhoto(hazard_id=hazard.id, photo_id=shot, slot="before", round_number=1, added_at=clock.now(),
                               senders=district.cast.accounts["daibiao1"].hex))  # fmt: skip
    db.session.flush()
    assert own.barred([hazard.id], [shot]) == set()
    storage, stranger = app.extensions["storage"], district.cast.accounts["daibiao3"]
    evidence.receive_photo(storage, PIXEL, photo_id=shot, account_id=stranger)
    assert own.barred([hazard.id], [shot]) == {shot}


# --- uploads ----------------------------------------------------------------------------------------------------------


def test_an_id_belongs_to_who_used_it_first(app: Flask, district: District, client_of: Clients) -> None:
    pending, data = uuid4(), _jpeg()
    mine, other = client_of("daibiao1"), client_of("daibiao2")
    assert _begin(mine, pending, data).status_code == 201
    assert _put(other, pending) == 404
    assert db.session.get(Photo, pending) is None
    whole = photo(app.extensions["storage"], district, "daibiao1")
    db.session.commit()
    row = db.session.get_one(Photo, whole)
    with pytest.raises(NotThere):  # the same bytes, also past the look that the page takes first
        uploads.begin(whole, Sender(district.cast.accounts["daibiao2"]), length=9, sha256=row.sha256, said=NOTHING_SAID,
                      storage=app.extensions["storage"])  # fmt: skip
    assert _put(other, whole) == 404
    assert db.session.get_one(Photo, whole).account_id == district.cast.accounts["daibiao1"]


def test_two_who_begin_one_id_at_once_are_not_mixed_up(own_town: Town) -> None:
    accounts, photo_id, data = list(own_town.district.cast.accounts.values())[:2], uuid4(), _jpeg()
    db.session.commit()
    start, said = threading.Barrier(2), []

    def begin(account: UUID) -> None:
        with own_town.app.app_context():
            start.wait()
            try:
                with writing():
                    uploads.begin(photo_id, Sender(account), length=len(data), sha256="a" * 64, said=NOTHING_SAID,
                                  storage=own_town.app.extensions["storage"])  # fmt: skip
                    said.append(account)
            except NotThere:
                said.append(None)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=begin, args=(account,)) for account in accounts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said.count(None) == 1
    assert db.session.get_one(Upload, photo_id).account_id in said


def test_two_who_send_one_id_at_once_are_not_mixed_up(own_town: Town) -> None:
    accounts, photo_id = list(own_town.district.cast.accounts.values())[:2], uuid4()
    db.session.commit()
    start, said = threading.Barrier(2), []

    def send(account: UUID) -> None:
        with own_town.app.app_context():
            start.wait()
            try:
                with writing():
                    evidence.receive_photo(own_town.app.extensions["storage"], PIXEL, photo_id=photo_id,
                                           account_id=account)  # fmt: skip
                    said.append(account)
            except NotThere:
                said.append(None)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=send, args=(account,)) for account in accounts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said.count(None) == 1
    assert db.session.get_one(Photo, photo_id).account_id in said
