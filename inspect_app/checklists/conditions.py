"""Conditions over facts of a place and answers of a visit: data, so that a phone evaluates the very same ones.

A condition is one of {all: […]}, {any: […]}, {not: c}, {fact: name, eq|in|at_least|at_most: value},
{answer: CODE, is: pass|fail|na|unsure}, {answer: CODE, chosen: value}, {answer: CODE, at_least|at_most: number} and
{answer: CODE, judged: pass|fail}: answered so without choosing, as a version asked it that did not offer the choice.
It is three-valued: what nobody knows is neither true nor false. static/js/field/conditions.js is this module once more;
tests/contracts/conditions.json holds both to the same results.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Condition = Mapping[str, Any]
FACT_OPERATORS = ("eq", "in", "at_least", "at_most")
ANSWER_OPERATORS = ("is", "chosen", "judged", "at_least", "at_most")


class Verdict(StrEnum):
    """What an answer of any kind comes to."""

    PASS = "pass"
    FAIL = "fail"
    NOT_APPLICABLE = "na"
    UNSURE = "unsure"
    SEEN = "seen"  # 看过: nothing wrong was seen in passing; never 合格
    NOT_LOOKED = "not_looked"  # 没看
    NONE = "none"  # not answered yet, or not completely

    @property
    def is_glance(self) -> bool:
        """Whether it only says that a zone was closed over the item: no condition reads it."""
        return self in (Verdict.SEEN, Verdict.NOT_LOOKED)


@dataclass(frozen=True)
class KnownAnswers:
    """An answer as conditions see it: its verdict, the numbers that were written, None for a row still empty, and what was
    chosen of several."""

    verdict: str = Verdict.NONE
    numbers: tuple[float | None, ...] = ()
    choice: str = ""


@dataclass(frozen=True, order=True)
class Leaf:
    """What a condition asks at one place: a fact by its name or an answer by the code of its item."""

    kind: str  # fact, answer
    name: str


Facts = Mapping[str, Any]
Answers = Mapping[str, KnownAnswers]


def holds(condition: Condition | None, facts: Facts, answers: Answers | None = None) -> bool | None:
    """Whether a condition holds; None while something it needs is not known. Raises ValueError for no condition."""
    given = answers or {}
    if condition is None:
        return True
    if "all" in condition:
        return _fold([holds(part, facts, given) for part in condition["all"]], stop=False)
    if "any" in condition:
        return _fold([holds(part, facts, given) for part in condition["any"]], stop=True)
    if "not" in condition:
        inner = holds(condition["not"], facts, given)
        return None if inner is None else not inner
    if "fact" in condition:
        return _fact(condition, facts.get(condition["fact"]))
    if "answer" in condition:
        return _answer(condition, given.get(condition["answer"], KnownAnswers()))
    raise ValueError(f"no condition: {dict(condition)}")


def _fold(parts: Sequence[bool | None], *, stop: bool) -> bool | None:
    if stop in parts:
        return stop
    return None if None in parts else not stop


def _fact(condition: Condition, value: Any) -> bool | None:
    if value is None:
        return None
    if "eq" in condition:
        return same(value, condition["eq"])
    if "in" in condition:
        return any(same(value, one) for one in condition["in"])
    return _bounded(condition, value) if is_number(value) else None


def _answer(condition: Condition, given: KnownAnswers) -> bool | None:
    """看不准 says nothing about right and wrong; for a number of several parts one part that fits is enough."""
    if given.verdict == Verdict.NONE and not given.numbers:
        return None
    if "is" in condition:
        if given.verdict == Verdict.NONE:
            return None
        known = given.verdict != Verdict.UNSURE or condition["is"] == Verdict.UNSURE
        return given.verdict == condition["is"] if known else None
    if "chosen" in condition:
        return _chosen(condition, given)
    if "judged" in condition:
        return _judged(condition, given)
    if given.verdict == Verdict.NOT_APPLICABLE:
        return False
    fits = [None if number is None else _bounded(condition, number) for number in given.numbers]
    return _fold(fits, stop=True) if fits else None


def _chosen(condition: Condition, given: KnownAnswers) -> bool | None:
    """What was judged without choosing (看不准, or a version that did not offer the choice) says nothing of it."""
    if given.verdict == Verdict.NOT_APPLICABLE:
        return False
    known = given.choice and given.verdict in (Verdict.PASS, Verdict.FAIL)
    return bool(given.choice == condition["chosen"]) if known else None


def _judged(condition: Condition, given: KnownAnswers) -> bool | None:
    """Of a version that did not offer the choice; what was chosen speaks for itself."""
    if given.verdict in (Verdict.NONE, Verdict.UNSURE):
        return None
    return not given.choice and given.verdict == condition["judged"]


def _bounded(condition: Condition, number: float) -> bool:
    if "at_least" in condition:
        return bool(number >= condition["at_least"])
    if "at_most" in condition:
        return bool(number <= condition["at_most"])
    raise ValueError(f"no operator: {dict(condition)}")


def is_number(value: Any) -> bool:
    """Yes and no are no numbers, whatever Python thinks."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same; yes is not 1."""
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def leaves(condition: Condition | None) -> Iterator[Condition]:
    """Every comparison of a condition, in reading order."""
    if condition is None:
        return
    if "fact" in condition or "answer" in condition:
        yield condition
    for part in parts(condition):
        yield from leaves(part)


def parts(condition: Condition) -> list[Condition]:
    """The conditions that a condition is made of."""
    inner = [condition["not"]] if "not" in condition else []
    return [*condition.get("all", ()), *condition.get("any", ()), *inner]


def facts_named(condition: Condition | None) -> set[str]:
    """The facts of a place that a condition asks for."""
    return {str(leaf["fact"]) for leaf in leaves(condition) if "fact" in leaf}


def answers_named(condition: Condition | None) -> set[str]:
    """The items whose answers a condition asks for."""
    return {str(leaf["answer"]) for leaf in leaves(condition) if "answer" in leaf}


def one_failed(condition: Condition | None) -> frozenset[str]:
    """Items of which at least one has to have failed for a condition to hold; none where it may hold without that. It spares
    asking a condition that cannot hold, and asks of no other."""
    if condition is None:
        return frozenset()
    if Verdict.FAIL in (condition.get("is"), condition.get("judged")):
        return frozenset({condition["answer"]})
    if "all" in condition:
        return min(filter(None, map(one_failed, condition["all"])), key=len, default=frozenset())
    named = [one_failed(part) for part in condition.get("any", ())]
    return frozenset().union(*named) if all(named) else frozenset()


def reasons(condition: Condition, facts: Facts, answers: Answers) -> list[Leaf]:
    """The facts and answers that make a condition hold, or that speak for it while it is undecided."""
    return list(dict.fromkeys(_speaking(condition, facts, answers, wanted=True)))


def missing(condition: Condition, facts: Facts, answers: Answers) -> list[Leaf]:
    """The facts and answers that are not known and whose value would decide an undecided condition."""
    return list(dict.fromkeys(_lacking(condition, facts, answers)))


def _speaking(condition: Condition, facts: Facts, answers: Answers, *, wanted: bool) -> Iterator[Leaf]:
    result = holds(condition, facts, answers)
    if result is (not wanted):
        return
    if "not" in condition:
        yield from _speaking(condition["not"], facts, answers, wanted=not wanted)
        return
    inner = parts(condition)
    if not inner and result is wanted:
        yield from _leaf(condition)
    for part in inner:
        # What is decided is explained by what decided it, not by what might have as well.
        if result is None or holds(part, facts, answers) is wanted:
            yield from _speaking(part, facts, answers, wanted=wanted)


def _lacking(condition: Condition, facts: Facts, answers: Answers) -> Iterator[Leaf]:
    if holds(condition, facts, answers) is not None:
        return
    inner = parts(condition)
    if not inner:
        yield from _leaf(condition)
    for part in inner:
        yield from _lacking(part, facts, answers)


def _leaf(condition: Condition) -> Iterator[Leaf]:
    """Nothing for an empty {all: []}, which asks nothing."""
    if "fact" in condition:
        yield Leaf("fact", condition["fact"])
    elif "answer" in condition:
        yield Leaf("answer", condition["answer"])
