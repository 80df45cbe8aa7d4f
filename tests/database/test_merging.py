"""Two places that are one: merged, found at afterwards, merged further, undone, and two who merge crosswise."""

from uuid import UUID

import pytest
from sqlalchemy import select

from inspect_app.hazards import register, searching
from inspect_app.hazards.filters import Filters
from inspect_app.hazards.models import Hazard
from inspect_app.imports.kinds.places import PlaceChecker
from inspect_app.imports.rules import RowVerdict
from inspect_app.kernel import clock
from inspect_app.kernel.database import db, writing
from inspect_app.kernel.errors import NotThere, Refused
from inspect_app.papers.listing import PaperFilters, all_of
from inspect_app.people.models import Area
from inspect_app.premises import actions as premises
from inspect_app.premises import merged, merging, queries
from inspect_app.premises.models import Premises, PremisesMerge
from inspect_app.visits import register as visits
from inspect_app.visits.doorstep import at_the_door
from tests.database.conftest import Town
from tests.database.crowd import Phone, answer, at_once, new_place, started


def _merged(town: Town, losing: UUID, into: UUID) -> UUID:
    with writing():
        return merging.merge(town.district.scope("du1"), losing, into, "同一块招牌").id


def _undone(town: Town, merge: UUID) -> None:
    with writing():
        merging.undo(town.district.scope("du1"), merge, "看错了")


def _found(town: Town, place: UUID, item: str = "F-EXIT-01") -> UUID:
    """A visit handed in from a phone that knows the place by this id; the hazard it found."""
    phone = Phone(town.app, "daibiao1")
    visit = started(phone, place, town.district)
    assert phone.send([answer(phone, visit, item), phone.says("visit.submit", {"visit": visit})]) == ["applied"] * 2
    return db.session.scalars(select(Hazard.id).where(Hazard.visit_id == UUID(visit))).one()


def _at(town: Town, place: UUID) -> set[UUID]:
    return {row.id for row in register.at_premises(town.district.scope("du1"), place)}


def _stands(place: UUID) -> UUID:
    return db.session.execute(select(merged.stands(place))).scalar_one()


def test_a_phone_that_holds_the_old_place_arrives_there_and_is_shown_at_the_one_that_stands(town: Town) -> None:
    old, new = new_place(town.district, "旧记"), new_place(town.district, "新记")
    before = _found(town, old)
    merge = _merged(town, old, new)
    later, own = _found(town, old, "F-EXIT-02"), _found(town, new, "F-EXIT-03")
    rows = {
        row.id: row.premises_id for row in db.session.scalars(select(Hazard).where(Hazard.id.in_([before, later, own])))
    }
    assert rows == {before: old, later: old, own: new}, "each stays where it was found"
    assert _at(town, new) == {before, later, own}
    assert {row.visit.premises_id for row in visits.of_premises(new)} == {old, new}
    assert {row.premises.id for row in visits.of_premises(new)} == {new}
    assert at_the_door([new])[new].open == 3
    _undone(town, merge)
    assert (_at(town, old), _at(town, new)) == ({before, later}, {own})
    assert [row.premises.id for row in visits.of_premises(old)] == [old, old]


def test_lists_and_search_name_the_place_that_stands_and_find_by_both_names(town: Town) -> None:
    old, new = new_place(town.district, "甲铺"), new_place(town.district, "乙铺")
    hazard, me = _found(town, old), town.district.scope("du1")
    names = {place: db.session.get_one(Premises, place).name for place in (old, new)}
    merge = _merged(town, old, new)

    def listed(words: str) -> dict[UUID, str]:
        return {row.id: row.premises_name for row in register.page(me, Filters(words=words)).rows}

    assert listed(names[new]) == listed(names[old]) == {hazard: names[new]}
    with writing():
        db.session.get_one(Premises, new).name = "改了名的店"
    assert listed("改了名的店") == {hazard: "改了名的店"}, "a name that changes later is followed"
    _undone(town, merge)
    assert (listed("改了名的店"), listed(names[old])) == ({}, {hazard: names[old]})
    assert searching.missing() == 0


def test_a_place_merged_twice_over_is_read_in_one_step_and_each_merging_is_undone_by_itself(town: Town) -> None:
    first, second, third = (new_place(town.district) for _ in range(3))
    inner, outer = _merged(town, first, second), _merged(town, second, third)
    assert [_stands(place) for place in (first, second, third)] == [third] * 3
    assert set(db.session.scalars(select(Premises.merged_into_id).where(Premises.id.in_([first, second])))) == {third}
    assert queries.load(town.district.scope("du1"), first).id == third
    _undone(town, outer)
    assert [_stands(place) for place in (first, second, third)] == [second, second, third]
    outer = _merged(town, second, third)
    _undone(town, inner)
    assert [_stands(place) for place in (first, second, third)] == [first, third, third]
    with pytest.raises(Refused, match="撤回过"):
        _undone(town, inner)
    db.session.rollback()


def test_of_two_who_merge_the_same_places_crosswise_one_is_told(town: Town) -> None:
    for _ in range(4):
        one, other = new_place(town.district), new_place(town.district)

        def told(losing: UUID, into: UUID) -> str:
            with town.app.app_context():
                try:
                    _merged(town, losing, into)
                except Refused as refusal:
                    return refusal.message
                finally:
                    db.session.remove()
            return ""

        said = at_once(town.app, [lambda a=one, b=other: told(a, b), lambda a=one, b=other: told(b, a)])
        assert sorted(map(bool, said)) == [False, True]
        assert "已经并到别的一家" in "".join(said)
        roots = {_stands(one), _stands(other)}
        assert len(roots) == 1
        db.session.rollback()


def test_what_leads_to_the_old_place_leads_on(town: Town) -> None:
    old, new, me = new_place(town.district), new_place(town.district), town.district.scope("du1")
    code, door = (getattr(db.session.get_one(Premises, old), name) for name in ("code", "door_code"))
    key = {"name": db.session.get_one(Premises, old).name, "address": "柳荫街", "kind": "小餐饮"}
    _found(town, old)
    _merged(town, old, new)
    behind = queries.by_door_code(me, door)
    assert behind is not None
    assert behind.id == new
    assert old not in {row.id for row in queries.search(me, limit=500)}
    assert [row.id for row in queries.search(me, code)] == [new], "the number printed on the old sheet"
    checker = PlaceChecker(me, "")
    area = {"area": db.session.get_one(Area, town.district.cast.communities[0]).code}
    by_name = checker.check(key | area, None)
    assert (by_name.match_id, by_name.verdict) == (new, RowVerdict.SAME), "and the name that stands goes on"
    assert checker.check(key | area | {"code": code}, None).match_id == new
    assert all_of(me, PaperFilters(premises_id=new), 10) == all_of(me, PaperFilters(premises_id=old), 10)


def test_nobody_merges_what_lies_outside_their_area(town: Town) -> None:
    old, new = new_place(town.district), new_place(town.district)
    narrow = town.district.scope("daibiao1")
    elsewhere = type(narrow)(**{**narrow.__dict__, "area_ids": frozenset(), "whole_district": False})
    with pytest.raises(NotThere):
        merging.merge(elsewhere, old, new, "同一家")
    with pytest.raises(Refused, match="理由"):
        merging.merge(town.district.scope("du1"), old, new, "  ")
    assert db.session.scalar(select(PremisesMerge).where(PremisesMerge.premises_id == old)) is None
    db.session.rollback()


def test_who_answers_for_a_merged_place_answers_where_the_other_names_nobody(town: Town) -> None:
    old, new = new_place(town.district), new_place(town.district)
    with writing():
        owner = premises.set_party(db.session.get_one(Premises, old), name="王福来", role="operator").id
    merge = _merged(town, old, new)
    assert [party.id for _link, party in queries.parties_of(new)] == [owner]
    with writing():
        other = premises.set_party(db.session.get_one(Premises, new), name="李新", role="operator").id
    assert queries.party_on(old, clock.today()) == other, "the one that stands goes first"
    _undone(town, merge)
    assert queries.party_on(old, clock.today()) == owner
