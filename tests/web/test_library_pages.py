"""Reading the library by everybody, changing it by two administrators, and what comes back when something is wrong."""

import io
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from inspect_app.checklists import library, odk, queries
from inspect_app.checklists.models import ChecklistDraft
from inspect_app.hazards.models import Hazard
from inspect_app.intake.models import JournalEntry
from inspect_app.kernel.database import db
from inspect_app.sheets import workbook
from inspect_app.visits.models import Visit
from tests.support import District, draft_of, found, rows_in

ClientOf = Callable[[str], FlaskClient]
READERS = ("daibiao1", "du1", "jiedao1", "lingdao1", "shenji1", "guanli1")


@pytest.fixture
def admin(client_of: ClientOf) -> FlaskClient:
    return client_of("guanli1")


def _upload(client: FlaskClient, data: bytes, name: str = "改过的.xlsx", **more: object):  # type: ignore[no-untyped-def]
    return client.post(
        "/library/drafts", data={"file": (io.BytesIO(data), name), **more}, content_type="multipart/form-data"
    )


def _downloaded(client: FlaskClient, edit: Callable[[dict[str, list[list[str]]]], None]) -> bytes:
    sheets = workbook.read(client.get("/library/lists/gas-kitchen/excel").data)
    rows = {
        name: [
            [line.get(place, "") for place in range(1, max(line, default=0) + 1)]
            for _, line in sorted(sheet.rows.items())
        ]
        for name, sheet in sheets.items()
    }
    edit(rows)
    return workbook.write(rows, {}, ())


def _change_look(rows: dict[str, list[list[str]]]) -> None:
    rows["检查项"][1][3] = "抬头找一找，每个用气的房间都要有"


@pytest.mark.parametrize("login", READERS)
def test_everybody_reads_lists_items_and_bases(login: str, client_of: ClientOf) -> None:
    client = client_of(login)
    index = client.get("/library/").text
    assert "小餐饮消防检查表" in index
    page = client.get("/library/lists/fire-small-restaurant").text
    for item in library.load()["fire-small-restaurant"].items:
        assert item.question in page
        assert item.wordings[-1] in page
    assert "依据待核实" in client.get("/library/lists/gas-kitchen").text, "◐ says so wherever it stands"
    assert "用管道气</dd>" in client.get("/library/items/G-PIPE-01").text
    assert ('class="phone"' in page) == (login == "daibiao1")
    assert ("/library/drafts" in index) == (login == "guanli1")


@pytest.mark.parametrize(
    ("asked", "seen"),
    [
        ("中间有接头", "软管是一整根，没有接头"),
        ("F-EXIT-01", "安全出口没有锁"),
        ("消防法 第二十八条", "fire-28"),
        ("不存在的字", "没有找到"),
    ],
)
def test_search_finds_by_wording_code_and_basis(asked: str, seen: str, client_of: ClientOf) -> None:
    assert seen in client_of("du1").get("/library/", query_string={"q": asked}).text


def test_a_basis_shows_who_cites_it_and_at_the_desk_the_open_hazards(district: District, client_of: ClientOf) -> None:
    hazard = found(district)
    hazard.checklist_version_id = queries.in_force("fire-small-restaurant").id
    db.session.commit()
    at_the_desk, elsewhere = (
        client_of("du1").get("/library/bases/fire-28").text,
        client_of("guanli1").get("/library/bases/fire-28").text,
    )
    assert "F-EXIT-01" in at_the_desk
    assert hazard.number in at_the_desk
    assert "F-EXIT-01" in elsewhere
    assert hazard.number not in elsewhere
    assert "没销号" not in elsewhere, "no count that would be wrong"


def test_review_lists_what_stands_on_a_basis_that_ended(
    district: District, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    from inspect_app.kernel import clock

    hazard = found(district)
    hazard.checklist_version_id = queries.in_force("fire-small-restaurant").id
    db.session.commit()
    ended = {"fire-28": replace(library.bases()["fire-28"], until=clock.today().replace(year=2025))}
    assert "现在没有要复核的依据" in client_of("du1").get("/library/review").text
    monkeypatch.setattr(library, "bases", lambda: library_bases | ended) if (library_bases := library.bases()) else None
    page = client_of("du1").get("/library/review").text
    assert "已失效" in page
    assert "F-EXIT-01" in page
    assert hazard.number in page


def test_the_blank_sheet_has_boxes_room_and_its_version(client_of: ClientOf) -> None:
    page = client_of("daibiao1").get("/library/lists/gas-kitchen/blank").text
    checklist, row = library.load()["gas-kitchen"], queries.in_force("gas-kitchen")
    judged = [item for item in checklist.items if item.kind != "choice"]
    assert len(re.findall(r"</span>不合格</span>", page)) == len(judged)
    assert all(choice.label in page for item in checklist.items for choice in item.choices)
    assert row.content_hash in page
    assert "场所负责人签名" in page
    assert "应不超过 2" in page


def test_from_download_to_a_version_that_two_persons_made(app: Flask, client_of: ClientOf, admin: FlaskClient) -> None:
    before = queries.in_force("gas-kitchen")
    answer = _upload(admin, _downloaded(admin, _change_look))
    assert answer.status_code == 303, answer.text
    page = admin.get(answer.location).text
    assert "编号没变、内容改了 1 项" in page
    assert "检查项!A2" in page
    assert "要请另一位管理员" in page
    draft = db.session.query(ChecklistDraft).one()
    assert admin.post(f"/library/drafts/{draft.id}/publish").status_code == 422, "not by who uploaded it"
    other = client_of("guanli2")
    refused = other.post(f"/library/drafts/{draft.id}/publish")
    assert refused.status_code == 422
    assert "也在别的检查表里，请选一起改，还是只改这一张" in refused.text
    assert "居民户燃气检查表" in refused.text.partition("别的检查表里也有的")[2]
    chosen = {"way-G-SMELL-01": "together"}
    assert other.post(f"/library/drafts/{draft.id}/publish", data=chosen).status_code == 303
    assert "一起改" in other.get("/library/lists/gas-household/versions").text
    assert queries.in_force("gas-kitchen").number == before.number + 1
    versions = client_of("daibiao1").get("/library/lists/gas-kitchen/versions").text
    assert "抬头找一找" in versions
    assert "撤下" not in versions, "only an administrator withdraws"


def test_problems_are_shown_by_cell_and_nothing_is_published(admin: FlaskClient, client_of: ClientOf) -> None:
    def spoil(rows: dict[str, list[list[str]]]) -> None:
        rows["检查项"][2][2], rows["检查项"][3][18] = "", "made-up"

    answer = _upload(admin, _downloaded(admin, spoil))
    page = admin.get(answer.location).text
    assert "检查项!C3" in page
    assert "检查项!S4" in page
    assert "made-up" in page
    draft = db.session.query(ChecklistDraft).one()
    assert draft.content is None, "nothing is half read"
    assert client_of("guanli2").post(f"/library/drafts/{draft.id}/publish").status_code == 422
    assert admin.get(f"/library/drafts/{draft.id}/trial").status_code == 404


def test_a_file_that_is_none_is_named_and_leaves_nothing(admin: FlaskClient) -> None:
    answer = _upload(admin, b"GIF89a" * 99, "照片.xlsx", origin="xlsform", new_code="fire-market", kinds=["small_shop"])
    assert answer.status_code == 422
    assert "“照片.xlsx”" in answer.text
    assert 'value="xlsform" checked' in answer.text
    answer = _upload(
        admin, b"GIF89a" * 99, "照片.xlsx", origin="xlsform", new_code="fire-market", field="fire", kinds=["small_shop"]
    )
    assert "不是 Excel 表格" in answer.text
    assert 'value="fire-market"' in answer.text
    assert 'value="small_shop" checked' in answer.text
    assert rows_in(ChecklistDraft) == 0
    assert admin.post("/library/drafts").status_code == 422


def test_a_trial_is_marked_and_can_send_nothing(app: Flask, district: District, admin: FlaskClient) -> None:
    draft = draft_of(app.extensions["storage"], district.cast.persons["guanli2"])
    db.session.commit()
    before = [rows_in(model) for model in (Visit, JournalEntry, Hazard)]
    answer = admin.get(f"/library/drafts/{draft.id}/trial?gas_kind=piped")
    assert "试填，不会提交" in answer.text
    assert "connect-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "/intake/" not in answer.text
    assert "js/field.js" not in answer.text
    assert '"facts": {"gas_kind": "piped"}' in answer.text, "the draft is drawn for the place described"
    assert 'type="file"' not in answer.text
    assert admin.post(f"/library/drafts/{draft.id}/trial").status_code == 303
    assert "试填过" in admin.get(f"/library/drafts/{draft.id}").text
    assert [rows_in(model) for model in (Visit, JournalEntry, Hazard)] == before


def test_an_xlsform_becomes_a_draft_that_is_completed_in_excel(admin: FlaskClient) -> None:
    form = workbook.write(
        {
            "survey": [["type", "name", "label"], ["select_one yn", "fire_a", "出口没有锁"], ["calculate", "sum", "和"]],
            "choices": [["list_name", "name", "label"], ["yn", "yes", "是"], ["yn", "no", "否"]],
            "settings": [["form_title"], ["菜场检查"]],
        }, {}, (),
    )  # fmt: skip
    answer = _upload(
        admin, form, "kobo.xlsx", origin="xlsform", new_code="fire-market", field="fire", kinds=["small_shop"]
    )
    page = admin.get(answer.location).text
    assert "计算题“和”带不过来" in page
    assert "survey!A2" in page
    draft = db.session.query(ChecklistDraft).one()
    sheets = workbook.read(admin.get(f"/library/drafts/{draft.id}/excel").data)
    assert "出口没有锁" in sheets["检查项"].rows[2].values()
    assert admin.get(f"/library/drafts/{draft.id}/file").data == form, "the upload as it came"
    ours = admin.get("/library/lists/gas-kitchen/xlsform").data
    gas = library.load()["gas-kitchen"]
    from inspect_app.web.library.pages import WORDS

    assert (
        odk.parse(ours, odk.Target(gas.code, gas.title, gas.field, gas.kinds), library.bases(), WORDS).checklist == gas
    )


def test_a_withdrawal_asks_for_its_reason(admin: FlaskClient) -> None:
    version = queries.in_force("gas-kitchen")
    refused = admin.post(f"/library/versions/{version.id}/withdraw")
    assert refused.status_code == 422
    assert "请写为什么撤下" in refused.text
    assert admin.post(f"/library/versions/{version.id}/withdraw", data={"reason": "重做"}).status_code == 303
    assert "餐饮厨房燃气检查表" not in admin.get("/library/").text
    assert "重做" in admin.get("/library/lists/gas-kitchen/versions").text


def test_a_draft_is_dropped_with_its_reason(app: Flask, district: District, admin: FlaskClient) -> None:
    draft = draft_of(app.extensions["storage"], district.cast.persons["guanli2"])
    db.session.commit()
    assert admin.post(f"/library/drafts/{draft.id}/drop").status_code == 422
    assert admin.post(f"/library/drafts/{draft.id}/drop", data={"reason": "重了"}).status_code == 303
    assert "不要了：重了" in admin.get(f"/library/drafts/{draft.id}").text
    assert admin.post(f"/library/drafts/{draft.id}/publish").status_code == 409
