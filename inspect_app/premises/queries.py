"""Reads of places, scoped by area."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, false, func, or_, select, true
from sqlalchemy.orm import aliased

from inspect_app.kernel import clock
from inspect_app.kernel.columns import holds_on, not_ended
from inspect_app.kernel.database import db, run, slices
from inspect_app.kernel.errors import NotThere
from inspect_app.kernel.hints import walking
from inspect_app.kernel.spelling import folded
from inspect_app.people.models import Person, Recusal
from inspect_app.people.rules import Role, Scope

from .merged import ONE_PLACE, at_place, stands
from .models import Party, Premises, PremisesParty, PremisesStatus
from .one_party import one_party
from .rules import twin_key


def visible(scope: Scope) -> ColumnElement[bool]:
    """Which places a person sees: those of the own area; a handler none but through its hazards."""
    if scope.role is Role.HANDLER:
        return false()
    return true() if scope.whole_district else Premises.area_id.in_(scope.area_ids)


def sees(scope: Scope, row: Premises) -> bool:
    """`visible` of one place that is already here."""
    return scope.role is not Role.HANDLER and (scope.whole_district or row.area_id in scope.area_ids)


def load(scope: Scope, premises_id: UUID) -> Premises:
    """A place within scope, or the one it was merged into. Raises NotThere."""
    row = db.session.get(Premises, premises_id)
    found = _standing(row)
    if row is None or found is None or not (sees(scope, row) or sees(scope, found)):
        raise NotThere
    return found


def _standing(row: Premises | None) -> Premises | None:
    if row is None or row.merged_into_id is None:
        return row
    return db.session.get(Premises, row.merged_into_id)


def load_row(scope: Scope, premises_id: UUID) -> Premises:
    """The very row of a place, whether or not another stands for it by now: what is found goes on under the name it was begun
    with. Raises NotThere where neither of the two is within scope."""
    load(scope, premises_id)
    return db.session.get_one(Premises, premises_id)


_HELD = (
    select(Premises)
    .where(Premises.id.in_(bindparam("ids", expanding=True)))
    .order_by(Premises.id)
    .with_for_update(key_share=True)
    .execution_options(populate_existing=True)
)


def hold(premises_ids: Iterable[UUID]) -> list[Premises]:
    """Places as they are now, locked until the transaction ends, in the order of their ids.

    Whoever finds something at a place, or takes a step on a hazard there, holds it (docs/decisions/0018). What only
    refers to it does not wait: it is no key that is locked.
    """
    return list(db.session.scalars(_HELD, {"ids": list(premises_ids)}))


def within(scope: Scope, premises_ids: Iterable[UUID]) -> list[Premises]:
    """Those of the places that somebody sees, in the order of their names; what was merged into another is left out."""
    found: list[Premises] = []
    for some in slices(premises_ids):
        seen = select(Premises).where(Premises.id.in_(some), visible(scope), Premises.merged_into_id.is_(None))
        found += db.session.scalars(seen)
    return sorted(found, key=lambda row: (row.name, row.id))


def by_door_code(scope: Scope, code: str) -> Premises | None:
    """The place behind a door QR, if it lies within scope; behind the sheet of one that was merged, the one that stands."""
    row = db.session.scalar(select(Premises).where(Premises.door_code == folded(code).upper()))
    found = _standing(row)
    return found if row is not None and found is not None and (sees(scope, row) or sees(scope, found)) else None


def search(scope: Scope, words: str = "", limit: int = 50) -> Sequence[Premises]:
    """Places by part of a name or address."""
    statement = select(Premises).where(visible(scope), Premises.merged_into_id.is_(None))
    if folded(words):
        statement = statement.where(named(words))
    return db.session.scalars(statement.order_by(Premises.name, Premises.id).limit(limit)).all()


def twin_of(scope: Scope, name: str, address: str) -> Premises | None:
    """A place within scope that is registered under the same name and address, or was before it was merged."""
    row = db.session.scalar(
        select(Premises)
        .where(visible(scope), Premises.twin_key == twin_key(name, address))
        .order_by(Premises.merged_into_id.is_not(None), Premises.made_at, Premises.id)
        .limit(1)
    )
    return _standing(row)


def twin(scope: Scope, row: Premises) -> Premises | None:
    """The place that this one may be a double of, while nobody has looked and where it is within scope."""
    other = _standing(db.session.get(Premises, row.maybe_double_of_id) if row.maybe_double_of_id else None)
    return other if other is not None and other.id != row.id and sees(scope, other) else None


def maybe_doubles(scope: Scope) -> int:
    """How many places were registered without a signal under the name and address of another one."""
    statement = select(func.count()).select_from(Premises).where(visible(scope), is_maybe_double())
    return db.session.scalar(walking(statement, Premises, "ix_premises_maybe_double")) or 0


_OTHER = aliased(Premises)


def is_maybe_double() -> ColumnElement[bool]:
    """Whether a place may be one with another of its name and address, and nobody has looked."""
    settled = select(_OTHER.id).where(_OTHER.id == Premises.maybe_double_of_id, _OTHER.merged_into_id == Premises.id)
    return Premises.maybe_double_of_id.is_not(None) & Premises.merged_into_id.is_(None) & ~settled.exists()


_PARTY_ON = (
    select(PremisesParty.party_id)
    .where(
        PremisesParty.premises_id.in_(ONE_PLACE),
        holds_on(PremisesParty, bindparam("day")),
    )
    .order_by(
        PremisesParty.role != "operator",
        PremisesParty.premises_id != stands(bindparam("premises")),
        PremisesParty.since.desc(),
    )
    .limit(1)
)


def party_on(premises_id: UUID, day: date) -> UUID | None:
    """Who answered for a place on a day: the 经营者 first; None is 待查."""
    found: UUID | None = run(_PARTY_ON, {"premises": premises_id, "day": day}).scalar()
    return found


_PARTIES = select(PremisesParty.party_id).where(
    PremisesParty.premises_id.in_(ONE_PLACE),
    not_ended(PremisesParty, bindparam("day")),
)
RECUSED = select(Recusal.person_id).where(
    or_(
        Recusal.premises_id.in_(ONE_PLACE),
        Recusal.party_id.in_(one_party(_PARTIES)),
        Recusal.party_id.in_(one_party(select(Party.id).where(Party.id == bindparam("party")))),
    )
)


def recused(premises_id: UUID, party_id: UUID | None = None) -> frozenset[UUID]:
    """回避: persons linked to a place or to a party that answers for it; they get neither visit nor verification there.

    `party_id` is a party to count besides those of today: the one a hazard was found under.
    """
    db.session.flush()
    given = {"premises": premises_id, "party": party_id, "day": clock.today()}
    return frozenset(run(RECUSED, given).scalars())


def unconfirmed(scope: Scope) -> int:
    """How many places were made in the field and not yet looked at."""
    statement = (
        select(func.count())
        .select_from(Premises)
        .where(visible(scope), Premises.confirmed.is_(False), Premises.merged_into_id.is_(None))
    )
    return db.session.scalar(walking(statement, Premises, "ix_premises_unconfirmed")) or 0


_FORMER = aliased(Premises)  # a row that another one stands for: what it was called still finds


def named(words: str) -> ColumnElement[bool]:
    """By part of the name or address, or by a whole code: the number printed under the door's QR, or what the QR holds."""
    code = folded(words).upper()
    own = or_(Premises.holds(words), Premises.code == code, Premises.door_code == code)
    former = or_(
        _FORMER.folded.contains(folded(words), autoescape=True), _FORMER.code == code, _FORMER.door_code == code
    )
    return own | Premises.id.in_(select(_FORMER.merged_into_id).where(_FORMER.merged_into_id.is_not(None), former))


def parties_of(premises_id: UUID) -> Sequence[tuple[PremisesParty, Party]]:
    """Who answers for a place today; nobody is 待查."""
    today = clock.today()
    rows = db.session.execute(
        select(PremisesParty, Party)
        .join(Party, Party.id == PremisesParty.party_id)
        .where(
            at_place(PremisesParty.premises_id, premises_id),
            holds_on(PremisesParty, today),
        )
        .order_by(
            PremisesParty.role != "operator", PremisesParty.premises_id != stands(premises_id), PremisesParty.since
        )
    )
    return [(row[0], row[1]) for row in rows]


def status_history(premises_id: UUID, most: int = 20) -> Sequence[tuple[PremisesStatus, str]]:
    """What a place was said to be, from when, and by whom; the newest first."""
    rows = db.session.execute(
        select(PremisesStatus, Person.name)
        .join(Person, Person.id == PremisesStatus.person_id)
        .where(at_place(PremisesStatus.premises_id, premises_id))
        .order_by(PremisesStatus.told_at.desc(), PremisesStatus.id.desc())
        .limit(most)
    )
    return [(row[0], row[1]) for row in rows]


def earlier_parties(premises_id: UUID) -> Sequence[tuple[PremisesParty, Party]]:
    """Who answered for a place before, the newest first."""
    rows = db.session.execute(
        select(PremisesParty, Party)
        .join(Party, Party.id == PremisesParty.party_id)
        .where(at_place(PremisesParty.premises_id, premises_id), PremisesParty.until < clock.today())
        .order_by(PremisesParty.until.desc())
    )
    return [(row[0], row[1]) for row in rows]


def name_of(premises_id: UUID | None, party_id: UUID | None) -> tuple[str, str]:
    """What a declaration is tied to, in words: the kind of tie and its name."""
    if premises_id is not None:
        premises = db.session.get(Premises, premises_id)
        return "场所", f"{premises.name}，{premises.address}" if premises else "已删去的场所"
    party = db.session.get(Party, party_id) if party_id else None
    return "责任主体", party.name if party else "已删去的责任主体"
