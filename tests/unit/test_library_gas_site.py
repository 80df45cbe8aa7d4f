"""The gas and building-site part of the library: complete, cited, worded for a lay visitor, and only suspecting."""

import re
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

import pytest
import yaml

from inspect_app.checklists import library
from inspect_app.checklists.rules import BasisMark, Checklist, Field, Item, applicable
from inspect_app.premises.rules import FACT_NAMES, KIND_NAMES, likeness

LISTS = {code: checklist for code, checklist in library.load().items() if checklist.field != Field.FIRE}
ITEMS = {item.code: item for checklist in LISTS.values() for item in checklist.items}
RULES = [
    rule for rule in yaml.safe_load((library.FOLDER / "suspect.yaml").read_text("utf-8")) if rule["field"] != Field.FIRE
]
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

    assert not [code for code in codes("piped") if code.startswith(("G-CYL", "G-ROOM"))]
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
            assert re.match(r"domain(-local)?\.md ", basis.source), basis.id


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
        assert all(leaf["is"] in ("fail", "pass", "na", "unsure") for leaf in answers), rule["id"]
        assert all(leaf["fact"] in FACT_NAMES for leaf in leaves if "fact" in leaf), rule["id"]
        assert any(ITEMS[leaf["answer"]].grade != "advice" for leaf in answers), rule["id"]
        codes = {leaf["answer"] for leaf in answers}
        lists = [checklist for checklist in LISTS.values() if codes & {item.code for item in checklist.items}]
        assert {checklist.field for checklist in lists} == {Field(rule["field"])}, rule["id"]


@pytest.mark.parametrize("rule", RULES, ids=[rule["id"] for rule in RULES])
def test_a_rule_only_suspects_and_rests_on_a_checked_clause_or_says_nothing_more(rule: dict[str, Any]) -> None:
    assert not [text for text in _said(rule) if ASCII_MARK.search(text) or ORDERS.search(text)]
    if not rule["clause"]:
        assert (rule["basis"], rule["edition"], rule["says"]) == ("", "", "请主管部门判定。")
        return
    basis = library.bases()[rule["basis"]]
    assert basis.mark is BasisMark.CHECKED
    assert rule["clause"].startswith(basis.article)
    assert rule["since"] == basis.since
    assert rule["edition"] in (basis.number, basis.edition)
    assert "疑似" in rule["says"]
    assert rule["says"].endswith("认定。")


def test_what_a_gas_user_does_is_suspected_only_with_the_missing_notice_named() -> None:
    """建城规〔2023〕4号 第九条: the operator's failure to give written notice is needed too (domain.md 0.8)."""
    user_side = [rule for rule in RULES if re.fullmatch(r"gas-9-\d", rule["id"])]
    assert len(user_side) == 4
    for rule in user_side:
        assert "不按规定书面告知" in rule["clause"]
        assert re.search("没有查明.*书面告知", rule["says"])


def test_what_an_item_calls_suspected_a_rule_explains() -> None:
    named = {leaf["answer"] for rule in RULES for leaf in _leaves(rule["if"]) if "answer" in leaf}
    assert {code for code, item in ITEMS.items() if item.grade == "suspected_major"} <= named
