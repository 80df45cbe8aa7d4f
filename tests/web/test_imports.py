"""The pages of an import: what is uploaded is shown, what is wrong is named, and it is written once it is confirmed."""

import io
import re
import zipfile
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select
from werkzeug.test import TestResponse

from inspect_app.imports.models import ImportJob
from inspect_app.imports.working import go_on
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.ids import new_id
from inspect_app.people.models import Account
from inspect_app.premises.models import Premises
from tests.database.importing import tools
from tests.sheets import book, place
from tests.statements import Counting
from tests.support import District, rows_in

ClientOf = Callable[[str], FlaskClient]


def _upload(client: FlaskClient, data: bytes, kind: str = "places", **more: str) -> TestResponse:
    sent = {"file": (io.BytesIO(data), "台账.xlsx"), **more}
    return client.post(f"/imports/{kind}", data=sent, content_type="multipart/form-data")


def _worked(app: Flask, client: FlaskClient, answer: TestResponse) -> TestResponse:
    """The page of an import once the worker is through."""
    assert answer.status_code == 303, answer.text
    while go_on(tools(app), seconds=60):
        pass
    db.session.expire_all()
    return client.get(answer.location)


def test_from_the_template_to_the_register(app: Flask, district: District, client_of: ClientOf) -> None:
    desk, before = client_of("du1"), rows_in(Premises)
    assert "导入台账" in desk.get("/desk/places").text
    given = load_workbook(io.BytesIO(desk.get("/imports/places/template.xlsx").data))
    assert given.sheetnames == ["场所", "说明"]
    page = given["场所"]
    for column, text in enumerate(("", "新来的店", "小商店", "东头 1 号", "柳荫桥社区"), start=1):
        page.cell(2, column).value = text or None
    filled = io.BytesIO()
    given.save(filled)
    shown = _worked(app, desk, answer := _upload(desk, filled.getvalue()))
    assert "新增</dt><dd>1 家" in shown.text
    assert rows_in(Premises) == before
    assert desk.post(f"{answer.location}/confirm").status_code == 303
    done = _worked(app, desk, answer)
    assert "导入好了" in done.text
    assert "新来的店" in desk.get("/desk/places?q=新来的店").text
    told = desk.get("/imports/places").text
    assert "台账.xlsx" in told
    assert "新增 1、更新 0、不变 0" in told


def test_a_faulty_row_is_named_by_its_cell_and_given_back(app: Flask, district: District, client_of: ClientOf) -> None:
    desk, before = client_of("du1"), rows_in(Premises)
    answer = _upload(desk, book([place(n) for n in range(1, 17)] + [place(17, credit_code="91320199MA0000001")]))
    shown = _worked(app, desk, answer).text
    assert re.search("<strong>第 18 行 I 列 信用代码</strong>：统一社会信用代码应是 18 位", shown)
    assert "确认导入" not in shown
    given = load_workbook(io.BytesIO(desk.get(f"{answer.location}/faults.xlsx").data))["场所"]
    assert (given.max_row, given.cell(2, 2).value) == (2, "第17号示例铺")
    assert desk.post(f"{answer.location}/confirm").status_code == 409
    assert rows_in(Premises) == before


def test_both_stand_side_by_side_and_one_is_chosen(app: Flask, district: District, client_of: ClientOf) -> None:
    desk = client_of("du1")
    there = db.session.get_one(Premises, district.places[0])
    answer = _upload(desk, book([place(1, name="新" + there.name, address=there.address), place(2)]))
    shown = _worked(app, desk, answer).text
    assert "可能登记过了" in shown
    for word in (there.code, there.name, "新" + there.name, f'value="{there.id}"', 'value="another"'):
        assert word in shown
    assert desk.post(f"{answer.location}/confirm").status_code == 422, "it is to be said first"
    assert desk.post(f"{answer.location}/decide", data={"row-2": str(new_id())}).status_code == 422
    assert desk.post(f"{answer.location}/decide", data={}).status_code == 422
    assert desk.post(f"{answer.location}/decide", data={"row-2": "another"}).status_code == 303
    assert "新增</dt><dd>2 家" in _worked(app, desk, answer).text


def _bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", "<x/>")
        packed.writestr("xl/worksheets/sheet1.xml", bytes(200 * 1024 * 1024))
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"", "请选一份表格"), (b"%PDF-1.7", "这是 PDF"), ("名称,地址\n甲,乙".encode("gb18030"), "CSV"), (_bomb(), "解开后太大")],
    ids=["nothing", "a PDF", "a CSV", "a bomb"],
)  # fmt: skip
def test_what_is_no_workbook_is_called_what_it_is_and_nothing_is_kept(
    app: Flask, district: District, client_of: ClientOf, data: bytes, words: str
) -> None:
    answer = _upload(client_of("du1"), data)
    assert answer.status_code == 422
    assert words in answer.text
    assert rows_in(ImportJob) == 0


def test_pressed_twice_it_is_one_import(app: Flask, district: District, client_of: ClientOf) -> None:
    desk, key, data = client_of("du1"), str(new_id()), book([place(1)])
    first, second = _upload(desk, data, once=key), _upload(desk, data, once=key)
    assert (first.status_code, second.status_code, first.location) == (303, 303, second.location)
    assert rows_in(ImportJob) == 1


def test_progress_is_told_and_then_the_page_is_drawn_anew(app: Flask, district: District, client_of: ClientOf) -> None:
    desk = client_of("du1")
    at = _upload(desk, book([place(1)])).location
    going = desk.get(f"{at}/progress", headers={"HX-Request": "true"})
    assert "正在读表格" in going.text
    assert "HX-Refresh" not in going.headers
    while go_on(tools(app), seconds=60):
        pass
    assert desk.get(f"{at}/progress", headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"


def test_the_page_asks_as_much_for_many_rows_as_for_few(
    app: Flask, district: District, client_of: ClientOf, counting: Counting
) -> None:
    desk, asked = client_of("du1"), {}
    there = db.session.get_one(Premises, district.places[0])
    alike = {"name": "新" + there.name, "address": there.address}
    for many in (2, 120):
        rows = [place(n) for n in range(1, many)] + [place(900, **alike)]
        at = _worked(app, desk, answer := _upload(desk, book(rows))) and answer.location
        db.session.remove()
        with counting() as counted:
            assert desk.get(at).status_code == 200
        asked[many] = len(counted)
        desk.post(f"{at}/cancel")
    assert asked[2] == asked[120] <= 6, asked


def test_slips_are_shown_to_be_printed_and_kept_nowhere(app: Flask, district: District, client_of: ClientOf) -> None:
    desk = client_of("guanli1")
    row = {
        "name": "新代表", "login": "xindaibiao", "role": "代表", "organisation": "柳荫人大工委", "area": "柳荫街道",
        "since": clock.today().isoformat(),
    }  # fmt: skip
    answer = _upload(desk, book([row], "accounts"), "accounts")
    _worked(app, desk, answer)
    assert desk.post(f"{answer.location}/slips").status_code == 404, "nobody has been made yet"
    desk.post(f"{answer.location}/confirm")
    assert "打印初始密码条" in _worked(app, desk, answer).text
    shown = desk.post(f"{answer.location}/slips")
    (password,) = re.findall(r'class="secret">([2-9A-Z-]{14})<', shown.text)
    assert "no-store" in shown.headers["Cache-Control"]
    account = db.session.scalars(select(Account).where(Account.login == "xindaibiao")).one()
    assert password not in account.password
    entered = app.test_client().post("/sign-in", data={"login": "xindaibiao", "password": password})
    assert entered.status_code in (302, 303)
    assert desk.get("/imports/accounts").status_code == 200
    assert client_of("du1").get("/imports/accounts").status_code == 403
