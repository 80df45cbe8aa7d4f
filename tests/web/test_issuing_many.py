"""From the list of hazards to many new papers: what is asked, what is shown before, one press, one job."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from inspect_app.hazards.actions import handing
from inspect_app.hazards.locking import lock
from inspect_app.hazards.models import Hazard
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.ids import new_id
from inspect_app.papers.models import Paper
from inspect_app.printing.models import PrintJob, PrintPart
from tests.database.prints import work
from tests.support import District, accepted, found, handed_over

ClientOf = Callable[[str], FlaskClient]
PAGE = "/desk/hazards/issue"


@pytest.fixture
def three(district: District) -> list[Hazard]:
    """Hazards of three shops, with the street, and one that nobody has yet."""
    rows = [handed_over(district, found(district, place=place)) for place in range(3)]
    found(district, place=0, item="F-EXIT-02")
    db.session.commit()
    return rows


def _urged(**said: object) -> dict[str, object]:
    day = (clock.today() + timedelta(days=5)).isoformat()
    return {"matter": "请抓紧办。", "answer_by": day, "signed_off_by": "李敏（主任）", "copies": ""} | said


def _keys(page: str) -> list[str]:
    return re.findall(r'name="take" value="(\w+)" checked', page)


def _jobs() -> list[PrintJob]:
    return list(db.session.scalars(select(PrintJob)))


def test_from_the_list_to_the_papers(app: Flask, district: District, client_of: ClientOf, three: list[Hazard]) -> None:
    client = client_of("du1")
    assert f'href="{PAGE}?tab=all"' in client.get("/desk/hazards").text
    kinds = client.get(f"{PAGE}?tab=all").text
    assert "催办函" in kinds
    assert "整改通知书" not in kinds, "the congress orders nothing"
    form = client.get(f"{PAGE}?tab=all&kind=urging").text
    assert "请抓紧督促整改" in form, "what is usual stands there"
    assert "出选中的文书" not in form, "nothing is issued unseen"
    shown = client.post(f"{PAGE}?tab=all&kind=urging", data=_urged(do="look")).text
    assert "能出 3 份" in shown
    assert "1 份出不了" in shown
    assert "这一件还没有承办单位，请先交办" in shown
    assert (_jobs(), db.session.scalars(select(Paper)).all()) == ([], [])
    keys = _keys(shown)
    once = {"once": str(new_id())}
    for _ in range(2):
        pressed = client.post(f"{PAGE}?tab=all&kind=urging", data=_urged(do="issue", take=keys[:2], **once))
        assert (pressed.status_code, pressed.location) == (303, "/prints")
    assert [job.title for job in _jobs()] == ["出催办函 2 份"]
    work(app)
    going = client.get("/prints").text
    assert "已经出了 2 份" in going
    papers = db.session.scalars(select(Paper.number).order_by(Paper.serial)).all()
    assert len(papers) == 2
    assert "、".join(papers) in going
    client.post(f"/prints/{_jobs()[0].id}/cancel")
    assert "取消以前已经出了 2 份，文号算数" in client.get("/prints").text


def test_what_changed_since_it_was_looked_at_is_shown_again(
    district: District, client_of: ClientOf, three: list[Hazard]
) -> None:
    client = client_of("du1")
    keys = _keys(client.post(f"{PAGE}?tab=all&kind=urging", data=_urged(do="look")).text)
    handing.accept(lock(three[0].id), district.actor("jiedao1"))
    handed_over(district, found(district, place=1, item="F-ELEC-03"))
    db.session.commit()
    answer = client.post(f"{PAGE}?tab=all&kind=urging", data=_urged(do="issue", take=keys))
    assert answer.status_code == 422
    assert "您看过以后，这里变了" in answer.text
    assert "李敏（主任）" in answer.text, "nothing typed is lost"
    assert _jobs() == []


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"signed_off_by": ""}, "签发人"),
        ({"answer_by": "2020-01-01"}, "不能早于今天"),
        ({"take": []}, "请至少选一份"),
        ({"take": ["x" * 64]}, "您看过以后，这里变了"),
        ({"answer_by": "昨天"}, "回复的日子不对"),
    ],
)
def test_what_cannot_be_is_said_and_makes_no_job(
    district: District, client_of: ClientOf, three: list[Hazard], said: dict[str, object], words: str
) -> None:
    client = client_of("du1")
    keys = _keys(client.post(f"{PAGE}?tab=all&kind=urging", data=_urged(do="look")).text)
    answer = client.post(f"{PAGE}?tab=all&kind=urging", data=_urged(do="issue", take=keys) | said)
    assert (answer.status_code, _jobs()) == (422, [])
    assert words in answer.text


def test_whoever_makes_no_papers_has_no_page(district: District, client_of: ClientOf, three: list[Hazard]) -> None:
    for login in ("lingdao1", "shenji1", "daibiao1", "guanli1", "jiedao1"):
        assert client_of(login).get(f"{PAGE}?tab=all").status_code == 403, login
    assert PAGE not in client_of("lingdao1").get("/desk/hazards").text
    empty = client_of("du1").get(f"{PAGE}?tab=all&q=没有这样的").text
    assert "没有选到隐患" in empty
    assert "没有一件能出" in client_of("du1").get(f"{PAGE}?tab=all&kind=tip").text
    assert "出哪一种" in client_of("du1").get(f"{PAGE}?tab=all&kind=notice").text


def test_an_office_orders_from_its_own_list(app: Flask, district: District, client_of: ClientOf) -> None:
    for place in (0, 1):
        accepted(district, handed_over(district, found(district, place=place), "fire"), "xiaofang1")
    db.session.commit()
    client = client_of("xiaofang1")
    assert "/inbox/issue?kind=notice" in client.get("/inbox/issue").text
    form = client.get("/inbox/issue?kind=notice").text
    assert 'name="officer_1"' in form
    assert 'name="identity"' not in form, "each shop has its own"
    officers = re.findall(r'<option value="([0-9a-f-]{36})"', form)
    given = {
        "inspected_on": clock.today().isoformat(), "record": "检〔2026〕118号", "officer_1": officers[0],
        "officer_2": officers[1], "interim": "", "section": "", "do": "look",
    }  # fmt: skip
    shown = client.post("/inbox/issue?kind=notice", data=given).text
    assert "2 份出不了" in shown
    assert "身份" in shown, "named before anything is pressed"
    assert db.session.scalars(select(PrintPart)).all() == []
