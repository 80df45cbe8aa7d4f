"""The register of a street comes as a workbook: with faults nothing of it is imported and they come back as a sheet; put right it is
looked at, confirmed and written; and the same file once more changes nothing."""

import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.database.test_imports import WRONG
from tests.sheets import book, place

from .conftest import DESK, Enter, served
from .test_every_page import TAGS, _axe, _too_wide

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One of its own: thousands of places would stand in every other journey's way."""
    yield from served(tmp_path_factory.mktemp("importing"))


def _with_faults(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The same with 37 rows that are wrong: 33 in a cell, four that are there twice."""
    wrong = [dict(row) for row in rows]
    for at, (said, _, _) in enumerate(WRONG):
        wrong[at * 2] |= said
    for at in range(4):
        wrong[at + 2 * len(WRONG)] = dict(rows[at * 2 + 1])
    return wrong


def _bring(page: Page, data: bytes, name: str) -> None:
    page.goto("/imports/places")
    page.set_input_files("#file", {"name": name, "mimeType": "application/octet-stream", "buffer": data})
    expect(page.locator("#file-chosen")).to_contain_text(name)
    page.click("button:has-text('上传并核对')")
    page.wait_for_url("**/imports/jobs/*")


def _fine(page: Page) -> None:
    assert _axe(page, TAGS) + _too_wide(page) == []


def _told_back(page: Page, folder: Path) -> list[dict[str, Any]]:
    with page.expect_download() as coming:
        page.click("a:has-text('下载要改的 37 行')")
    coming.value.save_as(folder / "faults.xlsx")
    sheet = load_workbook(io.BytesIO((folder / "faults.xlsx").read_bytes()))["场所"]
    heading, *lines = [[cell.value for cell in row] for row in sheet.iter_rows()]
    return [dict(zip(heading, line, strict=True)) for line in lines]


@pytest.mark.parametrize("size", [80, pytest.param(10_000, marks=pytest.mark.long)])
def test_a_sheet_with_37_faults_is_put_right_imported_and_brought_again(
    enter: Enter, tmp_path: Path, size: int
) -> None:
    first = 1 if size < 10_000 else 100_001  # each run has places of its own
    rows, patience = [place(first + n) for n in range(size)], 20_000 + size * 90
    page = enter("du1", DESK)
    _bring(page, book(_with_faults(rows)), "台账.xlsx")
    expect(page.locator("main")).to_contain_text("有 37 行要改，一行也没有导入", timeout=patience)
    _fine(page)
    told = _told_back(page, tmp_path)
    assert len(told) == 37
    assert all(line["哪里不对"] for line in told)
    page.click("button:has-text('这一份不要了')")
    expect(page.locator("main")).to_contain_text("一行也没有写进去")
    page.goto(f"/desk/places?q=第{first + size - 1}号示例铺")
    expect(page.locator("main")).to_contain_text("没有找到")

    _bring(page, book(rows), "台账改好.xlsx")
    if size > 1_000:
        expect(page.locator("progress")).to_be_visible(timeout=patience)
    expect(page.locator("main")).to_contain_text("会这样导入", timeout=patience)
    _fine(page)
    page.click(f"button:has-text('确认导入 {size} 家')")
    expect(page.locator("main")).to_contain_text(f"新增 {size} 家，更新 0 家，不变 0 家", timeout=patience)
    page.goto(f"/desk/places?q=第{first + size - 1}号示例铺")
    expect(page.locator("main table")).to_contain_text(f"示例路 {first + size - 1} 号")

    _bring(page, book(rows), "台账又一次.xlsx")
    expect(page.locator("main")).to_contain_text("和登记的完全一样，没有要导入的", timeout=patience)
    assert page.locator("button:has-text('确认导入')").count() == 0
    page.click("button:has-text('这一份不导入')")
    expect(page.locator("main")).to_contain_text("一行也没有写进去")


def test_a_row_that_may_be_there_already_is_looked_at_beside_it(enter: Enter) -> None:
    page = enter("du1", DESK)
    rows = [
        place(9001, name="双桥面馆", address="双桥路 8 号", phone="13911112222"),
        place(9002, name="双桥锅贴", address="双桥路 10 号"),
    ]
    _bring(page, book(rows), "台账.xlsx")
    page.click("button:has-text('确认导入 2 家')")
    expect(page.locator("main")).to_contain_text("新增 2 家")
    beside = [place(9003, name="双桥老面馆", address="双桥路8号一楼", phone="13911112222")]
    _bring(page, book(beside), "补充.xlsx")
    expect(page.locator("table.pairs")).to_contain_text("双桥路8号一楼")
    _fine(page)
    page.set_viewport_size({"width": 390, "height": 844})
    assert _too_wide(page) == []
    page.set_viewport_size({"width": 1440, "height": 900})
    page.check("text=就是登记的这一家")
    page.click("button:has-text('记下选好的')")
    expect(page.locator("main")).to_contain_text("确认导入 1 家")
    page.click("button:has-text('确认导入 1 家')")
    expect(page.locator("main")).to_contain_text("新增 0 家，更新 1 家，不变 0 家")
