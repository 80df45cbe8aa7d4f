"""At the desk, whatever goes wrong with a request: what was typed stays, is said beside it, and is sent once."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect

from inspect_app.demo.people import PASSWORD

from .conftest import PHONE, Enter
from .walk import end_session

pytestmark = pytest.mark.journey
WORDS = "清单转办，口头已说明"


@pytest.fixture(scope="module")
def phone(server: str, browser: Browser) -> Iterator[Page]:
    """The phone of a deputy who calls for help, signed in once for all."""
    context = browser.new_context(**PHONE, base_url=server, locale="zh-CN", timezone_id="Asia/Shanghai")  # type: ignore[arg-type]
    page = context.new_page()
    page.goto("/sign-in")
    page.fill("[name=login]", "daibiao8")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    yield page
    context.close()


@pytest.fixture
def desk(enter: Enter, phone: Page, request: pytest.FixtureRequest) -> Page:
    """A supervisor before a hazard nobody has yet: an urgent call that became one."""
    where = f"巷口{abs(hash(request.node.name)) % 10_000}号"
    _call_for_help(phone, where)
    page = enter("du1")
    page.goto("/desk/")
    page.locator(".call-card", has_text=where).get_by_role("link").click()
    page.fill("#q", "王记")
    page.click("button:has-text('查找')")
    page.click("button:has-text('就是这一家')")
    expect(page.locator("#next-title")).to_have_text("请您交办")
    return page


def _call_for_help(phone: Page, where: str) -> None:
    phone.goto("/field/urgent")
    phone.locator("[name=danger][value=gas]").check(force=True)
    phone.fill("#where", where)
    phone.click("button[form=urgent]")
    expect(phone.locator("main")).to_contain_text("送达")


def _fill(page: Page) -> None:
    page.select_option("#hand_over-handler_id", label="青江区人民政府柳荫街道办事处")
    page.fill("#hand_over-no_paper", WORDS)


def _press(page: Page) -> None:
    page.click(".next button.main")


def _stays(page: Page) -> None:
    expect(page.locator("#hand_over-no_paper")).to_have_value(WORDS)
    expect(page.locator("#hand_over-handler_id option:checked")).to_have_text("青江区人民政府柳荫街道办事处")


def _sent(page: Page) -> list[Request]:
    """Every post of the step from now on."""
    sent: list[Request] = []
    page.on("request", lambda one: sent.append(one) if one.url.endswith("/steps/hand_over") else None)
    return sent


def _handed_over(page: Page) -> None:
    expect(page.locator("#hazard")).to_contain_text("整改中")
    expect(page.locator(".log")).to_contain_text(WORDS)


def test_a_refusal_stands_in_the_form_with_the_focus_on_it(desk: Page) -> None:
    desk.fill("#hand_over-no_paper", WORDS)
    _press(desk)
    expect(desk.locator(".error-summary")).to_be_focused()
    expect(desk.locator(".error-summary")).to_contain_text("请选承办单位")
    expect(desk.locator("#hand_over-no_paper")).to_have_value(WORDS)
    desk.click(".error-summary a")
    expect(desk.locator("#hand_over-handler_id")).to_be_focused()
    _fill(desk)
    _press(desk)
    _handed_over(desk)
    expect(desk.locator("[data-said]")).to_be_focused()


def test_after_signing_in_on_the_spot_the_request_is_sent_once_more_by_itself(desk: Page) -> None:
    _fill(desk)
    sent = _sent(desk)
    end_session(desk)
    _press(desk)
    expect(desk.locator("#notice-area")).to_contain_text("请再登录一次")
    _stays(desk)
    desk.fill("#notice-area [name=login]", "du1")
    desk.fill("#notice-area [name=password]", "not the one")
    desk.click("#notice-area button[type=submit]")
    expect(desk.locator("#notice-area .error-summary")).to_contain_text("账号或密码不对")
    desk.fill("#notice-area [name=password]", PASSWORD)
    desk.click("#notice-area button[type=submit]")
    _handed_over(desk)
    assert len(sent) == 2, "refused once, sent again once"
    expect(desk.locator("#notice-area")).to_be_empty()


def test_words_are_not_sent_under_another_name(desk: Page) -> None:
    _fill(desk)
    sent = _sent(desk)
    end_session(desk)
    _press(desk)
    desk.fill("#notice-area [name=login]", "du2")
    desk.fill("#notice-area [name=password]", PASSWORD)
    desk.click("#notice-area button[type=submit]")
    expect(desk.locator("#notice-area")).to_contain_text("另一个账号")
    _stays(desk)
    assert len(sent) == 1


def test_a_stale_page_takes_the_newest_state_and_keeps_the_words(desk: Page, enter: Enter) -> None:
    _fill(desk)
    other = enter("du2")
    other.goto(desk.url)
    other.locator("summary", has_text="办理").first.click()
    other.locator("details.step", has=other.locator("summary", has_text="催办")).locator("summary").click()
    other.locator("form[action$='/urge'] button").click()
    expect(other.locator("[data-said]")).to_contain_text("已提醒值班的督办员")
    _press(desk)
    expect(desk.locator("#notice-area")).to_contain_text("沈卫东")
    _stays(desk)
    desk.click("#notice-area [data-newest]")
    expect(desk.locator(".log")).to_contain_text("催办")
    _stays(desk)
    _press(desk)
    _handed_over(desk)


def _answers_like(page: Page, address: str) -> None:
    """The next step is answered as another address is: a real answer of the server with its real status."""

    def instead(route: Route) -> None:
        answer = page.request.get(address, headers={"HX-Request": "true"})
        route.fulfill(status=answer.status, body=answer.body(), content_type="text/html")

    page.route("**/steps/hand_over", instead, times=1)


@pytest.mark.parametrize(("address", "words"), [("/admin/", "这一页您现在看不到"), ("/no/such/page", "没有找到")])
def test_a_closed_door_is_said_beside_the_form(desk: Page, address: str, words: str) -> None:
    _fill(desk)
    _answers_like(desk, address)
    _press(desk)
    expect(desk.locator("#notice-area")).to_contain_text(words)
    _stays(desk)
    desk.click("#notice-area [data-close]")
    expect(desk.locator("#notice-area")).to_be_empty()
    _press(desk)
    _handed_over(desk)


def test_a_fault_of_the_server_leaves_the_form_alone(desk: Page) -> None:
    _fill(desk)
    fault = (
        '<div class="notice notice-bad"><p>服务暂时没有回应</p><button type="button" data-close>知道了</button></div>'
    )
    desk.route("**/steps/hand_over", lambda route: route.fulfill(status=500, body=fault), times=1)
    _press(desk)
    expect(desk.locator("#notice-area")).to_contain_text("服务暂时没有回应")
    _stays(desk)
    _press(desk)
    _handed_over(desk)


def test_without_a_connection_it_waits_and_is_sent_by_one_press(desk: Page) -> None:
    _fill(desk)
    desk.context.set_offline(True)
    _press(desk)
    expect(desk.locator("#notice-area")).to_contain_text("没有连上")
    _stays(desk)
    desk.context.set_offline(False)
    desk.click("#notice-area [data-again]")
    _handed_over(desk)


def test_other_forms_half_written_survive_a_step(desk: Page) -> None:
    desk.locator("summary", has_text="要两个人办的").click()
    box = desk.locator("details.step", has=desk.locator("form[action$='/ask_void']"))
    box.locator("summary").click()
    desk.fill("#ask_void-reason", "写了一半的理由")
    _fill(desk)
    _press(desk)
    _handed_over(desk)
    expect(desk.locator("#ask_void-reason")).to_have_value("写了一半的理由")


def test_an_urgent_call_shows_itself_on_any_page_and_takes_no_focus(enter: Enter, phone: Page) -> None:
    desk = enter("du1")
    desk.clock.install()
    desk.goto("/desk/places")
    desk.fill("#q", "打了一半")
    _call_for_help(phone, "桥洞下面")
    before = int(desk.locator("#calls").get_attribute("data-calls") or 0)
    desk.clock.fast_forward(31_000)
    expect(desk.locator(".call-banner")).to_contain_text(f"{before + 1} 件紧急上报")
    expect(desk.locator("#q")).to_be_focused()
    expect(desk.locator("#q")).to_have_value("打了一半")
    assert f"【紧急 {before + 1} 件】" in desk.title()


def test_a_refusal_opens_nothing_that_nobody_touched(desk: Page) -> None:
    _press(desk)
    expect(desk.locator(".error-summary")).to_be_focused()
    assert desk.title().startswith("还差一点")
    expect(desk.locator("details.group[open]")).to_have_count(0)
