"""One thumb, a narrow phone, large letters: targets are big enough and nothing scrolls sideways on any field page."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from . import walk
from .conftest import PHONE, Enter

pytestmark = pytest.mark.journey
NARROW = PHONE | {"viewport": {"width": 320, "height": 700}}
PAGES = ["/field/", "/field/places", "/field/places/new", "/field/urgent", "/field/outbox", "/field/mine"]
# Everything a finger aims at and its size; links inside a sentence are the exception that WCAG 2.5.8 makes.
TARGETS = """() => [...document.querySelectorAll('a, button, input:not([type=hidden]), select, textarea, summary, label.inline, .pad')]
  .filter(element => element.checkVisibility() && !element.matches('.skip') && !element.closest('p'))
  .map(element => {
    const holder = element.matches('input[type=checkbox], input[type=radio], input[type=file]') ? element.closest('label') ?? element : element;
    const box = holder.getBoundingClientRect();
    const answer = Boolean(element.closest('.answers'));
    return { name: (element.textContent || element.name || element.className).trim().slice(0, 30), width: box.width, height: box.height, answer };
  })
  .filter(({ width, height, answer }) => width && (height < (answer ? 60 : 47.5) || width < (answer ? 60 : 44)))"""
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
CUT = """() => [...document.querySelectorAll('.answers span, .chips span, button, .button')]
  .filter(element => element.checkVisibility() && element.scrollWidth > element.clientWidth + 1).map(element => element.textContent.trim())"""
ROOT_200 = "document.documentElement.style.fontSize = '200%'"
# WeChat enlarges text alone: rem and px lengths stay as they are.
WECHAT = """() => { const all = [...document.body.querySelectorAll('*')], sizes = all.map(one => parseFloat(getComputedStyle(one).fontSize));
  all.forEach((one, index) => { one.style.fontSize = `${sizes[index] * 1.5}px`; }); }"""


def _faults(page: Page, where: str, *, targets: bool = True) -> list[str]:
    found = [f"{where}: {wide} px too wide"] if (wide := page.evaluate(WIDE)) > 0 else []
    found += [f"{where}: cut off {words}" for words in page.evaluate(CUT)]
    if targets:
        found += [
            f"{where}: {one['name']!r} is {one['width']:.0f} × {one['height']:.0f}" for one in page.evaluate(TARGETS)
        ]
    return found


def _grown(page: Page, where: str) -> list[str]:
    """The same page at 320 px, with twice the root size, and with text grown as WeChat does it."""
    found = _faults(page, where)
    page.evaluate(ROOT_200)
    found += _faults(page, f"{where} at 200 %")
    page.evaluate("document.documentElement.style.fontSize = ''")
    page.evaluate(WECHAT)
    return found + _faults(page, f"{where} in WeChat's large letters")


def _axe(page: Page, where: str) -> list[str]:
    bad = [
        one
        for one in Axe().run(page).response["violations"]
        if one["impact"] in ("serious", "critical") or one["id"] == "heading-order"
    ]
    return [f"{where}: {one['id']} {one['nodes'][0]['html'][:160]}" for one in bad]


@pytest.mark.parametrize("address", PAGES)
def test_a_page_fits_a_narrow_phone_and_a_thumb(enter: Enter, address: str) -> None:
    page = enter("daibiao18", NARROW)
    page.goto(address)
    expect(page.locator("[data-sync]").first).not_to_have_text("发件箱")
    for fold in page.locator("summary:visible").all():
        fold.click()
    assert _grown(page, address) == []


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.long)])
def test_a_visit_fits_a_narrow_phone_and_a_thumb(enter: Enter, scheme: str) -> None:
    page = enter("daibiao19", NARROW, color_scheme=scheme, reduced_motion="reduce")
    walk.register_place(page, "窄屏面馆" + {"light": "白天", "dark": "夜里"}[scheme])
    page.click("summary:has-text('没能检查')")
    found = _axe(page, "place") + _faults(page, "place")
    page.click("summary:has-text('没能检查')")
    walk.start(page)
    code = walk.items(page)[0][0]
    walk.fail(page, code)
    walk.answer(page, walk.items(page)[1][0], "fail")
    page.locator(f"#item-{walk.items(page)[2][0]} [data-unsure]").click()
    found += _axe(page, "fill") + _grown(page, "fill")
    visit = page.url
    page.goto(f"{visit}#end")
    page.reload()
    page.wait_for_selector("#sign-premises[data-ready]")
    found += _axe(page, "end") + _grown(page, "end")
    assert found == []


def test_a_whole_item_is_answered_from_the_keyboard(enter: Enter) -> None:
    page = enter("daibiao20", PHONE)
    walk.register_place(page, "键盘面馆")
    walk.start(page)
    code = walk.items(page)[0][0]
    box = page.locator(f"#item-{code}")
    box.locator(".answers input").first.focus()
    page.keyboard.press("Space")
    expect(box.locator("input[value=pass]")).to_be_checked()
    page.keyboard.press("ArrowRight")
    expect(box.locator("input[value=fail]")).to_be_checked()
    reached = set()
    for _ in range(30):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate(
                "document.activeElement.dataset.source ?? document.activeElement.dataset.place ?? document.activeElement.name"
            )
        )
    assert {"camera", "album", "wordings", "厨房", "place", f"days-{code}"} <= reached


@pytest.mark.parametrize("theme", ["outdoor", "dark"])
def test_chosen_and_failed_read_without_colour_in_every_theme(enter: Enter, theme: str) -> None:
    """Outdoors tints vanish: a chosen chip is filled. Everywhere it carries a mark."""
    page = enter("daibiao20", PHONE)
    page.goto("/field/mine")
    page.click(f"[data-set=theme][data-value={theme}]")
    page.goto("/field/places/new")
    chip = page.locator(".chips input:checked + span").first
    other = page.locator(".chips input:not(:checked) + span").first
    mark = chip.evaluate("one => getComputedStyle(one, '::before').content")
    assert "✓" in mark
    backgrounds = [one.evaluate("one => getComputedStyle(one).backgroundColor") for one in (chip, other)]
    assert backgrounds[0] != backgrounds[1]
    if theme == "outdoor":
        assert re.match(r"rgb\(6, 48, 92\)", backgrounds[0])


@pytest.mark.parametrize("scrolled", [0, 300])
def test_what_is_said_while_filling_moves_nothing_from_under_the_thumb(enter: Enter, scrolled: int) -> None:
    page = enter("daibiao20", PHONE)
    walk.register_place(page, f"钟不准面馆{scrolled}")
    walk.start(page)
    page.evaluate("far => scrollTo(0, far)", scrolled)
    box = page.locator(f"#item-{walk.items(page)[1][0]} .answers")
    before = box.bounding_box()
    says = "at => document.dispatchEvent(new CustomEvent('server-says', { detail: { at: at ?? new Date() } }))"
    page.evaluate(says, "2020-01-01T00:00:00+00:00")
    expect(page.locator("[data-said-of=clock]")).to_contain_text("这部手机的时间快了")
    page.wait_for_timeout(100)  # a frame or two, for the browser's own part
    assert box.bounding_box() == pytest.approx(before, abs=1)
    page.evaluate(says, None)
    expect(page.locator("[data-said-of=clock]")).to_have_count(0)
    page.wait_for_timeout(100)
    assert box.bounding_box() == pytest.approx(before, abs=1)
    page.click("a.back")
    expect(page.locator(".shell-notices > *")).to_have_count(0)


def test_a_notice_over_the_page_hides_no_answer_for_good(enter: Enter) -> None:
    """The session has ended in the last item of a section: what is asked there can still be scrolled free and tapped."""
    page = enter("daibiao20", PHONE)
    walk.register_place(page, "过期面馆")
    walk.start(page)
    page.evaluate("document.dispatchEvent(new Event('signed-out'))")
    expect(page.locator("#notice-area [data-sign-in]")).to_be_visible()
    last = page.locator(f"#item-{walk.items(page)[-1][0]} [data-unsure]")
    last.evaluate("one => one.scrollIntoView({ block: 'end' })")
    hit = "one => { const box = one.getBoundingClientRect(); return one.contains(document.elementFromPoint(box.x + 20, box.y + box.height / 2)); }"
    assert last.evaluate(hit)
