"""From a list to a printed stack: what is found, what is said beforehand, how far it is, what may be fetched by whom."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from inspect_app.casework import papers as casework
from inspect_app.kernel.database import db
from inspect_app.kernel.ids import new_id
from inspect_app.papers import queries
from inspect_app.papers.models import Paper
from inspect_app.printing.models import PrintJob, PrintPart
from inspect_app.printing.results import ResultStore
from tests.database.paperwork import ordered
from tests.database.prints import issued, pages_in, unpacked, work
from tests.support import District

ClientOf = Callable[[str], FlaskClient]
FRAGMENT = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def results(app: Flask, tmp_path: Path) -> None:
    app.extensions["prints"] = ResultStore(tmp_path / "prints")


def _void(district: District, paper: Paper) -> None:
    casework.void(paper, district.scope("xiaofang1"), district.actor("xiaofang1"), reason="写错了")
    db.session.commit()


def _jobs() -> int:
    return db.session.scalar(select(func.count()).select_from(PrintJob)) or 0


def _numbers(client: FlaskClient, address: str) -> set[str]:
    """The numbers of the papers that a page lists."""
    return set(re.findall(r"青消整〔\d+〕\d+号", client.get(address).text))


def test_from_the_list_of_hazards_to_the_files(app: Flask, district: District, client_of: ClientOf) -> None:
    _kept, _other, fallen = issued(app, district, [1, 2, 1])
    _void(district, fallen)
    client = client_of("du1")
    assert 'href="/desk/hazards/papers?tab=all"' in client.get("/desk/hazards").text
    shown = client.get("/desk/hazards/papers?tab=all").text
    assert "文书：未销号的隐患，3 份" in shown
    assert "其中 1 份不再有效，不打，会写在目录里" in shown
    assert fallen.number in shown
    pressed = client.post("/desk/hazards/papers?tab=all", data={})
    assert (pressed.status_code, pressed.location) == (303, "/prints")
    job = db.session.scalars(select(PrintJob)).one()
    assert job.title == "文书：未销号的隐患，3 份"
    going = client.get("/prints").text
    assert "正在备齐：0／3 份" in going
    assert 'hx-trigger="every 2s"' in going
    work(app)
    fragment = client.get(f"/prints/{job.id}", headers=FRAGMENT).text
    assert "hx-trigger" not in fragment, "who is done is asked no more"
    assert "<html" not in fragment
    assert f"{fallen.number}</span>，王记面馆：已作废，不再打印" in fragment
    pdf = client.get(f"/prints/{job.id}/pdf", buffered=True)
    assert (pdf.status_code, pdf.mimetype, pages_in(pdf.data)) == (200, "application/pdf", 4)
    assert pdf.headers["Content-Disposition"].startswith("attachment")
    assert int(pdf.headers["Content-Length"]) == len(pdf.data)
    assert len(unpacked(client.get(f"/prints/{job.id}/zip", buffered=True).data)[0]) == 2
    assert client.get(f"/prints/{job.id}/exe").status_code == 404


def test_a_selection_prints_the_papers_of_its_hazards_alone(
    app: Flask, district: District, client_of: ClientOf
) -> None:
    wanted, _ = issued(app, district, [1, 1])
    hazard = queries.lines(wanted)[0][1]
    for login, address in (("du1", "/desk/hazards/papers"), ("xiaofang1", "/inbox/papers")):
        assert client_of(login).post(f"{address}?q={hazard.number}").status_code == 303
        parts = db.session.scalars(select(PrintPart.number).order_by(PrintPart.id.desc()).limit(1)).all()
        assert parts == [wanted.number], login
    assert db.session.scalar(select(func.count()).select_from(PrintPart)) == 2


def test_two_presses_are_one_job(app: Flask, district: District, client_of: ClientOf) -> None:
    issued(app, district, [1])
    client, form = client_of("du1"), {"once": str(new_id())}
    first, second = (client.post("/papers/print", data=form) for _ in range(2))
    assert (first.status_code, second.status_code, first.location) == (303, 303, second.location)
    assert _jobs() == 1


def test_nothing_to_print_and_too_many_jobs_are_said(app: Flask, district: District, client_of: ClientOf) -> None:
    client = client_of("du1")
    assert "没有可以打印的" in client.get("/papers/print").text
    assert client.post("/papers/print").status_code == 422
    issued(app, district, [1])
    assert [client.post("/papers/print").status_code for _ in range(4)] == [303, 303, 303, 422]
    assert "您已经有 3 件在做" in client.post("/papers/print").text
    assert _jobs() == 3


def test_cancelled_it_is_said_and_makes_room(app: Flask, district: District, client_of: ClientOf) -> None:
    issued(app, district, [1])
    client = client_of("du1")
    client.post("/papers/print")
    job = db.session.scalars(select(PrintJob)).one()
    assert client.post(f"/prints/{job.id}/cancel").status_code == 303
    shown = client.get("/prints").text
    assert "取消了" in shown
    assert f"/prints/{job.id}/pdf" not in shown
    assert "已经结束" in client.post(f"/prints/{job.id}/cancel", follow_redirects=True).text
    work(app)
    assert client.get(f"/prints/{job.id}/pdf").status_code == 404


def test_a_job_is_nobody_elses(app: Flask, district: District, client_of: ClientOf) -> None:
    issued(app, district, [1])
    client_of("du1").post("/papers/print")
    work(app)
    job = db.session.scalars(select(PrintJob)).one()
    for login in ("du2", "du3", "zheng1", "jiedao1", "lingdao1", "shenji1", "guanli1"):
        client = client_of(login)
        assert client.get(f"/prints/{job.id}/pdf").status_code == 404, login
        assert client.get(f"/prints/{job.id}", headers=FRAGMENT).status_code == 404, login
        assert client.post(f"/prints/{job.id}/cancel").status_code == 404 or login == "du2", login
        assert job.title not in client.get("/prints").text, login


def test_a_file_that_is_gone_is_said(app: Flask, district: District, client_of: ClientOf, tmp_path: Path) -> None:
    issued(app, district, [1])
    client = client_of("du1")
    client.post("/papers/print")
    work(app)
    job = db.session.scalars(select(PrintJob)).one()
    app.extensions["prints"] = ResultStore(tmp_path / "restored")
    answer = client.get(f"/prints/{job.id}/pdf", buffered=True)
    assert answer.status_code == 404
    assert "这个文件已经清掉了" in answer.text


def test_the_list_of_papers_is_narrowed_by_each_filter(app: Flask, district: District, client_of: ClientOf) -> None:
    stands, fallen = issued(app, district, [1, 1])
    _, made = ordered(district)
    _void(district, fallen)
    client = client_of("du1")
    day, all_three = stands.issued_on.isoformat(), {stands.number, fallen.number, made.number}
    expected = {
        "": all_three,
        "?kind=notice": all_three,
        "?kind=tip": set(),
        "?standing=stands": {stands.number},
        "?standing=void": {fallen.number},
        "?standing=making": {made.number},
        "?standing=replaced": set(),
        f"?issuer={stands.issuer_id}": all_three,
        f"?issuer={district.cast.offices['street']}": all_three,  # it has issued nothing: no filter
        f"?since={day}&until={day}": all_three,
        "?since=2999-01-01": set(),
        "?until=2000-01-01": set(),
        "?kind=<b>&since=x&until=0000-00-00&issuer=1&standing=%00".replace("%00", "y"): all_three,
    }
    assert {query: _numbers(client, f"/papers{query}") for query in expected} == expected


def test_the_list_goes_on_page_by_page_and_shows_each_once(app: Flask, district: District, client_of: ClientOf) -> None:
    papers = issued(app, district, [1] * 27)
    client = client_of("du1")
    first = client.get("/papers").text
    after = re.search(r'href="(/papers\?after=[^"]+)"', first)
    assert after is not None
    pages = [_numbers(client, "/papers"), _numbers(client, after[1])]
    assert [len(page) for page in pages] == [25, 2]
    assert pages[0] | pages[1] == {paper.number for paper in papers}
    assert client.get("/papers?after=x").status_code == 404


def test_an_office_lists_the_papers_of_what_it_was_handed(app: Flask, district: District, client_of: ClientOf) -> None:
    (paper,) = issued(app, district, [1])
    assert _numbers(client_of("xiaofang1"), "/papers") == {paper.number}
    assert _numbers(client_of("jiedao1"), "/papers") == set()
    assert client_of("daibiao1").get("/papers").status_code == 403
    assert client_of("guanli1").get("/papers").status_code == 403
