"""One reading of a hazard: what its page shows and what its forms offer, each table asked once, by one function."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from inspect_app.checklists import library
from inspect_app.hazards import flags, gallery, log, origins, queries, records, register
from inspect_app.hazards.actions import flagging
from inspect_app.hazards.case import actor_of, case_of, shows_unmended
from inspect_app.hazards.chain import ChainFault
from inspect_app.hazards.flags import Looked
from inspect_app.hazards.gallery import Gallery
from inspect_app.hazards.models import Hazard, HazardRequest
from inspect_app.hazards.named import Names, names_in
from inspect_app.hazards.offices import OfficeRegister
from inspect_app.hazards.origins import HazardOrigin
from inspect_app.hazards.queries import LogLine
from inspect_app.hazards.records import Records
from inspect_app.hazards.rules import Actor, Case, Step
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere
from inspect_app.papers import queries as papers
from inspect_app.papers import validity
from inspect_app.papers.models import Paper, Service
from inspect_app.papers.standing import PaperStanding
from inspect_app.people.models import Organisation
from inspect_app.people.rules import Scope
from inspect_app.premises import queries as premises
from inspect_app.premises.models import Party, Premises, PremisesParty


@dataclass(frozen=True, eq=False)
class Dossier:
    """A hazard as one person sees it at one moment. A part is read where it is first asked for, and then stays.

    What is written afterwards is not in it: the page after a step is drawn from a new one.
    """

    scope: Scope
    hazard: Hazard  # loaded within the scope, or locked for a step of it

    @cached_property
    def me(self) -> Actor:
        return actor_of(self.scope)

    @cached_property
    def records(self) -> Records:
        return records.read(self.hazard)

    @cached_property
    def case(self) -> Case:
        return case_of(self.hazard, read=self.records, objected=self._objected())

    def _objected(self) -> bool:
        """Whether it was seen unmended since it waits to be closed, or a photo of it is asked about."""
        since = self.hazard.awaiting_closure_since
        if since is None:
            return False
        later = (line.event for line in self.log if line.event.at >= since)
        seen = (event.body for event in later if event.step in (Step.SIGHT, Step.OBSERVE))
        return self.looked.open > 0 or any(map(shows_unmended, seen))

    @property
    def register(self) -> OfficeRegister:
        """All areas and offices of today."""
        return self.records.register

    @cached_property
    def authorities(self) -> Sequence[Organisation]:
        """Who may determine in the field of the hazard."""
        return flagging.authorities(self.hazard)

    @cached_property
    def requests(self) -> Sequence[HazardRequest]:
        """What is asked and not decided, in the order in which it was asked."""
        return self.records.requests[::-1]

    @cached_property
    def log(self) -> list[LogLine]:
        """The log, newest first."""
        return queries.log_of(self.hazard)

    def newest(self, step: Step) -> LogLine | None:
        """The newest line of a step."""
        return next((line for line in self.log if line.event.step == step), None)

    @cached_property
    def fault(self) -> ChainFault | None:
        """The first fault of the chain, or of the row against it."""
        return log.fault_in(self.hazard, log.links_of([line.event for line in reversed(self.log)]))

    @cached_property
    def names(self) -> Names:
        """The names of everybody and everything that the page mentions."""
        hazard = self.hazard
        people = {hazard.found_by_person_id, hazard.appointed_person_id}
        people |= {row.asked_by_person_id for row in self.requests}
        people |= {row.person_id for row in self.records.sightings}
        for row in self.records.rounds:
            people |= {row.submitted_by_person_id, row.witness_person_id, row.verified_by_person_id}
            people |= {row.closed_by_person_id}
        return names_in(self.log, people, self.register)

    @cached_property
    def premises(self) -> Premises:
        return db.session.get_one(Premises, self.hazard.premises_id)

    @cached_property
    def parties(self) -> Sequence[tuple[PremisesParty, Party]]:
        """Who answers for the place today."""
        return premises.parties_of(self.hazard.premises_id)

    @cached_property
    def beside(self) -> Sequence[Hazard]:
        """The other open hazards of the place that this person sees, the most urgent first."""
        rows = register.at_premises(self.scope, self.hazard.premises_id)
        return [row for row in rows if row.id != self.hazard.id]

    @property
    def twins(self) -> Sequence[Hazard]:
        """Those among them of the same item: the desk is asked to 并案."""
        if self.hazard.item_code is None or self.hazard.settled_on is not None:
            return []
        names = library.aliases().kin(self.hazard.item_code)
        alike = [row for row in self.beside if row.item_code in names]
        return sorted(alike, key=lambda row: row.found_at)

    @cached_property
    def target(self) -> Hazard | None:
        """The hazard that this one was merged into."""
        return db.session.get(Hazard, self.hazard.merged_into_id) if self.hazard.merged_into_id else None

    @cached_property
    def earlier(self) -> Hazard | None:
        """The one before at the same place, if this person sees it."""
        if self.hazard.recurs_hazard_id is None:
            return None
        try:
            return queries.load(self.scope, self.hazard.recurs_hazard_id)
        except NotThere:
            return None

    @cached_property
    def gallery(self) -> Gallery:
        return gallery.gallery_of(self.hazard, self.premises, self.records.photos)

    @cached_property
    def origins(self) -> Sequence[HazardOrigin]:
        """Who told the desk of it; asked only where the log says that somebody did."""
        told = any(line.event.body["facts"].get("source") for line in self.log)
        return origins.of(self.hazard.id) if told else []

    @cached_property
    def looked(self) -> Looked:
        """What about the photos is to be looked at: for the desk alone."""
        return flags.of_hazard(self.scope, self.hazard, self.records.photos)

    @cached_property
    def sheets(self) -> Sequence[Paper]:
        """The papers it stands on, newest first."""
        return list(papers.of_hazard(self.hazard.id))

    @cached_property
    def services(self) -> Mapping[UUID, list[Service]]:
        """What was recorded of bringing each paper."""
        return papers.services_of(self.sheets)

    @cached_property
    def standings(self) -> Mapping[UUID, PaperStanding]:
        """How each paper stands today."""
        return validity.standings(self.sheets)
