"""Holding what an intention adds to: one order for everybody, so that nobody waits in a circle (docs/decisions/0018)."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import literal, null, select, union_all

from inspect_app.hazards.actions.finding import ENDED_AT
from inspect_app.hazards.locking import premises_of
from inspect_app.kernel import clock
from inspect_app.kernel.database import db, run
from inspect_app.kernel.errors import NotThere
from inspect_app.premises import queries as premises
from inspect_app.premises.models import Premises
from inspect_app.visits import queries as visits
from inspect_app.visits.begun import Begun
from inspect_app.visits.models import Visit


@dataclass(frozen=True)
class Met:
    """What a visit meets at a place: who has to keep away from it (回避), and whether anything was ended because it was gone."""

    keep_away: frozenset[UUID]
    was_gone: bool


_LINKED = premises.RECUSED.subquery()
_MET = union_all(
    select(_LINKED.c.person_id.label("person_id"), literal(0).label("ended")),
    select(null(), literal(1)).where(ENDED_AT.exists()),
)


class HeldRows:
    """Visits and premises that a request adds to, as they are now and locked until its transaction ends, and the visits that
    begin in it. The session forgets rows that nobody keeps: here they are kept."""

    def __init__(self, visits_now: Iterable[Visit], premises_now: Iterable[Premises]) -> None:
        self._visits = {row.id: row for row in visits_now}
        self._premises = {row.id: row for row in premises_now}
        self._at_first = dict(self._visits), dict(self._premises)
        self._asked: frozenset[UUID] = frozenset()
        self._met: dict[UUID, Met] = {}
        self.begun: dict[UUID, Begun] = {}

    @classmethod
    def all_of(cls, visit_ids: frozenset[UUID], place_ids: Iterable[UUID], hazard_ids: Iterable[UUID]) -> "HeldRows":
        """See `hold`."""
        found = visits.hold(visit_ids) if visit_ids else []
        wanted = {*place_ids, *(visit.premises_id for visit in found)}
        wanted |= premises_of(hazard_ids) if hazard_ids else set()
        held = cls(found, premises.hold(wanted) if wanted else ())
        held._asked = visit_ids
        return held

    def visit(self, visit_id: UUID) -> Visit | None:
        """A visit that is held, or is held now: another request may just have begun it. None where there is none."""
        known = self._visits.get(visit_id)
        if known is not None and (visit_id in self.begun or known in db.session):
            return known
        found = visits.hold([visit_id])
        self._visits |= {row.id: row for row in found}
        return found[0] if found else None

    def is_new(self, visit_id: UUID) -> bool:
        """Whether there was no such visit when everything was held. One who begins the same at this moment makes the later
        one fail and look again."""
        return visit_id in self._asked and visit_id not in self._visits

    def begin(self, begun: Begun) -> None:
        """Have a visit begin: it is its own lock, nobody else sees it."""
        self._visits[begun.visit.id], self.begun[begun.visit.id] = begun.visit, begun

    def sign(self, visit: Visit) -> None:
        """Make ready for a signature on a visit: it refers to a row."""
        if visit.id in self.begun:
            self.begun[visit.id].signed = True
            self.refer(visit)

    def refer(self, visit: Visit) -> None:
        """Have a visit that begins here stand in the database: a row is to refer to it."""
        if visit.id in self.begun:
            self.write()

    def unsigned(self, visit: Visit) -> bool:
        """Whether nobody has signed a visit, known without asking: it began here."""
        begun = self.begun.get(visit.id)
        return begun is not None and not begun.signed

    def place(self, premises_id: UUID) -> Premises:
        """Premises that are held, or are held now. Raises NotThere."""
        known = self._premises.get(premises_id)
        if known is not None and known in db.session:
            return known
        for row in premises.hold([premises_id]):
            self._premises[premises_id] = row
            return row
        raise NotThere

    def met(self, premises_id: UUID) -> Met:
        """What there is at a place that is held, read once: both of it changes only under its lock."""
        if premises_id not in self._met:
            db.session.flush()
            rows = run(_MET, {"premises": premises_id, "party": None, "day": clock.today()}).all()
            linked = frozenset(row.person_id for row in rows if not row.ended)
            self._met[premises_id] = Met(linked, any(row.ended for row in rows))
        return self._met[premises_id]

    def write(self) -> None:
        """Write what was put down for the visits that begin here."""
        for begun in self.begun.values():
            begun.write()

    def undone(self) -> None:
        """Forget what was done last, and with it the locks taken meanwhile: what is not held from the first is held again,
        and what began here is looked for, and read, in the database."""
        self.begun, self._asked, self._met = {}, frozenset(), {}
        self._visits, self._premises = dict(self._at_first[0]), dict(self._at_first[1])


def hold(visit_ids: Iterable[UUID], *, place_ids: Iterable[UUID] = (), hazard_ids: Iterable[UUID] = ()) -> HeldRows:
    """Visits, then their premises, those named and those of the hazards named: as they are now, locked until the
    transaction ends. What is not there yet is left out. Keep what this returns.
    """
    return HeldRows.all_of(frozenset(visit_ids), place_ids, hazard_ids)
