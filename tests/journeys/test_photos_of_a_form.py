"""An officer on a phone: photos of a form are made smaller in the page, and what is too much is said before it is sent."""

import re
from base64 import b64decode
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from .conftest import PHONE, Enter
from .test_flight import _until
from .test_loop import _step
from .test_nothing_typed_is_lost import _call_for_help

pytestmark = [pytest.mark.journey, pytest.mark.long]
FIRST = """async () => { const bytes = new Uint8Array(await window.sent[0].arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")); }"""
TAKEN = "2026:11:20 09:08:07"


def _heavy(name: str) -> dict[str, object]:
    """Six megabytes, lying on its side, as a phone of today takes them; its camera says when."""
    image = Image.effect_noise((2600, 1950), 90).convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8769)[0x9003] = TAKEN
    data = BytesIO()
    image.save(data, "JPEG", quality=97, exif=exif)
    assert data.tell() > 6_000_000
    return {"name": name, "mimeType": "image/jpeg", "buffer": data.getvalue()}


def _rectifying(enter: Enter) -> Page:
    """A hazard in the hands of an officer, on the officer's phone."""
    where = "照片很大巷 5 号"
    _call_for_help(enter("daibiao8", PHONE), where)
    desk = enter("du1")
    desk.goto("/desk/")
    desk.locator(".call-card", has_text=where).get_by_role("link").click()
    desk.fill("#q", "王记")
    desk.click("button:has-text('查找')")
    desk.click("button:has-text('就是这一家')")
    expect(desk.locator("#next-title")).to_have_text("请您交办")
    hazard = desk.url.rsplit("/", 1)[-1]
    _step(desk, "交办", handler_id="青江区人民政府柳荫街道办事处", no_paper="用清单转办")
    officer = enter("jiedao1", PHONE)
    officer.goto(f"/inbox/{hazard}")
    _step(officer, "签收")
    return officer


def test_six_photos_of_six_megabytes_go_through_with_the_time_of_the_camera(enter: Enter) -> None:
    page = _rectifying(enter)
    box = page.locator("details", has=page.locator("summary", has_text=re.compile("^报请核验$"))).first
    if box.get_attribute("open") is None:
        box.locator("summary").first.click()
    box.locator("[name=words]").fill("换了插排，线重新走过。")
    photos = box.locator("input[type=file]")
    heavy = _heavy("0.jpg")
    files = [heavy | {"name": f"{number}.jpg"} for number in range(6)]

    # Too much for one request is said, and nothing typed is lost. (The limit is lowered for the moment.)
    photos.evaluate("input => { input.dataset.most = '1000'; }")
    photos.set_input_files(files[:1])  # type: ignore[arg-type]
    box.locator("button[type=submit]").click()
    expect(page.locator("#notice-area")).to_contain_text("这 1 张照片一共", timeout=60_000)
    expect(page.locator("#notice-area")).to_contain_text("还没有发。请少选几张，分几次交。您填的都还在。")
    expect(box.locator("[name=words]")).to_have_value("换了插排，线重新走过。")
    page.click("#notice-area [data-close]")
    photos.evaluate("input => { input.dataset.most = '30000000'; }")

    page.evaluate(
        "document.addEventListener('htmx:config:request', ({ detail }) => { window.sent = detail.ctx.request.body.getAll('photos'); })"
    )
    photos.set_input_files(files)  # type: ignore[arg-type]
    box.locator("button[type=submit]").click()  # pressed at once: it waits for the photos
    expect(page.locator("#hazard")).to_contain_text("待核验", timeout=120_000)
    sizes = page.evaluate("window.sent.map((file) => file.size)")
    assert len(sizes) == 6
    assert max(sizes) < 2_000_000
    first = b64decode(page.evaluate(FIRST))
    with Image.open(BytesIO(first)) as picture:
        assert max(picture.size) == 1920
        assert picture.height > picture.width, "upright: the pixels were turned"
        assert picture.getexif()[0x0112] == 1
        assert picture.getexif().get_ifd(0x8769)[0x9003] == TAKEN


def test_one_photo_whose_camera_wrote_nonsense_leaves_the_others_made_smaller(enter: Enter) -> None:
    """The directory of its EXIF is said to lie far beyond its end."""
    page = enter("du1")
    page.goto("/desk/")
    heavy = _heavy("good.jpg")
    bad = bytearray(heavy["buffer"])  # type: ignore[call-overload]
    at = bad.index(b"Exif\0\0") + 6
    bad[at + 4 : at + 8] = b"\x7f\xff\xff\x7f"
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<form><input id=many type=file multiple accept=\"image/*\"><p data-chosen=many></p></form>')"
    )
    page.set_input_files("#many", [heavy | {"name": "bad.jpg", "buffer": bytes(bad)}, heavy])  # type: ignore[list-item]
    _until(page, "() => document.getElementById('many').files[1].size < 2000000")
    expect(page.locator("[data-chosen=many]")).to_have_text("选了 2 张：bad.jpg，good.jpg")
    assert page.evaluate("document.getElementById('many').files[0].size") == len(bad), "it goes as it is"
