"""Trial fill: a draft behaves as it will in the field, and nothing of it leaves the page or stays on the phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from inspect_app.sheets import workbook

from .conftest import PHONE, Enter

pytestmark = [pytest.mark.journey, pytest.mark.long]


def _upload(page: Page) -> None:
    """A shipped list, downloaded, changed in one word and uploaded as a draft."""
    sheets = workbook.read(page.request.get("/library/lists/gas-kitchen/excel").body())
    rows = {
        name: [
            [line.get(at, "") for at in range(1, max(line, default=0) + 1)] for _, line in sorted(sheet.rows.items())
        ]
        for name, sheet in sheets.items()
    }
    rows["检查项"][1][3] = "抬头找一找，每个用气的房间都要有"
    page.goto("/library/drafts")
    page.set_input_files(
        "#file", {"name": "厨房.xlsx", "mimeType": "application/octet-stream", "buffer": workbook.write(rows, {}, ())}
    )
    page.click("button:has-text('上传并检查')")
    page.wait_for_url(re.compile("/library/drafts/[0-9a-f-]{36}"))


def test_a_draft_is_tried_and_nothing_of_it_is_sent_or_kept(enter: Enter) -> None:
    page = enter("guanli1", PHONE)
    _upload(page)
    page.goto(f"{page.url}/trial?gas_kind=bottled")
    expect(page.locator(".trial-mark")).to_be_visible()
    expect(page.locator("[data-section-link='1'] [data-done]")).to_contain_text("0/")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))

    number = page.locator("[data-item][data-kind=number]:not(.hidden)").first
    number.locator("[name=number]").fill("99")
    expect(number.locator("[data-verdict]")).to_have_text("✕ 不合格")
    expect(number.locator("[data-panel]")).to_be_visible()
    number.locator("[name=number]").fill("1")
    expect(number.locator("[data-verdict]")).to_have_text("✓ 合格")

    suspected = False
    for box in page.locator("[data-item][data-kind=judge]:not(.hidden)").all():
        box.locator(".answers input[value=fail]").check(force=True)
        suspected = suspected or box.locator("[data-suspicion]:not(.hidden)").count() > 0
    assert suspected, "no rule of suspicion spoke"
    expect(page.locator("[data-suspicion]:not(.hidden)").first).to_contain_text("重大")
    expect(page.locator("main")).to_contain_text("试填时不用拍照。")

    assert [one for one in sent if "/static/" not in one] == []
    kept = page.evaluate(
        "async () => (await indexedDB.databases()).length + Object.keys(localStorage).filter((key) => key.startsWith('typing')).length"
    )
    assert kept == 0
    page.click("button:has-text('试填过了，没有问题')")
    expect(page.locator("body")).to_contain_text("记下了：您试填过这份草稿。")
