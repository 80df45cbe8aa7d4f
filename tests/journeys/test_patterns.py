"""The gallery of components, by day and in the dark, on a phone and at a desk: readable to everybody, nothing too wide."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from .conftest import DESK, PHONE, Enter
from .test_every_page import TAGS

pytestmark = pytest.mark.journey
WIDTH = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("device", [PHONE, DESK], ids=["phone", "desk"])
def test_each_component_is_sound_in_each_state(enter: Enter, device: dict[str, Any], theme: str) -> None:
    page = enter("guanli1", device, color_scheme=theme)
    page.goto("/patterns")
    expect(page.get_by_role("heading", level=1)).to_have_text("页面的零件")
    expect(page.locator("tbody tr")).to_have_count(8)  # one for each state
    expect(page.locator("[aria-invalid=true]")).to_have_count(3)
    assert page.screenshot(full_page=True)
    assert page.evaluate(WIDTH) <= 0, "nothing scrolls sideways"
    violations = Axe().run(page, options=TAGS).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:120]) for one in violations] == []
