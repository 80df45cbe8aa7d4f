"""Every page: axe finds nothing serious, nothing scrolls sideways, dark and light, on a narrow phone and at a desk."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from .conftest import DESK, PHONE, Enter

pytestmark = pytest.mark.journey
NARROW = PHONE | {"viewport": {"width": 320, "height": 700}}
PAGES = {
    "daibiao7": ["/field/", "/field/places", "/field/places/new", "/field/urgent", "/field/outbox", "/field/mine", "/messages", "/password"],
    "du1": ["/desk/", "/desk/hazards", "/desk/assignments", "/desk/places", "/messages"],
    "jiedao1": ["/inbox/"],
    "guanli1": ["/admin/", "/admin/accounts", "/admin/organisations"],
}  # fmt: skip


def _faults(page: Page, address: str) -> list[str]:
    page.goto(address)
    found = []
    for violation in Axe().run(page).response["violations"]:
        if violation["impact"] in ("serious", "critical"):
            found.append(f"{address}: {violation['id']} {violation['nodes'][0]['html'][:120]}")
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wide > 0:
        found.append(f"{address}: {wide} px too wide")
    words = re.findall(r"[A-Za-z]{4,}", page.locator("main").inner_text())
    if foreign := [word for word in words if word.islower()]:
        known = (
            "daibiao",
            "jiedao",
            "zheng",
            "zhifa",
            "xiaofang",
            "ranqi",
            "shichang",
            "zhujian",
            "lingdao",
            "shenji",
            "guanli",
        )
        found += [f"{address}: the word {word!r}" for word in foreign if not word.startswith(known)]
    return found


@pytest.mark.parametrize("login", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_readable_to_everybody(enter: Enter, login: str, scheme: str) -> None:
    page = enter(login, NARROW if login.startswith("daibiao") else DESK, color_scheme=scheme)
    assert [fault for address in PAGES[login] for fault in _faults(page, address)] == []
