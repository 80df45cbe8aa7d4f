"""What a deputy's thumb does on the filling page."""

import re
from itertools import count
from typing import Any

from playwright.sync_api import Page, expect

from .conftest import photo_file

UUID = r"[0-9a-f-]{36}"
TYPED = ("number", "choice", "count")  # kinds of items that are answered otherwise than by 合格
_house_numbers = count(101)


def register_place(page: Page, name: str, kind: str = "small_restaurant") -> None:
    """A new place with bottled gas, a restaurant unless said otherwise, up to the page before its visit.

    No two stand at one address: the server is one for all tests, and a place known there would be asked about.
    """
    page.goto("/field/places/new")
    expect(page.locator("[data-sync]").first).to_be_attached()
    page.fill("#name", name)
    page.fill("#address", f"柳荫街 {next(_house_numbers)} 号")
    page.locator(f"[name=kind][value={kind}]").check(force=True)
    page.locator("[name=gas_kind][value=bottled]").check(force=True)
    page.click("button[form=new-place]")
    page.wait_for_url(re.compile(f"/field/places/{UUID}"))


def start(page: Page) -> None:
    """Begin a visit that asks every item (全查), as most tests of filling are about."""
    expect(page.locator("[data-depth]")).to_be_visible()
    if page.locator("[name=depth]").is_visible():
        page.check("[name=depth]")
    page.click("button[form=start]")
    page.wait_for_url(re.compile(f"/field/visits/{UUID}"))
    page.wait_for_selector("[data-section-link='1'][aria-current]")


def start_short(page: Page) -> None:
    """Begin a short walk, as a visit begins where nobody asks for more."""
    expect(page.locator("[data-depth]")).to_be_visible()
    page.click("button[form=start]")
    page.wait_for_url(re.compile(f"/field/visits/{UUID}"))
    page.wait_for_selector("[data-zone-link][aria-current]")


def cards(page: Page) -> list[list[str]]:
    """[code, kind] of what is asked one by one in the zone that shows."""
    found: list[list[str]] = page.locator("[data-section]:not(.hidden) > [data-item]:not(.hidden)").evaluate_all(
        "all => all.map(item => [item.dataset.item, item.dataset.kind])"
    )
    return found


def walk_zone(page: Page) -> None:
    """Everything in the zone that shows is found sound; a deep check goes without its photo, for a reason."""
    for code, kind in cards(page):
        box = page.locator(f"#item-{code}")
        find_sound(page, code, kind)
        if box.locator(".deep").count():
            box.locator(".deep summary").click()
            reason = box.locator("[name^=no-photo]").first
            reason.evaluate("one => one.scrollIntoView({ block: 'center' })")  # out from under the bar
            reason.check(force=True)
    here = page.url
    expect(page.locator("[data-go=close]")).to_have_text("看了，没看到别的不对")
    page.click("[data-go=close]")
    page.wait_for_url(lambda address: address != here)


def walk_zones(page: Page) -> int:
    """All zones that are left, up to the last page; how many."""
    walked = 0
    while page.locator("[data-go=close]").is_visible():
        walk_zone(page)
        walked += 1
    expect(page.locator("#end")).to_be_visible()
    return walked


def end_session(page: Page) -> None:
    """The session is gone, also where an answer on its way would renew it: the phone fetches lists in the background."""
    for _ in range(60):
        page.context.clear_cookies(name="session")
        page.wait_for_timeout(400)
        if not any(cookie["name"] == "session" for cookie in page.context.cookies()):
            return
    raise AssertionError("the session is renewed without end")


def items(page: Page) -> list[list[str]]:
    """[code, kind] of the items of the section that shows."""
    found: list[list[str]] = page.locator("[data-section]:not(.hidden) [data-item]:not(.hidden)").evaluate_all(
        "all => all.map(item => [item.dataset.item, item.dataset.kind])"
    )
    return found


def answer(page: Page, code: str, value: str) -> None:
    answers = page.locator(f"#item-{code} .answers input[value={value}]")
    answers.evaluate("one => one.scrollIntoView({ block: 'center' })")  # out from under what stands over the page
    answers.check(force=True)


def about(page: Page, code: str) -> dict[str, Any]:
    """What the open page knows of an item."""
    found: dict[str, Any] = page.evaluate(
        """async (code) => (await import(document.querySelector("script[type=module]").src)).modules["js/field/ledger.js"].page.visiting.items[code]""",
        code,
    )
    return found


def pass_all(page: Page, codes: list[str]) -> None:
    """合格 for each, one tap after the other: the page draws in between, as under a thumb."""
    page.evaluate(
        """async (codes) => {
          for (const code of codes) {
            document.querySelector(`#item-${code} .answers input[value=pass]`).click();
            await new Promise(requestAnimationFrame);
          }
        }""",
        codes,
    )


def find_sound(page: Page, code: str, kind: str) -> None:
    """合格, in whatever way this kind of item is answered; its bounds come with its list."""
    one = about(page, code)
    enough = str(one["at_most"] if one["at_least"] is None else one["at_least"])
    box = page.locator(f"#item-{code}")
    if kind == "number":
        page.fill(f"#n-{code}", enough)
    elif kind == "choice":
        sound = next(choice["value"] for choice in one["choices"] if not choice.get("fails"))
        box.locator(f"input[data-choice][value='{sound}']").check(force=True)
    elif kind == "count":
        for row in box.locator("input[name=row]").all():
            row.fill(enough)
    else:
        answer(page, code, "pass")


def fail(page: Page, code: str, photos: int = 1) -> None:
    """不合格: photos first, then a standard wording and the place."""
    answer(page, code, "fail")
    box = page.locator(f"#item-{code}")
    for number in range(photos):
        box.locator("[data-photos=photos] input[data-source=camera]").set_input_files(photo_file(f"{number}.jpg"))  # type: ignore[arg-type]
        expect(box.locator("[data-photos=photos] figure")).to_have_count(number + 1)
    box.locator(".chips input[name=wordings]").first.check(force=True)
    box.locator("[name=place]").fill("厨房")


def fill(page: Page, fails: dict[str, int], between: dict[int, Any] | None = None) -> int:
    """Answer everything; `fails` maps codes to photos, `between` holds what happens before a section."""
    answered = 0
    for section in range(page.locator("[data-section-link]").count() - 1):
        if between and section in between:
            between[section]()
        expect(page.locator(f"[data-section-link='{section + 1}'][aria-current]")).to_be_visible()
        asked = items(page)
        answered += len(asked)
        pass_all(page, [code for code, kind in asked if kind not in TYPED and code not in fails])
        for code, kind in asked:
            if code in fails:
                fail(page, code, fails[code])
            elif kind in TYPED:
                find_sound(page, code, kind)
        page.click("[data-go=on]")
    expect(page.locator("#end")).to_be_visible()
    return answered


def sign(page: Page, part: str, name: str = "") -> None:
    if name:
        page.fill(f"#sign-{part} [name=name]", name)
    pad = page.locator(f"#sign-{part}[data-ready] canvas")
    pad.scroll_into_view_if_needed()
    page.evaluate("scrollBy(0, 160)")
    box = pad.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 30, box["y"] + 40)
    page.mouse.down()
    for x, y in ((90, 100), (140, 30), (200, 110), (260, 50)):
        page.mouse.move(box["x"] + x, box["y"] + y, steps=4)
    page.mouse.up()


def hand_in(page: Page) -> None:
    sign(page, "deputy")
    sign(page, "premises", "王老板")
    page.click("[data-go=on]")
    page.wait_for_selector("h1:has-text('检查做完了')", timeout=60_000)
