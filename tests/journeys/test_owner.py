"""The owner of a shop answers a paper with a phone of their own: from the QR of the finished PDF, on a bad network, to 合格."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from urllib.parse import urlsplit

import pdfplumber
import pytest
import zxingcpp
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from inspect_app.kernel import clock

from . import walk
from .conftest import PHONE, Enter, photo_file
from .test_every_page import COLOURS, TAGS, _axe, _too_wide
from .test_loop import _step

pytestmark = pytest.mark.journey
FAILS = {"F-EXIT-01": 2, "F-ELEC-03": 1}


@dataclass(frozen=True)
class Sheet:
    """A finished 提示单 as it lies in the owner's hand."""

    path: str
    code: str


def _sheet(enter: Enter, deputy_login: str, shop: str) -> Sheet:
    """A visit with two findings, and its paper as a phone's camera and an eye read it."""
    deputy = enter(deputy_login, PHONE)
    walk.register_place(deputy, shop)
    walk.start(deputy)
    walk.fill(deputy, FAILS)
    walk.hand_in(deputy)
    link = deputy.locator("a[href$='.pdf']").first
    link.wait_for(timeout=120_000)
    for _ in range(60):
        answer = deputy.request.get(link.get_attribute("href") or "")
        if answer.headers["content-type"] == "application/pdf":
            break
        deputy.wait_for_timeout(1000)
    with pdfplumber.open(BytesIO(answer.body())) as pdf:
        read = {
            one.text for page in pdf.pages for one in zxingcpp.read_barcodes(page.to_image(resolution=200).original)
        }
        text = "\n".join(page.extract_text() or "" for page in pdf.pages)
    (address,) = read
    code = re.search(r"验证码[:： ]*([2-9B-Z]{6})", text)
    assert code is not None, text
    return Sheet(urlsplit(address).path, code[1])


def _owner(browser: Browser, server: str, sheet: Sheet, **more: object) -> tuple[Page, list[str]]:
    """The phone of somebody without an account, as WeChat opens the QR; and what its scripts complained of."""
    context: BrowserContext = browser.new_context(
        **PHONE,
        **more,
        base_url=server,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",  # type: ignore[arg-type]
    )
    page, faults = context.new_page(), []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
    page.goto(sheet.path)
    page.get_by_label("验证码，6 位字母和数字").fill(sheet.code.lower())
    page.get_by_role("button", name="看这张单子").click()
    expect(page.locator("h1")).to_contain_text("改好了在这里拍给我们看")
    return page, faults


def _looked_at(page: Page, where: str) -> list[str]:
    """What a checker finds by day, in the dark, at 320 px and with letters of 200 %."""
    found = _axe(page, TAGS) + _too_wide(page)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    found += [f"dark: {line}" for line in _axe(page, COLOURS)]
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 320, "height": 640})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    found += [f"320: {line}" for line in _too_wide(page)]
    page.evaluate("document.documentElement.style.fontSize = ''")
    page.set_viewport_size(PHONE["viewport"])  # type: ignore[arg-type]
    small = """() => [...document.querySelectorAll('main button, main .button, main input:not([type=hidden]), main summary, main .asides a, main .quiet-link')]
        .filter(e => e.offsetParent && e.getBoundingClientRect().height < 44 && !['file', 'radio'].includes(e.type))
        .map(e => e.outerHTML.slice(0, 90))"""
    found += [f"small: {line}" for line in page.evaluate(small)]
    return [f"{where}: {line}" for line in found]


def _once(page: Page, pattern: str, method: str, act: Callable[[Route], None]) -> None:
    """The first request of a kind meets `act`; those after it go through."""
    met: list[str] = []

    def route(one: Route) -> None:
        if one.request.method == method and not met:
            met.append(one.request.url)
            act(one)
        else:
            one.fallback()

    page.route(pattern, route)


def _answered_and_lost(route: Route) -> None:
    """The server has heard it; its answer gets lost on the way."""
    route.fetch(max_redirects=0)
    route.abort("connectionreset")


def test_from_the_code_on_the_sheet_over_a_bad_network_to_passed(enter: Enter, browser: Browser, server: str) -> None:
    sheet = _sheet(enter, "daibiao4", "吴记锅贴")
    page, faults = _owner(browser, server, sheet)
    found = _looked_at(page, "paper")
    sizes = page.locator("main p, main h2, main .button.main").evaluate_all(
        "all => all.filter(one => one.offsetParent && !one.closest('.quiet, .hint')).map(one => parseFloat(getComputedStyle(one).fontSize))"
    )
    assert min(size for size in sizes) >= 17
    assert page.locator("main > p.count-down").evaluate("one => parseFloat(getComputedStyle(one).fontSize)") >= 20
    expect(page.locator("img").first).to_have_js_property("complete", True)

    for link in ("这一条来不及，想晚几天", "说得不对", "这家店已经不是我的了"):
        page.get_by_role("link", name=re.compile(f"^{link}")).first.click()
        expect(page.locator("form")).to_be_visible()
        found += _looked_at(page, link)
        page.get_by_role("link", name="回到这张单子").click()
        expect(page.locator(".count-down")).to_be_visible()

    # The first line: cut while the photo is on its way; a reload finds everything and goes on by itself.
    page.get_by_role("link", name=re.compile("^拍照：")).first.click()
    found += _looked_at(page, "send")
    page.set_input_files("#photos", [photo_file("a.jpg", (2600, 1900))])  # type: ignore[list-item]
    expect(page.locator("[data-shots] img")).to_have_count(1)
    page.fill("#words", "锁拆了，换成推杆")
    page.set_input_files("#photos", [{"name": "a.txt", "mimeType": "image/jpeg", "buffer": b"no picture at all"}])
    expect(page.locator("[data-said]")).to_have_text("这不是照片，没有收下。请重新拍一张。")
    _once(page, "**/photos/*", "PATCH", lambda route: (page.context.set_offline(True), route.abort())[-1])
    page.get_by_role("button", name="发出").click()
    expect(page.locator("[data-said]")).to_contain_text("没有信号，先存在手机里")
    page.context.set_offline(False)
    page.reload()
    page.wait_for_url(re.compile(r"heard=1"), timeout=60_000)
    first = page.locator("#line-1")
    expect(first).to_contain_text(re.compile(r"收到您的照片了，今天 \d\d:\d\d，回执 \w{4}。"))
    expect(page.locator(".count-down")).to_contain_text("共 2 件，已经拍来 1 件")
    receipt = re.search(r"回执 (\w{4})", first.inner_text())
    assert receipt is not None

    # The second line: the code is to be typed again, and what was to be sent goes by itself then; the server hears the answer
    # and the phone does not: asked once more, it is one answer.
    page.get_by_role("link", name=re.compile("^拍照：")).first.click()
    page.set_input_files("#photos", [photo_file("b.jpg")])  # type: ignore[list-item]
    expect(page.locator("[data-shots] img")).to_have_count(1)
    _once(page, f"**{sheet.path}/2", "POST", _answered_and_lost)
    page.context.clear_cookies()
    page.get_by_role("button", name="发出").click()
    expect(page.locator("[data-said]")).to_contain_text(
        "请再输一次单子上的验证码。照片和您写的都存在这部手机里，没有丢。"
    )
    page.get_by_role("link", name="去输验证码").click()
    page.get_by_label("验证码，6 位字母和数字").fill(sheet.code)
    page.get_by_role("button", name="看这张单子").click()
    page.wait_for_url(re.compile(r"heard=2"), timeout=60_000)
    expect(page.locator("#line-2")).to_contain_text("收到您的照片了")
    expect(page.locator("h1")).to_have_text("您该做的都做了，谢谢您。等我们来看。")
    found += _looked_at(page, "answered")
    assert found == []

    # The offices: who answered, by which receipt; 不合格 with the reason comes back, then 合格.
    desk = enter("du1")
    desk.goto("/desk/hazards?q=吴记锅贴")
    desk.click("a:has-text('安全出口上锁打不开')")
    hazard = desk.url.rsplit("/", 1)[-1]
    expect(desk.locator("#hazard")).to_contain_text(f"凭单子答复，回执 {receipt[1]}")
    verifier = enter("daibiao2", PHONE)
    verifier.goto(f"/field/hazards/{hazard}")
    _step(verifier, "回访核实：不合格", way="到现场看了", opinion="门是推得开了，外面还堆着箱子")
    page.reload()
    expect(page.locator("#line-1")).to_contain_text("不合格：门是推得开了，外面还堆着箱子")
    page.locator("#line-1").get_by_role("link", name=re.compile("^拍照：")).click()
    # Nothing gets through: it waits on the phone, also on the page of the paper, and goes when it can.
    page.set_input_files("#photos", [photo_file("c.jpg", (800, 900))])  # type: ignore[list-item]
    expect(page.locator("[data-shots] img")).to_have_count(1)
    page.route("**/photos", lambda route: route.abort())
    page.get_by_role("button", name="发出").click()
    expect(page.locator("[data-said]")).to_contain_text("没有信号，先存在手机里")
    page.goto(sheet.path)
    expect(page.locator("#line-1 [data-kept]")).to_contain_text("没有信号，先存在手机里")
    page.unroute("**/photos")
    page.wait_for_url(re.compile(r"heard=1"), timeout=90_000)
    verifier.goto(f"/field/hazards/{hazard}")
    _step(verifier, "回访核实：合格", way="到现场看了", opinion="都搬走了，推得开。")
    desk.goto(f"/desk/hazards/{hazard}")
    _step(desk, "销号")
    page.reload()
    expect(page.locator("#line-1")).to_contain_text("看过了，合格。")
    expect(page.locator("#line-1")).to_contain_text("办结了，谢谢您。")
    assert faults == []
    page.context.close()


def test_without_scripts_the_plain_form_does_it(enter: Enter, browser: Browser, server: str) -> None:
    sheet = _sheet(enter, "daibiao5", "陈记汤包")
    page, _ = _owner(browser, server, sheet, java_script_enabled=False)
    page.get_by_role("link", name=re.compile("^拍照：")).first.click()
    page.get_by_role("button", name="发出").click()
    expect(page.locator("main")).to_contain_text("请先拍一张照片")
    page.set_input_files("#photos", [photo_file("a.jpg")])  # type: ignore[list-item]
    page.fill("#words", "换好了")
    page.get_by_role("button", name="发出").click()
    expect(page.locator("#line-1")).to_contain_text(re.compile(r"收到您的照片了，今天 \d\d:\d\d，回执 \w{4}。"))
    page.get_by_role("link", name=re.compile("^这一条来不及")).click()
    page.get_by_label("打算哪天完成").fill("2099-01-01")
    page.get_by_label("等师傅").check(force=True)
    page.get_by_label("这段时间先怎么防着").fill("先拔掉")
    page.get_by_role("button", name="发出").click()
    expect(page.locator("main")).to_contain_text("还差")
    page.get_by_label("打算哪天完成").fill(_day(20))
    page.get_by_role("button", name="发出").click()
    expect(page.locator("#line-2")).to_contain_text("想晚到")
    page.get_by_role("link", name="这家店已经不是我的了").click()
    page.get_by_label("怎么回事，请写一句").fill("上个月转给别人了")
    page.get_by_role("button", name="告诉你们").click()
    expect(page.locator("main")).to_contain_text("会有人来核实")
    page.context.close()


def _day(ahead: int) -> str:
    return (clock.today() + timedelta(days=ahead)).isoformat()
