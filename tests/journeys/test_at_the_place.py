"""Before a walk: a visit that is begun already, a door that does not open."""

import pytest
from playwright.sync_api import Page, expect

from . import walk
from .conftest import PHONE, Enter, photo_file

pytestmark = pytest.mark.journey
LOUD = ".bottombar .steps .main"


def _begun(page: Page, name: str) -> tuple[str, str]:
    """The addresses of a place and of a visit that was begun there, with one answer."""
    walk.register_place(page, name)
    place = page.url
    walk.start(page)
    code = walk.items(page)[0][0]
    walk.answer(page, code, "pass")
    expect(page.locator(f"#item-{code} .answers input[value=pass]")).to_be_checked()
    return place, page.url


def test_a_place_with_a_visit_begun_asks_whether_to_go_on(enter: Enter) -> None:
    page = enter("daibiao9", PHONE)
    place, visit = _begun(page, "接着查面馆")
    page.goto(place)
    expect(page.locator("main")).to_contain_text("这里有一次没做完的检查")
    expect(page.locator(LOUD)).to_have_text("继续上次的检查")
    expect(page.locator(LOUD)).to_have_count(1)
    expect(page.locator("#start")).to_be_hidden()
    page.click(LOUD)
    page.wait_for_url(visit)


def test_beginning_anew_keeps_what_was_begun(enter: Enter) -> None:
    page = enter("daibiao10", PHONE)
    place, visit = _begun(page, "另开面馆")
    page.goto(place)
    page.click(".steps button:has-text('另开一次')")
    expect(page.locator(LOUD)).to_have_text("开始检查")
    walk.start(page)
    anew = page.url
    assert anew != visit
    page.goto("/field/")
    for one in (visit, anew):
        expect(page.locator(f"[data-draft='{one.rsplit('/', 1)[1]}']")).to_be_visible()
    page.goto(visit)
    expect(page.locator(".answers input[value=pass]:checked")).to_have_count(1)


def test_a_visit_begun_on_another_phone_is_asked_about_too(enter: Enter) -> None:
    first = enter("daibiao11", PHONE)
    place, visit = _begun(first, "两人一店面馆")
    expect(first.locator("[data-sync]")).to_have_text("全部送达", timeout=60_000)
    second = enter("daibiao11", PHONE)
    second.goto("/field/")
    expect(second.locator(f"[data-draft='{visit.rsplit('/', 1)[1]}']")).to_be_visible()
    second.goto(place)
    expect(second.locator("main")).to_contain_text("在另一部手机上")
    expect(second.locator(LOUD)).to_have_text("继续上次的检查")


def test_at_a_locked_door_the_loud_button_writes_that_down(enter: Enter) -> None:
    page = enter("daibiao12", PHONE)
    walk.register_place(page, "门锁着的面馆")
    fold, start = page.locator("summary:has-text('没能检查')"), page.locator("#start")
    expect(page.locator(LOUD)).to_have_text("开始检查")
    above = "([fold, start]) => Boolean(fold.compareDocumentPosition(start) & Node.DOCUMENT_POSITION_FOLLOWING)"
    assert page.evaluate(above, [fold.element_handle(), start.element_handle()]), "it stands above what is asked"
    fold.click()
    expect(page.locator(LOUD)).to_have_text("记下这次没能检查")
    expect(page.locator(LOUD)).to_have_count(1)
    expect(start).to_be_hidden()
    fold.click()
    expect(page.locator(LOUD)).to_have_text("开始检查")
    expect(start).to_be_visible()
    fold.click()
    form = page.locator("#outcome")
    form.locator("[name=outcome][value=locked]").check(force=True)
    form.locator("[data-source=camera]").set_input_files(photo_file())  # type: ignore[arg-type]
    expect(form.locator("figure")).to_have_count(1)
    form.locator("[name=next][value='1']").check(force=True)
    page.click(LOUD)
    expect(page.locator("main > h1")).to_have_text("记下了")
    expect(page.locator("main")).to_contain_text("明天会再提醒您")


def test_after_its_page_was_killed_a_walk_goes_on_at_the_first_open_question(enter: Enter) -> None:
    page = enter("daibiao13", PHONE)
    walk.register_place(page, "页面被清掉的店", "small_beauty")
    walk.start(page)
    first = [code for code, _ in walk.items(page)]
    for code, kind in walk.items(page):
        walk.find_sound(page, code, kind)
    page.click("[data-go=on]")
    expect(page.locator("[data-section-link='2'][aria-current]")).to_be_visible()
    (done, kind), (open_, _) = walk.items(page)[:2]
    walk.find_sound(page, done, kind)
    assert done not in first
    visit = page.url.split("#")[0]
    killed = page.context.new_page()  # what a tab remembers is gone
    page.close()
    killed.goto("/field/")
    killed.click(f"[data-draft='{visit.rsplit('/', 1)[1]}'] a")
    expect(killed.locator("[data-section-link='2'][aria-current]")).to_be_visible()
    expect(killed.locator(f"#item-{open_}")).to_be_in_viewport()
