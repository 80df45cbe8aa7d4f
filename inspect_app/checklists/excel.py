"""A checklist as an Excel workbook and back. Pure: bytes in, list or problems out; nothing is half read."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from .columns import (
    BASE_COLUMNS,
    BASES,
    HEAD,
    HEAD_FIELDS,
    HELP,
    ITEM_COLUMNS,
    ITEMS,
    MARK_WORDS,
    PIECE_COLUMNS,
    PIECES,
    Column,
)  # fmt: skip
from .parsed import Parsed, cited
from .phrases import FIELDS, GRADES, KINDS, NO, YES, Vocabulary, read, say
from .rules import Basis, Checklist, Choice, Field, Item, Part
from .workbook import Problem, Sheet, write
from .workbook import read as read_workbook

LIST_CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
ITEM_CODE = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)+")
_LIMITS = {"mending_days": (1, 365), "photos": (0, 6)}


def export(checklist: Checklist, bases: Mapping[str, Basis], words: Vocabulary, based_on: str) -> bytes:
    """The list as a workbook: explanation, head, one row per item, sections with choices and parts, bases to look up."""
    sheets: dict[str, list[list[str]]] = {
        HELP: _help(words),
        HEAD: [[column.title, _head_text(checklist, column.name, words, based_on)] for column in HEAD_FIELDS],
        ITEMS: [
            [column.title for column in ITEM_COLUMNS],
            *([_item_text(item, column.name, words) for column in ITEM_COLUMNS] for item in checklist.items),
        ],
        PIECES: [[column.title for column in PIECE_COLUMNS], *_pieces(checklist, words)],
        BASES: [
            [column.title for column in BASE_COLUMNS],
            *([_base_text(basis, column.name) for column in BASE_COLUMNS] for basis in bases.values()),
        ],
    }
    widths = {
        name: [column.width for column in columns]
        for name, columns in ((ITEMS, ITEM_COLUMNS), (PIECES, PIECE_COLUMNS), (BASES, BASE_COLUMNS))
    }
    return write(sheets, widths | {HELP: [16, 16, 90], HEAD: [16, 60]}, (HELP, ITEMS, PIECES, BASES))


def _help(words: Vocabulary) -> list[list[str]]:
    rows = [["哪一页", "哪一列", "怎么写"]]
    rows.append([HELP, "", "这一页只是说明，上传时不读。"])
    for name, columns in ((HEAD, HEAD_FIELDS), (ITEMS, ITEM_COLUMNS), (PIECES, PIECE_COLUMNS)):
        rows += [[name, column.title, column.about] for column in columns]
    rows.append([BASES, "", "现有的依据，只供查编号，上传时不读。要加新的依据，请告诉维护依据库的人。"])
    rows.append(["", "场所的情况", "“什么时候问”里可以写：" + "、".join(words.facts.values())])
    rows += [["", words.fact(name), "可以写：" + "、".join(values.values())] for name, values in words.values.items()]
    rows.append(["", "场所", "“适用场所”里可以写：" + "、".join(words.kinds.values())])
    rows.append(["", "注意", "不要合并单元格，不要写公式。改好存成 .xlsx，在“检查表，改表”那一页上传。"])
    return rows


def _head_text(checklist: Checklist, name: str, words: Vocabulary, based_on: str) -> str:
    if name == "kinds":
        return "\n".join(words.kinds.get(kind, kind) for kind in checklist.kinds)
    if name == "field":
        return FIELDS[checklist.field]
    return based_on if name == "based_on" else str(getattr(checklist, name))


def _item_text(item: Item, name: str, words: Vocabulary) -> str:
    value = getattr(item, name)
    if name == "bases":
        return "\n".join(basis.id for basis in value)
    if name == "when":
        return say(value, words)
    if name in ("kind", "grade"):
        return (KINDS | GRADES).get(value, str(value))
    return plain(value)


def plain(value: Any) -> str:
    """A value of an item as a cell says it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, tuple):
        return "\n".join(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _pieces(checklist: Checklist, words: Vocabulary) -> list[list[str]]:
    rows = [["部分", "", section, "", ""] for section in checklist.sections]
    for item in checklist.items:
        rows += [["选项", item.code, choice.label, choice.value, plain(choice.fails)] for choice in item.choices]
        if item.part:
            rows.append(
                ["分别记数", item.code, item.part.name, words.fact(item.part.fact) if item.part.fact else "", ""]
            )
    return rows


def _base_text(basis: Basis, name: str) -> str:
    value = getattr(basis, name)
    return MARK_WORDS.get(value, str(value)) if name == "mark" else plain(value)


def parse(data: bytes, bases: Mapping[str, Basis], words: Vocabulary) -> Parsed:
    """The list that a workbook holds, or every problem in it by its cell. Raises Refused for what is no workbook."""
    sheets, problems = read_workbook(data)
    missing = [Problem(name, f"缺“{name}”这一页") for name in (HEAD, ITEMS, PIECES) if name not in sheets]
    if missing:
        return Parsed(None, (*problems, *missing))
    head = _Head(sheets[HEAD], words)
    pieces = _Pieces(sheets[PIECES], words)
    rows = _Rows(sheets[ITEMS], bases, words, pieces)
    named = {problem.where for problem in problems}  # a formula is no missing text as well
    found = (*head.problems, *pieces.problems, *rows.problems, *pieces.unused(rows.cells))
    problems += [problem for problem in found if problem.where not in named]
    code, title, based_on = (head.texts.get(name, "") for name in ("code", "title", "based_on"))
    if problems:
        return Parsed(None, tuple(problems), cells=rows.cells, code=code, title=title, based_on=based_on)
    order = {name: place for place, name in enumerate(pieces.sections)}
    items = tuple(sorted(rows.items, key=lambda item: order[item.section]))
    checklist = Checklist(code, title, head.field, head.kinds, items, head.texts.get("reminder", ""))
    return Parsed(checklist, cells=rows.cells, code=code, title=title, based_on=based_on)


class _Head:
    """The list's own values: a name in column A, what it is in column B."""

    def __init__(self, sheet: Sheet, words: Vocabulary) -> None:
        self.problems: list[Problem] = []
        self.texts: dict[str, str] = {}
        at: dict[str, str] = {}
        known = {column.title: column for column in HEAD_FIELDS}
        for row, line in sheet.rows.items():
            column = known.get(line.get(1, ""))
            if column is None:
                self.problems.append(Problem(sheet.at(row, 1), f"不认识“{line.get(1, '')}”这一行"))
                continue
            self.texts[column.name], at[column.name] = line.get(2, ""), sheet.at(row, 2)
        for column in HEAD_FIELDS:
            if column.needed and not self.texts.get(column.name):
                self.problems.append(Problem(at.get(column.name, sheet.name), f"缺“{column.title}”"))
        code = self.texts.get("code", "")
        if code and not LIST_CODE.fullmatch(code):
            self.problems.append(Problem(at["code"], "代码只用小写字母、数字和横线"))
        fields = {name: field for field, name in FIELDS.items()}
        self.field = fields.get(self.texts.get("field", ""), Field.FIRE)
        if self.texts.get("field") and self.texts["field"] not in fields:
            self.problems.append(Problem(at["field"], f"领域只能是：{'、'.join(fields)}"))
        kinds = {name: kind for kind, name in words.kinds.items()}
        named = _lines(self.texts.get("kinds", ""))
        self.kinds = tuple(str(kinds[name]) for name in named if name in kinds)
        self.problems += [Problem(at["kinds"], f"没有“{name}”这种场所") for name in named if name not in kinds]


class _Table:
    """A sheet whose first row names its columns, in any order."""

    def __init__(self, sheet: Sheet, columns: tuple[Column, ...]) -> None:
        self.sheet = sheet
        self.problems: list[Problem] = []
        known = {column.title: column for column in columns}
        self.places: dict[str, int] = {}
        for place, title in sheet.rows.get(1, {}).items():
            if title not in known:
                self.problems.append(Problem(sheet.at(1, place), f"不认识“{title}”这一列"))
            elif known[title].name in self.places:
                self.problems.append(Problem(sheet.at(1, place), f"“{title}”这一列写了两次"))
            else:
                self.places[known[title].name] = place
        self.problems += [
            Problem(f"{sheet.name}!1:1", f"缺“{column.title}”这一列")
            for column in columns
            if column.name not in self.places
        ]

    def lines(self) -> list[tuple[int, dict[str, str]]]:
        if self.problems:  # columns that were not understood would make every row wrong
            return []
        return [
            (row, {name: line.get(place, "") for name, place in self.places.items()})
            for row, line in self.sheet.rows.items()
            if row > 1
        ]

    def at(self, row: int, name: str) -> str:
        return self.sheet.at(row, self.places[name])

    def wrong(self, row: int, name: str, text: str) -> None:
        self.problems.append(Problem(self.at(row, name), text))


class _Pieces(_Table):
    """Sections in their order; choices and parts by the code of their item."""

    def __init__(self, sheet: Sheet, words: Vocabulary) -> None:
        super().__init__(sheet, PIECE_COLUMNS)
        self.sections: list[str] = []
        self.choices: dict[str, list[Choice]] = {}
        self.parts: dict[str, Part] = {}
        self._owners: dict[str, str] = {}
        self._facts = {label: name for name, label in words.facts.items()}
        takes: dict[str, Callable[[int, dict[str, str]], None]] = {
            "部分": self._section, "选项": self._choice, "分别记数": self._part,
        }  # fmt: skip
        for row, line in self.lines():
            if line["type"] not in takes:
                self.wrong(row, "type", f"类型只能是：{'、'.join(takes)}")
            elif not line["label"]:
                self.wrong(row, "label", "缺“名称”")
            else:
                takes[line["type"]](row, line)

    def _section(self, row: int, line: dict[str, str]) -> None:
        if line["label"] in self.sections:
            self.wrong(row, "label", f"“{line['label']}”这个部分写了两次")
        else:
            self.sections.append(line["label"])

    def _choice(self, row: int, line: dict[str, str]) -> None:
        self._owners.setdefault(line["code"], self.at(row, "code"))
        if not line["value"] or line["fails"] not in (YES, NO):
            self.wrong(row, "value" if not line["value"] else "fails", "选项要有值，还要写算不算不合格（是或否）")
            return
        self.choices.setdefault(line["code"], []).append(Choice(line["value"], line["label"], line["fails"] == YES))

    def _part(self, row: int, line: dict[str, str]) -> None:
        self._owners.setdefault(line["code"], self.at(row, "code"))
        fact = self._facts.get(line["value"], "")
        if line["value"] and not fact:
            self.wrong(row, "value", f"“{line['value']}”不是场所的情况，可以写：{'、'.join(self._facts)}")
        self.parts[line["code"]] = Part(line["label"], fact)

    def unused(self, codes: Mapping[str, str]) -> list[Problem]:
        """Choices and parts of items that are not on the list."""
        return [Problem(at, f"没有编号为“{code}”的检查项") for code, at in self._owners.items() if code not in codes]


class _Rows(_Table):
    """One item per row."""

    def __init__(self, sheet: Sheet, bases: Mapping[str, Basis], words: Vocabulary, pieces: _Pieces) -> None:
        super().__init__(sheet, ITEM_COLUMNS)
        self.bases, self.words, self.pieces = bases, words, pieces
        self.items: list[Item] = []
        self.cells: dict[str, str] = {}
        lines = self.lines()
        if not lines and not self.problems:
            self.problems.append(Problem(f"{sheet.name}!A2", "一项检查项也没有"))
        for row, line in lines:
            self._needed(row, line)
            values = self._values(row, line)
            if values is not None:
                self.items.append(Item(**values))

    def _needed(self, row: int, line: dict[str, str]) -> None:
        for column in ITEM_COLUMNS:
            if column.needed and not line[column.name]:
                self.wrong(row, column.name, f"缺“{column.title}”")
        code = line["code"]
        if code and not ITEM_CODE.fullmatch(code):
            self.wrong(row, "code", "编号要像 F-EXIT-01：大写字母、数字和横线")
        elif code in self.cells:
            self.wrong(row, "code", f"编号“{code}”在 {self.cells[code]} 用过了")
        elif code:
            self.cells[code] = self.at(row, "code")
        if line["section"] and line["section"] not in self.pieces.sections:
            self.wrong(row, "section", f"“{line['section']}”没有写在“{PIECES}”那一页的部分里")

    def _values(self, row: int, line: dict[str, str]) -> dict[str, Any] | None:
        before, code = len(self.problems), line["code"]
        kind = self._word(row, "kind", line["kind"] or KINDS["judge"], KINDS)
        bases, unknown = cited(_lines(line["bases"]), self.bases, self.at(row, "bases"))
        self.problems += unknown
        values: dict[str, Any] = {
            name: line[name] for name in ("code", "section", "question", "look", "title", "unit", "photo_hint", "place")
        }
        values |= {
            "wordings": tuple(_lines(line["wordings"])), "advice": tuple(_lines(line["advice"])), "kind": kind,
            "grade": self._word(row, "grade", line["grade"] or GRADES["general"], GRADES),
            "mending_days": self._whole(row, "mending_days", line["mending_days"] or "7"),
            "photos": self._whole(row, "photos", line["photos"] or "1"),
            "at_most": self._number(row, "at_most", line["at_most"]), "at_least": self._number(row, "at_least", line["at_least"]),
            "on_the_spot": self._word(row, "on_the_spot", line["on_the_spot"] or NO, {"yes": YES, "no": NO}) == "yes",
            "when": self._condition(row, line["when"]), "choices": tuple(self.pieces.choices.get(code, ())),
            "part": self.pieces.parts.get(code), "bases": tuple(bases),
        }  # fmt: skip
        self._fits(row, values)
        return values if len(self.problems) == before and code else None

    def _fits(self, row: int, values: dict[str, Any]) -> None:
        if values["kind"] == "number" and not values["unit"]:
            self.wrong(row, "unit", "数字要写单位")
        if values["kind"] == "choice" and len(values["choices"]) < 2:
            self.wrong(row, "kind", f"选项要有两个以上，写在“{PIECES}”那一页")
        if values["kind"] == "count" and values["part"] is None:
            self.wrong(row, "kind", f"分别记数要写按什么记，写在“{PIECES}”那一页")
        most, least = values["at_most"], values["at_least"]
        if most is not None and least is not None and most < least:
            self.wrong(row, "at_most", "上限比下限还小")

    def _word(self, row: int, name: str, text: str, words: Mapping[str, str]) -> str:
        chosen = {label: key for key, label in words.items()}
        if text not in chosen:
            self.wrong(row, name, f"只能写：{'、'.join(chosen)}")
        return chosen.get(text, "")

    def _number(self, row: int, name: str, text: str) -> float | None:
        if not text:
            return None
        if not re.fullmatch(r"-?\d{1,9}(\.\d{1,6})?", text):
            self.wrong(row, name, "要写数字")
            return None
        number = float(text)
        return int(number) if number.is_integer() else number

    def _whole(self, row: int, name: str, text: str) -> int:
        least, most = _LIMITS[name]
        if not re.fullmatch(r"\d{1,3}", text) or not least <= int(text) <= most:
            self.wrong(row, name, f"要写 {least} 到 {most} 的整数")
            return least
        return int(text)

    def _condition(self, row: int, text: str) -> Mapping[str, Any] | None:
        try:
            return read(text, self.words)
        except ValueError as fault:
            self.wrong(row, "when", str(fault))
            return None


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.replace("；", "\n").splitlines() if line.strip()]
