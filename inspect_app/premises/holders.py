"""Who answers for which places, seen from the party: one body with its credit code, or one row where there is none.

Party rows never move, for hazards, papers and chains name them; what is one is read as one. Reads.
Docs: docs/decisions/0050-who-holds-many-places.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased

from inspect_app.kernel import clock
from inspect_app.kernel.columns import holds_on
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere
from inspect_app.kernel.spelling import folded
from inspect_app.people.rules import Scope

from .merged import one_place, stands
from .models import Party, Premises, PremisesParty
from .one_party import one_party
from .queries import visible

MOST_HELD = 100  # places of one party that a page lists; how many there are is said


def places_held(party_id: UUID) -> Select[UUID]:
    """The ids of the rows of all places that a party answers for today, in whatever part; what was merged into them included."""
    links, rows, family = aliased(PremisesParty), aliased(Premises), aliased(Premises)
    held = select(links.premises_id).where(links.party_id.in_(one_party([party_id])), holds_on(links, clock.today()))
    roots = select(func.coalesce(rows.merged_into_id, rows.id)).where(rows.id.in_(held))
    return select(family.id).where(or_(family.id.in_(roots), family.merged_into_id.in_(roots)))


def unanswered() -> ColumnElement[bool]:
    """待查: nobody is known to answer today for the place that stands, nor for a row that was merged into it. Asked one after the
    other, for most places are answered for by the first."""
    rows = aliased(Premises)
    merged = select(rows.id).where(rows.merged_into_id == Premises.id).correlate(Premises)
    own, other = aliased(PremisesParty), aliased(PremisesParty)
    itself = select(own.id).where(own.premises_id == Premises.id, holds_on(own, clock.today()))
    through = select(other.id).where(other.premises_id.in_(merged), holds_on(other, clock.today()))
    return ~itself.correlate(Premises).exists() & ~through.correlate(Premises).exists()


@dataclass(frozen=True)
class HoldingRow:
    """One part in which a party answers, or answered, for a place: the row under which it is registered and the one that stands."""

    link: PremisesParty
    party: Party
    place: Premises

    @property
    def holds(self) -> bool:
        """Whether it holds today."""
        return self.link.until is None or self.link.until >= clock.today()


@dataclass(frozen=True)
class PartyThere:
    """A party as somebody sees it: what it holds and held at places within scope, the newest first."""

    party: Party  # the row that was said last
    names: Sequence[str]  # other names under the same code
    now: Sequence[HoldingRow]
    before: Sequence[HoldingRow]
    held: int  # places it answers for now, also those that are not listed


def party_there(scope: Scope, party_id: UUID) -> PartyThere:
    """A party with what it holds. Raises NotThere for one that holds and held nothing within scope."""
    now, before = (_holdings(scope, party_id, holds=holds) for holds in (True, False))
    if not now and not before:
        raise NotThere
    newest = max((*now, *before), key=lambda row: (row.link.since, str(row.link.id))).party
    names = dict.fromkeys(row.party.name for row in (*now, *before) if row.party.name != newest.name)
    return PartyThere(newest, list(names), now, before, _number_held(scope, party_id))


def _holdings(scope: Scope, party_id: UUID, *, holds: bool) -> list[HoldingRow]:
    today = clock.today()
    when = holds_on(PremisesParty, today) if holds else PremisesParty.until < today
    order = Premises.name if holds else PremisesParty.until.desc()
    rows = db.session.execute(
        _found(select(PremisesParty, Party, Premises))
        .where(PremisesParty.party_id.in_(one_party([party_id])), when, visible(scope))
        .order_by(order, PremisesParty.id)
        .limit(MOST_HELD)
    )
    return [HoldingRow(*row) for row in rows]


def _number_held(scope: Scope, party_id: UUID) -> int:
    counted = _found(select(func.count(Premises.id.distinct()))).where(
        PremisesParty.party_id.in_(one_party([party_id])), holds_on(PremisesParty, clock.today()), visible(scope)
    )
    return db.session.scalar(counted) or 0


def _found(statement: Any) -> Any:
    """A statement of holdings joined with the party and with the place that stands."""
    own = aliased(Premises)
    return (
        statement.select_from(PremisesParty)
        .join(Party, Party.id == PremisesParty.party_id)
        .join(own, own.id == PremisesParty.premises_id)
        .join(Premises, Premises.id == func.coalesce(own.merged_into_id, own.id))
    )


@dataclass(frozen=True)
class Namesake:
    """A party of the same name that answers for other places, with the first of them."""

    party: Party
    places: Sequence[str]

    @property
    def said(self) -> str:
        """The places in words: the first two, and how many there are."""
        some = "、".join(self.places[:2])
        return some if len(self.places) <= 2 else f"{some}等 {len(self.places)} 处"


def namesakes(scope: Scope, name: str, premises_id: UUID, most: int = 5) -> list[Namesake]:
    """Parties without a credit code of this very name that answer for other places within scope: they may be the same one, which only
    somebody who knows can say."""
    if not folded(name):
        return []
    rows = db.session.execute(
        _found(select(Party, Premises.name))
        .where(
            Party.name == name,
            Party.credit_code.is_(None),
            Premises.id.not_in(one_place(premises_id)),
            holds_on(PremisesParty, clock.today()),
            visible(scope),
        )
        .order_by(Premises.name, PremisesParty.id)
        .limit(200)
    )
    found: dict[UUID, tuple[Party, dict[str, None]]] = {}
    for party, place in rows:
        found.setdefault(party.id, (party, {}))[1][place] = None
    return [Namesake(party, list(places)) for party, places in list(found.values())[:most]]


def held_at(premises_id: UUID, link_id: UUID) -> PremisesParty | None:
    """A holding of this place, or of one merged into it, that has no end yet."""
    return db.session.scalar(
        select(PremisesParty).where(
            PremisesParty.id == link_id,
            PremisesParty.premises_id.in_(one_place(stands(premises_id))),
            PremisesParty.until.is_(None),
        )
    )
