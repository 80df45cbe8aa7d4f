"""Reads of what is written down about people: duty lists, declarations, the log of sign-ins and that of administrators."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select, tuple_

from inspect_app.kernel.database import db, there
from inspect_app.kernel.errors import NotThere
from inspect_app.kernel.paging import Page
from inspect_app.kernel.spelling import folded, plain

from .acts import AdministratorAct
from .models import Area, Duty, Person, Recusal
from .signing_in import SignIn


def duties(since: date) -> Sequence[tuple[Duty, str, str]]:
    """The duty list from a day on: the line, the person's name, the area's."""
    rows = db.session.execute(
        select(Duty, Person.name, Area.name)
        .join(Person, Person.id == Duty.person_id)
        .join(Area, Area.id == Duty.area_id)
        .where(Duty.until >= since)
        .order_by(Duty.since, Area.code, Person.name)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def duty(duty_id: UUID) -> Duty:
    """One line of the duty list; raises NotThere."""
    return there(Duty, duty_id)


def recusals(limit: int = 200) -> Sequence[tuple[Recusal, str]]:
    """What was declared, newest first, with the person's name."""
    rows = db.session.execute(
        select(Recusal, Person.name)
        .join(Person, Person.id == Recusal.person_id)
        .order_by(Recusal.declared_at.desc(), Recusal.id.desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


def recusal(recusal_id: UUID) -> Recusal:
    """One declaration; raises NotThere."""
    return there(Recusal, recusal_id)


def sign_ins(words: str = "", result: str = "", after: str | None = None, size: int = 50) -> Page[SignIn]:
    """The sign-in log, newest first, by account or address, all or only what failed or worked."""
    statement = select(SignIn)
    if part := plain(words):
        statement = statement.where(
            or_(SignIn.typed.icontains(part, autoescape=True), SignIn.address.contains(part, autoescape=True))
        )
    if result in ("ok", "failed"):
        statement = statement.where(SignIn.ok.is_(result == "ok"))
    if after:
        statement = statement.where(tuple_(SignIn.at, SignIn.id) < tuple_(*_cursor(after)))
    found = db.session.scalars(statement.order_by(SignIn.at.desc(), SignIn.id.desc()).limit(size + 1)).all()
    last = found[size - 1] if len(found) > size else None
    return Page(found[:size], f"{last.at.isoformat()}_{last.id}" if last else None)


@dataclass(frozen=True)
class Act:
    """One act of an administrator as the log shows it."""

    row: AdministratorAct
    by: str


def acts(words: str = "", after: str | None = None, size: int = 50, about: Iterable[UUID] | None = None) -> Page[Act]:
    """What administrators changed, newest first, by who or what; or `about` certain rows alone."""
    statement = select(AdministratorAct, Person.name).join(Person, Person.id == AdministratorAct.person_id)
    if folded(words):
        named = AdministratorAct.subject_name.icontains(plain(words), autoescape=True)
        statement = statement.where(or_(Person.holds(words), named))
    if about is not None:
        statement = statement.where(AdministratorAct.subject_id.in_([str(row) for row in about]))
    if after:
        statement = statement.where(tuple_(AdministratorAct.at, AdministratorAct.id) < tuple_(*_cursor(after)))
    found = db.session.execute(
        statement.order_by(AdministratorAct.at.desc(), AdministratorAct.id.desc()).limit(size + 1)
    ).all()
    rows = [Act(row, name) for row, name in found[:size]]
    last = rows[-1].row if len(found) > size else None
    return Page(rows, f"{last.at.isoformat()}_{last.id}" if last else None)


def _cursor(after: str) -> tuple[datetime, UUID]:
    at, _, row_id = after.partition("_")
    try:
        return datetime.fromisoformat(at), UUID(row_id)
    except ValueError:
        raise NotThere from None
