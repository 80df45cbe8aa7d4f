"""What the fire lists promise: enough to look at in every kind of place, cited or left open, said kindly, nothing twice."""

import re
from collections import Counter
from datetime import UTC, datetime
from difflib import SequenceMatcher
from itertools import combinations
from typing import Any
from uuid import UUID

import pytest
import yaml

from inspect_app.casework.visit_submission import failing
from inspect_app.checklists import library
from inspect_app.checklists.rules import NEEDS, BasisMark, Checklist, Field, Item, applicable
from inspect_app.checklists.zones import MOST, ZONES
from inspect_app.papers.kinds import printable_bases
from inspect_app.premises.rules import FACT_NAMES, PremisesKind
from inspect_app.visits.rules import Answer, Merged

LISTS = {code: checklist for code, checklist in library.load().items() if checklist.field == Field.FIRE}
ITEMS = {item.code: item for checklist in LISTS.values() for item in checklist.items}
SMALL = [kind for kind in PremisesKind if kind.startswith("small_")]
RULES: list[dict[str, Any]] = [
    rule
    for path in sorted(library.FOLDER.glob("suspect*.yaml"))
    for rule in yaml.safe_load(path.read_text("utf-8"))
    if rule["field"] == "fire"
]
ALIASES = yaml.safe_load((library.FOLDER / "aliases.yaml").read_text("utf-8"))
# As dangerous elsewhere, where it is asked without a basis: no national text on it is at hand (domain.md 10, first line).
ASKED_EVERYWHERE = {"F-LIVE-02"}
# Two kinds of places are asked a shared question in stricter words of their own, and that alone (aliases.yaml: same_as).
OWN_WORDS = {
    PremisesKind.SMALL_ENTERTAINMENT: ("F-EXIT-08", "F-KTV-08"),
    PremisesKind.SMALL_SCHOOL: ("F-LIVE-02", "F-SCH-06"),
}
# look.md 3.1: a deputy says what was seen and what might be done; orders and judgements are for the authority.
ORDERS = ("责令", "限期", "处罚", "执法", "查封", "停业", "违法", "必须", "严禁", "逾期")
# domain.md 2.2: kinds that may be put right before one's eyes. Each such item speaks of one of them.
ON_THE_SPOT = re.compile("锁|堆|挡|占|堵|窄|烟|火|炉|蜡烛|香|防火门|卷帘|值|守|人|楼梯间门|停用")


GIVEN_UP = {row["code"]: row["replaced_by"] for row in ALIASES if row.get("code", "").startswith("F-")}


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
    shared, instead = OWN_WORDS.get(kind, ("", ""))
    assert own >= _common() - {shared}
    assert shared not in own
    assert not instead or instead in own
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
    """One that was given up stands in the versions that asked it, and in aliases.yaml."""
    fire = {code for code in library.items() if code.startswith("F-")}
    assert fire == {code for code in ITEMS if code.startswith("F-")}
    assert not fire & set(GIVEN_UP)


@pytest.mark.parametrize(("code", "instead"), GIVEN_UP.items())
def test_a_given_up_code_is_asked_under_another_in_the_same_lists(code: str, instead: str) -> None:
    assert instead in library.items()
    assert instead not in GIVEN_UP, "an alias leads to a code that is asked"
    prefix = {"F-INN": "fire-small-inn", "F-REST": "fire-small-restaurant"}[code.rsplit("-", 1)[0]]
    assert instead in {item.code for item in LISTS[prefix].items}, "who looked for the old one finds the new one here"


@pytest.mark.parametrize("code", [code for code in ITEMS if code.startswith("F-")])
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
        scopes = [item.when or {}, *(basis.when or {} for basis in item.bases if basis.id.startswith("high5-"))]
        assert any("high_rise" in _named(dict(one), "fact") for one in scopes), (
            "rules of high-rise buildings hold there"
        )
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


# The short walk (短查): what is seen where, what is asked by itself, what an eye can tell.
FILLED_TOGETHER = {kind: [one for one in library.load().values() if kind in one.kinds] for kind in PremisesKind}
MOST_KEYS = {PremisesKind.RESIDENTIAL: 17}  # the rest of 22 is the gas list's
WITH_GAS = {PremisesKind.SMALL_RESTAURANT, PremisesKind.SMALL_SCHOOL, PremisesKind.SMALL_INN, PremisesKind.CROWDED}


@pytest.mark.parametrize("code", list(LISTS))
def test_every_item_of_a_fire_list_stands_in_a_zone(code: str) -> None:
    assert [item.code for item in LISTS[code].items if item.zone not in ZONES] == []


@pytest.mark.parametrize(
    "kind", [kind for kind in PremisesKind if kind in {k for one in LISTS.values() for k in one.kinds}]
)
def test_a_place_is_walked_in_eight_zones_at_most_with_all_its_lists(kind: PremisesKind) -> None:
    zones = {item.zone for checklist in FILLED_TOGETHER[kind] for item in checklist.items if item.zone}
    assert len(zones) <= MOST, sorted(zones)


@pytest.mark.parametrize("code", list(LISTS))
def test_the_keys_of_a_fire_list_keep_within_its_share(code: str) -> None:
    """Ten where the gas list adds ten, fourteen where there is no gas (docs/decisions/0031)."""
    (kind,) = LISTS[code].kinds
    most = 10 if kind in WITH_GAS else MOST_KEYS.get(PremisesKind(kind), 14)
    keys = [item.code for item in LISTS[code].items if item.key]
    assert 9 <= len(keys) <= most


@pytest.mark.parametrize("code", list(LISTS))
def test_a_key_is_told_by_the_eye_and_by_its_accident(code: str) -> None:
    keys = [item for item in LISTS[code].items if item.key]
    assert [item.code for item in keys if item.needs] == [], "papers, measuring and touching take more than a look"
    assert [item.code for item in keys if not item.why] == [], "people remember stories, not clauses"
    assert [item.code for item in keys if item.kind not in ("judge", "choice")] == [], "one tap each"


@pytest.mark.parametrize("code", [code for code in ITEMS if code.startswith("F-")])
def test_a_line_is_read_in_passing_and_says_the_sound_state(code: str) -> None:
    item = ITEMS[code]
    assert len(item.short_words) <= 18
    assert item.line != item.question, "an empty line says that the question is short enough"
    assert not item.line.endswith(("？", "几个月", "距离", "宽度")), "how it should be, not what is asked"
    if item.kind in ("number", "count"):
        assert item.line, "a number is no state that one sees"


@pytest.mark.parametrize("code", [code for code in ITEMS if code.startswith("F-")])
def test_a_story_is_short_and_needs_is_one_of_three(code: str) -> None:
    item = ITEMS[code]
    assert len(item.why) <= 60
    assert item.needs in ("", *NEEDS)


LOOKING_ONLY = (
    "敲一敲",
    "摸一摸",
    "手背",
    "手指在",
    "掀一掀",
    "关掉一部分灯",
    "打开看有没有烧黑",
    "推一张空床",
    "请网管打开电箱",
)


@pytest.mark.parametrize("words", LOOKING_ONLY)
def test_a_visitor_is_asked_to_look_and_not_to_touch(words: str) -> None:
    assert [item.code for item in ITEMS.values() if words in item.look] == []


def test_what_is_measured_papered_or_touched_says_so() -> None:
    """By the words of 怎么看: without `needs` the walk would take a glance for it."""
    telling = re.compile("清洗单|签到表|巡查本|评估报告|检测报告|出示证件|请.{1,8}(?:按一次|试播|演示|当面开)")
    silent = [
        code for code, item in ITEMS.items() if code.startswith("F-") and telling.search(item.look) and not item.needs
    ]
    assert silent == []


def test_a_standard_has_title_and_number() -> None:
    """《建筑防火通用规范》（GB 55037-2022）第 7.1.7 条, never a title-less 《GB …》."""
    for basis in {basis.id: basis for item in ITEMS.values() for basis in item.bases}.values():
        assert not re.match(r"[A-Z]|\d+ ?号令", basis.document), basis.id
        if re.match("GB|XF|CJJ|JGJ", basis.number):
            assert re.search(r"《[一-鿿、（）]+》（[A-Z/]+ ?\d", basis.cited), basis.id
    assert [item.code for item in ITEMS.values() if re.search("GB ?[/\\d]", "".join((item.why, *_words(item))))] == []


def test_a_criterion_for_judging_is_printed_to_nobody() -> None:
    judging = [basis.to_dict() for basis in library.bases().values() if basis.judges]
    assert {"gb35181", "edu-major", "supervise-38"} <= {basis["id"] for basis in judging}
    assert printable_bases(judging) == []


@pytest.mark.parametrize(
    ("code", "kind", "cited", "not_cited"),
    [
        ("F-EXIT-06", "small_inn", "fire-28-window", ""),
        ("F-EXIT-06", "small_workshop", "", "fire-28-window"),  # the last sentence of 28 binds 人员密集场所
        ("F-LIVE-03", "small_workshop", "", "fire-26-2"),
        ("F-KIT-07", "small_restaurant", "njfire-39-3", ""),
        ("F-STAFF-04", "small_shop", "", "njsafety-52"),
        ("F-PUB-01", "small_shop", "", "fire-15"),
        ("F-CROWD-03", "crowded", "order61-25-2", "fire-16"),
        ("F-RES-27", "residential", "fire-23", "fire-19"),
        ("F-HOSP-11", "small_hospital", "fire-23-3", "fire-16"),
        ("F-CROWD-23", "crowded", "gb55037-12-0-2", "fire-28"),
    ],
)
def test_a_finding_rests_on_what_binds_the_place(code: str, kind: str, cited: str, not_cited: str) -> None:
    ids = {basis.id for basis in library.items()[code].bases_at({"kind": kind, "high_rise": False})}
    assert not cited or cited in ids
    assert not_cited not in ids


@pytest.mark.parametrize("code", ["F-RES-31", "F-KIT-08", "F-SPA-09", "F-FIRE-03", "F-CROWD-14", "F-RES-36"])
def test_what_no_text_at_hand_demands_cites_none_that_speaks_of_something_else(code: str) -> None:
    assert {"fire-21", "fire-26-2", "fire-18"}.isdisjoint({basis.id for basis in ITEMS[code].bases})


def test_stores_of_goods_are_measured_where_there_are_stores() -> None:
    """XF 1131 is about 仓储场所, not about the back room of a corner shop or the stock of a supermarket."""
    measured = {f"F-STORE-0{n}" for n in range(1, 6)}
    for kind in (PremisesKind.SMALL_SHOP, PremisesKind.CROWDED):
        assert measured.isdisjoint({item.code for item in _list_for(kind).items})
    assert measured <= {item.code for item in _list_for(PremisesKind.SMALL_WORKSHOP).items}


def test_asking_for_a_permit_fails_no_small_place_that_has_none() -> None:
    assert {one.value for one in ITEMS["F-PUB-01"].choices if one.fails} == {"other_name"}
    licence = {one.value: one.fails for one in ITEMS["F-SHOP-05"].choices}
    assert (licence["licensed"], licence["unlicensed"]) == (False, True)
    assert ITEMS["F-FIRE-04"].grade == "general", "辽阳 began there"
    assert ITEMS["F-LIVE-01"].grade == "general", "no criterion names it by itself"


def test_what_is_found_of_gas_is_the_gas_authoritys_whichever_list_asked_first() -> None:
    """G-CYL-08 stands in the fire list of a restaurant too: powers go by the field of the list a hazard is made under."""
    fire, gas = LISTS["fire-small-restaurant"], library.load()["gas-kitchen"]
    at = (datetime(2026, 11, 30, 1, tzinfo=UTC), 1)
    answers = {
        code: Merged(Answer(code, "phone", at, {"value": "fail"}), contested=False)
        for code in ("G-CYL-08", "F-EXIT-01")
    }
    one, two = UUID(int=1), UUID(int=2)
    for lists in ([(one, fire), (two, gas)], [(two, gas), (one, fire)]):
        made = {item.code: checklist.field for _, checklist, item, _ in failing(lists, answers)}
        assert made == {"G-CYL-08": Field.GAS, "F-EXIT-01": Field.FIRE}
    alone = failing([(one, fire)], answers)
    assert {checklist.field for _, checklist, _, _ in alone} == {Field.FIRE}, (
        "without the gas list, under the one there is"
    )
