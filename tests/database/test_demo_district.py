"""The streets of the whole demo: as many people and stations as a district has, and in each street enough for every life."""

from collections import Counter

from flask import Flask
from sqlalchemy import func, select

from inspect_app.demo import people, wider
from inspect_app.demo.growing import rosters
from inspect_app.kernel.database import db, writing
from inspect_app.people.models import Account, Organisation, Person, RoleTerm, Station
from inspect_app.people.queries import scope_for
from inspect_app.people.rules import Role


def test_a_whole_district_works_in_twelve_streets(own_database: Flask) -> None:
    with writing():
        cast = people.make()
        wider.make(cast)
    streets = rosters.streets()
    assert len(streets) == 12
    by_level = Counter(db.session.scalars(select(RoleTerm.level).where(RoleTerm.role == Role.DEPUTY)))
    assert by_level.total() == 220
    assert set(by_level) == {"区", "市"}
    assert Counter(db.session.scalars(select(Station.kind))) == wider.STATIONS
    base = rosters.of_street(next(street for street in streets if street.id == cast.street))
    assert all(rosters.of_street(street).can_stand_in(base) for street in streets)
    assert db.session.scalar(select(func.count(Person.name.distinct()))) == db.session.scalar(
        select(func.count(Person.id))
    )
    letters = db.session.scalars(select(Organisation.letter_code)).all()
    assert len(set(letters)) == len(letters)
    account = db.session.scalars(select(Account).where(Account.login == "du1102")).one()
    scope = scope_for(account.id, people.SINCE)
    assert scope is not None
    assert scope.role is Role.SUPERVISOR
    assert len(scope.area_ids) == 6
