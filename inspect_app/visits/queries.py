"""Reads of visits, scoped: one visit with its lists, answers and signatures, and how far it has come."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, func, or_, select

from inspect_app.checklists import queries as checklists
from inspect_app.checklists.answers import verdict
from inspect_app.checklists.conditions import Verdict
from inspect_app.checklists.rules import Checklist, applicable
from inspect_app.checklists.walk import Depth
from inspect_app.evidence.models import Photo, Signature
from inspect_app.kernel import clock
from inspect_app.kernel.columns import names_id
from inspect_app.kernel.database import db, run
from inspect_app.kernel.errors import NotThere
from inspect_app.people.rules import Role, Scope
from inspect_app.premises.models import Premises

from .closings import ClosedZone, closing_in, said_in, together
from .models import Visit, VisitAnswers, VisitChecklist, VisitSignature
from .photos import photo_senders
from .rules import Merged, VisitOutcome, is_of_team, merge, photos_named


def load(scope: Scope, visit_id: UUID) -> Visit:
    """A visit within scope: one's own or a companion's for deputies, the area's for supervisors and leaders."""
    visit = db.session.get(Visit, visit_id)
    if visit is None or not _sees(scope, visit):
        raise NotThere
    return visit


_HELD = (
    select(Visit)
    .where(Visit.id.in_(bindparam("ids", expanding=True)))
    .order_by(Visit.id)
    .with_for_update(key_share=True)
    .execution_options(populate_existing=True)
)


def hold(visit_ids: Iterable[UUID]) -> list[Visit]:
    """Visits as they are now, locked until the transaction ends, in the order of their ids: whoever adds to one or hands
    it in (docs/decisions/0018)."""
    return list(db.session.scalars(_HELD, {"ids": list(visit_ids)}))


def _sees(scope: Scope, visit: Visit) -> bool:
    if scope.role is Role.DEPUTY:
        return is_of_team(scope.person_id, visit.person_id, visit.companions)
    if scope.role not in (Role.SUPERVISOR, Role.LEADER, Role.AUDITOR):
        return False
    premises = db.session.get_one(Premises, visit.premises_id)
    if scope.whole_district or premises.area_id in scope.area_ids:
        return True
    stands = db.session.get(Premises, premises.merged_into_id) if premises.merged_into_id else None
    return stands is not None and stands.area_id in scope.area_ids


_TAPS = select(VisitAnswers.device_id, VisitAnswers.taps).where(VisitAnswers.visit_id == bindparam("visit"))
_VERSIONS = select(VisitChecklist.version_id, VisitChecklist.asked_on).where(
    VisitChecklist.visit_id == bindparam("visit")
)


def answers(visit_id: UUID) -> dict[str, Merged]:
    """The present answer of each item, whatever came in what order."""
    return merge(answer for row in run(_TAPS, {"visit": visit_id}) for answer in said_in(row.taps, row.device_id))


def zones(visit_id: UUID) -> dict[str, ClosedZone]:
    """The zones of a short walk that were closed, in walking order, each as all phones together left it."""
    rows = run(_TAPS, {"visit": visit_id})
    closings = (closing_in(tap, row.device_id) for row in rows for tap in row.taps)
    return together(one for one in closings if one is not None)


_WHO = select(VisitAnswers.person_id).where(VisitAnswers.visit_id == bindparam("visit")).distinct()


def who_tapped(visit_id: UUID) -> set[UUID]:
    """Who answered or closed anything on a visit."""
    return set(run(_WHO, {"visit": visit_id}).scalars())


def version_ids(visit_id: UUID) -> list[UUID]:
    """The list versions a visit is filled under."""
    return list(asked_days(visit_id))


def asked_days(visit_id: UUID) -> dict[UUID, date]:
    """The same with the day by which the items of each were chosen, as was recorded when the visit began."""
    return {row.version_id: row.asked_on for row in run(_VERSIONS, {"visit": visit_id})}


def lists_of(visit: Visit) -> list[tuple[UUID, Checklist]]:
    """The lists of a visit as they were asked, with their versions."""
    return lists_asked(asked_days(visit.id))


def lists_asked(asked_on: Mapping[UUID, date]) -> list[tuple[UUID, Checklist]]:
    """Versions, each as it is asked on its day."""
    return [(version_id, checklists.asked(version_id, day)) for version_id, day in asked_on.items()]


def facts_at(visit: Visit, premises: Premises) -> dict[str, Any]:
    """What is known of premises on a visit; conditions read their kind beside their facts."""
    return premises.facts | visit.facts | {"kind": premises.kind}


def open_under(version_ids: Iterable[UUID]) -> int:
    """How many visits are begun and not handed in under these versions: they keep theirs when a newer one comes."""
    begun = select(func.count(func.distinct(Visit.id))).join(VisitChecklist, VisitChecklist.visit_id == Visit.id)
    wanted = begun.where(VisitChecklist.version_id.in_(set(version_ids)), Visit.submitted_at.is_(None))
    return db.session.scalar(wanted) or 0


def signatures(visit_id: UUID) -> Sequence[VisitSignature]:
    return db.session.scalars(select(VisitSignature).where(VisitSignature.visit_id == visit_id)).all()


def _of_team(person_id: UUID) -> ColumnElement[bool]:
    """`rules.is_of_team` of all visits."""
    return or_(Visit.person_id == person_id, names_id(Visit.companions, person_id))


def drafts_of(scope: Scope) -> Sequence[tuple[Visit, Premises]]:
    """Visits that were begun and not handed in: a deputy's own and those where they are a companion."""
    rows = db.session.execute(
        select(Visit, Premises)
        .join(Premises, Premises.id == Visit.premises_id)
        .where(
            _of_team(scope.person_id),
            Visit.submitted_at.is_(None),
            or_(Visit.outcome.is_(None), Visit.outcome != VisitOutcome.VOID),
        )
        .order_by(Visit.started_at.desc())
        .limit(20)
    )
    return [(row[0], row[1]) for row in rows]


@dataclass(frozen=True)
class Progress:
    """How far a visit has come: what the page of today and the filling page both count."""

    titles: tuple[str, ...]
    done: frozenset[str]
    total: frozenset[str]
    depth: Depth


def progress(visit: Visit, premises: Premises) -> Progress:
    """Items of the visit's lists that apply to the premises, and those that have an answer or lie in a zone that was closed."""
    lists, facts, given = [asked for _, asked in lists_of(visit)], facts_at(visit, premises), answers(visit.id)
    items = {item.code: item for checklist in lists for item in applicable(checklist, facts)}
    done = frozenset(
        code
        for code, item in items.items()
        if code in given and verdict(item, given[code].answer.body) is not Verdict.NONE
    )
    return Progress(tuple(checklist.title for checklist in lists), done, frozenset(items), Depth(visit.depth))


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
    """Whether a photo stands in a visit that this person may see, sent by who may put it there."""
    photo = db.session.get(Photo, photo_id)
    if photo is None:
        return False
    # Answers hold their photos in the body; only the visits of today are still being filled by two phones.
    since = clock.now() - timedelta(days=2)
    near = select(Visit).where(Visit.started_at >= since, _of_team(scope.person_id)).order_by(Visit.started_at.desc())
    theirs = [row for row in db.session.scalars(near.limit(20)) if _sees(scope, row)]
    return any(
        photo_id in _photos_shown(row.id) and photo.account_id in photo_senders(row.id)[photo_id] for row in theirs
    )


def wide_photos(visit_id: UUID) -> set[UUID]:
    """The wide photos of a visit's zones that have come, each sent by who named it on this visit."""
    named = {photo for zone in zones(visit_id).values() for photo in zone.photos}
    if not named:
        return set()
    senders = photo_senders(visit_id)
    rows = db.session.execute(select(Photo.id, Photo.account_id).where(Photo.id.in_(named)))
    return {row.id for row in rows if row.account_id in senders[row.id]}


def shows_wide_photo(scope: Scope, visit_id: UUID | None, photo_id: UUID) -> bool:
    """Whether a photo is a wide one of a visit that this person may see, however long ago it was."""
    visit = db.session.get(Visit, visit_id) if visit_id is not None else None
    return visit is not None and _sees(scope, visit) and photo_id in wide_photos(visit.id)


def _photos_shown(visit_id: UUID) -> set[UUID]:
    """The photos that the present answers of a visit and its closed zones name."""
    answered = {photo for merged in answers(visit_id).values() for photo in photos_named(merged.answer.body)}
    return answered.union(*(zone.photos for zone in zones(visit_id).values()))
