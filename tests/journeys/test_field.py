"""A bad signal, an ended session, a shared phone, an imminent danger: nothing is lost and nothing is sent twice."""

import re

import pytest
from playwright.sync_api import Route, expect

from inspect_app.demo.people import PASSWORD
from inspect_app.kernel.hashing import sha256_hex

from . import walk
from .conftest import PHONE, Enter, photo_file

pytestmark = pytest.mark.journey
# A browser whose database hangs: no request is ever answered.
STUCK = "indexedDB.open = () => ({ addEventListener() {} });"


def test_answers_given_without_a_signal_arrive_when_it_is_back(enter: Enter) -> None:
    page = enter("daibiao4", PHONE)
    walk.register_place(page, "信号不好面馆")
    walk.start(page)
    context = page.context
    walk.fill(page, {"F-ELEC-03": 1}, {1: lambda: context.set_offline(True), 3: lambda: context.set_offline(False)})
    walk.hand_in(page)
    expect(page.locator("main")).to_contain_text("插排串接或带大功率电器")
    page.click("summary:has-text('签名时的内容')")
    expect(page.locator("main")).to_contain_text("信号不好面馆，")


def test_an_ended_session_is_signed_in_on_the_spot_and_nothing_tapped_is_lost(enter: Enter) -> None:
    page = enter("daibiao5", PHONE)
    walk.register_place(page, "登录过期面馆")
    walk.start(page)
    walk.end_session(page)
    first, second = (code for code, _ in walk.items(page)[:2])
    walk.answer(page, first, "na")
    expect(page.locator("#notice-area")).to_contain_text("登录已过期，请再登录一次。您填的都还在。")
    expect(page.locator("[data-sync]")).to_have_text("请登录")
    page.click("#notice-area a")
    page.fill("#notice-area [name=login]", "daibiao5")
    page.fill("#notice-area [name=password]", PASSWORD)
    page.click("#notice-area button[type=submit]")
    expect(page.locator("[data-sync]")).to_have_text("全部送达", timeout=30_000)
    expect(page.locator("#notice-area")).to_be_empty()
    walk.answer(page, second, "pass")
    page.reload()
    page.wait_for_selector("[data-section-link='1'][aria-current]")
    expect(page.locator(f"#item-{first} .answers input[value=na]")).to_be_checked()
    expect(page.locator(f"#item-{second} .answers input[value=pass]")).to_be_checked()


def test_a_colleague_on_the_same_phone_cannot_send_what_is_not_theirs(enter: Enter) -> None:
    page = enter("daibiao8", PHONE)
    walk.register_place(page, "两人一机面馆")
    walk.start(page)
    visit = page.url
    walk.end_session(page)
    code = walk.items(page)[0][0]
    walk.answer(page, code, "na")
    expect(page.locator("[data-sync]")).to_have_text("请登录")
    page.goto("/sign-in")
    page.fill("[name=login]", "daibiao9")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(re.compile("/field/"))
    page.goto("/field/outbox")
    expect(page.locator("main")).to_contain_text("这部手机里还有郭志强的 1 项没发出，要本人登录才能发。")
    expect(page.locator("[data-sync]")).to_have_text("全部送达")
    walk.end_session(page)
    page.goto(f"/sign-in?next={visit.split('/', 3)[3].join(('/', ''))}")
    page.fill("[name=login]", "daibiao8")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_selector("[data-section-link='1'][aria-current]")
    expect(page.locator(f"#item-{code} .answers input[value=na]")).to_be_checked()
    expect(page.locator("[data-sync]")).to_have_text("全部送达", timeout=30_000)


@pytest.mark.parametrize(
    ("status", "words"),
    [(429, "发得有点密"), (500, "服务暂时没有回应。您填的都存好了，"), (200, "服务暂时没有回应。您填的都存好了，")],
)
def test_what_is_no_receipt_keeps_everything_and_says_when_it_tries_again(
    enter: Enter, status: int, words: str
) -> None:
    """Also a page with status 200 that is no receipt, as a captive network shows it."""
    page = enter("daibiao10", PHONE, service_workers="block")  # a worker hides requests from the test
    walk.register_place(page, f"服务忙面馆{status}")

    def refuse(route: Route) -> None:
        route.fulfill(status=status, body="<html>Wi-Fi</html>", headers={"Retry-After": "60"})

    page.context.route("**/intake/operations", refuse)
    walk.start(page)
    page.goto("/field/outbox")
    expect(page.locator("[data-outbox-line]")).to_contain_text(words, timeout=20_000)
    page.context.unroute("**/intake/operations")
    page.click("[data-send-now]")
    expect(page.locator("[data-outbox-head]")).to_have_text("都送达了")


def test_a_photo_found_too_large_is_made_smaller_and_sent_again(enter: Enter) -> None:
    page = enter("daibiao11", PHONE, service_workers="block")
    walk.register_place(page, "大照片面馆")
    walk.start(page)
    sizes: list[int] = []

    def first_too_large(route: Route) -> None:
        sizes.append(int(route.request.headers["upload-length"]))
        if len(sizes) == 1:
            route.fulfill(status=413, json={"error": "这张照片太大，正在压小重发。"})
        else:
            route.continue_()

    page.context.route("**/intake/uploads", first_too_large)
    code = walk.items(page)[0][0]
    walk.answer(page, code, "fail")
    box = page.locator(f"#item-{code} [data-photos=photos]")
    box.locator("[data-source=camera]").set_input_files(photo_file(size=(2400, 1800)))  # type: ignore[arg-type]
    expect(box.locator("figcaption")).to_contain_text("已送达", timeout=30_000)
    assert len(sizes) == 2
    assert sizes[1] < sizes[0]


def test_back_to_pass_keeps_photos_and_words(enter: Enter) -> None:
    page = enter("daibiao12", PHONE)
    walk.register_place(page, "改主意面馆")
    walk.start(page)
    code = walk.items(page)[0][0]
    walk.fail(page, code, 2)
    walk.answer(page, code, "pass")
    box = page.locator(f"#item-{code}")
    expect(box).to_contain_text("拍过 2 张照片，改回不合格还在。")
    expect(box.locator("[data-panel]")).to_be_hidden()
    page.reload()
    page.wait_for_selector("[data-section-link='1'][aria-current]")
    walk.answer(page, code, "fail")
    expect(box.locator("[data-photos=photos] figure")).to_have_count(2)
    expect(box.locator("[name=place]")).to_have_value("厨房")
    box.locator("[data-place=门口]").click()
    expect(box.locator("[name=place]")).to_have_value("门口")


def test_two_phones_that_differ_are_settled_by_a_tap(enter: Enter) -> None:
    first = enter("daibiao13", PHONE)
    walk.register_place(first, "两部手机面馆")
    first.click("summary:has-text('从名单里选')")
    first.fill("[data-find-mate]", "韩立新")
    first.locator("[name=companion][data-name=韩立新]").check(force=True)
    walk.start(first)
    code = walk.items(first)[0][0]
    with first.expect_response("**/intake/operations"):
        walk.answer(first, code, "pass")
    second = enter("daibiao16", PHONE)
    second.goto("/field/")
    second.click("a:has-text('继续检查')")
    second.wait_for_selector("[data-section-link='1'][aria-current]")
    with second.expect_response("**/intake/operations"):
        walk.answer(second, code, "fail")
    first.reload()
    box = first.locator(f"#item-{code}")
    expect(box.locator("[data-contested]")).to_contain_text("待商定。")
    expect(box.locator("[data-contested]")).to_contain_text("填的是合格")
    with first.expect_response("**/intake/operations"):
        box.locator("button:has-text('就按合格')").click()
    expect(box.locator("[data-contested]")).to_be_hidden()
    second.reload()
    second.wait_for_selector("[data-section-link='1'][aria-current]")
    expect(second.locator(f"#item-{code} .answers input[value=pass]")).to_be_checked()


def test_a_locked_door_is_recorded_with_a_photo_and_a_next_try(enter: Enter) -> None:
    page = enter("daibiao14", PHONE)
    walk.register_place(page, "锁门面馆")
    page.click("summary:has-text('没能检查')")
    form = page.locator("#outcome")
    form.locator("[name=outcome][value=locked]").check(force=True)
    page.click("button[form=outcome]")
    expect(form.locator("[data-notice]")).to_have_text("请拍一张门口的照片，拍不了的选个原因。")
    form.locator("[data-source=camera]").set_input_files(photo_file())  # type: ignore[arg-type]
    expect(form.locator("figure")).to_have_count(1)
    form.locator("[name=next][value='0']").check(force=True)
    page.click("button[form=outcome]")
    expect(page.locator("h1")).to_have_text("记下了")
    expect(page.locator("main")).to_contain_text("今天会再提醒您。")
    # The list of today comes from the server: it can only say what has arrived there.
    expect(page.locator("[data-sync]")).to_have_text("全部送达", timeout=60_000)
    page.goto("/field/")
    expect(page.locator("main")).to_contain_text("上次没能检查，说好再去的")


def test_a_place_that_is_known_here_is_asked_about_and_two_presses_are_no_answer(enter: Enter) -> None:
    page = enter("daibiao13", PHONE)
    page.goto("/field/places")
    expect(page.locator("main")).to_contain_text("王记面馆")
    page.goto("/field/places/new")
    page.fill("#name", "王记 面馆")
    page.fill("#address", "柳荫街１号")
    register = page.locator("button[form=new-place]")
    for _ in range(2):
        register.click()
        expect(page.locator("[data-notice]")).to_contain_text("王记面馆（柳荫街1号）已经登记过了")
    assert page.url.endswith("/field/places/new")
    page.get_by_label("看过了，是另一家").check()
    register.click()
    expect(page.locator("form#start")).to_be_visible()


def test_an_urgent_call_reaches_everybody_on_duty(enter: Enter) -> None:
    page = enter("daibiao6", PHONE)
    page.goto("/field/urgent")
    expect(page.locator("a[href='tel:119']")).to_have_count(1)
    page.locator("[name=danger][value=gas]").check(force=True)
    page.fill("#where", "铁作坊巷口")
    page.click("button[form=urgent]")
    expect(page.locator("h1")).to_contain_text("已送达")
    desk = enter("du1")
    desk.goto("/desk/")
    expect(desk.locator("main")).to_contain_text("铁作坊巷口")
    card = desk.locator(".call-card", has_text="铁作坊巷口")
    card.locator("form[action*='acknowledge'] button").click()
    expect(page.locator("h1")).to_have_text("林静正在处理", timeout=20_000)
    desk.fill("#reason", "燃气公司到场，阀门已关。")
    desk.click("button:has-text('办结，写进记录')")
    expect(desk.locator("main")).not_to_contain_text("铁作坊巷口")
    expect(page.locator("h1")).to_have_text("办结了", timeout=20_000)


def test_an_urgent_call_waits_for_no_database_and_no_queue(enter: Enter) -> None:
    page = enter("daibiao15", PHONE)
    page.add_init_script(STUCK)
    page.goto("/field/urgent")
    page.locator("[name=danger][value=fire]").check(force=True)
    page.fill("#where", "望江里仓库")
    page.click("button[form=urgent]")
    expect(page.locator("h1")).to_contain_text("已送达")


def test_an_urgent_call_without_a_signal_says_so_and_goes_first_when_it_is_back(enter: Enter) -> None:
    page = enter("daibiao17", PHONE)
    page.goto("/field/urgent")
    page.context.set_offline(True)
    page.locator("[name=danger][value=locked_in]").check(force=True)
    page.fill("#where", "东关头客栈")
    page.click("button[form=urgent]")
    expect(page.locator("[data-notice]")).to_contain_text("还没有送到。请马上打上面的电话。")
    page.context.set_offline(False)
    expect(page.locator("h1")).to_contain_text("已送达", timeout=20_000)
    expect(page.locator("main")).to_contain_text("东关头客栈")


def test_an_insecure_origin_hashes_as_a_secure_one_does(enter: Enter) -> None:
    """Over plain HTTP a browser lends no hashing; a signature names its text all the same."""
    page = enter("daibiao7", PHONE)
    page.goto("/field/outbox")
    texts = [
        "",
        "abc",
        "合格 57 项，不合格 2 项\n",
        "长" * 1000,
        *("x" * length for length in (55, 56, 63, 64, 119, 120)),
    ]
    hashed = page.evaluate(
        """async (texts) => {
          const { digestOf } = await import("/static/js/field/sha256.js"), utf8 = new TextEncoder();
          return texts.map((text) => [...new Uint8Array(digestOf(utf8.encode(text)))].map((byte) => byte.toString(16).padStart(2, "0")).join(""));
        }""",
        texts,
    )
    assert hashed == [sha256_hex(text.encode()) for text in texts]
