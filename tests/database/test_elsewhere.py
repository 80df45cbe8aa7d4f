"""还看到别的: something wrong that none of the visit's lists asks, brought along with the list that does. It is judged by that
list's version like any other finding, and nothing else of that list is asked."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from inspect_app.casework import reconcile, replay
from inspect_app.checklists import queries as checklists
from inspect_app.checklists.models import ChecklistVersion
from inspect_app.hazards.models import Hazard
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.papers.models import Paper
from inspect_app.visits import elsewhere, queries
from inspect_app.visits.models import ItemChecked, Visit
from inspect_app.visits.tally import tally
from tests.operations import DEVICE, answer_of, end_of, lines, operation, receipt_of, submit_of, taken, walk_of, zone_of
from tests.support import District, rows_in

ITEM = "S-SPACE-03"  # a manhole in the yard of a noodle kitchen: asked on building sites only
SECOND = "phone-0002"
Clients = Callable[[str], Any]


def _site() -> ChecklistVersion:
    return checklists.in_force("site-work")


def beside(visit: str, value: str | None, seq: int, *, device: str = DEVICE, **more: Any) -> dict[str, Any]:
    said = {"visit": visit, "item": ITEM, "value": value, "version": str(_site().id), "wordings": ["井口没人守"]}
    return operation(
        "visit.answer", said | {"asked_on": clock.today().isoformat()} | more, seq, v=2, device=device
    )  # fmt: skip


def _applied(app: Flask, district: District, *sent: dict[str, Any], login: str = "daibiao1") -> None:
    assert taken(app, district, login, list(sent)) == ["applied"] * len(sent)


def _row(visit: str) -> Visit:
    return db.session.get_one(Visit, UUID(visit))


def _counts(visit: str) -> dict[str, int]:
    answers = queries.answers(UUID(visit))
    lists = [one for _, one in elsewhere.with_found(queries.lists_of(_row(visit)), answers)]
    return dict(tally(lists, {"kind": "small_restaurant", "gas_kind": "bottled"}, answers).rows)


@pytest.mark.parametrize("in_one", [True, False], ids=["in one request", "in two"])
def test_it_becomes_a_hazard_of_its_own_list_and_nothing_else_of_that_list_is_asked(
    app: Flask, district: District, in_one: bool
) -> None:  # fmt: skip
    visit, plain = str(uuid4()), str(uuid4())
    said = [walk_of(district, visit), beside(visit, "fail", 2), submit_of(visit, 3)]
    for request in [said] if in_one else [said[:1], said[1:]]:
        _applied(app, district, *request)
    (hazard,) = db.session.scalars(select(Hazard))
    item = next(one for one in checklists.version(_site().id).items if one.code == ITEM)
    assert (hazard.item_code, hazard.checklist_version_id, hazard.field) == (ITEM, _site().id, "site")
    assert (hazard.title, hazard.finding["wordings"]) == (item.title, ["井口没人守"])
    assert [one["id"] for one in hazard.finding["basis"]] == [one.id for one in item.bases]
    assert (hazard.grade, [one["rule"] for one in hazard.finding["suspicion"]]) == (
        "suspected_major", ["site-11-guard"],
    )  # fmt: skip
    (paper,) = db.session.scalars(select(Paper))
    assert [line["title"] for line in paper.content["lines"]] == [item.title]
    assert paper.content["walked"].startswith("短查，逐项看 1 项，没看 ")
    assert [row.item_code for row in db.session.scalars(select(ItemChecked))] == [ITEM]
    _applied(app, district, walk_of(district, plain, place=1, seq=9))
    assert _counts(visit) == _counts(plain) | {"不合格": 1}
    gaps = reconcile.look(_row(visit))
    assert (gaps.failing, bool(gaps)) == (1, False)
    assert replay.replay().differences == ()


def test_seen_again_it_is_a_sighting_and_come_late_it_is_a_hazard_all_the_same(app: Flask, district: District) -> None:
    first, second = str(uuid4()), str(uuid4())
    _applied(app, district, walk_of(district, first), submit_of(first, 2))
    _applied(app, district, beside(first, "fail", 3))
    _applied(app, district, walk_of(district, second, seq=4), beside(second, "fail", 5), submit_of(second, 6))
    (hazard,) = db.session.scalars(select(Hazard))
    assert (str(hazard.visit_id), hazard.finding["late"]) == (first, True)
    assert not reconcile.look(_row(second))


def test_a_version_that_was_taken_off_the_offer_judges_what_was_filled_under_it(app: Flask, district: District) -> None:
    visit, version = str(uuid4()), _site()
    _applied(app, district, walk_of(district, visit))
    said = beside(visit, "fail", 2)
    version.withdrawn_at = clock.now()
    db.session.flush()
    _applied(app, district, said, submit_of(visit, 3))
    assert [row.checklist_version_id for row in db.session.scalars(select(Hazard))] == [version.id]


@pytest.mark.parametrize(
    "wrong", [{"version": str(UUID(int=7))}, {"item": "F-NONE-01"}, {"version": None}, {"version": "x"}]
)
def test_what_no_list_here_can_judge_is_refused_in_words_and_holds_nothing_up(
    app: Flask, district: District, wrong: dict[str, Any]
) -> None:  # fmt: skip
    visit = str(uuid4())
    _applied(app, district, walk_of(district, visit), answer_of(visit, "pass", 2))
    (line, kept) = lines(receipt_of(app, district, [beside(visit, "fail", 3, **wrong), answer_of(visit, "fail", 4)]))
    assert (line["outcome"], kept["outcome"]) == ("refused", "applied")
    assert line["words"]
    _applied(app, district, submit_of(visit, 5))
    assert [row.item_code for row in db.session.scalars(select(Hazard))] == ["F-EXIT-01"]


def test_the_visits_own_list_judges_what_it_holds_whatever_an_answer_names(app: Flask, district: District) -> None:
    visit, other = str(uuid4()), checklists.in_force("fire-small-shop")
    own = {UUID(one) for one in walk_of(district, visit)["payload"]["versions"]}
    assert other.id not in own
    _applied(app, district, walk_of(district, visit), submit_of(visit, 3))
    _applied(app, district, beside(visit, "fail", 4, item="F-EXIT-01", version=str(other.id)))
    assert {row.checklist_version_id for row in db.session.scalars(select(Hazard))} <= own
    assert rows_in(Hazard) == 1


def test_an_answer_of_the_first_version_draws_nothing_in_whatever_it_names(app: Flask, district: District) -> None:
    visit = str(uuid4())
    _applied(app, district, walk_of(district, visit), beside(visit, "fail", 2) | {"v": 1}, submit_of(visit, 3))
    assert (rows_in(Hazard), _counts(visit)["不合格"]) == (0, 0)


def test_taken_back_it_is_as_if_it_had_not_been(app: Flask, district: District) -> None:
    visit, plain = str(uuid4()), str(uuid4())
    _applied(app, district, walk_of(district, visit), beside(visit, "fail", 2), beside(visit, None, 3))
    _applied(app, district, zone_of(visit, 4), walk_of(district, plain, place=1, seq=5), zone_of(plain, 6))
    assert _counts(visit) == _counts(plain)
    _applied(app, district, end_of(visit, "void", 7))
    assert _row(visit).outcome == "void"


def test_a_draft_that_holds_it_can_only_be_ended_early(app: Flask, district: District) -> None:
    visit = str(uuid4())
    _applied(app, district, walk_of(district, visit), beside(visit, "fail", 2))
    (line,) = lines(receipt_of(app, district, [end_of(visit, "void", 3)]))
    assert (line["outcome"], "只能提前结束" in line["words"]) == ("refused", True)


def test_two_phones_that_differ_are_told_the_list_too_and_the_stricter_counts(
    app: Flask, district: District, client_of: Clients
) -> None:  # fmt: skip
    visit = str(uuid4())
    _applied(app, district, walk_of(district, visit, mate="daibiao2"), beside(visit, "pass", 2))
    _applied(app, district, beside(visit, "fail", 1, device=SECOND), login="daibiao2")
    db.session.commit()
    for answers in (
        client_of("daibiao1").get(f"/field/data/visits/{visit}").json["answers"],
        client_of("daibiao2").get(f"/field/visits/{visit}/answers").json["answers"],
    ):
        one = answers[ITEM]
        assert (one["value"], one["contested"], one["version"]) == ("fail", True, str(_site().id))
        assert (one["asked_on"], one["others"][0]["version"]) == (clock.today().isoformat(), str(_site().id))
    _applied(app, district, submit_of(visit, 5))
    assert [row.item_code for row in db.session.scalars(select(Hazard))] == [ITEM]
