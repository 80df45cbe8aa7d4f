"""Wrote conditions.json once: cases worked out by hand first, then random ones beside them.

The tests read the file and never run this; it refuses to write where the evaluator disagrees with a hand-made case.
Run as `python -m tests.contracts.make_conditions`, and read the difference before committing it.
"""

import json
import random
from pathlib import Path
from typing import Any

from inspect_app.checklists.answers import verdict
from inspect_app.checklists.conditions import holds
from tests.contracts.reading import item_of, suspected

FILE = Path(__file__).with_name("conditions.json")
BOTTLED, SLEEPS = {"fact": "gas_kind", "eq": "bottled"}, {"fact": "people_sleeping", "eq": True}
LARGE, LOW = {"fact": "floor_area", "at_least": 200}, {"fact": "storeys", "at_most": 2}
EXIT, ALARM = {"answer": "A", "is": "fail"}, {"answer": "B", "is": "fail"}
FAIL, PASS, NA, UNSURE, OPEN = ({"verdict": value, "numbers": []} for value in ("fail", "pass", "na", "unsure", "none"))


def number(*values: float | None, verdict: str = "pass") -> dict[str, Any]:
    return {"verdict": verdict, "numbers": list(values)}


def chosen(choice: str, verdict: str = "fail") -> dict[str, Any]:
    return {"verdict": verdict, "numbers": [], "choice": choice}


BATH = {"answer": "A", "chosen": "bath"}
JUDGED = {"answer": "A", "judged": "fail"}
# condition, facts, answers, what a person says it comes to
HAND: list[tuple[Any, dict[str, Any], dict[str, Any], bool | None]] = [
    (None, {}, {}, True),
    (BOTTLED, {"gas_kind": "bottled"}, {}, True), (BOTTLED, {"gas_kind": "piped"}, {}, False), (BOTTLED, {}, {}, None),
    (BOTTLED, {"gas_kind": None}, {}, None),
    (SLEEPS, {"people_sleeping": True}, {}, True), (SLEEPS, {"people_sleeping": False}, {}, False),
    (SLEEPS, {"people_sleeping": 1}, {}, False), ({"fact": "beds", "eq": 1}, {"beds": True}, {}, False),
    ({"fact": "beds", "eq": 1}, {"beds": 1.0}, {}, True), ({"fact": "beds", "eq": 0}, {"beds": False}, {}, False),
    (LARGE, {"floor_area": 200}, {}, True), (LARGE, {"floor_area": 199.9}, {}, False), (LARGE, {"floor_area": 0}, {}, False),
    (LARGE, {"floor_area": "200"}, {}, None), (LARGE, {"floor_area": True}, {}, None),
    (LOW, {"storeys": 2}, {}, True), (LOW, {"storeys": 3}, {}, False), (LOW, {}, {}, None),
    ({"fact": "gas_kind", "in": ["piped", "bottled"]}, {"gas_kind": "none"}, {}, False),
    ({"fact": "gas_kind", "in": ["piped", "bottled"]}, {"gas_kind": "piped"}, {}, True),
    ({"fact": "beds", "in": [1, 2]}, {"beds": True}, {}, False), ({"fact": "beds", "in": []}, {"beds": 3}, {}, False),
    ({"all": [BOTTLED, LARGE]}, {"gas_kind": "bottled"}, {}, None), ({"all": [BOTTLED, LARGE]}, {"gas_kind": "piped"}, {}, False),
    ({"all": [BOTTLED, LARGE]}, {"gas_kind": "bottled", "floor_area": 300}, {}, True),
    ({"any": [BOTTLED, LARGE]}, {"gas_kind": "piped"}, {}, None), ({"any": [BOTTLED, LARGE]}, {"gas_kind": "bottled"}, {}, True),
    ({"any": [BOTTLED, LARGE]}, {"gas_kind": "piped", "floor_area": 10}, {}, False),
    ({"all": []}, {}, {}, True), ({"any": []}, {}, {}, False),
    ({"not": BOTTLED}, {}, {}, None), ({"not": BOTTLED}, {"gas_kind": "piped"}, {}, True), ({"not": {"not": SLEEPS}}, {"people_sleeping": True}, {}, True),
    ({"not": {"all": [BOTTLED, LARGE]}}, {"gas_kind": "piped"}, {}, True), ({"not": {"any": [BOTTLED, LARGE]}}, {"floor_area": 10}, {}, None),
    (EXIT, {}, {}, None), (EXIT, {}, {"A": FAIL}, True), (EXIT, {}, {"A": PASS}, False), (EXIT, {}, {"A": NA}, False),
    (EXIT, {}, {"A": UNSURE}, None), (EXIT, {}, {"A": OPEN}, None), ({"answer": "A", "is": "unsure"}, {}, {"A": UNSURE}, True),
    ({"answer": "A", "is": "unsure"}, {}, {"A": PASS}, False), ({"not": EXIT}, {}, {"A": UNSURE}, None),
    ({"answer": "A", "is": "na"}, {}, {"A": NA}, True), ({"answer": "A", "is": "pass"}, {}, {"A": FAIL}, False),
    ({"answer": "A", "at_least": 3}, {}, {"A": number(3)}, True), ({"answer": "A", "at_least": 3}, {}, {"A": number(2.5)}, False),
    ({"answer": "A", "at_most": 1}, {}, {"A": number(2, 1, 4)}, True), ({"answer": "A", "at_most": 1}, {}, {"A": number(2, 4)}, False),
    ({"answer": "A", "at_most": 1}, {}, {"A": number(2, None, verdict="none")}, None),
    ({"answer": "A", "at_most": 1}, {}, {"A": number(1, None, verdict="none")}, True),
    ({"answer": "A", "at_most": 1}, {}, {"A": NA}, False), ({"answer": "A", "at_most": 1}, {}, {"A": UNSURE}, None),
    ({"answer": "A", "at_most": 1}, {}, {"A": FAIL}, None), ({"answer": "A", "is": "fail"}, {}, {"A": number(1, None, verdict="none")}, None),
    ({"all": [EXIT, SLEEPS]}, {"people_sleeping": True}, {"A": FAIL}, True), ({"all": [EXIT, SLEEPS]}, {}, {"A": FAIL}, None),
    ({"all": [EXIT, SLEEPS]}, {"people_sleeping": False}, {}, False), ({"any": [EXIT, ALARM]}, {}, {"A": UNSURE, "B": FAIL}, True),
    (BATH, {}, {}, None), (BATH, {}, {"A": chosen("bath")}, True), (BATH, {}, {"A": chosen("bedroom")}, False), (BATH, {}, {"A": NA}, False),
    (BATH, {}, {"A": chosen("none", "pass")}, False), (BATH, {}, {"A": FAIL}, None), (BATH, {}, {"A": PASS}, None), (BATH, {}, {"A": OPEN}, None),
    (BATH, {}, {"A": chosen("bath", "unsure")}, None), (BATH, {}, {"A": chosen("", "fail")}, None), ({"not": BATH}, {}, {"A": chosen("bedroom")}, True),
    ({"any": [BATH, ALARM]}, {}, {"A": chosen("bedroom"), "B": FAIL}, True), (EXIT, {}, {"A": chosen("bath")}, True),
    (JUDGED, {}, {}, None), (JUDGED, {}, {"A": FAIL}, True), (JUDGED, {}, {"A": PASS}, False), (JUDGED, {}, {"A": NA}, False),
    (JUDGED, {}, {"A": UNSURE}, None), (JUDGED, {}, {"A": OPEN}, None), (JUDGED, {}, {"A": chosen("bath")}, False),
    (JUDGED, {}, {"A": chosen("", "fail")}, True), (JUDGED, {}, {"A": number(1, None, verdict="none")}, None),
    ({"any": [BATH, JUDGED]}, {}, {"A": FAIL}, True), ({"any": [BATH, JUDGED]}, {}, {"A": chosen("bedroom")}, False),
    ({"any": [BATH, JUDGED]}, {}, {"A": chosen("bath")}, True), ({"any": [BATH, JUDGED]}, {}, {"A": PASS}, None),
]  # fmt: skip

_NUMBER = {"kind": "number", "unit": "米", "at_most": 2}
_COUNT = {"kind": "count", "unit": "具", "at_least": 2, "part": {"name": "楼层", "fact": "storeys"}}
_CHOICE = {"kind": "choice", "choices": [{"value": "y", "label": "有"}, {"value": "n", "label": "没有", "fails": True}]}
VERDICTS: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    *(({"kind": "judge"}, {"value": value}, value) for value in ("pass", "fail", "na", "unsure", "seen", "not_looked")),
    ({"kind": "judge"}, {"value": None}, "none"), ({"kind": "judge"}, {}, "none"), ({"kind": "judge"}, {"value": "maybe"}, "none"),
    ({"kind": "judge"}, {"value": 1}, "none"), ({"kind": "judge"}, {"value": "none"}, "none"),
    (_NUMBER, {"number": 2}, "pass"), (_NUMBER, {"number": 2.001}, "fail"), (_NUMBER, {}, "none"), (_NUMBER, {"number": None}, "none"),
    (_NUMBER, {"number": 0}, "pass"), (_NUMBER, {"number": 3, "value": "pass"}, "fail"), (_NUMBER, {"number": 1, "value": "fail"}, "pass"),
    (_NUMBER, {"number": 3, "value": "na"}, "na"), (_NUMBER, {"number": 3, "value": "unsure"}, "unsure"),
    (_NUMBER, {"value": "fail"}, "fail"), (_NUMBER, {"number": "3", "value": "pass"}, "pass"), (_NUMBER, {"number": True}, "none"),
    ({"kind": "number", "unit": "年", "at_least": 1, "at_most": 5}, {"number": 0.5}, "fail"),
    ({"kind": "number", "unit": "年"}, {"number": 5}, "pass"), ({"kind": "number", "unit": "年"}, {"number": 5, "value": "fail"}, "fail"),
    (_COUNT, {"rows": [{"number": 2}, {"number": 3}]}, "pass"), (_COUNT, {"rows": [{"number": 2}, {"number": 1}]}, "fail"),
    (_COUNT, {"rows": [{"number": 2}, {"number": None}]}, "none"), (_COUNT, {"rows": [{"number": None}, {"number": 0}]}, "fail"),
    (_COUNT, {"rows": []}, "none"), (_COUNT, {"rows": [], "value": "fail"}, "fail"), (_COUNT, {}, "none"),
    (_COUNT, {"rows": [{"number": 1}], "value": "na"}, "na"), (_COUNT, {"rows": [{"number": 2}], "value": "fail"}, "pass"),
    (_CHOICE, {"choice": "y"}, "pass"), (_CHOICE, {"choice": "n"}, "fail"), (_CHOICE, {"choice": "x"}, "none"), (_CHOICE, {}, "none"),
    (_CHOICE, {"choice": "n", "value": "unsure"}, "unsure"), (_CHOICE, {"choice": "", "value": "pass"}, "pass"),
    ({"kind": "text"}, {"text": "王某"}, "pass"), ({"kind": "text"}, {"text": " "}, "none"), ({"kind": "text"}, {}, "none"),
    (_NUMBER, {"value": "seen"}, "seen"), (_COUNT, {"rows": [{"number": 1}], "value": "not_looked"}, "not_looked"),
    (_CHOICE, {"value": "seen"}, "seen"), ({"kind": "text"}, {"value": "not_looked"}, "not_looked"),
    ({"kind": "text"}, {"text": "答不出", "value": "fail"}, "fail"), ({"kind": "text"}, {"value": "na"}, "na"),
]  # fmt: skip


def _leaf(kind: str, name: str) -> dict[str, str]:
    return {"kind": kind, "name": name}


A, B, GAS, AREA, NIGHT = (_leaf("answer", "A"), _leaf("answer", "B"), _leaf("fact", "gas_kind"), _leaf("fact", "floor_area"),
                          _leaf("fact", "people_sleeping"))  # fmt: skip
# condition, facts, answers, because, missing; None where nothing is suspected
SUSPICIONS: list[tuple[Any, dict[str, Any], dict[str, Any], tuple[list[Any], list[Any]] | None]] = [
    (EXIT, {}, {"A": FAIL}, ([A], [])), (EXIT, {}, {"A": PASS}, None), (EXIT, {}, {}, None), (EXIT, {}, {"A": UNSURE}, None),
    ({"all": [EXIT, SLEEPS]}, {"people_sleeping": True}, {"A": FAIL}, ([A, NIGHT], [])),
    ({"all": [EXIT, SLEEPS]}, {}, {"A": FAIL}, ([A], [NIGHT])), ({"all": [EXIT, SLEEPS]}, {"people_sleeping": True}, {}, None),
    ({"all": [EXIT, SLEEPS]}, {"people_sleeping": False}, {"A": FAIL}, None),
    ({"all": [EXIT, SLEEPS, LARGE]}, {}, {"A": FAIL}, ([A], [NIGHT, AREA])),
    ({"all": [EXIT, ALARM]}, {}, {"A": FAIL}, ([A], [B])), ({"all": [EXIT, ALARM]}, {}, {"A": FAIL, "B": FAIL}, ([A, B], [])),
    ({"all": [EXIT, ALARM]}, {}, {"A": FAIL, "B": PASS}, None), ({"all": [EXIT, ALARM]}, {}, {"A": FAIL, "B": UNSURE}, ([A], [B])),
    ({"any": [EXIT, ALARM]}, {}, {"A": FAIL}, ([A], [])), ({"any": [EXIT, {"all": [ALARM, LARGE]}]}, {}, {"A": FAIL, "B": FAIL}, ([A], [])),
    ({"all": [EXIT, {"any": [BOTTLED, LARGE]}]}, {"floor_area": 500}, {"A": FAIL}, ([A, AREA], [])),
    ({"all": [EXIT, {"any": [BOTTLED, LARGE]}]}, {"floor_area": 10}, {"A": FAIL}, ([A], [GAS])),
    ({"all": [EXIT, {"not": BOTTLED}]}, {"gas_kind": "piped"}, {"A": FAIL}, ([A, GAS], [])),
    ({"all": [EXIT, {"not": {"all": [BOTTLED, SLEEPS]}}]}, {"gas_kind": "piped"}, {"A": FAIL}, ([A, GAS], [])),
    ({"all": [EXIT, {"not": {"any": [BOTTLED, SLEEPS]}}]}, {"gas_kind": "piped"}, {"A": FAIL}, ([A, GAS], [NIGHT])),
    (SLEEPS, {"people_sleeping": True}, {}, ([NIGHT], [])), ({"any": [SLEEPS, EXIT]}, {}, {}, None),
    ({"answer": "A", "at_least": 4}, {}, {"A": number(5, verdict="fail")}, ([A], [])),
    ({"all": [EXIT, EXIT]}, {}, {"A": FAIL}, ([A], [])),
    (BATH, {}, {"A": chosen("bath")}, ([A], [])), (BATH, {}, {"A": chosen("bedroom")}, None), (BATH, {}, {"A": FAIL}, None),
    ({"all": [BATH, SLEEPS]}, {}, {"A": chosen("bath")}, ([A], [NIGHT])),
    ({"any": [BATH, JUDGED]}, {}, {"A": FAIL}, ([A], [])), ({"any": [BATH, JUDGED]}, {}, {"A": chosen("bedroom")}, None),
]  # fmt: skip

FACTS: dict[str, list[Any]] = {
    "gas_kind": ["piped", "bottled", "none"], "people_sleeping": [True, False], "high_rise": [True, False],
    "floor_area": [0, 80, 200, 200.5, 900], "storeys": [1, 2, 3, 12], "beds": [0, 15, 50],
}  # fmt: skip
GIVENS = [FAIL, PASS, NA, UNSURE, number(1), number(3, verdict="fail"), number(2, None, verdict="none")]


def _random_condition(dice: random.Random, depth: int = 3) -> dict[str, Any]:
    head = dice.choice(["all", "any", "not", "leaf", "leaf"]) if depth else "leaf"
    if head == "not":
        return {"not": _random_condition(dice, depth - 1)}
    if head != "leaf":
        return {head: [_random_condition(dice, depth - 1) for _ in range(dice.randint(1, 3))]}
    if dice.random() < 0.4:
        operator = dice.choice(["is", "at_least", "at_most"])
        value = dice.choice(["fail", "pass", "na", "unsure"]) if operator == "is" else dice.choice([1, 2, 3])
        return {"answer": dice.choice("ABC"), operator: value}
    name = dice.choice(list(FACTS))
    ordered = name in ("floor_area", "storeys", "beds")
    operator = dice.choice(["eq", "in", "at_least", "at_most"] if ordered else ["eq", "in"])
    values = dice.sample(FACTS[name], 2)
    return {"fact": name, operator: values if operator == "in" else values[0]}


def _random_case(dice: random.Random) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    facts = {name: dice.choice(values) for name, values in FACTS.items() if dice.random() < 0.6}
    answers = {code: dice.choice(GIVENS) for code in "ABC" if dice.random() < 0.7}
    return _random_condition(dice), facts, answers


def main() -> None:
    """Check what was worked out by hand, add random cases, write."""
    from tests.contracts.reading import answers_of

    for condition, facts, answers, expected in HAND:
        assert holds(condition, facts, answers_of(answers)) is expected, condition
    for item, body, value in VERDICTS:
        assert verdict(item_of(item), body) == value, (item, body)
    for condition, facts, answers, found in SUSPICIONS:
        wanted = None if found is None else {"because": found[0], "missing": found[1]}
        assert suspected(condition, facts, answers) == wanted, (condition, facts, answers)
    dice = random.Random(20261123)
    more = [_random_case(dice) for _ in range(160)]
    lines = {
        "conditions": [*HAND, *((*case, holds(case[0], case[1], answers_of(case[2]))) for case in more)],
        "verdicts": VERDICTS,
        "suspicions": [
            *((*case, None if found is None else {"because": found[0], "missing": found[1]}) for *case, found in SUSPICIONS),
            *((*case, suspected(*case)) for case in (_random_case(dice) for _ in range(60))),
        ],
    }  # fmt: skip
    text = ",\n".join(
        f'"{name}": [\n' + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]"
        for name, rows in lines.items()
    )
    FILE.write_text(f"{{\n{text}\n}}\n", "utf-8")


if __name__ == "__main__":
    main()
