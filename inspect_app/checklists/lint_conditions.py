"""Whether a condition means anything: known facts and operators, and values under which it holds at all."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from inspect_app.premises.rules import FACT_NAMES, GAS_KINDS, KIND_NAMES, YES_NO

from .conditions import (
    ANSWER_OPERATORS,
    FACT_OPERATORS,
    Condition,
    KnownAnswers,
    Verdict,
    holds,
    is_number,
    leaves,
    parts,
    same,
)
from .rules import Item

KIND = "kind"  # the kind of the place, beside its facts
_NAMED: dict[str, tuple[Any, ...]] = {
    "gas_kind": tuple(GAS_KINDS),
    KIND: tuple(str(kind) for kind in KIND_NAMES),
    **dict.fromkeys(YES_NO, (True, False)),
}
_ASKED_FOR = [one for one in Verdict if one is not Verdict.NONE and not one.is_glance]
_LARGE, _MOST_CASES = 1_000_000, 50_000


def faults_of_condition(
    condition: Condition | None, *, kinds: Sequence[str] | None = None, items: Mapping[str, Item] | None = None
) -> list[str]:
    """What is wrong with a condition, in words. `kinds` are those of the list, `items` those whose answers may be asked."""
    if condition is None:
        return []
    shape = list(_shape(condition, items))
    if shape:
        return shape
    if _never(condition, None):
        return ["条件自相矛盾，永远不会成立"]
    found = ["条件里有一段自相矛盾，永远不会成立" for part in _inner(condition) if "all" in part and _never(part, None)]
    if kinds is not None and _never(condition, kinds):
        found.append("这张表用的场所里，这个条件永远不会成立，问不到这一项")
    if _never({"not": condition}, None):
        found.append("条件总是成立，等于没有写")
    return found


def _inner(condition: Condition) -> Iterator[Condition]:
    for part in parts(condition):
        yield part
        yield from _inner(part)


def _shape(condition: Any, items: Mapping[str, Item] | None) -> Iterator[str]:
    if not isinstance(condition, Mapping):
        yield "条件要写成一组一组的"
        return
    heads = [head for head in ("all", "any", "not", "fact", "answer") if head in condition]
    if len(heads) != 1:
        yield f"读不懂这个条件：{dict(condition)}"
    elif heads[0] in ("all", "any"):
        yield from _group(condition, heads[0], items)
    elif heads[0] == "not":
        yield from _alone(condition, ("not",))
        yield from _shape(condition["not"], items)
    elif heads[0] == "fact":
        yield from _fact(condition)
    else:
        yield from _answer(condition, items)


def _alone(condition: Condition, known: tuple[str, ...]) -> Iterator[str]:
    if unknown := sorted(set(condition) - set(known)):
        yield f"不认识的写法：{'、'.join(unknown)}"


def _group(condition: Condition, head: str, items: Mapping[str, Item] | None) -> Iterator[str]:
    yield from _alone(condition, (head,))
    if not isinstance(condition[head], list | tuple) or not condition[head]:
        yield f"{head} 后面要有条件"
        return
    for part in condition[head]:
        yield from _shape(part, items)


def _operator(condition: Condition, head: str, known: tuple[str, ...]) -> tuple[str, str]:
    """The one operator of a comparison, and what is wrong with it."""
    others = [name for name in condition if name != head]
    if len(others) != 1 or others[0] not in known:
        return "", f"比较要写一个 {'、'.join(known)}，现在是：{'、'.join(others) or '没有'}"
    return others[0], ""


def _fact(condition: Condition) -> Iterator[str]:
    name = condition["fact"]
    if name != KIND and name not in FACT_NAMES:
        yield f"不认识的情况：{name}"
        return
    operator, wrong = _operator(condition, "fact", FACT_OPERATORS)
    if wrong:
        yield wrong
        return
    value = condition[operator]
    values = value if operator == "in" and isinstance(value, list | tuple) else [value]
    if name in _NAMED and operator in ("at_least", "at_most"):
        yield f"{name} 不是一个数，不能比大小"
    elif name in _NAMED and not all(any(same(one, known) for known in _NAMED[name]) for one in values):
        yield f"{name} 没有这个值：{value}"
    elif name not in _NAMED and not all(is_number(one) for one in values):
        yield f"{name} 要和一个数比"


def _answer(condition: Condition, items: Mapping[str, Item] | None) -> Iterator[str]:
    operator, wrong = _operator(condition, "answer", ANSWER_OPERATORS)
    if wrong:
        yield wrong
        return
    code, value = condition["answer"], condition[operator]
    if items is not None and code not in items:
        yield f"没有 {code} 这一项"
        return
    if operator == "is":
        if value not in _ASKED_FOR:
            yield f"答案没有“{value}”这一种"
        return
    if operator in ("chosen", "judged"):
        yield from _of_choices(operator, code, value, None if items is None else items[code])
        return
    if not is_number(value):
        yield f"{code} 要和一个数比"
    if items is not None and items[code].kind not in ("number", "count"):
        yield f"{code} 不是写数字的，不能比大小"


def _of_choices(operator: str, code: str, value: Any, item: Item | None) -> Iterator[str]:
    if operator == "chosen" and item is not None and value not in {choice.value for choice in item.choices}:
        yield f"{code} 没有“{value}”这个选项"
    if operator == "judged" and (value not in ("pass", "fail") or (item is not None and item.kind != "choice")):
        yield f"{code} 没有不选一种、只说“{value}”的答法"


def _never(condition: Condition, kinds: Sequence[str] | None) -> bool:
    """Whether no values of its facts and answers make a condition hold. Too many cases are left to people."""
    facts: dict[str, set[Any]] = {}
    answers: dict[str, set[KnownAnswers]] = {}
    for leaf in leaves(condition):
        if "fact" in leaf:
            facts.setdefault(leaf["fact"], set()).update(_values(leaf, kinds))
        else:
            answers.setdefault(leaf["answer"], set()).update(_givens(leaf))
    cases = 1
    for values in (*facts.values(), *answers.values()):
        cases *= len(values)
    if cases > _MOST_CASES:
        return False
    for some in product(*(product([name], values) for name, values in facts.items())):
        for given in product(*(product([code], values) for code, values in answers.items())):
            if holds(condition, dict(some), dict(given)):
                return False
    return True


def _values(leaf: Condition, kinds: Sequence[str] | None) -> list[Any]:
    """Every value of a named fact; of a number the thresholds, their neighbours and both ends."""
    name = leaf["fact"]
    if name == KIND and kinds is not None:
        return list(kinds)
    if name in _NAMED:
        return list(_NAMED[name])
    operator = next(key for key in leaf if key != "fact")
    marks = leaf[operator] if operator == "in" else [leaf[operator]]
    near = {mark + step for mark in marks for step in (-1, 0, 1)}
    return [value for value in near | {0, _LARGE} if value >= 0]


def _givens(leaf: Condition) -> list[KnownAnswers]:
    verdicts = [KnownAnswers(value) for value in _ASKED_FOR]
    operator = next(key for key in leaf if key != "answer")
    if operator in ("is", "judged"):
        return verdicts
    if operator == "chosen":
        chosen = [KnownAnswers(Verdict.FAIL, (), choice) for choice in (leaf[operator], "")]
        return verdicts + chosen + [KnownAnswers(Verdict.PASS, (), f"not {leaf[operator]}")]
    near = [leaf[operator] + step for step in (-1, 0, 1)]
    return verdicts + [KnownAnswers(value, (number,)) for value in (Verdict.PASS, Verdict.FAIL) for number in near]
