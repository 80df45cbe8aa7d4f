"""Two phones on one visit, two people on one phone: what the other did is said as it is, and nobody's work is put aside."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from inspect_app.demo.people import PASSWORD

from . import walk
from .conftest import PHONE, Enter

pytestmark = [pytest.mark.journey, pytest.mark.long]
READY = "[data-section-link='1'][aria-current]"
OWNER = """async (id) => (await (await import(document.querySelector("script[type=module]").src)).modules["js/field/store.js"].get("visits", id))?.account"""


def _together(enter: Enter, login: str, name: str, mate: str, kind: str = "other") -> Page:
    """A visit begun with a companion, up to its first question; nothing of its photos gets through."""

    def no_photos(context: BrowserContext) -> None:
        context.route("**/intake/uploads", lambda route: route.abort())

    page = enter(login, PHONE, no_photos, service_workers="block")
    walk.register_place(page, name, kind)
    page.click("summary:has-text('从名单里选')")
    page.fill("[data-find-mate]", mate)
    page.locator(f"[name=companion][data-name={mate}]").check(force=True)
    walk.start(page)
    return page


def test_a_photo_that_waits_on_the_other_phone_is_not_called_arrived(enter: Enter) -> None:
    first = _together(enter, "daibiao13", "照片还在路上小店", "韩立新")
    walk.fail(first, "T-JUDGE")
    expect(first.locator("[data-sync]")).to_have_text("1 项待发", timeout=30_000)
    second = enter("daibiao16", PHONE)
    second.goto(first.url.split("#")[0])
    caption = second.locator("#item-T-JUDGE [data-photos=photos] figcaption")
    expect(caption).to_have_text("还没有送到")
    first.context.unroute("**/intake/uploads")
    first.evaluate("dispatchEvent(new Event('focus'))")
    expect(first.locator("[data-sync]")).to_have_text("全部送达", timeout=60_000)
    second.reload()
    expect(caption).to_have_text("✓ 已送达")


def test_a_visit_handed_in_on_the_other_phone_is_over_on_this_one(enter: Enter) -> None:
    first = _together(enter, "daibiao13", "那部先交小店", "韩立新")
    visit = first.url.split("#")[0]
    second = enter("daibiao16", PHONE)
    second.goto(visit)
    second.wait_for_selector(READY)
    for code, kind in walk.items(first):
        walk.find_sound(first, code, kind)
    first.click("[data-go=on]")
    if first.locator("#item-T-HIGH").is_visible():
        walk.answer(first, "T-HIGH", "na")
        first.click("[data-go=on]")
    walk.sign(first, "deputy")
    walk.sign(first, "premises", "王老板")
    first.click("[data-go=on]")
    first.wait_for_selector("h1:has-text('检查做完了')", timeout=60_000)
    expect(first.locator("[data-sync]")).to_have_text("全部送达", timeout=60_000)

    # Half-way on the other phone, words just typed: they go too, and it says what has become of the visit.
    walk.answer(second, "T-ADVICE", "fail")
    second.evaluate("location.hash = 'end'")
    expect(second.locator("main > h1")).to_have_text("检查做完了")
    expect(second.locator("main")).to_contain_text("是在另一部手机上提交的，这里填的照常发出。")
    expect(second.locator("[data-sync]")).to_have_text("全部送达", timeout=60_000)
    second.goto("/field/")
    expect(second.locator("h1")).to_be_visible()
    expect(second.locator("[data-draft]", has_text="那部先交小店")).to_have_count(0)
    second.goto(visit)
    expect(second.locator("main > h1")).to_have_text("检查做完了")


def _sign_in(page: Page, login: str, path: str) -> None:
    page.goto(f"/sign-in?next={path}")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(f"**{path}")


def test_a_companion_on_the_same_phone_leaves_the_visit_with_who_began_it(enter: Enter) -> None:
    page = _together(enter, "daibiao13", "同一部手机小店", "韩立新")
    expect(page.locator("[data-sync]")).to_have_text("全部送达", timeout=60_000)
    visit = page.url.split("#")[0].rsplit("/", 1)[1]
    owner = page.evaluate(OWNER, visit)
    walk.end_session(page)
    _sign_in(page, "daibiao16", f"/field/visits/{visit}")
    page.wait_for_selector(READY)
    walk.answer(page, "T-JUDGE", "na")
    expect(page.locator("[data-sync]")).to_have_text("全部送达", timeout=60_000)
    assert page.evaluate(OWNER, visit) == owner
