"""What pages ask of the database: a small number each, and the same for a hundred rows as for ten."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, inspect, select

from inspect_app.casework import papers as casework
from inspect_app.checklists import queries as checklists
from inspect_app.hazards import offices, worklist
from inspect_app.hazards.actions import requesting
from inspect_app.hazards.actions.steps import add_photos
from inspect_app.hazards.case import case_of
from inspect_app.hazards.closable import closable
from inspect_app.hazards.dates import Clock
from inspect_app.hazards.locking import lock
from inspect_app.hazards.models import Hazard, HazardRequest, MendingRound
from inspect_app.hazards.own import own
from inspect_app.hazards.photos import HazardPhoto
from inspect_app.hazards.queries import visible
from inspect_app.hazards.rules import Step, open_steps
from inspect_app.kernel import clock
from inspect_app.kernel.database import Model, db
from inspect_app.kernel.ids import new_code, new_id
from inspect_app.messages import actions as messages
from inspect_app.messages.models import Message
from inspect_app.papers.models import Paper
from inspect_app.premises import actions as premises
from inspect_app.premises.models import Premises, PremisesParty
from inspect_app.urgent_calls import actions as calls
from inspect_app.urgent_calls.models import UrgentCall
from inspect_app.visits import actions as visits
from inspect_app.visits.models import Assignment, Visit
from tests.operations import receipt_of, whole_visit
from tests.sheets import credit_code
from tests.statements import Counting
from tests.support import District, accepted, closed, found, handed_over, photo, to_be_verified, verified

Enter = Callable[[str], FlaskClient]


def _asks(counting: Counting, client: FlaskClient, address: str, **sent: Any) -> tuple[int, str]:
    """How many statements a page asks, and which, for who reads why it is too many."""
    db.session.remove()
    with counting() as asked:
        answer = client.post(address, **sent) if sent else client.get(address)
    assert answer.status_code == 200, address
    return len(asked), f"{address} asked {len(asked)}:\n{asked.said()}"


def _at_each_state(app: Flask, district: District) -> dict[str, UUID]:
    """A hazard in each state of its life, one that waits for an answer among them."""
    storage = app.extensions["storage"]
    made = {"found": found(district, item="F-EXIT-01")}
    made["handed over"] = handed_over(district, found(district, item="F-EXIT-02"))
    made["rectifying"] = accepted(district, handed_over(district, found(district, item="F-EXIT-03")))
    asked = made["asked"] = accepted(district, handed_over(district, found(district, item="F-EXIT-04")))
    requesting.ask_extension(
        lock(asked.id), district.actor("jiedao1"), until=clock.today() + timedelta(days=20), reason="等配件", interim="巡查"
    )  # fmt: skip
    made["submitted"] = _submitted(district, storage, 1)
    made["confirmed"] = verified(district, _submitted(district, storage, 1))
    made["closed"] = closed(district, verified(district, _submitted(district, storage, 2)))
    db.session.commit()
    return {name: hazard.id for name, hazard in made.items()}


def _submitted(district: District, storage: object, place: int) -> Hazard:
    return to_be_verified(district, storage, place=place)


# Whose page, where, and the most that it asks in any state.
PAGES_OF_A_HAZARD = {
    "du1": ("desk/hazards", 23),
    "lingdao1": ("desk/hazards", 20),
    "shenji1": ("desk/hazards", 20),
    "jiedao1": ("inbox", 20),
    "daibiao1": ("field/hazards", 18),
}


def test_the_page_of_a_hazard_asks_each_table_once(
    app: Flask, district: District, client_of: Enter, counting: Counting
) -> None:
    made = _at_each_state(app, district)
    for login, (room, most) in PAGES_OF_A_HAZARD.items():
        client = client_of(login)
        for state, hazard_id in made.items():
            if login != "jiedao1" or state != "found":
                number, said = _asks(counting, client, f"/{room}/{hazard_id}")
                assert number <= most, said


def test_a_paper_its_service_and_its_scans_are_four_statements_more(
    app: Flask, district: District, client_of: Enter, counting: Counting
) -> None:
    hazard_id = _at_each_state(app, district)["closed"]
    client = client_of("du1")
    before, _ = _asks(counting, client, f"/desk/hazards/{hazard_id}")
    casework.issue_for_hazard(
        "closure", lock(hazard_id), district.scope("du1"), district.actor("du1"), address="http://127.0.0.1:8000", typed={}
    )  # fmt: skip
    db.session.commit()
    number, said = _asks(counting, client, f"/desk/hazards/{hazard_id}")
    assert number - before == 4, said


@pytest.mark.parametrize(("login", "room", "most"), [("du1", "desk/hazards", 39), ("daibiao2", "field/hazards", 40)])
def test_pressing_a_button_asks_little(
    app: Flask, district: District, client_of: Enter, counting: Counting, login: str, room: str, most: int
) -> None:
    """合格: by the office that handed over it closes, by a deputy it is confirmed and others are told."""
    hazard_id = _at_each_state(app, district)["submitted"]
    sent = {"version": db.session.get_one(Hazard, hazard_id).version, "way": "on_site", "opinion": "看过了"}
    address, client = f"/{room}/{hazard_id}/steps/pass", client_of(login)
    number, said = _asks(counting, client, address, data=sent, headers={"HX-Request": "true"})
    assert db.session.get_one(Hazard, hazard_id).state in ("closed", "awaiting_closure")
    assert number <= most, said


def _visit(district: District, codes: list[str], number: int, zones: int = 0) -> dict[str, Any]:
    """Start, an answer to each item, zones that are closed, and handing in, in one request."""
    visit, device, at = str(new_id()), "phone-of-one", (clock.now() - timedelta(minutes=1)).isoformat()
    versions = [str(one) for one in district.versions]
    said: list[tuple[str, dict[str, Any]]] = [
        ("visit.start", {"visit": visit, "premises": str(district.places[number]), "versions": versions}),
        *(("visit.answer", {"visit": visit, "item": code, "value": "pass"}) for code in codes),
        *(
            (
                "visit.zone",
                {
                    "visit": visit,
                    "zone": f"zone-{one}",
                    "looked": True,
                    "items": codes[one::zones],
                    "photos": [str(new_id())],
                },
            )
            for one in range(zones)
        ),
        ("visit.submit", {"visit": visit}),
    ]
    first = number * len(said)
    return {
        "phone": {"device": device, "sent_at": clock.now().isoformat(), "counter": first + len(said)},
        "operations": [
            {"id": str(new_id()), "kind": kind, "v": 1, "device": device, "seq": first + seq, "captured_at": at, "payload": payload}
            for seq, (kind, payload) in enumerate(said, 1)
        ],
    }  # fmt: skip


def test_a_visit_of_sixty_answers_is_fourteen_statements(
    app: Flask, district: District, client_of: Enter, counting: Counting
) -> None:
    """However many answers; one more where the phone has never been here."""
    client = client_of("daibiao1")
    client.get("/intake/token")  # begins the first epoch
    codes = [item.code for one in district.versions for item in checklists.version(one).items][:60]
    asked = {}
    for number, (answers, zones, most) in enumerate(((60, 0, 15), (60, 0, 14), (3, 8, 14))):
        number_asked, said = _asks(
            counting, client, "/intake/operations", json=_visit(district, codes[:answers], number, zones)
        )
        assert number_asked <= most, said
        asked[answers] = number_asked
    assert asked[60] == asked[3]
    assert len(codes) == 60
    assert [row.submitted_at is None for row in db.session.scalars(select(Visit))] == [False] * 3


def test_what_a_phone_gets_of_a_place_and_of_a_visit_is_the_same_for_eight_zones_as_for_one(
    app: Flask, district: District, client_of: Enter, counting: Counting
) -> None:
    client = client_of("daibiao1")
    client.get("/intake/token")
    codes = [item.code for one in district.versions for item in checklists.version(one).items]
    asked: dict[str, set[int]] = {"place": set(), "visit": set()}
    for number, zones in enumerate((0, 1, 8)):
        sent = _visit(district, codes[:10], number, zones)
        _asks(counting, client, "/intake/operations", json=sent)
        visit = sent["operations"][0]["payload"]["visit"]
        for what, address, most in (
            ("place", f"/field/data/places/{district.places[number]}", 13),
            ("visit", f"/field/data/visits/{visit}", 18),
        ):
            number_asked, said = _asks(counting, client, address)
            assert number_asked <= most, said
            asked[what] |= {number_asked} if zones else set()  # without a photo nothing is circled
    assert [len(numbers) for numbers in asked.values()] == [1, 1]


def test_one_failed_item_is_few_statements_more(
    app: Flask, district: District, client_of: Enter, counting: Counting
) -> None:
    """A hazard with its first date, round and event, and the paper that names it."""
    client = client_of("daibiao1")
    client.get("/intake/token")
    codes = [item.code for one in district.versions for item in checklists.version(one).items][:20]
    for number in range(2):
        sent = _visit(district, codes, number)
        failed = next(one for one in sent["operations"] if one["payload"].get("item") == "F-EXIT-01")
        failed["payload"] |= {"value": "fail", "wordings": ["门上了锁"], "no_photo_reason": "不让拍"}
        number_asked, said = _asks(counting, client, "/intake/operations", json=sent)
    assert db.session.scalar(select(func.count()).select_from(Hazard)) == 2
    assert number_asked <= 35, said  # two of them for the words it is found by


def test_a_row_is_closable_as_the_whole_case_says(app: Flask, district: District) -> None:
    _a_busy_day(app, district)
    lacking = verified(district, _submitted(district, app.extensions["storage"], 0))
    add_photos(lacking, own((new_id(),), district.actor("jiedao1")), "after")
    known, said = offices.today(), set()
    for login in ("du1", "du2", "du3", "zheng1"):
        me, scope = district.actor(login), district.scope(login)
        for item in worklist.items(db.session.scalars(select(Hazard.id).where(visible(scope)))).values():
            case = case_of(item.hazard)
            expected = case.round.confirmed and Step.CLOSE in open_steps(case, me)
            assert closable(item, known, me) is expected
            said.add(expected)
    assert said == {True, False}


def _grown(model: type[Model], times: int, where: Any = True, **own: Callable[[], Any]) -> dict[UUID, list[UUID]]:
    """Each row of a table as often as that; `own` makes what must differ. Returns the copies' ids by the first one's."""
    made: dict[UUID, list[UUID]] = {}
    columns = [column.key for column in inspect(model).column_attrs]
    for row in db.session.scalars(select(model).where(where)).all():
        values = {name: getattr(row, name) for name in columns}
        for _ in range(times - 1):
            copy = model(**values | {"id": new_id()} | {name: make() for name, make in own.items()})
            db.session.add(copy)
            made.setdefault(row.id, []).append(copy.id)
    db.session.flush()
    return made


def _more_hazards(times: int) -> None:
    """Ten times the hazards, each with its rounds, dates, photos and requests; their chains are not needed for a list."""
    copies = _grown(Hazard, times, number=lambda: new_code(10))
    for model in (MendingRound, Clock, HazardPhoto, HazardRequest):
        columns = [column.key for column in inspect(model).column_attrs]
        for row in db.session.scalars(select(model)).all():
            values = {name: getattr(row, name) for name in columns}
            db.session.add_all(model(**values | {"id": new_id(), "hazard_id": copy}) for copy in copies[row.hazard_id])
    db.session.flush()


def _a_busy_day(app: Flask, district: District) -> None:
    """Ten hazards of all kinds, and some of everything else that lists show."""
    storage = app.extensions["storage"]
    _at_each_state(app, district)
    for place in (0, 1, 2):
        verified(district, _submitted(district, storage, place))
    for login in ("du1", "jiedao1", "daibiao1"):
        messages.tell(district.cast.persons[login], "看一看。", about="premises", subject_id=district.places[0])
    for number in range(2):
        calls.report_urgent(
            new_id(), district.scope("daibiao1"), area_id=district.cast.communities[number], captured_at=clock.now(),
            danger="gas", where="门口", photos=(photo(storage, district, "daibiao1"),),
        )  # fmt: skip
    visits.assign(
        district.scope("du1"), premises_id=district.places[0], person_id=district.cast.persons["daibiao2"],
        on_day=clock.today(), checklist_codes=["gas-kitchen"],
    )  # fmt: skip
    db.session.commit()


def _ten_times() -> None:
    """Ten times of each."""
    _more_hazards(10)
    _grown(Message, 10)
    _grown(UrgentCall, 10)
    _grown(Premises, 10, code=lambda: new_code(10), door_code=lambda: new_code(12))
    days = itertools.count(1)
    _grown(Assignment, 10, on_day=lambda: clock.today() + timedelta(days=next(days)))
    db.session.commit()


# Who opens what, and how much it asks.
LISTS: dict[str, dict[str, int]] = {
    "du1": {
        "/desk/": 10, "/desk/?do=close": 10, "/desk/?do=watch": 9, "/desk/?do=flagged": 10, "/desk/?do=answer&late=1": 10, "/desk/visits": 4,
        "/desk/hazards": 8, "/desk/hazards?tab=pile:close": 8, "/desk/hazards?print=1": 8, "/desk/hazards/many/urge": 7, "/desk/hazards/new": 5, "/desk/places": 5, "/desk/places?only=unknown": 5, "/desk/places?status=closed": 5,
        "/desk/assignments": 5, "/desk/phones": 5, "/desk/pending": 5, "/desk/urgent": 3, "/desk/calls": 1, "/desk/backups": 3,
        "/papers": 8, "/papers/drafts": 6, "/scans": 4, "/slips": 4, "/slips/pads": 4, "/slips/bind": 3, "/papers/print": 5, "/prints": 6, "/desk/hazards/papers": 6, "/desk/hazards/issue": 7, "/desk/hazards/issue?kind=handover": 15, "/desk/hazards/register": 6, "/desk/places/doors": 4,
        "/desk/hazards/export": 5, "/desk/places/export": 3, "/papers/export": 4, "/exports/": 3,
        "/imports/places": 3, "/messages": 4, "/library/": 4, "/library/bases": 6, "/library/review": 8, "/account": 3,
    },
    "jiedao1": {"/inbox/": 5, "/inbox/?do=others": 5, "/inbox/all": 6, "/inbox/all?tab=pile:accept": 7, "/inbox/export": 2, "/messages": 3},
    "lingdao1": {"/desk/hazards": 8, "/desk/places": 4, "/messages": 2},
    "shenji1": {"/desk/hazards": 8, "/admin/acts": 2, "/exports/log": 2},
    "daibiao1": {"/field/": 0, "/field/mine": 0, "/field/places": 0, "/field/data": 18, "/field/data/places": 5, "/field/data/register/open": 1},
    "guanli1": {
        "/admin/": 3, "/admin/accounts": 3, "/admin/organisations": 4, "/admin/areas": 3, "/admin/terms": 4, "/admin/duty": 4,
        "/admin/recusals": 2, "/admin/second-factor": 7, "/admin/sign-ins": 2, "/admin/stations": 3, "/admin/system": 10,
        "/admin/acts": 2, "/desk/places": 4, "/library/drafts": 3, "/imports/places": 2, "/imports/accounts": 2,
    },
}  # fmt: skip


def test_a_list_asks_the_same_for_a_hundred_rows_as_for_ten(
    app: Flask, district: District, client_of: Enter, counting: Counting
) -> None:
    _a_busy_day(app, district)
    clients = {login: client_of(login) for login in LISTS}
    clients["du1"].get("/library/")  # the lists are kept by each process once they were read
    few: dict[tuple[str, str], int] = {}
    for login, lists in LISTS.items():
        for address, most in lists.items():
            few[login, address], said = _asks(counting, clients[login], address)
            assert few[login, address] <= most, said
    _ten_times()
    for (login, address), number in few.items():
        many, said = _asks(counting, clients[login], address)
        assert many in (number, number + 1), said  # a page that is all there is counts itself


def test_a_day_without_urgent_calls_asks_two_fewer(
    app: Flask, district: District, client_of: Enter, counting: Counting
) -> None:
    _at_each_state(app, district)
    number, said = _asks(counting, client_of("du1"), "/desk/")
    assert number <= 8, said


def test_what_a_printed_sheet_leads_to_asks_little(
    app: Flask, district: District, client_of: Enter, counting: Counting
) -> None:
    """Whoever reads it is not signed in."""
    hazard_id = _at_each_state(app, district)["closed"]
    paper = casework.issue_for_hazard(
        "closure", lock(hazard_id), district.scope("du1"), district.actor("du1"), address="http://127.0.0.1:8000", typed={}
    )  # fmt: skip
    db.session.commit()
    for address, most in ((f"/z/{paper.mark}", 2), ("/sign-in", 0)):
        number, said = _asks(counting, app.test_client(), address)
        assert number <= most, said


def test_the_page_of_who_holds_a_paper_asks_the_same_for_one_line_and_for_more(
    app: Flask, district: District, counting: Counting
) -> None:
    """Whoever opens it may sit on a bad signal beside twenty others."""
    asked, lines = [], []
    for fails in (1, 2):
        receipt_of(app, district, whole_visit(replace(district, places=district.places[fails:]), fails=fails))
        paper = db.session.scalars(select(Paper).order_by(Paper.frozen_at.desc(), Paper.id.desc()).limit(1)).one()
        mark, code = paper.mark, paper.code
        lines.append(len(paper.content["lines"]))
        holder = app.test_client()
        holder.get(f"/z/{mark}")
        assert holder.post(f"/z/{mark}", data={"code": code}).status_code == 303
        for address, most in (
            (f"/z/{mark}", 9),
            (f"/z/{mark}/1", 9),
            (f"/z/{mark}/1/later", 9),
            (f"/z/{mark}/gone", 3),
        ):
            number_asked, said = _asks(counting, holder, address)
            assert number_asked <= most, said
            asked.append((address.removeprefix(f"/z/{mark}"), number_asked))
    assert lines == [1, 2]
    half = len(asked) // 2
    assert asked[:half] == asked[half:]


def test_the_page_of_a_place_asks_the_same_for_a_thousand_hazards_as_for_ten(
    app: Flask, district: District, client_of: Enter, counting: Counting
) -> None:
    storage = app.extensions["storage"]
    for number in range(8):
        found(district, item=f"F-X-{number}")
    for _ in range(2):
        closed(district, verified(district, to_be_verified(district, storage)))
    db.session.commit()
    address, whose = f"/desk/places/{district.places[0]}", {"du1": 30, "lingdao1": 19, "guanli1": 12}
    clients = {login: client_of(login) for login in whose}
    clients["du1"].get(address)  # the lists are kept by each process once they were read
    few = {}
    for login, most in whose.items():
        few[login], said = _asks(counting, clients[login], address)
        assert few[login] <= most, said
    _more_hazards(100)
    db.session.commit()
    for login, client in clients.items():
        many, said = _asks(counting, client, address)
        assert many == few[login], said
    page = clients["du1"].get(address).text
    assert "看全部 800 件" in page
    assert "看全部 200 件" in page
    assert page.count("/desk/hazards/") < 40


def test_the_page_of_a_party_asks_the_same_for_a_hundred_places_as_for_ten(
    app: Flask, district: District, client_of: Enter, counting: Counting
) -> None:
    for place in range(3):
        found(district, place=place)
    rows = [db.session.get_one(Premises, one) for one in district.places]
    for row in rows:
        party = premises.set_party(row, name="青江置业", role="owner", credit_code=credit_code(1)).id
    address, few = f"/desk/parties/{party}", {}
    db.session.commit()
    clients = {"du1": (client_of("du1"), 10), "guanli1": (client_of("guanli1"), 4)}
    for login, (client, most) in clients.items():
        few[login], said = _asks(counting, client, address)
        assert few[login] <= most, said
    copies = _grown(Premises, 35, code=lambda: new_code(10), door_code=lambda: new_code(12))
    links = (
        PremisesParty(premises_id=copy, party_id=party, role="owner", since=clock.today(), until=None)
        for one in copies.values()
        for copy in one
    )
    db.session.add_all(links)
    _more_hazards(10)
    db.session.commit()
    for login, (client, _) in clients.items():
        many, said = _asks(counting, client, address)
        assert many == few[login], said
    assert "这里列的是前 100 处" in clients["du1"][0].get(address).text
    assert "看全部 30 件" in clients["du1"][0].get(address).text
