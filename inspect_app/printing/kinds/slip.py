"""空白提示单: one sheet for each number, filled in by hand where no printer is. It informs and recommends, and is no order."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from inspect_app.kernel.errors import NotThere
from inspect_app.papers.kinds import Geometry
from inspect_app.people.models import Organisation
from inspect_app.people.rules import Scope
from inspect_app.slips import queries
from inspect_app.slips.models import BlankSlip
from inspect_app.slips.rules import TITLE

from ..entry import LeftOut, PartAsked, PartWaits, PrintKind, SheetToDraw

ROWS = 5  # what a deputy writes down on one sheet; whoever sees more takes another


def parts(slips: Iterable[BlankSlip]) -> list[PartAsked]:
    """The parts of a job that prints these slips, in their order."""
    return [PartAsked(ENTRY.code, {"slip": str(slip.id)}, TITLE, slip.number) for slip in slips]


def make(scope: Scope, about: Mapping[str, Any]) -> SheetToDraw:
    """The empty sheet under its number. One that was used or given up is left out, and so is one out of sight by now."""
    try:
        slip, pad, issuer = queries.by_id(UUID(about["slip"]))
    except NotThere:
        raise LeftOut("没有这一号了") from None
    if slip.issuer_id != scope.organisation_id:
        raise LeftOut("不是您单位的空白单")
    if not slip.is_blank:
        raise LeftOut("已作废，不再打印" if slip.is_void else "已经用过，不再打印")
    if pad.journalled_at is None:
        raise PartWaits
    return sheet(slip, issuer)


def sheet(slip: BlankSlip, issuer: Organisation) -> SheetToDraw:
    """What is printed on a slip; everything else is written by hand."""
    values = {
        "issuer": issuer.name,
        "phone": issuer.phone,
        "number": slip.number,
        "address": slip.address,
        "code": slip.code,
        "rows": ROWS,
    }
    return SheetToDraw("blank", values, Geometry.SLIP, codes=[slip.address])


ENTRY = PrintKind(code="slip", unit="张", make=make, one_sided=True)
