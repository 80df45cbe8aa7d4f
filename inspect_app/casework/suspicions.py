"""疑似重大 of a visit: what the rules find in its answers and the facts of the place, and why, in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from inspect_app.checklists import library
from inspect_app.checklists.answers import VERDICT_NAMES, given, measured, verdict
from inspect_app.checklists.conditions import KnownAnswers, Leaf, Verdict, holds
from inspect_app.checklists.rules import Checklist, Item
from inspect_app.checklists.suspicion import Suspicion, SuspicionRule, frozen, suspect
from inspect_app.premises.rules import FACT_NAMES, KIND_NAMES, fact_words
from inspect_app.visits.rules import Merged


@dataclass(frozen=True)
class FoundSuspicion:
    """A suspicion with the rule it comes from and its reasons in words."""

    rule: SuspicionRule
    suspicion: Suspicion
    because: tuple[str, ...]

    def frozen(self) -> dict[str, Any]:
        """What a hazard keeps of it."""
        return frozen(self.rule, self.suspicion, self.because)


def found_in(
    checklists: Iterable[Checklist],
    answers: Mapping[str, Merged],
    facts: Mapping[str, Any],
    rules: Sequence[SuspicionRule],
) -> list[FoundSuspicion]:
    """What stands: every rule that holds with all it needs known. What is only possible is for the phone to ask."""
    items = {item.code: item for checklist in checklists for item in checklist.items}
    bodies = {code: answers[code].answer.body for code in items if code in answers}
    named = frozenset().union(*(rule.items for rule in rules))  # of the others no rule asks
    also = {code: [name for name in library.aliases().kin(code) if name in bodies] for code in named - items.keys()}
    wanted = (named & bodies.keys()).union(*also.values())
    known = {code: given(items[code], bodies[code]) for code in wanted}
    instead = {code: _asked_as(names, known) for code, names in also.items() if names}
    told = known | {code: known[asked] for code, asked in instead.items()}
    failed = {code for code, answer in told.items() if answer.verdict == Verdict.FAIL}
    asked = [rule for rule in rules if not rule.one_failed or rule.one_failed & failed]
    # Most rules do not hold: why they might is asked by the phone alone.
    by_id = {rule.id: rule for rule in asked if holds(rule.condition, facts, told)}
    standing = [
        replace(one, because=tuple(_asked(leaf, instead) for leaf in one.because))
        for one in suspect(by_id.values(), told, facts)
        if one.stands
    ]
    return [
        FoundSuspicion(by_id[one.rule], one, tuple(_words(leaf, items, bodies, facts) for leaf in one.because))
        for one in standing
    ]


def _asked_as(names: Sequence[str], known: Mapping[str, KnownAnswers]) -> str:
    """Of the codes under which a visit asked what a rule names and it did not: the one that failed, where several became one.
    A rule of today judges a visit of old, and one of old a visit of today."""
    return max(names, key=lambda name: known[name].verdict == Verdict.FAIL)


def _asked(leaf: Leaf, instead: Mapping[str, str]) -> Leaf:
    return replace(leaf, name=instead.get(leaf.name, leaf.name)) if leaf.kind == "answer" else leaf


def _words(
    leaf: Leaf, items: Mapping[str, Item], bodies: Mapping[str, Mapping[str, Any]], facts: Mapping[str, Any]
) -> str:
    if leaf.kind == "answer":
        item, body = items[leaf.name], bodies[leaf.name]
        number = measured(item, body)
        return f"{item.question}：{VERDICT_NAMES[verdict(item, body)]}" + (f"（{number}）" if number else "")
    if leaf.name == "kind":
        return f"场所类别：{KIND_NAMES.get(facts['kind'], facts['kind'])}"
    return f"{FACT_NAMES.get(leaf.name, leaf.name)}：{fact_words(leaf.name, facts[leaf.name])}"
