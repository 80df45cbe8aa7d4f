"""The register on a phone: whole the first time, then what has changed; looked through, and a visit begun, without a signal."""

import re
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import Page, Request, Route, expect

from . import walk
from .conftest import DESK, PHONE, Enter
from .test_flight import _cold, _on_the_phone, _until

pytestmark = pytest.mark.journey
STORE = 'modules["js/field/store.js"]'
HEAR = """async () => (await import(document.querySelector("script[type=module]").src)).modules["js/field/session.js"].hear({ force: true })"""
# The rows of the register as they lie on the phone, without their bytes.
KEPT = f"""async () => {{
  const {{ modules }} = await import(document.querySelector("script[type=module]").src);
  const rows = await {STORE}.everything("reference");
  return rows.filter(({{ key }}) => /^(register|places)/.test(key)).map(({{ key, cursor, names, ids, more }}) =>
    ({{ key, cursor, names, ids: Boolean(ids), more: Boolean(more) }}));
}}"""
# As a page of an earlier version left it: the old list, nothing of the register.
AS_BEFORE = f"""async ([id, door]) => {{
  const {{ modules }} = await import(document.querySelector("script[type=module]").src);
  const account = modules["js/field/ledger.js"].page.account, value = {{ places: [
    {{ id, name: "旧名单面馆", kind: "small_restaurant", address: "柳荫街 7 号", door_code: door, facts: {{ gas_kind: "piped" }} }},
  ] }};
  await {STORE}.write(["reference"], ({{ reference }}) => {{
    reference.delete(`register:${{account}}`);
    reference.delete(`register-at:${{account}}`);
    reference.put({{ key: `places:${{account}}`, account, at: Date.now(), value, etag: "old" }});
  }});
}}"""


def _kept(page: Page) -> list[dict[str, Any]]:
    return [row for row in page.evaluate(KEPT) if row["key"].startswith("register:")]


def _holds(page: Page, name: str) -> None:
    _until(page, f"async (name) => (await ({KEPT})()).some((row) => row.names?.split('\\n').includes(name))", name)


def _registered(desk: Page, name: str, address: str) -> str:
    """A place that the desk registers; the address of its page."""
    desk.goto("/desk/places/new")
    desk.fill("[name=name]", name)
    desk.fill("[name=address]", address)
    desk.select_option("[name=area_id]", label="东关头社区")
    desk.select_option("[name=kind]", "small_restaurant")
    desk.click("button:has-text('登记这一家')")
    desk.wait_for_url(re.compile(f"/desk/places/{walk.UUID}"))
    return desk.url


def test_a_place_of_the_register_is_found_and_visited_without_a_signal(enter: Enter) -> None:
    asked: list[str] = []
    desk, page = enter("du1", DESK), enter("daibiao9", PHONE)

    def note(request: Request) -> None:
        address = urlsplit(request.url)
        if address.path.startswith("/field/data/register"):
            asked.append(address.path.rpartition("/")[2] + ("?" if address.query else ""))

    page.context.on("request", note)
    _on_the_phone(page)
    assert asked[:4] == ["register", "ids", "more", "open"], "names first, then what opens them, then the rest"
    first = _kept(page)[0]["cursor"]

    # The desk registers one: the phone is told of that one only.
    asked.clear()
    name = f"夜来香{uuid4().hex[:6]}小馆"
    _registered(desk, name, "红土桥路 418 号")
    page.evaluate(HEAR)
    _holds(page, name)
    assert asked[:1] == ["register?"]
    assert {"ids", "more", "register"}.isdisjoint(asked)
    assert _kept(page)[0]["cursor"] != first

    page.context.set_offline(True)
    page = _cold(page, "/field/places")
    page.fill("#q", "418 夜来香")
    expect(page.locator("[data-found] li")).to_have_count(1)
    page.locator("[data-found] a", has_text=name).click()
    expect(page.locator("[data-told]")).to_contain_text("上次的走访还没取到这部手机里")
    expect(page.locator("[data-told]")).not_to_contain_text("第一次检查")
    walk.start(page)
    code, kind = walk.items(page)[0]
    walk.find_sound(page, code, kind)
    page.context.set_offline(False)
    expect(page.locator("[data-sync]")).to_have_text("全部送达", timeout=60_000)
    page.goto("/field/places")
    page.fill("#q", name)
    page.locator("[data-found] a", has_text=name).click()
    expect(page.locator("[data-told]")).to_contain_text("第一次检查")  # not handed in: none has been yet


@pytest.mark.long
def test_what_is_interrupted_leaves_the_register_as_it_was(enter: Enter) -> None:
    page = enter("daibiao10", PHONE, service_workers="block")
    page.goto("/field/")
    _until(page, f"async () => (await ({KEPT})()).some((row) => row.more)")
    before = _kept(page)

    def another_area(route: Route) -> None:
        """As after a change of area: the whole is sent anew."""
        route.continue_(url=route.request.url.partition("?")[0])

    page.context.route("**/field/data/register?since=*", another_area)
    page.context.route("**/field/data/register/ids", lambda route: route.abort())
    page.evaluate(HEAR)
    page.wait_for_timeout(1000)
    assert _kept(page) == before
    page.context.unroute("**/field/data/register/ids")
    page.context.route("**/field/data/register/more", lambda route: route.abort())
    page.evaluate(HEAR)
    _until(page, f"async () => (await ({KEPT})()).some((row) => row.ids && !row.more)")
    page.goto("/field/places")
    expect(page.locator("[data-found] a").first).to_be_visible()
    page.context.unroute("**/field/data/register/more")
    page.evaluate(HEAR)
    _until(page, f"async () => (await ({KEPT})()).some((row) => row.more)")


@pytest.mark.long
def test_names_alone_are_shown_and_say_that_they_cannot_be_opened_yet(enter: Enter) -> None:
    page = enter("daibiao11", PHONE, lambda context: context.route("**/register/ids", lambda route: route.abort()))
    page.goto("/field/places")
    expect(page.locator("[data-found]")).to_contain_text("名单刚取到一半")
    expect(page.locator("[data-found] a")).to_have_count(0)
    page.context.unroute("**/register/ids")
    page.evaluate(HEAR)
    expect(page.locator("[data-found] a").first).to_be_visible()
    expect(page.locator("[data-found]")).not_to_contain_text("名单刚取到一半")


@pytest.mark.long
def test_what_an_earlier_version_kept_serves_until_the_register_has_come(enter: Enter) -> None:
    page = enter("daibiao12", PHONE)
    _on_the_phone(page)
    place = str(uuid4())
    page.context.set_offline(True)
    page.evaluate(AS_BEFORE, [place, "BCDF23456789"])
    page = _cold(page, "/field/places")
    page.fill("#q", "7号 旧名单")
    page.locator("[data-found] a", has_text="旧名单面馆").click()
    page.wait_for_url(f"**/field/places/{place}")
    page.goto("/field/places")
    page.fill("#q", "bcdf23456789")
    page.press("#q", "Enter")
    page.wait_for_url(f"**/field/places/{place}")
    page.context.set_offline(False)
    page.goto("/field/")
    _until(page, f"async () => (await ({KEPT})()).some((row) => row.more)")
    assert not [row for row in page.evaluate(KEPT) if row["key"].startswith("places:")]
