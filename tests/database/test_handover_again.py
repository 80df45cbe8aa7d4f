"""A 转办函 that was given up: the hazard stays with its handler, the page says so, and the letter may be made anew."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from inspect_app.casework import papers as casework
from inspect_app.hazards.actions import handing
from inspect_app.hazards.clocks import TimeLimit
from inspect_app.hazards.models import Hazard
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotAllowed, Refused
from inspect_app.papers import issuing, queries
from inspect_app.papers.models import Paper
from tests.database.life import steps_of
from tests.papers.rows.handover import typed
from tests.support import District, found

ADDRESS = "http://x"


def _letter(district: District, hazards: Sequence[Hazard], **said: str) -> Paper:
    return casework.issue_for_hazards(
        "handover",
        hazards,
        district.scope("du1"),
        district.actor("du1"),
        address=ADDRESS,
        typed=typed(district, **said),
    )


def _given_up(district: District, hazards: Sequence[Hazard]) -> Paper:
    old = _letter(district, hazards)
    casework.void(old, district.scope("du1"), district.actor("du1"), reason="把路名写错了")
    return old


def _two(district: District) -> list[Hazard]:
    return [found(district), found(district, item="F-EXIT-02")]


def test_the_page_says_that_the_handing_over_stands_and_offers_the_letter_anew(
    app: Flask, district: District, client_of: Callable[[str], FlaskClient]
) -> None:
    hazard = found(district)
    old = _given_up(district, [hazard])
    db.session.commit()
    assert (hazard.state, hazard.handler_id) == ("rectifying", district.cast.offices["street"])
    text = client_of("du1").get(f"/desk/hazards/{hazard.id}").text
    assert "作废的只是这张单子，交办没有撤。要补一张的，在下面重新出。交错了单位的，请办改派。" in text
    assert "补出转办函" in text
    assert f"代替作废的{old.number}" in text
    theirs = client_of("jiedao1").get(f"/inbox/{hazard.id}").text
    assert "交办没有撤" in theirs
    assert "补出转办函" not in theirs, "the letter is the desk's"
    new = _letter(district, [hazard])
    assert steps_of(hazard).count("hand_over") == 1, "no second handing over"
    assert (new.replaces_id, new.content["replaces"]) == (old.id, old.number)
    db.session.commit()
    issuing.enter_numbers(app.extensions["numbers"])
    after = client_of("du1").get(f"/desk/hazards/{hazard.id}").text
    assert "交办没有撤" not in after
    assert f"已被{new.number}代替" in after
    shown = app.test_client().post(f"/z/{new.mark}", data={"code": new.code}).text
    assert old.number in shown


def test_the_letter_anew_says_what_holds_and_carries_all_of_the_old_one(app: Flask, district: District) -> None:
    first, second = hazards = _two(district)
    old = _given_up(district, hazards)
    later = (clock.today() + timedelta(days=20)).isoformat()
    for said, words in (
        ({"handler_id": str(district.cast.offices["fire"])}, "承办单位还是"),
        ({"reply_on": later}, "照原来的日子写"),
        ({"due_on": later}, "照原来的日子写"),
    ):
        with pytest.raises(Refused) as refused, db.session.begin_nested():
            _letter(district, hazards, **said)
        assert words in str(refused.value.message)
    with pytest.raises(Refused, match="写全"), db.session.begin_nested():
        _letter(district, [first])
    new = _letter(district, [first, second])
    assert queries.hazards_on(new.id) == [first.id, second.id]
    assert new.replaces_id == old.id
    with pytest.raises((Refused, NotAllowed)), db.session.begin_nested():
        _letter(district, hazards)  # one stands


def test_after_a_reassignment_the_letter_goes_to_who_handles_it_now(app: Flask, district: District) -> None:
    hazard = found(district)
    _given_up(district, [hazard])
    fire = district.cast.offices["fire"]
    handing.reassign(
        hazard, district.actor("du1"), handler_id=fire, reason="归消防管", restart=False, reply=TimeLimit(5)
    )
    new = _letter(district, [hazard], handler_id=str(fire), reply_on=(hazard.reply_on or clock.today()).isoformat())
    assert "消防" in new.content["addressee"]
