"""A morning at the desk: a register with positions is brought, hazards told by 12345 are written down, all of them are handed over
at once while a colleague takes one, the selection is kept, looked at on the map and taken along as a table."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.sheets import book, place

from .conftest import DESK, Enter, served

pytestmark = pytest.mark.journey
MANY = 30
LIST = "/desk/hazards?source=hotline&field=fire"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One of its own: thirty hazards more would push those of other journeys off what a phone is offered to look at."""
    yield from served(tmp_path_factory.mktemp("morning"))


def _bring_places(page: Page) -> None:
    page.goto("/imports/places")
    rows = [
        place(
            number,
            name=f"热线{number}号铺",
            address=f"北苑{number}弄甲楼",
            kind="小餐饮",
            area="望江里社区",
            phone=f"025-{number}{number}0",
            party=f"北苑{number}饭店",
            lon=118.78 + number / 1000,
            lat=32.04,
            crs="WGS-84",
        )
        for number in (901, 902)
    ]
    sheet = {"name": "台账.xlsx", "mimeType": "application/octet-stream", "buffer": book(rows)}
    page.locator("input[type=file]").set_input_files(sheet)  # type: ignore[arg-type]
    page.get_by_role("button", name=re.compile("上传")).click()
    page.get_by_role("button", name=re.compile("确认导入|导入这")).click(timeout=60_000)
    expect(page.get_by_text("导入好了")).to_be_visible(timeout=60_000)


def _register(page: Page, number: int, order: str) -> None:
    page.goto("/desk/hazards/new")
    page.fill("#premises_id", f"热线{number}")
    page.locator("[value=places]").click()
    page.get_by_label(f"热线{number}号铺").check()
    page.fill("#item", "灭火器")
    page.locator("[value=items]").click()
    page.locator("#items-found input[name=item]").nth(1).check()
    page.select_option("[name=source]", "hotline")
    page.fill("[name=work_order]", order)
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.locator("#main")).to_contain_text("登记好了")


def _register_more(page: Page, count: int) -> None:
    """As the form sends it, without filling it each time."""
    page.goto("/desk/hazards/new")
    page.fill("#premises_id", "热线902")
    page.locator("[value=places]").click()
    place_id = page.locator("#places-found input[name=premises_id]").first.get_attribute("value") or ""
    token = page.locator("meta[name=csrf-token]").get_attribute("content") or ""
    for number in range(count):
        form = {
            "csrf_token": token,
            "premises_id": place_id,
            "title": f"热线说的第{number}处",
            "field": "fire",
            "source": "hotline",
            "work_order": f"GD20261201-{1000 + number}",
        }
        answer = page.request.post("/desk/hazards/new", form=form)
        assert answer.ok, answer.text()[:2000]


def _hand_over_all(page: Page, colleague: Page) -> str:
    """All but the one that a colleague takes between looking and pressing; returns its title."""
    page.goto(LIST)
    expect(page.get_by_text(f"找到 {MANY} 件")).to_be_visible()
    page.locator("[data-whole]").check()
    expect(page.locator("[data-picked-count]")).to_have_text(f"勾了全部 {MANY} 件")
    page.locator("#picked button[value='hand-over']").click()
    expect(page.locator("h1")).to_have_text(f"交办 {MANY} 件")
    page.locator("[data-pick-page]").check()
    taken = "热线说的第7处"
    colleague.goto(f"/desk/hazards?q={taken}")
    colleague.get_by_role("link", name=taken, exact=True).click()
    colleague.get_by_text("请您交办").wait_for()
    form = colleague.locator("form[action$='/steps/hand_over']")
    form.locator("[name=handler_id]").select_option(index=1)
    form.locator("[name=no_paper]").fill("电话里先说了")
    form.get_by_role("button", name="交办").click()
    expect(colleague.locator("#main")).to_contain_text("整改中")
    page.locator("#batch-handler_id").select_option(index=1)
    page.fill("#batch-no_paper", "电话里先说了")
    page.locator("#batch button.main").click()
    expect(page.locator("[data-said]").first).to_contain_text(f"{MANY - 1} 件已交办")
    return taken


def test_from_the_telephone_to_a_table_of_all_of_them(enter: Enter, tmp_path: Path) -> None:
    page, colleague = enter("du1", DESK), enter("du2", DESK)
    _bring_places(page)
    _register(page, 901, "GD20261201-0999")
    _register_more(page, MANY - 1)
    taken = _hand_over_all(page, colleague)
    said = page.locator("[data-said]").first
    expect(said).to_contain_text(taken)
    expect(page.locator("h1")).to_have_text("勾选的 1 件")

    page.goto(LIST)
    page.get_by_text("存成常用视图").click()
    page.fill("#view-name", "热线消防")
    page.get_by_role("button", name="存下这个视图").click()
    tab = page.get_by_role("link", name="热线消防")
    expect(tab).to_have_attribute("aria-current", "page")
    page.goto("/desk/hazards")
    tab.click()
    expect(page.get_by_text(f"找到 {MANY} 件")).to_be_visible()

    page.get_by_role("link", name="地图").click()
    marks = page.locator("#map .leaflet-marker-icon")
    expect(marks).to_have_count(2)
    expect(page.locator("#map-table tbody tr")).to_have_count(2)
    marks.first.focus()
    page.keyboard.press("Enter")
    card = page.locator("#map .leaflet-popup")
    expect(card).to_contain_text("号铺")
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)

    page.get_by_role("link", name="清单").click()
    page.get_by_role("link", name="导出表格").click()
    with page.expect_download() as coming:
        page.get_by_role("button", name="导出").click()
    coming.value.save_as(tmp_path / "out.xlsx")
    book_read = load_workbook(tmp_path / "out.xlsx", read_only=True)
    rows = list(book_read.worksheets[0].values)
    assert len(rows) == MANY + 1
    assert any(taken in map(str, row) for row in rows)
    assert "说明" in book_read.sheetnames
