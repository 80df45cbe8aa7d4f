"""Document numbers, e.g. 柳消整〔2026〕37号: hexagonal brackets, full year, no leading zeros (GB/T 9704-2012, 7.2.5).

A deputy's slip that nobody of the office signed off has no document number: it has a slip number, 提示单 2026-0037.
"""

from uuid import UUID

from sqlalchemy import select

from inspect_app.kernel.database import db
from inspect_app.kernel.races import insert_if_absent

from .models import PaperSeries


def format_number(code: str, year: int, serial: int) -> str:
    """The number as it is printed; `code` is the office's own 代字.

    >>> format_number("柳消整", 2026, 37)
    '柳消整〔2026〕37号'
    """
    return f"{code}〔{year}〕{serial}号"


def format_slip(office: str, year: int, serial: int) -> str:
    """The running number of a slip; `office` names whose it is.

    >>> format_slip("柳荫人大工委", 2026, 37)
    '柳荫人大工委提示单 2026-0037'
    """
    return f"{office}提示单 {year}-{serial:04d}"


def take_serial(organisation_id: UUID, kind: str, year: int) -> int:
    """The next serial of a series, its counter row locked until the transaction ends: no gap, no double.

    A rolled-back transaction gives the number back with it.
    """
    key = {"organisation_id": organisation_id, "kind": kind, "year": year}
    _ensure(key)
    series = db.session.scalars(
        select(PaperSeries).filter_by(**key).with_for_update().execution_options(populate_existing=True)
    ).one()
    series.last += 1
    db.session.flush()
    return series.last


def _ensure(key: dict[str, object]) -> None:
    """Make the counter row; two who make it at once are both fine."""
    if db.session.get(PaperSeries, tuple(key.values())) is None:
        insert_if_absent(PaperSeries, **key, last=0)
