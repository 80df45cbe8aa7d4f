"""Reads of slips: those of one's office, one by its number or its code, those of a visit, the visits one may be bound to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.orm import aliased

from inspect_app.hazards.models import Hazard
from inspect_app.hazards.queries import visible as hazard_visible
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere, Refused
from inspect_app.kernel.spoken_dates import date_full
from inspect_app.people.models import Organisation, Person
from inspect_app.people.rules import Role, Scope
from inspect_app.premises.models import Premises
from inspect_app.visits import queries as visits
from inspect_app.visits.models import Visit

from .models import BlankSlip, SlipEvent, SlipPad, SlipScan
from .rules import DEED_NAMES, SlipAsked, SlipDeed, SlipState, read_number

NOT_BOUND = "这张空白单还没有记到一次走访上。请写是哪一次走访，再收。"
WITHDRAWN = "这一号空白单已经作废，不能收。真是填过的，请印一张新的补上，再去掉这一页。"
UNREAD = "读不懂这个编号。请照空白单上印的写，例如 2026-0037。"


@dataclass(frozen=True)
class SlipRow:
    """A slip as a list shows it: to whom its pad was given, on which visit it was left."""

    slip: BlankSlip
    pad: SlipPad
    issuer: Organisation
    given_to: str
    place: str
    visited_at: datetime | None


@dataclass(frozen=True)
class SlipLogLine:
    """A line of the log in words."""

    at: datetime
    who: str
    what: str
    words: str


@dataclass(frozen=True)
class VisitSlip:
    """A slip that was left on a visit, with how many pages of it came back."""

    slip: BlankSlip
    scans: int


def visible(scope: Scope) -> ColumnElement[bool]:
    """Which slips somebody sees: those of the own office; who reads the whole district, those of every office."""
    if scope.whole_district and scope.role in (Role.LEADER, Role.AUDITOR):
        return true()
    return BlankSlip.issuer_id == scope.organisation_id


_GIVEN = aliased(Person)


def rows(scope: Scope) -> Select[BlankSlip, SlipPad, Organisation, str, str, datetime]:
    """What a row of a list is made of, of the slips that somebody sees."""
    return (
        select(BlankSlip, SlipPad, Organisation, _GIVEN.name, Premises.name, Visit.started_at)
        .join(SlipPad, SlipPad.id == BlankSlip.pad_id)
        .join(Organisation, Organisation.id == BlankSlip.issuer_id)
        .outerjoin(_GIVEN, _GIVEN.id == SlipPad.given_to_person_id)
        .outerjoin(Visit, Visit.id == BlankSlip.visit_id)
        .outerjoin(Premises, Premises.id == Visit.premises_id)
        .where(visible(scope))
    )


def load(scope: Scope, slip_id: UUID) -> SlipRow:
    """A slip that one may see. Raises NotThere."""
    row = db.session.execute(rows(scope).where(BlankSlip.id == slip_id)).first()
    if row is None:
        raise NotThere
    return SlipRow(row[0], row[1], row[2], row[3] or "", row[4] or "", row[5])


def load_pad(scope: Scope, pad_id: UUID) -> SlipPad:
    """A pad of one's own office. Raises NotThere."""
    pad = db.session.get(SlipPad, pad_id)
    if pad is None or pad.issuer_id != scope.organisation_id:
        raise NotThere
    return pad


def slips_of(pad_id: UUID) -> Sequence[BlankSlip]:
    """The slips of a pad in the order of their numbers."""
    return db.session.scalars(select(BlankSlip).where(BlankSlip.pad_id == pad_id).order_by(BlankSlip.serial)).all()


def by_id(slip_id: UUID) -> tuple[BlankSlip, SlipPad, Organisation]:
    """A slip with its pad and its office, for whoever prints it. Raises NotThere."""
    row = db.session.execute(
        select(BlankSlip, SlipPad, Organisation)
        .join(SlipPad, SlipPad.id == BlankSlip.pad_id)
        .join(Organisation, Organisation.id == BlankSlip.issuer_id)
        .where(BlankSlip.id == slip_id)
    ).first()
    if row is None:
        raise NotThere
    return row[0], row[1], row[2]


def by_mark(mark: str) -> BlankSlip | None:
    """The slip behind a printed address; None where there is none."""
    return db.session.scalar(select(BlankSlip).where(BlankSlip.mark == mark.strip().upper()))


def find(scope: Scope, typed: str, field: str = "slip_number") -> BlankSlip:
    """The slip of one's own office whose number somebody typed. Raises Refused: no number, another office's, none at all."""
    asked = read_number(typed)
    if asked is None:
        raise Refused("请写空白单上印的编号，例如 2026-0037。" if not typed.strip() else UNREAD, field=field)
    return _chosen(asked, _numbered([asked], BlankSlip.issuer_id == scope.organisation_id), field)


def find_all(scope: Scope, asked: Sequence[SlipAsked], field: str = "numbers") -> list[BlankSlip]:
    """The same of many, in one statement. Raises Refused for the first that is none of one's own office."""
    own = _numbered(asked, BlankSlip.issuer_id == scope.organisation_id)
    return list(dict.fromkeys(_chosen(one, own, field) for one in asked))


def _numbered(asked: Sequence[SlipAsked], where: ColumnElement[bool]) -> Mapping[int, list[BlankSlip]]:
    """Slips by their serial, those of the newest year first."""
    found: dict[int, list[BlankSlip]] = {}
    wanted = select(BlankSlip).where(where, BlankSlip.serial.in_({one.serial for one in asked}))
    for slip in db.session.scalars(wanted.order_by(BlankSlip.year.desc(), BlankSlip.id)):
        found.setdefault(slip.serial, []).append(slip)
    return found


def _fits(asked: SlipAsked, slip: BlankSlip) -> bool:
    return asked.year in (None, slip.year) and asked.office in "".join(slip.number.split())


def _chosen(asked: SlipAsked, own: Mapping[int, list[BlankSlip]], field: str) -> BlankSlip:
    mine = next((slip for slip in own.get(asked.serial, ()) if _fits(asked, slip)), None)
    if mine is not None:
        return mine
    others = _numbered([asked], true()).get(asked.serial, ())
    other = next((slip for slip in others if _fits(asked, slip)), None)
    if other is not None:
        raise Refused(foreign(other), field=field)
    said = f"{asked.year}-{asked.serial:04d}" if asked.year else f"{asked.serial:04d}"
    raise Refused(f"没有印过 {said} 这一号空白单。请对照单子上的编号再写一次。", field=field)


def foreign(slip: BlankSlip) -> str:
    """That a slip is another office's, in words."""
    office = db.session.get_one(Organisation, slip.issuer_id).name
    return f"{slip.short} 是{office}印的空白单，不是本单位的，不能在这里记。请交给他们。"


def where(slip: BlankSlip) -> str:
    """On which visit a slip was left, in words; empty where on none."""
    visit = db.session.get(Visit, slip.visit_id) if slip.visit_id else None
    if visit is None:
        return ""
    return f"{date_full(visit.started_at)} {db.session.get_one(Premises, visit.premises_id).name}"


def events_of(slip: BlankSlip) -> list[SlipLogLine]:
    """What was done with a slip and its pad, the oldest first."""
    rows = db.session.execute(
        select(SlipEvent, Person.name)
        .outerjoin(Person, Person.id == SlipEvent.person_id)
        .where((SlipEvent.slip_id == slip.id) | ((SlipEvent.pad_id == slip.pad_id) & SlipEvent.slip_id.is_(None)))
        .order_by(SlipEvent.at, SlipEvent.id)
    )
    return [SlipLogLine(row.at, name or "系统", DEED_NAMES[row.what], row.words) for row, name in rows]


def scans_of(slip_id: UUID) -> Sequence[SlipScan]:
    """The pages of a slip that came back, in the order of filing."""
    rows = select(SlipScan).where(SlipScan.slip_id == slip_id)
    return db.session.scalars(rows.order_by(SlipScan.filed_at, SlipScan.position)).all()


def scan(scope: Scope, slip_id: UUID, number: int) -> SlipScan:
    """A page of a filled slip, counted from 1, for whoever sees the slip, the visit on which it was left, or a hazard that was
    found there. Raises NotThere."""
    slip, scans = db.session.get(BlankSlip, slip_id), scans_of(slip_id)
    if slip is None or not 1 <= number <= len(scans):
        raise NotThere
    own = select(BlankSlip.id).where(BlankSlip.id == slip_id, visible(scope))
    found = select(Hazard.id).where(Hazard.visit_id == slip.visit_id, hazard_visible(scope)).limit(1)
    reads = scope.role in (Role.SUPERVISOR, Role.LEADER, Role.AUDITOR) and db.session.scalar(own) is not None
    if not reads and db.session.scalar(found) is None:
        if slip.visit_id is None:
            raise NotThere
        visits.load(scope, slip.visit_id)
    return scans[number - 1]


def of_visit(visit_id: UUID | None) -> list[VisitSlip]:
    """The slips that were left on a visit and stand, each with how many pages of it came back."""
    if visit_id is None:
        return []
    rows = db.session.execute(
        select(BlankSlip, func.count(SlipScan.id))
        .outerjoin(SlipScan, SlipScan.slip_id == BlankSlip.id)
        .where(BlankSlip.visit_id == visit_id, BlankSlip.state != SlipState.VOID)
        .group_by(BlankSlip.id)
        .order_by(BlankSlip.year, BlankSlip.serial)
    )
    return [VisitSlip(row[0], row[1]) for row in rows]


def taken_off(visit_id: UUID) -> list[tuple[str, SlipLogLine]]:
    """(number, who took it off, when and why) of the slips that were once written down on a visit and are not any more: taken
    off again, or given up since. The oldest first."""
    rows = db.session.execute(
        select(BlankSlip.year, BlankSlip.serial, SlipEvent, Person.name)
        .join(BlankSlip, BlankSlip.id == SlipEvent.slip_id)
        .outerjoin(Person, Person.id == SlipEvent.person_id)
        .where(SlipEvent.visit_id == visit_id, SlipEvent.what.in_([SlipDeed.TAKEN_OFF, SlipDeed.VOIDED]))
        .order_by(SlipEvent.at, SlipEvent.id)
    )
    return [
        (f"{year}-{serial:04d}", SlipLogLine(event.at, name or "系统", DEED_NAMES[event.what], event.words))
        for year, serial, event, name in rows
    ]


def opens(slip_id: UUID, visit_id: UUID | None) -> bool:
    """Whether the code of a slip opens the paper of a visit: it is bound to it and was not given up."""
    slip = db.session.get(BlankSlip, slip_id)
    return slip is not None and slip.takes_scans and visit_id is not None and slip.visit_id == visit_id
