"""What a phone keeps of its day: asked anew when it is, set right when the desk does, gone when nobody needs it; and a danger
waits for none of it."""

from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from inspect_app.demo.people import PASSWORD

from . import walk
from .conftest import PHONE, Enter, photo_file
from .test_flight import _until
from .test_many_places import _go
from .test_phone_storage import _account

pytestmark = [pytest.mark.journey, pytest.mark.long]
AGAIN = """async () => (await import(document.querySelector("script[type=module]").src)).modules["js/field/session.js"].hear({ force: true })"""
KEYS = """async (name) => (await (await import(document.querySelector("script[type=module]").src)).modules["js/field/store.js"].everything(name)).map((row) => row.key)"""
REGISTER = """async () => (await (await import(document.querySelector("script[type=module]").src)).modules["js/field/store.js"].everything("reference"))
  .some((row) => row.key.startsWith("register:") && row.more)"""
PUT = """async ([name, row]) => (await import(document.querySelector("script[type=module]").src)).modules["js/field/store.js"].put(name, row)"""


def _hazard(**more: object) -> dict[str, Any]:
    """A hazard as the day tells of it."""
    place = {"id": str(uuid4()), "name": "看一眼小店", "address": "柳荫街 9 号"}
    return {
        "id": str(uuid4()), "version": 3, "title": "插排串接或带大功率电器", "state": "awaiting_verification",
        "state_name": "待核验", "place": place, "within": "厨房", "found_on": "2026-11-01", "due_on": None, "reply_on": None,
        "reported_on": "2026-11-20", "wordings": ["插排串接"], "before": [str(uuid4())],
    } | more  # fmt: skip


def _asks(page: Page, hazard: dict[str, Any]) -> None:
    """From now on the day asks for a look at it."""

    def with_it(route: Route) -> None:
        headers = {name: said for name, said in route.request.headers.items() if name != "if-none-match"}
        answer = route.fetch(headers=headers)
        route.fulfill(response=answer, json=answer.json() | {"to_look_at": [hazard]}, headers={"ETag": str(uuid4())})

    page.context.route("**/field/data", with_it)
    page.goto("/field/")
    expect(page.locator("main")).to_contain_text(hazard["title"], timeout=30_000)


def test_a_danger_waits_for_no_view_that_is_being_drawn(enter: Enter) -> None:
    page = enter("daibiao5", PHONE, service_workers="block")
    page.goto("/field/")
    held: list[Route] = []
    page.context.route(
        "**/field/data/visits/*", lambda route: held.append(route)
    )  # a signal that takes everything and says nothing
    _go(page, f"/field/visits/{uuid4()}")
    for _ in range(60):
        if held:
            break
        page.wait_for_timeout(250)
    assert held, "the view waits for an answer"
    page.click("[data-sos]")
    expect(page.locator("#urgent [name=danger]").first).to_be_attached(timeout=5_000)
    for route in held:
        route.fulfill(status=404, body="{}")
    page.fill("#where", "东关头客栈")
    _go(page, "/field/urgent?at=1")  # drawn once more after all that was left
    expect(page.locator("#where")).to_have_value("东关头客栈")
    expect(page.locator(".titles strong")).to_have_text("遇险")
    expect(page.locator("main")).not_to_contain_text("这次走访不在这部手机里")


def test_a_look_back_waits_for_no_picture_and_is_asked_anew_with_the_hazard(enter: Enter) -> None:
    page = enter("daibiao6", PHONE, service_workers="block")
    page.context.route("**/photos/*/thumb", lambda route: None)
    page.context.route("**/intake/operations", lambda route: route.abort())
    page.context.route("**/intake/uploads", lambda route: route.abort())
    hazard = _hazard()
    _asks(page, hazard)
    page.click(f"a[href='/field/hazards/{hazard['id']}/look-back']")
    expect(page.locator("#look-back")).to_be_visible(timeout=5_000)
    expect(page.locator("[data-before] .missing")).to_have_text("照片还没有取到这部手机里")
    page.locator("[data-photos=look] [data-source=camera]").set_input_files(photo_file())  # type: ignore[arg-type]
    expect(page.locator("[data-photos=look] figure")).to_have_count(1)
    page.locator("[name=mended][value=yes]").check(force=True)
    page.click("button[form=look-back]")
    page.click("a:has-text('回到今日')")
    asked = page.locator("main", has_text=hazard["title"])
    expect(page.locator(".titles strong")).to_have_text("今日")
    expect(page.locator("main h1")).not_to_have_text("记下了")
    expect(asked).to_have_count(0)

    # Not passed, mended again, reported again: this deputy is asked anew.
    hazard["version"] = 5
    page.evaluate(AGAIN)
    expect(asked).to_have_count(1)


def test_what_the_desk_has_set_right_of_a_place_counts_over_what_was_typed(enter: Enter) -> None:
    """Also while the phone fetches its lists still, for which it has asked for the places a moment ago."""
    held: list[Route] = []

    def slow_lists(context: BrowserContext) -> None:
        context.route("**/field/lists/*", lambda route: held.append(route))

    page = enter("daibiao7", PHONE, slow_lists, service_workers="block")
    walk.register_place(page, "错字面管")
    place = page.url.rsplit("/", 1)[1]
    expect(page.locator("[data-sync]")).to_have_text("全部送达", timeout=30_000)

    def right(route: Route) -> None:
        row = [place, "改对面馆", "柳荫街 1 号", "small_restaurant", "open", None, {}, 0, 0]
        route.fulfill(json=route.fetch().json() | {"rows": [row]})

    _until(page, REGISTER)
    for _ in range(60):
        if held:
            break
        page.wait_for_timeout(250)
    assert held, "the lists are waited for"
    page.context.route("**/field/data/register?since=*", right)
    page.evaluate(AGAIN)
    page.context.unroute("**/field/lists/*")
    for route in held:
        route.continue_()
    _until(
        page,
        """async (id) => (await (await import(document.querySelector("script[type=module]").src)).modules["js/field/reference.js"].place(id)).name === '改对面馆'""",
        place,
    )
    page.reload()
    expect(page.locator(".titles strong")).to_have_text("改对面馆")


def test_what_nobody_needs_any_more_goes_and_signing_out_takes_what_is_half_written(enter: Enter) -> None:
    page = enter("daibiao8", PHONE)
    page.goto("/field/")
    me, visit = _account(page), str(uuid4())
    page.evaluate(
        """([me, visit]) => {
          const form = (name, hours) => localStorage.setItem(`form:${name}`, JSON.stringify({ at: Date.now() - hours * 3600000, typed: [["name", "某某店"]] }));
          form(`${me}:visit.start,old`, 13); form(`${me}:visit.start,new`, 1); form("somebody:premises.register,", 1);
          localStorage.setItem(`typing:${visit}:T-NUM`, JSON.stringify({ number: null }));
        }""",
        [me, visit],
    )
    for key in ("thumb:old", f"place/old:{me}"):
        page.evaluate(PUT, ["reference", {"key": key, "account": me, "value": {}, "at": 1}])
    page.reload()
    # The page before may have been sweeping still while this was put there: each is waited for.
    _until(page, "() => !Object.keys(localStorage).some((key) => key.startsWith('typing:'))")
    _until(
        page,
        f"async () => !(await ({KEYS})('reference')).some((key) => key === 'thumb:old' || key.startsWith('place/old'))",
    )
    drafts = "() => Object.keys(localStorage).filter((key) => key.startsWith('form:')).length"
    assert page.evaluate(drafts) == 2

    # Words of a page that was killed wait on their visit, also past a sign-out; a form that nobody took does not.
    walk.register_place(page, "退出前的面馆")
    walk.start(page)
    code, begun = walk.items(page)[0][0], page.url.rsplit("/", 1)[1]
    page.evaluate(
        "([key, draft]) => localStorage.setItem(key, draft)", [f"typing:{begun}:{code}", '{"note": "没存下的一句"}']
    )
    expect(page.locator("[data-sync]")).to_have_text("全部送达", timeout=30_000)
    page.goto("/field/mine")
    page.click("[data-sign-out]")
    page.wait_for_url("**/sign-in")
    kept = page.evaluate("Object.keys(localStorage).filter((key) => /^(form|typing):/.test(key))")
    assert sorted(kept) == sorted(["form:somebody:premises.register,", f"typing:{begun}:{code}"])
    page.fill("[name=login]", "daibiao8")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url("**/field/**")
    page.goto(f"/field/visits/{begun}")
    expect(page.locator(f"#item-{code} [name=note]")).to_have_value("没存下的一句")
