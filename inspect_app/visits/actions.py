"""The only writers of visits and assignments."""

from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import date, datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import bindparam, select, update

from inspect_app.checklists.walk import Depth
from inspect_app.kernel import clock, spelling
from inspect_app.kernel.database import db, run
from inspect_app.kernel.deadlines import check_deadline
from inspect_app.kernel.errors import Faults, NotThere, Refused
from inspect_app.kernel.ids import new_id
from inspect_app.people import queries as people
from inspect_app.people.rules import Scope
from inspect_app.premises.merged import ONE_PLACE
from inspect_app.premises.queries import hold as hold_premises
from inspect_app.premises.queries import recused
from inspect_app.premises.rules import clean_facts

from .begun import WHOLE, Begun, Walked, insert_answers
from .closings import Closing
from .models import Assignment, Visit, VisitSignature
from .queries import hold
from .rules import (
    Answer,
    Elsewhere,
    HowStarted,
    SaidAt,
    VisitOutcome,
    is_of_team,
    last_words,
    that_count,
    words_so_far,
)

_TASKS = Assignment.__table__
_ASSIGNED = (
    update(_TASKS)  # type: ignore[arg-type]
    .where(
        _TASKS.c.premises_id.in_(ONE_PLACE),
        _TASKS.c.person_id == bindparam("person"),
        _TASKS.c.on_day == bindparam("day"),
        _TASKS.c.visit_id.is_(None),
    )
    .values(visit_id=bindparam("visit"))
)


class Tap(Struct, frozen=True):
    """One operation of filling as the intake hands it over."""

    operation_id: UUID
    visit_id: UUID
    device_id: str
    seq: int
    at: datetime
    payload: Mapping[str, Any]
    elsewhere: Elsewhere | None = None


class ClosingTap(Struct, frozen=True):
    """A zone that was closed, likewise."""

    operation_id: UUID
    visit_id: UUID
    closing: Closing

    @property
    def device_id(self) -> str:
        return self.closing.device_id


def start(visit_id: UUID, scope: Scope, **beginning: Any) -> Visit:
    """A visit begins, see `begin`. Starting it twice changes nothing."""
    for known in hold([visit_id]):
        check_own(known, scope)
        return known
    begun = begin(visit_id, scope, keep_away=recused(beginning["premises_id"]), **beginning)
    begun.write()
    return begun.visit


def begin(
    visit_id: UUID,
    scope: Scope,
    *,
    premises_id: UUID,
    keep_away: Set[UUID],
    captured_at: datetime,
    asked_on: Mapping[UUID, date],
    times: dict[str, Any],
    how: HowStarted = HowStarted.WITH_CARD,
    arranged_by: str = "",
    companions: Sequence[tuple[UUID | None, str]] = (),
    facts: Mapping[str, Any] = MappingProxyType({}),
    walked: Walked = WHOLE,
) -> Begun:
    """A visit, known to be none yet, begins at premises under the exact versions of the lists, each with the day by which its
    items were chosen. `companions` are who was chosen, or names that were typed. Whoever calls this writes it.

    One at premises that somebody of the team has to `keep_away` from (回避) is taken like any other, and counts for nobody.
    """
    day = clock.local_date(captured_at)
    team = _companions(companions, scope, day)
    visit = Visit(
        id=visit_id,
        premises_id=premises_id,
        person_id=scope.person_id,
        account_id=scope.account_id,
        term_id=scope.term_id,
        how_started=how,
        arranged_by=arranged_by.strip(),
        companions=team,
        recused=bool(_team(scope, team) & keep_away),
        started_at=captured_at,
        times={name: value for name, value in times.items() if name not in ("facts", "outcome")},  # names of our own
        facts=clean_facts(facts),
        **walked.columns(),
    )
    take_assignment(visit)
    return Begun(visit, asked_on)


def take_assignment(visit: Visit) -> None:
    """Whoever was told to go there that day has gone; at premises that somebody has to keep away from nobody has."""
    if not visit.recused:
        day = clock.local_date(visit.started_at)
        run(_ASSIGNED, {"visit": visit.id, "premises": visit.premises_id, "person": visit.person_id, "day": day})


def learn_facts(visit: Visit, scope: Scope, facts: Mapping[str, Any], said: SaidAt) -> None:
    """What was asked about the premises while filling; of several words on a fact the last said counts, not the last to
    arrive. What was known at the start gives way to any of them."""
    check_own(visit, scope)
    words = last_words(words_so_far(visit.times, "facts"), clean_facts(facts), said)
    visit.times = visit.times | {"facts": words}
    visit.facts = visit.facts | that_count(words)
    db.session.flush()


def add_taps(
    taps: Sequence[Tap | ClosingTap],
    scope: Scope,
    visits: Mapping[UUID, Visit],
    begun: Mapping[UUID, Begun] = MappingProxyType({}),
) -> None:
    """Keep answers and closed zones of known visits as they came: one row per visit and phone; those of visits that begin
    here wait with them. The intake has removed repeats."""
    together: dict[tuple[UUID, str], list[Tap | ClosingTap]] = {}
    for tap in taps:
        together.setdefault((tap.visit_id, tap.device_id), []).append(tap)
    rows = []
    for (visit_id, device_id), group in together.items():
        row = {
            "id": new_id(),
            "visit_id": visit_id,
            "device_id": device_id,
            "person_id": scope.person_id,
            "late": visits[visit_id].submitted_at is not None,
            "taps": [_kept(tap) for tap in group],
        }
        if visit_id in begun:
            wide = [photo for tap in group if isinstance(tap, ClosingTap) for photo in tap.closing.photos]
            begun[visit_id].answer(row, [answer for tap in group for answer in _said(tap)], wide)
        else:
            rows.append(row)
    insert_answers(rows)


def _kept(tap: Tap | ClosingTap) -> dict[str, Any]:
    if isinstance(tap, ClosingTap):
        return tap.closing.kept(tap.operation_id)
    kept = {
        "operation": tap.operation_id,  # written as text
        "item": tap.payload["item"],
        "captured_at": tap.at.isoformat(),
        "seq": tap.seq,
        "chosen": bool(tap.payload.get("chosen")),
        "body": tap.payload,
    }
    if tap.elsewhere is None:
        return kept
    return kept | {"elsewhere": [str(tap.elsewhere.version_id), tap.elsewhere.on.isoformat()]}


def _said(tap: Tap | ClosingTap) -> Iterable[Answer]:
    if isinstance(tap, ClosingTap):
        return tap.closing.glances()
    chosen = bool(tap.payload.get("chosen"))
    return [Answer(tap.payload["item"], tap.device_id, (tap.at, tap.seq), tap.payload, chosen, tap.elsewhere)]


def add_signature(visit: Visit, scope: Scope, *, row_id: UUID, signature_id: UUID, part: str) -> None:
    """Link a signature, or the reason for none, to the visit."""
    check_own(visit, scope)
    if part not in ("deputy", "companion", "premises"):
        raise Refused("不清楚是谁签的名。", field="part")
    if db.session.get(VisitSignature, row_id) is None:
        db.session.add(VisitSignature(id=row_id, visit_id=visit.id, signature_id=signature_id, part=part))
        db.session.flush()


def mark_submitted(visit: Visit, scope: Scope, *, text_sha256: str | None) -> bool:
    """The deputy handed the visit in. False if it had been handed in before."""
    check_own(visit, scope)
    if visit.submitted_at is not None:
        return False
    if visit.outcome is None:
        visit.outcome = VisitOutcome.INSPECTED
    visit.submitted_at, visit.submitted_by_person_id = clock.now(), scope.person_id
    visit.text_sha256 = text_sha256
    db.session.flush()
    return True


def assign(
    scope: Scope,
    *,
    premises_id: UUID,
    person_id: UUID,
    on_day: date,
    checklist_codes: Sequence[str],
    depth: Depth | None = None,
    zone_photos: bool = False,
    so_far: Faults | None = None,
) -> Assignment:
    """检查任务: premises for a deputy on a day, perhaps one that demands 全查 or a wide photo of each zone. Giving the same one
    twice changes nothing but what it demands more; a cancelled one is on again. Raises
    Refused for whoever declared 回避 for the premises or one of their parties.
    """
    faults = so_far or Faults()
    if on_day is not None:
        faults.of(check_deadline, on_day, "去的日期", "on_day", today=clock.today())
    if person_id in recused(premises_id):
        faults.add("这位代表与这家场所有关联，按规定回避，请另选一位。", "person_id")
    faults.need(checklist_codes, "请至少选一张检查表。", "checklists")
    faults.refuse()
    hold_premises([premises_id])
    known, demanded = _given(premises_id, person_id, on_day), str(Depth.FULL) if depth is Depth.FULL else ""
    if known is not None:
        _given_again(known, checklist_codes, demanded, zone_photos)
        return known
    row = Assignment(
        premises_id=premises_id,
        person_id=person_id,
        on_day=on_day,
        checklist_codes=list(checklist_codes),
        depth=demanded,
        zone_photos=zone_photos,
        made_by_person_id=scope.person_id,
        made_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    return row


def _given_again(known: Assignment, checklist_codes: Sequence[str], depth: str, zone_photos: bool) -> None:
    if known.cancelled_at is not None:
        known.cancelled_at, known.checklist_codes, known.depth, known.zone_photos = (
            None,
            list(checklist_codes),
            "",
            False,
        )
    known.depth, known.zone_photos = depth or known.depth, zone_photos or known.zone_photos
    db.session.flush()


def _given(premises_id: UUID, person_id: UUID, on_day: date) -> Assignment | None:
    return db.session.scalar(
        select(Assignment).where(
            Assignment.premises_id == premises_id, Assignment.person_id == person_id, Assignment.on_day == on_day
        )
    )


def cancel_assignment(row: Assignment) -> None:
    """The premises need not be visited that day; what was begun is not taken back."""
    if row.visit_id is not None:
        visit = db.session.get(Visit, row.visit_id)
        gone = visit is not None and visit.submitted_at is not None
        raise Refused("这一家已经去过了，不用取消。" if gone else "这一家已经在查了，不能取消。请问问代表。")
    row.cancelled_at = row.cancelled_at or clock.now()
    db.session.flush()


def check_own(visit: Visit, scope: Scope) -> None:
    """Raises NotThere for a visit that somebody did not make, neither alone nor as a companion."""
    if not is_of_team(scope.person_id, visit.person_id, visit.companions):
        raise NotThere("这次走访不是您的。")


def _team(scope: Scope, companions: Sequence[Mapping[str, Any]]) -> set[UUID]:
    return {scope.person_id} | {UUID(mate["person_id"]) for mate in companions if mate["person_id"]}


def _companions(named: Sequence[tuple[UUID | None, str]], scope: Scope, day: date) -> list[dict[str, Any]]:
    """Who went along, as the visit keeps it. Of the team is only whom one may go with, under the name that person has;
    anybody else is a name that was typed, and opens nothing."""
    known = people.mates_of(scope, day) if any(person_id for person_id, _ in named) else {}
    found: dict[Any, dict[str, Any]] = {}
    for person_id, name in named:
        typed = spelling.plain(name)
        if person_id in known:
            found[person_id] = {"person_id": str(person_id), "name": known[person_id]}
        elif typed:
            found[typed] = {"person_id": None, "name": typed}
    return list(found.values())
