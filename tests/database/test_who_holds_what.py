"""One party at many places: one by its code, never by its name; what it holds, what it held, and 待查."""

from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import select

from inspect_app.casework.papers.parts import party_of
from inspect_app.hazards import register
from inspect_app.hazards.filters import Filters
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere, Refused
from inspect_app.people import actions as people
from inspect_app.premises import actions, holders, merging, queries
from inspect_app.premises.listing import PlaceFilters, count, listed
from inspect_app.premises.models import Party, Premises, PremisesParty
from tests.sheets import credit_code
from tests.support import District, found

LATER = timedelta(days=3)


def _place(district: District, number: int) -> Premises:
    return db.session.get_one(Premises, district.places[number])


def _answers(district: District, number: int, name: str, code: str = "", role: str = "operator", **said: str) -> Party:
    return actions.set_party(
        _place(district, number), name=name, role=role, credit_code=code, asked=district.scope("du1"), **said
    )


def _held(district: District, party: Party) -> set[UUID]:
    return {row.place.id for row in holders.party_there(district.scope("du1"), party.id).now}


def test_one_code_is_one_party_whatever_it_is_called(district: District) -> None:
    first = _answers(district, 0, "青江置业有限公司", credit_code(1), "owner")
    again = _answers(district, 1, "青江置业有限公司", credit_code(1), "owner")
    other = _answers(district, 2, "青江置业", credit_code(1), "owner", phone="025-88886666")
    assert again.id == first.id != other.id
    assert _held(district, first) == _held(district, other) == set(district.places)
    there = holders.party_there(district.scope("du1"), first.id)
    assert (there.held, {there.party.name, *there.names}) == (3, {"青江置业有限公司", "青江置业"})


def test_a_name_alone_fuses_nobody_and_who_can_be_asked_is_asked(district: District) -> None:
    first = _answers(district, 0, "王福来")
    with pytest.raises(actions.SameName) as asked:
        _answers(district, 1, "王福来")
    assert [(one.party.id, one.said) for one in asked.value.found] == [(first.id, _place(district, 0).name)]
    same = _answers(district, 1, "王福来", same_as=str(first.id))
    namesake = _answers(district, 2, "王福来", same_as=actions.ANOTHER)
    assert same.id == first.id != namesake.id
    assert _held(district, first) == {district.places[0], district.places[1]}
    assert _held(district, namesake) == {district.places[2]}
    with pytest.raises(Refused):
        _answers(district, 0, "王福来", same_as="not-one-of-them")


def test_what_is_open_at_its_places_and_what_was_found_while_it_answered_are_two_lists(district: District) -> None:
    owner = _answers(district, 0, "青江置业有限公司", credit_code(1), "owner")
    _answers(district, 1, "青江置业", credit_code(1), "owner")
    hazards = [found(district, place=place) for place in (0, 1, 2)]
    scope = district.scope("du1")
    seen = {row.id for row in register.page(scope, Filters(holder_id=owner.id)).rows}
    assert seen == {hazards[0].id, hazards[1].id}
    assert register.count(scope, Filters(holder_id=owner.id)) == 2
    assert register.count(scope, Filters(party_id=owner.id)) == 0
    hazards[0].party_id = _answers(district, 0, "老王面馆", credit_code(2)).id
    _answers(district, 1, "老王面馆", credit_code(2), phone="13800000000")
    db.session.flush()
    again = db.session.scalars(select(Party.id).where(Party.phone == "13800000000")).one()
    assert register.count(scope, Filters(party_id=again)) == 1, "whichever row it is asked by"
    assert register.count(district.scope("xiaofang1"), Filters(holder_id=owner.id)) == 0


def test_ending_without_a_successor_leaves_nobody_and_papers_keep_who_answered(district: District) -> None:
    hazard, place = found(district), _place(district, 0)
    hazard.party_id = queries.party_on(place.id, clock.today())
    named, scope = party_of(hazard), district.scope("du1")
    db.session.commit()
    with time_machine.travel(clock.now() + LATER, tick=True):
        ((link, party),) = queries.parties_of(place.id)
        actions.end_party(place, link.id)
        assert queries.parties_of(place.id) == []
        assert [row.until for row, _ in queries.earlier_parties(place.id)] == [clock.today() - timedelta(days=1)]
        assert queries.party_on(place.id, clock.today()) is None
        assert place.id in {row.id for row in listed(scope, PlaceFilters(only="unknown")).rows}
        assert count(scope, PlaceFilters(only="unknown"), 10) == 1
        there = holders.party_there(scope, party.id)
        assert ([row.place.id for row in there.before], there.now, there.held) == ([place.id], [], 0)
        with pytest.raises(NotThere):
            actions.end_party(place, link.id)
        with pytest.raises(NotThere):
            actions.end_party(_place(district, 1), link.id)
    assert named == party_of(hazard) == "王记面馆（老板）"


def test_what_is_set_and_ended_on_one_day_never_held(district: District) -> None:
    party = _answers(district, 0, "写错了的人")
    link = db.session.scalars(select(PremisesParty).where(PremisesParty.party_id == party.id)).one()
    actions.end_party(_place(district, 0), link.id)
    with pytest.raises(NotThere):
        holders.party_there(district.scope("du1"), party.id)


def test_a_merged_place_is_one_of_its_places_once(district: District) -> None:
    party = _answers(district, 0, "青江置业有限公司", credit_code(1))
    _answers(district, 1, "青江置业有限公司", credit_code(1))
    hazard = found(district, place=0)
    merging.merge(district.scope("du1"), district.places[0], district.places[1], "同一块招牌")
    there = holders.party_there(district.scope("du1"), party.id)
    assert ({row.place.id for row in there.now}, there.held) == ({district.places[1]}, 1)
    page = register.page(district.scope("du1"), Filters(holder_id=party.id))
    assert [row.id for row in page.rows] == [hazard.id]
    assert count(district.scope("du1"), PlaceFilters(only="unknown"), 10) == 0
    ((link, _),) = queries.parties_of(district.places[2])
    link.until, link.since = clock.today() - timedelta(days=1), clock.today() - timedelta(days=9)
    db.session.flush()
    unknown = listed(district.scope("du1"), PlaceFilters(only="unknown")).rows
    assert [row.id for row in unknown] == [district.places[2]], "who answers for a merged place answers for no other"


def test_keeping_away_from_a_party_holds_at_every_place_it_answers_for(district: District) -> None:
    first = _answers(district, 0, "青江置业有限公司", credit_code(1))
    _answers(district, 1, "青江置业", credit_code(1), "owner")
    person = district.cast.persons["daibiao3"]
    people.declare_recusal(person, premises_id=None, party_id=first.id, reason="股东")
    assert [person in queries.recused(place) for place in district.places] == [True, True, False]


def test_a_status_keeps_its_day_who_said_so_and_how_it_was(district: District) -> None:
    place, scope = _place(district, 0), district.scope("du1")

    def said(status: str, **since: object) -> None:
        actions.correct(
            scope, place, name=place.name, kind=place.kind, address=place.address, area_id=place.area_id, phone="",
            status=status, facts=place.facts, **since,  # type: ignore[arg-type]
        )  # fmt: skip

    said("open")
    assert (place.status_since, queries.status_history(place.id)) == (None, [])
    closed_on = clock.today() - timedelta(days=40)
    said("closed", status_since=closed_on)
    said("closed")
    said("gone")
    told = [(one.status, one.since, who) for one, who in queries.status_history(place.id)]
    assert told == [("gone", clock.today(), "林静"), ("closed", closed_on, "林静")]
    assert [row.id for row in listed(scope, PlaceFilters(status="gone")).rows] == [place.id]
    with pytest.raises(Refused, match="还没到"):
        said("open", status_since=clock.today() + timedelta(days=1))
