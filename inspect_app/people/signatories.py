"""签发人 of an office: who signs its papers off, from when until when. An administrator appoints them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Select, select

from inspect_app.kernel import clock
from inspect_app.kernel.columns import holds_on, not_ended
from inspect_app.kernel.database import db, there
from inspect_app.kernel.errors import Faults, Refused
from inspect_app.kernel.limits import whole

from .models import Organisation, OrganisationSignatory, Person, RoleTerm
from .rules import Role

MAY_SIGN = (Role.SUPERVISOR, Role.HANDLER, Role.LEADER)  # who reads papers at a desk


@dataclass(frozen=True)
class SignatoryShown:
    """A signatory with the name of the person."""

    row: OrganisationSignatory
    name: str

    @property
    def printed(self) -> str:
        """As a paper prints who signed it off."""
        return f"{self.name}（{self.row.duty}）" if self.row.duty else self.name


def all_of(organisation_id: UUID) -> Sequence[SignatoryShown]:
    """Everybody who ever was one of an office, those of today first."""
    return _shown(select(OrganisationSignatory, Person.name), organisation_id)


def on_day(organisation_id: UUID, day: date) -> Sequence[SignatoryShown]:
    """Who signs off for an office on a day."""
    return _shown(
        select(OrganisationSignatory, Person.name).where(holds_on(OrganisationSignatory, day)), organisation_id
    )


def one(organisation_id: UUID, person_id: UUID, day: date) -> SignatoryShown | None:
    """The appointment of a person on a day; None where they have none."""
    return next((shown for shown in on_day(organisation_id, day) if shown.row.person_id == person_id), None)


def _shown(query: Select[OrganisationSignatory, str], organisation_id: UUID) -> list[SignatoryShown]:
    mine = query.join(Person, Person.id == OrganisationSignatory.person_id).where(
        OrganisationSignatory.organisation_id == organisation_id
    )
    order = (OrganisationSignatory.until.is_not(None), OrganisationSignatory.since, OrganisationSignatory.id)
    return [SignatoryShown(row, name) for row, name in db.session.execute(mine.order_by(*order))]


def candidates(organisation_id: UUID, day: date) -> Sequence[Person]:
    """Who may be appointed: people who work in the office and read its papers."""
    working = select(RoleTerm.person_id).where(
        RoleTerm.organisation_id == organisation_id, RoleTerm.role.in_(MAY_SIGN), not_ended(RoleTerm, day)
    )
    return db.session.scalars(select(Person).where(Person.id.in_(working)).order_by(Person.name, Person.id)).all()


def load(signatory_id: UUID) -> OrganisationSignatory:
    """One appointment; raises NotThere."""
    return there(OrganisationSignatory, signatory_id)


def appoint_signatory(
    row: Organisation, *, person_id: UUID | None, duty: str, since: date | None, until: date | None, so_far: Faults
) -> OrganisationSignatory:
    """Let a person of the office sign its papers off from a day on. Raises Refused for one of another office, or twice."""
    duty = so_far.of(whole, duty, "organisation_short", "duty") or ""
    so_far.need(
        person_id in {person.id for person in candidates(row.id, clock.today())}, "请从名单里选人。", "person_id"
    )
    so_far.need(since, "请选从哪天起。", "since")
    so_far.need(until is None or since is None or until >= since, "结束日期不能早于开始日期。", "until")
    now = {
        shown.row.person_id for shown in all_of(row.id) if shown.row.until is None or shown.row.until >= clock.today()
    }
    so_far.need(person_id not in now, "已经是签发人了。", "person_id")
    so_far.refuse()
    assert person_id is not None
    assert since is not None
    made = OrganisationSignatory(organisation_id=row.id, person_id=person_id, duty=duty, since=since, until=until)
    db.session.add(made)
    db.session.flush()
    return made


def end_signatory(row: OrganisationSignatory, until: date) -> None:
    """End an appointment with a day; what was signed off under it stays."""
    if until < row.since:
        raise Refused("结束日期不能早于开始日期。", field="until")
    row.until = until
    db.session.flush()
