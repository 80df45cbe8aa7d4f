"""What each kind of operation of a phone does, within the right of who sent it."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Any
from uuid import UUID, uuid5

from inspect_app.casework import handing_in, holding, signing, urgent, visit_submission, voiding
from inspect_app.casework.holding import HeldRows
from inspect_app.evidence import actions as evidence
from inspect_app.evidence.rules import read_times
from inspect_app.evidence.storage import Storage
from inspect_app.hazards.actions import mending
from inspect_app.hazards.case import actor_of
from inspect_app.hazards.locking import lock
from inspect_app.intake.appliers import Applier, Appliers
from inspect_app.intake.rules import Operation
from inspect_app.kernel import clock
from inspect_app.kernel.deadlines import in_reach
from inspect_app.kernel.errors import Refused
from inspect_app.people.rules import Scope
from inspect_app.premises import actions as premises_actions
from inspect_app.premises.shapes import Facts
from inspect_app.slips import binding
from inspect_app.urgent_calls import actions as calls
from inspect_app.visits import actions as visits
from inspect_app.visits import elsewhere, outcomes
from inspect_app.visits.begun import Walked
from inspect_app.visits.closings import Closing, seconds_of
from inspect_app.visits.rules import Elsewhere, SaidAt, VisitOutcome

from .named import area_then, day_shown, device_of, own_visit, premises_named, see_hazard
from .shapes import (
    LABELS,
    SHAPES,
    AnswerElsewhere,
    CloseZone,
    LearnFacts,
    LeaveSlip,
    LookBack,
    MarkPhoto,
    RegisterPremises,
    ReportDanger,
    SignVisit,
    StartVisit,
    StartWalk,
    SubmitVisit,
    TellEnd,
    TellOutcome,
)


@dataclass(frozen=True)
class FieldOperations:
    """The operations of a phone put into effect: made once by create_app(), with where bytes are kept and the address that
    stands on papers."""

    storage: Storage
    address: str

    def appliers(self) -> Appliers:
        """What each kind of operation does. Urgent calls go first, handing in last."""
        table = Appliers(hold=_hold_all, labels=LABELS)
        for kind, applier, rank in (
            ("urgent.call", _each(_urgent), 0),
            ("premises.register", _each(_premises), 10),
            ("visit.start", _each(_start), 20),
            ("visit.facts", _each(_facts), 25),
            ("visit.answer", _answers, 30),
            ("visit.zone", _zones, 32),
            ("photo.mark", _each(_mark), 35),
            ("visit.outcome", _each(_outcome), 40),
            ("visit.slip", _slips, 45),
            ("visit.sign", _each(self._sign), 50),
            ("visit.submit", _each(self._submit), 60),
            ("hazard.look_back", _each(_look_back), 70),
        ):
            table.register(kind, applier, SHAPES[kind], rank=rank)
        return table

    def _sign(self, op: Operation, said: SignVisit, me: Scope, held: HeldRows) -> None:
        """A signature: its strokes as a PNG photo sent before, or the reason for none."""
        signature = evidence.sign(
            self.storage,
            signature_id=uuid5(op.id, "signature"),
            name=said.name or "",
            part=said.part,
            image=_drawn(said.image),
            reason=said.reason or "",
            text_sha256=said.text_sha256 or "",
            captured_at=op.at,
            shown_on=day_shown(op, said.shown_on),
            account_id=me.account_id,
        )
        visit = own_visit(said.visit, me, held)
        held.sign(visit)
        visits.add_signature(visit, me, row_id=op.id, signature_id=signature.id, part=signature.part)

    def _submit(self, op: Operation, said: SubmitVisit, me: Scope, held: HeldRows) -> None:
        visit, shown = own_visit(said.visit, me, held), (said.text or "").strip()
        if said.outcome == "void" and visit.outcome != VisitOutcome.VOID:
            raise Refused(voiding.ONLY_ENDED)
        signed = signing.keep_signed_text(self.storage, visit, shown, said.text_sha256 or "", held)
        handing_in.hand_in(
            visit, me, held, text_sha256=signed or None, device=device_of(op), address=self.address, text=shown
        )


def _hold_all(batch: Sequence[Operation]) -> HeldRows:
    """Every visit, place and hazard that operations name. What names none that can be read is refused where it is applied."""
    visits_named, places, hazards_named = (
        {found for found in map(attrgetter(f"about.{name}"), batch) if found is not None}
        for name in ("visit", "premises", "hazard")
    )
    return holding.hold(visits_named, place_ids=places, hazard_ids=hazards_named)


def _each(apply_one: Callable[[Operation, Any, Scope, HeldRows], None]) -> Applier:
    def apply(batch: Sequence[Operation], me: Scope, held: HeldRows) -> None:
        for operation in batch:
            apply_one(operation, operation.said, me, held)

    return apply


def _urgent(op: Operation, said: ReportDanger, me: Scope, _held: HeldRows) -> None:
    call, is_new = calls.report_urgent(
        op.id,
        me,
        area_id=me.area_id,
        captured_at=op.at,
        danger=said.danger or "",
        where=said.where or "",
        place=said.place,
        photos=said.photos,
    )
    if is_new:
        urgent.tell_duty(call)


def _premises(op: Operation, said: RegisterPremises, me: Scope, _held: HeldRows) -> None:
    """A new place in under a minute: the desk confirms it once."""
    premises_actions.register(
        me,
        premises_id=said.premises,
        name=said.name,
        kind=said.kind.strip(),
        address=said.address,
        area_id=area_then(op, me),
        facts=_told(said.facts),
        position=said.position,
        confirmed=False,
    )


def _start(op: Operation, said: StartVisit, me: Scope, held: HeldRows) -> None:
    """A visit begins; one that has begun already stays as it is."""
    place, facts = premises_named(said.premises, me, held), _told(said.facts)
    known = None if held.is_new(said.visit) else held.visit(said.visit)
    if known is not None:
        visits.check_own(known, me)
    else:
        held.begin(
            visits.begin(
                said.visit,
                me,
                premises_id=place.id,
                keep_away=held.met(place.id).keep_away,
                captured_at=op.at,
                times=read_times(op.times),
                how=said.how,
                arranged_by=said.arranged_by or "",
                facts=facts,
                companions=[(mate.person_id, mate.name or "") for mate in said.companions or ()],
                asked_on={version: _asked_on(op, said, version) for version in dict.fromkeys(said.versions)},
                walked=_walked(said),
            )
        )
    if facts:
        premises_actions.correct_facts(place, facts)


def _walked(said: StartVisit) -> Walked:
    """How deep: before there were two depths, every visit was whole."""
    return Walked(said.depth, said.deep, said.weights) if isinstance(said, StartWalk) else Walked()


def _told(facts: Facts | None) -> dict[str, Any]:
    return facts.said() if facts else {}


def _asked_on(op: Operation, said: StartVisit, version: UUID) -> date:
    """The day by which the phone chose the items of a list."""
    by_list = said.asked_on
    return day_shown(op, by_list.get(str(version)) if isinstance(by_list, dict) else by_list)


def _facts(op: Operation, said: LearnFacts, me: Scope, held: HeldRows) -> None:
    """What a deputy found out about the place while filling, asked because it decides a suspicion."""
    visit = own_visit(said.visit, me, held)
    visits.learn_facts(visit, me, said.facts.said(), SaidAt(op.device, op.seq, op.at))
    # The visit is one's own, wherever its place lies by now.
    premises_actions.correct_facts(held.place(visit.premises_id), visit.facts)


def _answers(batch: Sequence[Operation], me: Scope, held: HeldRows) -> None:
    taps = [visits.Tap(op.id, op.said.visit, op.device, op.seq, op.at, op.payload, _elsewhere(op)) for op in batch]
    _add(batch, taps, me, held)


def _elsewhere(op: Operation) -> Elsewhere | None:
    if not isinstance(said := op.said, AnswerElsewhere):
        return None
    return elsewhere.named(said.version, day_shown(op, said.asked_on), said.item)


def _zones(batch: Sequence[Operation], me: Scope, held: HeldRows) -> None:
    _add(batch, [visits.ClosingTap(op.id, op.said.visit, _closing(op, op.said)) for op in batch], me, held)


def _closing(op: Operation, said: CloseZone) -> Closing:
    return Closing(
        said.zone, op.device, (op.at, op.seq), said.looked, tuple(dict.fromkeys(said.items)),
        tuple(dict.fromkeys(said.not_looked)), (said.reason or "").strip(), seconds_of(said.seconds),
        tuple(dict.fromkeys(said.photos)),
    )  # fmt: skip


def _add(batch: Sequence[Operation], taps: Sequence[visits.Tap | visits.ClosingTap], me: Scope, held: HeldRows) -> None:
    # Sixty taps name one visit: it is read and looked up once.
    newest = {op.said.visit: op for op in batch}
    known = {visit_id: own_visit(visit_id, me, held) for visit_id in newest}
    visits.add_taps(taps, me, known, held.begun)
    for visit_id, row in known.items():
        if row.outcome == VisitOutcome.VOID:  # thrown away on one phone while another still filled it
            voiding.look_again(row, held)
        if row.submitted_at is not None:
            visit_submission.late_answers(row, actor_of(me), held, device=device_of(newest[visit_id]))


def _mark(op: Operation, said: MarkPhoto, me: Scope, _held: HeldRows) -> None:
    evidence.mark_photo(op.id, said.photo, said, account_id=me.account_id, made_at=op.at)


def _outcome(op: Operation, said: TellOutcome | TellEnd, me: Scope, held: HeldRows) -> None:
    visit = own_visit(said.visit, me, held)
    outcome = VisitOutcome(said.outcome)
    if outcome is VisitOutcome.VOID:
        voiding.check(visit, me, held, photos=said.photos)
    outcomes.set_outcome(
        visit,
        me,
        outcome,
        SaidAt(op.device, op.seq, op.at),
        note=said.note or "",
        photos=said.photos,
        next_try_on=_next_try(op, said),
    )
    if visit.submitted_at is not None:  # handed in as locked, say, and it was inspected after all: what failed counts
        visit_submission.late_answers(visit, actor_of(me), held, device=device_of(op))


def _next_try(op: Operation, said: TellOutcome | TellEnd) -> date | None:
    """When somebody means to come back: so many days on as there were on the screen. None for a day that nobody can
    mean: what became of the visit is not lost over it."""
    day = clock.local_date(op.at)
    try:
        found = day + (date.fromisoformat(said.next_try_on) - day_shown(op, said.shown_on))
    except (TypeError, ValueError, OverflowError):
        return None
    return found if in_reach(found, day) else None


def _slips(batch: Sequence[Operation], me: Scope, held: HeldRows) -> None:
    """Slips that were filled in by hand: left on a visit, taken off again, in the order in which they were tapped."""
    binding.hold_all(me, (op.said.slip for op in batch))
    for op in batch:
        said: LeaveSlip = op.said
        visit = own_visit(said.visit, me, held)
        held.refer(visit)
        if said.off is None:
            binding.left(me, visit, said.slip)
        else:
            binding.not_left(me, visit, said.slip, said.off, written=said.written)


def _drawn(image: str | None) -> bytes | None:
    try:
        return base64.b64decode(image, validate=True) if image else None
    except ValueError:
        raise Refused("签名没有存完整，请重签一次。") from None


def _look_back(op: Operation, said: LookBack, me: Scope, _held: HeldRows) -> None:
    """A look-back, however late: the step if it is still legal, else an observation that waits at the desk."""
    see_hazard(said.hazard, me)
    mending.take_in_look_back(
        lock(said.hazard),
        actor_of(me),
        mended=said.mended,
        photo_ids=tuple(dict.fromkeys(said.photos)),
        words=(said.words or "").strip(),
        seen_at=op.at,
        seen_version=said.version,
        device=device_of(op),
    )
