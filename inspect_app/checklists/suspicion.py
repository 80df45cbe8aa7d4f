"""疑似重大 that explains itself: rules as data over answers and facts, with the clause they rest on.

The product only suspects; the competent authority determines (domain.md 0.7). A rule whose clause the design files do
not give says no more than 请主管部门判定.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from typing import Any

from .conditions import Answers, Condition, Facts, Leaf, Verdict, answers_named, holds, missing, one_failed, reasons
from .rules import Basis, as_date, in_force

ASK_AUTHORITY = "请主管部门判定。"


@dataclass(frozen=True)
class SuspicionRule:
    """When something may be a major hazard: the condition, the clause, and from when to when it holds."""

    id: str
    title: str
    field: str
    condition: Condition
    clause: str = ""
    edition: str = ""
    basis: Basis | None = None
    since: date | None = None
    until: date | None = None
    says: str = ""
    mends: str = ""  # the id of the ended rule that it stands for now

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any], basis: Basis | None) -> "SuspicionRule":
        """A rule as the library file writes it, its basis looked up."""
        known = {"id", "title", "field", "basis", "clause", "edition", "since", "until", "mends", "if", "says"}
        if unknown := set(raw) - known:
            raise ValueError(f"suspicion rule {raw.get('id')}: unknown {sorted(unknown)}")
        return cls(
            id=raw["id"],
            title=raw["title"],
            field=raw["field"],
            condition=raw["if"],
            clause=str(raw.get("clause") or ""),
            edition=str(raw.get("edition") or ""),
            basis=basis,
            since=as_date(raw.get("since")),
            until=as_date(raw.get("until")),
            says=raw.get("says") or "",
            mends=raw.get("mends") or "",
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values: what a phone evaluates and shows."""
        return {
            "id": self.id,
            "title": self.title,
            "clause": self.clause,
            "edition": self.edition,
            "document": self.document,
            "checked": self.basis is None or self.basis.mark == "✔",
            "says": self.says or ASK_AUTHORITY,
            "if": self.condition,
        }

    @cached_property
    def items(self) -> frozenset[str]:
        """The items whose answers its condition asks for."""
        return frozenset(answers_named(self.condition))

    @cached_property
    def one_failed(self) -> frozenset[str]:
        """The items of which one at least has to have failed; none where its condition may hold without."""
        return one_failed(self.condition)

    @property
    def document(self) -> str:
        """《文件》第几条 of the basis, empty without one."""
        return self.basis.cited if self.basis else ""


@dataclass(frozen=True)
class Suspicion:
    """What a rule found: it stands when nothing is missing; otherwise `missing` would decide it."""

    rule: str
    title: str
    clause: str
    edition: str
    because: tuple[Leaf, ...]
    missing: tuple[Leaf, ...] = ()

    @property
    def stands(self) -> bool:
        """Whether all that the rule needs is known; otherwise `missing` says what is still to be found out."""
        return not self.missing

    @property
    def items(self) -> set[str]:
        """The items whose answers speak for it."""
        return {leaf.name for leaf in self.because if leaf.kind == "answer"}

    def to_dict(self) -> dict[str, Any]:
        """Plain values for the details of a hazard."""
        return asdict(self)


def suspect(rules: Iterable[SuspicionRule], answers: Answers, facts: Facts) -> list[Suspicion]:
    """What the rules suspect, and what they would if more were known.

    An undecided rule is told only where an answer of 不合格 speaks for it: facts alone are no suspicion.
    """
    found = []
    for rule in rules:
        result = holds(rule.condition, facts, answers)
        if result is False:
            continue
        because = tuple(reasons(rule.condition, facts, answers))
        failed = any(leaf.kind == "answer" and _failed(answers, leaf.name) for leaf in because)
        if result is None and not failed:
            continue
        lacking = tuple(missing(rule.condition, facts, answers))
        found.append(Suspicion(rule.id, rule.title, rule.clause, rule.edition, because, lacking))
    return found


def _failed(answers: Answers, code: str) -> bool:
    return code in answers and answers[code].verdict == Verdict.FAIL


def on_day(rules: Iterable[SuspicionRule], day: date) -> list[SuspicionRule]:
    """The rules in force on the day of a visit; one whose basis has ended by then is not."""
    return [
        rule
        for rule in rules
        if in_force(rule.since, rule.until, day)
        and (rule.basis is None or in_force(rule.basis.since, rule.basis.until, day))
    ]


def frozen(rule: SuspicionRule, found: Suspicion, because: Sequence[str]) -> dict[str, Any]:
    """What a hazard keeps of a suspicion: the rule in its edition and the reasons in words, whatever changes later."""
    return {
        "rule": rule.id,
        "title": rule.title,
        "clause": rule.clause,
        "edition": rule.edition,
        "says": rule.says or ASK_AUTHORITY,
        "since": rule.since.isoformat() if rule.since else None,
        "basis": rule.basis.to_dict() if rule.basis else None,
        "leaves": [asdict(leaf) for leaf in found.because],
        "because": list(because),
    }
