"""What a phone carries after being told of changes is what it would be sent anew: whatever happened, in whatever order."""

from dataclasses import replace
from datetime import date
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import Connection, text

from inspect_app.kernel.database import db, writing
from inspect_app.people.models import Area
from inspect_app.people.rules import Scope
from inspect_app.premises import carried, merging
from inspect_app.premises.compact import PlaceCarried
from inspect_app.premises.models import Premises
from inspect_app.visits.doorstep import at_the_door, open_in
from tests.database.conftest import Town
from tests.database.crowd import Phone, answer, new_place, started

MANY = 10_000


class Carrier:
    """A phone: what it carries, and from where on it asks."""

    def __init__(self, scope: Scope) -> None:
        db.session.rollback()
        self.scope, self.mark = scope, carried.next_mark()
        self.heard: set[UUID] = set()
        self.places: dict[UUID, PlaceCarried] = {place.id: place for place in carried.whole(scope)}
        db.session.rollback()

    def told(self) -> set[UUID]:
        """Hear what has changed; the ids of what stands otherwise here than before. PostgreSQL tells again what was committed
        while an older transaction was under way, in whatever database of the same server."""
        db.session.rollback()
        mark, changes = carried.next_mark(), carried.changes(self.scope, self.mark, MANY)
        db.session.rollback()
        assert changes is not None
        self.mark, before = mark, dict(self.places)
        self.heard = {*(place.id for place in changes.rows), *changes.gone}
        self.places |= {place.id: place for place in changes.rows}
        for one in changes.gone:
            self.places.pop(one, None)
        return {one for one in self.heard if before.get(one) != self.places.get(one)}

    def is_whole(self) -> bool:
        """Whether it carries what it would be sent anew."""
        db.session.rollback()
        return list(carried.whole(self.scope)) == sorted(self.places.values(), key=lambda place: place.id)


def _phone(town: Town, login: str = "daibiao1") -> Carrier:
    return Carrier(town.district.scope(login))


def _set(place: UUID, **values: object) -> None:
    with writing():
        row = db.session.get_one(Premises, place)
        for name, value in values.items():
            setattr(row, name, value)


def _only_told(phone: Carrier, *places: UUID) -> None:
    """Nothing else is even sent, where no other database of the server holds that back."""
    if db.engine.dialect.name == "sqlite":
        assert phone.heard == set(places)


def test_only_what_changed_is_told_and_nothing_where_nothing_did(town: Town) -> None:
    place, other = new_place(town.district, "一记"), new_place(town.district, "二记")
    phone = _phone(town)
    assert phone.told() == set()
    for values in (
        {"name": "改记"},
        {"facts": {"staff": 4}},
        {"lon": 118.7, "lat": 32.0, "crs": "GCJ02"},
        {"status": "gone"},
    ):
        _set(place, **values)
        assert phone.told() == {place}
        _only_told(phone, place)
        assert phone.is_whole()
    _set(other, confirmed=False, phone="13800000000")
    assert phone.told() == set()
    _only_told(phone)
    late = new_place(town.district, "三记")
    assert phone.told() == {late}
    assert phone.is_whole()


def test_a_merged_place_leaves_the_phone_and_comes_back_when_that_is_undone(town: Town) -> None:
    losing, into = new_place(town.district, "旧记"), new_place(town.district, "新记")
    phone, scope = _phone(town), town.district.scope("du1")
    with writing():
        merge = merging.merge(scope, losing, into, "同一块招牌").id
    phone.told()
    assert losing not in phone.places
    assert phone.is_whole()
    with writing():
        merging.undo(scope, merge, "看错了")
    phone.told()
    assert losing in phone.places
    assert phone.is_whole()


def _other_area(town: Town) -> UUID:
    with writing():
        own = db.session.get_one(Premises, town.district.places[0]).area_id
        parent = db.session.get_one(Area, db.session.get_one(Area, town.district.scope("daibiao1").area_id).parent_id)
        row = Area(
            kind="street",
            name="别的街道",
            code="320199099",
            code_year=2023,
            valid_from=date(2023, 1, 1),
            parent_id=parent.id,
        )
        found = db.session.query(Area).filter_by(code=row.code).one_or_none()
        if found is None:
            db.session.add(row)
            db.session.flush()
        assert own != (found or row).id
        return (found or row).id


def test_a_place_that_moved_leaves_the_phones_of_the_area_it_left(town: Town) -> None:
    place, there = new_place(town.district, "搬家记"), _other_area(town)
    phone, wide = _phone(town), town.district.scope("daibiao1")
    beyond = Carrier(replace(wide, area_ids=frozenset({there})))
    both = Carrier(replace(wide, area_ids=wide.area_ids | {there}))
    all_of_it = Carrier(replace(wide, whole_district=True))
    own = db.session.get_one(Premises, place).area_id
    for area, here in ((there, False), (own, True)):
        _set(place, area_id=area)
        assert [one.told() for one in (phone, beyond, both, all_of_it)] == [{place}, {place}, set(), set()]
        assert [place in one.places for one in (phone, beyond, both, all_of_it)] == [here, not here, True, True]
        assert all(one.is_whole() for one in (phone, beyond, both, all_of_it))
    _set(place, area_id=there)
    _set(place, name="在那边改了名")
    assert phone.told() == {place}
    _set(place, name="又改了名")
    assert phone.told() == set()
    _only_told(phone)
    assert {"在那边改了名", "又改了名"}.isdisjoint(one.name for one in phone.places.values())


def test_a_row_taken_away_leaves_the_phone(town: Town) -> None:
    place = new_place(town.district, "删记")
    phone = _phone(town)
    with writing():
        db.session.execute(text("DELETE FROM premises WHERE name LIKE '删记%'"))
    assert phone.told() == {place}
    assert phone.is_whole()


def test_whoever_asks_seldom_has_what_whoever_asks_always_has(town: Town) -> None:
    chance, there = Random(16), _other_area(town)
    places = [new_place(town.district, f"第{number}家") for number in range(8)]
    own = db.session.get_one(Premises, places[0]).area_id
    often, seldom, scope = _phone(town), _phone(town), town.district.scope("du1")
    merges: list[UUID] = []
    for step in range(40):
        place, what = chance.choice(places), chance.randrange(5)
        if what == 0:
            places.append(new_place(town.district, f"新的{step}家"))
        elif what == 1:
            _set(place, name=f"改了{step}次")
        elif what == 2:
            _set(place, area_id=chance.choice([own, there]))
        elif what == 3 and len(places) - len(merges) > 2:
            standing = [one for one in places if db.session.get_one(Premises, one).merged_into_id is None]
            mine = [one for one in standing if db.session.get_one(Premises, one).area_id == own]
            if len(mine) > 1:
                with writing():
                    merges.append(merging.merge(scope, mine[0], mine[1], "同一家").id)
        elif merges:
            with writing():
                merge = merges.pop()
                actions_of = db.session.get_one(merging.PremisesMerge, merge)
                for row in (actions_of.premises_id, actions_of.into_id):
                    db.session.get_one(Premises, row).area_id = own
                db.session.flush()
                merging.undo(scope, merge, "看错了")
        often.told()
        assert often.is_whole(), step
    seldom.told()
    assert seldom.is_whole()
    assert seldom.places == often.places


def test_more_changes_than_are_told_one_by_one_are_none(town: Town) -> None:
    phone = _phone(town)
    for number in range(3):
        new_place(town.district, f"很多{number}")
    assert carried.changes(phone.scope, phone.mark, 2) is None
    assert carried.changes(phone.scope, phone.mark, MANY) is not None
    assert carried.anything(phone.scope, phone.mark)
    assert phone.told()
    phone.told()
    if db.engine.dialect.name == "sqlite":
        assert not carried.anything(phone.scope, phone.mark)


def _rename(connection: Connection, place: UUID, name: str) -> None:
    key = place if connection.dialect.name == "postgresql" else place.hex
    connection.execute(text("UPDATE premises SET name = :name WHERE id = :id"), {"name": name, "id": key})


def test_what_is_committed_late_is_not_skipped(town: Town) -> None:
    """Begun before, committed after another one that the phone has heard of by then: nothing may be told by when it was written."""
    slow, quick = new_place(town.district, "慢记"), new_place(town.district, "快记")
    phone = _phone(town)
    db.session.rollback()
    with db.engine.connect() as late:
        _rename(late, slow, "慢记改了")
        if db.engine.dialect.name == "postgresql":  # SQLite has one writer: nobody can be between
            _set(quick, name="快记改了")
            assert phone.told() == {quick}
            phone.told()
            assert quick in phone.heard, "told again while somebody older is under way"
        assert phone.places[slow].name != "慢记改了"
        late.commit()
    assert phone.told() == {slow}
    assert phone.places[slow].name == "慢记改了"
    assert phone.is_whole()
    assert phone.told() == set()


def test_what_is_undone_is_not_told(town: Town) -> None:
    place = new_place(town.district, "退记")
    phone = _phone(town)
    with db.engine.connect() as undone:
        _rename(undone, place, "没有发生")
        undone.rollback()
    assert phone.told() == set()
    assert phone.is_whole()


def test_a_whole_that_is_read_while_somebody_writes_is_completed_by_the_next_changes(town: Town) -> None:
    place = new_place(town.district, "边读边写")
    with db.engine.connect() as late:
        _rename(late, place, "读完才写完")
        phone = _phone(town)
        late.commit()
    assert phone.places[place].name != "读完才写完"
    assert phone.told() == {place}
    assert phone.is_whole()


@pytest.mark.parametrize("login", ["daibiao1", "daibiao2"])
def test_the_same_area_has_one_key_and_another_area_another(town: Town, login: str) -> None:
    scope = town.district.scope(login)
    assert carried.area_key(scope) == carried.area_key(replace(scope, area_ids=frozenset(list(scope.area_ids)[::-1])))
    fewer = replace(scope, area_ids=frozenset(sorted(scope.area_ids, key=str)[1:]))
    assert len({carried.area_key(one) for one in (scope, fewer, replace(scope, whole_district=True))}) == 3


def test_what_is_open_in_the_area_is_told_by_place_and_counts_where_a_place_stands(town: Town) -> None:
    place, other, old = (new_place(town.district, name) for name in ("开着的", "别的", "旧的"))
    phone, scope = Phone(town.app, "daibiao1"), town.district.scope("daibiao1")
    for where, item in ((place, "F-EXIT-01"), (place, "F-EXIT-02"), (old, "F-EXIT-01")):
        visit = started(phone, where, town.district)
        assert phone.send([answer(phone, visit, item), phone.says("visit.submit", {"visit": visit})]) == ["applied"] * 2

    def told() -> dict[UUID, tuple[int, int, date | None]]:
        db.session.rollback()
        rows = {row[0]: (row[1], row[2], row[3]) for row in open_in(scope)}
        by_hand = at_the_door([place, other, old])
        for one in (place, other, old):
            door = by_hand[one]
            if rows.get(one, (0, 0, None))[0]:
                assert rows[one] == (door.open, door.to_verify, door.due_on)
        db.session.rollback()
        return rows

    rows = told()
    assert [rows.get(one, (0,))[0] for one in (place, other, old)] == [2, 0, 1]
    with writing():
        merging.merge(town.district.scope("du1"), old, place, "同一家")
    rows = told()
    assert [rows.get(one, (0,))[0] for one in (place, old)] == [3, 0]
    assert open_in(replace(scope, area_ids=frozenset())) == []
    assert {row[0] for row in open_in(replace(scope, whole_district=True))} >= rows.keys()
