"""Three places in one page life, one bad photo among good ones, a name that goes on and on: each stays its own."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from . import walk
from .conftest import PHONE, Enter, photo_file

pytestmark = pytest.mark.journey
EMPTY = {"name": "empty.jpg", "mimeType": "image/jpeg", "buffer": b""}


def _go(page: Page, path: str) -> None:
    """On within the page, as a thumb on a link: nothing is loaded anew."""
    page.evaluate(
        "path => { const link = document.createElement('a'); link.href = path; document.body.append(link); link.click(); link.remove(); }",
        path,
    )


def _register(page: Page, name: str, kind: str) -> None:
    _go(page, "/field/places/new")
    page.fill("#name", name)
    page.fill("#address", "柳荫街 88 号")
    page.locator(f"[name=kind][value={kind}]").check(force=True)
    page.click("button[form=new-place]")
    page.wait_for_url(re.compile(f"/field/places/{walk.UUID}"))
    expect(page.locator(".titles strong")).to_have_text(name)


def test_three_places_in_one_page_life(enter: Enter) -> None:
    page = enter("daibiao20", PHONE)
    page.evaluate("window.sameLife = true")
    for name, kind in (("头一家面馆", "small_restaurant"), ("第二家旅馆", "small_inn"), ("第三家小店", "other")):
        _register(page, name, kind)
        if (
            kind == "small_inn"
        ):  # what the lists of an inn ask is asked in words, before a walk that has no zones for it
            expect(page.locator("[data-depth]")).to_be_visible()
            page.check("[name=depth]")
            expect(page.locator("#start legend", has_text="夜里有人住吗")).to_be_visible()
            page.locator("[name=fact-people_sleeping][value=true]").check(force=True)
        walk.start(page)
        expect(page.locator("main")).not_to_contain_text("这一页没有打开")
        code, kind_of_item = walk.items(page)[0]
        walk.find_sound(page, code, kind_of_item)
        expect(page.locator("[data-section-link] [data-done]").first).to_contain_text(re.compile("^(✓ )?1/"))
        page.go_back()
        page.wait_for_url(re.compile(f"/field/places/{walk.UUID}"))
        expect(page.locator(".bottombar .main")).to_have_text("继续上次的检查")
    assert page.evaluate("window.sameLife"), "the page was loaded anew in between"


@pytest.mark.long
def test_a_long_name_leaves_the_screen_to_the_questions(enter: Enter) -> None:
    page = enter("daibiao19", PHONE)
    walk.register_place(page, "名字写得很长很长的一家店" * 8 + "还有四字")
    walk.start(page)
    lines = page.locator(".titles strong").evaluate(
        "one => one.getBoundingClientRect().height / parseFloat(getComputedStyle(one).lineHeight)"
    )
    assert lines <= 2.1
    box = page.locator(".topbar").bounding_box()
    assert box is not None
    assert box["height"] < 844 / 8


def _strip(page: Page, login: str, name: str) -> Any:
    walk.register_place(page, name)
    walk.start(page)
    code = walk.items(page)[0][0]
    walk.answer(page, code, "fail")
    return page.locator(f"#item-{code} [data-photos=photos]")


def _choose(strip: Any, *files: dict[str, object]) -> None:
    strip.locator("[data-source=album]").set_input_files(list(files))


def _arrived(page: Page, number: int) -> None:
    _go(page, "/field/outbox")
    expect(page.locator("[data-outbox-list]")).to_contain_text(f"{number} 张照片", timeout=60_000)


def test_an_empty_photo_is_said_at_once_and_the_others_arrive(enter: Enter) -> None:
    page = enter("daibiao18", PHONE)
    strip = _strip(page, "daibiao18", "空照片面馆")
    _choose(strip, EMPTY, photo_file("a.jpg"), photo_file("b.jpg"))
    expect(page.locator("[data-notice]").first).to_contain_text("这张照片是空的，没有存下来。请再拍一张")
    expect(strip.locator("figure")).to_have_count(2)
    expect(page.locator("[data-sync]")).to_have_text("全部送达", timeout=60_000)
    _arrived(page, 2)


@pytest.mark.long
@pytest.mark.parametrize("status", [400, 415, 500], ids=["not understood", "another kind", "stumbled over"])
def test_a_photo_that_is_not_taken_needs_a_person_and_holds_up_no_other(enter: Enter, status: int) -> None:
    login = {400: "daibiao1", 415: "daibiao2", 500: "daibiao3"}[status]
    page = enter(login, PHONE, service_workers="block")
    refused: list[str] = []

    def one_is_bad(route: Route) -> None:
        meta = route.request.headers.get("upload-metadata", "")
        photo = re.search(r"photo (\S+?)(?:,|$)", meta)
        named = photo[1] if photo else ""
        if not refused:
            refused.append(named)
        if named == refused[0]:
            route.fulfill(status=status, content_type="application/json", body='{"error": "这一张收不了。"}')
        else:
            route.continue_()

    page.context.route("**/intake/uploads", one_is_bad)
    strip = _strip(page, login, f"坏照片{status}面馆")
    _choose(strip, photo_file("a.jpg"), photo_file("b.jpg"), photo_file("c.jpg"))
    expect(strip.locator("figcaption", has_text="✓ 已送达")).to_have_count(2, timeout=60_000)
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(strip.locator("figcaption", has_text="△ 请补拍")).to_have_count(1, timeout=60_000)
    expect(strip.locator(".hint")).to_contain_text("△ 请补拍：")
    expect(page.locator("[data-sync]")).to_have_text("1 项请看")
    page.context.unroute("**/intake/uploads")
    _go(page, "/field/outbox")
    expect(page.locator("[data-outbox-list]")).to_contain_text("去补拍")
    page.click("button:has-text('再发一次')")
    expect(page.locator("[data-sync]")).to_have_text("全部送达", timeout=60_000)


@pytest.mark.long
def test_an_entry_the_server_stumbles_over_holds_up_no_other(enter: Enter) -> None:
    page = enter("daibiao4", PHONE, service_workers="block")
    walk.register_place(page, "毒药面馆")
    walk.start(page)
    bad, good = (code for code, _ in walk.items(page)[:2])
    page.context.route(
        "**/intake/operations",
        lambda route: (
            route.fulfill(status=500, body="{}") if f'"{bad}"' in (route.request.post_data or "") else route.continue_()
        ),
    )
    page.context.set_offline(True)
    walk.answer(page, bad, "na")
    walk.answer(page, good, "na")
    page.context.set_offline(False)
    for _ in range(3):
        expect(page.locator("[data-sync]")).to_have_text(re.compile("1 项(待发|请看)"), timeout=60_000)
        page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.locator("[data-sync]")).to_have_text("1 项请看", timeout=60_000)
    page.context.unroute("**/intake/operations")
    _go(page, "/field/outbox")
    page.click("button:has-text('再发一次')")
    expect(page.locator("[data-sync]")).to_have_text("全部送达", timeout=60_000)


@pytest.mark.long
def test_a_file_that_cannot_be_read_is_not_called_a_full_phone(enter: Enter) -> None:
    page = enter("daibiao5", PHONE)
    page.add_init_script(
        "const real = Blob.prototype.arrayBuffer; Blob.prototype.arrayBuffer = function () {"
        " return this.name === 'cloud.jpg' ? Promise.reject(new DOMException('gone', 'NotReadableError')) : real.call(this); };"
    )
    strip = _strip(page, "daibiao5", "云端照片面馆")
    _choose(strip, photo_file("cloud.jpg"), photo_file("here.jpg"))
    expect(page.locator("[data-notice]").first).to_contain_text(
        "这张照片读不出来。存在云端的，请先在相册里打开看一下再选"
    )
    expect(strip.locator("figure")).to_have_count(1)


@pytest.mark.long
def test_a_picture_only_the_phone_can_read_arrives_as_a_jpeg_on_white(enter: Enter) -> None:
    """A GIF whose ground is transparent: the server's decoder knows no GIF."""
    from io import BytesIO

    from PIL import Image

    image = Image.new("P", (400, 300), 0)
    image.putpalette([0, 0, 0, 10, 10, 10])
    image.paste(1, (100, 100, 200, 200))
    data = BytesIO()
    image.save(data, "GIF", transparency=0)
    page = enter("daibiao6", PHONE)
    strip = _strip(page, "daibiao6", "透明图面馆")
    _choose(strip, {"name": "sketch.gif", "mimeType": "image/gif", "buffer": data.getvalue()})
    expect(strip.locator("figcaption", has_text="✓ 已送达")).to_have_count(1, timeout=60_000)
    photo = strip.locator("figure").get_attribute("data-photo")
    for _ in range(30):
        answer = page.request.get(f"/photos/{photo}/thumb")
        if answer.headers["content-type"] == "image/jpeg":
            break
        page.wait_for_timeout(500)
    corner = Image.open(BytesIO(answer.body())).convert("L").getpixel((3, 3))
    assert isinstance(corner, int)
    assert corner > 240
