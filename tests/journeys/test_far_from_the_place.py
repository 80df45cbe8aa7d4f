"""A photo taken far from its place: asked about by two buttons, kept whatever is answered."""

import pytest
from playwright.sync_api import Page, expect

from . import walk
from .conftest import PHONE, Enter, photo_file

pytestmark = pytest.mark.journey
OUTSIDE = "localStorage.setItem('camera', 'phone')"
LEDGER = "(await import(document.querySelector('script[type=module]').src)).modules['js/field/ledger.js']"
FAR = f"async () => {{ {LEDGER}.page.visiting.place_position = {{ lon: 118.78, lat: 32.1212 }}; }}"
ANSWERS = (
    f"""async () => (await {LEDGER}.ofKind("photo.mark", "waiting", "sent")).map(({{ payload }}) => payload.here)"""
)


def _far_photo(page: Page, name: str) -> tuple[str, str]:
    """The codes of an item that fails and of its photo, nine kilometres away."""
    walk.register_place(page, name)
    walk.start(page)
    page.evaluate(FAR)
    code = walk.items(page)[0][0]
    walk.answer(page, code, "fail")
    strip = page.locator(f"#item-{code} [data-photos=photos]")
    strip.locator("[data-source=camera]").set_input_files(photo_file())  # type: ignore[arg-type]
    expect(strip.locator("figure")).to_have_count(1)
    return code, str(strip.locator("figure").get_attribute("data-photo"))


def test_a_photo_from_afar_is_asked_about_and_an_answer_is_kept(enter: Enter) -> None:
    page = enter("daibiao17", PHONE, lambda context: context.add_init_script(OUTSIDE))
    code, photo = _far_photo(page, "九公里外的面馆")
    asked = page.locator(f"#item-{code} [data-where='{photo}']")
    expect(asked).to_contain_text("第 1 张：拍摄地离场所约 9 公里。是在这家店拍的吗")
    asked.locator("button", has_text="不是").click()
    expect(asked).to_contain_text("记下了，不是在这家店拍的。这张留着，请在店里再拍一张。")
    assert page.evaluate(ANSWERS) == [False]

    # Nothing was thrown away; another is taken beside it.
    with page.expect_file_chooser() as chooser:
        asked.locator("button", has_text="再拍一张").click()
    chooser.value.set_files(photo_file("again.jpg"))  # type: ignore[arg-type]
    expect(page.locator(f"#item-{code} [data-photos=photos] figure")).to_have_count(2)
    expect(page.locator(f"#item-{code} figure[data-photo='{photo}']")).to_be_visible()

    # The photo itself says so too, and what was answered by mistake is put right there.
    page.locator(f"#item-{code} figure[data-photo='{photo}'] .look").click()
    large = page.locator("dialog [data-where]")
    expect(large).to_contain_text("这一张：记下了，不是在这家店拍的。")
    large.locator("button", has_text="改成是").click()
    expect(large).to_contain_text("这一张：记下了，是在这家店拍的。")
    page.locator("dialog button", has_text="关上").click()
    expect(asked).to_contain_text("第 1 张：记下了，是在这家店拍的。")
    assert page.evaluate(ANSWERS) == [False, True]


def test_the_answer_is_there_again_after_the_page_was_left(enter: Enter) -> None:
    page = enter("daibiao18", PHONE, lambda context: context.add_init_script(OUTSIDE))
    code, photo = _far_photo(page, "九公里外的小店")
    asked = page.locator(f"#item-{code} [data-where='{photo}']")
    asked.locator("button", has_text="是").first.click()
    expect(asked).to_contain_text("是在这家店拍的。")
    visit = page.url
    page.goto("/field/")
    page.goto(visit)
    expect(page.locator(f"#item-{code} figure[data-photo='{photo}']")).to_be_visible()
    page.evaluate(FAR)
    page.locator(f"#item-{code} figure[data-photo='{photo}'] .look").click()
    expect(page.locator("dialog [data-where]")).to_contain_text("记下了，是在这家店拍的。")
