"""An export on its way out: rows read a piece at a time, each in a short transaction of its own, and sent before the next is read.

Nothing is held while a piece is being sent: no connection, no rows but those of the piece. What comes of it is written to the
log whatever happens, also where whoever asked for it goes away.
"""

import hashlib
import logging
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from inspect_app.kernel import clock
from inspect_app.kernel.database import writing
from inspect_app.people.rules import Scope

from . import actions
from .actions import WantedExport
from .cells import minute
from .files import FILES
from .models import Export
from .rules import MOST_ROWS, ExportState, definitions

log = logging.getLogger(__name__)
FIRST, PIECE = 100, 1_000  # rows: the first piece is small, so that something arrives at once
NOTED_EVERY = 10.0  # seconds
# What a reader of a table that took a while must know of it.
MEANWHILE = (
    "表是一段一段读出来的。开始到完成之间有变化的，按读到那一段时的样子写；换了位置的，可能出现两次，或者不在表里。"
)


class Rows(Protocol):
    """Where rows come from: up to `most` after the values of the order of the last one, each with its own values."""

    def read(self, after: Sequence[Any] | None, most: int) -> Sequence[tuple[Sequence[Any], Any]]: ...


class EndedElsewhere(Exception):  # noqa: N818  # read as a sentence
    """The log says that this export has ended: whoever still sends it stops."""


class Sending:
    """The bytes of an export, one after another. `close` is called by whoever sends them, however that ends.

    `context` opens what a transaction needs (an application context): each piece is read in one of its own.
    """

    def __init__(
        self,
        row: Export,
        wanted: WantedExport,
        scope: Scope,
        rows: Rows,
        context: Callable[[], AbstractContextManager[object]],
    ) -> None:
        self._id, self._who, self._began = row.id, row.who, row.began_at
        self._wanted, self._columns, self._rows, self._context = wanted, wanted.columns(scope), rows, context
        self._hash, self._size, self._sent, self._more, self._ended = hashlib.sha256(), 0, 0, False, False
        self._parts = self._go()

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            part = next(self._parts)
        except StopIteration:
            self._end(ExportState.DONE)
            raise
        except BaseException:
            log.exception("an export failed after %s rows", self._sent)
            self._end(ExportState.FAILED)
            raise
        self._hash.update(part)
        self._size += len(part)
        return part

    def close(self) -> None:
        """Whoever asked for it went away, unless it has ended."""
        self._parts.close()
        self._end(ExportState.LEFT)

    def _end(self, state: ExportState) -> None:
        if self._ended:
            return
        self._ended = True
        with self._context(), writing():
            actions.end(
                self._id, state, rows=self._sent, size=self._size, sha256=self._hash.hexdigest(), more=self._more
            )

    def _go(self) -> Generator[bytes, None, None]:
        """Each part counts as sent when the next one is asked for."""
        columns, read, noted = self._columns, 0, time.monotonic()
        file = FILES[self._wanted.form](
            self._wanted.kind.sheet,
            [column.label for column in columns],
            [column.width for column in columns],
            clock.to_local(self._began),
        )
        after: Sequence[Any] | None = None
        size = FIRST
        while found := self._read(after, min(size, MOST_ROWS - read)):
            file.add([[column.read(row) for column in columns] for _, row in found])
            read, after, full = read + len(found), found[-1][0], len(found) >= size
            del found
            if part := file.take():
                yield part
                self._sent = read
            if time.monotonic() - noted > NOTED_EVERY:
                self._note()
                noted = time.monotonic()
            if not full or read >= MOST_ROWS:
                break
            size = PIECE
        self._more = read >= MOST_ROWS and bool(self._read(after, 1))
        file.end(self._about(read))
        yield file.take()
        self._sent = read

    def _read(self, after: Sequence[Any] | None, most: int) -> Sequence[tuple[Sequence[Any], Any]]:
        with self._context():
            return self._rows.read(after, most)

    def _note(self) -> None:
        with self._context(), writing():
            if not actions.note(self._id, self._sent):
                raise EndedElsewhere

    def _about(self, rows: int) -> list[list[str]]:
        """The second sheet: what it is, how many rows, who, when, with which filters, then each column with what is meant."""
        wanted, unit = self._wanted, self._wanted.kind.unit
        persons = [column.label for column in self._columns if column.persons]
        lines = [
            ["清单", wanted.words],
            ["顺序", wanted.ordered],
            ["行数", f"{rows}（一行一{unit}，不算表头）"],
            *([["没有完", f"一次最多 {MOST_ROWS} 行，后面的没有导出。请加一个条件，分几次导。"]] if self._more else []),
            ["谁导出的", self._who],
            ["开始", minute(self._began)],
            ["完成", minute(clock.now())],
            ["个人信息", "、".join(persons) or "没有"],
            *([["为什么要个人信息", wanted.reason]] if persons else []),
            ["记录编号", str(self._id)],
            ["中间的变化", MEANWHILE],
            [
                "格子里的字",
                "都是文字。以 = + - @ 开头的，CSV 里前面加了 '，免得被当成公式；长的数字请看 Excel 格式的。",
            ],
            ["", ""],
        ]
        return lines + definitions(self._columns)
