"""A supervisor has the codes of all doors printed: the page tells how far it is by itself, and the file comes down."""

from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import expect

from .conftest import DESK, Enter

pytestmark = pytest.mark.journey


def test_from_the_list_to_the_file_without_reloading(enter: Enter, tmp_path: Path) -> None:
    page = enter("du2", DESK)
    page.goto("/desk/places")
    page.get_by_role("link", name="打印门牌码").click()
    page.get_by_role("button", name="开始做").click()
    page.wait_for_url("**/prints")
    page.evaluate("document.body.dataset.same = 'yes'")
    result = page.get_by_role("link", name="下载打印用的 PDF").first
    expect(result).to_be_visible(timeout=90_000)
    assert page.evaluate("document.body.dataset.same") == "yes", "it was told in place"
    assert page.locator("progress").count() == 0
    with page.expect_download() as coming:
        result.click()
    coming.value.save_as(tmp_path / "doors.pdf")
    assert "门牌码" in coming.value.suggested_filename
    document = pypdfium2.PdfDocument(tmp_path / "doors.pdf")
    assert any("王记面馆" in sheet.get_textpage().get_text_range() for sheet in document)
    document.close()
