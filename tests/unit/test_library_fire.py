"""What the fire lists promise: enough to look at in every kind of place, cited or left open, said kindly, nothing twice."""

import re
from collections import Counter
from difflib import SequenceMatcher
from itertools import combinations
from typing import Any

import pytest
import yaml

from inspect_app.checklists import library
from inspect_app.checklists.rules import BasisMark, Checklist, Field, Item, applicable
from inspect_app.premises.rules import FACT_NAMES, PremisesKind

LISTS = {code: checklist for code, checklist in library.load().items() if checklist.field == Field.FIRE}
ITEMS = {item.code: item for checklist in LISTS.values() for item in checklist.items}
SMALL = [kind for kind in PremisesKind if kind.startswith("small_")]
RULES: list[dict[str, Any]] = [
    rule
    for path in sorted(library.FOLDER.glob("suspect*.yaml"))
    for rule in yaml.safe_load(path.read_text("utf-8"))
    if rule["field"] == "fire"
]
# As dangerous elsewhere, where it is asked without a basis: no national text on it is at hand (domain.md 10, first line).
ASKED_EVERYWHERE = {"F-LIVE-02"}
# look.md 3.1: a deputy says what was seen and what might be done; orders and judgements are for the authority.
ORDERS = ("责令", "限期", "处罚", "执法", "查封", "停业", "违法", "必须", "严禁", "逾期")
# domain.md 2.2: kinds that may be put right before one's eyes. Each such item speaks of one of them.
ON_THE_SPOT = re.compile("锁|堆|挡|占|堵|窄|烟|火|炉|蜡烛|香|防火门|卷帘|值|守|人|楼梯间门|停用")


def _list_for(kind: PremisesKind) -> Checklist:
    (found,) = [checklist for checklist in LISTS.values() if kind in checklist.kinds]
    return found


def _common() -> set[str]:
    raw = yaml.safe_load((library.FOLDER / "parts" / "fire-common.yaml").read_text("utf-8"))
    return {code for section in raw["sections"] for code in section["items"]}


def _named(condition: dict[str, Any], name: str) -> set[str]:
    """The answers or facts a condition asks for."""
    inner = [*condition.get("all", ()), *condition.get("any", ()), *([condition["not"]] if "not" in condition else [])]
    here = {condition[name]} if name in condition else set()
    return here.union(*(_named(part, name) for part in inner))


def test_the_common_part_and_the_library_are_large_enough() -> None:
    assert len(_common()) >= 25
    assert len(ITEMS) >= 150


@pytest.mark.parametrize("kind", SMALL)
def test_every_small_kind_has_its_list_with_the_common_part_and_items_no_other_list_has(kind: PremisesKind) -> None:
    own = {item.code for item in _list_for(kind).items}
    others = {item.code for other in LISTS.values() if kind not in other.kinds for item in other.items}
    assert own >= _common()
    assert len(own - others) >= 6, "what is particular to this kind"


@pytest.mark.parametrize("kind", [PremisesKind.CROWDED, PremisesKind.RESIDENTIAL])
def test_crowded_places_and_old_quarters_have_lists_of_their_own(kind: PremisesKind) -> None:
    own = {item.code for item in _list_for(kind).items}
    assert len(own) >= 30
    assert len(own - {item.code for other in LISTS.values() if kind not in other.kinds for item in other.items}) >= 20


@pytest.mark.parametrize("code", list(LISTS))
def test_a_fire_list_asks_nothing_twice(code: str) -> None:
    assert [item for item, times in Counter(item.code for item in LISTS[code].items).items() if times > 1] == []


def test_no_item_of_the_library_lies_unused() -> None:
    fire = {code for code in library.items() if code.startswith("F-")}
    assert fire - set(ITEMS) == set()


@pytest.mark.parametrize("code", list(ITEMS))
def test_an_item_is_whole(code: str) -> None:
    item = ITEMS[code]
    assert 2 <= len(set(item.wordings)) == len(item.wordings) <= 4
    assert 1 <= len(item.advice) <= 3
    assert 1 <= len(item.look) <= 60
    assert len(item.question) <= 30
    assert len(item.title) <= 22
    assert item.title not in item.wordings, "the phrases say what was seen, the title what it is"
    assert item.kind != "number" or (item.at_most, item.at_least) != (None, None)
    assert item.kind != "count" or item.part
    assert item.kind != "choice" or len({choice.fails for choice in item.choices}) == 2
    assert item.when is None or _named(dict(item.when), "fact") <= set(FACT_NAMES)


@pytest.mark.parametrize("code", list(ITEMS))
def test_an_item_is_cited_by_what_holds_where_it_is_asked(code: str) -> None:
    item = ITEMS[code]
    assert all(basis.mark in (BasisMark.CHECKED, BasisMark.SECOND_HAND) for basis in item.bases)
    places = {basis.place for basis in item.bases}
    only = places.pop() if len(places) == 1 else ""
    assert item.place == ("" if item.code in ASKED_EVERYWHERE else only), (
        "asked only there when only the local rule asks"
    )
    if any(basis.id.startswith("high5-") for basis in item.bases):
        assert "high_rise" in _named(dict(item.when or {}), "fact"), "rules of high-rise buildings hold there only"
    if any("电动" in words for words in (item.title, item.question)):
        assert "fire-27-2" not in {basis.id for basis in item.bases}, "article 27 is not about e-bikes (domain.md 10)"


def test_a_technical_reference_never_stands_for_a_duty() -> None:
    """GB 50140 and GB 50444 lost their force to GB 55036 (domain.md 10)."""
    for basis in library.bases().values():
        if basis.number in ("GB 50140-2005", "GB 50444-2008"):
            assert "技术参考" in basis.says, basis.id


def test_bases_carry_number_edition_and_place_apart() -> None:
    bases = library.bases()
    assert (bases["gb55036-10-0-4"].number, bases["gb55036-10-0-4"].edition) == ("GB 55036-2022", "2022")
    for basis in bases.values():
        assert not re.search(r"GB|XF|〔|第\d+号", basis.edition), f"{basis.id}: the number has its own place"
        starts = next((place for place in ("南京市", "江苏省") if basis.document.startswith(place)), "")
        assert basis.place == starts, basis.id


@pytest.mark.parametrize("name", ["question", "title"])
def test_no_two_items_are_the_same_in_other_words(name: str) -> None:
    twins = [
        (one.code, other.code)
        for one, other in combinations(ITEMS.values(), 2)
        if SequenceMatcher(None, getattr(one, name), getattr(other, name)).ratio() > 0.75
    ]
    assert twins == []


def _words(item: Item) -> list[str]:
    choices = [choice.label for choice in item.choices]
    return [item.question, item.look, item.title, *item.wordings, *item.advice, item.photo_hint, *choices]


@pytest.mark.parametrize("word", ORDERS)
def test_an_item_suggests_and_never_orders(word: str) -> None:
    assert [item.code for item in ITEMS.values() if any(word in words for words in _words(item))] == []


def test_only_what_may_be_put_right_at_once_is_offered_so() -> None:
    wrong = [item.code for item in ITEMS.values() if item.on_the_spot and not ON_THE_SPOT.search(item.title)]
    assert wrong == []
    slow = [item.code for item in ITEMS.values() if item.on_the_spot and item.mending_days > 3]
    assert slow == [], "what can be mended at once is not given weeks"


def test_facts_of_the_place_trim_its_list() -> None:
    crowded, school = _list_for(PremisesKind.CROWDED), _list_for(PremisesKind.SMALL_SCHOOL)
    low = {item.code for item in applicable(crowded, {"high_rise": False})}
    assert "F-CROWD-25" not in low
    assert "F-CROWD-01" in low
    day_school = {item.code for item in applicable(school, {"people_sleeping": False})}
    assert "F-SCH-09" not in day_school
    assert "F-SCH-02" in day_school


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["id"])
def test_a_suspicion_of_fire_asks_only_what_the_lists_ask(rule: dict[str, Any]) -> None:
    assert _named(rule["if"], "answer") <= set(ITEMS)
    assert _named(rule["if"], "fact") <= set(FACT_NAMES)
    assert rule["basis"] in library.bases()


def test_a_rule_whose_standard_could_not_be_read_quotes_nothing_and_asks_the_authority() -> None:
    unread = [rule for rule in RULES if rule["basis"] == "gb35181"]
    assert unread
    assert all(rule["clause"] == "" and "请主管部门判定" in rule["says"] for rule in unread)


def test_an_item_graded_suspected_major_has_a_rule_that_explains_it() -> None:
    explained = set().union(*(_named(rule["if"], "answer") for rule in RULES))
    assert {code for code, item in ITEMS.items() if item.grade == "suspected_major"} <= explained
