"""What lies on the phone: older pages' entries, two tabs, a silent or lost phone, a rescue file, a restored server."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Response, Route, expect

from . import walk
from .conftest import PHONE, Enter, photo_file
from .test_flight import LISTS_AND_PLACES, _until

pytestmark = [pytest.mark.journey, pytest.mark.long]

# The database as the first version made it, with a visit whose photo still lies in its row; `hold` keeps it open.
FIRST_VERSION = """async ([account, jpeg, hold]) => {
  await new Promise((done) => { indexedDB.deleteDatabase("field").onsuccess = done; });
  const opened = await new Promise((done, failed) => {
    const request = indexedDB.open("field", 1);
    request.onerror = () => failed(request.error);
    request.onupgradeneeded = () => {
      for (const name of ["operations", "photos"]) {
        request.result.createObjectStore(name, { keyPath: "id" }).createIndex("account", ["account", "state"]);
      }
      request.result.createObjectStore("notes", { keyPath: "key" });
    };
    request.onsuccess = () => done(request.result);
  });
  const [place, visit, photo, device] = [0, 1, 2, 3].map(() => crypto.randomUUID());
  const bytes = Uint8Array.from(atob(jpeg), (mark) => mark.charCodeAt(0)).buffer;
  const now = new Date().toISOString(), shared = { v: 1, device, account, who: "旧页面", captured_at: now, times: {}, state: "waiting", about: "旧页面小店" };
  const says = [["premises.register", { premises: place, name: "旧页面小店", kind: "other", address: "柳荫街 1 号", facts: {} }],
    ["visit.start", { visit, premises: place, versions: [], how: "with_card", companions: [], facts: {} }],
    ["visit.answer", { visit, item: "F-EXIT-01", value: "fail", wordings: ["门上了锁"], photos: [photo] }]];
  const writing = opened.transaction(["operations", "photos", "notes"], "readwrite");
  says.forEach(([kind, payload], at) => writing.objectStore("operations").put({ ...shared, id: crypto.randomUUID(), kind, payload, seq: at + 1, order: at + 1 }));
  writing.objectStore("photos").put({ id: photo, account, who: "旧页面", state: "waiting", order: Date.now(), bytes, type: "image/jpeg", source: "camera", visit, captured_at: now, position: "", about: "旧页面小店", ready: false });
  writing.objectStore("notes").put({ key: "device", id: device, seq: 3 });
  await new Promise((done) => { writing.oncomplete = done; });
  if (hold) window.held = opened; else opened.close();
  return photo;
}"""
ROWS = """async () => {
  const { modules } = await import(document.querySelector("script[type=module]").src);
  const ledger = modules["js/field/ledger.js"];
  return (await ledger.operations("waiting", "sent", "refused")).concat(await ledger.photos("waiting", "sent", "refused"))
    .map(({ id, state, kind, receipt }) => ({ id, state, kind: kind ?? "photo", receipt }));
}"""
WRITE = """async ([store, row]) => {
  const { modules } = await import(document.querySelector("script[type=module]").src);
  await modules["js/field/store.js"].put(store, row);
}"""


def _rows(page: Page) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate(ROWS)
    return found


def _account(page: Page) -> str:
    return next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "whose")


def _begun(enter: Enter, login: str, name: str, **more: object) -> Page:
    page = enter(login, PHONE, **more)
    walk.register_place(page, name, "other")
    walk.start(page)
    expect(page.locator("[data-sync]")).to_have_text("全部送达", timeout=30_000)
    return page


def test_what_an_older_page_left_is_sent_also_while_a_tab_of_it_is_open(enter: Enter) -> None:
    from base64 import b64encode

    page = enter("daibiao1", PHONE)
    page.goto("/sign-in")  # a page that opens no database
    account, jpeg = _account(page), b64encode(photo_file()["buffer"]).decode()  # type: ignore[call-overload]
    photo = page.evaluate(FIRST_VERSION, [account, jpeg, True])
    fresh = page.context.new_page()
    fresh.goto("/field/outbox")
    expect(fresh.locator("body")).to_contain_text("还开着旧的一页", timeout=20_000)
    page.close()
    expect(fresh.locator("[data-outbox-head]")).to_have_text("都送达了", timeout=60_000)
    rows = _rows(fresh)
    assert {row["state"] for row in rows} == {"sent"}
    assert all(row["receipt"] for row in rows)
    assert photo in {row["id"] for row in rows}
    assert fresh.request.get(f"/photos/{photo}/thumb").status == 200


@pytest.mark.parametrize("locks", [True, False], ids=["web locks", "a lease where there are none"])
def test_two_tabs_send_each_entry_once(enter: Enter, locks: bool) -> None:
    login = "daibiao2" if locks else "daibiao3"
    page = _begun(
        enter, login, f"两个页签小店{locks}", service_workers="block"
    )  # a worker hides requests from the test
    if not locks:
        page.context.add_init_script("Object.defineProperty(navigator, 'locks', { value: undefined })")
    other = page.context.new_page()
    for tab in (page, other):
        tab.goto(page.url)
        tab.wait_for_selector("#end", state="attached")
    sent: list[str] = []

    def count(answer: Response) -> None:  # what was tried without a network has none
        if answer.url.endswith("/intake/operations"):
            sent.extend(one["id"] for one in json.loads(answer.request.post_data or "{}")["operations"])

    page.context.set_offline(True)
    code, second = [found for found, kind in walk.items(page) if kind == "judge"][:2]
    walk.answer(page, code, "na")
    other.bring_to_front()
    walk.answer(other, second, "na")
    page.context.on("response", count)
    for tab in (page, other):
        expect(tab.locator("[data-sync]")).not_to_have_text("全部送达")
    page.context.set_offline(False)
    expect(page.locator("[data-sync]")).to_have_text("全部送达", timeout=60_000)
    expect(other.locator("[data-sync]")).to_have_text("全部送达", timeout=60_000)
    assert len(sent) == len(set(sent)) >= 2


def test_a_silent_or_lost_phone_gives_up_what_can_be_fetched_again_and_nothing_else(enter: Enter) -> None:
    page = _begun(enter, "daibiao4", "挂失小店")
    _until(page, LISTS_AND_PLACES)
    page.context.set_offline(True)
    code = walk.items(page)[0][0]
    walk.answer(page, code, "na")
    expect(page.locator("[data-sync]")).to_have_text("已存本机")
    page.evaluate(WRITE, ["notes", {"key": "contact", "at": 0}])
    page.reload()
    expect(page.locator("[data-shell-notices]")).to_contain_text("这部手机一个星期没有连过网")
    reference = """async () => {
      const { modules } = await import(document.querySelector("script[type=module]").src);
      return (await modules["js/field/store.js"].everything("reference")).length;
    }"""
    assert page.evaluate(reference) == 0
    assert [row["state"] for row in _rows(page)].count("waiting") == 1
    expect(page.locator(f"#item-{code} .answers input[value=na]")).to_be_checked()
    page.context.set_offline(False)
    expect(page.locator("[data-sync]")).to_have_text("全部送达", timeout=30_000)
    _until(page, LISTS_AND_PLACES)

    # Reported lost from another browser: the session ends, the lists go at the next contact, the unsent stays.
    page.context.set_offline(True)
    walk.answer(page, code, "pass")
    expect(page.locator("[data-sync]")).to_have_text("已存本机")
    elsewhere = enter("daibiao4")
    elsewhere.goto("/account")
    elsewhere.click("summary:has-text('我的手机丢了')")
    elsewhere.click("form[action='/account/lost'] button")
    page.context.set_offline(False)
    expect(page.locator("[data-shell-notices]")).to_contain_text("这部手机报过丢失", timeout=30_000)
    assert page.evaluate(reference) == 0
    assert [row["state"] for row in _rows(page)].count("waiting") == 1


def test_what_waits_a_day_is_said_and_can_be_saved_for_the_desk(enter: Enter, tmp_path: Path) -> None:
    page = _begun(enter, "daibiao5", "备份小店")
    page.context.set_offline(True)
    walk.fail(page, walk.items(page)[0][0])
    expect(page.locator("[data-sync]")).to_have_text("已存本机")
    waiting = """async () => {
      const { modules } = await import(document.querySelector("script[type=module]").src);
      const store = modules["js/field/store.js"];
      for (const row of await modules["js/field/ledger.js"].operations("waiting")) await store.put("operations", { ...row, captured_at: new Date(Date.now() - 90000000).toISOString() });
    }"""
    page.evaluate(waiting)
    page.goto("/field/outbox")
    expect(page.locator("main")).to_contain_text(re.compile("有 \\d+ 项已存了一天多。"))
    page.click("summary:has-text('手机要换、要修')")
    with page.expect_download() as downloaded:
        page.click("[data-export]")
    expect(page.locator("[data-exported]")).to_contain_text("备份文件已存到手机")
    file = tmp_path / "backup.xcrf"
    downloaded.value.save_as(file)
    assert "门上了锁".encode() not in file.read_bytes()
    count = len([row for row in _rows(page) if row["state"] == "waiting" and row["kind"] != "photo"])

    desk = enter("du1")
    desk.goto("/desk/backups")
    desk.set_input_files("#backup", file)
    desk.click("main form button[type=submit]")
    expect(desk.locator("main")).to_contain_text(f"{count} 条记录等您确认")
    desk.click("main a:has-text('去确认')")
    desk.click("button:has-text('确认，接着办')")
    expect(desk.locator("main")).to_contain_text("办好了")

    page.context.set_offline(False)
    expect(page.locator("[data-outbox-head]")).to_have_text("都送达了", timeout=60_000)


def test_a_restored_server_is_offered_everything_again_and_nothing_doubles(enter: Enter) -> None:
    page = _begun(enter, "daibiao6", "恢复小店", service_workers="block")
    walk.fail(page, walk.items(page)[0][0])
    page.goto("/field/outbox")
    expect(page.locator("[data-outbox-head]")).to_have_text("都送达了", timeout=60_000)
    before = _rows(page)
    offered: list[str] = []

    def restored(route: Route) -> None:
        answer = route.fetch(
            headers={name: said for name, said in route.request.headers.items() if name != "if-none-match"}
        )
        route.fulfill(response=answer, json=answer.json() | {"epoch": "00000000-0000-4000-8000-000000000000"})

    def count(answer: Response) -> None:
        if answer.url.endswith("/intake/operations"):
            offered.extend(one["id"] for one in json.loads(answer.request.post_data or "{}")["operations"])

    page.context.route("**/intake/token", restored)
    page.context.route("**/field/data", restored)
    page.context.on("response", count)
    page.reload()
    for _ in range(60):
        if offered:
            break
        page.wait_for_timeout(500)
    expect(page.locator("[data-outbox-head]")).to_have_text("都送达了", timeout=60_000)
    after = _rows(page)
    assert {row["id"] for row in after} == {row["id"] for row in before}
    assert {row["state"] for row in after} == {"sent"}
    assert set(offered) == {row["id"] for row in before if row["kind"] != "photo"}
    assert {row["receipt"] for row in after}.isdisjoint(row["receipt"] for row in before)
