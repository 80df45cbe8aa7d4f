"""短查: zone by zone from 今日 to 提交, without a signal, killed in the middle, on two phones, ended early, thrown away."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from inspect_app.premises.rules import KIND_NAMES

from . import taps, walk
from .conftest import PHONE, Enter, photo_file
from .test_flight import LISTS_AND_PLACES, _until

pytestmark = pytest.mark.journey
ROWS = """async (visit) => {
  const { modules } = await import(document.querySelector("script[type=module]").src);
  return modules["js/field/ledger.js"].ofVisit(visit, "waiting", "sent");
}"""
BARS = """() => [document.querySelector('.topbar'), document.querySelector('.bottombar')]
  .filter(bar => ['fixed', 'sticky'].includes(getComputedStyle(bar).position))
  .reduce((sum, bar) => sum + bar.offsetHeight, 0) / innerHeight"""


def _visit(page: Page) -> str:
    return page.url.rsplit("/", 1)[1].split("#")[0]


def _written(page: Page, kind: str) -> list[dict[str, Any]]:
    """What this phone wrote down of one kind on the visit that is open, in order."""
    rows = page.evaluate(ROWS, _visit(page))
    return [row["payload"] for row in rows if row["kind"] == kind]


def _to(page: Page, zone: str) -> None:
    page.evaluate("zone => { location.hash = zone; }", zone)
    expect(page.locator(f"#{zone}")).to_be_visible()


def _fail_line(page: Page, *, photos: int = 2) -> str:
    """The first line of the zone that shows is not so, with all that is asked; its code."""
    line = page.locator("[data-section]:not(.hidden) [data-lines] .glance:visible").first
    code = str(line.evaluate("one => one.closest('li').id")).removeprefix("line-")
    line.click()
    box = page.locator(f"#item-{code}")
    expect(box.locator("[data-panel]")).to_be_visible()
    for number in range(photos):
        box.locator("[data-photos=photos] [data-source=camera]").set_input_files(photo_file(f"{number}.jpg"))  # type: ignore[arg-type]
        expect(box.locator("[data-photos=photos] figure")).to_have_count(number + 1)
    box.locator("[name=wordings]").first.check(force=True)
    if (spot := box.locator("[data-place]")).count():  # advice makes no hazard and has no place
        spot.first.click()
    return code


def _found_in_the_kitchen(
    enter: Enter, login: str, place: str, *, photos: int, arranged: Callable[[Page], None] = lambda page: None
) -> tuple[Page, str]:
    """A short walk at a new place, its first zone closed, and one thing found in the kitchen: the page, the item's code."""
    page = enter(login, PHONE)
    walk.register_place(page, place)
    arranged(page)
    walk.start_short(page)
    walk.walk_zone(page)
    _to(page, "z-kitchen")
    return page, _fail_line(page, photos=photos)


def _end_early_and_arrive(page: Page) -> None:
    """From the last page on: what was found before the visit was broken off comes to the server and is read there."""
    page.click("[data-go=on]")
    expect(page.locator("main > h1")).to_have_text("提前结束了")
    visit = page.url.split("#")[0]
    page.goto("/field/outbox")
    expect(page.locator("[data-outbox-head]")).to_have_text("都送达了", timeout=60_000)
    page.goto(visit)
    expect(page.locator("main")).to_contain_text("发现的问题", timeout=30_000)


def test_a_whole_walk_without_a_signal_arrives_with_six_values(enter: Enter) -> None:
    page = enter("daibiao18", PHONE)
    page.goto("/field/")
    _until(page, "() => navigator.serviceWorker.controller !== null")
    _until(page, LISTS_AND_PLACES)
    page.context.set_offline(True)
    page.click(".tabbar a:has-text('场所')")
    page.click("[data-found] a:has-text('李家小炒')")
    walk.start_short(page)
    [start] = _written(page, "visit.start")
    assert start["depth"] == "short"
    assert len(start["deep"]) == 2

    expect(page.locator("[data-section]:not(.hidden) h1")).to_have_text("先闻")
    page.click("[data-go=close]")  # leads to what is not answered, and closes nothing
    assert _written(page, "visit.zone") == []
    walk.walk_zone(page)
    expect(page.locator("[data-zone-link='z-smell']")).to_have_class(re.compile("full"))
    _to(page, "z-kitchen")
    code = _fail_line(page)
    expect(page.locator("[data-zone-link='z-kitchen']")).to_have_class(re.compile("wrong"))
    page.click("#z-kitchen [data-wide] summary")  # offered, not demanded
    wide = _wide_photo(page, "z-kitchen")
    walk.walk_zone(page)
    _to(page, "z-power")
    page.click("[data-go=skip]")
    page.locator("[data-section]:not(.hidden) .chip:has-text('其他')").click()
    page.fill("#reason-power", "配电间上了锁")
    page.locator("[data-section]:not(.hidden) button:has-text('就写这个原因')").click()
    expect(page.locator("#z-power")).to_be_hidden()
    _to(page, "z-outside")
    walk.walk_zones(page)

    zones = {one["zone"]: one for one in _written(page, "visit.zone")}
    assert zones["power"]["looked"] is False
    assert zones["power"]["reason"] == "配电间上了锁"
    assert zones["power"]["items"] == []
    kitchen = zones["kitchen"]
    assert kitchen["looked"]
    assert kitchen["items"]
    assert code not in kitchen["items"]
    assert [one["zone"] for one in zones.values() if one["photos"]] == ["kitchen"]
    assert kitchen["photos"] == [wide]
    expect(page.locator("#end [data-summary]")).to_contain_text("检查（短查）")
    expect(page.locator("#end [data-summary]")).to_contain_text("配电间上了锁")
    seen = int(page.inner_text("[data-count=seen]"))
    assert seen == sum(len(one["items"]) for one in zones.values())
    assert int(page.inner_text("[data-count=not_looked]")) == sum(len(one["not_looked"]) for one in zones.values())
    assert page.inner_text("[data-count=fail]") == "1"
    assert page.inner_text("[data-count=none]") == "0"
    walk.sign(page, "deputy")
    walk.sign(page, "premises", "李老板")
    page.click("[data-go=on]")
    expect(page.locator("main > h1")).to_have_text("检查做完了")
    visit = page.url
    page.context.set_offline(False)
    page.goto("/field/outbox")
    expect(page.locator("[data-outbox-head]")).to_have_text("都送达了", timeout=90_000)
    page.goto(visit)
    expect(page.locator("main")).to_contain_text("发现的问题", timeout=30_000)
    zone = page.request.get(f"/field/data/visits/{_visit(page)}").json()["zones"]["kitchen"]
    assert zone["photos"] == [wide], "it arrived as the photo of its zone"


def _wide_photo(page: Page, zone: str) -> str:
    """A wide photo of the zone that shows; its id."""
    strip = page.locator(f"#{zone} [data-photos=zone]")
    strip.locator("[data-source=camera]").set_input_files(photo_file("wide.jpg"))  # type: ignore[arg-type]
    expect(strip.locator("figure")).to_have_count(1)
    return str(strip.locator("figure").get_attribute("data-photo"))


def test_a_walk_that_was_killed_goes_on_where_it_was(enter: Enter) -> None:
    """It was arranged with a wide photo of each zone, which the zone is not closed without."""
    page, code = _found_in_the_kitchen(
        enter, "daibiao19", "短查断电面馆", photos=1, arranged=lambda page: _demand_wide_photos(page, enter("du1"))
    )
    visit = page.url.split("#")[0]
    again = page.context.new_page()
    page.close()  # the page is gone, with it what only its tab knew
    again.goto(visit)
    expect(again.locator("[data-zone-link='z-smell']")).to_have_class(re.compile("full"))
    expect(again.locator("[data-section]:not(.hidden)")).not_to_have_id("z-smell")
    _to(again, "z-kitchen")
    expect(again.locator(f"#item-{code} input[value=fail]")).to_be_checked()
    expect(again.locator(f"#item-{code} figure")).to_have_count(1)
    for other, kind in walk.cards(again):
        walk.find_sound(again, other, kind)
    expect(again.locator("[data-go=close]")).to_have_text("还差一张全景")
    again.click("[data-go=close]")
    expect(again.locator("#z-kitchen")).to_be_visible()
    wide = _wide_photo(again, "z-kitchen")
    expect(again.locator("[data-go=close]")).to_have_text("看了，没看到别的不对")
    again.click("[data-go=close]")
    expect(again.locator("[data-zone-link='z-kitchen']")).to_have_class(re.compile("full"))
    assert [one["photos"] for one in _written(again, "visit.zone")] == [[], [wide]]


def _demand_wide_photos(page: Page, desk: Page) -> None:
    """The desk arranges a visit to the place that shows, with a wide photo of each zone, and its deputy's phone hears of it."""
    place = page.url.rsplit("/", 1)[1]
    expect(page.locator("[data-sync]")).to_have_text("全部送达", timeout=60_000)
    desk.goto(f"/desk/assignments?place={place}")
    who = page.evaluate(
        "() => import(document.querySelector('script[type=module]').src).then(all => all.modules['js/field/ledger.js'].page.name)"
    )
    option = desk.locator("[name=person_id] option", has_text=who)
    desk.locator("[name=person_id]").select_option(option.get_attribute("value"))
    desk.check("[name=zone_photos]")
    desk.locator("form:has([name=zone_photos]) button[type=submit]").click()
    expect(desk.locator("main")).to_contain_text("每区一张全景照")
    page.reload()
    _until(
        page,
        """async (place) => {
          const { modules } = await import(document.querySelector("script[type=module]").src);
          return (await modules["js/field/reference.js"].day())?.assigned.some((one) => one.id === place && one.zone_photos);
        }""",
        place,
    )
    page.reload()


def test_a_tap_on_the_wrong_line_is_taken_back(enter: Enter) -> None:
    page = enter("daibiao20", PHONE)
    walk.register_place(page, "点错面馆")
    walk.start_short(page)
    _to(page, "z-kitchen")
    line = page.locator("[data-section]:not(.hidden) [data-lines] .glance:visible").first
    code = str(line.evaluate("one => one.closest('li').id")).removeprefix("line-")
    line.click()
    page.locator(f"#item-{code} button:has-text('点错了，收回')").click()
    expect(page.locator(f"#line-{code} .glance")).to_be_visible()
    expect(page.locator("[data-zone-link='z-kitchen']")).not_to_have_class(re.compile("wrong"))
    assert [one["value"] for one in _written(page, "visit.answer") if one["item"] == code] == ["fail", None]


def test_another_wrong_thing_of_any_list_is_found_by_words_and_by_first_letters(enter: Enter) -> None:
    """Of this visit's lists, and of those that nobody fills in a noodle kitchen: that item alone comes along."""
    page = enter("daibiao20", PHONE)
    walk.register_place(page, "找一找面馆")
    _until(page, LISTS_AND_PLACES)
    walk.start_short(page)
    page.context.set_offline(True)
    _to(page, "search")
    page.fill("#other-wrong", "mhq")
    expect(page.locator("#search .glance").first).to_contain_text("灭火器")
    page.fill("#other-wrong", "软管")
    page.locator("#search .glance", has_text="没接头").click()
    expect(page.locator("#z-kitchen")).to_be_visible()
    item = page.locator(f"#{page.url.split('#')[1]}")
    expect(item.locator("input[value=fail]")).to_be_checked()
    expect(item.locator("[data-panel]")).to_be_visible()

    code, visit = "S-SPACE-03", page.url.split("#")[0]
    for again in (False, True):
        _to(page, "search")
        page.fill("#other-wrong", "井口 守着" if again else "jkyzyrs")
        page.locator("#search .glance", has_text="井口一直有人守着").click()
        expect(page.locator(f"#item-{code} input[value=fail]")).to_be_checked()
        expect(page.locator(f"#item-{code} [data-suspicion]")).to_contain_text("可能是重大隐患")
        if not again:
            page.locator(f"#item-{code} button:has-text('点错了，收回')").click()
            expect(page.locator(f"#item-{code}")).to_have_count(0)
    page.locator(f"#item-{code} [name=wordings]").first.check(force=True)
    said = [one for one in _written(page, "visit.answer") if one["item"] == code]
    assert [one["value"] for one in said] == ["fail", None, "fail", "fail"]
    assert all(one["version"] and one["asked_on"] for one in said)
    page.context.set_offline(False)
    expect(page.locator("[data-sync]")).to_have_text("全部送达", timeout=60_000)
    for phone in (page, enter("daibiao20", PHONE)):  # opened anew, and on a second phone
        phone.goto("/field/")
        phone.goto(visit)
        phone.wait_for_selector("[data-zone-link][aria-current]")
        _to(phone, f"item-{code}")
        expect(phone.locator(f"#item-{code} input[value=fail]")).to_be_checked()
        _to(phone, "end")
        expect(phone.locator("[data-count=fail]")).to_have_text("2")


def test_two_phones_walk_one_visit(enter: Enter) -> None:
    first, code = _found_in_the_kitchen(enter, "daibiao19", "两部手机短查面馆", photos=1)
    expect(first.locator("[data-sync]")).to_have_text("全部送达", timeout=60_000)
    second = enter("daibiao19", PHONE)
    second.goto(first.url.split("#")[0])
    second.wait_for_selector("[data-zone-link][aria-current]")
    expect(second.locator("[data-zone-link='z-smell']")).to_have_class(re.compile("full"))
    _to(second, "z-kitchen")
    expect(second.locator(f"#item-{code} input[value=fail]")).to_be_checked()
    walk.walk_zone(second)
    expect(second.locator("[data-sync]")).to_have_text("全部送达", timeout=60_000)
    first.reload()
    first.wait_for_selector("[data-zone-link][aria-current]")
    _to(first, "end")
    expect(first.locator("[data-zone-link='z-kitchen']")).to_have_class(re.compile("full"), timeout=30_000)


def test_shown_the_door_what_was_found_is_handed_in_without_signatures(enter: Enter) -> None:
    page, _ = _found_in_the_kitchen(enter, "daibiao18", "请出来面馆", photos=2)
    page.click("a:has-text('提前结束')")
    expect(page.locator("#leave details")).to_be_hidden()  # something was found: nothing is thrown away
    page.click("#leave [data-early='被请出']")
    expect(page.locator("#end [data-early]")).to_contain_text("提前结束：被请出")
    expect(page.locator("#end [data-summary]")).to_contain_text("提前结束：被请出。")
    left = int(page.inner_text("[data-count=none]"))
    assert left > 0
    expect(page.locator("#end [data-summary]")).to_contain_text(f"没看 {left} 项")
    _end_early_and_arrive(page)


def test_a_visit_in_which_nothing_was_found_can_be_thrown_away_in_both_depths(enter: Enter) -> None:
    page = enter("daibiao18", PHONE)
    walk.register_place(page, "作废面馆")
    place = page.url
    walk.start_short(page)
    visit = _visit(page)
    walk.walk_zone(page)
    page.click("a:has-text('提前结束')")
    page.click("#leave summary")
    page.click("#leave button:has-text('作废这次走访')")
    expect(page.locator("#leave [data-notice]")).to_contain_text("请选为什么作废。")
    page.locator("#leave [name=void]").last.check(force=True)
    page.click("#leave button:has-text('作废这次走访')")
    expect(page.locator("#leave details")).to_contain_text("请写几个字")  # 其他 says nothing by itself
    page.fill("#void-words", "带错了路")
    page.click("#leave button:has-text('作废这次走访')")
    page.wait_for_url(re.compile("/field/$"))
    expect(page.locator("[data-sync]")).to_have_text("全部送达", timeout=60_000)
    expect(page.locator("main")).not_to_contain_text("作废面馆")
    [said] = [row["payload"] for row in page.evaluate(ROWS, visit) if row["kind"] == "visit.outcome"]
    assert (said["outcome"], said["note"]) == ("void", "带错了路")
    page.goto(place)
    walk.start(page)
    walk.answer(page, walk.items(page)[0][0], "pass")
    visit = _visit(page)
    page.click("a:has-text('提前结束')")
    page.click("#leave summary")
    page.locator("#leave [name=void]").first.check(force=True)
    page.click("#leave button:has-text('作废这次走访')")
    page.wait_for_url(re.compile("/field/$"))
    [said] = [row["payload"] for row in page.evaluate(ROWS, visit) if row["kind"] == "visit.outcome"]
    assert (said["outcome"], said["note"]) == ("void", "开错了地方")


def test_a_whole_check_is_ended_early_with_what_was_found(enter: Enter) -> None:
    page = enter("daibiao18", PHONE)
    walk.register_place(page, "全查半路面馆")
    walk.start(page)
    (first, _), (second, _) = walk.items(page)[:2]
    walk.answer(page, second, "pass")
    walk.answer(page, first, "fail")
    box = page.locator(f"#item-{first}")
    for number in range(2):
        box.locator("[data-photos=photos] [data-source=camera]").set_input_files(photo_file(f"{number}.jpg"))  # type: ignore[arg-type]
        expect(box.locator("[data-photos=photos] figure")).to_have_count(number + 1)
    box.locator("[name=wordings]").first.check(force=True)
    box.locator("[data-place]").first.click()
    page.click("a:has-text('提前结束')")
    expect(page.locator("#leave details")).to_be_hidden()
    page.click("#leave .chip:has-text('其他')")
    page.click("#leave button:has-text('就写这个原因')")
    expect(page.locator("#leave")).to_contain_text("请写几个字")
    page.fill("#early-words", "店里来了急诊")
    page.click("#leave button:has-text('就写这个原因')")
    expect(page.locator("#end [data-summary]")).to_contain_text("提前结束：店里来了急诊。")
    page.click("#end button:has-text('不提前结束')")
    expect(page.locator("#end")).to_be_hidden()
    page.click("a:has-text('提前结束')")
    page.click("#leave [data-early='被请出']")
    left = int(page.inner_text("[data-count=none]"))
    expect(page.locator("#end [data-summary]")).to_contain_text(
        re.compile(f"检查（全查）\n提前结束：被请出。\n.*没看 {left} 项\n")
    )
    _end_early_and_arrive(page)


def test_begun_again_on_the_same_day_the_same_is_looked_at_deeply(enter: Enter) -> None:
    page = enter("daibiao20", PHONE)
    walk.register_place(page, "另开面馆")
    place = page.url
    drawn = []
    for again in (False, True):
        page.goto(place)
        if again:
            page.click("button:has-text('另开一次')")
        walk.start_short(page)
        drawn.append(_written(page, "visit.start")[0]["deep"])
    assert drawn[0] == drawn[1]
    assert len(drawn[0]) == 2


def test_a_fact_is_asked_in_the_zone_where_it_decides(enter: Enter) -> None:
    page = enter("daibiao20", PHONE)
    page.goto("/field/places/new")
    page.fill("#name", "不知道用什么气面馆")
    page.fill("#address", "柳荫街 99 号")
    page.click("button[form=new-place]")
    page.wait_for_url(re.compile(f"/field/places/{walk.UUID}"))
    expect(page.locator("[data-depth]")).to_be_visible()
    expect(page.locator("[data-unknown]")).to_be_hidden()
    walk.start_short(page)
    zone = page.locator("[data-section]:has([data-fact=gas_kind])")
    _to(page, str(zone.get_attribute("id")))
    before = page.locator("[data-zone-link]:visible").count()
    page.locator("[data-fact=gas_kind] [value=piped]").check(force=True)
    expect(page.locator("[data-zone-link='z-cylinders']")).to_be_hidden()
    assert page.locator("[data-zone-link]:visible").count() < before
    assert _written(page, "visit.facts") == [{"visit": _visit(page), "facts": {"gas_kind": "piped"}}]


def test_an_older_draft_is_filled_as_it_was_begun(enter: Enter) -> None:
    """A visit of before there were two depths has none: its sections stand as they stood."""
    page = enter("daibiao19", PHONE)
    walk.register_place(page, "老草稿面馆")
    walk.start_short(page)
    visit = _visit(page)
    page.evaluate(
        """async (visit) => {
          const { modules } = await import(document.querySelector("script[type=module]").src);
          const store = modules["js/field/store.js"], { depth, deep, zone_photos, ...row } = await store.get("visits", visit);
          await store.put("visits", row);
        }""",
        visit,
    )
    page.goto(f"/field/visits/{visit}")
    page.wait_for_selector("[data-section-link='1'][aria-current]")
    walk.answer(page, walk.items(page)[0][0], "pass")
    expect(page.locator("[data-section-link='1'] [data-done]")).to_contain_text("1/")


@pytest.mark.parametrize(
    ("kind", "plain", "signed"), [("small_restaurant", 45, 60), ("small_shop", 30, 45)], ids=["kitchen", "shop"]
)
def test_a_sound_place_costs_few_taps_and_screens(enter: Enter, kind: str, plain: int, signed: int) -> None:
    page = enter("daibiao20", PHONE)
    walk.register_place(page, f"数一数{kind}", kind)
    thumb = taps.Thumb(page)
    taps.begin(thumb, f"数一数{kind}")
    parts = taps.short_walk(thumb, deep=True)
    before = thumb.taps
    expect(page.locator(".zones li:visible")).to_have_count(
        parts["zones"]
    )  # a bar for each, and none for the last page
    high = page.locator("#end .figures div").evaluate_all("all => all.map(one => one.offsetHeight)")
    assert len(set(high)) == 1, "no name of a value stands on two lines"
    taps.submit(thumb)
    assert thumb.taps <= signed, parts
    assert before - parts["deep"] + 1 <= plain, parts  # 提交 is one
    assert thumb.plain_screens <= 14, thumb.heights
    assert thumb.screens <= 15, thumb.heights


def test_three_faults_cost_thirty_taps_at_most(enter: Enter) -> None:
    page = enter("daibiao20", PHONE)
    walk.register_place(page, "三处不对面馆")
    thumb = taps.Thumb(page)
    taps.begin(thumb, "三处不对面馆")
    parts = taps.short_walk(thumb, deep=True, faults=3)
    assert 0 < parts["faults"] <= 30


def test_the_paper_of_a_walk_is_two_sheets_for_every_kind(enter: Enter) -> None:
    page = enter("daibiao20", PHONE)
    sheets = {}
    for kind in KIND_NAMES:
        page.goto(f"/library/walks/{kind}")
        if page.locator(".walk-sheet").count():  # a kind without a list, or whose list has no keys, is walked whole
            sheets[kind.value] = len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))
    assert len(sheets) >= 10
    assert {kind: count for kind, count in sheets.items() if count != 2} == {}


@pytest.mark.parametrize(
    ("viewport", "letters"), [((390, 844), ""), ((320, 640), ""), ((320, 640), "200%")], ids=["390", "320", "200 %"]
)
def test_the_bars_leave_the_screen_to_what_is_asked(enter: Enter, viewport: tuple[int, int], letters: str) -> None:
    width, height = viewport
    page = enter("daibiao20", PHONE | {"viewport": {"width": width, "height": height}})
    walk.register_place(page, f"窄屏短查{width}{letters.removesuffix('%')}")
    page.evaluate("size => { document.documentElement.style.fontSize = size; }", letters)
    _until(page, f"() => ({BARS})() <= 0.3")  # also before it begins
    walk.start_short(page)
    walk.walk_zone(page)
    expect(page.locator("[data-go=close]")).to_be_visible()
    _until(page, f"() => ({BARS})() <= 0.3")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
