"""An officer on a phone: photos of a form are made smaller in the page, and what is too much is said before it is sent."""

import re
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Page, Request, expect

from . import walk
from .conftest import PHONE, Enter
from .test_loop import _step

pytestmark = pytest.mark.journey
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
    desk = enter("du1")
    desk.goto("/desk/hazards")
    deputy = enter("daibiao13", PHONE)
    walk.register_place(deputy, "照片很大面馆")
    walk.start(deputy)
    walk.fill(deputy, {"F-ELEC-03": 1})
    walk.hand_in(deputy)
    expect(deputy.locator("main")).to_contain_text("插排串接或带大功率电器")
    desk.goto("/desk/hazards?q=照片很大面馆")
    desk.click("a:has-text('插排串接')")
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

    sent: list[Request] = []
    page.on("request", lambda one: sent.append(one) if one.method == "POST" else None)
    photos.set_input_files(files)  # type: ignore[arg-type]
    box.locator("button[type=submit]").click()  # pressed at once: it waits for the photos
    expect(page.locator("#hazard")).to_contain_text("待核验", timeout=120_000)
    assert len(sent) == 1
    body = sent[0].post_data_buffer or b""
    assert len(body) < 6 * 1_500_000
    assert body.count(TAKEN.encode()) == 6
    first = body[body.index(b"\xff\xd8\xff") :]
    with Image.open(BytesIO(first)) as picture:
        assert max(picture.size) == 1920
        assert picture.height > picture.width, "upright: the pixels were turned"
        assert picture.getexif()[0x0112] == 1
        assert picture.getexif().get_ifd(0x8769)[0x9003] == TAKEN
