"""What is told again to who holds a paper: a 提示单 in the place of one that was given up, and what became of a hazard."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from inspect_app.casework import papers
from inspect_app.hazards.actions import merging, settling
from inspect_app.hazards.locking import lock
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Step
from inspect_app.kernel.database import db
from inspect_app.papers import queries, validity
from inspect_app.papers.models import Paper
from inspect_app.papers.standing import PaperStanding
from tests.operations import receipt_of, whole_visit
from tests.support import District, found, handed_over

ClientOf = Callable[[str], FlaskClient]


def _tip(app: Flask, district: District) -> Paper:
    receipt_of(app, district, whole_visit(district))
    db.session.commit()
    return db.session.scalars(select(Paper)).one()


def _void(district: District, paper: Paper) -> None:
    papers.void(paper, district.scope("du1"), district.actor("du1"), reason="位置写错了")
    db.session.commit()


def _page(client: FlaskClient, hazard: Hazard) -> str:
    return client.get(f"/desk/hazards/{hazard.id}").text


def test_a_tip_that_was_given_up_has_a_successor_with_all_its_open_lines(
    app: Flask, district: District, client_of: ClientOf
) -> None:
    old = _tip(app, district)
    hazards = [hazard for _, hazard in queries.lines(old)]
    assert len(hazards) == 2
    desk, other = client_of("du1"), client_of("zheng1")
    assert "重新出提示单" not in _page(desk, hazards[0]), "it stands"
    _void(district, old)
    assert "重新出提示单" in _page(desk, hazards[1])
    assert "重新出提示单" not in _page(other, hazards[1]), "another office's"
    asked = {"hazard": str(hazards[1].id), "copies": "区应急局，区消防大队、区应急局"}
    assert desk.post(f"/hazards/{hazards[1].id}/papers/tip", data=asked).status_code == 303
    new = db.session.scalars(select(Paper).where(Paper.replaces_id == old.id)).one()
    assert queries.hazards_on(new.id) == [hazard.id for hazard in hazards]
    assert new.content["replaces"] == old.number
    assert new.content["copies"] == ["区应急局", "区消防大队"]
    assert (new.content["signatures"], new.content["service"]) == ([], None), "nobody has signed this text"
    assert validity.standings([old])[old.id] is PaperStanding.REPLACED
    assert "重新出提示单" not in _page(desk, hazards[0])
    again = desk.post(f"/hazards/{hazards[0].id}/papers/tip", data={"hazard": str(hazards[0].id)})
    assert again.status_code == 422
    assert "才能重新出一张" in again.text, "said although its form is there no more"


def test_what_was_settled_meanwhile_is_not_told_again(app: Flask, district: District, client_of: ClientOf) -> None:
    old = _tip(app, district)
    first, second = (hazard.id for _, hazard in queries.lines(old))
    settling.ask(lock(first), district.actor("du1"), Step.ASK_VOID, reason="看错了")
    settling.confirm(lock(first), district.actor("du2"))
    _void(district, old)
    client_of("du1").post(f"/hazards/{second}/papers/tip", data={"hazard": str(second)})
    new = db.session.scalars(select(Paper).where(Paper.replaces_id == old.id)).one()
    assert queries.hazards_on(new.id) == [second]


@pytest.mark.parametrize("case", ["merged", "voided"])
def test_a_statement_names_the_hazard_why_and_both_who_decided(
    district: District, client_of: ClientOf, case: str
) -> None:
    hazard, target = handed_over(district, found(district)), found(district, item="F-EXIT-02")
    if case == "merged":
        merging.ask_merge(lock(hazard.id), district.actor("du1"), target_id=target.id, reason="同一扇门")
        merging.merge(lock(hazard.id, beside=[target.id]), district.actor("du2"))
    else:
        settling.ask(lock(hazard.id), district.actor("du1"), Step.ASK_VOID, reason="同一扇门")
        settling.confirm(lock(hazard.id), district.actor("du2"))
    db.session.commit()
    desk = client_of("du1")
    assert "出说明" in _page(desk, hazard)
    wrong = {"about": "corrected:x", "signed_off_by": "任志远"}
    assert desk.post(f"/hazards/{hazard.id}/papers/statement", data=wrong).status_code == 422
    answer = desk.post(f"/hazards/{hazard.id}/papers/statement", data={"about": case, "signed_off_by": "任志远"})
    assert answer.status_code == 303
    paper = db.session.scalars(select(Paper).where(Paper.kind == "statement")).one()
    (line,) = paper.content["lines"]
    assert line["reason"] == "同一扇门"
    assert "林静提出，沈卫东" in line["decided"]
    assert (target.number in line["happened"]) is (case == "merged")
    assert paper.content["title"] == {"merged": "并案说明", "voided": "撤销说明"}[case]
    assert paper.replaces_id is None, "what was told stays as it was told"
