"""A phone that is full, or whose database fails in the middle of a day, as browsers really say it: nothing is lost, nothing
older wins over what is newer, and what cannot be kept is said."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from . import walk
from .conftest import PHONE, Enter, photo_file
from .test_flight import _until
from .test_killed import SLOW

pytestmark = pytest.mark.journey

# As Safari and Firefox say it: the request fails later, the transaction hears of it while it has no error of its own, and
# then it is aborted with one. What is full is named by `test:full` (stores), what is taken all the same by `roomFor(row)`.
FULL = """(() => { const put = IDBObjectStore.prototype.put, get = IDBObjectStore.prototype.get, failed = new Map();
  const error = Object.getOwnPropertyDescriptor(IDBTransaction.prototype, "error").get;
  Object.defineProperty(IDBTransaction.prototype, "error", { get() { return failed.get(this) ?? error.call(this); } });
  IDBObjectStore.prototype.put = function (row) {
    const { transaction, name } = this, full = (localStorage["test:full"] ?? "").split(" ");
    if (!full.includes(name) || globalThis.roomFor?.(name, row)) return put.call(this, row);
    const fault = new DOMException("full", "QuotaExceededError"), asked = { error: fault };
    get.call(this, "nothing").onsuccess = () => {
      asked.onerror?.();
      transaction.onerror?.();
      failed.set(transaction, fault);
      try { transaction.abort(); } catch { /* another request was quicker */ }
    };
    return asked;
  }; })()"""
EVERYTHING = "operations photos bytes visits notes reference receipts"
# A fault of the entry itself, which nothing stands in for.
REFUSED = """(() => { const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (row) {
    if (localStorage["test:refused"] !== this.name) return put.call(this, row);
    window.refused = true;
    throw new DOMException("no", "DataError");
  }; })()"""
CLOCK = """(() => { const Real = Date, now = () => Real.now() + Number(localStorage["test:ahead"] ?? 0);
  globalThis.Date = class extends Real { constructor(...about) { super(...(about.length ? about : [now()])); } static now() { return now(); } }; })()"""


def _with(*scripts: str) -> Callable[[BrowserContext], None]:
    return lambda context: [context.add_init_script(script) for script in scripts] and None


def _module(page: Page, name: str, does: str, said: object = None) -> Any:
    """What `does(module, said)` gives, on the very module the page uses."""
    return page.evaluate(
        f"""async (said) => {{ const {{ modules }} = await import(document.querySelector("script[type=module]").src);
          return ({does})(modules["js/field/{name}.js"], said); }}""",
        said,
    )


def _set(page: Page, key: str, value: str) -> None:
    page.evaluate("([key, value]) => { localStorage[key] = value; }", [key, value])


def _begun(enter: Enter, login: str, name: str, *scripts: str, **more: object) -> tuple[Page, list[str]]:
    page = enter(login, PHONE, _with(*scripts), **more)
    walk.register_place(page, name)
    walk.start(page)
    return page, [code for code, kind in walk.items(page) if kind == "judge"]


def _arrived(page: Page) -> None:
    expect(page.locator("[data-sync]")).to_have_text("全部送达", timeout=60_000)


def _sent(page: Page, code: str, value: str) -> None:
    """The newest answer to an item is this one, and it has its receipt."""
    _until(
        page,
        """async ([code, value]) => { const { modules } = await import(document.querySelector("script[type=module]").src);
          const rows = await modules["js/field/ledger.js"].ofKind("visit.answer", "waiting", "sent");
          const row = rows.filter(({ payload }) => payload.item === code).at(-1);
          return row?.state === "sent" && row.payload.value === value; }""",
        [code, value],
    )


def _there(page: Page, code: str) -> tuple[str, bool]:
    """What the server has of an item, and whether phones differ on it."""
    known = page.request.get(f"{page.url.split('#')[0]}/answers").json()["answers"][code]
    return known["value"], known["contested"]


def _reopened(page: Page) -> None:
    page.reload()
    page.wait_for_selector("#end", state="attached", timeout=40_000)


def _checked(page: Page, code: str, value: str) -> None:
    expect(page.locator(f"#item-{code} .answers input[value={value}]")).to_be_checked()


def test_a_phone_that_fills_up_writes_on_beside_and_the_newer_answer_counts(enter: Enter) -> None:
    page, (code, other, *_) = _begun(enter, "daibiao1", "半路写满面馆", FULL)
    walk.answer(page, other, "pass")
    page.locator(f"#item-{code} [data-unsure]").click()
    _sent(page, code, "unsure")
    _set(page, "test:full", EVERYTHING)
    walk.answer(page, code, "na")
    expect(page.locator("[data-shell-notices]")).to_contain_text("您填的另外记了一份，照样会发")
    _sent(page, code, "na")
    assert _there(page, code) == ("na", False)
    _reopened(page)
    _checked(page, code, "na")
    _set(page, "test:full", "")
    _reopened(page)
    _checked(page, code, "na")
    _checked(page, other, "pass")
    walk.answer(page, code, "pass")
    _sent(page, code, "pass")
    assert _there(page, code) == ("pass", False)


@pytest.mark.long
def test_without_a_worker_what_stands_in_is_there_before_the_signal_goes(enter: Enter) -> None:
    page, (code, *_) = _begun(enter, "daibiao2", "没有后台面馆", FULL, service_workers="block")
    _arrived(page)
    fetched = "performance.getEntriesByType('resource').some((one) => one.name.endsWith('/contested.bundle.js'))"
    page.locator("main").dispatch_event("pointerdown")
    _until(page, fetched)  # the one after those that stand in
    page.context.set_offline(True)
    _set(page, "test:full", EVERYTHING)
    walk.answer(page, code, "na")
    expect(page.locator("[data-shell-notices]")).to_contain_text("您填的另外记了一份，照样会发")
    expect(page.locator(f"#item-{code} [data-notice]")).to_have_count(0)
    _set(page, "test:full", "")
    page.context.set_offline(False)
    _arrived(page)
    _reopened(page)
    _checked(page, code, "na")


@pytest.mark.long
def test_two_that_meet_a_full_database_together_wait_for_the_same_room(enter: Enter) -> None:
    page = enter("daibiao3", PHONE, _with(FULL))
    page.goto("/field/outbox")
    expect(page.locator("[data-outbox-head]")).to_be_visible()
    account = next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "whose")
    found = _module(
        page,
        "store",
        """async (store, account) => {
          const row = { id: "old", account, state: "sent", order: 1, kept_at: new Date().toISOString(), settled_at: Date.now(), ready: true };
          await store.write(["photos", "bytes"], ({ photos, bytes }) => { photos.put(row); bytes.put({ id: "old", data: new ArrayBuffer(8) }); });
          const gone = IDBObjectStore.prototype.delete;
          let room = false;
          globalThis.roomFor = () => room;
          IDBObjectStore.prototype.delete = function (key) {
            if (this.name === "bytes") room = true;
            return gone.call(this, key);
          };
          localStorage["test:full"] = "notes photos operations";
          await Promise.all(["a", "b"].map((key) => store.put("notes", { key })));
          return [store.refused() === null, (await store.get("notes", "b")).key, await store.get("bytes", "old"), (await store.get("photos", "old")).dropped];
        }""",
        account,
    )
    assert found == [True, "b", None, True]


@pytest.mark.long
def test_a_tap_that_the_next_page_cannot_take_either_is_there_in_the_one_after(enter: Enter) -> None:
    page, (code, other, *_) = _begun(enter, "daibiao4", "两次没存下面馆", REFUSED)
    walk.answer(page, other, "pass")
    _sent(page, other, "pass")
    row = _module(page, "ledger", "async (ledger) => (await ledger.ofKind('visit.answer', 'sent'))[0]")
    for name in ("device", "seq", "order", "tap", "settled", "settled_at", "receipt"):
        row.pop(name, None)
    tapped = row | {
        "id": "5b6a7c1e-0000-4000-8000-000000000001",
        "state": "waiting",
        "payload": row["payload"] | {"item": code, "value": "na"},
    }
    _set(page, f"tapped:{tapped['id']}", json.dumps(tapped))
    _set(page, "test:refused", "operations")
    _reopened(page)
    _until(page, "Boolean(window.refused)")
    _set(page, "test:refused", "")
    _reopened(page)
    _checked(page, code, "na")
    _arrived(page)


@pytest.mark.long
def test_circles_that_are_not_kept_are_said_and_written_at_the_next_try(enter: Enter) -> None:
    page, (code, *_) = _begun(enter, "daibiao5", "圈注没存下面馆", REFUSED)
    walk.fail(page, code)
    _arrived(page)
    page.locator(f"#item-{code} [data-look]").click()
    page.click("dialog button:has-text('圈出问题')")
    page.click("dialog [data-ninth='0']")
    _set(page, "test:refused", "operations")
    page.click("dialog button:has-text('好了')")
    expect(page.locator("dialog")).to_contain_text("手机没存下圈注。请再圈一次")
    page.click("dialog button:has-text('关上')")
    expect(page.locator(f"#item-{code} [data-notice]")).to_contain_text("手机没存下圈注")
    page.locator(f"#item-{code} [data-look]").click()
    page.click("dialog button:has-text('圈出问题')")
    page.click("dialog [data-ninth='0']")
    _set(page, "test:refused", "")
    page.click("dialog button:has-text('好了')")
    page.click("dialog button:has-text('关上')")
    _arrived(page)
    assert _module(page, "ledger", "async (ledger) => (await ledger.ofKind('photo.mark', 'sent')).length") == 1


@pytest.mark.long
def test_a_photo_made_smaller_in_a_page_without_a_database_arrives_from_the_next(enter: Enter) -> None:
    page = enter("daibiao6", PHONE, _with(FULL))
    page.context.route("**/intake/uploads**", lambda route: route.abort())
    page.goto("/field/outbox")
    expect(page.locator("[data-outbox-head]")).to_be_visible()
    # Taken, and the page dies before anything else happens to it.
    photo = _module(
        page,
        "photos",
        """(photos, bytes) => { dispatchEvent(new Event("pagehide"));
          return photos.keep(new File([Uint8Array.from(atob(bytes), (mark) => mark.charCodeAt(0))], "a.jpg", { type: "image/jpeg" }), "camera", null); }""",
        _large(),
    )
    _set(page, "test:full", EVERYTHING)
    page.reload()
    made = "async (store, id) => Boolean(store.refused() && (await store.get('photos', id))?.ready)"
    for _ in range(60):
        _module(page, "store", "(store) => store.put('notes', { key: 'test' })")
        _module(page, "photos", "(photos, id) => photos.prepared(id).then(() => null)", photo)
        if _module(page, "store", made, photo):
            break
    assert _module(page, "store", made, photo)
    _module(
        page,
        "store",
        "async (store, id) => { await store.put('photos', { ...(await store.get('photos', id)), tries: 0 }); }",
        photo,
    )
    _set(page, "test:full", "")
    page.context.unroute("**/intake/uploads**")
    page.reload()
    _state(page, photo, "sent")


def _large() -> str:
    from base64 import b64encode

    return b64encode(photo_file(size=(2600, 1900))["buffer"]).decode()  # type: ignore[arg-type]


def _state(page: Page, photo: str, state: str) -> None:
    _until(
        page,
        """async ([id, state]) => { const { modules } = await import(document.querySelector("script[type=module]").src);
          return (await modules["js/field/store.js"].get("photos", id))?.state === state; }""",
        [photo, state],
    )


def test_a_photo_whose_smaller_copy_finds_no_room_is_sent_as_it_is(enter: Enter) -> None:
    page, (code, *_) = _begun(enter, "daibiao7", "小图没地方面馆", FULL)
    _arrived(page)
    # The first bytes of a photo fit, others in their place do not.
    page.evaluate(
        """() => { const kept = new Set(); localStorage["test:full"] = "bytes";
          globalThis.roomFor = (name, { id }) => name !== "bytes" || (!kept.has(id) && Boolean(kept.add(id))); }"""
    )
    walk.answer(page, code, "fail")
    strip = page.locator(f"#item-{code} [data-photos=photos]")
    strip.locator("[data-source=camera]").set_input_files(photo_file(size=(2600, 1900)))  # type: ignore[arg-type]
    expect(strip.locator("figcaption")).to_have_text("✓ 已送达", timeout=60_000)
    expect(page.locator(f"#item-{code} [data-notice]")).to_have_count(0)
    photo = strip.locator("figure").get_attribute("data-photo")
    row = _module(
        page,
        "store",
        "async (store, id) => { const { sha256, original_sha256, size } = await store.get('photos', id); return [sha256 === original_sha256, size > 1048576]; }",
        photo,
    )
    assert row == [True, True]


@pytest.mark.long
def test_a_tap_after_the_clock_was_put_right_is_newer_than_one_before(enter: Enter) -> None:
    page, (code, *_) = _begun(enter, "daibiao8", "时间快一天面馆", CLOCK, SLOW)
    _set(page, "test:ahead", str(24 * 3600 * 1000))
    walk.answer(page, code, "pass")
    _sent(page, code, "pass")
    _set(page, "test:ahead", "0")
    walk.answer(page, code, "na")
    page.reload(wait_until="commit")
    page.wait_for_selector("#end", state="attached")
    _checked(page, code, "na")
    _arrived(page)


@pytest.mark.long
def test_an_entry_the_server_stumbles_over_alone_holds_back_no_photo(enter: Enter) -> None:
    page, (code, *_) = _begun(enter, "daibiao9", "一条毒药面馆", service_workers="block")
    _arrived(page)
    page.context.route("**/intake/operations", lambda route: route.fulfill(status=500, body="{}"))
    walk.answer(page, code, "fail")
    strip = page.locator(f"#item-{code} [data-photos=photos]")
    strip.locator("[data-source=camera]").set_input_files(photo_file())  # type: ignore[arg-type]
    expect(strip.locator("figcaption")).to_have_text("✓ 已送达", timeout=60_000)


@pytest.mark.long
def test_what_a_restored_server_lacks_is_offered_although_the_page_dies_at_it(enter: Enter) -> None:
    page, (code, *_) = _begun(enter, "daibiao10", "恢复到一半面馆", REFUSED, service_workers="block")
    walk.answer(page, code, "na")
    _sent(page, code, "na")
    offered: list[str] = []

    def restored(route: Route) -> None:
        headers = {name: said for name, said in route.request.headers.items() if name != "if-none-match"}
        answer = route.fetch(headers=headers)
        route.fulfill(response=answer, json=answer.json() | {"epoch": "00000000-0000-4000-8000-000000000000"})

    def note(route: Route) -> None:
        offered.append(route.request.post_data or "")
        route.continue_()

    _set(page, "test:refused", "operations")
    page.context.route("**/intake/token", restored)
    page.context.route("**/field/data", restored)
    page.reload()
    _until(page, "Boolean(window.refused)")
    page.context.route("**/intake/operations", note)
    _set(page, "test:refused", "")
    with page.expect_request("**/intake/operations", timeout=60_000):
        page.reload()
    _arrived(page)
    assert any(f'"{code}"' in said for said in offered)
    page.context.unroute_all(behavior="ignoreErrors")


@pytest.mark.long
def test_a_photo_of_nobody_yet_goes_with_whoever_signs_in(enter: Enter) -> None:
    page = enter("daibiao11", PHONE)
    expect(page.locator("main h1")).to_be_visible()
    _module(page, "store", "(store) => store.remove('notes', 'me')")
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.goto("/field/urgent")
    strip = page.locator("#urgent [data-photos]")
    strip.locator("[data-source=album]").set_input_files(photo_file())  # type: ignore[arg-type]
    expect(strip.locator("figure")).to_have_count(1)
    photo = strip.locator("figure").get_attribute("data-photo")
    assert photo is not None
    page.context.add_cookies(cookies)  # type: ignore[arg-type]
    page.goto("/field/")
    _state(page, photo, "sent")


@pytest.mark.long
def test_a_photo_given_up_on_its_way_stays_given_up(enter: Enter) -> None:
    page, (code, *_) = _begun(enter, "daibiao12", "不要了的照片面馆", service_workers="block")
    _arrived(page)
    held: list[Route] = []
    created: list[str] = []
    page.context.route(re.compile("/intake/uploads/"), lambda route: held.append(route))
    page.on(
        "request",
        lambda asked: created.append(asked.url) if asked.method == "POST" and asked.url.endswith("/uploads") else None,
    )
    walk.answer(page, code, "fail")
    strip = page.locator(f"#item-{code} [data-photos=photos]")
    strip.locator("[data-source=camera]").set_input_files(photo_file())  # type: ignore[arg-type]
    expect(strip.locator("figure")).to_have_count(1)
    photo = strip.locator("figure").get_attribute("data-photo")
    assert photo is not None
    for _ in range(100):
        if held:
            break
        page.wait_for_timeout(200)
    for _ in range(2):
        strip.locator("[data-drop]").click()
    expect(strip.locator("figure")).to_have_count(0)
    _state(page, photo, "aside")
    held[0].fulfill(status=404, body="")
    _arrived(page)
    assert len(created) == 1
    _state(page, photo, "aside")
