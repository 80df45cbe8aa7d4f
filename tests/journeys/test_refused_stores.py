"""A browser that refuses its stores, one or all, in whatever way: it is said, a danger can be reported, and what was
typed arrives."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from . import walk
from .conftest import PHONE, Enter

pytestmark = pytest.mark.journey
DENIED = 'throw new DOMException("denied", "SecurityError")'
DATABASE = {
    "throws": f"IDBFactory.prototype.open = () => {{ {DENIED}; }};",
    "is absent": "Object.defineProperty(window, 'indexedDB', { value: undefined });",
    "never answers": "IDBFactory.prototype.open = () => ({});",
    "fails": "IDBFactory.prototype.open = () => { const asked = { error: new DOMException('no', 'UnknownError') }; setTimeout(() => asked.onerror()); return asked; };",
    "opens and is silent": "IDBObjectStore.prototype.get = () => ({}); IDBObjectStore.prototype.put = () => ({});",
    "is full": "IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); };",
}
WORDS = f"for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(window, name, {{ get() {{ {DENIED}; }} }});"
FULL_WORDS = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };"
SHELL = f"""CacheStorage.prototype.open = async () => {{ {DENIED}; }};
  ServiceWorkerContainer.prototype.register = async () => {{ {DENIED}; }};
  LockManager.prototype.request = async () => {{ {DENIED}; }}; LockManager.prototype.query = LockManager.prototype.request;
  for (const name of ['persist', 'persisted', 'estimate']) StorageManager.prototype[name] = async () => {{ {DENIED}; }};"""
COOKIES = f"Object.defineProperty(Document.prototype, 'cookie', {{ get() {{ {DENIED}; }}, set() {{}} }});"


def _refusing(*scripts: str) -> Callable[[BrowserContext], None]:
    return lambda context: [context.add_init_script(script) for script in scripts] and None


def _filled(page: Page, name: str) -> tuple[str, str]:
    """A visit begun, an answer tapped and words typed; it arrives."""
    walk.register_place(page, name)
    walk.start(page)
    tapped, worded = [code for code, kind in walk.items(page) if kind == "judge"][:2]
    walk.answer(page, tapped, "na")
    page.locator(f"#item-{worded} [data-unsure]").click()
    page.locator(f"#item-{worded} [name=note]").fill("看不清日期")
    page.locator(f"#item-{worded} [name=note]").blur()
    expect(page.locator("[data-sync]")).to_have_text("全部送达", timeout=40_000)
    return tapped, worded


def _there_again(page: Page, tapped: str, worded: str) -> None:
    page.reload()
    page.wait_for_selector("#end", state="attached", timeout=40_000)
    expect(page.locator(f"#item-{tapped} .answers input[value=na]")).to_be_checked()
    expect(page.locator(f"#item-{worded} [name=note]")).to_have_value("看不清日期")


def _asks_for_help(page: Page) -> None:
    page.goto("/field/urgent")
    expect(page.locator("[data-calls] a").nth(2)).to_be_visible()
    page.locator("[name=danger][value=fire]").check(force=True)
    page.fill("#where", "望江里仓库")
    page.click("button[form=urgent]")
    expect(page.locator("h1")).to_contain_text("已送达")


def test_with_every_store_refused_it_is_said_and_all_that_was_typed_arrives(enter: Enter) -> None:
    page = enter("daibiao12", PHONE, _refusing(DATABASE["throws"], WORDS, SHELL, COOKIES))
    expect(page.locator("[data-shell-notices]")).to_contain_text("关掉这一页，没发出的就没有了。遇险照样能报。")
    expect(page.locator("main h1")).to_be_visible()
    tapped, worded = _filled(page, "什么都不让存面馆")
    _there_again(page, tapped, worded)  # from the server, for it has arrived
    _asks_for_help(page)


@pytest.mark.long
@pytest.mark.parametrize(("how", "login"), [(how, f"daibiao{at + 1}") for at, how in enumerate(DATABASE)])
def test_without_a_database_what_was_typed_outlives_the_page(enter: Enter, how: str, login: str) -> None:
    page = enter(login, PHONE, _refusing(DATABASE[how]))
    page.goto("/field/outbox")  # something is written down at the latest by now
    tapped, worded = _filled(page, f"{how}面馆")
    expect(page.locator("[data-shell-notices]")).to_contain_text("您填的另外记了一份，照样会发")
    _there_again(page, tapped, worded)
    page.context.set_offline(True)
    walk.answer(page, tapped, "pass")
    expect(page.locator("[data-sync]")).to_have_text("已存本机")
    page.context.set_offline(False)  # the page itself may come from the network; what was tapped may not
    page.context.route("**/intake/**", lambda route: route.abort())
    page.reload()
    page.wait_for_selector("#end", state="attached", timeout=40_000)
    expect(page.locator(f"#item-{tapped} .answers input[value=pass]")).to_be_checked()
    page.context.unroute("**/intake/**")
    expect(page.locator("[data-sync]")).to_have_text("全部送达", timeout=40_000)
    _asks_for_help(page)


@pytest.mark.long
def test_what_was_kept_beside_a_refused_database_moves_in_when_it_serves_again(enter: Enter) -> None:
    refused = "if (localStorage.getItem('test:refused')) " + DATABASE["throws"]
    page = enter("daibiao7", PHONE, _refusing("localStorage['test:refused'] ??= '1';", refused))
    walk.register_place(page, "时好时坏面馆")
    walk.start(page)
    page.context.route("**/intake/**", lambda route: route.abort())
    code = walk.items(page)[0][0]
    walk.answer(page, code, "na")
    expect(page.locator("[data-sync]")).not_to_have_text("全部送达")
    page.evaluate("localStorage.setItem('test:refused', '')")
    page.reload()
    page.wait_for_selector("#end", state="attached")
    expect(page.locator(f"#item-{code} .answers input[value=na]")).to_be_checked()
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('kept:')).length") == 0
    page.context.unroute("**/intake/**")
    expect(page.locator("[data-sync]")).to_have_text("全部送达", timeout=40_000)


@pytest.mark.long
@pytest.mark.parametrize(
    ("refused", "login", "said"),
    [
        (WORDS, "daibiao8", "不让记草稿"),
        (FULL_WORDS, "daibiao13", "不让记草稿"),
        (SHELL, "daibiao14", "关掉后要有信号才能再打开"),
        (COOKIES, "daibiao15", ""),
    ],
    ids=["words denied", "words full", "worker, caches and locks denied", "cookies denied"],
)
def test_one_store_refused_is_said_and_the_others_serve(enter: Enter, refused: str, login: str, said: str) -> None:
    page = enter(login, PHONE, _refusing(refused))
    expect(page.locator("main h1")).to_be_visible()
    expect(page.locator("[data-shell-notices]")).to_contain_text(said)
    tapped, worded = _filled(page, f"{login}面馆")
    _there_again(page, tapped, worded)
    _asks_for_help(page)


def test_the_numbers_to_call_need_no_script_and_nobody_signed_in(enter: Enter) -> None:
    page = enter("daibiao16", PHONE, java_script_enabled=False)
    page.goto("/field/urgent")
    numbers = [call.get_attribute("href") for call in page.locator("[data-calls] a").all()]
    assert numbers == ["tel:119", "tel:025-55550177", "tel:025-55550110"]
    page.context.clear_cookies()
    page.goto("/field/urgent")
    expect(page.locator("[data-calls] a[href='tel:119']")).to_be_visible()


@pytest.mark.long
def test_a_page_whose_script_does_not_come_says_so(enter: Enter) -> None:
    page = enter("daibiao17", PHONE, service_workers="block")
    page.clock.install()
    page.route("**/field.bundle.js", lambda route: route.abort())
    page.goto("/field/")
    page.clock.fast_forward(16_000)
    expect(page.locator("main")).to_contain_text(re.compile("这一页还没有打开。请再打开一次"))
