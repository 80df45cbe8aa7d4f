"""The gas and building-site part of the library: complete, cited, worded for a lay visitor, and only suspecting."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import combinations
from typing import Any

import pytest
import yaml

from inspect_app.checklists import library
from inspect_app.checklists.answers import given, verdict
from inspect_app.checklists.conditions import Verdict, holds
from inspect_app.checklists.rules import BasisMark, Checklist, Field, Item, applicable
from inspect_app.checklists.suspicion import on_day, suspect
from inspect_app.checklists.zones import MOST, ZONES
from inspect_app.premises.rules import FACT_NAMES, GAS_KINDS, KIND_NAMES, PremisesKind, likeness

EVERY_LIST = library.load()
LISTS = {code: checklist for code, checklist in EVERY_LIST.items() if checklist.field != Field.FIRE}
ASKED = {item.code: item for checklist in LISTS.values() for item in checklist.items}  # some of them are fire's as well
ITEMS = {code: item for code, item in ASKED.items() if not code.startswith("F-")}
RULES = [
    rule for rule in yaml.safe_load((library.FOLDER / "suspect.yaml").read_text("utf-8")) if rule["field"] != Field.FIRE
]
IN_FORCE = [rule for rule in RULES if rule["until"] is None]
ALIASES = {
    row["code"]: row["replaced_by"]
    for row in yaml.safe_load((library.FOLDER / "aliases.yaml").read_text("utf-8"))
    if "code" in row
}
BEFORE, SINCE = date(2026, 11, 29), date(2026, 11, 30)  # the last day of the old rules, the first of the mended ones
HAN = "[一-鿿]"
# The marks of tests/web/test_words.py, for what the library brings to the screen.
ASCII_MARK = re.compile(rf"{HAN}[,:;?()!.]|[,:;?()!]{HAN}")
ORDERS = re.compile("责令|限期|处罚|罚款|违法|查封|停业|逾期")
LIKE_LIMIT = 0.6

GROUND = {"below_ground": False, "high_rise": False}
LEAST = {
    "piped kitchen": ("gas-kitchen", GROUND | {"gas_kind": "piped"}, 20),
    "bottled kitchen": ("gas-kitchen", GROUND | {"gas_kind": "bottled"}, 20),
    "piped household": ("gas-household", GROUND | {"gas_kind": "piped"}, 20),
    "bottled household": ("gas-household", GROUND | {"gas_kind": "bottled"}, 20),
    "outlet that burns no gas itself": ("gas-outlet", GROUND | {"gas_kind": "none"}, 20),
    "site, the works": ("site-work", {}, 45),
    "site, fire and living quarters": ("site-living", {}, 20),
}


def _texts(item: Item) -> list[str]:
    labels = [choice.label for choice in item.choices]
    return [item.question, item.look, item.title, item.photo_hint, *item.wordings, *item.advice, *labels]


def _said(rule: Mapping[str, Any]) -> list[str]:
    return [rule["title"], rule["clause"], rule["says"]]


def _leaves(condition: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for part in (*condition.get("all", ()), *condition.get("any", ())):
        yield from _leaves(part)
    if "not" in condition:
        yield from _leaves(condition["not"])
    if "answer" in condition or "fact" in condition:
        yield condition


@pytest.mark.parametrize("visit", LEAST)
def test_a_visit_is_asked_enough(visit: str) -> None:
    code, facts, least = LEAST[visit]
    assert len(applicable(LISTS[code], facts)) >= least


def test_gas_and_sites_have_their_own_items_and_each_stands_in_a_list() -> None:
    mine = {code for code in library.items() if code.startswith(("G-", "S-"))}
    assert mine == set(ITEMS)
    assert len(mine) >= 110


def test_kitchens_ask_for_one_kind_of_gas_only() -> None:
    def codes(gas_kind: str) -> set[str]:
        return {item.code for item in applicable(LISTS["gas-kitchen"], GROUND | {"gas_kind": gas_kind})}

    bottled = [code for code in codes("piped") if code.startswith(("G-CYL", "G-ROOM"))]
    assert bottled == ["G-CYL-08"], "a bottle beside the flame of piped gas is what 银川 was"
    assert not [code for code in codes("bottled") if code.startswith("G-PIPE")]


@pytest.mark.parametrize("checklist", LISTS.values(), ids=list(LISTS))
def test_a_list_says_first_what_not_to_do(checklist: Checklist) -> None:
    assert set(checklist.kinds) <= set(KIND_NAMES)
    assert checklist.reminder.endswith("。")


@pytest.mark.parametrize("code", ["site-work", "site-living"])
def test_a_site_visitor_is_told_to_stay_on_the_ground(code: str) -> None:
    assert "只看看得见的地方" in LISTS[code].reminder
    assert "不登高" in LISTS[code].reminder


@pytest.mark.parametrize("item", ITEMS.values(), ids=list(ITEMS))
def test_an_item_is_worded_for_a_lay_visitor(item: Item) -> None:
    assert 2 <= len(item.wordings) <= 4
    assert len(set(item.wordings)) == len(item.wordings)
    assert 1 <= len(item.advice) <= 3
    assert item.look.endswith("。")
    assert not [text for text in _texts(item) if ASCII_MARK.search(text)]
    assert not [text for text in _texts(item) if ORDERS.search(text)]


@pytest.mark.parametrize("item", ITEMS.values(), ids=list(ITEMS))
def test_an_answer_can_fail_and_a_bound_is_cited(item: Item) -> None:
    if item.kind in ("number", "count"):
        assert item.unit
        assert item.at_most is not None or item.at_least is not None
        assert item.bases, "a bound is a rule of someone"
    assert (item.part is not None) == (item.kind == "count")
    if item.kind == "choice":
        assert {choice.fails for choice in item.choices} == {True, False}


def test_no_two_items_differ_only_in_wording() -> None:
    alike = [
        (one.code, other.code)
        for one, other in combinations(ITEMS.values(), 2)
        if likeness(one.question, other.question) >= LIKE_LIMIT or one.title == other.title
    ]
    assert alike == []


def test_every_basis_of_gas_and_sites_is_in_force_and_known_by_its_source() -> None:
    for item in ITEMS.values():
        for basis in item.bases:
            assert library.bases()[basis.id].until is None, (item.code, basis.id)
            assert re.match(r"domain(-local|-review)?\.md ", basis.source), basis.id


def test_known_wrong_citations_do_not_come_back() -> None:
    """domain.md §10 and domain-local.md H, as far as they touch gas and sites."""
    cited = {basis for item in ITEMS.values() for basis in item.bases}
    assert not [basis.id for basis in cited if "建质规〔2022〕2号" in basis.number or "2022版" in basis.edition]
    assert not [basis.id for basis in cited if re.search(r"GB 50720|JGJ 46-2005", basis.number + basis.edition)]
    assert not [basis.id for basis in cited if "江苏省燃气管理条例" in basis.document and "2025" not in basis.edition]
    assert not [basis.id for basis in cited if "南京市消防条例" in basis.document and "2024" not in basis.edition]


def test_rules_of_suspicion_ask_what_the_library_asks() -> None:
    assert len(RULES) >= 20
    assert len({rule["id"] for rule in RULES}) == len(RULES)
    for rule in RULES:
        leaves = list(_leaves(rule["if"]))
        answers = [leaf for leaf in leaves if "answer" in leaf]
        assert answers, rule["id"]
        assert all(leaf["answer"] in ITEMS for leaf in answers), rule["id"]
        judged = [leaf["is"] for leaf in answers if "is" in leaf]
        assert set(judged) <= {"fail", "pass", "na", "unsure"}, rule["id"]
        of_choices = [leaf for leaf in answers if "chosen" in leaf or leaf.get("judged") == "fail"]
        assert len(judged) + len(of_choices) == len(answers), rule["id"]
        assert all(leaf["fact"] in FACT_NAMES for leaf in leaves if "fact" in leaf), rule["id"]
        assert any(ITEMS[leaf["answer"]].grade != "advice" for leaf in answers), rule["id"]
        codes = {leaf["answer"] for leaf in answers}
        lists = [checklist for checklist in LISTS.values() if codes & {item.code for item in checklist.items}]
        assert {checklist.field for checklist in lists} == {Field(rule["field"])}, rule["id"]
        assert all(
            leaf["chosen"] in {choice.value for choice in ITEMS[leaf["answer"]].choices if choice.fails}
            for leaf in answers
            if "chosen" in leaf
        ), rule["id"]


@pytest.mark.parametrize("rule", RULES, ids=[rule["id"] for rule in RULES])
def test_a_rule_only_suspects_and_rests_on_a_checked_clause_or_says_nothing_more(rule: dict[str, Any]) -> None:
    assert not [text for text in _said(rule) if ASCII_MARK.search(text) or ORDERS.search(text)]
    if not rule["clause"]:
        assert (rule["basis"], rule["edition"], rule["says"]) == ("", "", "请主管部门判定。")
        return
    basis = library.bases()[rule["basis"]]
    assert basis.mark is BasisMark.CHECKED
    assert rule["clause"].startswith(basis.article)
    # What was mended holds from the day it was mended, and never before the criterion itself.
    assert rule["since"] == (SINCE if rule.get("mends") or rule["id"] == "gas-8-odour" else basis.since)
    assert rule["since"] >= basis.since
    assert rule["edition"] in (basis.number, basis.edition)
    assert "疑似" in rule["says"]
    assert rule["says"].endswith("认定。")


def test_what_a_gas_user_does_is_suspected_only_with_the_missing_notice_named() -> None:
    """建城规〔2023〕4号 第九条: the operator's failure to give written notice is needed too (domain.md 0.8)."""
    user_side = [rule for rule in IN_FORCE if re.fullmatch(r"gas-9-\d(-2026)?", rule["id"])]
    assert len(user_side) == 4
    for rule in user_side:
        assert "不按规定书面告知" in rule["clause"]
        assert re.search("没有查明.*书面告知", rule["says"])


def test_what_an_item_calls_suspected_a_rule_explains() -> None:
    named = {leaf["answer"] for rule in IN_FORCE for leaf in _leaves(rule["if"]) if "answer" in leaf}
    assert {code for code, item in ITEMS.items() if item.grade == "suspected_major"} <= named


# ── the short walk ──────────────────────────────────────────────────────────────────────────────────────────────────────
def _walked(*codes: str) -> list[Item]:
    return list({item.code: item for code in codes for item in EVERY_LIST[code].items}.values())


def _keys(*codes: str, **facts: Any) -> set[str]:
    """The keys of lists that are filled together at a place of these facts, each once."""
    return {
        item.code
        for code in codes
        for item in EVERY_LIST[code].items
        if item.key and holds(item.when, facts) is not False
    }


@pytest.mark.parametrize("kind", list(PremisesKind))
def test_a_kind_of_place_is_walked_in_few_zones(kind: PremisesKind) -> None:
    lists = [checklist for checklist in EVERY_LIST.values() if kind in checklist.kinds]
    passed = {item.zone for checklist in lists for item in checklist.items if item.zone}
    assert passed <= set(ZONES)
    assert len(passed) <= MOST, sorted(passed)


@pytest.mark.parametrize("code", list(LISTS))
def test_everything_of_a_list_is_seen_somewhere(code: str) -> None:
    assert [item.code for item in LISTS[code].items if not item.zone] == []


def test_a_kitchen_is_smelled_first_and_nothing_else_is_asked_there() -> None:
    for code in ("gas-kitchen", "gas-outlet"):
        assert [item.code for item in LISTS[code].items if item.zone == "smell"] == ["G-SMELL-01"]
    assert LISTS["gas-household"].items[0].code == "G-SMELL-01"
    assert next(item.zone for item in LISTS["gas-household"].items) == "stairs", "before any door is opened"


@pytest.mark.parametrize(
    ("codes", "facts", "most"),
    [
        (["gas-kitchen"], {}, 10),
        (["gas-kitchen"], {"gas_kind": "bottled"}, 10),
        (["gas-kitchen"], {"gas_kind": "piped"}, 4),
        (["gas-household"], {}, 5),
        (["gas-outlet"], {}, 14),
        (["site-work", "site-living"], {}, 22),
    ],
)
def test_keys_stay_within_what_a_walk_can_bear(codes: list[str], facts: dict[str, Any], most: int) -> None:
    keys = _keys(*codes, **facts)
    assert 0 < len(keys) <= most
    assert "G-SMELL-01" in keys or codes[0].startswith("site")


def test_a_key_is_seen_with_the_eye_alone_and_answered_with_one_tap() -> None:
    for item in (item for checklist in LISTS.values() for item in checklist.items if item.key):
        assert not item.needs, item.code
        assert item.kind in ("judge", "choice"), item.code
        assert item.grade != "advice", item.code
        assert item.why, f"{item.code}: what happened, or what happens"


@pytest.mark.parametrize("item", ITEMS.values(), ids=list(ITEMS))
def test_a_line_is_short(item: Item) -> None:
    assert len(item.short_words) <= 18, item.short_words
    assert not item.line or len(item.question) > 15 or item.line != item.question


@pytest.mark.parametrize("item", ITEMS.values(), ids=list(ITEMS))
def test_a_visitor_only_looks(item: Item) -> None:
    """The reminders say 您只看: nothing is felt, bent, pulled or tried. What has to be says so in `needs`."""
    for words in ("摸一遍", "弯一弯", "按一下", "试不试", "推一推", "能不能开动", "掰"):
        assert words not in item.look
    if item.kind == "number" and item.unit == "米":
        assert item.needs == "measure"
    if re.search("拿出|单子上", item.look) and "请项目部" not in item.look:
        assert item.needs, item.code


def test_words_of_the_trade_are_explained_where_they_are_used() -> None:
    for item in ITEMS.values():
        for word in ("中压阀", "净高", "液相", "连墙件", "立管", "引入管", "熄火保护", "高支模", "气液双相"):
            assert word not in item.question + item.line, (item.code, word)
    for code, explained in (
        ("G-HOSE-06", "叫中压阀"),
        ("G-CYL-11", "叫气液双相瓶"),
        ("G-CYL-12", "调压阀（也叫减压器）是"),
        ("G-CYL-13", "密封圈是"),
        ("G-HOSE-05", "卡箍，就是"),
        ("G-PIPE-06", "粗管子（立管）"),
        ("G-ALARM-06", "切断阀（"),
        ("S-SCAF-02", "短杆（连墙件）"),
        ("S-CRANE-04", "限位是"),
        ("S-CRANE-06", "附着是"),
        ("S-HIGH-07", "安全锁是"),
        ("S-PIT-07", "支护就是"),
        ("S-ELEC-02", "安全电压是"),
    ):
        assert explained in ITEMS[code].look, code


# ── one question, one code ──────────────────────────────────────────────────────────────────────────────────────────────
def test_a_code_that_was_given_up_is_asked_nowhere_and_leads_to_one_that_is() -> None:
    assert list(ALIASES) == sorted(ALIASES)
    for old, new in ALIASES.items():
        assert old not in library.items()
        assert new in library.items() or new in ALIASES, new


def test_the_lists_ask_the_surviving_code_in_the_given_up_one_s_place() -> None:
    kitchen = {item.code for item in LISTS["gas-kitchen"].items}
    assert {"F-KIT-08", "F-EXIT-02", "F-ELEC-01", "F-STAFF-01", "F-STAFF-02", "G-AIR-02", "G-CYL-08"} <= kitchen
    assert not kitchen & set(ALIASES)
    assert {"F-RES-01", "F-ELEC-01"} <= {item.code for item in LISTS["gas-household"].items}


# ── judged and suspected, by example ────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("choice", "what", "wanted"),
    [
        ("few", "six bottles of 15 kg", Verdict.PASS),
        ("no_room", "two of 50 kg without a room of their own", Verdict.FAIL),
        ("no_room", "seven of 15 kg without a room of their own", Verdict.FAIL),
        ("room", "seven of 15 kg in a room of their own", Verdict.PASS),
    ],
)
def test_many_cylinders_need_a_room_of_their_own(choice: str, what: str, wanted: Verdict) -> None:
    item = ITEMS["G-CYL-04"]
    assert verdict(item, {"choice": choice}) is wanted, what
    few = next(one.label for one in item.choices if one.value == "few")
    assert "15 公斤的不到 7 瓶" in few
    assert "50 公斤的只有 1 瓶" in few


def _suspected(day: date, facts: Mapping[str, Any] | None = None, **bodies: Any) -> set[str]:
    """The rules that stand on a day over these answers; CODE=value of a choice, or a verdict that was tapped."""
    answers = {}
    for name, said in bodies.items():
        item = ITEMS[name.replace("_", "-")]
        chosen = said in {choice.value for choice in item.choices}
        answers[item.code] = given(item, {"choice": said} if chosen else {"value": said})
    found = suspect(on_day(library.suspicion_rules(), day), answers, facts or {})
    return {one.rule for one in found if one.stands}


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ({"G_PIPE_03": "bedroom"}, {"gas-9-3-2026"}),
        ({"G_PIPE_03": "riser"}, {"gas-9-2-2026"}),
        ({"G_PIPE_03": "power"}, set()),
        ({"G_PIPE_03": "branch"}, set()),
        ({"G_PIPE_06": "fail"}, {"gas-9-2-2026"}),
        ({"G_AIR_02": "fail"}, {"gas-9-3-2026"}),
        ({"G_ALARM_01": "fail"}, set()),
        ({"G_OUT_24": "fail"}, {"gas-8-odour"}),
        ({"G_OUT_24": "pass"}, set()),
        ({"S_HIGH_03": "no_door"}, set()),
        ({"S_HIGH_03": "no_net"}, set()),
        ({"S_HIGH_03": "neither"}, {"site-9-nets-2026"}),
        ({"S_HIGH_04": "fail"}, {"site-9-nets-2026"}),
        ({"S_FORM_03": "heaped"}, set()),
        ({"S_FORM_03": "nobody"}, set()),
        ({"S_FORM_03": "heaped_high"}, {"site-6-order-2026"}),
        ({"S_MAN_02": "away"}, set()),
        ({"S_MAN_02": "few"}, {"site-4-staff-2026"}),
        ({"S_MAN_02": "no_licence"}, {"site-4-staff-2026"}),
        ({"S_LOAD_03": "fail"}, {"site-14-floors-2026"}),
        ({"S_RISK_01": "fail"}, {"site-15-weather-2026"}),
        ({"S_RISK_04": "fail"}, {"site-16-banned-2026"}),
    ],
)
def test_a_mended_rule_fires_where_its_clause_does(said: dict[str, str], wanted: set[str]) -> None:
    assert _suspected(SINCE, **said) == wanted


def test_somebody_who_sleeps_there_makes_an_unsure_kitchen_a_suspicion() -> None:
    assert _suspected(SINCE, {"people_sleeping": True}, G_AIR_02="unsure", G_PIPE_07="fail") == {"gas-9-3-2026"}
    assert _suspected(SINCE, {"people_sleeping": False}, G_AIR_02="unsure") == set()


def test_a_mended_rule_says_what_its_clause_says() -> None:
    clauses = {rule["id"]: rule["clause"] + rule["says"] for rule in IN_FORCE}
    assert "又没有装门" in clauses["site-9-nets-2026"]
    assert "危险性较大" in clauses["site-6-order-2026"]
    assert "危害程度较大" in clauses["site-16-banned-2026"]
    assert "地下室顶板" in clauses["site-14-floors-2026"]
    assert all(word in clauses["site-15-weather-2026"] for word in ("雷雨", "大雪", "浓雾", "大风"))
    assert "大雨" not in ITEMS["S-RISK-01"].question


def test_what_an_older_version_asked_is_suspected_before_and_since() -> None:
    """Judged, not chosen, as a phone says it that still fills an older version: nobody said which of them it was, so the rule
    of today suspects what the rule of then did. The day of the visit decides, not the day somebody looks."""
    old = {"G_PIPE_03": "fail", "S_HIGH_03": "fail", "S_FORM_03": "fail", "S_MAN_02": "fail", "G_ALARM_01": "fail"}
    ended = {"gas-9-2", "gas-9-3", "site-9-nets", "site-6-order", "site-4-staff", "gas-no-alarm"}
    assert _suspected(BEFORE, **old) == ended
    assert _suspected(SINCE, **old) == {f"{rule}-2026" for rule in ended - {"gas-no-alarm"}}
    assert _suspected(SINCE, G_PIPE_03="power", S_HIGH_03="no_net", S_FORM_03="heaped", S_MAN_02="away") == set()
    assert _suspected(BEFORE, S_RISK_01="fail", S_RISK_04="fail") == {"site-15-weather", "site-16-banned"}


def test_a_mended_rule_begins_where_the_old_one_ended() -> None:
    by_id = {rule["id"]: rule for rule in RULES}
    mended = [rule for rule in RULES if rule.get("mends")]
    assert len(mended) == 8
    for rule in mended:
        old = by_id[rule["mends"]]
        assert (old["until"], rule["since"], rule["basis"]) == (BEFORE, SINCE, old["basis"])
    assert {rule["id"] for rule in RULES if rule["until"]} == {rule["mends"] for rule in mended} | {"gas-no-alarm"}


# ── what is printed to whom ─────────────────────────────────────────────────────────────────────────────────────────────
def test_criteria_for_judging_are_no_duty_of_a_place() -> None:
    for basis in library.bases().values():
        if basis.id.startswith(("gasmajor-", "sitemajor-", "gb45067-")):
            assert basis.judges, basis.id


@pytest.mark.parametrize("code", ["G-HOSE-01", "G-HOSE-02", "G-HOSE-03", "G-HOSE-04", "G-STOVE-01", "G-STOVE-02"])
def test_rules_of_households_are_not_cited_to_restaurants(code: str) -> None:
    def cited(kind: str) -> set[str]:
        return {basis.id for basis in ITEMS[code].bases_at({"kind": kind})}

    assert [basis for basis in cited("residential") if basis.startswith("gb55009-6-1")]
    for kind in LISTS["gas-kitchen"].kinds:
        assert not [basis for basis in cited(kind) if basis.startswith("gb55009-6-1")]


@pytest.mark.parametrize(
    ("code", "basis"),
    [
        ("G-CYL-01", "gb55037-12-0-3"), ("G-CYL-02", "gb55037-12-0-4-1"), ("G-HOME-02", "gb55037-12-0-4-1"),
        ("G-CYL-09", "gb55037-12-0-4-2"), ("G-CYL-05", "gb55037-12-0-4-2"), ("G-CYL-10", "gb55037-cylinder"),
        ("G-CYL-06", "gb55037-12-0-4-6"), ("G-OUT-03", "gb55037-12-0-4-6"), ("G-OUT-05", "gb55037-12-0-5"),
        ("G-AIR-01", "gb55037-12-0-5"), ("G-HOME-04", "gb55009-6-1-3"), ("G-OLD-01", "gb55009-6-1-3"),
        ("G-PIPE-07", "gb55009-6-1-2-2"), ("G-STOVE-03", "gas-27-1"), ("G-CYL-07", "gas-27-1"), ("G-OLD-01", "gas-27-1"),
        ("S-GATE-01", "consafety-30-3"), ("S-PIT-05", "consafety-30-1"), ("S-DUST-01", "consafety-30-2"),
        ("S-DUST-04", "consafety-30-2"), ("S-DORM-03", "consafety-29-1"), ("S-MAN-08", "consafety-32"),
        ("S-MAN-08", "consafety-33"), ("S-MAN-10", "consafety-27"), ("G-CYL-02", "high5-17"),
    ],
)  # fmt: skip
def test_texts_that_were_read_are_cited(code: str, basis: str) -> None:
    assert basis in {one.id for one in ITEMS[code].bases}
    assert library.bases()[basis].mark is BasisMark.CHECKED


def test_signs_are_no_covers_and_no_fences() -> None:
    for code in ("S-HIGH-01", "S-PIT-01", "S-DEMO-03"):
        assert "consafety-28" not in {basis.id for basis in ITEMS[code].bases}
    assert ITEMS["G-PIPE-04"].bases == (), "条例 28 says nothing of rust"
    assert "welder-19" not in {basis.id for basis in ITEMS["S-MAN-03"].bases}, "it knows welders, not scaffolders"


def test_a_standard_is_named_by_its_title() -> None:
    cited = {basis for item in ITEMS.values() for basis in item.bases}
    assert not [basis.id for basis in cited if re.match(r"(GB|CJJ|JGJ|XF)\b", basis.document)]


def test_a_kitchen_without_gas_is_not_asked_about_its_gas() -> None:
    """Only what a bottle nobody told of would show: the smell, and bottles themselves."""
    assert set(GAS_KINDS) == {"piped", "bottled", "none"}
    asked = {item.code for item in applicable(LISTS["gas-kitchen"], GROUND | {"gas_kind": "none"})}
    assert not [
        code for code in asked if code.startswith(("G-ALARM", "G-HOSE", "G-STOVE", "G-PIPE", "G-AIR-01", "G-AIR-02"))
    ]
    assert "G-SMELL-01" in asked
