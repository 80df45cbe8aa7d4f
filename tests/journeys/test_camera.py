"""The camera in the page, the phone's own, and what is circled on a photo: nothing taken is lost, nothing is drawn into it."""

import re
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFilter
from playwright.sync_api import FloatRect, Locator, Page, expect

from inspect_app.evidence.marks import where

from . import walk
from .conftest import PHONE, Enter, photo_file
from .test_flight import _until

pytestmark = [pytest.mark.journey, pytest.mark.long]
KEPT = re.compile("已存本机|已送达")
NOTED = """async () => {
  const { modules } = await import(document.querySelector("script[type=module]").src);
  return Boolean(await modules["js/field/ledger.js"].note("camera"));
}"""
LOST = "刚才那张照片没有存下来，请再拍一次。"
ROWS = "async (name) => (await import('/static/js/field/store.js')).everything(name)"
WATCHED = """
const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
window.given = [];
navigator.mediaDevices.getUserMedia = async (wished) => { const one = await ask(wished); given.push(one); return one; };
"""
DENIED = "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('no', 'NotAllowedError'); };"


def _failed_item(page: Page, name: str) -> Locator:
    """The strip of a fresh visit's first item, found wanting."""
    walk.register_place(page, name)
    walk.start(page)
    code = walk.items(page)[0][0]
    walk.answer(page, code, "fail")
    return page.locator(f"#item-{code} [data-photos=photos]")


def _open_camera(page: Page, strip: Locator) -> None:
    strip.locator("[data-source=camera]").click()
    expect(page.locator(".shutter")).to_be_enabled()


def _look(page: Page, strip: Locator, number: int = 1) -> None:
    strip.locator("[data-look]").nth(number - 1).click()
    expect(page.locator("dialog img")).to_have_js_property("complete", True)
    expect(page.locator("dialog img")).not_to_have_js_property("naturalWidth", 0)


def _marks(page: Page) -> list[list[dict[str, Any]]]:
    """The marks of each operation that carries some, as they wait on the phone."""
    rows = page.evaluate(ROWS, "operations")
    found = [row for row in rows if row["kind"] == "photo.mark"]
    return [row["payload"]["marks"] for row in sorted(found, key=lambda row: row["seq"])]


def _drag(page: Page, box: FloatRect, start: tuple[float, float], end: tuple[float, float]) -> None:
    points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in (start, end)]
    page.mouse.move(*points[0])
    page.mouse.down()
    page.mouse.move(*points[1], steps=4)
    page.mouse.up()


def test_photos_are_on_disk_before_the_camera_closes_and_then_it_is_off(enter: Enter) -> None:
    page = enter("daibiao13", PHONE)
    page.add_init_script(WATCHED)
    strip = _failed_item(page, "连拍面馆")
    _open_camera(page, strip)
    for number in (1, 2):
        page.click(".shutter")
        expect(page.locator("dialog .said")).to_contain_text(f"已拍 {number} 张，都存在手机里。", timeout=30_000)
        expect(page.locator(".shutter")).to_be_enabled()
    rows = page.evaluate(ROWS, "photos")
    assert [row["source"] for row in rows] == ["camera", "camera"]
    assert len(page.evaluate("async () => (await import('/static/js/field/store.js')).everything('bytes')")) == 2
    page.click("dialog >> text=完成")
    expect(page.locator("dialog")).to_have_count(0)
    expect(strip.locator("figure")).to_have_count(2)
    assert page.evaluate("given.flatMap((one) => one.getTracks()).map((one) => one.readyState)") == ["ended"]
    page.reload()
    page.wait_for_selector("[data-section-link='1'][aria-current]")
    expect(strip.locator("figure")).to_have_count(2)
    expect(page.locator("main")).not_to_contain_text(LOST)


def test_the_camera_is_off_while_the_page_is_hidden(enter: Enter) -> None:
    page = enter("daibiao13", PHONE)
    page.add_init_script(WATCHED)
    strip = _failed_item(page, "切到别处面馆")
    _open_camera(page, strip)
    turn = "Object.defineProperty(document, 'hidden', { value: %s, configurable: true }); document.dispatchEvent(new Event('visibilitychange'))"
    page.evaluate(turn % "true")
    assert page.evaluate("given.at(-1).getTracks()[0].readyState") == "ended"
    page.evaluate(turn % "false")
    expect(page.locator(".shutter")).to_be_enabled()
    page.click(".shutter")
    expect(page.locator("dialog .said")).to_contain_text("已拍 1 张", timeout=30_000)


def test_what_is_circled_lies_over_the_photo_and_is_there_after_a_reload(enter: Enter) -> None:
    page = enter("daibiao14", PHONE)
    strip = _failed_item(page, "圈问题面馆")
    strip.locator("[data-source=camera]").set_input_files(photo_file())  # type: ignore[arg-type]
    expect(strip.locator("figcaption")).to_have_text(KEPT, timeout=30_000)
    before = page.evaluate(ROWS, "photos")[0]["size"]
    _look(page, strip)
    expect(page.locator("dialog")).to_contain_text(re.compile(r"\d\d:\d\d 拍摄，(已存本机|✓ 已送达)。"))
    page.click("dialog .tools >> text=圈出问题")
    box = page.locator(".picture img").bounding_box()
    assert box is not None
    _drag(page, box, (0.1, 0.2), (0.4, 0.5))
    page.click("[data-tool=arrow]")
    _drag(page, box, (0.9, 0.9), (0.6, 0.7))
    _drag(page, box, (0.2, 0.9), (0.3, 0.7))
    page.click("dialog >> text=撤回")
    page.click("dialog >> text=好了")
    expect(page.locator("dialog")).to_contain_text("圈出：左边、下方。圈注不在原照片里。")
    expect(page.locator("dialog .picture .marks path")).to_have_count(2)
    page.click("dialog >> text=关上")
    expect(strip.locator(".marks")).to_have_count(1)
    (marks,) = _marks(page)
    assert [mark["shape"] for mark in marks] == ["oval", "arrow"]
    assert marks[0] == pytest.approx({"shape": "oval", "x": 0.1, "y": 0.2, "x2": 0.4, "y2": 0.5}, abs=0.01)
    assert where(marks) == "左边、下方"
    assert all(round(mark[end], 3) == mark[end] for mark in marks for end in ("x", "y", "x2", "y2"))
    page.reload()
    page.wait_for_selector("[data-section-link='1'][aria-current]")
    expect(strip.locator(".marks")).to_have_count(1)
    assert page.evaluate(ROWS, "photos")[0]["size"] == before


def test_nine_places_are_chosen_without_drawing_by_keys_alone(enter: Enter) -> None:
    page = enter("daibiao14", PHONE)
    strip = _failed_item(page, "键盘面馆")
    strip.locator("[data-source=camera]").set_input_files(photo_file())  # type: ignore[arg-type]
    expect(strip.locator("figcaption")).to_have_text(KEPT, timeout=30_000)
    strip.locator("[data-look]").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_role("button", name="圈出问题").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-tool=oval]")).to_be_focused()
    for name in ("箭头", "撤回", "好了", "左上", "上方", "右上"):
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name=name, exact=True)).to_be_focused()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="右上")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("dialog [role=status]").first).to_contain_text("圈出：右上。")
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    expect(strip.locator(".marks")).to_have_count(1)
    expect(strip.locator("[data-look]")).to_be_focused()
    assert _marks(page) == [[{"shape": "place", "x": 0.667, "y": 0, "x2": 1, "y2": 0.333}]]


@pytest.mark.parametrize("which", ["page", "phone"])
def test_a_page_killed_behind_the_camera_comes_back_to_the_item_and_says_so(enter: Enter, which: str) -> None:
    page = enter("daibiao15", PHONE)
    page.evaluate("which => localStorage.setItem('camera', which)", which)
    strip = _failed_item(page, f"内存不够面馆{which}")
    visit = page.url
    if which == "page":
        _open_camera(page, strip)
    else:
        with page.expect_file_chooser():
            strip.locator("[data-source=camera]").click()
    _until(page, NOTED)
    context = page.context
    page.close()
    page = context.new_page()
    page.goto(visit.split("#")[0])
    item = page.locator("[data-panel]:visible")
    expect(item.locator("[data-notice]")).to_have_text(LOST)
    expect(item.locator("[data-notice]")).to_be_in_viewport()
    page.reload()
    page.wait_for_selector("[data-section-link='1'][aria-current]")
    _until(page, f"async () => !(await ({NOTED})())")
    expect(page.locator("main")).not_to_contain_text(LOST)


def test_without_leave_for_the_camera_the_phones_own_one_serves(enter: Enter) -> None:
    page = enter("daibiao16", PHONE)
    page.add_init_script(DENIED)
    strip = _failed_item(page, "不让用相机面馆")
    strip.locator("[data-source=camera]").click()
    expect(page.locator("dialog .said")).to_have_text("没有让这一页用相机。可以用手机自带的相机。")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="用手机自带的相机").click()
    chooser.value.set_files(photo_file())  # type: ignore[arg-type]
    expect(strip.locator("figure")).to_have_count(1)
    with page.expect_file_chooser():
        strip.locator("[data-source=camera]").click()
    expect(page.locator("dialog")).to_have_count(0)


def test_who_likes_the_phones_own_camera_better_can_come_back(enter: Enter) -> None:
    page = enter("daibiao16", PHONE)
    strip = _failed_item(page, "换相机面馆")
    _open_camera(page, strip)
    with page.expect_file_chooser():
        page.get_by_role("button", name="用手机自带的相机").click()
    with page.expect_file_chooser():
        strip.locator("[data-source=camera]").click()
    strip.get_by_role("button", name="换回这一页里的相机").click()
    expect(page.locator(".shutter")).to_be_enabled()


def test_a_photo_taken_again_takes_the_place_of_the_old_one(enter: Enter) -> None:
    page = enter("daibiao17", PHONE)
    strip = _failed_item(page, "重拍面馆")
    strip.locator("[data-source=camera]").set_input_files(photo_file())  # type: ignore[arg-type]
    expect(strip.locator("figcaption")).to_have_text(KEPT, timeout=30_000)
    old = strip.locator("figure").get_attribute("data-photo")
    _look(page, strip)
    page.click("dialog >> text=重拍")
    expect(page.locator(".shutter")).to_be_enabled()
    page.click(".shutter")
    expect(page.locator("dialog")).to_have_count(0, timeout=30_000)
    expect(strip.locator("figure")).to_have_count(1)
    assert strip.locator("figure").get_attribute("data-photo") != old
    states = {row["id"]: row["state"] for row in page.evaluate(ROWS, "photos")}
    assert states[str(old)] in ("aside", "sent")  # what has arrived stays, named by nothing


def test_a_photo_not_wanted_goes_on_the_second_tap(enter: Enter) -> None:
    page = enter("daibiao17", PHONE)
    strip = _failed_item(page, "不要这张面馆")
    strip.locator("[data-source=camera]").set_input_files(photo_file())  # type: ignore[arg-type]
    expect(strip.locator("figcaption")).to_have_text(KEPT, timeout=30_000)
    _look(page, strip)
    page.click("dialog >> text=不要这张")
    expect(strip.locator("figure")).to_have_count(1)
    page.click("dialog >> text=再点一下就不要了")
    expect(strip.locator("figure")).to_have_count(0)


def test_the_photo_to_take_it_like_lies_over_the_live_picture(enter: Enter) -> None:
    page = enter("daibiao18", PHONE)
    strip = _failed_item(page, "同一位置面馆")
    strip.locator("[data-source=camera]").set_input_files(photo_file())  # type: ignore[arg-type]
    expect(strip.locator("figcaption")).to_have_text(KEPT, timeout=30_000)
    strip.evaluate("strip => { strip.dataset.before = strip.querySelector('figure').dataset.photo; }")
    _open_camera(page, strip)
    expect(page.locator(".ghost")).to_have_css("opacity", "0.35")
    page.click("dialog >> text=对齐底图")
    expect(page.locator(".ghost")).to_be_hidden()


def _jpeg(image: Image.Image) -> dict[str, object]:
    data = BytesIO()
    image.save(data, "JPEG", quality=88)
    return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": data.getvalue()}


def test_a_blurred_or_dark_photo_is_hinted_at_and_a_sound_one_is_not(enter: Enter) -> None:
    page = enter("daibiao18", PHONE)
    strip = _failed_item(page, "糊照片面馆")
    sharp = Image.new("RGB", (1600, 1200), (180, 180, 175))
    for place in range(0, 1200, 150):
        ImageDraw.Draw(sharp).rectangle((place, place // 2, place + 120, place // 2 + 300), fill=(place // 5, 60, 40))
    shades = [
        (sharp, None), (sharp.filter(ImageFilter.GaussianBlur(14)), "照片可能糊了。"),
        (Image.new("RGB", (1600, 1200), (200, 198, 190)), None), (sharp.point(lambda value: value // 12), "照片有点暗，看得清就用这张。"),
    ]  # fmt: skip
    for number, (picture, words) in enumerate(shades, start=1):
        strip.locator("[data-source=camera]").set_input_files(_jpeg(picture))  # type: ignore[arg-type]
        expect(strip.locator("figcaption").nth(number - 1)).to_have_text(KEPT, timeout=30_000)
        if words:
            expect(strip.locator(".hint")).to_have_text(f"第 {number} 张：{words}")
        else:
            expect(strip.locator(".hint")).to_be_hidden()


def test_far_from_the_place_is_asked_only_where_the_place_is_known(enter: Enter) -> None:
    page = enter("daibiao19", PHONE)
    strip = _failed_item(page, "离得远面馆")
    say = "async (position) => (await import('/static/js/field/distance.js')).whereWords({ position })"
    assert page.evaluate(say, "118.78,32.04,20") == ""
    assert page.evaluate(say, "") == "没有定位，照片照样能用。"
    page.evaluate(
        "async () => { (await import('/static/js/field/ledger.js')).page.visiting.place_position = { lon: 118.78, lat: 32.0481 }; }"
    )
    assert page.evaluate(say, "118.78,32.04,20") == "拍摄地离场所约 900 米。"
    assert page.evaluate(say, "118.78,32.048,20") == "离场所约 11 米。"
    expect(strip).to_be_visible()


def test_large_text_on_a_narrow_phone_breaks_neither_dialog(enter: Enter) -> None:
    page = enter("daibiao19", PHONE | {"viewport": {"width": 320, "height": 640}})
    page.evaluate("localStorage.setItem('size', 'huge')")
    strip = _failed_item(page, "大字面馆")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    fits = "all => all.every((one) => one.getBoundingClientRect().right <= innerWidth && one.scrollWidth <= one.clientWidth + 4)"
    _open_camera(page, strip)
    assert page.locator("dialog button, dialog p").evaluate_all(fits)
    assert page.locator("dialog").evaluate("dialog => dialog.scrollWidth <= dialog.clientWidth")
    page.click(".shutter")
    expect(page.locator("dialog .said")).to_contain_text("已拍 1 张", timeout=30_000)
    page.click("dialog >> text=完成")
    _look(page, strip)
    page.click("dialog .tools >> text=圈出问题")
    assert page.locator("dialog button:visible, dialog p:visible").evaluate_all(fits)
    assert page.locator("dialog").evaluate("dialog => dialog.scrollWidth <= dialog.clientWidth")
    page.click("[data-ninth='8']")
    page.click("dialog >> text=好了")
    expect(page.locator("dialog")).to_contain_text("圈出：右下。")
