"""The number journal: every number that was taken, in a file outside the database that only grows.

No sheet is drawn before its number stands here. A database that was put back to an older state forgets numbers that are
printed already; this file does not. See docs/decisions/0019.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar
from uuid import UUID

from inspect_app.kernel.files import append_lines
from inspect_app.kernel.hashing import canonical_json

FILE = "numbers.jsonl"


class Numbered(Protocol):
    """What has a number of a series: a paper, or a slip that is printed empty."""

    @property
    def id(self) -> UUID: ...
    @property
    def issuer_id(self) -> UUID: ...
    @property
    def kind(self) -> str: ...
    @property
    def year(self) -> int: ...
    @property
    def serial(self) -> int: ...
    @property
    def number(self) -> str: ...
    @property
    def content_sha256(self) -> str: ...
    @property
    def frozen_at(self) -> datetime: ...


Sheet = TypeVar("Sheet", bound=Numbered)


class Series(NamedTuple):
    """Numbers run within an organisation, a kind of paper and a Shanghai year."""

    organisation_id: UUID
    kind: str
    year: int


class NumberJournal:
    """The journal in one folder, beside the signed heads."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self._read_to = 0
        self._papers: dict[tuple[Series, int], str] = {}

    def enter(self, papers: Sequence[Sheet]) -> list[Sheet]:
        """Write down the numbers of sheets, safe on the disk when this returns.

        Gives back those it refuses: their number stands here already, for another paper.
        """
        known = self.papers()
        taken = [(paper, known.get((series_of(paper), paper.serial))) for paper in papers]
        fresh = [paper for paper, holder in taken if holder is None]
        if fresh:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            append_lines(self.path, [canonical_json(_line(paper)).decode() for paper in fresh])
        return [paper for paper, holder in taken if holder not in (None, str(paper.id))]

    def papers(self) -> dict[tuple[Series, int], str]:
        """(series, serial) → id of the paper that has the number. Reads on from where it stopped."""
        if self.path.exists():
            with self.path.open("rb") as file:
                file.seek(self._read_to)
                for line in file:
                    if not line.endswith(b"\n"):
                        break  # being written, or cut off by a power cut
                    self._read_to += len(line)
                    if (entry := _entry(line)) is not None:
                        series = Series(UUID(entry["issuer"]), entry["kind"], entry["year"])
                        self._papers.setdefault((series, entry["serial"]), entry["paper"])
        return self._papers

    def highest(self) -> dict[Series, int]:
        """The highest number of each series."""
        found: dict[Series, int] = {}
        for series, serial in self.papers():
            found[series] = max(serial, found.get(series, 0))
        return found

    def add_from(self, other: Path) -> int:
        """Take over what another journal of the same installation knows beyond this one; returns how many lines."""
        mine = self.papers()
        more = [
            line.decode().strip()
            for line, entry in _entries(other)
            if (Series(UUID(entry["issuer"]), entry["kind"], entry["year"]), entry["serial"]) not in mine
        ]
        if more:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            append_lines(self.path, more)
        return len(more)


def series_of(paper: Numbered) -> Series:
    return Series(paper.issuer_id, paper.kind, paper.year)


def _line(paper: Numbered) -> dict[str, Any]:
    return {
        "issuer": str(paper.issuer_id),
        "kind": paper.kind,
        "year": paper.year,
        "serial": paper.serial,
        "number": paper.number,
        "paper": str(paper.id),
        "content": paper.content_sha256,
        "at": paper.frozen_at.isoformat(timespec="seconds"),
    }


def _entries(path: Path) -> Iterator[tuple[bytes, dict[str, Any]]]:
    with path.open("rb") as file:
        for line in file:
            if (entry := _entry(line)) is not None:
                yield line, entry


def _entry(line: bytes) -> dict[str, Any] | None:
    """What a line says; None for one that a power cut left unfinished."""
    try:
        entry = json.loads(line)
        UUID(entry["issuer"])
        whole = isinstance(entry["year"], int) and isinstance(entry["serial"], int) and bool(entry["paper"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return entry if whole and isinstance(entry.get("kind"), str) else None
