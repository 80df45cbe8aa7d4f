"""The page is killed at the worst moment: what was shown as tapped or typed is there when it opens again."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from . import walk
from .conftest import PHONE, Enter

pytestmark = pytest.mark.journey
# Every transaction that writes keeps the database busy for a while, as a cheap phone under load does.
SLOW = """(() => { const real = IDBObjectStore.prototype.get;
  IDBObjectStore.prototype.get = function (key) {
    if (this.transaction.mode !== "readwrite" || this.transaction.slowed) return real.call(this, key);
    this.transaction.slowed = true;
    const late = {}, until = performance.now() + 700;
    const again = () => { const asked = real.call(this, key);
      asked.onsuccess = () => { if (performance.now() < until) return again(); late.result = asked.result; late.onsuccess?.(); };
      asked.onerror = () => { late.error = asked.error; late.onerror?.(); }; };
    again();
    return late;
  }; })()"""


def _slow(context: BrowserContext) -> None:
    context.add_init_script(SLOW)


def _reloaded(page: Page) -> Page:
    page.reload(wait_until="commit")
    return page


def _killed(page: Page) -> Page:
    """The tab is gone without a word, and its address is opened anew."""
    context, address = page.context, page.url
    page.close()
    fresh = context.new_page()
    fresh.set_default_timeout(20_000)
    fresh.goto(address)
    return fresh


def _dies(page: Page, how: Callable[[Page], Page]) -> Page:
    fresh = how(page)
    fresh.wait_for_selector("#end", state="attached")
    return fresh


@pytest.mark.parametrize(
    "how", [pytest.param(_reloaded, id="reloaded"), pytest.param(_killed, id="killed", marks=pytest.mark.long)]
)
def test_nothing_shown_as_answered_is_lost_with_the_page(enter: Enter, how: Callable[[Page], Page]) -> None:
    login = "daibiao9" if how is _reloaded else "daibiao10"
    page = enter(login, PHONE, _slow)
    walk.register_place(page, f"中途被杀{how.__name__}面馆")
    walk.start(page)
    codes = [code for code, kind in walk.items(page) if kind == "judge"]
    sound, unsure, failed = codes[0], codes[1], codes[2]

    walk.answer(page, sound, "pass")
    page = _dies(page, how)
    expect(page.locator(f"#item-{sound} .answers input[value=pass]")).to_be_checked()

    # As the one that was lost once: a tap, and words to it, and then nothing more.
    page.locator(f"#item-{unsure} [data-unsure]").click()
    page.locator(f"#item-{unsure} [name=note]").fill("日期看不清")
    page = _dies(page, how)
    expect(page.locator(f"#item-{unsure} [data-unsure]")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(f"#item-{unsure} [name=note]")).to_have_value("日期看不清")

    walk.answer(page, failed, "fail")
    page.locator(f"#item-{failed} .chips input[name=wordings]").first.check(force=True)
    page.locator(f"#item-{failed} [data-place=厨房]").click()
    walk.answer(page, sound, "na")  # said anew: the newest counts
    page = _dies(page, how)
    expect(page.locator(f"#item-{failed} .answers input[value=fail]")).to_be_checked()
    expect(page.locator(f"#item-{failed} input[name=wordings]").first).to_be_checked()
    expect(page.locator(f"#item-{failed} [name=place]")).to_have_value("厨房")
    expect(page.locator(f"#item-{sound} .answers input[value=na]")).to_be_checked()

    expect(page.locator("[data-sync]")).to_have_text("全部送达", timeout=60_000)
    known = page.request.get(f"{page.url.split('#')[0]}/answers").json()["answers"]
    assert {code: known[code]["value"] for code in (sound, unsure, failed)} == {
        sound: "na", unsure: "unsure", failed: "fail",
    }  # fmt: skip
    assert (known[unsure]["note"], known[failed]["place"]) == ("日期看不清", "厨房")


@pytest.mark.long
def test_a_form_half_written_is_there_again(enter: Enter) -> None:
    page = enter("daibiao11", PHONE)
    page.goto("/field/places/new")
    page.fill("#name", "写了一半的店")
    page.locator("[name=kind][value=small_inn]").check(force=True)
    page.reload()
    expect(page.locator("#name")).to_have_value("写了一半的店")
    expect(page.locator("[name=kind][value=small_inn]")).to_be_checked()
    page.fill("#address", "东关头 3 号")
    page.click("button[form=new-place]")
    page.wait_for_url(lambda url: url.rstrip("/").rsplit("/", 1)[-1] not in ("new", "places"))
    page.goto("/field/places/new")
    expect(page.locator("#name")).to_have_value("")
