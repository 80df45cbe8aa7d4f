"""A visit from the first tap to the signed page: companions, what was here before, two phones, the text under signatures."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import select

from inspect_app.hazards.models import Hazard
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.hashing import sha256_hex
from inspect_app.visits import assigning, doorstep
from inspect_app.visits import queries as visits
from inspect_app.visits.models import Visit
from inspect_app.visits.rules import VisitOutcome
from tests.operations import answer_of, operation, start_of, stroke, taken
from tests.support import District

WORDS = "王记面馆，11月23日（星期一）检查\n合格 1 项，不合格 1 项\n1. 安全出口上锁打不开。门上了锁"


def _sign(visit: str, sha256: str, seq: int, part: str = "deputy") -> dict[str, Any]:
    return operation(
        "visit.sign", {"visit": visit, "part": part, "name": "陈玉兰", "image": stroke(), "text_sha256": sha256}, seq
    )


def _submit(visit: str, words: str, sha256: str, seq: int) -> dict[str, Any]:
    return operation("visit.submit", {"visit": visit, "text": words, "text_sha256": sha256}, seq)


def test_the_signed_text_is_kept_under_the_hash_the_signature_names(app: Flask, district: District) -> None:
    visit, sha256 = str(uuid4()), sha256_hex(WORDS.encode())
    sent = [
        start_of(district, visit),
        answer_of(visit, "fail", 2),
        _sign(visit, sha256, 3),
        _submit(visit, WORDS, sha256, 4),
    ]
    assert taken(app, district, "daibiao1", sent) == ["applied"] * 4
    row = db.session.get_one(Visit, UUID(visit))
    (part, signature), *_ = visits.signers(row.id)
    assert (part, signature.text_sha256) == ("deputy", row.text_sha256)
    assert app.extensions["storage"].get(signature.text_sha256).decode() == WORDS


def test_a_text_that_is_not_what_was_signed_is_refused_and_can_be_signed_anew(app: Flask, district: District) -> None:
    visit, sha256 = str(uuid4()), sha256_hex(WORDS.encode())
    begun = [start_of(district, visit), answer_of(visit, "fail", 2), _sign(visit, sha256, 3)]
    assert set(taken(app, district, "daibiao1", begun)) == {"applied"}
    other = WORDS + "\n2. 添了一条"
    assert taken(app, district, "daibiao1", [_submit(visit, other, sha256, 4)]) == ["refused"]
    assert taken(app, district, "daibiao1", [_submit(visit, other, sha256_hex(other.encode()), 5)]) == ["refused"]
    assert db.session.get_one(Visit, UUID(visit)).submitted_at is None
    anew = sha256_hex(other.encode())
    assert taken(app, district, "daibiao1", [_sign(visit, anew, 6), _submit(visit, other, anew, 7)]) == ["applied"] * 2


def test_a_companion_sees_the_visit_among_the_begun_and_in_nobody_else_s_list(app: Flask, district: District) -> None:
    visit = str(uuid4())
    taken(app, district, "daibiao1", [start_of(district, visit, mate="daibiao2")])
    begun = {
        login: [row.id for row, _ in visits.drafts_of(district.scope(login))]
        for login in ("daibiao1", "daibiao2", "daibiao3")
    }
    assert begun == {"daibiao1": [UUID(visit)], "daibiao2": [UUID(visit)], "daibiao3": []}
    assert visits.recent_mates(district.scope("daibiao1"), district.cast.persons.values()) == [
        district.cast.persons["daibiao2"]
    ]


def test_two_phones_that_differ_are_settled_by_a_person_from_either(app: Flask, district: District) -> None:
    visit = str(uuid4())
    taken(app, district, "daibiao1", [start_of(district, visit, mate="daibiao2"), answer_of(visit, "pass", 2)])
    taken(app, district, "daibiao2", [answer_of(visit, "fail", 1, device="phone-0002")])
    contested = visits.answers(UUID(visit))["F-EXIT-01"]
    assert (contested.answer.value, contested.contested) == ("fail", True)
    assert [other.value for other in contested.others] == ["pass"]
    taken(app, district, "daibiao2", [answer_of(visit, "pass", 2, device="phone-0002", chosen=True)])
    settled = visits.answers(UUID(visit))["F-EXIT-01"]
    assert (settled.answer.value, settled.contested) == ("pass", False)


def test_an_answer_taken_back_on_one_phone_contradicts_nobody(app: Flask, district: District) -> None:
    visit = str(uuid4())
    taken(app, district, "daibiao1", [start_of(district, visit, mate="daibiao2"), answer_of(visit, "pass", 2)])
    taken(app, district, "daibiao2", [answer_of(visit, "fail", 1, device="phone-0002")])
    taken(
        app,
        district,
        "daibiao2",
        [operation("visit.answer", {"visit": visit, "item": "F-EXIT-01", "value": None}, 2) | {"device": "phone-0002"}],
    )
    merged = visits.answers(UUID(visit))["F-EXIT-01"]
    assert (merged.answer.value, merged.contested) == ("pass", False)


def test_what_a_colleague_would_tell_at_the_door(app: Flask, district: District) -> None:
    here, never = district.places[0], district.places[1]
    visit = str(uuid4())
    taken(
        app,
        district,
        "daibiao1",
        [start_of(district, visit), answer_of(visit, "fail", 2), operation("visit.submit", {"visit": visit}, 3)],
    )
    told = doorstep.at_the_door([here, never])
    assert (told[here].last_on, told[here].found_then, told[here].open) == (clock.today(), 1, 1)
    assert told[here].due_on == db.session.scalar(select(Hazard.due_on))
    assert (told[never].last_on, told[never].open) == (None, 0)


def test_what_failed_last_time_is_told_until_it_passes(app: Flask, district: District) -> None:
    def visited(value: str, ago: int) -> UUID:
        visit = str(uuid4())
        with clock.stopped_at(clock.now() - timedelta(days=ago)):
            taken(
                app,
                district,
                "daibiao1",
                [start_of(district, visit), answer_of(visit, value, 2), operation("visit.submit", {"visit": visit}, 3)],
            )
        return UUID(visit)

    visited("fail", 30)
    second, third = visited("pass", 20), visited("na", 10)
    day = clock.local_date(clock.now() - timedelta(days=30))
    assert doorstep.failed_before(db.session.get_one(Visit, second)) == {"F-EXIT-01": day}
    assert doorstep.failed_before(db.session.get_one(Visit, third)) == {}


def test_progress_counts_items_that_apply_here(app: Flask, district: District) -> None:
    visit = str(uuid4())
    taken(app, district, "daibiao1", [start_of(district, visit), answer_of(visit, "pass", 2),
                                      operation("visit.answer", {"visit": visit, "item": "G-PIPE-01", "value": "pass"}, 3)])  # fmt: skip
    (row, place), *_ = visits.drafts_of(district.scope("daibiao1"))
    state = visits.progress(row, place)
    # The place has bottled gas: the pipe's items are not asked, whatever a phone sent.
    assert (state.done, "G-PIPE-01" in state.total) == ({"F-EXIT-01"}, False)
    assert len(state.total) > 40


def _could_not(visit: str, seq: int, **more: Any) -> dict[str, Any]:
    return operation("visit.outcome", {"visit": visit, "outcome": "locked", "photos": [], "note": "", **more}, seq)


def test_a_visit_that_could_not_be_needs_a_photo_or_a_reason_and_comes_back_on_its_day(
    app: Flask, district: District
) -> None:
    visit, tomorrow = str(uuid4()), (clock.today() + timedelta(days=1)).isoformat()
    assert taken(app, district, "daibiao1", [start_of(district, visit), _could_not(visit, 2)]) == ["applied", "refused"]
    done = [
        _could_not(visit, 3, note="没有照片：光线太暗", next_try_on=tomorrow),
        operation("visit.submit", {"visit": visit}, 4),
    ]
    assert taken(app, district, "daibiao1", done) == ["applied", "applied"]
    me = district.scope("daibiao1")
    assert db.session.get_one(Visit, UUID(visit)).outcome == VisitOutcome.LOCKED
    assert assigning.retries_due(me, clock.today()) == []
    assert [row.id for row, _ in assigning.retries_due(me, clock.today() + timedelta(days=1))] == [UUID(visit)]
    with clock.stopped_at(clock.now() + timedelta(days=1)):
        taken(app, district, "daibiao2", [start_of(district, str(uuid4()))])
    assert assigning.retries_due(me, clock.today() + timedelta(days=1)) == []  # somebody has been there
