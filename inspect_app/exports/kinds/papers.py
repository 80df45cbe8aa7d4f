"""The list of papers as a table, the newest first."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from inspect_app.papers import listing
from inspect_app.papers.kinds import KINDS
from inspect_app.papers.listing import BEING_MADE, PaperFilters, PaperRow
from inspect_app.people.rules import Scope


class PaperRows:
    """The papers that the list is narrowed to, of those that somebody may open."""

    def __init__(self, scope: Scope, filters: PaperFilters) -> None:
        self._scope, self._filters = scope, filters

    def read(self, after: Sequence[Any] | None, most: int) -> Sequence[tuple[Sequence[Any], Any]]:
        """Up to so many rows after the id of the last one, each with its own."""
        page = listing.page(self._scope, self._filters, str(after[0]) if after else None, most)
        return [((row.paper.id,), _row(row)) for row in page.rows]


def _row(row: PaperRow) -> SimpleNamespace:
    paper = row.paper
    return SimpleNamespace(
        number=paper.number,
        kind=KINDS[paper.kind].list_name,
        title=paper.title,
        place=row.place,
        issuer=row.issuer,
        issued_on=paper.issued_on,
        standing=BEING_MADE if paper.is_being_made else row.standing,
        void_reason=paper.void_reason,
    )
