"""A checklist as an Excel workbook. Pure; from_excel.py reads it back."""

from collections.abc import Mapping
from typing import Any

from inspect_app.sheets.workbook import write

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
)
from .phrases import FIELDS, NO, WORDED, YES, Vocabulary, say
from .rules import Basis, Checklist, Item, figure


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
            *([base_text(basis, column.name) for column in BASE_COLUMNS] for basis in bases.values()),
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
    rows.append(
        [
            BASES,
            "",
            "现有的依据，只供查编号，请不要在这里改：改了会列出来，不会生效。依据失效了，在“依据”那一条的页面里写失效日期；要加新的，请告诉维护依据库的人。",
        ]
    )
    rows.append(["", "场所的情况", "“什么时候问”里可以写：" + "、".join(words.facts.values())])
    rows += [["", words.fact(name), "可以写：" + "、".join(values.values())] for name, values in words.values.items()]
    rows.append(["", "场所", "“适用场所”里可以写：" + "、".join(words.kinds.values())])
    rows.append(
        ["", "注意", "不要横着合并单元格；写了公式的，读它现在显示的值。改好存成 .xlsx，在“检查表，改表”那一页上传。"]
    )
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
    if name in WORDED:
        return WORDED[name].get(value, str(value))
    return plain(value)


def plain(value: Any) -> str:
    """A value of an item as a cell says it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, tuple):
        return "\n".join(value)
    return figure(value) if isinstance(value, float) else str(value)


def _pieces(checklist: Checklist, words: Vocabulary) -> list[list[str]]:
    rows = [["部分", "", section, "", ""] for section in checklist.sections]
    for item in checklist.items:
        rows += [["选项", item.code, choice.label, choice.value, plain(choice.fails)] for choice in item.choices]
        if item.part:
            rows.append(
                ["分别记数", item.code, item.part.name, words.fact(item.part.fact) if item.part.fact else "", ""]
            )
    return rows


def base_text(basis: Basis, name: str) -> str:
    """A value of a basis as a cell of the sheet of bases says it."""
    value = getattr(basis, name)
    return MARK_WORDS.get(value, str(value)) if name == "mark" else plain(value)
