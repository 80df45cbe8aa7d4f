"""导出表格 on the pages: what would go out, the file, the reason for persons, the log, and a stream that breaks off."""

import csv
import io
import zipfile
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from inspect_app.exports import running
from inspect_app.exports.models import Export
from inspect_app.exports.rules import MOST_AT_ONCE
from inspect_app.hazards.models import Hazard
from inspect_app.kernel.database import db
from inspect_app.kernel.ids import new_id
from inspect_app.people.models import Area
from inspect_app.sheets import workbook
from tests.support import District, found, handed_over

ClientOf = Callable[[str], FlaskClient]
WHY = "街道逐户打电话核对整改情况"
LIST = "/desk/hazards/export"


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "FIRST", 1)
    monkeypatch.setattr(running, "PIECE", 2)


def _log() -> list[Export]:
    db.session.expire_all()
    return list(db.session.scalars(select(Export).order_by(Export.began_at)))


def _rows(data: bytes, name: str = "隐患.csv") -> list[list[str]]:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return list(csv.reader(io.StringIO(packed.read(name).decode("utf-8-sig"))))


def _some(district: District) -> list[Hazard]:
    rows = [found(district, item=f"F-EXIT-0{n}") for n in range(1, 6)]
    rows[0].title = "=1+1"
    rows[1].field = "gas"
    db.session.commit()
    return rows


def test_from_the_list_to_a_workbook_and_a_line_of_the_log(app: Flask, district: District, client_of: ClientOf) -> None:
    _some(district)
    client = client_of("du1")
    assert 'href="/desk/hazards/export?tab=all&amp;field=fire"' in client.get("/desk/hazards?field=fire").text
    page = client.get(f"{LIST}?field=fire&sort=oldest").text
    assert "未销号的隐患（消防），4 件" in page
    assert "最早发现的在前。约 1 秒" in page
    sent = client.post(f"{LIST}?field=fire&sort=oldest", data={"form": "xlsx"})
    assert sent.status_code == 200
    assert "attachment" in sent.headers["Content-Disposition"]
    sheets = workbook.read(sent.data)
    assert len(sheets["隐患"].rows) == 1 + 4
    assert sheets["隐患"].rows[2][2] == "=1+1"
    about = {row[1]: row.get(2, "") for row in sheets["说明"].rows.values()}
    assert about["清单"] == "未销号的隐患（消防）"
    assert about["行数"].startswith("4（")
    assert about["逾期天数"]  # the definition of a column
    [row] = _log()
    assert (row.state, row.rows, row.words, row.form, row.persons) == ("done", 4, about["清单"], "xlsx", [])
    assert row.who == about["谁导出的"]
    assert "导出好了" in client.get("/exports/").text
    again = client.get(row.address)
    assert "未销号的隐患（消防），4 件" in again.text


def test_persons_need_a_reason_which_the_log_shows_to_who_looks_after_it(
    app: Flask, district: District, client_of: ClientOf
) -> None:
    _some(district)
    client = client_of("du1")
    refused = client.post(LIST, data={"form": "csv", "persons": "yes", "reason": "要用"})
    assert refused.status_code == 422
    assert "至少 6 个字" in refused.text
    assert 'value="要用"' in refused.text
    assert not _log()
    sent = _rows(client.post(LIST, data={"form": "csv", "persons": "yes", "reason": WHY}).data)
    assert {"发现人", "责任主体", "场所电话"} <= set(sent[0])
    shown = client_of("guanli1").get("/exports/log?persons=1&q=逐户").text
    assert WHY in shown
    assert "带了发现人、责任主体、场所电话" in shown
    assert "没有这样的记录" in client_of("guanli1").get("/exports/log?q=没有这个人").text
    assert WHY not in client_of("du2").get("/exports/").text


def test_who_sees_no_persons_is_offered_none_and_given_none(
    app: Flask, district: District, client_of: ClientOf
) -> None:
    _some(district)
    client = client_of("lingdao1")
    assert "个人信息" not in client.get(LIST).text
    assert client.post(LIST, data={"form": "csv", "persons": "yes", "reason": WHY}).status_code == 422
    assert "发现人" not in _rows(client.post(LIST, data={"form": "csv"}).data)[0]


def test_an_office_takes_along_what_it_was_handed_alone(app: Flask, district: District, client_of: ClientOf) -> None:
    rows = _some(district)
    mine = handed_over(district, rows[2])
    db.session.commit()
    client = client_of("jiedao1")
    assert "/inbox/export" in client.get("/inbox/all").text
    lines = _rows(client.post("/inbox/export?tab=all", data={"form": "csv"}).data)
    assert [line[0] for line in lines[1:]] == [mine.number]


def test_what_is_ticked_goes_out_and_nothing_beside_it(app: Flask, district: District, client_of: ClientOf) -> None:
    rows = _some(district)
    client = client_of("du1")
    picks = [f"{row.id}:{row.version}" for row in rows[:2]]
    page = client.post("/desk/do/assign/export", data={"pick": picks})
    assert "勾选的，2 件" in page.text
    assert not _log()
    lines = _rows(client.post("/desk/do/assign/export", data={"pick": picks, "form": "csv"}).data)
    assert {line[0] for line in lines[1:]} == {rows[0].number, rows[1].number}
    assert client.post("/desk/do/assign/export", data={}).status_code == 422
    rows[0].area_id = db.session.scalars(
        select(Area.id).where(Area.kind == "district")
    ).one()  # out of what the street sees
    db.session.commit()
    lines = _rows(client.post("/desk/do/assign/export", data={"pick": picks, "form": "csv"}).data)
    assert [line[0] for line in lines[1:]] == [rows[1].number]


def test_whoever_leaves_in_the_middle_is_told_so_and_may_begin_again(
    app: Flask, district: District, client_of: ClientOf
) -> None:
    _some(district)
    client = client_of("du1")
    sent = client.post(LIST, data={"form": "csv"}, buffered=False)
    parts = iter(sent.response)
    next(parts), next(parts)
    [row] = _log()
    assert (row.state, row.rows) == ("sending", 0)
    for _ in range(MOST_AT_ONCE - 1):
        client.post(LIST, data={"form": "csv"}, buffered=False)
    held = client.post(LIST, data={"form": "csv"})
    assert held.status_code == 422
    assert "正在传，等传完一份再来" in held.text
    sent.close()
    row = _log()[0]
    assert (row.state, row.sha256) == ("left", None)
    assert "没有传完" in client.get("/exports/").text
    assert client.post(LIST, data={"form": "csv"}).status_code == 200


def test_pressed_twice_it_goes_out_once(app: Flask, district: District, client_of: ClientOf) -> None:
    _some(district)
    client, once = client_of("du1"), str(new_id())
    first = client.post(LIST, data={"form": "csv", "once": once})
    second = client.post(LIST, data={"form": "csv", "once": once})
    assert (first.status_code, second.status_code, second.location) == (200, 303, "/exports/")
    assert len(_log()) == 1


def test_what_is_asked_wrongly_is_said_beside_its_field(app: Flask, district: District, client_of: ClientOf) -> None:
    client = client_of("du1")
    assert "没有可以导出的" in client.get(LIST).text
    assert client.post(LIST, data={"form": "csv"}).status_code == 422
    _some(district)
    wrong = client.post(LIST, data={"form": "docx"})
    assert wrong.status_code == 422
    assert "请选一种格式" in wrong.text
    for cursor in ("x", "WzEsMl0="):
        assert client.get(f"/exports/?after={cursor}").status_code == 404
    assert not _log()


def test_the_log_is_read_page_by_page(app: Flask, district: District, client_of: ClientOf) -> None:
    _some(district)
    client = client_of("du1")
    for _ in range(27):
        assert client.post(LIST, data={"form": "csv"}).data
    first = client.get("/exports/").text
    onward = first.split("下一页")[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert first.count("再导一次") == 25
    assert client.get(onward).text.count("再导一次") == 2
