"""Sheets that are given out: the template of a kind, and the faulty rows of an import with what is wrong with them."""

from collections.abc import Mapping, Sequence

from inspect_app.sheets import workbook

from .entry import ImportKind
from .models import ImportRow
from .rules import TOLD, SheetColumn

_HELP = "说明"


def template(kind: ImportKind) -> bytes:
    """An empty sheet with its headings, and a page that says of each column what is written in it."""
    columns = [column for column in kind.columns if column.name != TOLD]
    about = [["列", "要不要填", "怎么写", "例子"]]
    about += [
        [
            column.title,
            "必填" if column.needed else "可以空",
            column.about,
            "；".join(word for word in column.examples if word),
        ]
        for column in columns
    ]
    about += [
        [],
        ["空着的格", "", "登记过的，空着就是不改，不会清掉。", ""],
        ["一行", "", f"一行一{kind.unit}，表头不要改，不要合并单元格。", ""],
    ]
    return workbook.write(
        {kind.register: [[column.title for column in columns]], _HELP: about},
        {kind.register: [column.width for column in columns], _HELP: (16, 10, 70, 30)},
        (kind.register, _HELP),
    )


def faulty_rows(kind: ImportKind, rows: Sequence[ImportRow]) -> bytes:
    """The rows that are wrong as they were brought, each with its reasons behind it: to be put right and sent again."""
    lines = [[column.title for column in kind.columns]]
    lines += [
        [
            row.cells.get(column.name, "") if column.name != TOLD else _reasons(row, kind.columns)
            for column in kind.columns
        ]
        for row in rows
    ]
    widths: Mapping[str, Sequence[int]] = {kind.register: [column.width for column in kind.columns]}
    return workbook.write({kind.register: lines}, widths, (kind.register,))


def _reasons(row: ImportRow, columns: Sequence[SheetColumn]) -> str:
    titles = {column.name: column.title for column in columns}
    said = "\n".join(f"{titles[column]}：{words}" if column in titles else words for column, words in row.faults)
    return f"{said}\n（原来的第 {row.number} 行）"
