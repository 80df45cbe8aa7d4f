"""One order for several hazards of a shop, seen as 样张 before it has a number, then issued; on both databases."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from inspect_app.hazards.events import Event
from inspect_app.hazards.models import Hazard
from inspect_app.jobs import sweeps
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.papers.models import Paper, PaperLine
from inspect_app.papers.proofs import KEPT_FOR, PaperProof
from inspect_app.premises import queries as premises
from tests.support import District, accepted, found, handed_over, typed_order

Enter = Callable[[str], FlaskClient]


@pytest.fixture
def three(district: District) -> list[Hazard]:
    """Three hazards of one shop that the fire brigade has taken over."""
    rows = [
        accepted(district, handed_over(district, found(district, item=item), "fire"), "xiaofang1")
        for item in ("F-EXIT-01", "F-EXIT-02", "F-ELEC-03")
    ]
    db.session.commit()
    return rows


def _typed(district: District, hazards: list[Hazard], dates: list[str], **said: str) -> dict[str, Any]:
    typed = typed_order(district)
    basis = typed.pop("basis")
    typed.pop("due_on")
    for hazard, day in zip(hazards, dates, strict=True):
        typed |= {f"due_on:{hazard.id}": day, f"basis:{hazard.id}": basis}
    return typed | {"hazard": [str(hazard.id) for hazard in hazards]} | said


def _days(*ahead: int) -> list[str]:
    return [clock.today().replace(year=clock.today().year + 1, day=1 + one).isoformat() for one in ahead]


def _address(hazard: Hazard) -> str:
    return f"/hazards/{hazard.id}/papers/notice/new"


def _proved(client: FlaskClient, typed: dict[str, Any]) -> PaperProof:
    answer = client.post(f"/hazards/{typed['hazard'][0]}/papers/notice/new", data=typed | {"do": "prove"})
    assert answer.status_code == 303, answer.text
    return db.session.get_one(PaperProof, UUID(answer.location.rpartition("/")[2]))


def test_one_order_carries_the_hazards_of_a_shop_each_with_its_own_date(
    district: District, client_of: Enter, three: list[Hazard]
) -> None:
    officer, days = client_of("xiaofang1"), _days(1, 2, 3)
    shown = officer.get(f"/inbox/{three[0].id}").text
    assert "把这家的 3 条一起出" in shown
    form = officer.get(f"{_address(three[0])}").text
    assert [str(row.id) for row in three if f'name="hazard" value="{row.id}"' not in form] == []
    assert form.count(" checked>") == 1, "only the one it was opened from is chosen"
    answer = officer.post(_address(three[0]), data=_typed(district, three, days) | {"do": "issue"})
    assert answer.status_code == 303, answer.text
    paper = db.session.scalars(select(Paper)).one()
    lines = db.session.scalars(select(PaperLine).order_by(PaperLine.position)).all()
    assert [(line.hazard_id, line.due_on.isoformat()) for line in lines if line.due_on] == [
        (row.id, day) for row, day in zip(three, days, strict=True)
    ]
    for row, day in zip(three, days, strict=True):
        db.session.refresh(row)
        steps = [one.step for one in db.session.scalars(select(Event).where(Event.hazard_id == row.id))]
        assert (row.order_number, row.mending_on.isoformat() if row.mending_on else "") == (paper.number, day)
        assert {"issue_paper", "order"} <= set(steps)
    said = officer.application.test_client().post(f"/z/{paper.mark}", data={"code": paper.code}).text
    assert all(f"{int(day[8:])}日" in said for day in days)


def test_a_proof_says_how_many_pages_and_what_would_be_printed_as_a_blank_and_takes_no_number(
    app: Flask, district: District, client_of: Enter, three: list[Hazard]
) -> None:
    officer = client_of("xiaofang1")
    proof = _proved(officer, _typed(district, three[:2], _days(1, 2), interim="火锅🔥店派人看守。", stowed="x" * 9))
    address = f"/papers/proofs/{proof.id}"
    assert "正在做样张" in officer.get(address).text
    assert "stowed" not in proof.typed, "nothing is kept that the form does not ask"
    assert officer.get(f"{address}/file").status_code == 404
    assert sweeps.draw_proofs() == 1
    assert sweeps.draw_proofs() == 0
    shown = officer.get(address).text
    assert re.search(r"共 <span class=\"number\">\d</span> 页", shown)
    assert "会印成〓：🔥" in shown
    assert officer.get(f"{address}/file").data.startswith(b"%PDF")
    assert db.session.scalars(select(Paper)).all() == []
    again = officer.get(f"{_address(three[0])}?proof={proof.id}").text
    assert "火锅🔥店派人看守。" in again
    assert again.count(" checked>") == 2
    issued = officer.post(f"{address}/issue")
    assert issued.status_code == 303, issued.text
    assert db.session.scalars(select(Paper)).one().content["interim"] == "火锅🔥店派人看守。"


def test_a_proof_is_its_makers_alone_and_is_thrown_away_after_a_day(
    app: Flask, district: District, client_of: Enter, three: list[Hazard], monkeypatch: pytest.MonkeyPatch
) -> None:
    proof = _proved(client_of("xiaofang1"), _typed(district, three[:1], _days(1)))
    for login in ("jiedao1", "du1"):
        stranger = client_of(login)
        for tail in ("", "/file"):
            assert stranger.get(f"/papers/proofs/{proof.id}{tail}").status_code == 404
        assert stranger.post(f"/papers/proofs/{proof.id}/issue").status_code == 404
    later = clock.now() + KEPT_FOR * 2
    monkeypatch.setattr(clock, "now", lambda: later)
    assert sweeps.drop_old_proofs() == 1


def test_what_is_missing_stands_beside_its_line_and_nothing_typed_is_lost(
    district: District, client_of: Enter, three: list[Hazard]
) -> None:
    officer = client_of("xiaofang1")
    typed = _typed(district, three[:2], _days(1, 2), record="检〔2026〕77号") | {f"due_on:{three[1].id}": ""}
    answer = officer.post(_address(three[0]), data=typed | {"do": "issue"})
    assert answer.status_code == 422
    assert f'href="#due_on:{three[1].id}"' in answer.text
    assert "检〔2026〕77号" in answer.text
    assert answer.text.count(" checked>") == 2
    none = officer.post(_address(three[0]), data={"do": "issue", "record": "检9"})
    assert none.status_code == 422
    assert "请至少选一条隐患" in none.text
    assert 'value="检9"' in none.text


def test_hazards_of_two_shops_or_out_of_sight_do_not_go_on_one_paper(
    district: District, client_of: Enter, three: list[Hazard]
) -> None:
    other = accepted(district, handed_over(district, found(district, place=1), "fire"), "xiaofang1")
    db.session.commit()
    typed = _typed(district, [three[0], other], _days(1, 2))
    answer = client_of("xiaofang1").post(_address(three[0]), data=typed | {"do": "issue"})
    assert answer.status_code == 422
    assert "只能写同一家场所" in answer.text
    assert client_of("jiedao1").get(_address(three[0])).status_code == 404
    turned = client_of("du1").get(_address(three[0]), follow_redirects=True)
    assert "现在不能由您出“整改通知书”" in turned.text
    assert db.session.scalars(select(Paper)).all() == []


def test_an_order_that_takes_the_place_of_another_takes_all_that_it_still_orders(
    district: District, client_of: Enter, three: list[Hazard]
) -> None:
    officer = client_of("xiaofang1")
    officer.post(_address(three[0]), data=_typed(district, three[:2], _days(1, 2)) | {"do": "issue"})
    old = db.session.scalars(select(Paper)).one()
    alone = _typed(district, three[:1], _days(4), replaces=old.number)
    refused = officer.post(_address(three[0]), data=alone | {"do": "issue"})
    assert refused.status_code == 422
    assert "还管着这家的另外 1 条" in refused.text
    both = _typed(district, three[:2], _days(4, 5), replaces=old.number)
    assert officer.post(_address(three[0]), data=both | {"do": "issue"}).status_code == 303
    new = db.session.scalars(select(Paper).where(Paper.id != old.id)).one()
    assert new.replaces_id == old.id
    for row in three[:2]:
        db.session.refresh(row)
        assert row.order_number == new.number


def test_a_letter_to_nobody_known_says_so_before_it_is_made(
    district: District, client_of: Enter, three: list[Hazard]
) -> None:
    officer, said = client_of("xiaofang1"), "发现时责任主体待查：这份文书写给“王记面馆”，不写人名。"
    assert said in officer.get(_address(three[0])).text
    for row in three:
        row.party_id = premises.party_on(row.premises_id, clock.today())
    db.session.commit()
    assert said not in officer.get(_address(three[0])).text


def test_the_page_of_a_shop_offers_one_letter_for_its_hazards(district: District, client_of: Enter) -> None:
    for item in ("F-EXIT-01", "F-EXIT-02"):
        handed_over(district, found(district, item=item), "fire")
    db.session.commit()
    shown = client_of("du1").get(f"/desk/places/{district.places[0]}").text
    offered = re.findall(r'href="(/hazards/[^"]+/new)">把这家的 2 条一起出：([^<]+)</a>', shown)
    assert offered
    for address, name in offered:
        form = client_of("du1").get(address)
        assert form.status_code == 200, name
        assert form.text.count('name="hazard" value=') == 2
    one = client_of("du1").get(f"/desk/places/{district.places[1]}").text
    assert "一起出" not in one
