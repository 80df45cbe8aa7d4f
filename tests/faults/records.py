"""The server's tables as plain rows, of a SQLite file or a PostgreSQL database alike. Part of the judge: no code of ours."""

import json
import sqlite3
from collections import Counter
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

Row = dict[str, Any]
_JSON = {"operations", "taps", "body", "finding", "companions", "facts"}


def plain(ident: str) -> str:
    """An id as any side writes it, made comparable."""
    return ident.replace("-", "").lower()


class Records:
    """Reads once; what is asked for again is remembered. Ids come as 32 hex digits, JSON as values."""

    def __init__(self, file: Path, url: str = "") -> None:
        self.file, self.url = file, url

    def rows(self, statement: str) -> list[Row]:
        """The rows of a SELECT that both databases understand."""
        found = self._postgres(statement) if self.url else self._sqlite(statement)
        return [{name: _value(name, value) for name, value in row.items()} for row in found]

    def _sqlite(self, statement: str) -> list[Row]:
        db = sqlite3.connect(f"file:{self.file}?mode=ro", uri=True)
        try:
            db.row_factory = sqlite3.Row
            return [dict(row) for row in db.execute(statement)]
        finally:
            db.close()

    def _postgres(self, statement: str) -> list[Row]:
        with psycopg.connect(self.url.replace("+psycopg", ""), row_factory=dict_row) as connection:
            return connection.execute(statement).fetchall()

    @cached_property
    def visits(self) -> dict[str, Row]:
        return {row["id"]: row for row in self.rows("SELECT id, premises_id, account_id, submitted_at FROM visit")}

    @cached_property
    def hazards(self) -> list[Row]:
        return self.rows("SELECT id, visit_id, premises_id, item_code, settled_on, finding FROM hazard")

    @cached_property
    def sightings(self) -> list[Row]:
        return self.rows(
            "SELECT s.hazard_id, s.visit_id, h.item_code FROM hazard_sighting s JOIN hazard h ON h.id = s.hazard_id"
        )

    @cached_property
    def links(self) -> set[tuple[str, str]]:
        """Hazard and photo."""
        rows = self.rows("SELECT hazard_id, photo_id FROM hazard_photo WHERE dropped IS NULL")
        return {(row["hazard_id"], row["photo_id"]) for row in rows}

    @cached_property
    def papers(self) -> list[Row]:
        """A row for each line: the paper, its visit, the hazard, and the state of the paper."""
        return self.rows(
            "SELECT p.id, p.visit_id, p.state, l.hazard_id FROM paper p JOIN paper_line l ON l.paper_id = p.id"
        )

    @cached_property
    def events(self) -> dict[str, list[Row]]:
        """The chain of each hazard in order."""
        chains: dict[str, list[Row]] = {}
        for row in self.rows(
            "SELECT hazard_id, seq, step, body, previous, hash, algorithm FROM hazard_event ORDER BY seq"
        ):
            chains.setdefault(row["hazard_id"], []).append(row)
        return chains

    @cached_property
    def signatures(self) -> Counter[str]:
        """Operation -> how many signatures it made."""
        return Counter(row["id"] for row in self.rows("SELECT id FROM visit_signature"))


def _value(name: str, value: Any) -> Any:
    if isinstance(value, UUID):
        return value.hex
    if name in _JSON and isinstance(value, str):
        return json.loads(value)
    if isinstance(value, str) and (name == "id" or (name.endswith("_id") and name != "key_id")):
        return plain(value)
    return value
