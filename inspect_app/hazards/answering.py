"""Who answers for an office: its own people, then those of the offices above it, then the desk of the area. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from inspect_app.people.rules import Role

NOBODY: frozenset[UUID] = frozenset()
ACTING = (Role.SUPERVISOR, Role.HANDLER, Role.LEADER)


@dataclass(frozen=True)
class Offices:
    """The offices there are: which stands above which, whose area has which desk, who holds what role in each today."""

    above: Mapping[UUID, UUID | None]
    desks: Mapping[UUID, UUID]  # by area, the widest areas among them
    areas: Mapping[UUID, UUID | None]  # each with the one above it
    people: Mapping[tuple[UUID, Role], frozenset[UUID]]

    def holding(self, role: Role, *offices: UUID) -> frozenset[UUID]:
        """Who holds a role in one of the offices."""
        return frozenset().union(*(self.people.get((office, role), NOBODY) for office in offices))

    def desk_of(self, area_id: UUID) -> UUID | None:
        """The district desk of an area: the nearest office that answers for what nobody has yet, else any there is."""
        area: UUID | None = area_id
        while area is not None:
            if area in self.desks:
                return self.desks[area]
            area = self.areas.get(area)
        return next(iter(self.desks.values()), None)

    def closing(self, office: UUID | None, area_id: UUID, verifier: UUID | None) -> tuple[UUID, ...]:
        """Whose supervisors close: the office that handed over; where it has none but the verifier, those above it too.

        Ends with the first that has somebody; the desk of the area stands behind all of them.
        """
        found: list[UUID] = []
        for one in self._upwards((office, self.desk_of(area_id))):
            found.append(one)
            if self.holding(Role.SUPERVISOR, one) - {verifier}:
                break
        return tuple(found)

    def answering(self, office: UUID | None, asker: UUID | None) -> tuple[UUID, ...]:
        """Whose people answer what was asked of an office: its own, its head among them; where it has nobody but who asked,
        those above it too. Empty where nobody was asked."""
        found: list[UUID] = []
        for one in self._upwards((office,)):
            found.append(one)
            if self.anybody(one) - {asker}:
                break
        return tuple(found)

    def anybody(self, *offices: UUID) -> frozenset[UUID]:
        """Who acts for one of the offices: officers and heads."""
        return frozenset().union(*(self.holding(role, *offices) for role in ACTING))

    def above_asker(self, office: UUID | None, area_id: UUID) -> tuple[UUID, ...]:
        """The offices whose head may be the second person: that of who asked, those above it, and the desk."""
        return tuple(self._upwards((office, self.desk_of(area_id))))

    def answers_for(self, mine: UUID) -> dict[UUID, UUID | None]:
        """The offices below mine that have nobody else to answer, each with its lone person, who may be who asked."""
        found: dict[UUID, UUID | None] = {}
        for office in self.above:
            own = self.anybody(office)
            lone = next(iter(own), None)
            if office != mine and len(own) < 2 and mine in self.answering(office, lone):
                found[office] = lone
        return found

    def silent(self) -> dict[UUID, UUID | None]:
        """The offices for which nobody is left to answer but by a paper, each with its lone person as above."""
        found: dict[UUID, UUID | None] = {}
        for office in self.above:
            lone = next(iter(self.anybody(office)), None)
            if not self.anybody(*self.answering(office, lone)) - {lone}:
                found[office] = lone
        return found

    def stands_in(self, mine: UUID, area_id: UUID) -> dict[UUID, UUID | None]:
        """The other offices that a supervisor of mine closes for, each with its lone supervisor, who may have verified."""
        found: dict[UUID, UUID | None] = {}
        for office in self.above:
            own = self.holding(Role.SUPERVISOR, office)
            lone = next(iter(own), None)
            if office != mine and len(own) < 2 and mine in self.closing(office, area_id, lone):
                found[office] = lone
        return found

    def _upwards(self, starts: Iterable[UUID | None]) -> Iterator[UUID]:
        """Each start and those above it, each once."""
        seen: set[UUID] = set()
        for start in starts:
            office = start
            while office is not None and office not in seen:
                seen.add(office)
                yield office
                office = self.above.get(office)
