"""Every page at every width, dark, enlarged, on paper: axe finds nothing, nothing scrolls sideways, no foreign words."""

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pdfplumber
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from .conftest import DESK, PHONE, Enter

pytestmark = pytest.mark.journey
NARROW = PHONE | {"viewport": {"width": 320, "height": 700}}
# Of a list one page is opened at the desk that is long, and on the phone one that is short: to look at contrasts takes seconds.
PAGES = {
    "daibiao7": ["/field/", "/field/places", "/field/places/new", "/field/urgent", "/field/outbox", "/field/mine", "/library/", "/library/?q=软管", "/library/lists/gas-outlet", "/library/lists/gas-outlet/versions", "/library/lists/gas-outlet/blank", "/library/items/G-CYL-06", "/library/bases", "/library/bases/fire-28", "/slips/bind", "/messages", "/password", "/account"],
    "du1": ["/desk/", "/desk/hazards", "/desk/hazards?tab=settled&q=x", "/desk/hazards/new", "/desk/hazards/many/urge", "/desk/hazards/export", "/exports/", "/desk/assignments?q=面馆", "/desk/phones", "/desk/pending", "/desk/backups", "/desk/places", "/desk/places/new", "/imports/places", "/papers", "/papers/print", "/papers/drafts", "/desk/hazards/issue", "/desk/hazards/issue?kind=urging", "/prints", "/scans", "/slips", "/slips/pads", "/slips/void", "/slips/bind", "/desk/hazards/register", "/desk/places/doors", "/library/", "/library/lists/gas-kitchen", "/library/lists/gas-kitchen/blank", "/library/bases", "/library/bases/fire-28", "/library/review", "/messages", "/account"],
    "jiedao1": ["/inbox/", "/inbox/all"],
    "lingdao1": ["/desk/hazards", "/desk/places"],
    "guanli1": ["/admin/", "/admin/accounts", "/admin/accounts/new", "/imports/accounts", "/admin/organisations", "/admin/organisations/new", "/admin/areas", "/admin/stations", "/admin/duty", "/admin/terms", "/admin/recusals?who=陈&where=王记", "/admin/sign-ins", "/admin/acts", "/admin/system", "/library/", "/library/lists/gas-kitchen/versions", "/library/drafts", "/library/review", "/no/such/page"],
}  # fmt: skip
# From a list to the first page of what it lists, and on from there.
BEHIND: dict[str, list[tuple[str, ...]]] = {
    "du1": [("/desk/places", "tbody a"), ("/desk/assignments?q=面馆", "a:has-text('选这一家')"), ("/desk/places", "tbody a >> nth=0"), ("/desk/places?q=李家", "tbody a >> nth=0", "a[href*='/desk/parties/'] >> nth=0")],
    "guanli1": [("/admin/accounts", "tbody a"), ("/admin/organisations", "tbody a"), ("/admin/areas", "tbody a >> nth=1"), ("/admin/stations", "tbody a")],
}  # fmt: skip
# axe's rules of good practice that speak of pages whole: ours are checked as pages, with one exception that is meant.
# Only what is wrong is told in full: to describe everything that is right on a long list takes longer than to look at it.
TAGS: dict[str, Any] = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
# What the dark can change.
COLOURS: dict[str, Any] = {"resultTypes": ["violations"], "runOnly": {"type": "rule", "values": ["color-contrast"]}}
WIDTHS = (320, 768)


def _axe(page: Page, options: dict[str, Any]) -> list[str]:
    return [
        f"{page.url}: {violation['id']} {violation['nodes'][0]['html'][:120]}"
        for violation in Axe().run(page, options=options).response["violations"]
    ]


def _too_wide(page: Page) -> list[str]:
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"{page.url} at {page.viewport_size}: {wide} px too wide"] if wide > 0 else []


def _foreign(page: Page) -> list[str]:
    # Logins and example names are Latin by nature; English words are not.
    text = " ".join(page.locator("main *:not(.number):not(code)").all_inner_texts()[:1])
    words = re.findall(r"(?<![\w-])[a-z]{4,}(?![\w-])", text)
    logins = ("daibiao", "jiedao", "zheng", "zhifa", "xiaofang", "ranqi", "shichang", "zhujian", "lingdao", "shenji", "guanli")  # fmt: skip
    return [f"{page.url}: the word {word!r}" for word in words if not word.startswith(logins)]


def _visit(page: Page, login: str, look: Callable[[Page], list[str]]) -> list[str]:
    found: list[str] = []
    for address in PAGES[login]:
        page.goto(address)
        if address.startswith("/field/"):
            page.wait_for_selector("main h1", state="attached")  # drawn on the phone
        found += look(page)
    for address, *links in BEHIND.get(login, []):
        page.goto(address)
        for link in links:
            page.locator(link).first.click()
            page.wait_for_load_state()
        found += look(page)
    return found


@pytest.mark.parametrize("login", PAGES)
def test_pages_are_readable_to_everybody(enter: Enter, login: str) -> None:
    """By day and in the dark, at all widths, and with text at 200 % by the reader's own setting: each page opened once."""
    narrow = login.startswith("daibiao")
    page = enter(login, NARROW if narrow else DESK, color_scheme="light")

    def look(one: Page) -> list[str]:
        found = _axe(one, TAGS) + _too_wide(one) + _foreign(one)
        one.emulate_media(color_scheme="dark")
        one.evaluate(
            "Promise.all(document.getAnimations().map((one) => one.finished.catch(() => null)))"
        )  # colours go over by degrees
        found += [f"dark: {line}" for line in _axe(one, COLOURS)]
        one.emulate_media(color_scheme="light")
        return found if narrow else found + _sideways(one)

    assert _visit(page, login, look) == []


def _sideways(page: Page) -> list[str]:
    found, size = [], page.viewport_size
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        found += _too_wide(page)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    page.set_viewport_size({"width": 390, "height": 800})
    found += [f"{line} at 200 %" for line in _too_wide(page)]
    if size:
        page.set_viewport_size(size)
    return found


def test_targets_are_large_enough_for_a_finger(enter: Enter) -> None:
    """On a phone everything that is pressed alone is at least 44 high; links inside sentences are not."""
    page = enter("du1", PHONE)
    small = """() => [...document.querySelectorAll('main button, main .button, main input:not([type=hidden]), main select, main summary, nav a')]
        .filter(e => e.offsetParent && e.getBoundingClientRect().height < 44 && !['file', 'checkbox', 'radio'].includes(e.type))
        .map(e => e.outerHTML.slice(0, 90))"""
    assert _visit(page, "du1", lambda one: one.evaluate(small)) == []


def test_the_list_prints_whole_on_sheets(enter: Enter) -> None:
    """Black on white, without the frame around it, its foot on it, nothing cut at the right edge."""
    page = enter("du1", DESK)
    page.goto("/desk/hazards?print=1")
    with pdfplumber.open(BytesIO(page.pdf(prefer_css_page_size=True))) as pdf:
        words = "".join((sheet.extract_text() or "") for sheet in pdf.pages)
        right = max((char["x1"] for sheet in pdf.pages for char in sheet.chars), default=0)
        assert right <= pdf.pages[0].width - 30
    assert "未销号的隐患" in words
    assert "打印于" in words
    assert "检查任务" not in words, "the menu is not on paper"
    assert "查找" not in words
