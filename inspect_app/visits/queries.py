"""Reads of visits, scoped."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, bindparam, cast, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, aliased

from inspect_app.checklists import queries as checklists
from inspect_app.checklists.answers import verdict
from inspect_app.checklists.conditions import Verdict
from inspect_app.checklists.rules import Checklist, applicable
from inspect_app.evidence.models import Photo, Signature
from inspect_app.evidence.senders import came_from
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import State
from inspect_app.kernel import clock
from inspect_app.kernel.database import db, run
from inspect_app.kernel.errors import NotThere
from inspect_app.messages.models import Message
from inspect_app.people.models import Account, Person
from inspect_app.people.rules import Role, Scope
from inspect_app.premises.models import Premises
from inspect_app.premises.queries import visible

from .models import Assignment, UrgentCall, Visit, VisitAnswers, VisitChecklist, VisitSignature
from .photos import photo_senders
from .rules import Answer, Merged, Outcome, is_of_team, merge, photos_named
from .shapes import stored_answer


def load(scope: Scope, visit_id: UUID) -> Visit:
    """A visit within scope: one's own or a companion's for deputies, the area's for supervisors and leaders."""
    visit = db.session.get(Visit, visit_id)
    if visit is None or not _sees(scope, visit):
        raise NotThere
    return visit


def hold(visit_ids: Iterable[UUID]) -> list[Visit]:
    """Visits as they are now, locked until the transaction ends, in the order of their ids: whoever adds to one or hands
    it in (docs/decisions/0018)."""
    return list(
        db.session.scalars(
            select(Visit)
            .where(Visit.id.in_(set(visit_ids)))
            .order_by(Visit.id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
    )


def _sees(scope: Scope, visit: Visit) -> bool:
    if scope.role is Role.DEPUTY:
        return is_of_team(scope.person_id, visit.person_id, visit.companions)
    if scope.role not in (Role.SUPERVISOR, Role.LEADER, Role.AUDITOR):
        return False
    premises = db.session.get_one(Premises, visit.premises_id)
    return scope.whole_district or premises.area_id in scope.area_ids


_TAPS = select(VisitAnswers.device_id, VisitAnswers.taps).where(VisitAnswers.visit_id == bindparam("visit"))
_VERSIONS = select(VisitChecklist.version_id, VisitChecklist.asked_on).where(
    VisitChecklist.visit_id == bindparam("visit")
)


def answers(visit_id: UUID) -> dict[str, Merged]:
    """The present answer of each item, whatever came in what order."""
    rows = run(_TAPS, {"visit": visit_id})
    return merge(
        Answer(
            tap["item"], row.device_id, (datetime.fromisoformat(tap["captured_at"]), tap["seq"]),
            stored_answer(tap["body"]), tap["chosen"],
        )
        for row in rows
        for tap in row.taps
    )  # fmt: skip


def version_ids(visit_id: UUID) -> list[UUID]:
    """The list versions a visit is filled under."""
    return list(asked_days(visit_id))


def asked_days(visit_id: UUID) -> dict[UUID, date]:
    """The same with the day by which the items of each were chosen, as was recorded when the visit began."""
    return {row.version_id: row.asked_on for row in run(_VERSIONS, {"visit": visit_id})}


def lists_of(visit: Visit) -> list[tuple[UUID, Checklist]]:
    """The lists of a visit as they were asked, with their versions."""
    return [(version_id, checklists.asked(version_id, day)) for version_id, day in asked_days(visit.id).items()]


def facts_at(visit: Visit, place: Premises) -> dict[str, Any]:
    """What is known of a place on a visit; conditions read its kind beside its facts."""
    return place.facts | visit.facts | {"kind": place.kind}


def open_under(version_ids: Iterable[UUID]) -> int:
    """How many visits are begun and not handed in under these versions: they keep theirs when a newer one comes."""
    begun = select(func.count(func.distinct(Visit.id))).join(VisitChecklist, VisitChecklist.visit_id == Visit.id)
    wanted = begun.where(VisitChecklist.version_id.in_(set(version_ids)), Visit.submitted_at.is_(None))
    return db.session.scalar(wanted) or 0


def signatures(visit_id: UUID) -> Sequence[VisitSignature]:
    return db.session.scalars(select(VisitSignature).where(VisitSignature.visit_id == visit_id)).all()


def assignments_for(scope: Scope, day: date) -> Sequence[tuple[Assignment, Premises]]:
    """A deputy's own assignments of a day, places attached; not yet visited first."""
    rows = db.session.execute(
        select(Assignment, Premises)
        .join(Premises, Premises.id == Assignment.premises_id)
        .where(Assignment.person_id == scope.person_id, Assignment.on_day == day, Assignment.cancelled_at.is_(None))
        .order_by(Assignment.visit_id.is_not(None), Premises.address)
    )
    return [(row[0], row[1]) for row in rows]


def _names(column: InstrumentedAttribute[list[Any]], ident: UUID) -> ColumnElement[bool]:
    """Whether a JSON list names an id; the same on both databases."""
    return cast(column, Text).like(f"%{ident}%")


def drafts_of(scope: Scope) -> Sequence[tuple[Visit, Premises]]:
    """Visits that were begun and not handed in: a deputy's own and those where they are a companion."""
    own = or_(Visit.person_id == scope.person_id, _names(Visit.companions, scope.person_id))
    rows = db.session.execute(
        select(Visit, Premises)
        .join(Premises, Premises.id == Visit.premises_id)
        .where(own, Visit.submitted_at.is_(None))
        .order_by(Visit.started_at.desc())
        .limit(20)
    )
    return [(row[0], row[1]) for row in rows]


def retries_due(scope: Scope, day: date) -> Sequence[tuple[Visit, Premises]]:
    """Places a deputy could not inspect and meant to try again by that day, not visited since."""
    any_visit = aliased(Visit)
    newest = (
        select(func.max(any_visit.started_at))
        .where(any_visit.premises_id == Premises.id, any_visit.recused.is_(False))
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Visit, Premises)
        .join(Premises, Premises.id == Visit.premises_id)
        .where(
            Visit.person_id == scope.person_id,
            Visit.next_try_on <= day,
            Visit.submitted_at.is_not(None),
            Visit.started_at == newest,
        )
        .order_by(Visit.next_try_on, Premises.address)
        .limit(20)
    )
    return [(row[0], row[1]) for row in rows]


@dataclass(frozen=True)
class Progress:
    """How far a visit has come: what the page of today and the filling page both count."""

    titles: tuple[str, ...]
    done: frozenset[str]
    total: frozenset[str]


def progress(visit: Visit, place: Premises) -> Progress:
    """Items of the visit's lists that apply to the place, and those that have an answer."""
    lists, facts, given = [asked for _, asked in lists_of(visit)], facts_at(visit, place), answers(visit.id)
    items = {item.code: item for checklist in lists for item in applicable(checklist, facts)}
    done = frozenset(
        code
        for code, item in items.items()
        if code in given and verdict(item, given[code].answer.body) is not Verdict.NONE
    )
    return Progress(tuple(checklist.title for checklist in lists), done, frozenset(items))


@dataclass(frozen=True)
class AtTheDoor:
    """What a colleague would tell before one goes in."""

    last_on: date | None  # of the last visit that happened
    last_outcome: str
    found_then: int
    open: int
    to_verify: int
    due_on: date | None  # the nearest date of what is open


def at_the_door(premises_ids: Iterable[UUID]) -> dict[UUID, AtTheDoor]:
    """For each place: the last visit and what it found, what is open and waits. Three statements for any number."""
    ids = set(premises_ids)
    newest = (
        select(Visit.premises_id, func.max(Visit.started_at).label("at"))
        .where(Visit.premises_id.in_(ids), Visit.submitted_at.is_not(None), Visit.recused.is_(False))
        .group_by(Visit.premises_id)
        .subquery()
    )
    last = db.session.execute(
        select(Visit.id, Visit.premises_id, Visit.started_at, Visit.outcome)
        .join(newest, (newest.c.premises_id == Visit.premises_id) & (newest.c.at == Visit.started_at))
        .where(Visit.recused.is_(False))
    ).all()  # fmt: skip
    found = {
        row.visit_id: row.n
        for row in db.session.execute(
            select(Hazard.visit_id, func.count().label("n"))
            .where(Hazard.visit_id.in_([row.id for row in last]))
            .group_by(Hazard.visit_id)
        )
    }
    opened: dict[UUID, list[tuple[str, date | None]]] = {}
    for premises_id, state, due_on in db.session.execute(
        select(Hazard.premises_id, Hazard.state, Hazard.due_on).where(
            Hazard.premises_id.in_(ids), Hazard.settled_on.is_(None)
        )
    ):
        opened.setdefault(premises_id, []).append((state, due_on))
    by_place = {row.premises_id: row for row in last}
    told = {}
    for place in ids:
        row, now_open = by_place.get(place), opened.get(place, [])
        told[place] = AtTheDoor(
            last_on=clock.local_date(row.started_at) if row else None,
            last_outcome=str(row.outcome or Outcome.INSPECTED) if row else "",
            found_then=found.get(row.id, 0) if row else 0,
            open=len(now_open),
            to_verify=sum(state == State.AWAITING_VERIFICATION for state, _ in now_open),
            due_on=min((due for _, due in now_open if due), default=None),
        )
    return told


def failed_before(visit: Visit) -> dict[str, date]:
    """Item code → the day it last failed at this place, of items whose newest earlier answer is 不合格."""
    return failed_at(visit.premises_id, visit.started_at, besides=visit.id)


def failed_at(
    premises_id: UUID, before: datetime, *, besides: UUID | None = None, visits_back: int = 3
) -> dict[str, date]:
    """The same for a place at an instant, whatever visit comes next."""
    earlier = db.session.execute(
        select(Visit.id, Visit.started_at)
        .where(
            Visit.premises_id == premises_id, Visit.submitted_at.is_not(None), Visit.started_at < before,
            Visit.outcome == Outcome.INSPECTED, Visit.recused.is_(False), *([Visit.id != besides] if besides else []),
        )
        .order_by(Visit.started_at.desc())
        .limit(visits_back)
    ).all()  # fmt: skip
    seen: dict[str, tuple[str, date]] = {}
    for row in earlier:
        for code, merged in answers(row.id).items():
            if merged.answer.value in ("pass", "fail"):
                seen.setdefault(code, (str(merged.answer.value), clock.local_date(row.started_at)))
    return {code: day for code, (value, day) in seen.items() if value == "fail"}


def recent_mates(scope: Scope, among: Iterable[UUID], most: int = 4) -> list[UUID]:
    """Whom a deputy went with lately, the most frequent first."""
    allowed = {str(person): person for person in among}
    counts: dict[UUID, int] = {}
    for mates in db.session.scalars(
        select(Visit.companions).where(Visit.person_id == scope.person_id).order_by(Visit.started_at.desc()).limit(20)
    ):
        for mate in mates:
            if str(mate.get("person_id")) in allowed:
                person = allowed[str(mate["person_id"])]
                counts[person] = counts.get(person, 0) + 1
    return sorted(counts, key=lambda person: -counts[person])[:most]


_DRAWN = (
    select(Signature.text_sha256)
    .join(VisitSignature, VisitSignature.signature_id == Signature.id)
    .where(VisitSignature.visit_id == bindparam("visit"), Signature.file_sha256.is_not(None))
)


def drawn_over(visit_id: UUID) -> list[str]:
    """Hashes of the texts that the drawn signatures of a visit name."""
    return list(run(_DRAWN, {"visit": visit_id}).scalars())


def signers(visit_id: UUID) -> Sequence[tuple[str, Signature]]:
    """(part, signature) of a visit in the order they were made."""
    rows = db.session.execute(
        select(VisitSignature.part, Signature)
        .join(Signature, Signature.id == VisitSignature.signature_id)
        .where(VisitSignature.visit_id == visit_id)
        .order_by(Signature.captured_at)
    )
    return [(row[0], row[1]) for row in rows]


def shows_photo(scope: Scope, photo_id: UUID) -> bool:
    """Whether a photo stands in an urgent call or a visit that this person may see, sent by who may put it there."""
    photo = db.session.get(Photo, photo_id)
    if photo is None:
        return False
    reporter = select(Account.person_id).where(Account.id == photo.account_id).scalar_subquery()
    calls = select(UrgentCall.id).where(
        _names(UrgentCall.photos, photo_id), UrgentCall.person_id == reporter, _sees_urgent(scope)
    )
    if db.session.scalar(calls.limit(1)) is not None:
        return True
    # Answers hold their photos in the body; only the visits of today are still being filled by two phones.
    since = clock.now() - timedelta(days=2)
    team = or_(Visit.person_id == scope.person_id, _names(Visit.companions, scope.person_id))
    near = select(Visit).where(Visit.started_at >= since, team).order_by(Visit.started_at.desc())
    theirs = [row for row in db.session.scalars(near.limit(20)) if _sees(scope, row)]
    return any(
        photo_id in photos_named(merged.answer.body) and photo.account_id in photo_senders(row.id)[photo_id]
        for row in theirs
        for merged in answers(row.id).values()
    )


@dataclass(frozen=True)
class UrgentView:
    """An urgent call with the people in it: who reports, who was told, who has taken it."""

    call: UrgentCall
    reporter: str
    phone: str
    told: tuple[tuple[str, str], ...]  # name and telephone of everybody who got the message
    taken_by: str
    photos: tuple[UUID, ...]  # the reporter's own; `left_out` counts those that are somebody else's
    left_out: int


def _sees_urgent(scope: Scope) -> ColumnElement[bool]:
    if scope.whole_district and scope.role is not Role.DEPUTY:
        return true()
    if scope.role is Role.SUPERVISOR:
        return or_(UrgentCall.area_id.in_(scope.area_ids), UrgentCall.person_id == scope.person_id)
    return UrgentCall.person_id == scope.person_id


def open_calls(scope: Scope) -> Sequence[UrgentCall]:
    """Urgent calls that are not ended, in the supervisor's area, the oldest unacknowledged first."""
    return db.session.scalars(
        select(UrgentCall)
        .where(UrgentCall.ended_at.is_(None), _sees_urgent(scope))
        .order_by(UrgentCall.acknowledged_at.is_not(None), UrgentCall.received_at)
    ).all()


def open_urgent(scope: Scope) -> Sequence[UrgentView]:
    """The same with the people in them."""
    return urgent_views(open_calls(scope))


def urgent_view(call: UrgentCall) -> UrgentView:
    """The people of an urgent call."""
    return urgent_views([call])[0]


def urgent_views(calls: Sequence[UrgentCall]) -> list[UrgentView]:
    """The people of urgent calls and the reporters' own photos: two statements for any number."""
    if not calls:
        return []
    persons, told = _called(calls)
    came = came_from(UUID(str(photo)) for call in calls for photo in call.photos)
    return [_urgent_view(call, persons, told, came) for call in calls]


@dataclass(frozen=True)
class _Called:
    """Somebody who reported an urgent call, was told of it or has taken it."""

    name: str
    phone: str
    accounts: set[UUID]


def _called(calls: Sequence[UrgentCall]) -> tuple[dict[UUID, _Called], dict[UUID, set[UUID]]]:
    """Everybody in some calls by their names, and who got the message of each call."""
    subjects = {call.id for call in calls} | {call.bundle_id for call in calls if call.bundle_id}
    in_person = {person for call in calls for person in (call.person_id, call.acknowledged_by_id) if person}
    persons: dict[UUID, _Called] = {}
    told: dict[UUID, set[UUID]] = {}
    for row in db.session.execute(
        select(Person.id, Person.name, Person.phone, Account.id.label("account"), Account.mobile, Message.subject_id)
        .outerjoin(Account, Account.person_id == Person.id)
        .outerjoin(Message, and_(Message.to_person_id == Person.id, Message.subject_id.in_(subjects)))
        .where(or_(Person.id.in_(in_person), Message.id.is_not(None)))
        .order_by(Person.name)
    ):
        accounts = persons[row.id].accounts if row.id in persons else set()
        persons[row.id] = _Called(row.name, row.phone or row.mobile or "", accounts | {row.account} - {None})
        if row.subject_id is not None:
            told.setdefault(row.subject_id, set()).add(row.id)
    return persons, told


def _urgent_view(
    call: UrgentCall, persons: Mapping[UUID, _Called], told: Mapping[UUID, set[UUID]],
    came: Mapping[UUID, UUID | None],
) -> UrgentView:  # fmt: skip
    reporter = persons[call.person_id]
    heard = told.get(call.id, set()) | told.get(call.bundle_id or call.id, set()) | {call.acknowledged_by_id}
    photos = tuple(
        photo
        for photo in dict.fromkeys(UUID(str(photo)) for photo in call.photos)
        if photo not in came or came[photo] in reporter.accounts
    )
    return UrgentView(
        call,
        reporter.name,
        reporter.phone,
        tuple((one.name, one.phone) for ident, one in persons.items() if ident in heard and ident != call.person_id),
        persons[call.acknowledged_by_id].name if call.acknowledged_by_id else "",
        photos,
        len(call.photos) - len(photos),
    )


def load_urgent(scope: Scope, call_id: UUID) -> UrgentCall:
    """An urgent call in the supervisor's area, or one's own."""
    call = db.session.get(UrgentCall, call_id)
    if (
        call is None
        or db.session.scalar(select(UrgentCall.id).where(UrgentCall.id == call_id, _sees_urgent(scope))) is None
    ):
        raise NotThere
    return call


def hold_call(call_id: UUID) -> UrgentCall:
    """An urgent call as it is now, locked until the transaction ends."""
    return db.session.get_one(UrgentCall, call_id, populate_existing=True, with_for_update=True)


@dataclass(frozen=True)
class Planned:
    """An assignment with its place, the deputy's name and how far it is: visited only when the visit was handed in."""

    row: Assignment
    place: Premises
    deputy: str
    visited: bool

    @property
    def under_way(self) -> bool:
        return self.row.visit_id is not None and not self.visited


def assignments_in(scope: Scope, since: date) -> Sequence[Planned]:
    """Assignments from a day on in a supervisor's area."""
    statement = (
        select(Assignment, Premises, Person.name, Visit.submitted_at)
        .join(Premises, Premises.id == Assignment.premises_id)
        .join(Person, Person.id == Assignment.person_id)
        .outerjoin(Visit, Visit.id == Assignment.visit_id)
        .where(Assignment.on_day >= since, Assignment.cancelled_at.is_(None))
    )
    if not scope.whole_district:
        statement = statement.where(Premises.area_id.in_(scope.area_ids))
    rows = db.session.execute(statement.order_by(Assignment.on_day, Person.name).limit(200))
    return [Planned(row[0], row[1], row[2], row[3] is not None) for row in rows]


def load_assignment(scope: Scope, assignment_id: UUID) -> Assignment:
    """An assignment of a place in the supervisor's area. Raises NotThere."""
    row = db.session.scalar(
        select(Assignment)
        .join(Premises, Premises.id == Assignment.premises_id)
        .where(Assignment.id == assignment_id, visible(scope))
    )
    if row is None:
        raise NotThere
    return row
