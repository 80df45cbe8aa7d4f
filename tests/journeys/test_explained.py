"""A word that a lay deputy does not know is drawn where 怎么看 is opened, also without a signal."""

import pytest
from playwright.sync_api import expect

from . import walk
from .conftest import PHONE, Enter

pytestmark = pytest.mark.journey
KEPT = "async () => Boolean(await caches.match(document.querySelector('script[type=module]').src))"


def test_an_unknown_word_is_drawn_without_a_signal(enter: Enter) -> None:
    page = enter("daibiao6", PHONE)
    walk.register_place(page, "看不懂阀的面馆")
    walk.start(page)
    page.wait_for_function("navigator.serviceWorker.controller")
    code = "G-HOSE-01"
    section = page.locator(f"[data-section]:has(#item-{code})").get_attribute("data-section")
    page.context.set_offline(True)
    page.click(f"[data-section-link='{section}']")
    page.click(f"#item-{code} .item-links summary")
    figure = page.locator(f"#item-{code} .explained")
    expect(figure.locator("svg")).to_be_visible()
    expect(figure.locator("figcaption")).to_contain_text("顺着软管")
    width = figure.locator("svg").evaluate("one => one.getBoundingClientRect().width")
    assert 0 < width <= 390
