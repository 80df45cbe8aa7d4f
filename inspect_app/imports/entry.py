"""The entry of a kind of import, and what checking one of its rows comes to. Plain values."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from inspect_app.people.rules import Role, Scope

from .rules import CellFault, RowChoice, RowVerdict, SheetColumn


@dataclass(frozen=True)
class LikelyDouble:
    """One of the register that a row may be: what a page shows of it, and what speaks for it."""

    id: UUID
    shown: Mapping[str, str]
    why: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class CheckedRow:
    """What a row says in its one form, and what it would come to."""

    verdict: RowVerdict
    faults: Sequence[CellFault] = ()
    said: Mapping[str, Any] = field(default_factory=dict)
    key: str = ""
    match_id: UUID | None = None
    stood: str = ""
    changes: Sequence[tuple[str, str, str]] = ()
    doubles: Sequence[LikelyDouble] = ()


class StandingRow(Protocol):
    """What stands in a register, as a row is held against it."""

    @property
    def id(self) -> UUID:
        """Its id there."""

    def seal(self) -> str:
        """A mark of how it stands, which changes with it."""


def compared(
    found: StandingRow, said: Mapping[str, Any], key: str, changes: Sequence[tuple[str, str, str]]
) -> CheckedRow:
    """A row that names what stands in the register already: the same, or changed with what changes and how it stood."""
    verdict = RowVerdict.CHANGED if changes else RowVerdict.SAME
    stood = found.seal() if changes else ""
    return CheckedRow(verdict=verdict, said=said, key=key, match_id=found.id, stood=stood, changes=changes)


@dataclass(frozen=True)
class Decided:
    """What somebody said of a row: another one, or the same as one of the register."""

    choice: RowChoice
    chosen_id: UUID | None = None


class RowChecker(Protocol):
    """A register as it stands now and as one person sees it, against which rows are held. Only reads."""

    def check(self, cells: Mapping[str, str], decided: Decided | None) -> CheckedRow:
        """What a row comes to."""


@dataclass(frozen=True)
class RowToWrite:
    """A row that was confirmed."""

    number: int
    verdict: RowVerdict
    said: Mapping[str, Any]
    match_id: UUID | None
    stood: str
    decided: bool  # somebody said that it is another one than those that are alike


class Overtaken(Exception):  # noqa: N818  # no fault: it is checked anew and shown again
    """The register is no longer as it was shown; nothing was written."""


class Preparing(Protocol):
    """Rows made ready for the one transaction in which they are written, all or none."""

    def write(self) -> None:
        """Write all, holding what others must not change meanwhile. Raises Overtaken where they have before."""


@dataclass(frozen=True, kw_only=True)
class ImportKind:
    """The entry of a kind. `checker` reads the register as somebody sees it; `prepare` does before the transaction whatever can be
    done before it."""

    code: str
    title: str  # 导入场所
    register: str  # 场所: what it is a register of
    unit: str  # 家
    roles: frozenset[Role]
    columns: Sequence[SheetColumn]
    home: str  # the endpoint of the register's own page
    shown: Sequence[str]  # the names of the columns by which a row is told from others
    key_says: str  # why two rows of one sheet cannot both stand: 名称和地址一样
    checker: Callable[[Scope, str], RowChecker]  # the text is the import's own secret, the same each time
    prepare: Callable[[Scope, Sequence[RowToWrite]], Preparing]
    alone: Mapping[str, str] = field(default_factory=dict)  # values that no two rows may share → what they are called
    lot: int = 200  # rows that are checked in one go
    slips: bool = False  # whether it makes accounts, whose first passwords are printed
