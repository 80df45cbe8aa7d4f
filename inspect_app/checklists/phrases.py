"""Conditions in words, both ways: what a spreadsheet and a reading page say is what the data holds. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .rules import NEEDS, Field, figure
from .zones import ZONES

KINDS = {"judge": "合格不合格", "number": "数字", "choice": "选项", "text": "文字", "count": "分别记数"}
GRADES = {"general": "一般", "suspected_major": "疑似重大", "advice": "建议"}
FIELDS = {Field.FIRE: "消防", Field.GAS: "燃气", Field.SITE: "建筑施工"}
YES, NO = "是", "否"
# Fields of an item whose values are chosen from a few → what each value is called.
WORDED: Mapping[str, Mapping[str, str]] = {"kind": KINDS, "grade": GRADES, "zone": ZONES, "needs": NEEDS}

Condition = Mapping[str, Any]
_COMPARED = {"为": "eq", "属于": "in", "不少于": "at_least", "不超过": "at_most"}
_MARKS = str.maketrans({"(": "（", ")": "）", ",": "、", "，": "、"})


@dataclass(frozen=True)
class Vocabulary:
    """What places are called: kinds, facts, and the values of those facts that are chosen from a few."""

    kinds: Mapping[str, str]
    facts: Mapping[str, str]
    values: Mapping[str, Mapping[Any, str]]
    told: Mapping[tuple[str, Any], tuple[str, str]] = field(
        default_factory=dict
    )  # in a sentence, and when it is not so

    def fact(self, name: str) -> str:
        """What a fact of a place is called in Chinese; its own name where no word is known."""
        return self.facts.get(name, name)

    def value(self, fact: str, value: Any) -> str:
        """What a value of that fact is called in Chinese; as it stands where no word is known."""
        if isinstance(value, float):
            return figure(value)
        return self.values.get(fact, {}).get(value, str(value))


def say(condition: Condition | None, words: Vocabulary) -> str:
    """A condition as people read and write it: 用气 为 瓶装气 且 层数 不少于 3. Empty where an item is always asked."""
    if condition is None:
        return ""
    for joint, mark in (("all", " 且 "), ("any", " 或 ")):
        if joint in condition:
            return mark.join(_grouped(part, words) for part in condition[joint])
    if "not" in condition:
        return f"非（{say(condition['not'], words)}）"
    if "fact" not in condition:
        return f"检查项 {condition.get('answer', '')}"
    name = condition["fact"]
    for word, key in _COMPARED.items():
        if key in condition:
            values = condition[key] if key == "in" else [condition[key]]
            return f"{words.fact(name)} {word} {'、'.join(words.value(name, value) for value in values)}"
    return words.fact(name)


def _grouped(part: Condition, words: Vocabulary) -> str:
    said = say(part, words)
    return f"（{said}）" if "all" in part or "any" in part else said


def tell(condition: Condition | None, words: Vocabulary, *, so: bool = True) -> str:
    """A condition as a reader is told it: 用瓶装气，而且层数不少于 3. Not meant to be read back."""
    if condition is None:
        return ""
    if "not" in condition:
        return tell(condition["not"], words, so=not so)
    for key, meets in (("all", True), ("any", False)):
        if key in condition:  # not (a and b) is: not a, or not b
            return ("，而且" if so is meets else "，或者").join(tell(part, words, so=so) for part in condition[key])
    name = condition.get("fact")
    if name is None:
        return say(condition, words)
    for key in ("eq", "in"):
        if key in condition:
            values = condition[key] if key == "in" else [condition[key]]
            joint = "或者" if so else "，也"
            return joint.join(_told(name, value, words, so=so) for value in values)
    least = "at_least" in condition
    word = ("不少于" if least else "不超过") if so else ("少于" if least else "超过")
    return f"{words.fact(name)}{word} {words.value(name, condition['at_least' if least else 'at_most'])}"


def _told(name: str, value: Any, words: Vocabulary, *, so: bool) -> str:
    known = words.told.get((name, value))
    return known[0 if so else 1] if known else f"{words.fact(name)}{'是' if so else '不是'} {words.value(name, value)}"


def read(text: str, words: Vocabulary) -> Condition | None:
    """The condition that a sentence of say() holds. Raises ValueError with what cannot be understood, in Chinese."""
    text = text.translate(_MARKS).strip()
    if not text:
        return None
    reader = _Reader(_tokens(text, words), words)
    condition = reader.either()
    if reader.left:
        raise ValueError(f"“{reader.left[0]}”放在这里看不懂")
    return condition


def _tokens(text: str, words: Vocabulary) -> list[str]:
    # Longest first: 地下或半地下 is one fact, not two joined by 或.
    known = {*words.facts, *words.facts.values(), *_COMPARED, "且", "或", "非", "（", "）", "、"}
    known |= {name for values in words.values.values() for name in values.values()}
    pattern = re.compile("|".join(map(re.escape, sorted(known, key=len, reverse=True))) + r"|-?\d+(?:\.\d+)?")
    found, at = [], 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        match = pattern.match(text, at)
        if match is None:
            raise ValueError(f"“{text[at : at + 12]}”看不懂")
        found.append(match.group())
        at = match.end()
    return found


class _Reader:
    def __init__(self, tokens: list[str], words: Vocabulary) -> None:
        self.left = tokens
        self.words = words
        self.names = {label: name for name, label in words.facts.items()} | {name: name for name in words.facts}

    def either(self) -> Condition:
        return self._joined("any", "或", self.both)

    def both(self) -> Condition:
        return self._joined("all", "且", self.one)

    def _joined(self, key: str, mark: str, part: Any) -> Condition:
        parts = [part()]
        while self.left and self.left[0] == mark:
            self.left.pop(0)
            parts.append(part())
        return parts[0] if len(parts) == 1 else {key: parts}

    def one(self) -> Condition:
        word = self._next("事实，例如“用气”")
        if word == "非":
            return {"not": self.one()}
        if word == "（":
            inner = self.either()
            if self._next("“）”") != "）":
                raise ValueError("括号没有配对")
            return inner
        if word not in self.names:
            raise ValueError(f"“{word}”不是场所的情况，可以写：{'、'.join(self.words.facts.values())}")
        return self._compared(self.names[word])

    def _compared(self, name: str) -> Condition:
        word = self._next("“为”“属于”“不少于”“不超过”中的一个")
        if word not in _COMPARED:
            raise ValueError(f"“{self.words.fact(name)}”后面要写“为”“属于”“不少于”或“不超过”")
        key = _COMPARED[word]
        values = [self._value(name)]
        while key == "in" and self.left and self.left[0] == "、":
            self.left.pop(0)
            values.append(self._value(name))
        if key in ("at_least", "at_most") and isinstance(values[0], str | bool):
            raise ValueError(f"“{word}”后面要写数字")
        return {"fact": name, key: values if key == "in" else values[0]}

    def _value(self, name: str) -> Any:
        word = self._next("一个值")
        chosen = {label: value for value, label in self.words.values.get(name, {}).items()}
        if chosen:
            if word not in chosen:
                raise ValueError(f"“{self.words.fact(name)}”只能是：{'、'.join(chosen)}")
            return chosen[word]
        try:
            number = float(word)
        except ValueError:
            raise ValueError(f"“{self.words.fact(name)}”后面要写数字") from None
        return int(number) if number.is_integer() else number

    def _next(self, wanted: str) -> str:
        if not self.left:
            raise ValueError(f"没有写完，后面要有{wanted}")
        return self.left.pop(0)
