"""Two persons: the second sees what is confirmed, and what changed since it was shown is not confirmed."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from inspect_app.hazards.actions import handing, merging, settling
from inspect_app.hazards.locking import lock
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Grade, Step
from inspect_app.kernel.database import db
from inspect_app.kernel.spoken_dates import date_full
from tests.support import District, accepted, found, handed_over

ClientOf = Callable[[str], FlaskClient]
IN_PLACE = {"HX-Request": "true"}


def _form(page: str, step: str) -> dict[str, str]:
    """The hidden inputs of a step's form, as a browser sends them."""
    form = page.split(f'/steps/{step}"', 1)[1].split("</form>", 1)[0]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))


def _shown(page: str, step: str) -> str:
    return page.split(f'/steps/{step}"', 1)[1].split("</form>", 1)[0]


def _confirm(client: FlaskClient, hazard: Hazard, step: str, typed: dict[str, str]) -> tuple[int, str]:
    answer = client.post(f"/desk/hazards/{hazard.id}/steps/{step}", data=typed, headers=IN_PLACE)
    db.session.expire_all()
    return answer.status_code, answer.text


def test_merging_shows_the_target_side_by_side_and_refuses_what_changed_since(
    district: District, client_of: ClientOf
) -> None:
    hazard = found(district, major=True)
    target = accepted(district, handed_over(district, found(district, item="F-EXIT-02")))
    target.title, target.spot = "后门堆了杂物", "后厨"
    merging.ask_merge(lock(hazard.id), district.actor("du1"), target_id=target.id, reason="说的是同一处")
    db.session.commit()
    client, address = client_of("du2"), f"/desk/hazards/{hazard.id}"
    shown = _shown(client.get(address).text, "merge")
    for words in (
        "说的是同一处", "并到的那一件", hazard.title, "后门堆了杂物", target.number, "后厨", "整改中", "待交办", "疑似重大",
        "那一件的级别是“疑似重大”",
    ):  # fmt: skip
        assert words in shown, words
    typed = _form(client.get(address).text, "merge")
    assert _confirm(client, hazard, "merge", {"version": typed["version"]})[0] == 422, "nothing is confirmed blind"
    handing.urge(lock(target.id), district.actor("du1"), to_organisation_id=None, channel="phone")
    db.session.commit()
    status, page = _confirm(client, hazard, "merge", typed)
    assert (status, "又有变化" in page, hazard.state) == (422, True, "found")
    assert _confirm(client, hazard, "merge", _form(page, "merge"))[0] == 200
    assert hazard.state == "merged"


def test_lowering_shows_the_old_grade_the_new_one_and_why(district: District, client_of: ClientOf) -> None:
    hazard = found(district, major=True)
    hazard.finding = hazard.finding | {"suspected_reason": "门外有人住"}
    settling.ask_lower(lock(hazard.id), district.actor("du1"), grade=Grade.GENERAL, reason="看错了尺寸")
    db.session.commit()
    client = client_of("du2")
    page = client.get(f"/desk/hazards/{hazard.id}").text
    shown = _shown(page, "lower")
    assert re.search(r"现在的级别</dt><dd>疑似重大</dd>", shown)
    assert re.search(r"调到</dt><dd>一般</dd>", shown)
    assert "看错了尺寸" in shown
    assert "门外有人住" in shown
    stale = _form(page, "lower") | {"grade": "general"}
    assert _confirm(client, hazard, "lower", stale)[0] == 422
    assert _confirm(client, hazard, "lower", _form(page, "lower"))[0] == 200
    assert hazard.grade == "general"


@pytest.mark.parametrize(("asked", "step"), [(Step.ASK_VOID, "void"), (Step.ASK_END, "end")])
def test_voiding_and_ending_show_the_reason_and_what_is_lost(
    app: Flask, district: District, client_of: ClientOf, asked: Step, step: str
) -> None:
    from sqlalchemy import select

    from tests.operations import receipt_of, whole_visit

    receipt_of(app, district, whole_visit(district, fails=1))
    hazard = db.session.scalars(select(Hazard)).one()
    accepted(district, handed_over(district, hazard))
    settling.ask(lock(hazard.id), district.actor("du1"), asked, reason="店已拆除")
    db.session.commit()
    client = client_of("du2")
    page = client.get(f"/desk/hazards/{hazard.id}").text
    shown = _shown(page, step)
    assert hazard.mending_on is not None
    for words in (
        "店已拆除",
        "提示单",
        "不会跟着作废",
        f"整改 {date_full(hazard.mending_on)}",
    ):
        assert words in shown, words
    assert _confirm(client, hazard, step, _form(page, step))[0] == 200
    # Put away and asked back: what it returns to, and why it was put away.
    if step == "void":
        settling.ask(lock(hazard.id), district.actor("du1"), Step.ASK_RESTORE, reason="拆错了")
        db.session.commit()
        page = client.get(f"/desk/hazards/{hazard.id}").text
        shown = _shown(page, "restore")
        for words in ("拆错了", "回到", "整改中", "店已拆除"):
            assert words in shown, words
        assert _confirm(client, hazard, "restore", _form(page, "restore"))[0] == 200
        assert hazard.state == "rectifying"


def test_a_request_that_was_taken_back_and_made_anew_is_another(district: District, client_of: ClientOf) -> None:
    from inspect_app.hazards.actions import requesting

    hazard = found(district)
    first = settling.ask(lock(hazard.id), district.actor("du1"), Step.ASK_VOID, reason="记错了")
    db.session.commit()
    client = client_of("du2")
    typed = _form(client.get(f"/desk/hazards/{hazard.id}").text, "void")
    requesting.take_back(lock(hazard.id), district.actor("du1"), request_id=first.id, reason="再想想")
    settling.ask(lock(hazard.id), district.actor("du1"), Step.ASK_VOID, reason="另一个理由")
    db.session.commit()
    status, _ = _confirm(client, hazard, "void", typed | {"version": str(hazard.version)})
    assert (status, hazard.state) == (422, "found")
