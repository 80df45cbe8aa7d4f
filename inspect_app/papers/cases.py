"""Fields of a sample that somebody writes otherwise, to see or to measure a paper with their own names and texts. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from inspect_app.kernel.errors import Refused

from .content import ContentPart, HowSaid, Issued, Printed, day, line_of, marks_of
from .kinds import KINDS, missing


def sides(kind: str, case: Mapping[str, Any]) -> str:
    """Whose office issues the sample; empty where the case does not say. Raises Refused for a side that may not."""
    side = case.get("side", "")
    if side and (side not in ("congress", "government") or KINDS[kind].side not in ("both", side)):
        raise Refused(f"side：“{KINDS[kind].title}”不能由 {side} 出，可以是 {KINDS[kind].side}。")
    return str(side)


def overridden(kind: str, content: Mapping[str, Any], case: Mapping[str, Any]) -> dict[str, Any]:
    """A sample's content with the fields of a case in the place of its own. Raises Refused naming the first field that the kind
    does not know or whose value is of another sort, and what the paper would lack."""
    own = marks_of(KINDS[kind].content)
    known = dict(own) | dict(marks_of(Issued))
    made = dict(content)
    for name, value in case.items():
        if name not in known:
            raise Refused(f"“{name}”不是“{KINDS[kind].title}”的字段。可以写：{'、'.join(known)}。")
        if name == "lines":
            made[name] = _lines(line_of(KINDS[kind].content), content["lines"], value)
        else:
            made[name] = _value(name, content.get(name, ""), value, known[name])
    lacking = missing(kind, made)
    if lacking:
        raise Refused(f"还差{'、'.join(lacking)}。")
    return made


def lines_in(case: Mapping[str, Any]) -> int:
    """How many lines a case writes; 0 where it writes none."""
    lines = case.get("lines")
    return len(lines) if isinstance(lines, list) else 0


def _lines(line: type[ContentPart] | None, shown: Sequence[Mapping[str, Any]], value: Any) -> list[dict[str, Any]]:
    """The sample's lines with the fields of a case, line by line; what the case does not write stays."""
    marks = marks_of(line) if line else {}
    if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
        raise Refused("lines：请写成一条一条，每一条下面写它的字段。")
    made = [dict(one) for one in shown]
    for number, written in enumerate(value, start=1):
        row = made[number - 1]
        for name, words in written.items():
            if name not in marks or name == "photos":
                raise Refused(f"lines 第 {number} 条：“{name}”不能写。可以写：{'、'.join(set(marks) - {'photos'})}。")
            row[name] = _value(f"lines 第 {number} 条的 {name}", row.get(name, ""), words, marks[name])
    return made


def _value(where: str, shown: Any, value: Any, mark: HowSaid) -> Any:
    """A value of the same sort as the sample's."""
    if isinstance(shown, bool) or (isinstance(shown, int) and not isinstance(value, str)):
        return _same(where, shown, value, "true 或 false" if isinstance(shown, bool) else "一个整数")
    if isinstance(shown, list | tuple):
        return _list(where, shown, value)
    if isinstance(shown, Mapping) or shown is None:
        return _same(where, {} if shown is None else shown, value, "一组字段")
    words = _text(where, value)
    return _day(where, words) if isinstance(mark, Printed) and mark.words is day and words else words


def _same(where: str, shown: Any, value: Any, sort: str) -> Any:
    if type(value) is not type(shown):
        raise Refused(f"{where}：这里要写{sort}。")
    return value


def _list(where: str, shown: Sequence[Any], value: Any) -> list[Any]:
    value = value if isinstance(value, list) else [value]
    if not shown or not isinstance(shown[0], Mapping):
        return [_text(where, one) for one in value]
    made = []
    for one in value:
        if not isinstance(one, Mapping) or not set(one) <= set(shown[0]):
            raise Refused(f"{where}：每一项可以写 {'、'.join(shown[0])}。")
        made.append(dict(shown[0]) | {name: _like(where, shown[0][name], said) for name, said in one.items()})
    return made


def _like(where: str, shown: Any, value: Any) -> Any:
    return _same(where, shown, value, "一个整数") if isinstance(shown, int) else _text(where, value)


def _text(where: str, value: Any) -> str:
    """Words as YAML has them: a bare number or a bare day are words too."""
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Refused(f"{where}：这里要写文字，有特殊符号的加引号。")
    return str(value)


def _day(where: str, words: str) -> str:
    try:
        return date.fromisoformat(words).isoformat()
    except ValueError:
        raise Refused(f"{where}：日期要写成 2026-11-30 这样。") from None
