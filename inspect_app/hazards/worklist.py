"""What waits for somebody: open hazards sorted into piles, each hazard in the first pile it belongs to and in no other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Case, ColumnElement, ScalarSelect, Select, Subquery, and_, case, exists, func, or_, select, true

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.people.models import Organisation, Person
from inspect_app.people.rules import Scope
from inspect_app.premises.models import Premises

from . import offices
from .answering import Offices
from .models import Hazard, HazardRequest, MendingRound
from .queries import IS_OPEN, IS_QUESTIONED, observed, photos_awaited, visible
from .rules import OF_THE_DATE, PROPOSALS, State, Step

# Answers that a person of the desk gives; an extension only by who set the clock, which the page itself says.
ASKED = (
    Step.ASK_EXTENSION, Step.DISPUTE, Step.ASK_VOID, Step.ASK_END, Step.ASK_MERGE, Step.ASK_CLOSE_WITHOUT_OPINION,
    Step.ASK_RESTORE, Step.ASK_LOWER, *PROPOSALS,
)  # fmt: skip
_OF_AN_OFFICE = (*OF_THE_DATE, Step.DISPUTE)  # the others are two persons' of the desk


@dataclass(frozen=True)
class Pile:
    """One group of what waits: its key, its name, and which hazards belong to it."""

    key: str
    name: str
    condition: ColumnElement[bool]


@dataclass(frozen=True)
class PileItem:
    """A hazard in a pile with what its row must say."""

    hazard: Hazard
    premises_name: str
    address: str
    handler: str
    appointed: str
    asked: HazardRequest | None
    round: MendingRound | None  # the present one
    awaits_photos: bool
    questioned: bool  # something about its photos waits to be looked at


@dataclass(frozen=True)
class CountedPile:
    """A pile with how many lie in it and the most urgent of them."""

    pile: Pile
    count: int
    rows: Sequence[PileItem]


def _asked(scope: Scope, known: Offices, steps: Sequence[Step] = ASKED) -> ColumnElement[bool]:
    """Asked of this person: never by themselves; of two persons by anybody at the desk; of an office by its people.

    Where an office has nobody else, those above it are asked; where there is nobody at all, the desk records its answer.
    """
    return exists().where(
        HazardRequest.hazard_id == Hazard.id,
        HazardRequest.outcome.is_(None),
        HazardRequest.step.in_(steps),
        or_(HazardRequest.asked_by_person_id.is_(None), HazardRequest.asked_by_person_id != scope.person_id),
        or_(HazardRequest.asked_of_id.is_(None), *_asked_of(scope, known)),
    )


def _asked_of(scope: Scope, known: Offices) -> list[ColumnElement[bool]]:
    left = known.answers_for(scope.organisation_id)
    if scope.organisation_id == known.desk_of(scope.area_id):
        left |= known.silent()
    return [HazardRequest.asked_of_id == scope.organisation_id] + [
        and_(HazardRequest.asked_of_id == office, _nobody_but(lone)) for office, lone in left.items()
    ]


def _nobody_but(lone: UUID | None) -> ColumnElement[bool]:
    return true() if lone is None else HazardRequest.asked_by_person_id == lone


def _waits() -> ColumnElement[bool]:
    """Open; what is settled only while a 恢复 is asked, a dispute is not answered, or a late look-back waits."""
    asked = exists().where(
        HazardRequest.hazard_id == Hazard.id,
        HazardRequest.outcome.is_(None),
        HazardRequest.step.in_((Step.ASK_RESTORE, Step.DISPUTE)),
    )
    return or_(IS_OPEN, asked, observed())


def _handed_over() -> ColumnElement[bool]:
    return Hazard.state == State.RECTIFYING


def desk_piles(scope: Scope, today: date, known: Offices | None = None) -> tuple[Pile, ...]:
    """今日 of a supervisor, the loudest first. A further group of the page is one more line here."""
    known = known or offices.today()
    return (
        Pile("overdue", "已逾期", Hazard.due_on < today),
        Pile("asked", "等您答复", _asked(scope, known)),
        Pile("declined", "被退回", and_(_handed_over(), Hazard.declined_at.is_not(None))),
        Pile("found", "等您交办", Hazard.state == State.FOUND),
        Pile("flagged", "请核实", IS_QUESTIONED),
        Pile("close", "等您销号", and_(Hazard.state == State.AWAITING_CLOSURE, _mine_to_close(scope, known))),
        Pile("verify", "等核验", and_(Hazard.state == State.AWAITING_VERIFICATION, _mine_to_verify(scope))),
        Pile("observed", "补记的回访", observed()),
        Pile("photos", "等照片", photos_awaited()),
    )


def handler_piles(scope: Scope, today: date) -> tuple[Pile, ...]:
    """The inbox of a handling organisation: what must be accepted comes first."""
    mine = Hazard.handler_id == scope.organisation_id
    accepted = Hazard.accepted_at.is_not(None)
    return (
        Pile("accept", "等您签收", and_(mine, _handed_over(), ~accepted, Hazard.declined_at.is_(None))),
        Pile("asked", "等您答复", _asked(scope, offices.today(), _OF_AN_OFFICE)),
        Pile("overdue", "已逾期", and_(mine, _handed_over(), accepted, Hazard.due_on < today)),
        Pile("mend", "整改中", and_(mine, _handed_over(), accepted)),
        Pile("verify", "等核验和销号", Hazard.state.in_((State.AWAITING_VERIFICATION, State.AWAITING_CLOSURE))),
        Pile("others", "退回了、改派了，等新单位签收", or_(~mine, Hazard.declined_at.is_not(None))),
    )


def _mine_to_verify(scope: Scope) -> ColumnElement[bool]:
    return or_(Hazard.appointed_person_id.is_(None), Hazard.appointed_person_id == scope.person_id)


def _mine_to_close(scope: Scope, known: Offices) -> ColumnElement[bool]:
    """Handed over by one's own office and not verified by oneself; else by one that has nobody but who verified it."""
    verified_by = (
        select(MendingRound.verified_by_person_id)
        .where(MendingRound.hazard_id == Hazard.id, MendingRound.number == Hazard.round_number)
        .correlate(Hazard)
        .scalar_subquery()
    )
    mine = or_(Hazard.closing_office_id.is_(None), Hazard.closing_office_id == scope.organisation_id)
    conditions = [and_(mine, or_(verified_by.is_(None), verified_by != scope.person_id))]
    for office, lone in known.stands_in(scope.organisation_id, scope.area_id).items():
        alone = verified_by == lone if lone is not None else true()
        conditions.append(and_(Hazard.closing_office_id == office, alone))
    return or_(*conditions)


def _pile_of(piles: Sequence[Pile]) -> Case[str | None]:
    """The key of the first pile a hazard belongs to."""
    return case(*[(pile.condition, pile.key) for pile in piles], else_=None)


def belonging(piles: Sequence[Pile], key: str) -> ColumnElement[bool]:
    """The hazards in one of the piles and in none before it: what `sorted_into` counts, as a list narrows its rows."""
    return and_(_waits(), _pile_of(piles) == key)


def sorted_into(scope: Scope, piles: Sequence[Pile], size: int = 8) -> list[CountedPile]:
    """The piles that hold something, with exact counts and the most urgent `size` rows of each."""
    items: dict[str, list[PileItem]] = {}
    counts: dict[str, int] = {}
    for hazard, pile, count, name, address, handler, appointed, *more in db.session.execute(_rows(scope, piles, size)):
        counts[pile] = count
        item = PileItem(hazard, name, address, handler or "", appointed or "", *more)
        items.setdefault(pile, []).append(item)
    return [CountedPile(pile, counts[pile.key], items[pile.key]) for pile in piles if counts.get(pile.key)]


_MOST_URGENT_FIRST = (func.coalesce(Hazard.due_on, date(9999, 12, 31)), Hazard.id)


def _ranked(scope: Scope, piles: Sequence[Pile]) -> Subquery:
    """What waits within a scope: its pile, its place in the pile, how many lie in it."""
    pile_of = _pile_of(piles)
    return (
        select(
            Hazard.id,
            pile_of.label("pile"),
            func.row_number().over(partition_by=pile_of, order_by=_MOST_URGENT_FIRST).label("rank"),
            func.count().over(partition_by=pile_of).label("of_pile"),
        )
        .where(visible(scope), _waits())
        .subquery()
    )


def _rows(scope: Scope, piles: Sequence[Pile], size: int) -> Select[Any]:
    """The first `size` hazards of each pile, with what their rows must say."""
    ranked = _ranked(scope, piles)
    premises, handler = (Premises.name, Premises.address), Organisation.short_name
    return (
        select(
            *(Hazard, ranked.c.pile, ranked.c.of_pile, *premises, handler, Person.name),
            *(HazardRequest, MendingRound, photos_awaited(), IS_QUESTIONED),
        )
        .join(ranked, ranked.c.id == Hazard.id)
        .join(Premises, Premises.id == Hazard.premises_id)
        .outerjoin(Organisation, Organisation.id == Hazard.handler_id)
        .outerjoin(Person, Person.id == Hazard.appointed_person_id)
        .outerjoin(HazardRequest, HazardRequest.id == _newest_request())
        .outerjoin(MendingRound, and_(MendingRound.hazard_id == Hazard.id, MendingRound.number == Hazard.round_number))
        .where(ranked.c.pile.is_not(None), ranked.c.rank <= size)
        .order_by(*_MOST_URGENT_FIRST)
    )


def _newest_request() -> ScalarSelect[UUID]:
    """What was asked last of a hazard and is not decided."""
    return (
        select(HazardRequest.id)
        .where(HazardRequest.hazard_id == Hazard.id, HazardRequest.outcome.is_(None), HazardRequest.step.in_(ASKED))
        .order_by(HazardRequest.asked_at.desc(), HazardRequest.id.desc())
        .limit(1)
        .correlate(Hazard)
        .scalar_subquery()
    )


@dataclass(frozen=True)
class Nearest:
    """The next day on which something is due, and how many hazards are due on it."""

    on: date
    count: int


def nearest_due(scope: Scope) -> Nearest | None:
    """What an empty desk says: the nearest date and how many hazards it belongs to."""
    row = db.session.execute(
        select(Hazard.due_on, func.count())
        .where(visible(scope), IS_OPEN, Hazard.due_on >= clock.today())
        .group_by(Hazard.due_on)
        .order_by(Hazard.due_on)
        .limit(1)
    ).first()
    return Nearest(row[0], row[1]) if row is not None and row[0] is not None else None


def last_urged(hazard: Hazard) -> datetime | None:
    """When the hazard was urged, if that was the last thing that happened to it."""
    return hazard.last_event_at if hazard.last_step == Step.URGE else None
