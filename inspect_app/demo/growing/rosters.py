"""Who stands for whom: the people and offices of one street, by the keys that those of every street have."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from inspect_app.kernel.database import db
from inspect_app.people.models import Account, Area, Organisation, Person, RoleTerm
from inspect_app.people.rules import Role, Side

MOST_IN_A_LIFE = 10  # deputies of the cast that a life may name: a street with fewer would have one be two people
_AT_LEAST = {Role.DEPUTY: MOST_IN_A_LIFE, Role.SUPERVISOR: 2, Role.HANDLER: 2}


@dataclass(frozen=True)
class Roster:
    """One street: its offices, and its people by office and role, each with what is written of them."""

    offices: Mapping[str, str]
    people: Mapping[tuple[str, Role], list[dict[str, str]]]

    def all(self) -> dict[str, str]:
        """Everything that is written of anybody, by key."""
        found = {f"office {key}": written for key, written in self.offices.items()}
        for (office, role), people in self.people.items():
            for number, person in enumerate(people):
                found |= {f"{office} {role} {number} {what}": written for what, written in person.items()}
        return found

    @property
    def deputies(self) -> int:
        """How many deputies there are."""
        return len(self.people["congress", Role.DEPUTY])

    def standing_in(self, base: "Roster", turn: int) -> dict[str, str]:
        """What is written here in the place of what is written in another street; deputies take turns."""
        found = {f"office {key}": self.offices[key] for key in base.offices}
        for (office, role), people in base.people.items():
            here = self.people[office, role]
            moved = turn if role is Role.DEPUTY else 0
            for number in range(len(people)):
                stands_in = here[(number + moved) % len(here)]
                found |= {f"{office} {role} {number} {what}": written for what, written in stands_in.items()}
        return found

    def can_stand_in(self, base: "Roster") -> bool:
        """Whether everybody of another street has somebody here, and nobody stands for two of one life."""
        there = set(base.offices) <= set(self.offices)
        enough = (len(self.people.get(key, ())) >= _AT_LEAST.get(key[1], 1) for key in base.people)
        return there and all(enough)


def of_street(street: Area) -> Roster:
    """The roster of a street."""
    offices = {
        _key(row): row for row in db.session.scalars(select(Organisation).where(Organisation.area_id == street.id))
    }
    people: dict[tuple[str, Role], list[dict[str, str]]] = {}
    for key, office in offices.items():
        rows = db.session.execute(
            select(RoleTerm.id, RoleTerm.role, Account.id, Account.login, Person.id, Person.name)
            .join(Person, Person.id == RoleTerm.person_id)
            .join(Account, Account.person_id == Person.id)
            .where(RoleTerm.organisation_id == office.id, RoleTerm.until.is_(None), Account.is_demo)
            .order_by(Account.login)
        )
        for term, role, account, _login, person, name in rows:
            written = {"term": str(term), "account": str(account), "sender": account.hex, "person": str(person)}
            people.setdefault((key, Role(role)), []).append(written | {"name": name})
    return Roster({key: str(row.id) for key, row in offices.items()}, people)


def _key(office: Organisation) -> str:
    if office.side == Side.CONGRESS:
        return "congress"
    return "part" if office.parent_id else "street"


def streets() -> list[Area]:
    """All streets."""
    return list(db.session.scalars(select(Area).where(Area.kind == "street").order_by(Area.code)))


def communities(street_id: UUID) -> list[Area]:
    """The communities of a street; the street itself where it has none."""
    wanted = select(Area).where(Area.parent_id == street_id).order_by(Area.code)
    return list(db.session.scalars(wanted)) or [db.session.get_one(Area, street_id)]
