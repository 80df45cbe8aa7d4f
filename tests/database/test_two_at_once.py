"""Two phones, two visits, two requests at one moment: nothing is lost, nothing is made twice, on both databases."""

import threading
from base64 import b64encode
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Select, func, select, text

from inspect_app.casework import urgent
from inspect_app.checklists import queries as checklists
from inspect_app.evidence.models import Photo
from inspect_app.hazards.actions import clockwork, correcting, finding
from inspect_app.hazards.events import Event
from inspect_app.hazards.locking import lock
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.sightings import Sighting
from inspect_app.jobs import sweeps
from inspect_app.kernel import clock
from inspect_app.kernel.database import db, writing
from inspect_app.kernel.errors import Refused
from inspect_app.kernel.hashing import sha256_hex
from inspect_app.papers.models import Paper
from inspect_app.premises.models import Premises
from inspect_app.urgent_calls.models import UrgentCall
from inspect_app.visits.models import Visit, VisitAnswers, VisitSignature
from tests.database.conftest import Town
from tests.database.crowd import Phone, answer, at_once, new_place, started
from tests.database.life import awaiting_closure
from tests.support import PIXEL, District

ROUNDS = 6


def _items(place: object) -> list[str]:
    return sorted(db.session.scalars(select(Hazard.item_code).where(Hazard.premises_id == place)))


def _rows(statement: Select[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(statement.subquery())) or 0


def _sightings(place: object) -> int:
    return _rows(select(Sighting.id).join(Hazard, Hazard.id == Sighting.hazard_id).where(Hazard.premises_id == place))


def test_what_fails_on_one_phone_while_another_hands_in_is_a_hazard(town: Town) -> None:
    one, other = Phone(town.app, "daibiao1"), Phone(town.app, "daibiao2")
    lost = []
    for _ in range(ROUNDS):
        place = new_place(town.district)
        visit = started(one, place, town.district, "daibiao2")
        late = [answer(other, visit, "F-EXIT-01"), answer(other, visit, "F-EXIT-02")]
        submit = one.says("visit.submit", {"visit": visit})
        at_once(town.app, [lambda late=late: other.send(late), lambda submit=submit: one.send([submit])])
        lost += {"F-EXIT-01", "F-EXIT-02"} - set(_items(place))
        assert len(_items(place)) + _sightings(place) <= 2
    assert lost == []


def test_the_same_item_found_at_one_place_by_two_visits_is_one_hazard_seen_twice(town: Town) -> None:
    phones = [Phone(town.app, "daibiao1"), Phone(town.app, "daibiao2")]
    found = []
    for _ in range(ROUNDS):
        place = new_place(town.district)
        submits = []
        for phone in phones:
            visit = started(phone, place, town.district)
            phone.send([answer(phone, visit, "F-EXIT-01")])
            submits.append(phone.says("visit.submit", {"visit": visit}))
        at_once(town.app, [lambda n=n, s=submits: phones[n].send([s[n]]) for n in (0, 1)])
        found.append((len(_items(place)), _sightings(place)))
    assert found == [(1, 1)] * ROUNDS


def test_two_phones_that_hand_in_one_visit_see_nothing_again(town: Town) -> None:
    phones = [Phone(town.app, "daibiao1"), Phone(town.app, "daibiao2")]
    found = []
    for _ in range(ROUNDS):
        place = new_place(town.district)
        visit = started(phones[0], place, town.district, "daibiao2")
        phones[0].send([answer(phones[0], visit, "F-EXIT-01"), answer(phones[0], visit, "F-EXIT-02")])
        submits = [phone.says("visit.submit", {"visit": visit}) for phone in phones]
        at_once(town.app, [lambda n=n, s=submits: phones[n].send([s[n]]) for n in (0, 1)])
        papers = _rows(select(Paper.id).where(Paper.premises_id == place))
        found.append((len(_items(place)), _sightings(place), papers))
    assert found == [(2, 0, 1)] * ROUNDS


def test_the_same_request_twice_at_one_moment_is_taken_once_and_signed_for_twice(town: Town) -> None:
    """A phone that heard nothing sends again while the first is still being taken in: its very first contact, too."""
    for _ in range(ROUNDS):
        phone, place = Phone(town.app, "daibiao1"), new_place(town.district)
        visit = str(uuid4())
        lists = [str(row.id) for row in checklists.current_for("small_restaurant")]
        raw = [
            phone.says("visit.start", {"visit": visit, "premises": str(place), "versions": lists}),
            answer(phone, visit, "F-EXIT-01"),
            phone.says("visit.facts", {"visit": visit, "facts": {"seats": 12}}),
            phone.says("visit.sign", {"visit": visit, "part": "premises", "name": "王老板", "reason": "拒绝签名"}),
            phone.says("visit.submit", {"visit": visit}),
            phone.says("urgent.call", {"danger": "gas", "where": phone.device}),
        ]
        said = at_once(town.app, [lambda r=raw, p=phone: p.send(r), lambda r=raw[::-1], p=phone: p.send(r)])
        assert said == [["applied"] * 6] * 2
        assert (_items(place), _sightings(place)) == (["F-EXIT-01"], 0)
        taps = [tap for row in db.session.scalars(select(VisitAnswers.taps)) for tap in row]
        assert sum(tap["operation"] == raw[1]["id"] for tap in taps) == 1
        assert _rows(select(VisitSignature.id).where(VisitSignature.visit_id == UUID(visit))) == 1
        assert _rows(select(UrgentCall.id).where(UrgentCall.where_words == phone.device)) == 1


def test_two_phones_that_begin_the_same_visit_at_a_new_place_begin_it_once(town: Town) -> None:
    """A companion's phone knows the visit and the place, too, and may be the first with both."""
    phones = [Phone(town.app, "daibiao1"), Phone(town.app, "daibiao2")]
    mates = [{"person_id": str(town.district.cast.persons[login]), "name": login} for login in ("daibiao1", "daibiao2")]
    lists = [str(row.id) for row in checklists.current_for("small_restaurant")]
    for number in range(ROUNDS):
        place, visit = uuid4(), str(uuid4())
        sent = [
            [
                phone.says("premises.register", {"premises": str(place), "name": f"新店{number}", "address": "柳荫街",
                                                 "kind": "small_restaurant"}),
                phone.says("visit.start", {"visit": visit, "premises": str(place), "versions": lists, "companions": mates}),
                answer(phone, visit, "F-EXIT-01" if phone is phones[0] else "F-EXIT-02"),
            ]
            for phone in phones
        ]  # fmt: skip
        said = at_once(town.app, [lambda n=n, s=sent: phones[n].send(s[n]) for n in (0, 1)])
        assert said == [["applied"] * 3] * 2
        assert phones[1].send([phones[1].says("visit.submit", {"visit": visit})]) == ["applied"]
        assert _items(place) == ["F-EXIT-01", "F-EXIT-02"]


def test_of_two_words_on_different_facts_neither_is_lost(town: Town) -> None:
    phones = [Phone(town.app, "daibiao1"), Phone(town.app, "daibiao2")]
    for _ in range(ROUNDS):
        place = new_place(town.district)
        visit = started(phones[0], place, town.district, "daibiao2")
        sent = [phone.says("visit.facts", {"visit": visit, "facts": {name: 12}})
                for phone, name in zip(phones, ("seats", "staff"), strict=True)]  # fmt: skip
        at_once(town.app, [lambda n=n, s=sent: phones[n].send([s[n]]) for n in (0, 1)])
        told = [db.session.get_one(Visit, UUID(visit)).facts, db.session.get_one(Premises, place).facts]
        assert [(facts.get("seats"), facts.get("staff")) for facts in told] == [(12, 12)] * 2


def test_visits_at_two_places_and_the_desk_do_not_wait_for_each_other_in_a_circle(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    """Each hands in two visits, crosswise, while the desk moves a hazard from each place to the other and back."""
    phones, desk = [Phone(town.app, "daibiao1"), Phone(town.app, "daibiao2")], town.district.actor("du1")
    for _ in range(ROUNDS):
        places = [new_place(town.district), new_place(town.district)]
        hazards = [_found(town.district, place) for place in places]
        sent = []
        for phone in phones:
            order = places if phone is phones[0] else places[::-1]
            visits = [started(phone, place, town.district) for place in order]
            phone.send([answer(phone, visit, item) for visit in visits for item in ("F-EXIT-01", "F-EXIT-02")])
            sent.append([phone.says("visit.submit", {"visit": visit}) for visit in visits])

        def move(number: int, hazards: list[UUID] = hazards, places: list[UUID] = places) -> None:
            with town.app.app_context(), writing():
                there = db.session.get_one(Premises, places[1 - number])
                hazard = lock(hazards[number], places=[there.id])
                correcting.correct(hazard, desk, correcting.Correction(premises=there), reason="认错了门")

        acts = [lambda n=n, s=sent: phones[n].send(s[n]) for n in (0, 1)]
        said = at_once(town.app, [*acts, lambda: move(0), lambda: move(1)])
        assert said[:2] == [["applied"] * 2] * 2
        for place in places:
            assert sorted(set(_items(place))) == ["F-EXIT-01", "F-EXIT-02"]
    assert "given up" not in caplog.text


def _found(district: District, place: UUID) -> UUID:
    with writing():
        row = db.session.get_one(Premises, place)
        return finding.report(
            finding.Finding(
                premises_id=row.id, area_id=row.area_id, field="fire", title="安全出口上锁打不开", found_at=clock.now(),
                item_code="F-EXIT-01", details={"no_photo_reason": "测试"},
            ),
            district.actor("daibiao1"),
        ).id  # fmt: skip


def test_an_urgent_call_becomes_one_hazard(town: Town) -> None:
    phone = Phone(town.app, "daibiao1")
    for _ in range(ROUNDS):
        place, call = new_place(town.district), phone.says("urgent.call", {"danger": "gas", "where": "面馆"})
        phone.send([call])

        def make(login: str, place: UUID = place, call: str = call["id"]) -> bool:
            with town.app.app_context():
                try:
                    with writing():
                        me = town.district.scope(login)
                        row, where = db.session.get_one(UrgentCall, UUID(call)), db.session.get_one(Premises, place)
                        urgent.make_hazard(row, where, me, town.district.actor(login))
                except Refused:
                    return False
                return True

        assert sorted(at_once(town.app, [lambda: make("du1"), lambda: make("du2")])) == [False, True]
        assert _rows(select(Hazard.id).where(Hazard.premises_id == place)) == 1


def test_a_sweep_that_runs_twice_at_one_moment_escalates_once(town: Town) -> None:
    storage = town.app.extensions["storage"]
    with writing():
        hazards = [awaiting_closure(town.district, storage).id for _ in range(3)]

    def sweep() -> int:
        with town.app.app_context(), clock.stopped_at(clock.now() + timedelta(days=90)), writing():
            return clockwork.escalate_late(clockwork.waiting_too_long())

    assert sorted(at_once(town.app, [sweep, sweep])) == [0, 3]
    told = select(Event.id).where(Event.hazard_id.in_(hazards), Event.step == "escalate")
    assert _rows(told) == 3


def test_a_sweep_takes_few_at_a_time_and_all_in_the_end(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two of its transactions somebody else has a turn: each commit holds no more than it may."""
    storage = town.app.extensions["storage"]
    with writing():
        hazards = [awaiting_closure(town.district, storage).id for _ in range(5)]
    monkeypatch.setattr(clockwork, "MOST_AT_ONCE", 2)
    held: list[int] = []
    escalated = clockwork.escalate_late
    monkeypatch.setattr(clockwork, "escalate_late", lambda ids: held.append(len(ids)) or escalated(ids))
    with clock.stopped_at(clock.now() + timedelta(days=90)):
        assert sweeps.escalate_waiting() >= 5
    told = select(Event.id).where(Event.hazard_id.in_(hazards), Event.step == "escalate")
    assert _rows(told) == 5
    assert max(held) == 2


def test_a_request_that_the_database_gave_up_is_run_again_as_a_whole(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    """Somebody breaks the order: holds the place and then wants the account, while the phone has it the other way round."""
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has one writer: nobody waits in a circle")
    phone, place = Phone(town.app, "daibiao1"), new_place(town.district)
    visit = started(phone, place, town.district)
    phone.send([answer(phone, visit, "F-EXIT-01")])
    submit = phone.says("visit.submit", {"visit": visit})
    db.session.remove()
    said: list[list[str]] = []
    with db.engine.connect() as other, other.begin():
        other.execute(text("SET LOCAL deadlock_timeout = '1min'"))  # the phone is the one to be given up
        other.execute(text("SELECT 1 FROM premises WHERE id = :id FOR UPDATE"), {"id": place})
        sending = threading.Thread(target=lambda: said.append(phone.send([submit])))
        sending.start()
        me = other.execute(text("SELECT pg_backend_pid()")).scalar()
        waiting = (
            text(  # within a transaction pg_stat_activity stays as it was seen first, who waits in pg_locks does not
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND :me = ANY(pg_blocking_pids(pid))"
            )
        )
        while not other.execute(waiting, {"me": me}).scalar():
            pass
        mine = town.district.cast.accounts["daibiao1"]
        other.execute(text("SELECT 1 FROM account WHERE id = :id FOR UPDATE"), {"id": mine})
    sending.join()
    assert said == [["applied"]]
    assert "given up for another" in caplog.text
    assert _items(place) == ["F-EXIT-01"]


def test_a_photo_sent_twice_at_one_moment_is_kept_once(town: Town) -> None:
    """As a whole, and in parts whose beginning is asked for twice; the very same picture under two ids besides."""
    for number in range(ROUNDS):
        data = PIXEL + bytes([number])  # no other round's
        photo, other, parts = uuid4(), uuid4(), uuid4()
        acts = [partial(_put, town, one, data) for one in (photo, photo, other)]
        acts += [partial(_begin, town, parts, data)] * 2
        assert at_once(town.app, acts) == [200, 200, 200, 201, 201]
        assert _rows(select(Photo.id).where(Photo.id.in_([photo, other]))) == 2


def _put(town: Town, photo: UUID, data: bytes) -> int:
    with town.app.app_context():
        client = Phone(town.app, "daibiao1").client()
    return client.put(f"/intake/photos/{photo}", data=data, content_type="image/jpeg").status_code


def _begin(town: Town, photo: UUID, data: bytes) -> int:
    with town.app.app_context():
        client = Phone(town.app, "daibiao1").client()
    said = {"photo": str(photo), "sha256": sha256_hex(data)}
    metadata = ",".join(f"{name} {b64encode(value.encode()).decode()}" for name, value in said.items())
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": str(len(data)), "Upload-Metadata": metadata}
    return client.post("/intake/uploads", headers=headers).status_code
