"""发现 → 交办 → 送达 → 整改 → 核验 → 销号, as people do it on a phone and at a desk, with the papers in the hand."""

import re
from datetime import timedelta
from io import BytesIO

import pdfplumber
import pytest
from playwright.sync_api import Locator, Page, TimeoutError, expect

from inspect_app.kernel import clock

from . import walk
from .conftest import PHONE, Enter, photo_file

pytestmark = pytest.mark.journey
SOON = (clock.today() + timedelta(days=9)).isoformat()
FAILS = {"F-EXIT-01": 2, "F-ELEC-03": 1}


def _paper(page: Page, link: str) -> tuple[str, list[tuple[float, float]]]:
    """Text and page sizes of a paper, waiting until the worker has drawn it."""
    found = page.locator(link).first
    for _ in range(60):
        try:
            found.wait_for(timeout=2000)  # a page of the phone draws itself after it is loaded
            break
        except TimeoutError:
            page.reload()
    answer = page.request.get(found.get_attribute("href") or "")
    assert answer.headers["content-type"] == "application/pdf"
    with pdfplumber.open(BytesIO(answer.body())) as pdf:
        cells = [cell or "" for sheet in pdf.pages for table in sheet.extract_tables() for row in table for cell in row]
        lines = [sheet.extract_text() or "" for sheet in pdf.pages]
        text = "\n".join("".join(part.split()) for part in lines + cells)
        return text, [(round(sheet.width), round(sheet.height)) for sheet in pdf.pages]


def _step(page: Page, label: str, **fields: str) -> None:
    """Open a step of the hazard's page, fill it, press its button, and see it said."""
    box = page.locator("details", has=page.locator("summary", has_text=re.compile(f"^{label}$"))).first
    if box.get_attribute("open") is None:
        box.locator("summary").first.click()
    for name, value in fields.items():
        field = box.locator(f"[name={name}]")
        if field.evaluate("element => element.tagName") == "SELECT":
            field.select_option(label=value)
        else:
            field.fill(value)
    if box.locator("input[type=file]").count() and label in ("报请核验",):
        box.locator("input[type=file]").set_input_files(photo_file("after.jpg"))  # type: ignore[arg-type]
    _press(page, box.locator("button[type=submit]").first)


def _press(page: Page, button: Locator, status: int = 200) -> None:
    """Press, and wait until htmx has put the answer in place."""
    page.locator("#hazard > *").first.evaluate("element => element.setAttribute('data-old', '1')")
    with page.expect_response(lambda answer: answer.request.method == "POST") as answered:
        button.click()
    assert answered.value.status == status, answered.value.text()
    expect(page.locator("#hazard [data-old]")).to_have_count(0)


def test_from_finding_to_closing(enter: Enter) -> None:
    deputy = enter("daibiao1", PHONE)
    walk.register_place(deputy, "好味小馆")
    walk.start(deputy)
    assert walk.fill(deputy, FAILS) >= 45
    walk.hand_in(deputy)
    expect(deputy.locator("main")).to_contain_text("安全出口上锁打不开")
    expect(deputy.locator("main")).to_contain_text("插排串接或带大功率电器")
    text, sizes = _paper(deputy, "a[href$='.pdf']")
    assert set(sizes) == {(595, 842)}
    assert all(
        words in text
        for words in ("代表提示单", "提示单20", "好味小馆", "安全出口上锁打不开", "《中华人民共和国消防法》第二十八条")
    )

    desk = enter("du1")
    desk.goto("/desk/hazards?q=好味小馆")
    desk.click("a:has-text('安全出口上锁打不开')")
    hazard = desk.url.rsplit("/", 1)[-1]
    expect(desk.locator("#hazard")).to_contain_text("待交办")
    _step(desk, "交办", handler_id="青江区人民政府柳荫街道办事处", no_paper="用清单转办")
    expect(desk.locator("#hazard")).to_contain_text("整改中")

    officer = enter("jiedao1")
    officer.goto(f"/inbox/{hazard}")
    _step(officer, "签收", mending_on=SOON)
    _step(officer, "报请核验", words="换了能从里面推开的锁。")
    expect(officer.locator("#hazard")).to_contain_text("待核验")
    expect(officer.locator("#hazard")).to_contain_text("要由别")

    other = enter("daibiao2", PHONE)
    other.goto(f"/field/hazards/{hazard}")
    _step(other, "回访核实：合格", way="到现场看了", opinion="到店里看过，推得开。")
    expect(other.locator("#hazard")).to_contain_text("待销号")
    expect(other.locator("#hazard")).to_contain_text("由交办的单位销号")

    desk.goto(f"/desk/hazards/{hazard}")
    _step(desk, "销号")
    expect(desk.locator("#hazard")).to_contain_text("已销号")
    desk.goto(f"/desk/hazards/{hazard}")
    _press(desk, desk.locator("button:has-text('出闭环报告')"))
    expect(desk.locator("#hazard")).to_contain_text("正在做")
    text, _ = _paper(desk, "a[href$='.pdf']:has-text('销〔')")
    assert all(words in text for words in ("闭环（销号）报告", "整改前", "整改后", "回访核实合格", "到店里看过"))


def test_an_order_of_the_competent_office(enter: Enter) -> None:
    """The fire brigade orders within its powers; what it lacks is named beside what was typed."""
    deputy = enter("daibiao3", PHONE)
    walk.register_place(deputy, "江边饺子馆")
    walk.start(deputy)
    walk.fill(deputy, {"F-LIVE-03": 2})
    walk.hand_in(deputy)
    desk = enter("du2")
    desk.goto("/desk/hazards?q=江边饺子馆")
    desk.click("a:has-text('泡沫夹芯板')")
    _step(desk, "交办", handler_id="青江区消防救援大队", paper="青人柳办〔2026〕8号")

    officer = enter("xiaofang1")
    officer.goto("/inbox/")
    officer.click("a:has-text('泡沫夹芯板')")
    _step(officer, "签收", mending_on=SOON)
    officer.click("summary:has-text('出责令限期改正通知书')")
    officer.fill("#notice-inspected_on", clock.today().isoformat())
    officer.fill("#notice-record", "检〔2026〕7号")
    _press(officer, officer.locator("button:has-text('出责令限期改正通知书')"), 422)
    expect(officer.locator("#hazard")).to_contain_text("还差")
    assert officer.input_value("#notice-record") == "检〔2026〕7号"
    officer.select_option("#notice-officer_1", index=1)
    officer.select_option("#notice-officer_2", index=2)
    officer.fill("#notice-identity", "经营者周某，未办照")
    _press(officer, officer.locator("button:has-text('出责令限期改正通知书')"))
    expect(officer.locator("#hazard")).to_contain_text(re.compile(r"青消整〔2026〕\d+号"))
    text, _ = _paper(officer, "a[href$='.pdf']:has-text('整〔')")
    assert all(
        words in text
        for words in ("责令限期改正通知书", "叶辉（执法证号演示青消001）", "检〔2026〕7号", "江边饺子馆", "第五十四条")
    )
    box = officer.locator("details", has=officer.locator("summary", has_text="记送达")).first
    box.locator("summary").first.click()
    signed = box.locator("details", has=officer.locator("summary", has_text="当面送，签收了"))
    signed.locator("summary").click()
    signed.locator("[name=received_by]").fill("店长")
    _press(officer, signed.locator("button[type=submit]"))
    expect(officer.locator("#hazard")).to_contain_text("送达记下了")
    expect(officer.locator("#hazard")).to_contain_text("当面送达，店长签收")
