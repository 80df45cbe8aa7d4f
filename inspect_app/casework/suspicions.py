"""疑似重大 of a visit: what the rules find in its answers and the facts of the place, and why, in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from inspect_app.checklists.answers import VERDICT_NAMES, given, measured, verdict
from inspect_app.checklists.conditions import Leaf
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
    known = {code: given(items[code], body) for code, body in bodies.items()}
    by_id = {rule.id: rule for rule in rules}
    return [
        FoundSuspicion(by_id[one.rule], one, tuple(_words(leaf, items, bodies, facts) for leaf in one.because))
        for one in suspect(rules, known, facts)
        if one.stands
    ]


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
