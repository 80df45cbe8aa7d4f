"""A numbered paper that exists already, as it was issued and stored."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from inspect_app.kernel.errors import NotThere
from inspect_app.papers import queries, validity
from inspect_app.papers.listing import PaperRow
from inspect_app.papers.standing import NAMES, PaperStanding
from inspect_app.people.rules import Scope

from ..entry import LeftOut, PartAsked, PartWaits, PrintKind, Stored
from ..rules import Form


def parts(rows: Iterable[PaperRow]) -> list[PartAsked]:
    """The parts of a job that prints these papers, in their order."""
    return [
        PartAsked(ENTRY.code, {"paper": str(row.paper.id)}, row.paper.title, row.paper.number, row.place, row.paper.issued_on)
        for row in rows
    ]  # fmt: skip


def make(scope: Scope, about: Mapping[str, Any]) -> Stored:
    """The issued file. One that no longer stands, failed to be drawn, or is out of sight by now, is left out."""
    try:
        paper = queries.load(scope, UUID(about["paper"]))
    except NotThere:
        raise LeftOut("现在不在您能看的范围里了") from None
    how = validity.standings([paper])[paper.id]
    if how is not PaperStanding.STANDS:
        raise LeftOut(f"{NAMES[how]}，不再打印")
    if paper.is_stuck:
        raise LeftOut("还没有做成，请先在隐患那一页把它再做一次")
    if paper.file_sha256 is None:
        raise PartWaits
    return Stored(paper.file_sha256)


ENTRY = PrintKind(code="paper", unit="份", make=make, forms=(Form.PDF, Form.ZIP))
