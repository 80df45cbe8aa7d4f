"""What becomes of an import and of each of its rows, and how its sheet is read by its headings. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from inspect_app.kernel.errors import Refused
from inspect_app.kernel.spelling import folded

MOST_ROWS = 10_000  # of one sheet, its heading not counted
HEADING_WITHIN = 5  # rows: a title may stand above the heading
KEPT_FOR = timedelta(days=7)  # the file and its rows; that there was an import is kept
MOST_ATTEMPTS = 3
MOST_AT_ONCE = 2  # of one account that have not come to an end
TOLD = "told"  # the column in which faulty rows say what is wrong: sent back, nothing of it is read


class ImportState(StrEnum):
    """Where an import stands. Nothing is written in a register before it was confirmed, and then all of it or nothing."""

    READING = "reading"
    CHECKING = "checking"
    FAULTY = "faulty"  # something is wrong: it can only be brought again
    READY = "ready"  # shown, and waits for whoever brought it
    CONFIRMED = "confirmed"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"  # could not be read, or was given up: `why` says it


AT_WORK = frozenset({ImportState.READING, ImportState.CHECKING, ImportState.CONFIRMED})  # of the worker
ENDED = frozenset({ImportState.DONE, ImportState.CANCELLED, ImportState.FAILED})


class RowVerdict(StrEnum):
    """What a row would come to."""

    ADDED = "added"
    CHANGED = "changed"
    SAME = "same"
    ASKED = "asked"  # it may be one that is there: somebody says which
    FAULTY = "faulty"


class RowChoice(StrEnum):
    """What somebody said of a row that may be one that is there."""

    SAME = "same"
    ANOTHER = "another"


@dataclass(frozen=True)
class SheetColumn:
    """A column of the sheet: its heading, its name here, what is written in it, whether it must be there."""

    title: str
    name: str
    about: str
    width: int = 12
    needed: bool = False
    examples: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class CellFault:
    """What is wrong with a row: the name of the column it stands in, empty for the row as a whole, and a sentence."""

    column: str
    said: str


@dataclass(frozen=True)
class SheetHeading:
    """Where the heading stands, and in which column of the sheet each name is found; all count from 1."""

    row: int
    columns: Mapping[str, int]


def letters(column: int) -> str:
    """A column as a spreadsheet names it.

    >>> letters(1), letters(28)
    ('A', 'AB')
    """
    above, last = divmod(column - 1, 26)
    return (letters(above) if above else "") + chr(ord("A") + last)


def read_heading(rows: Mapping[int, Mapping[int, str]], columns: Sequence[SheetColumn]) -> SheetHeading:
    """The heading of a sheet, by the words in it, whatever their order. Raises Refused that names every column that lacks, is
    there twice, or is none of ours: what we have no place for is never passed over."""
    known = {folded(word): column.name for column in columns for word in (column.title, *column.aliases)}
    best = max(
        range(1, HEADING_WITHIN + 1), key=lambda at: sum(_word(text) in known for text in rows.get(at, {}).values())
    )
    cells = rows.get(best, {})
    found: dict[str, int] = {}
    wrong: list[str] = []
    for at, text in sorted(cells.items()):
        name = known.get(_word(text))
        if name is None:
            wrong.append(f"{letters(at)}{best} 的“{text if len(text) < 20 else text[:19] + '…'}”不认识")
        elif name in found:
            wrong.append(f"{letters(found[name])} 列和 {letters(at)} 列都是“{text}”")
        else:
            found[name] = at
    lacking = [column.title for column in columns if column.needed and column.name not in found]
    if len(found) < 2:
        raise Refused("没有认出表头。请下载模板，把内容填进去再上传，表头不要改，也不要合并单元格。", field="file")
    if lacking:
        wrong.append(f"少了{'、'.join(lacking)}")
    if wrong:
        raise Refused(f"第 {best} 行的表头要改：{'；'.join(wrong)}。请照模板的列名改好再上传。", field="file")
    return SheetHeading(best, found)


def _word(text: str) -> str:
    return folded(text).rstrip("*＊")


def where(number: int, column: str, heading: Mapping[str, int], columns: Sequence[SheetColumn]) -> str:
    """The cell of a fault as its reader finds it: 第 18 行 E 列 信用代码."""
    title = next((one.title for one in columns if one.name == column), "")
    if not title:
        return f"第 {number} 行"
    return f"第 {number} 行 {letters(heading[column])} 列 {title}" if column in heading else f"第 {number} 行 {title}"
