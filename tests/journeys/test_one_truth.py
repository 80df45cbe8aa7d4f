"""What an item shows is what this phone has written down, whatever comes in between: nothing found wrong turns sound."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from . import walk
from .conftest import PHONE, Enter

pytestmark = [pytest.mark.journey, pytest.mark.long]
READY = "[data-section-link='1'][aria-current]"
STORED = """async (code) => (await (await import(document.querySelector("script[type=module]").src)).modules["js/field/ledger.js"].operations("waiting", "sent"))
  .filter((row) => row.kind === "visit.answer" && row.payload.item === code).sort((a, b) => a.seq - b.seq).map((row) => row.payload)"""


def _begin(enter: Enter, login: str, name: str, kind: str = "small_restaurant") -> Page:
    page = enter(login, PHONE)
    walk.register_place(page, name, kind)
    walk.start(page)
    return page


def _stored(page: Page, code: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate(STORED, code)
    return found


def _chosen(page: Page, code: str) -> str | None:
    found: str | None = page.evaluate(
        "code => document.querySelector(`#item-${code} .answers input:checked`)?.value ?? null", code
    )
    return found


def _reopen(page: Page) -> None:
    page.reload()
    page.wait_for_selector("#end", state="attached")


def test_words_left_over_from_before_never_change_what_was_tapped(enter: Enter) -> None:
    """A draft of words may stay behind when a tab is killed; it once held the tap of its time too."""
    page = _begin(enter, "daibiao1", "旧草稿面馆")
    code = walk.items(page)[0][0]
    walk.answer(page, code, "fail")
    expect(page.locator("[data-sync]")).to_have_text("全部送达", timeout=30_000)
    visit = page.url.rsplit("/", 1)[1]
    page.evaluate(
        "([key, draft]) => localStorage.setItem(key, draft)",
        [f"typing:{visit}:{code}", json.dumps({"value": "pass", "note": "门后面有纸箱"})],
    )
    _reopen(page)
    expect(page.locator(f"#item-{code} [name=note]")).to_have_value("门后面有纸箱")
    assert _chosen(page, code) == "fail"
    expect(page.locator("[data-sync]")).to_have_text("全部送达", timeout=30_000)
    newest = _stored(page, code)[-1]
    assert (newest["value"], newest["note"]) == ("fail", "门后面有纸箱")


def test_an_older_view_of_the_server_brings_nothing_back_that_was_taken_back(enter: Enter) -> None:
    page = _begin(enter, "daibiao2", "慢回答面馆")
    code = walk.items(page)[0][0]
    unsure = page.locator(f"#item-{code} [data-unsure]")
    unsure.click()
    expect(page.locator("[data-sync]")).to_have_text("全部送达", timeout=30_000)
    known = page.request.get(f"{page.url.split('#')[0]}/answers").text()
    page.evaluate(
        """(known) => { const real = fetch;
          window.fetch = (address, ...more) => String(address).endsWith("/answers")
            ? new Promise((done) => { window.release = () => done(new Response(known)); document.body.dataset.held = ""; }) : real(address, ...more); }""",
        known,
    )
    page.evaluate("location.hash = 'end'")
    page.wait_for_selector("body[data-held]")
    page.evaluate("location.hash = 's1'")
    unsure.click()
    expect(page.locator("[data-sync]")).to_have_text("全部送达", timeout=30_000)
    page.evaluate("release()")
    page.wait_for_selector("#sign-deputy[data-ready]", state="attached")
    expect(unsure).to_have_attribute("aria-pressed", "false")
    assert _stored(page, code)[-1]["value"] is None


def test_a_tap_that_the_database_does_not_take_is_kept_beside_it_and_arrives(enter: Enter) -> None:
    page = _begin(enter, "daibiao3", "存不下面馆")
    code = walk.items(page)[0][0]
    page.evaluate(
        """() => { const real = IDBDatabase.prototype.transaction;
          IDBDatabase.prototype.transaction = function (...all) {
            if (all[1] === "readwrite") throw new DOMException("full", "QuotaExceededError");
            return real.apply(this, all);
          };
        }"""
    )
    walk.answer(page, code, "fail")
    expect(page.locator("[data-shell-notices]")).to_contain_text("您填的另外记了一份，照样会发")
    page.locator(f"#item-{code} [data-place=厨房]").click()
    expect(page.locator("[data-sync]")).to_have_text("全部送达", timeout=30_000)
    assert [(one["value"], one["place"]) for one in _stored(page, code)] == [("fail", ""), ("fail", "厨房")]
    _reopen(page)
    assert _chosen(page, code) == "fail"
    expect(page.locator(f"#item-{code} [name=place]")).to_have_value("厨房")


def test_a_second_tab_of_the_same_visit_signs_what_the_first_one_found(enter: Enter) -> None:
    page = _begin(enter, "daibiao4", "两个标签面馆")
    code = walk.items(page)[0][0]
    walk.answer(page, code, "pass")
    expect(page.locator("[data-sync]")).to_have_text("全部送达", timeout=30_000)
    other = page.context.new_page()
    other.goto(page.url)
    other.wait_for_selector(READY)
    walk.answer(other, code, "fail")
    expect(other.locator("[data-sync]")).to_have_text("全部送达", timeout=30_000)
    page.context.set_offline(True)
    page.evaluate("location.hash = 'end'")
    expect(page.locator("[data-count=fail]")).to_have_text("1")
    expect(page.locator("[data-summary]")).to_contain_text("不合格 1 项")
    assert _chosen(page, code) == "fail"
    page.context.set_offline(False)


def test_leaving_a_number_field_does_not_undo_a_button_tapped_since(enter: Enter) -> None:
    """Some browsers keep the focus in the field while a button is tapped, and report the change on leaving it."""
    page = _begin(enter, "daibiao5", "后报改动小店", "other")
    page.fill("#n-T-NUM", "2.5")
    box = page.locator("#item-T-NUM")
    expect(box.locator("[data-verdict]")).to_have_text("✕ 不合格")
    box.locator("[data-na]").evaluate("button => button.click()")
    expect(box.locator("[data-verdict]")).to_have_text("– 不适用")
    page.locator("#n-T-NUM").evaluate("input => input.dispatchEvent(new Event('change', { bubbles: true }))")
    expect(box.locator("[data-verdict]")).to_have_text("– 不适用")


def test_a_date_still_to_be_chosen_is_still_to_be_chosen_after_a_reload(enter: Enter) -> None:
    page = _begin(enter, "daibiao6", "没选日期面馆")
    code = walk.items(page)[0][0]
    walk.answer(page, code, "fail")
    page.locator(f"#item-{code} [name='days-{code}'][value=pick]").check(force=True)
    expect(page.locator("[data-sync]")).to_have_text("全部送达", timeout=30_000)
    assert _stored(page, code)[-1]["days"] is None
    _reopen(page)
    expect(page.locator(f"#item-{code} [name='days-{code}'][value=pick]")).to_be_checked()
    expect(page.locator(f"#item-{code} [data-by]")).to_have_text("请选一个今天以后的日期。")


def test_what_was_signed_and_handed_in_without_a_signal_cannot_be_changed_behind_it(enter: Enter) -> None:
    page = _begin(enter, "daibiao7", "交了再改小店", "other")
    for code, kind in walk.items(page):
        walk.find_sound(page, code, kind)
    page.click("[data-go=on]")
    walk.answer(page, "T-HIGH", "na")
    page.click("[data-go=on]")
    walk.sign(page, "deputy")
    walk.sign(page, "premises", "王老板")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.context.set_offline(True)
    page.click("[data-go=on]")
    expect(page.locator("main > h1")).to_have_text("检查做完了")
    page.reload()
    expect(page.locator("main")).to_contain_text("已存本机，有信号就发")
    expect(page.locator("[data-item]")).to_have_count(0)
    page.context.set_offline(False)
    page.wait_for_selector("h1:has-text('检查做完了')", timeout=60_000)
