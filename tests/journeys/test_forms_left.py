"""A form left half written, a retake given up, too much of something: no photo is lost, and what is not taken is said."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from . import walk
from .conftest import PHONE, Enter, photo_file
from .test_killed import _killed

pytestmark = [pytest.mark.journey, pytest.mark.long]
STATE = """async () => {
  const { modules } = await import(document.querySelector("script[type=module]").src), ledger = modules["js/field/ledger.js"];
  const drafts = Object.keys(localStorage).filter((key) => key.startsWith("form:")).map((key) => JSON.parse(localStorage[key]));
  const said = (await ledger.ofKind("visit.outcome", "waiting", "sent")).at(-1)?.payload;
  return { drafts, said, photos: (await ledger.photos("waiting", "sent")).map(({ id, visit }) => ({ id, visit })) };
}"""
OUTSIDE = "localStorage.setItem('camera', 'phone')"  # the phone's own camera is liked better


def _locked(page: Page) -> Any:
    page.click("summary:has-text('没能检查')")
    return page.locator("#outcome")


def test_a_form_left_twice_keeps_its_photo_its_age_and_its_visit(enter: Enter) -> None:
    page = enter("daibiao1", PHONE)
    walk.register_place(page, "锁着门的面馆")
    form = _locked(page)
    form.locator("[name=outcome][value=locked]").check(force=True)
    form.locator("[data-source=camera]").set_input_files(photo_file())  # type: ignore[arg-type]
    expect(form.locator("figure")).to_have_count(1)
    before = page.evaluate(STATE)["drafts"]
    for _ in range(2):
        page = _killed(page)
        expect(page.locator("#outcome figure")).to_have_count(1)
        assert page.evaluate(STATE)["drafts"] == before, "opened again nothing is kept anew"
    form = page.locator("#outcome")
    form.locator("[name=next][value='1']").check(force=True)
    page.click("button[form=outcome]")
    expect(page.locator("main > h1")).to_have_text("记下了")
    state = page.evaluate(STATE)
    [photo] = state["photos"]
    assert state["said"]["photos"] == [photo["id"]]
    assert state["said"]["visit"] == photo["visit"], "the visit that the photo was taken for"
    assert state["drafts"] == []


def test_a_retake_that_was_given_up_takes_no_photo_away(enter: Enter) -> None:
    page = enter("daibiao2", PHONE, lambda context: context.add_init_script(OUTSIDE))
    walk.register_place(page, "重拍面馆")
    walk.start(page)
    code = walk.items(page)[0][0]
    walk.answer(page, code, "fail")
    strip = page.locator(f"#item-{code} [data-photos=photos]")
    strip.locator("[data-source=camera]").set_input_files(photo_file("one.jpg"))  # type: ignore[arg-type]
    expect(strip.locator("figure")).to_have_count(1)

    # Asked for and given up: the chooser is left without a word, as some browsers do.
    strip.locator("[data-look]").click()
    with page.expect_file_chooser():
        page.click("[role=dialog] button:has-text('重拍'), dialog button:has-text('重拍')")
    with page.expect_file_chooser() as chooser:
        strip.locator(".shoot", has_text="从相册选").click()
    chooser.value.set_files([photo_file("two.jpg")])  # type: ignore[list-item]
    expect(strip.locator("figure")).to_have_count(2)

    # Gone through with, it takes the place of the one it was asked for.
    strip.locator("[data-look]").first.click()
    with page.expect_file_chooser() as chooser:
        page.click("[role=dialog] button:has-text('重拍'), dialog button:has-text('重拍')")
    old = strip.locator("figure").first.get_attribute("data-photo")
    chooser.value.set_files([photo_file("three.jpg")])  # type: ignore[list-item]
    expect(strip.locator(f"figure[data-photo='{old}']")).to_have_count(0)
    expect(strip.locator("figure")).to_have_count(2)


def test_what_is_more_than_the_server_takes_is_said_at_once(enter: Enter) -> None:
    page = enter("daibiao3", PHONE)
    walk.register_place(page, "太多太大旅馆", "small_inn")

    # A fact of the place: the whole visit would be refused over it.
    fact = page.locator("#start input.measure").first
    fact.evaluate("one => { one.closest('details').open = true; }")
    fact.fill("99999999")
    page.click("button[form=start]")
    expect(page.locator("#start [data-notice]")).to_contain_text("的数字不对，请再看一下。")
    fact.fill("3")
    walk.start(page)

    walk.register_place(page, "太多太大小店", "other")
    walk.start(page)
    page.fill("#n-T-NUM", "1000000000001")
    expect(page.locator("#n-T-NUM")).to_have_js_property("validationMessage", "这个数太大，没有记下，请再看一下。")
    page.fill("#n-T-NUM", "1.5")
    expect(page.locator("#n-T-NUM")).to_have_js_property("validationMessage", "")

    walk.answer(page, "T-JUDGE", "fail")
    strip = page.locator("#item-T-JUDGE [data-photos=photos]")
    page.evaluate(
        "async () => { (await import(document.querySelector('script[type=module]').src)).modules['js/field/ledger.js'].page.limits.photos = 2; }"
    )
    files = [photo_file(f"{number}.jpg") for number in range(3)]
    strip.locator("[data-source=album]").set_input_files(files)  # type: ignore[arg-type]
    expect(page.locator("#item-T-JUDGE [data-notice]")).to_have_text("一处最多 2 张照片，多出来的没有存。")
    expect(strip.locator("figure")).to_have_count(2)
    expect(page.locator("[data-sync]")).to_have_text("全部送达", timeout=60_000)


def test_a_photo_that_cannot_be_made_ready_is_not_called_on_its_way_to_the_disk_for_ever(enter: Enter) -> None:
    page = enter("daibiao4", PHONE, service_workers="block")
    walk.register_place(page, "算不出来面馆")
    walk.start(page)
    code = walk.items(page)[0][0]
    walk.answer(page, code, "fail")
    page.context.route("**/intake/uploads", lambda route: route.abort())
    page.evaluate("() => { crypto.subtle.digest = () => Promise.reject(new Error('no hashing today')); }")
    strip = page.locator(f"#item-{code} [data-photos=photos]")
    strip.locator("[data-source=camera]").set_input_files(photo_file())  # type: ignore[arg-type]
    expect(strip.locator("figcaption")).to_have_text("已存本机")
