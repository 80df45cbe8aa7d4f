"""A list with every kind of answer, filled with one thumb: each judges itself, asks what decides, and arrives."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from . import walk
from .conftest import PHONE, Enter

pytestmark = pytest.mark.journey
RULE = {
    "id": "t-night", "title": "有人过夜，灭火器又不够", "clause": "不得占用、堵塞、封闭疏散通道、安全出口", "edition": "2021",
    "document": "《中华人民共和国消防法》第二十八条", "checked": True, "says": "里面有人过夜，起火时来不及。",
    "if": {"all": [{"answer": "T-COUNT", "is": "fail"}, {"answer": "T-CHOICE", "is": "fail"}, {"fact": "people_sleeping", "eq": True}]},
}  # fmt: skip
QUESTION = {"people_sleeping": {"label": "夜里有人住吗", "choices": [["true", "有人住"], ["false", "没人住"]]}}


def _with_rule(context: BrowserContext) -> None:
    """The lists are as they are where a rule of suspicion is in force; the phone fetches them as soon as it may."""

    def serve(route: Route) -> None:
        answer = route.fetch()
        more = {"rules": [RULE], "questions": QUESTION, "factWords": {"people_sleeping": "有人住"}}
        route.fulfill(response=answer, json=answer.json() | more)

    context.route("**/field/lists/*", serve)


def _shot(page: Page, name: str) -> None:
    if folder := os.environ.get("SCREENS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def test_each_kind_of_answer_judges_itself_and_says_so(enter: Enter) -> None:
    page = enter("daibiao18", PHONE, _with_rule, service_workers="block")
    walk.register_place(page, "每一种答法小店", "other")
    walk.start(page)

    page.fill("#n-T-NUM", "2.5")
    number = page.locator("#item-T-NUM")
    expect(number.locator("[data-verdict]")).to_have_text("✕ 不合格")
    expect(number.locator("[data-panel]")).to_be_visible()
    expect(number).to_contain_text("应不超过 2 米")
    page.fill("#n-T-NUM", "1，8")
    expect(number.locator("[data-verdict]")).to_have_text("✓ 合格")
    expect(number.locator("[data-panel]")).to_be_hidden()

    choice = page.locator("#item-T-CHOICE")
    choice.locator("[value=locked]").check(force=True)
    expect(choice.locator("[data-panel]")).to_be_visible()

    count = page.locator("#item-T-COUNT")
    expect(count.locator("input[name=row]")).to_have_count(1)
    count.locator("[data-add-row]").click()
    count.locator("input[name=row]").nth(0).fill("2")
    expect(count.locator("[data-verdict]")).to_have_text("")
    count.locator("input[name=row]").nth(1).fill("1")
    expect(count.locator("[data-verdict]")).to_have_text("✕ 不合格")

    note = count.locator("[data-suspicion]")
    expect(note).to_contain_text("再知道 1 点就能判断得更准")
    _shot(page, "fill-every-kind")
    note.locator("button:has-text('有人住')").click()
    expect(note).to_contain_text("可能是重大隐患")
    note.locator("summary").click()
    for words in (
        "《中华人民共和国消防法》第二十八条（2021）",
        "每层灭火器够数：不合格",
        "后门从里面能打开：不合格",
        "有人住：是",
    ):
        expect(note).to_contain_text(words)
    _shot(page, "fill-suspicion")

    page.fill("#t-T-TEXT", "王某")
    walk.answer(page, "T-ADVICE", "fail")
    advice = page.locator("#item-T-ADVICE")
    expect(advice).to_contain_text("这一项是建议，记在最后一页，不立隐患。")
    expect(advice.locator("[name=place]")).to_have_count(0)
    judged = page.locator("#item-T-JUDGE")
    judged.locator("[data-unsure]").click()
    expect(judged.locator("[name=note]")).to_be_visible()
    judged.locator("[name=note]").fill("日期看不清")

    page.reload()
    page.wait_for_selector("[data-section-link='1'][aria-current]")
    expect(page.locator("#n-T-NUM")).to_have_value("1.8")
    expect(count.locator("input[name=row]")).to_have_count(2)
    expect(choice.locator("[value=locked]")).to_be_checked()
    expect(page.locator("#t-T-TEXT")).to_have_value("王某")
    expect(note).to_contain_text("可能是重大隐患")

    for box in (choice, count):
        box.locator("[data-no-photo] summary").click()
        box.locator("[data-name=no_photo_reason]").first.check(force=True)
        box.locator(".chips input[name=wordings]").first.check(force=True)
        box.locator("[name=place]").fill("后门")
    page.click("[data-go=on]")
    walk.answer(page, "T-HIGH", "na")
    page.click("[data-go=on]")
    expect(page.locator("[data-listed=advice]")).to_contain_text("夜里没有人巡查")
    expect(page.locator("[data-listed=unsure]")).to_contain_text("日期看不清")
    expect(page.locator("[data-fails] li")).to_have_count(2)
    expect(page.locator("[data-summary]")).to_contain_text("楼层 1：2 具，楼层 2：1 具")
    _shot(page, "fill-every-kind-end")
    walk.hand_in(page)
    expect(page.locator("main .list li")).to_have_count(2)
    expect(page.locator("main")).not_to_contain_text("夜里没有人巡查", use_inner_text=True)
