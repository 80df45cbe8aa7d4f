"""Serials of document numbers and slip numbers, without a gap and without doubles. How a number reads says its kind."""

from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Row, Text, Uuid, and_, bindparam, select, update
from sqlalchemy.types import TypeEngine

from inspect_app.intake.rules import NotYet
from inspect_app.kernel import clock
from inspect_app.kernel.database import db, run
from inspect_app.kernel.errors import Refused
from inspect_app.kernel.races import insert_if_absent

from .journal import NumberJournal
from .journal import Series as Series
from .models import PaperGap, PaperHold, PaperSeries

OLDER_COPY = "数据库比文号簿旧，有的文号已经发出去了"


class NumbersHeld(NotYet):
    """No number can be given before somebody has said up to where they are printed. What a phone sends waits on it."""

    status = 422


_SERIES = PaperSeries.__table__
# Said here: what refers to another room's table has a type only once that table is known.
_OF: dict[str, TypeEngine[Any]] = {"organisation_id": Uuid(), "kind": Text(), "year": Integer()}
_IS_OF = and_(*(_SERIES.c[name] == bindparam(f"of_{name}", type_=kind) for name, kind in _OF.items()))
_COUNTER = select(_SERIES).where(_IS_OF).with_for_update()
_COUNT = update(_SERIES).where(_IS_OF).values(last=bindparam("serial"))  # type: ignore[arg-type]
_HOLD = (
    select(PaperHold.since, PaperHold.until_year, PaperHold.why)
    .where(PaperHold.released_at.is_(None))
    .order_by(PaperHold.since.desc())
    .limit(1)
)


def take_serial(organisation_id: UUID, kind: str, year: int) -> int:
    """The next serial of a series. Raises NumbersHeld while the series waits for a person."""
    return take_serials(organisation_id, kind, year, 1)[0]


def take_serials(organisation_id: UUID, kind: str, year: int, many: int) -> range:
    """The next so many serials of a series, its counter row locked until the transaction ends: no gap, no double.

    A rolled-back transaction gives the numbers back with it. Raises NumbersHeld while the series waits for a person.
    """
    key = Series(organisation_id, kind, year)._asdict()
    series = {f"of_{name}": value for name, value in key.items()}
    counter = run(_COUNTER, series).first()
    if counter is None:
        insert_if_absent(PaperSeries, **key, last=0)
        counter = run(_COUNTER, series).one()
    if reason := held_because(counter):
        raise NumbersHeld(f"这一类文书的文号暂时不能取：{reason}。请管理员核对最后一个文号并接上，其他内容不受影响。")
    first: int = counter.last + 1
    run(_COUNT, series | {"serial": counter.last + many})
    return range(first, first + many)


def held_because(series: PaperSeries | Row[Any]) -> str:
    """Why a series gives no number for now; empty if it does."""
    if series.held_why:
        return series.held_why
    hold = run(_HOLD).first()
    applies = hold is not None and series.year <= hold.until_year and (series.resumed_at or hold.since) <= hold.since
    return hold.why if hold is not None and applies else ""


def hold_all(why: str) -> None:
    """Every series up to this year gives no number until it is resumed."""
    db.session.add(PaperHold(since=clock.now(), until_year=clock.today().year, why=why))
    db.session.flush()


def release_rest() -> None:
    """Nothing was printed that the database does not know: whatever still waits goes on."""
    for hold in db.session.scalars(select(PaperHold).where(PaperHold.released_at.is_(None))):
        hold.released_at = clock.now()
    db.session.flush()


def behind(journal: NumberJournal) -> dict[Series, int]:
    """Series that stand below what the journal knows, each with the highest number there."""
    stands = {
        Series(row.organisation_id, row.kind, row.year): row.last for row in db.session.scalars(select(PaperSeries))
    }
    return {series: last for series, last in journal.highest().items() if stands.get(series, 0) < last}


def hold_behind(journal: NumberJournal) -> list[Series]:
    """Series below the journal give no number: an older copy of the database was put in place. Returns which."""
    found = list(behind(journal))
    for series in found:
        _load(series).held_why = OLDER_COPY
    db.session.flush()
    return found


def resume(series: Series, highest: int, why: str) -> None:
    """Go on above `highest`. What lies between is recorded as left out, with why.

    Raises Refused where numbers above it are registered already.
    """
    row = _load(series)
    if highest < row.last:
        raise Refused(f"登记过的文号已经到 {row.last} 号，不能从更小的号接着出。")
    if highest > row.last:
        db.session.add(
            PaperGap(**series._asdict(), first=row.last + 1, last=highest, why=why.strip(), made_at=clock.now())
        )
    row.last, row.held_why, row.resumed_at = highest, "", clock.now()
    db.session.flush()


def _load(series: Series) -> PaperSeries:
    """The counter row, locked; made where there is none: two who make it at once are both fine."""
    key = series._asdict()
    locked = select(PaperSeries).filter_by(**key).with_for_update().execution_options(populate_existing=True)
    row = db.session.scalars(locked).one_or_none()
    if row is None:
        insert_if_absent(PaperSeries, **key, last=0)
        row = db.session.scalars(locked).one()
    return row
