"""What an export is: its forms, how it stands, how much of it there may be at once, when words of a person go out. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from inspect_app.kernel.errors import Refused
from inspect_app.kernel.limits import whole
from inspect_app.people.rules import Role

MOST_AT_ONCE = 2  # exports of one account that are being sent
MOST_IN_ALL = 6  # of everybody: each holds a thread of the web until it is through
MOST_ROWS = 200_000  # of one export: about a minute of a thread of the web (ADR 45)
SILENT_AFTER = timedelta(minutes=5)  # an export that has noted nothing for so long is sent by nobody any more
SHORTEST_REASON = 6  # characters: what is shorter tells an auditor nothing
ROWS_A_SECOND = 3_000  # measured (ADR 45); for what is said beforehand of how long it takes


class ExportForm(StrEnum):
    """The file that an export ends in."""

    XLSX = "xlsx"
    CSV = "csv"


FORM_NAMES = {ExportForm.XLSX: "Excel（.xlsx）", ExportForm.CSV: "CSV（.zip，里面是 .csv）"}


class ExportState(StrEnum):
    """How an export stands."""

    SENDING = "sending"
    DONE = "done"
    LEFT = "left"  # whoever asked for it went away, or nothing was heard of it any more
    FAILED = "failed"


STATE_NAMES = {
    ExportState.SENDING: "正在传",
    ExportState.DONE: "导出好了",
    ExportState.LEFT: "没有传完",
    ExportState.FAILED: "出错了，没有传完",
}


@dataclass(frozen=True)
class ExportColumn:
    """A column: its heading, what is meant by it, and how it is read from a row.

    `persons`: the roles whose pages show whole what it holds of a person; it goes out to them alone, and only when they ask
    for it with a reason. `masks` names the column in whose place it stands, hidden in part, while that one does not go out.
    """

    key: str
    label: str
    says: str
    read: Callable[[Any], str]
    width: int = 14
    persons: frozenset[Role] = frozenset()
    masks: str = ""


@dataclass(frozen=True)
class ExportKind:
    """A list that can be taken along as a table: `sheet` is the name of its sheet, `unit` how its rows are counted."""

    code: str
    sheet: str
    unit: str
    columns: tuple[ExportColumn, ...]

    def of_persons(self, role: Role) -> tuple[ExportColumn, ...]:
        """The columns that hold something of a person and may go out to this role."""
        return tuple(column for column in self.columns if role in column.persons)

    def going_out(self, role: Role, *, persons: bool) -> tuple[ExportColumn, ...]:
        """The columns of an export: those of persons only where they are asked for and this role sees them whole."""
        own = {column.key for column in self.of_persons(role)} if persons else set()
        return tuple(
            column
            for column in self.columns
            if (column.key in own if column.persons else column.masks not in own or not column.masks)
        )


def check_reason(text: str) -> str:
    """Why words of persons are wanted. Raises Refused where it says nothing."""
    reason = whole(text, "reason", "reason").strip()
    if len(reason) < SHORTEST_REASON:
        raise Refused(f"请写明为什么要带上个人信息，至少 {SHORTEST_REASON} 个字。", field="reason")
    return reason


def has_fallen_silent(touched_at: datetime, now: datetime) -> bool:
    """Whether nobody sends it any more, though nothing says that it ended: its process was ended in the middle."""
    return now - touched_at > SILENT_AFTER


def seconds_for(rows: int) -> int:
    """How long so many rows take, said beforehand: a whole number of seconds, at least one.

    >>> seconds_for(128), seconds_for(30_000)
    (1, 10)
    """
    return max(1, round(rows / ROWS_A_SECOND))


def definitions(columns: Sequence[ExportColumn]) -> list[list[str]]:
    """The columns as rows of the second sheet: heading and what is meant."""
    return [["列", "口径"], *([column.label, column.says] for column in columns)]
