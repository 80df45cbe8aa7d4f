"""A date that somebody sets by hand lies between today and three years on, through whichever door it comes."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from inspect_app.casework import papers as casework
from inspect_app.hazards.actions import handing, ordering, requesting, verifying
from inspect_app.hazards.clocks import TimeLimit
from inspect_app.hazards.locking import lock
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import PROPOSALS, Step
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.deadlines import in_reach, latest
from inspect_app.kernel.errors import Refused
from inspect_app.people import actions as people
from inspect_app.visits import actions as visits
from inspect_app.visits.models import Visit
from inspect_app.web.hazard.steps.forms import FORMS
from inspect_app.web.hazard.steps.on_behalf import ON_BEHALF
from tests.database.paperwork import ADDRESS
from tests.database.test_visits import _could_not
from tests.operations import start_of, taken
from tests.support import District, accepted, found, handed_over, order_of, submitted, typed_order

Door = Callable[[Flask, District, date], Any]


def _hand_over(app: Flask, district: District, on: date, **terms: TimeLimit) -> None:
    terms = {"reply": TimeLimit(5), "mending": TimeLimit(7)} | terms
    handing.hand_over(
        lock(found(district).id), district.actor("du1"), handler_id=district.cast.offices["street"], paper="",
        no_paper_reason="清单转办", **terms,
    )  # fmt: skip


def _mending(app: Flask, district: District, on: date) -> None:
    _hand_over(app, district, on, mending=TimeLimit(fixed=on))


def _reply(app: Flask, district: District, on: date) -> None:
    _hand_over(app, district, on, reply=TimeLimit(fixed=on))


def _reassign(app: Flask, district: District, on: date) -> None:
    handing.reassign(
        lock(handed_over(district, found(district)).id), district.actor("du1"), handler_id=district.cast.offices["gas"],
        restart=True, reply=TimeLimit(fixed=on), reason="归燃气",
    )  # fmt: skip


def _accept(app: Flask, district: District, on: date) -> None:
    hazard = handed_over(district, found(district))
    handing.accept(lock(hazard.id), district.actor("jiedao1"), mending=TimeLimit(fixed=on))


def _rectifying(district: District, office: str = "street", officer: str = "jiedao1") -> Hazard:
    hazard = accepted(district, handed_over(district, found(district), office), officer)
    return lock(hazard.id)


def _order(app: Flask, district: District, on: date) -> None:
    hazard = _rectifying(district, "fire", "xiaofang1")
    ordering.order(hazard, district.actor("xiaofang1"), order_of(district, due_on=on))


def _paper(app: Flask, district: District, on: date) -> None:
    casework.issue_for_hazard(
        "notice", _rectifying(district, "fire", "xiaofang1"), district.scope("xiaofang1"), district.actor("xiaofang1"),
        address=ADDRESS, typed=typed_order(district, due_on=on.isoformat()),
    )  # fmt: skip


def _ask_extension(app: Flask, district: District, on: date) -> None:
    hazard = _rectifying(district)
    requesting.ask_extension(hazard, district.actor("jiedao1"), until=on, reason="等配件", interim="停用")


def _grant_extension(app: Flask, district: District, on: date) -> None:
    """Asked before there were bounds, or so long ago that the day has passed."""
    hazard = _rectifying(district)
    later = clock.today() + timedelta(days=30)
    request = requesting.ask_extension(hazard, district.actor("jiedao1"), until=later, reason="等配件", interim="停用")
    request.details = request.details | {"until": on.isoformat()}
    db.session.flush()
    requesting.decide_extension(lock(hazard.id), district.actor("jiedao2"), grant=True, reason="")


def _set_mending(app: Flask, district: District, on: date) -> None:
    hazard = submitted(district, _rectifying(district), app.extensions["storage"])
    verifying.verify(
        lock(hazard.id), district.actor("daibiao2"), passed=False, way="on_site", opinion="没有改好",
        mending=TimeLimit(fixed=clock.today() + timedelta(days=20)),
    )  # fmt: skip
    assert {Step.FAIL} <= set(PROPOSALS)
    requesting.set_mending(lock(hazard.id), district.actor("jiedao1"), until=on, reason="重定")


def _fail(app: Flask, district: District, on: date) -> None:
    hazard = submitted(district, _rectifying(district), app.extensions["storage"])
    verifying.verify(
        lock(hazard.id), district.actor("daibiao2"), passed=False, way="on_site", opinion="没有改好", mending=TimeLimit(fixed=on)
    )  # fmt: skip


def _appoint(app: Flask, district: District, on: date) -> None:
    hazard = submitted(district, _rectifying(district), app.extensions["storage"])
    verifying.appoint(lock(hazard.id), district.actor("du1"), verifier=district.actor("daibiao2"), on=on)


def _assign(app: Flask, district: District, on: date) -> None:
    visits.assign(
        district.scope("du1"), premises_id=district.places[0], person_id=district.cast.persons["daibiao1"], on_day=on,
        checklist_codes=["fire-small-restaurant"],
    )  # fmt: skip


def _duty(app: Flask, district: District, on: date) -> None:
    people.set_duty(district.cast.communities[0], district.cast.persons["du2"], since=min(on, clock.today()), until=on)


# Each door with what it asks beside: some dates must also be later than the one that stands.
DOORS: dict[str, Door] = {
    "hand_over, mending": _mending, "hand_over, reply": _reply, "reassign": _reassign, "accept": _accept, "order": _order,
    "issue_paper": _paper, "ask_extension": _ask_extension, "grant_extension": _grant_extension,
    "set_mending": _set_mending, "fail": _fail, "appoint": _appoint, "assignment": _assign, "duty": _duty,
}  # fmt: skip


@pytest.mark.parametrize("door", DOORS)
def test_no_door_lets_a_date_through_that_nobody_can_mean(app: Flask, district: District, door: str) -> None:
    today = clock.today()
    for on in (today - timedelta(days=1), latest(today) + timedelta(days=1), date(2099, 12, 31), date(9999, 12, 31)):
        with pytest.raises(Refused, match=r"不能早于今天|最晚到|要晚于现在|不用再同意"), db.session.begin_nested():
            DOORS[door](app, district, on)
    DOORS[door](app, district, latest(today))


def test_the_words_name_the_field_and_the_last_day(app: Flask, district: District) -> None:
    last = latest(clock.today())
    with pytest.raises(Refused) as refused:
        _order(app, district, date(2099, 12, 31))
    assert refused.value.message == f"整改期限最晚到{last.year}年{last.month}月{last.day}日，请看一下年份。"
    assert refused.value.field == "due_on"


def test_every_date_of_a_form_is_a_deadline_with_bounds_or_a_day_that_was() -> None:
    """Which of the two an input is, its kind says: a day by when something is to be done has its door here."""
    dates = {str(step) for step, form in FORMS.items() for ask in form.asks if ask.kind == "date"}
    dates |= {str(entry.step) for entry in ON_BEHALF.values() for ask in entry.form.asks if ask.kind == "date"}
    assert dates == {"hand_over", "accept", "order", "set_mending", "ask_extension", "appoint", "fail"}
    assert dates <= {door.split(",")[0] for door in DOORS}


def test_what_is_typed_for_a_party_has_the_same_bounds(
    app: Flask, district: District, client_of: Callable[[str], FlaskClient]
) -> None:
    hazard = accepted(district, handed_over(district, found(district)))
    db.session.commit()
    typed = {
        "until": "9999-12-31",
        "reason": "等配件",
        "interim": "停用",
        "told_by": "王老板",
        "version": hazard.version,
    }
    answer = client_of("du1").post(f"/desk/hazards/{hazard.id}/steps/party-extension", data=typed)
    assert "新的日期最晚到" in answer.text


@pytest.mark.parametrize(("said", "kept"), [(0, True), (3 * 365, True), (-1, False), (5 * 365, False), (None, False)])
def test_a_phone_s_next_try_that_nobody_can_mean_is_none_and_the_outcome_counts(
    app: Flask, district: District, said: int | None, kept: bool
) -> None:
    visit = str(uuid4())
    on = "9999-12-31" if said is None else (clock.today() + timedelta(days=said)).isoformat()
    outcome = _could_not(visit, 2, note="没有照片：光线太暗", next_try_on=on)
    assert taken(app, district, "daibiao1", [start_of(district, visit), outcome]) == ["applied", "applied"]
    row = db.session.get_one(Visit, UUID(visit))
    assert row.outcome == "locked"
    assert row.next_try_on == (date.fromisoformat(on) if kept else None)


def test_a_next_try_is_as_many_days_on_as_the_phone_showed(app: Flask, district: District) -> None:
    """Tomorrow on a phone 400 days fast is tomorrow."""
    visit, shown = str(uuid4()), clock.now() + timedelta(days=400)
    tomorrow = clock.local_date(shown) + timedelta(days=1)
    outcome = _could_not(visit, 2, note="没有照片：光线太暗", next_try_on=tomorrow.isoformat())
    outcome["captured_at"] = shown.isoformat()
    taken(app, district, "daibiao1", [start_of(district, visit), outcome])
    assert db.session.get_one(Visit, UUID(visit)).next_try_on == clock.today() + timedelta(days=1)


def test_three_years_on_from_the_last_of_february() -> None:
    assert latest(date(2028, 2, 29)) == date(2031, 2, 28)
    assert in_reach(date(2028, 2, 29), date(2028, 2, 29))
    assert not in_reach(date(2031, 3, 1), date(2028, 2, 29))
