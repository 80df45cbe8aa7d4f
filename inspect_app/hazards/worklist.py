"""What waits for somebody, by what is to be done: each pile a condition of its own, so that a hazard with two things to do
stands in two piles, and the number of a pile is the number of rows that it opens."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, literal_column, or_, select, true

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.people.models import Organisation, Person
from inspect_app.people.rules import Scope

from . import offices
from .answering import Offices
from .filters import DUE_KEY
from .models import Hazard, HazardRequest, MendingRound
from .queries import IS_OPEN, IS_QUESTIONED, observed, photos_awaited, visible
from .rules import OF_THE_DATE, PROPOSALS, Grade, State, Step
from .tally import kept

# Answers that a person of the desk gives; an extension only by who set the clock, which the page itself says.
ASKED = (
    Step.ASK_EXTENSION, Step.DISPUTE, Step.ASK_VOID, Step.ASK_END, Step.ASK_MERGE, Step.ASK_CLOSE_WITHOUT_OPINION,
    Step.ASK_RESTORE, Step.ASK_LOWER, *PROPOSALS,
)  # fmt: skip
_NOBODY = UUID(int=0)
_OF_AN_OFFICE = (*OF_THE_DATE, Step.DISPUTE)  # the others are two persons' of the desk


@dataclass(frozen=True)
class Pile:
    """One group of what waits: its key, its name, and which hazards belong to it."""

    key: str
    name: str
    condition: ColumnElement[bool]
    kept: ColumnElement[int] | None = None  # how many there are, out of what is kept (tally.py), ...
    without: tuple[str, ...] = ()  # ... less those of other piles


@dataclass(frozen=True)
class PileItem:
    """What the row of a hazard says beside what every list says of one."""

    hazard: Hazard
    handler: str
    appointed: str
    asked: HazardRequest | None  # what was asked last and is not decided
    round: MendingRound | None  # the present one
    awaits_photos: bool
    questioned: bool  # something about its photos waits to be looked at


def _asked(scope: Scope, known: Offices, steps: Sequence[Step] = ASKED) -> ColumnElement[bool]:
    """Asked of this person: never by themselves; of two persons by anybody at the desk; of an office by its people.

    Where an office has nobody else, those above it are asked; where there is nobody at all, the desk records its answer.
    What ends with a hazard lapses then, so that what is still asked waits, whether it is open or settled.
    """
    return Hazard.id.in_(
        select(HazardRequest.hazard_id).where(
            HazardRequest.outcome.is_(None),
            HazardRequest.step.in_(steps),
            or_(HazardRequest.asked_by_person_id.is_(None), HazardRequest.asked_by_person_id != scope.person_id),
            or_(HazardRequest.asked_of_id.is_(None), *_asked_of(scope, known)),
        )
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


def _stands(state: State) -> ColumnElement[bool]:
    return and_(IS_OPEN, Hazard.state == state)


# Literal SQL, so that SQLite uses the indexes that hold these alone: few among many. Where a state is asked beside them it is
# asked so that its index is of no use, or SQLite would walk all hazards of that state first.
_UNCONFIRMED: ColumnElement[bool] = literal_column(
    "hazard.id IN (SELECT found.id FROM hazard AS found WHERE found.unconfirmed AND found.settled_on IS NULL)"
)
_CONTESTED: ColumnElement[bool] = literal_column(
    "hazard.id IN (SELECT two.id FROM hazard AS two WHERE two.contested AND two.settled_on IS NULL)"
)
_SENT_BACK: ColumnElement[bool] = literal_column(
    "hazard.id IN (SELECT back.id FROM hazard AS back WHERE back.declined_at IS NOT NULL AND back.settled_on IS NULL)"
)
_DECLINED: ColumnElement[bool] = literal_column("hazard.declined_at IS NOT NULL")


def desk_piles(scope: Scope, today: date, known: Offices | None = None) -> tuple[Pile, ...]:
    """今日 of a supervisor: what is to be done, then what only others can do, and what of that is to be chased today.

    A further pile is one more line here.
    """
    known = known or offices.today()
    mending = and_(_stands(State.RECTIFYING), ~_DECLINED)
    to_verify, to_close = _stands(State.AWAITING_VERIFICATION), _stands(State.AWAITING_CLOSURE)
    mine_to_close = _mine_to_close(scope, known)
    watched = (mending, and_(to_verify, ~_mine_to_verify(scope)), and_(to_close, ~mine_to_close))
    sent_back = and_(_SENT_BACK, func.coalesce(Hazard.state, "") == State.RECTIFYING)
    areas = None if scope.whole_district else scope.area_ids
    return (
        Pile("assign", "交办", _stands(State.FOUND), kept=kept(areas, State.FOUND)),
        Pile("reassign", "改派（被退回）", sent_back, kept=kept(areas, State.RECTIFYING, declined=True)),
        Pile("answer", "答复申请", _asked(scope, known)),
        Pile("verify", "核验", and_(to_verify, _mine_to_verify(scope))),
        Pile("close", "销号", and_(to_close, mine_to_close)),
        Pile("flagged", "核实照片", and_(IS_OPEN, IS_QUESTIONED)),
        Pile("contested", "待商定", and_(IS_OPEN, _CONTESTED)),
        Pile("confirm", "待确认", and_(IS_OPEN, _UNCONFIRMED)),
        Pile("observed", "补记的回访", observed()),
        Pile(
            "watch",
            "盯着别人的",
            or_(*watched),
            kept=kept(areas, State.RECTIFYING, declined=False)
            + kept(areas, State.AWAITING_VERIFICATION)
            + kept(areas, State.AWAITING_CLOSURE),
            without=("verify", "close"),
        ),
        Pile("chase", "今天该催的", and_(mending, today > DUE_KEY)),
    )


def handler_piles(scope: Scope) -> tuple[Pile, ...]:
    """The inbox of a handling organisation: what must be accepted comes first."""
    mine = and_(Hazard.handler_id == scope.organisation_id, _stands(State.RECTIFYING), ~_DECLINED)
    theirs = or_(Hazard.handler_id.is_(None), Hazard.handler_id != scope.organisation_id)
    waiting = Hazard.state.in_((State.AWAITING_VERIFICATION, State.AWAITING_CLOSURE))
    return (
        Pile("accept", "签收", and_(mine, Hazard.accepted_at.is_(None))),
        Pile("answer", "答复", _asked(scope, offices.today(), _OF_AN_OFFICE)),
        Pile("mend", "办理", and_(mine, Hazard.accepted_at.is_not(None))),
        Pile("others", "等别人", and_(IS_OPEN, or_(theirs, _DECLINED, waiting))),
    )


def _mine_to_verify(scope: Scope) -> ColumnElement[bool]:
    return or_(Hazard.appointed_person_id.is_(None), Hazard.appointed_person_id == scope.person_id)


def _mine_to_close(scope: Scope, known: Offices) -> ColumnElement[bool]:
    """Handed over by one's own office and not verified by oneself; else by one that has nobody but who verified it. Never NULL:
    what is not mine is somebody else's."""
    verified_by = (
        select(MendingRound.verified_by_person_id)
        .where(MendingRound.hazard_id == Hazard.id, MendingRound.number == Hazard.round_number)
        .correlate(Hazard)
        .scalar_subquery()
    )
    office_of = func.coalesce(Hazard.closing_office_id, scope.organisation_id)
    verifier = func.coalesce(verified_by, _NOBODY)
    conditions = [and_(office_of == scope.organisation_id, verifier != scope.person_id)]
    for office, lone in known.stands_in(scope.organisation_id, scope.area_id).items():
        alone = verifier == lone if lone is not None else true()
        conditions.append(and_(func.coalesce(Hazard.closing_office_id, _NOBODY) == office, alone))
    return or_(*conditions)


def belonging(piles: Sequence[Pile], key: str) -> ColumnElement[bool]:
    """The condition of one of the piles: what `counted` counts, as a list narrows its rows."""
    return next(pile.condition for pile in piles if pile.key == key)


def counted(
    scope: Scope, piles: Sequence[Pile], beside: Mapping[str, ScalarSelect[int]] | None = None
) -> dict[str, int]:
    """How many hazards lie in each pile, by key, and `beside` them what other rooms count, by name: one statement, each number of
    hazards from what is kept or from the index of its own condition."""
    seen, one = visible(scope), select(func.count()).select_from(Hazard)
    numbers = [
        pile.kept if pile.kept is not None else one.where(seen, pile.condition).scalar_subquery() for pile in piles
    ]
    names = [*(pile.key for pile in piles), *(beside or {})]
    row = db.session.execute(select(*numbers, *(beside or {}).values())).one()
    counts = {name: int(number or 0) for name, number in zip(names, row, strict=True)}
    return counts | {pile.key: counts[pile.key] - sum(counts[key] for key in pile.without) for pile in piles}


def items(hazard_ids: Iterable[UUID]) -> dict[UUID, PileItem]:
    """What the rows of hazards say, by id. Whoever asks has found them within a scope."""
    rows = db.session.execute(
        select(
            Hazard, Organisation.short_name, Person.name, HazardRequest, MendingRound, photos_awaited(), IS_QUESTIONED
        )
        .outerjoin(Organisation, Organisation.id == Hazard.handler_id)
        .outerjoin(Person, Person.id == Hazard.appointed_person_id)
        .outerjoin(HazardRequest, HazardRequest.id == _newest_request())
        .outerjoin(MendingRound, and_(MendingRound.hazard_id == Hazard.id, MendingRound.number == Hazard.round_number))
        .where(Hazard.id.in_(set(hazard_ids)))
    )
    return {
        hazard.id: PileItem(hazard, handler or "", appointed or "", asked, present, awaits, questioned)
        for hazard, handler, appointed, asked, present, awaits, questioned in rows
    }


@dataclass(frozen=True)
class Chase:
    """What one office has let pass: how many, how many of them it has not even accepted, how many are grave, since when."""

    handler_id: UUID
    handler: str
    count: int
    unaccepted: int
    grave: int
    since: date


def to_chase(scope: Scope, piles: Sequence[Pile]) -> list[Chase]:
    """今天该催的 by office, the gravest first."""
    grave, unaccepted = (
        func.count().filter(condition) for condition in (Hazard.grade != Grade.GENERAL, Hazard.accepted_at.is_(None))
    )
    late = (
        select(
            Hazard.handler_id, func.count().label("n"), unaccepted.label("unaccepted"), grave.label("grave"),
            func.min(Hazard.due_on).label("since"),
        )
        .where(visible(scope), belonging(piles, "chase"))
        .group_by(Hazard.handler_id)
        .subquery()
    )  # fmt: skip
    rows = db.session.execute(
        select(late.c.handler_id, Organisation.short_name, late.c.n, late.c.unaccepted, late.c.grave, late.c.since)
        .join(Organisation, Organisation.id == late.c.handler_id)
        .order_by(late.c.grave.desc(), late.c.n.desc(), late.c.handler_id)
    )
    return [Chase(*row) for row in rows]


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
