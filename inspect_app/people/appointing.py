"""Terms: who is appointed to what, where and until when. Writes them."""

from datetime import date
from uuid import UUID

from inspect_app.kernel import spelling
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Faults, NotAllowed, Refused
from inspect_app.kernel.limits import whole

from .models import Area, Organisation, RoleTerm, Station
from .rules import DEPUTY_LEVELS, Role, Side


def check_term(
    faults: Faults,
    role: Role | None,
    organisation_id: UUID | None,
    area_id: UUID | None,
    since: date | None,
    until: date | None,
    level: str,
    station_id: UUID | None,
) -> None:
    """Adds to the faults what is missing of a term or cannot be: an office of the other side, a last day before the first."""
    organisation = db.session.get(Organisation, organisation_id) if organisation_id else None
    faults.need(role, "请选角色。", "role")
    faults.need(organisation, "请选单位。", "organisation_id")
    faults.need(area_id and db.session.get(Area, area_id), "请选片区。", "area_id")
    faults.need(station_id is None or db.session.get(Station, station_id), "请选家站点。", "station_id")
    faults.need(since, "请选从哪天起。", "since")
    if organisation is not None and role is Role.HANDLER and organisation.side != Side.GOVERNMENT:
        faults.add("承办人要在政府侧的单位。", "organisation_id")
    if organisation is not None and role is Role.DEPUTY and organisation.side != Side.CONGRESS:
        faults.add("代表要挂在人大侧的单位。", "organisation_id")
    if role is Role.DEPUTY and level not in DEPUTY_LEVELS:
        faults.add("请选是市代表还是区代表。", "level")
    if until is not None and since is not None and until < since:
        faults.add("结束日期不能早于开始日期。", "until")


def not_oneself(person_id: UUID, by: UUID | None) -> None:
    """Refuse that somebody gives a role to themselves, or more of one. Raises NotAllowed."""
    if by == person_id:
        raise NotAllowed("不能给自己加任期、延长任期或换片区，请另一位管理员来办。")


def appoint(
    person_id: UUID,
    role: Role,
    *,
    organisation_id: UUID,
    area_id: UUID,
    since: date,
    until: date | None = None,
    level: str = "区",
    congress_term: str = "",
    station_id: UUID | None = None,
    by: UUID | None = None,
    so_far: Faults | None = None,
) -> RoleTerm:
    """A new term; one side of the house cannot hold a role of the other. Level, 届 and station belong to deputies. `by` is
    the administrator's own person; raises NotAllowed where it is the same."""
    not_oneself(person_id, by)
    faults = so_far or Faults()
    check_term(faults, role, organisation_id, area_id, since, until, level, station_id)
    faults.refuse()
    is_deputy = role is Role.DEPUTY
    term = RoleTerm(
        person_id=person_id,
        role=role,
        organisation_id=organisation_id,
        area_id=area_id,
        since=since,
        until=until,
        level=level if is_deputy else "",
        congress_term=whole(spelling.plain(congress_term), "congress_term", "congress_term") if is_deputy else "",
        station_id=station_id if is_deputy else None,
    )
    db.session.add(term)
    db.session.flush()
    return term


def correct_term(
    term: RoleTerm,
    *,
    area_id: UUID | None,
    level: str,
    congress_term: str,
    station_id: UUID | None,
    by: UUID | None = None,
) -> None:
    """Set right where a term is held: area and, of a deputy, level, 届 and station. Role, office and first day stay: what
    was done was done under them; who needs others gets a further term. What was done so far stays as it is written."""
    not_oneself(term.person_id, by)
    faults = Faults()
    check_term(faults, Role(term.role), term.organisation_id, area_id, term.since, term.until, level, station_id)
    faults.refuse()
    if area_id is not None:
        term.area_id = area_id
    if term.role == Role.DEPUTY:
        term.level, term.congress_term, term.station_id = level, spelling.plain(congress_term), station_id
    db.session.flush()


def end_term(term: RoleTerm, until: date, *, by: UUID | None = None) -> None:
    """End a term with a day. Where it was to end sooner it goes on: one's own nobody lengthens."""
    if term.until is not None and until > term.until:
        not_oneself(term.person_id, by)
    if until < term.since:
        raise Refused("结束日期不能早于开始日期。", field="until")
    term.until = until
    db.session.flush()
