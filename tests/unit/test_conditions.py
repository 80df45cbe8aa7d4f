"""Conditions, verdicts and suspicions against the contract that the phone's evaluator is held to as well."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from inspect_app.checklists import library
from inspect_app.checklists.answers import verdict
from inspect_app.checklists.conditions import KnownAnswers, Verdict, holds, missing, one_failed, reasons
from inspect_app.checklists.suspicion import SuspicionRule
from inspect_app.premises.rules import FACT_NAMES
from tests.contracts.reading import CONTRACT, answers_of, item_of, suspected


def test_the_contract_has_enough_of_everything() -> None:
    assert len(CONTRACT["conditions"]) >= 200
    assert {row[3] for row in CONTRACT["conditions"]} == {True, False, None}
    assert {row[2] for row in CONTRACT["verdicts"]} == {"pass", "fail", "na", "unsure", "seen", "not_looked", "none"}


def test_every_condition_of_the_contract_holds_as_written() -> None:
    wrong = [row for row in CONTRACT["conditions"] if holds(row[0], row[1], answers_of(row[2])) is not row[3]]
    assert wrong == []


def test_every_verdict_of_the_contract_is_as_written() -> None:
    assert [row for row in CONTRACT["verdicts"] if verdict(item_of(row[0]), row[1]) != row[2]] == []


def test_every_suspicion_of_the_contract_is_as_written() -> None:
    assert [row for row in CONTRACT["suspicions"] if suspected(*row[:3]) != row[3]] == []


@given(st.sampled_from(CONTRACT["conditions"]))
def test_reasons_alone_are_enough_and_what_is_missing_is_really_unknown(row: list[Any]) -> None:
    """An auditor's question: would the same come out of the reasons that are shown, without all the rest?"""
    condition, facts, answers = row[0], row[1], answers_of(row[2])
    if condition is None or holds(condition, facts, answers) is not True:
        return
    because = reasons(condition, facts, answers)
    only = {leaf.name: facts[leaf.name] for leaf in because if leaf.kind == "fact"}
    given_only = {leaf.name: answers[leaf.name] for leaf in because if leaf.kind == "answer"}
    assert holds(condition, only, given_only) is True
    assert missing(condition, facts, answers) == []


def test_what_holds_although_nothing_failed_asks_for_no_failure() -> None:
    """What is passed over because none of these failed would not have held."""
    for condition, _, said, held in CONTRACT["conditions"]:
        failed = {code for code, one in answers_of(said).items() if one.verdict == "fail"}
        wanted = one_failed(condition)
        assert not (held and wanted) or wanted & failed, condition


@given(st.sampled_from(library.suspicion_rules()), st.data())
def test_no_rule_holds_without_what_it_wants_failed(rule: SuspicionRule, data: st.DataObject) -> None:
    verdicts = st.sampled_from([verdict for verdict in Verdict if verdict is not Verdict.FAIL])
    others = data.draw(st.fixed_dictionaries(dict.fromkeys(rule.items, verdicts)))
    facts = {
        name: data.draw(st.sampled_from([None, True, False, 0, 1, 50, 10_000, "lpg", "restaurant"]))
        for name in FACT_NAMES
    }
    told = {code: KnownAnswers(verdict, (1000.0,)) for code, verdict in others.items()}
    assert not rule.one_failed or holds(rule.condition, facts, told) is not True


@given(st.sampled_from([row for row in CONTRACT["conditions"] if row[3] is None]))
def test_an_undecided_condition_names_only_what_nobody_knows(row: list[Any]) -> None:
    lacking = missing(row[0], row[1], answers_of(row[2]))
    assert lacking
    numbers = {name for name, value in row[1].items() if type(value) in (int, float)}
    assert {leaf.name for leaf in lacking if leaf.kind == "fact"} & numbers == set()
