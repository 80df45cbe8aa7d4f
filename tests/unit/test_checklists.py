"""The library as it ships, and what its lint refuses."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from inspect_app.checklists import library
from inspect_app.checklists.faults import LintFault, Severity
from inspect_app.checklists.lint import LastPublished, errors, lint, lint_library, lint_rules
from inspect_app.checklists.local import LocalRules, requirements, sizing, within
from inspect_app.checklists.rules import Basis, BasisMark, Checklist, Choice, Item, ListPart, applicable
from inspect_app.checklists.suspicion import SuspicionRule, on_day
from inspect_app.checklists.zones import ZONES

LISTS = library.load()
TODAY = date(2026, 11, 23)


def test_the_two_lists_are_complete() -> None:
    assert len(LISTS["fire-small-restaurant"].items) >= 25
    assert len(LISTS["gas-kitchen"].items) >= 20


@pytest.mark.parametrize("code", list(LISTS))
def test_a_list_passes_its_lint_and_every_basis_carries_its_mark(code: str) -> None:
    assert errors(lint(LISTS[code], on=TODAY, rules=library.suspicion_rules())) == []
    for item in LISTS[code].items:
        assert all(basis.mark in ("✔", "◐") and basis.document and basis.says for basis in item.bases), item.code


def test_item_codes_are_one_thing_in_every_list() -> None:
    seen: dict[str, str] = {}
    for checklist in LISTS.values():
        for item in checklist.items:
            assert seen.setdefault(item.code, item.question) == item.question


def test_the_library_as_a_whole_has_no_error() -> None:
    faults = lint_library(LISTS.values(), library.items(), library.suspicion_rules(), on=TODAY)
    assert [str(fault) for fault in errors(faults)] == []


BASIS = Basis(
    "b-1",
    "消防法",
    "",
    "2021",
    "第二十八条",
    date(2021, 4, 29),
    None,
    "全国人大常委会",
    BasisMark.CHECKED,
    "domain.md",
    "不得堵塞",
)
GOOD = Item(
    code="F-1", section="通道", question="安全出口没有上锁", look="推一下门。", title="安全出口上锁", wordings=("门上了锁",),
    advice=("打开锁",), key=True, zone="hall", bases=(BASIS,),
)  # fmt: skip
OTHER = replace(GOOD, code="F-2", question="灭火器压力够", title="灭火器压力不足", wordings=("指针在红区",), key=False)
SMALL = Checklist("fire-x", "小餐饮检查表", "fire", ("small_restaurant",), (GOOD, OTHER))  # type: ignore[arg-type]
BOTTLED = {"fact": "gas_kind", "eq": "bottled"}

# what is planted, and where the fault must be found with which words
PLANTED: list[tuple[dict[str, Any], str, str]] = [
    ({"kind": "poem"}, "kind", "没有“poem”这种答法"),
    ({"grade": "terrible"}, "grade", "没有“terrible”这个级别"),
    ({"question": " "}, "question", "没有写问什么"),
    ({"wordings": ()}, "wordings", "没有写不合格时的说法"),
    ({"advice": ("",)}, "advice", "没有写整改建议"),
    ({"wordings": ("锁了", "锁了")}, "wordings", "有两句一样"),
    ({"kind": "number", "at_most": 2}, "unit", "要有单位"),
    ({"kind": "number", "unit": "米"}, "at_most", "要有上限或下限"),
    ({"kind": "number", "unit": "米", "at_most": 1, "at_least": 2}, "at_least", "怎么写都不合格"),
    ({"kind": "choice", "choices": (Choice("a", "有"), Choice("b", "没有"))}, "choices", "没有一个选项算不合格"),
    ({"kind": "choice", "choices": (Choice("a", "有", True),)}, "choices", "至少要有两个选项"),
    ({"kind": "count", "unit": "具", "at_least": 2}, "part", "要写按什么数"),
    ({"kind": "count", "unit": "具", "at_least": 2, "part": ListPart("楼层", "gas_kind")}, "part", "说不出有几处"),
    ({"mending_days": 0}, "mending_days", "至少是 1 天"),
    ({"look": "推一下门,看能不能开"}, "look", "半角标点"),
    ({"grade": "suspected_major", "bases": ()}, "grade", "没有判断规则，也没有依据"),
    ({"bases": (replace(BASIS, until=date(2026, 1, 1)),)}, "basis", "已经失效"),
    ({"bases": (replace(BASIS, since=date(2027, 2, 1)),)}, "basis", "才施行"),
    ({"bases": (replace(BASIS, id="b-9"),)}, "basis", "没有 b-9 这条依据"),
    ({"bases": (replace(BASIS, mark=BasisMark.SECOND_HAND),)}, "basis", "和依据库里的不一样"),
    ({"when": {"fact": "colour", "eq": "red"}}, "when", "不认识的情况：colour"),
    ({"when": {"fact": "beds", "more": 3}}, "when", "比较要写一个"),
    ({"when": {"fact": "gas_kind", "eq": "coal"}}, "when", "没有这个值"),
    ({"when": {"fact": "people_sleeping", "eq": 1}}, "when", "没有这个值"),
    ({"when": {"fact": "gas_kind", "at_least": 3}}, "when", "不能比大小"),
    ({"when": {"answer": "F-2", "is": "fail"}}, "when", "不能看别的答案"),
    ({"when": {"all": []}}, "when", "后面要有条件"),
    ({"when": {"all": [BOTTLED, {"not": BOTTLED}]}}, "when", "自相矛盾"),
    ({"when": {"all": [{"fact": "beds", "at_least": 10}, {"fact": "beds", "at_most": 5}]}}, "when", "自相矛盾"),
    ({"when": {"any": [BOTTLED, {"all": [{"fact": "storeys", "eq": 1}, {"fact": "storeys", "eq": 2}]}]}}, "when", "有一段自相矛盾"),
    ({"when": {"any": [BOTTLED, {"not": BOTTLED}]}}, "when", "总是成立"),
    ({"when": {"fact": "kind", "eq": "small_inn"}}, "when", "问不到这一项"),
    ({"code": "F-2"}, "code", "编号用了两次"),
    ({"question": "灭火器的压力应够"}, "question", "只是说法不同"),
    ({"needs": "papers"}, "needs", "必看的要一眼看得出来"),
    ({"needs": "luck"}, "needs", "没有“luck”这种说法"),
    ({"zone": ""}, "zone", "必看的要写在哪一区"),
    ({"zone": "moon"}, "zone", "没有“moon”这一区"),
    ({"line": "安全出口,没有上锁"}, "line", "半角标点"),
]  # fmt: skip


@pytest.mark.parametrize(("planted", "field", "words"), PLANTED, ids=[f"{row[1]}-{row[2]}" for row in PLANTED])
def test_lint_names_the_place_of_what_is_wrong(planted: dict[str, Any], field: str, words: str) -> None:
    assert lint(SMALL, on=TODAY, bases={"b-1": BASIS}) == []
    extra: dict[str, Any] = (
        {"title": "灭火器压力不足"} if "question" in planted and "灭火器" in planted["question"] else {}
    )
    bad = replace(SMALL, items=(replace(GOOD, **planted, **extra), OTHER))
    faults = errors(lint(bad, on=TODAY, bases={"b-1": BASIS}))
    assert any(fault.field == field and words in fault.what for fault in faults), faults
    assert {fault.code for fault in faults} <= {"F-1", "F-2"}


# what is planted in the short walk, and the warning that is told of it: none of them keeps a list from being published
WALKED: list[tuple[dict[str, Any], str, str]] = [
    ({"key": False}, "keys", "只能全查"),
    ({"line": "门" * 25}, "line", "25 个字"),
]


@pytest.mark.parametrize(("planted", "field", "words"), WALKED, ids=[row[1] for row in WALKED])
def test_what_makes_a_walk_worse_is_a_warning(planted: dict[str, Any], field: str, words: str) -> None:
    (fault,) = lint(replace(SMALL, items=(replace(GOOD, **planted), OTHER)), on=TODAY)
    assert (fault.field, fault.severity) == (field, Severity.WARNING)
    assert words in fault.what


def test_an_item_without_a_zone_is_told_only_where_the_list_has_zones() -> None:
    (fault,) = lint(replace(SMALL, items=(GOOD, replace(OTHER, zone=""))), on=TODAY)
    assert (fault.code, fault.field, fault.severity) == ("F-2", "zone", Severity.WARNING)


def test_a_place_is_walked_in_eight_zones_at_most_whatever_lists_it_has() -> None:
    def of(code: str, zones: list[str]) -> Checklist:
        walked = tuple(replace(GOOD, code=f"{code}-{zone}", zone=zone) for zone in zones)
        return replace(SMALL, code=code, kinds=("small_shop",), items=walked)

    many = list(ZONES)[:9]
    told = [fault for fault in lint(of("Z", many), on=TODAY) if fault.field == "zones"]
    assert [(fault.severity, "9 区" in fault.what) for fault in told] == [(Severity.WARNING, True)]
    two = (of("A", many[:5]), of("B", many[4:]))
    (told_of_kind,) = [fault for fault in lint_library(two, {}, [], on=TODAY) if fault.field == "zones"]
    assert (told_of_kind.code, "9 区" in told_of_kind.what) == ("small_shop", True)
    assert [fault for fault in lint_library(two[:1], {}, [], on=TODAY) if fault.field == "zones"] == []


def test_mending_on_the_spot_outside_the_eight_kinds_is_only_a_warning() -> None:
    wired = replace(GOOD, question="电线没有破皮", title="电线破皮", wordings=("绝缘层破了",), on_the_spot=True)
    (fault,) = lint(replace(SMALL, items=(wired,)), on=TODAY)
    assert (fault.field, fault.severity) == ("on_the_spot", Severity.WARNING)
    assert lint(replace(SMALL, items=(replace(GOOD, on_the_spot=True),)), on=TODAY) == []


def test_a_text_changed_under_the_same_version_is_told_at_its_field() -> None:
    changed = replace(SMALL, items=(replace(GOOD, advice=("把锁打开",)), OTHER))
    before = LastPublished(3, SMALL)
    assert lint(changed, on=TODAY, published=before, number=3) == [
        LintFault("F-1", "advice", "内容改了，版本还是第 3 版")
    ]
    assert lint(changed, on=TODAY, published=before, number=4) == []
    assert lint(SMALL, on=TODAY, published=before, number=3) == []
    (fault,) = lint(
        replace(SMALL, items=(replace(GOOD, question="电工有证", title="没有电工证"), OTHER)),
        on=TODAY,
        published=before,
    )
    assert (fault.field, fault.severity) == ("code", Severity.WARNING)


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ({"answer": "F-9", "is": "fail"}, "没有 F-9 这一项"),
        ({"answer": "F-1", "at_least": 3}, "不是写数字的"),
        ({"answer": "F-1", "is": "bad"}, "答案没有“bad”"),
        ({"all": [{"answer": "F-1", "is": "fail"}, {"answer": "F-1", "is": "pass"}]}, "自相矛盾"),
        ({"fact": "people_sleeping", "eq": True}, "落不到哪一件上"),
    ],
)
def test_a_rule_of_suspicion_asks_what_the_library_asks(condition: dict[str, Any], words: str) -> None:
    rule = SuspicionRule("m-1", "出口上锁", "fire", condition)
    assert any(words in fault.what for fault in lint_rules([rule], {"F-1": GOOD}, on=TODAY))


def test_only_rules_in_force_on_the_day_are_asked() -> None:
    fails = {"answer": "F-1", "is": "fail"}
    old = SuspicionRule("old", "旧", "fire", fails, until=date(2025, 10, 31))
    new = SuspicionRule("new", "新", "fire", fails, since=date(2025, 11, 1))
    ended = SuspicionRule("ended", "止", "fire", fails, basis=replace(BASIS, until=date(2025, 1, 1)))
    assert [rule.id for rule in on_day([old, new, ended], date(2025, 10, 31))] == ["old"]
    assert [rule.id for rule in on_day([old, new, ended], date(2025, 11, 1))] == ["new"]


def test_another_place_s_items_and_bases_are_left_out() -> None:
    here, province = replace(BASIS, id="nj", place="南京市"), replace(BASIS, id="js", place="江苏省")
    local_item = replace(OTHER, place="南京市")
    mixed = replace(SMALL, items=(replace(GOOD, bases=(BASIS, here, province)), local_item))
    nanjing = LocalRules("nanjing", "南京市", "江苏省", "市条例", since=date(2025, 5, 1))

    def kept(local: LocalRules | None, day: date = TODAY) -> list[list[str]]:
        return [[basis.id for basis in item.bases] for item in within(mixed, local, day).items]

    assert kept(nanjing) == [["b-1", "nj", "js"], ["b-1"]]
    assert kept(None) == kept(replace(nanjing, place="济南市", province="山东省")) == [["b-1"]]
    assert kept(nanjing, date(2025, 4, 30)) == [["b-1"]], "not yet in force"
    assert requirements({"F-1": GOOD, "F-2": local_item}, nanjing) == [local_item]


def test_sizes_of_small_places_come_from_a_district_and_are_never_guessed() -> None:
    shandong, nanjing = library.local_rules("shandong"), library.local_rules("nanjing")
    assert shandong is not None
    assert nanjing is not None
    assert nanjing.thresholds == ()
    assert shandong.exceeded("small_shop", {"floor_area": 300}) == [], "以下 includes the number itself"
    (over,) = shandong.exceeded("small_shop", {"floor_area": 301})
    assert (over.at_most, over.mark) == (300, BasisMark.SECOND_HAND)
    assert shandong.exceeded("small_shop", {}) == shandong.exceeded("residential", {"floor_area": 9000}) == []
    assert library.local_rules("none") is None


def test_a_small_restaurant_has_a_national_size_unless_the_district_has_its_own() -> None:
    shandong, nanjing, national = library.local_rules("shandong"), library.local_rules("nanjing"), library.national()
    assert sizing("small_restaurant", TODAY, nanjing, national) is national
    assert sizing("small_restaurant", TODAY, None, national) is national
    assert sizing("small_restaurant", TODAY, shandong, national) is shandong
    assert sizing("small_shop", TODAY, nanjing, national) is None
    ended = replace(national, until=date(2026, 1, 1))
    assert sizing("small_restaurant", TODAY, nanjing, ended) is None, "dated"

    def over(**facts: int) -> list[str]:
        return [one.fact for one in national.exceeded("small_restaurant", facts)]

    assert over(floor_area=400, storeys=2) == [], "two floors of 200 each"
    assert over(floor_area=401, storeys=2) == ["floor_area"]
    assert over(floor_area=401) == [], "how many floors nobody knows"
    assert over(storeys=4) == ["storeys"]
    assert {one.mark for one in national.thresholds} == {BasisMark.CHECKED}


def test_bottled_gas_items_are_asked_only_where_bottles_may_be() -> None:
    def codes(gas: dict[str, str]) -> set[str]:
        return {item.code for item in applicable(LISTS["gas-kitchen"], gas)}

    assert "G-CYL-06" in codes({"gas_kind": "bottled"})
    assert "G-CYL-06" not in codes({"gas_kind": "piped"})
    assert "G-CYL-06" in codes({}), "an unknown fact hides nothing"
