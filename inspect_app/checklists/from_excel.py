"""A list out of the workbook that was downloaded here and corrected. Pure: bytes in, list or problems out; nothing is half read."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from inspect_app.sheets.workbook import Problem, Sheet
from inspect_app.sheets.workbook import read as read_workbook

from .columns import (
    BASE_COLUMNS,
    BASES,
    HEAD,
    HEAD_FIELDS,
    HELP,
    ITEM_COLUMNS,
    ITEMS,
    OF_THE_WALK,
    PIECE_COLUMNS,
    PIECES,
    Column,
)
from .excel import base_text
from .parsed import ITEM_CODE, LIST_CODE, Parsed, cited
from .phrases import FIELDS, GRADES, KINDS, NO, WORDED, YES, Vocabulary, read
from .rules import Basis, Checklist, Choice, Field, Item, ListPart

_LIMITS = {"mending_days": (1, 365), "photos": (0, 6)}
UNREAD = "这里写的没有读，下载的表里没有这一处"


def parse(data: bytes, bases: Mapping[str, Basis], words: Vocabulary) -> Parsed:
    """The list that a workbook holds, or every problem in it by its cell. Raises Refused for what is no workbook."""
    sheets = {name.strip(): sheet for name, sheet in read_workbook(data).items()}
    missing = [Problem(name, f"缺“{name}”这一页") for name in (HEAD, ITEMS, PIECES) if name not in sheets]
    if missing:
        return Parsed(None, tuple(missing))
    head = _Head(sheets[HEAD], words)
    pieces = _Pieces(sheets[PIECES], words)
    rows = _Rows(sheets[ITEMS], bases, words, pieces)
    looked_up = _Bases(sheets.get(BASES, Sheet(BASES, {})), bases)
    parts = (head, pieces, rows, looked_up)
    problems = [problem for part in parts for problem in part.sheet.problems]
    named = {problem.where for problem in problems}  # a formula is no missing text as well
    found = [*(problem for part in parts for problem in part.problems), *pieces.unused(rows.cells)]
    problems += [problem for problem in found if problem.where not in named]
    notes = [note for part in parts for note in (*part.sheet.notes, *part.notes)]
    notes += _other_sheets(sheets.values())
    code, title, based_on = (head.texts.get(name, "") for name in ("code", "title", "based_on"))
    if problems:
        return Parsed(None, tuple(problems), tuple(notes), rows.cells, code, title, based_on)
    order = {name: number for number, name in enumerate(pieces.sections)}
    items = tuple(sorted(rows.items, key=lambda item: order[item.section]))
    checklist = Checklist(code, title, head.field, head.kinds, items, head.texts.get("reminder", ""))
    return Parsed(checklist, (), tuple(notes), rows.cells, code, title, based_on, rows.absent)


def _other_sheets(sheets: Iterable[Sheet]) -> Iterator[Problem]:
    known = {HELP, HEAD, ITEMS, PIECES, BASES}
    yield from (Problem(sheet.name, "这一页没有读") for sheet in sheets if sheet.rows and sheet.name not in known)


class _Head:
    """The list's own values: a name in column A, what it is in column B."""

    def __init__(self, sheet: Sheet, words: Vocabulary) -> None:
        self.sheet = sheet
        self.problems: list[Problem] = []
        self.notes = [
            Problem(sheet.at(row, number), UNREAD) for row, line in sheet.rows.items() for number in line if number > 2
        ]
        self.texts: dict[str, str] = {}
        at: dict[str, str] = {}
        known = {column.title: column for column in HEAD_FIELDS}
        for row, line in sheet.rows.items():
            column = known.get(line.get(1, ""))
            if not line.get(1) and not line.get(2):
                continue
            if column is None:
                self.problems.append(Problem(sheet.at(row, 1), f"不认识“{line.get(1, '')}”这一行"))
                continue
            if column.name in self.texts:
                self.problems.append(Problem(sheet.at(row, 1), f"“{column.title}”写了两次"))
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
        named = sheet.rows.get(1, {})
        self.notes = [
            Problem(sheet.at(row, number), "这一列没有列名，这里写的没有读")
            for row, line in sheet.rows.items()
            for number in line
            if number not in named
        ]
        known = {column.title: column for column in columns}
        self.numbers: dict[str, int] = {}
        for number, title in sheet.rows.get(1, {}).items():
            if title not in known:
                self.problems.append(Problem(sheet.at(1, number), f"不认识“{title}”这一列"))
            elif known[title].name in self.numbers:
                self.problems.append(Problem(sheet.at(1, number), f"“{title}”这一列写了两次"))
            else:
                self.numbers[known[title].name] = number
        lacking = [column for column in columns if column.name not in self.numbers]
        self.absent = tuple(column.name for column in lacking if column.of_walk)
        self.problems += [
            Problem(f"{sheet.name}!1:1", f"缺“{column.title}”这一列") for column in lacking if not column.of_walk
        ]

    def lines(self) -> list[tuple[int, dict[str, str]]]:
        if self.problems:  # columns that were not understood would make every row wrong
            return []
        lines = (
            (row, {name: line.get(number, "") for name, number in self.numbers.items()})
            for row, line in self.sheet.rows.items()
        )
        return [(row, line) for row, line in lines if row > 1 and any(line.values())]

    def at(self, row: int, name: str) -> str:
        return self.sheet.at(row, self.numbers[name])

    def wrong(self, row: int, name: str, text: str) -> None:
        self.problems.append(Problem(self.at(row, name), text))


class _Pieces(_Table):
    """Sections in their order; choices and parts by the code of their item."""

    def __init__(self, sheet: Sheet, words: Vocabulary) -> None:
        super().__init__(sheet, PIECE_COLUMNS)
        self.sections: list[str] = []
        self.choices: dict[str, list[Choice]] = {}
        self.parts: dict[str, ListPart] = {}
        self._owners: dict[str, str] = {}
        self._facts = {label: name for name, label in words.facts.items()}
        takes: dict[str, Callable[[int, dict[str, str]], None]] = {
            "部分": self._section,
            "选项": self._choice,
            "分别记数": self._part,
        }
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
        self.parts[line["code"]] = ListPart(line["label"], fact)

    def unused(self, codes: Mapping[str, str]) -> list[Problem]:
        """Choices and parts of items that are not on the list."""
        return [Problem(at, f"没有编号为“{code}”的检查项") for code, at in self._owners.items() if code not in codes]


class _Bases:
    """The bases to look up: whatever was changed there is named, because an upload changes no law."""

    def __init__(self, sheet: Sheet, bases: Mapping[str, Basis]) -> None:
        self.sheet = sheet
        self.problems: list[Problem] = []
        known = {column.title: column.name for column in BASE_COLUMNS}
        titles = sheet.rows.get(1, {})
        self.numbers = {known[title]: number for number, title in titles.items() if title in known}
        self.notes = [
            Problem(sheet.at(row, number), UNREAD)
            for row, line in sheet.rows.items()
            for number in line
            if titles.get(number) not in known
        ]
        for row, line in sheet.rows.items():
            said = {name: line.get(number, "") for name, number in self.numbers.items()}
            if row > 1 and any(said.values()):
                self._row(row, said, bases)

    def _row(self, row: int, said: Mapping[str, str], bases: Mapping[str, Basis]) -> None:
        at = self.numbers.get("id", 1)
        basis = bases.get(said.get("id", ""))
        if basis is None:
            told = f"依据库里没有编号为“{said.get('id', '')}”的依据。要加新的，请告诉维护依据库的人，这一行请删掉"
            self.problems.append(Problem(self.sheet.at(row, at), told))
            return
        for name, text in said.items():
            kept = base_text(basis, name).strip()
            if text != kept:
                way = "失效日期请在“依据”那一条的页面里写" if name == "until" else "要改请告诉维护依据库的人"
                told = f"依据库里是“{kept or '空'}”，这里是“{text or '空'}”。依据不在表格里改：{way}，这一格请改回去"
                self.problems.append(Problem(self.sheet.at(row, self.numbers[name]), told))


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
            "wordings": tuple(_lines(line["wordings"])),
            "advice": tuple(_lines(line["advice"])),
            "kind": kind,
            "grade": self._word(row, "grade", line["grade"] or GRADES["general"], GRADES),
            "mending_days": self._whole(row, "mending_days", line["mending_days"] or "7"),
            "photos": self._whole(row, "photos", line["photos"] or "1"),
            "at_most": self._number(row, "at_most", line["at_most"]),
            "at_least": self._number(row, "at_least", line["at_least"]),
            "on_the_spot": self._yes(row, "on_the_spot", line["on_the_spot"]),
            "when": self._condition(row, line["when"]),
            "choices": tuple(self.pieces.choices.get(code, ())),
            "part": self.pieces.parts.get(code),
            "bases": tuple(bases),
            **self._walked(row, line),
        }
        self._fits(row, values)
        return values if len(self.problems) == before and code else None

    def _walked(self, row: int, line: dict[str, str]) -> dict[str, Any]:
        """What the short walk needs of an item, as far as the sheet has columns for it."""
        texts = {name: line.get(name, "") for name in OF_THE_WALK}
        chosen = {name: self._word(row, name, texts[name], WORDED[name]) for name in ("zone", "needs") if texts[name]}
        return texts | chosen | {"key": self._yes(row, "key", texts["key"])}

    def _yes(self, row: int, name: str, text: str) -> bool:
        return self._word(row, name, text or NO, {"yes": YES, "no": NO}) == "yes"

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
