"""One time: whatever a phone's own clock says, what it sends happened when the server says it did."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from inspect_app.checklists import queries as checklists
from inspect_app.evidence.models import PhotoMark, Signature
from inspect_app.hazards.events import Event
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.sightings import Sighting
from inspect_app.intake.models import Receipt
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.hashing import sha256_hex
from inspect_app.papers.models import Paper, PaperLine, Service
from inspect_app.people.models import Account
from inspect_app.urgent_calls.models import UrgentCall
from inspect_app.visits import actions as visit_actions
from inspect_app.visits import queries as visits
from inspect_app.visits.models import Assignment, Visit
from tests.operations import operation, stroke
from tests.support import District

ClientOf = Callable[[str], FlaskClient]
MINUTE = timedelta(minutes=1)
PAGE = 1_000_000
AGO = 40  # minutes before it is sent that a visit began
DAY = {"slow": timedelta(days=-3), "fast": timedelta(days=400)}


def _off(name: str) -> timedelta:
    """How far a phone's clock is ahead."""
    now = clock.now()
    return DAY.get(name) or now.replace(year=int(name), day=15) - now


@dataclass
class Phone:
    """A phone whose clock is wrong by so much, with what it has written down."""

    ahead: timedelta
    device: str = field(default_factory=lambda: f"phone-{uuid4()}")
    says_clocks: bool = True
    mono_ms: int = 10_000_000
    written: list[dict[str, Any]] = field(default_factory=list)

    def write(self, kind: str, payload: dict[str, Any], minutes_ago: float) -> dict[str, Any]:
        """Note an operation as its page does."""
        times = {"mono_ms": self.mono_ms - minutes_ago * 60_000, "page_opened_ms": PAGE, "zone_minutes": 480}
        row = operation(
            kind, payload, len(self.written) + 1, at=self.shows(minutes_ago), device=self.device,
            times=times if self.says_clocks else {},
        )  # fmt: skip
        self.written.append(row)
        return row

    def shows(self, minutes_ago: float = 0) -> datetime:
        """What its clock showed so long ago."""
        return clock.now() + self.ahead - minutes_ago * MINUTE

    def send(self, client: FlaskClient) -> list[str]:
        """Everything at once; the outcomes."""
        body: dict[str, Any] = {"operations": self.written}
        if self.says_clocks:
            body["phone"] = {
                "device": self.device, "sent_at": self.shows().isoformat(), "mono_ms": self.mono_ms, "page_opened_ms": PAGE,
                "counter": len(self.written), "held": [],
            }  # fmt: skip
        answer = client.post("/intake/operations", json=body)
        assert answer.status_code == 200, answer.text
        return [line["outcome"] for line in json.loads(answer.get_json()["document"])["operations"]]


def _visit(phone: Phone, district: District, *, place: int = 0, **start: Any) -> UUID:
    """Begun, one item found wrong, signed by both, handed in."""
    visit, versions = str(uuid4()), [str(row.id) for row in checklists.current_for("small_restaurant")]
    words = f"王记面馆，{phone.shows():%-m月%-d日}检查\n不合格 1 项"
    sha256 = sha256_hex(words.encode())
    about = {"visit": visit, "premises": str(district.places[place]), "versions": versions} | start
    phone.write("visit.start", about, AGO)
    phone.write(
        "visit.answer",
        {"visit": visit, "item": "F-ELEC-03", "value": "fail", "no_photo_reason": "光线太暗", "days": 7},
        AGO - 10,
    )
    for part, name in (("deputy", "陈玉兰"), ("premises", "王老板")):
        phone.write(
            "visit.sign",
            {"visit": visit, "part": part, "name": name, "image": stroke(), "text_sha256": sha256},
            AGO - 20,
        )
    phone.write("visit.submit", {"visit": visit, "text": words, "text_sha256": sha256}, AGO - 30)
    return UUID(visit)


def _near(instant: datetime, minutes_ago: float) -> bool:
    return abs(clock.now() - minutes_ago * MINUTE - instant) < MINUTE


@pytest.mark.parametrize("off", ["slow", "fast", "0002", "9998"])
def test_a_wrong_clock_is_printed_nowhere(district: District, client_of: ClientOf, off: str) -> None:
    phone = Phone(_off(off))
    visit = _visit(phone, district)
    assert set(phone.send(client_of("daibiao1"))) == {"applied"}
    row, hazard = db.session.get_one(Visit, visit), db.session.scalars(select(Hazard)).one()
    found_on = clock.local_date(clock.now() - (AGO - 10) * MINUTE)
    assert _near(row.started_at, AGO)
    assert _near(hazard.found_at, AGO - 10)
    assert hazard.number.startswith(f"{found_on:%Y%m%d}")
    paper, service = db.session.scalars(select(Paper)).one(), db.session.scalars(select(Service)).one()
    assert paper.content["visited_at"].startswith(_written(clock.local_date(row.started_at)))
    assert db.session.scalars(select(PaperLine.due_on)).one() == found_on + timedelta(days=7)
    assert paper.content["lines"][0]["due_on"] == (found_on + timedelta(days=7)).isoformat()
    assert _near(service.served_at, AGO - 20)
    shown = _written(clock.local_date(phone.shows(AGO - 20)))
    for signature in paper.content["signatures"]:
        assert signature["at"].startswith(_written(clock.local_date(service.served_at)))
        assert signature["at"].endswith(f"（签字时手机显示的日期：{shown}）")
    page = client_of("du1").get(f"/desk/hazards/{hazard.id}").text
    assert f"手机时间差 {abs(phone.ahead).days} 天，按服务器的钟约" in page
    kept = db.session.scalars(select(Receipt.operations)).one()
    assert kept[0]["captured_at"] == phone.written[0]["captured_at"], "the journal has it as it came"


def _written(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


@pytest.mark.parametrize("off", ["fast", "0002", "9998"])
def test_an_old_page_whose_clock_cannot_be_so_counts_by_the_receipt(
    district: District, client_of: ClientOf, off: str
) -> None:
    phone = Phone(_off(off), says_clocks=False)
    visit = _visit(phone, district)
    assert set(phone.send(client_of("daibiao1"))) == {"applied"}
    row, hazard = db.session.get_one(Visit, visit), db.session.scalars(select(Hazard)).one()
    assert _near(row.started_at, 0)
    assert _near(hazard.found_at, 0)
    assert hazard.number.startswith(f"{clock.today():%Y%m%d}")
    event = db.session.scalars(select(Event).where(Event.hazard_id == hazard.id).order_by(Event.seq)).first()
    assert event is not None
    assert event.body["device"]["estimate"]["how"] == "time of receipt"
    page = client_of("du1").get(f"/desk/hazards/{hazard.id}").text
    assert "天，按收到时间记" in page


def test_a_right_clock_leaves_no_remark(district: District, client_of: ClientOf) -> None:
    phone = Phone(timedelta(seconds=20))
    _visit(phone, district)
    phone.send(client_of("daibiao1"))
    hazard, paper = db.session.scalars(select(Hazard)).one(), db.session.scalars(select(Paper)).one()
    assert "手机时间差" not in client_of("du1").get(f"/desk/hazards/{hazard.id}").text
    assert all("手机" not in signature["at"] for signature in paper.content["signatures"])


def test_what_waited_longer_than_sixty_days_is_not_believed(district: District, client_of: ClientOf) -> None:
    phone = Phone(timedelta(0), says_clocks=False)
    calls = {days: phone.write("urgent.call", {"danger": "gas"}, days * 1440)["id"] for days in (59, 61)}
    phone.send(client_of("daibiao1"))
    at = {days: db.session.get_one(UrgentCall, UUID(call)).captured_at for days, call in calls.items()}
    assert _near(at[59], 59 * 1440)
    assert _near(at[61], 0)


def test_nothing_happened_before_the_account_existed(district: District, client_of: ClientOf) -> None:
    made = clock.now() - timedelta(hours=2)
    db.session.execute(update(Account).values(made_at=made))
    db.session.commit()
    phone = Phone(timedelta(0), says_clocks=False)
    calls = {hours: phone.write("urgent.call", {"danger": "gas"}, hours * 60)["id"] for hours in (1, 3)}
    phone.send(client_of("daibiao1"))
    at = {hours: db.session.get_one(UrgentCall, UUID(call)).captured_at for hours, call in calls.items()}
    assert _near(at[1], 60)
    assert _near(at[3], 0)


def test_a_task_is_done_by_a_phone_of_another_year(district: District, client_of: ClientOf) -> None:
    noon = clock.now().replace(hour=4, minute=0) + timedelta(days=1)  # no midnight between beginning and sending
    with clock.stopped_at(noon):
        task = visit_actions.assign(
            district.scope("du1"), premises_id=district.places[0], person_id=district.cast.persons["daibiao1"],
            on_day=clock.today(), checklist_codes=["fire-small-restaurant"],
        )  # fmt: skip
        db.session.commit()
        phone = Phone(_off("fast"))
        visit = _visit(phone, district)
        phone.send(client_of("daibiao1"))
    assert db.session.get_one(Assignment, task.id).visit_id == visit


# --- which items were asked -------------------------------------------------------------------------------------------


@pytest.fixture
def nanjing(app: Flask) -> Iterator[None]:
    """The rules of 南京市, in force since 2025-05-01, switched on."""
    before = checklists.local()
    checklists.switch_local("nanjing")
    yield
    checklists.switch_local(before.code if before else "none")


def _asked(visit: UUID) -> set[str]:
    lists = visits.lists_of(db.session.get_one(Visit, visit))
    return {item.code for _, checklist in lists for item in checklist.items}


BEFORE, SINCE = "2025-04-30", "2025-05-01"


def test_what_was_asked_is_what_the_phone_recorded_as_it_began(
    nanjing: None, district: District, client_of: ClientOf
) -> None:
    asked = {}
    for place, said in enumerate((BEFORE, SINCE)):
        phone = Phone(_off("slow"))
        versions = [str(row.id) for row in checklists.current_for("small_restaurant")]
        visit = _visit(phone, district, place=place, asked_on=dict.fromkeys(versions, said))
        phone.send(client_of("daibiao1"))
        asked[said] = _asked(visit)
        told = client_of("daibiao1").get(f"/field/data/visits/{visit}").get_json()
        assert told["asked_on"] == dict.fromkeys(told["versions"], said), "a second phone asks the same"
    assert "F-STAFF-04" in asked[SINCE] - asked[BEFORE]


@pytest.mark.parametrize("off", ["0002", "9998", "slow"])
def test_an_old_page_asked_by_the_day_its_own_clock_showed(
    nanjing: None, district: District, client_of: ClientOf, off: str
) -> None:
    phone = Phone(_off(off))
    visit = _visit(phone, district)
    phone.send(client_of("daibiao1"))
    assert set(visits.asked_days(visit).values()) == {clock.local_date(phone.shows(AGO))}
    assert ("F-STAFF-04" in _asked(visit)) is (off != "0002")


@pytest.mark.parametrize(
    "said", ["yesterday", 7, None, ["2025-05-01"], {"x": "2025-05-01"}, "2025-13-01", "99999-01-01"]
)
def test_a_day_that_is_none_is_as_if_it_had_not_been_said(district: District, client_of: ClientOf, said: Any) -> None:
    phone = Phone(timedelta(0))
    visit = _visit(phone, district, asked_on=said)
    assert set(phone.send(client_of("daibiao1"))) == {"applied"}
    assert set(visits.asked_days(visit).values()) == {clock.local_date(phone.shows(AGO))}


# --- two phones on one visit ------------------------------------------------------------------------------------------


def test_between_two_phones_the_later_word_counts_however_wrong_their_clocks(
    district: District, client_of: ClientOf
) -> None:
    """The first, 400 days fast, says bottled gas; the companion, three days slow, corrects it ten minutes later."""
    mate = {"person_id": str(district.cast.persons["daibiao2"]), "name": "周国平"}
    fast, slow, visit = Phone(_off("fast")), Phone(_off("slow")), str(uuid4())
    versions = [str(row.id) for row in checklists.current_for("small_restaurant")]
    about = {"visit": visit, "premises": str(district.places[0]), "versions": versions, "companions": [mate]}
    fast.write("visit.start", about, 40)
    fast.write("visit.facts", {"visit": visit, "facts": {"gas_kind": "bottled"}}, 30)
    fast.write("visit.answer", {"visit": visit, "item": "F-ELEC-03", "value": "fail"}, 30)
    slow.write("visit.facts", {"visit": visit, "facts": {"gas_kind": "piped"}}, 20)
    slow.write("visit.answer", {"visit": visit, "item": "F-ELEC-03", "value": "pass", "chosen": True}, 20)
    fast.send(client_of("daibiao1"))
    slow.send(client_of("daibiao2"))
    assert db.session.get_one(Visit, UUID(visit)).facts["gas_kind"] == "piped"
    answer = visits.answers(UUID(visit))["F-ELEC-03"]
    assert (answer.answer.value, answer.contested) == ("pass", False)


# --- nothing a room sees lies outside ---------------------------------------------------------------------------------

_CLOCKS = st.sampled_from(["0002", "9998", "slow", "fast"]) | st.timedeltas(-timedelta(days=500), timedelta(days=500))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ahead=_CLOCKS, says=st.booleans(), moved=st.timedeltas(-timedelta(days=2), timedelta(days=2)))
def test_no_instant_of_any_room_lies_after_the_receipt_or_before_the_account(
    district: District, client_of: ClientOf, ahead: Any, says: bool, moved: timedelta
) -> None:
    phone = Phone(_off(ahead) if isinstance(ahead, str) else ahead, says_clocks=says)
    visit, before = _visit(phone, district), clock.now()
    phone.write("urgent.call", {"danger": "gas"}, 5)
    phone.write("photo.mark", {"photo": str(uuid4()), "marks": []}, 5)
    phone.ahead += moved  # somebody sets the clock between writing and sending
    phone.send(client_of("daibiao1"))
    hazard = db.session.scalars(select(Hazard).where(Hazard.premises_id == district.places[0])).all()[-1]
    look = Phone(phone.ahead, says_clocks=says)
    look.write("hazard.look_back", {"hazard": str(hazard.id), "mended": False, "photos": [], "words": "还在"}, 1)
    look.send(client_of("daibiao1"))
    since = db.session.scalars(select(Account.made_at).limit(1)).one()
    for instant in _instants(visit):
        assert since <= instant <= clock.now(), (instant, before)


def _instants(visit: UUID) -> list[datetime]:
    row = db.session.get_one(Visit, visit)
    found = [row.started_at, *(merged.answer.order[0] for merged in visits.answers(visit).values())]
    for column in (
        Hazard.found_at, Signature.captured_at, UrgentCall.captured_at, PhotoMark.made_at, Sighting.seen_at, Service.served_at,
    ):  # fmt: skip
        instants = db.session.scalars(select(column)).all()
        assert instants, column
        found += instants
    return found
