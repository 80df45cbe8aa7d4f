"""The gallery of components, by day and in the dark, on a phone and at a desk: readable to everybody, nothing too wide."""

import base64
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.conftest import ROOT

from .conftest import DESK, PHONE, Enter, photo_file
from .test_every_page import TAGS

pytestmark = pytest.mark.journey
WIDTH = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("device", [PHONE, DESK], ids=["phone", "desk"])
def test_each_component_is_sound_in_each_state(enter: Enter, device: dict[str, Any], theme: str) -> None:
    page = enter("guanli1", device, color_scheme=theme)
    page.goto("/patterns")
    expect(page.get_by_role("heading", level=1)).to_have_text("页面的零件")
    expect(page.locator(".hazards:not(.settled) tbody tr")).to_have_count(8)  # one for each state
    expect(page.locator("[aria-invalid=true]")).to_have_count(3)
    assert page.screenshot(full_page=True)
    assert page.evaluate(WIDTH) <= 0, "nothing scrolls sideways"
    violations = Axe().run(page, options=TAGS).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:120]) for one in violations] == []


def _shown(size: tuple[int, int], *, marked: bool) -> str:
    """A photo as templates/hazard/_fragments/photos.html shows one that is not cut, its watermark beneath the picture."""
    width, height = size
    data = base64.b64encode(photo_file(size=(width, height + 40))["buffer"]).decode()  # type: ignore[arg-type]
    image = f'<img src="data:image/jpeg;base64,{data}" width="400" height="300">'
    layer = f'<svg class="marks" viewBox="0 0 {width} {height}" preserveAspectRatio="xMinYMin meet"></svg>'
    inside = f'<span class="marked">{image}{layer}</span>' if marked else image
    return f'<figure class="large whole"><a href="#">{inside}</a><figcaption>整改前</figcaption></figure>'


def test_before_and_after_are_of_one_height_and_what_is_circled_lies_on_the_picture(browser: Browser) -> None:
    pairs = [((600, 800), (800, 600)), ((1600, 900), (600, 800))]
    figures = [f'<div class="pair">{_shown(a, marked=True)}{_shown(b, marked=b[0] == 800)}</div>' for a, b in pairs]
    page = browser.new_page(**PHONE)
    page.set_content(f'<body class="phone"><main>{"".join(figures)}</main>')
    page.add_style_tag(path=ROOT / "static" / "css" / "app.css")
    heights = page.locator("figure").evaluate_all("all => all.map(one => one.offsetHeight)")
    assert len(set(heights)) == 1, heights
    off = page.locator(".marked").evaluate_all(
        """all => all.map(one => { const [picture, layer] = [...one.children].map(child => child.getBoundingClientRect());
          return [layer.left - picture.left, layer.width - picture.width, layer.top - picture.top]; })"""
    )
    assert all(abs(by) < 1 for each in off for by in each), off
    page.close()
