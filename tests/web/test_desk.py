"""The desk as a supervisor meets it: today's work once each, the list and its address, the inbox, assignments, places."""

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from inspect_app.hazards.actions import handing
from inspect_app.hazards.locking import lock
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.messages import actions as telling
from inspect_app.people import actions as people
from inspect_app.premises.models import Premises
from inspect_app.visits.models import Assignment
from tests.support import District, accepted, found, handed_over, submitted

ClientOf = Callable[[str], FlaskClient]
IN_PLACE = {"HX-Request": "true"}
ITEMS = ("F-EXIT-01", "F-EXIT-02", "F-EXIT-03", "F-EXIT-04", "F-ELEC-01", "F-ELEC-02", "F-ELEC-03")


def _hazards_on(page: str, room: str = "desk/hazards") -> list[str]:
    return re.findall(rf'<a href="/{room}/([0-9a-f-]{{36}})">', page)


def _piles(page: str) -> dict[str, str]:
    return {
        name.strip(): count
        for name, count in re.findall(r'<li><a href="[^"]*"[^>]*>([^<]+?)\s*<span class="count[^>]*>(\d+)', page)
        if count != "0"
    }


def test_today_says_what_is_to_be_done_not_what_is_late(app: Flask, district: District, client_of: ClientOf) -> None:
    late = [found(district, item=item) for item in ITEMS[:2]]
    with clock.stopped_at(clock.now() + timedelta(days=20)):
        declined = handed_over(district, found(district, item=ITEMS[2]))
        handing.decline(
            lock(declined.id), district.actor("jiedao1"), competent_id=None, competent="区城管局", reason="不归我们管"
        )
        found(district, item=ITEMS[3])
        waiting = accepted(district, handed_over(district, found(district, item=ITEMS[4])))
        submitted(district, waiting, app.extensions["storage"])
        db.session.commit()
        page = client_of("du1").get("/desk/").text
        back = client_of("du1").get("/desk/?do=reassign").text
    shown = _hazards_on(page)
    assert len(shown) == len(set(shown)) == 3, "the first verb with something in it, and nothing twice"
    assert {str(row.id) for row in late} == set(shown[:2]), "what is late stands first"
    assert _piles(page) == {"交办": "3", "改派（被退回）": "1", "核验": "1"}
    assert "今天 5 件事等您办" in page
    assert _hazards_on(back) == [str(declined.id)]
    assert "退回了" in back


def test_an_empty_desk_names_the_nearest_date(district: District, client_of: ClientOf) -> None:
    accepted(district, handed_over(district, found(district)))
    db.session.commit()
    page = client_of("du1").get("/desk/").text
    assert "今天没有等您办的" in page
    assert re.search(r"最近的期限是 .*，共 1 件", page)


def test_an_extension_is_asked_of_who_set_the_date_alone(district: District, client_of: ClientOf) -> None:
    from inspect_app.hazards.actions import requesting

    hazard = accepted(district, handed_over(district, found(district)))
    assert hazard.mending_on is not None
    requesting.ask_extension(
        lock(hazard.id),
        district.actor("jiedao1"),
        until=hazard.mending_on + timedelta(days=5),
        reason="等配件",
        interim="停用",
    )
    db.session.commit()
    assert "答复申请" not in _piles(client_of("du1").get("/desk/").text), "the street set the date, not the desk"
    assert _piles(client_of("jiedao2").get("/inbox/").text)["答复"] == "1"


def test_urging_from_a_row_says_so_in_the_row(district: District, client_of: ClientOf) -> None:
    hazard = handed_over(district, found(district))
    db.session.commit()
    client = client_of("du1")
    answer = client.post(f"/desk/hazards/{hazard.id}/urge", headers=IN_PLACE)
    assert "刚才催过" in answer.text
    assert "<html" not in answer.text
    assert "催办" in client_of("jiedao1").get("/messages").text
    with clock.stopped_at(clock.now() + timedelta(hours=3)):
        assert client.post(f"/desk/hazards/{hazard.id}/urge").status_code == 303, "works without scripts too"


def test_the_list_is_narrowed_by_its_address_and_each_chip_takes_one_away(
    district: District, client_of: ClientOf
) -> None:
    mine = handed_over(district, found(district, item=ITEMS[0], major=True))
    other = found(district, item=ITEMS[1], place=1)
    db.session.commit()
    client, office = client_of("du1"), district.cast.offices["street"]
    address = f"/desk/hazards?handler={office}&grade=suspected_major&state=rectifying&field=fire&q=王记"
    page = client.get(address).text
    assert _hazards_on(page) == [str(mine.id)]
    assert "找到 1 件" in page
    chips = re.findall(r'class="filter-chip" href="([^"]+)"', page)
    assert len(chips) == 5
    without_words = next(chip for chip in chips if "q=" not in chip).replace("&amp;", "&")
    assert "handler=" in without_words
    area = district.cast.communities[1]
    assert _hazards_on(client.get(f"/desk/hazards?area={area}").text) == [str(other.id)]
    both = client.get(f"/desk/hazards?area={district.cast.street}").text
    assert len(_hazards_on(both)) == 2, "a street holds its communities"


@pytest.mark.parametrize("what", ["number", "title", "place", "address"])
def test_search_finds_by_number_title_place_and_address(district: District, client_of: ClientOf, what: str) -> None:
    hazard = found(district, place=2)
    found(district, place=0, item=ITEMS[1])
    db.session.commit()
    place = db.session.get_one(Premises, hazard.premises_id)
    words = {"number": hazard.number, "title": "上锁", "place": place.name, "address": place.address}[what]
    page = client_of("du1").get("/desk/hazards", query_string={"q": words}).text
    assert str(hazard.id) in _hazards_on(page)


def test_pages_of_the_list_show_everything_once(district: District, client_of: ClientOf) -> None:
    for place in range(3):
        for number in range(10):
            found(district, place=place, item=f"X-{number}")
    db.session.commit()
    client, seen, address = client_of("du1"), [], "/desk/hazards"
    while address:
        page = client.get(address).text
        seen += _hazards_on(page)
        onwards = re.search(r'href="([^"]*after=[^"]*)">下一页', page)
        address = onwards.group(1).replace("&amp;", "&") if onwards else ""
    assert len(seen) == len(set(seen)) == 30
    assert len(_hazards_on(client.get("/desk/hazards?print=1").text)) == 30, "printing shows all rows"


def test_an_inbox_holds_its_own_and_what_must_be_accepted_first(district: District, client_of: ClientOf) -> None:
    mine = handed_over(district, found(district, item=ITEMS[0]))
    theirs = handed_over(district, found(district, item=ITEMS[1]), office="fire")
    accepted(district, handed_over(district, found(district, item=ITEMS[2])))
    db.session.commit()
    page = client_of("jiedao1").get("/inbox/").text
    assert list(_piles(page)) == ["签收", "办理"]
    assert _hazards_on(page, "inbox")[0] == str(mine.id)
    assert str(theirs.id) not in page + client_of("jiedao1").get("/inbox/all").text
    own = client_of("jiedao1").get(f"/inbox/{mine.id}").text
    assert "请您签收" in own
    assert re.search(r'action="[^"]*/steps/decline"', own)


def test_a_hazard_s_page_says_who_acts_next_and_hides_the_telephone(district: District, client_of: ClientOf) -> None:
    place = db.session.get_one(Premises, district.places[0])
    place.phone = "13812342207"
    hazard = handed_over(district, found(district))
    db.session.commit()
    page = client_of("du1").get(f"/desk/hazards/{hazard.id}").text
    assert re.search(r'id="next-title">等柳荫街道签收', page)
    assert "138****2207" in page
    assert place.phone not in page
    assert "林静，柳荫人大工委，督办员" in page, "the log names who acted"
    assert '<span class="quiet">不另行文的理由：</span>清单转办' in page


def _assign(client: FlaskClient, place: UUID, person: UUID, **more: str) -> object:
    data = {"premises_id": str(place), "person_id": str(person), "on_day": clock.today().isoformat()}
    return client.post("/desk/assignments", data=data | {"checklists": "fire-small-restaurant"} | more)


def test_a_person_who_declared_an_interest_is_not_sent_there(district: District, client_of: ClientOf) -> None:
    place, person = district.places[0], district.cast.persons["daibiao3"]
    people.declare_recusal(person, premises_id=place, party_id=None, reason="经营者是亲属")
    db.session.commit()
    answer = _assign(client_of("du1"), place, person)
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert "回避" in answer.text  # type: ignore[attr-defined]
    assert re.search(rf'<option value="{person}" selected', answer.text)  # type: ignore[attr-defined]
    assert _assign(client_of("du1"), district.places[1], person).status_code == 303  # type: ignore[attr-defined]


def test_an_assignment_can_be_taken_back_and_given_again(district: District, client_of: ClientOf) -> None:
    client, place, person = client_of("du1"), district.places[0], district.cast.persons["daibiao3"]
    _assign(client, place, person)
    row = db.session.query(Assignment).one()
    assert client.post(f"/desk/assignments/{row.id}/cancel").status_code == 303
    assert "今天起还没有安排" in client.get("/desk/assignments").text
    _assign(client, place, person)
    db.session.expire_all()
    assert db.session.query(Assignment).one().cancelled_at is None


def test_messages_lead_to_what_they_are_about_for_who_reads_them(district: District, client_of: ClientOf) -> None:
    hazard = handed_over(district, found(district))
    for login in ("du1", "daibiao1", "jiedao1", "guanli1"):
        telling.tell(district.cast.persons[login], "请看", about="hazard", subject_id=hazard.id)
    db.session.commit()
    links = {
        login: {*re.findall(rf'href="(/[a-z]+/(?:hazards/)?{hazard.id})"', client_of(login).get("/messages").text)}
        for login in ("du1", "daibiao1", "jiedao1", "guanli1")
    }
    assert links["du1"] == {f"/desk/hazards/{hazard.id}"}
    assert links["daibiao1"] == {f"/field/hazards/{hazard.id}"}
    assert links["jiedao1"] == {f"/inbox/{hazard.id}"}
    assert links["guanli1"] == set(), "who may not open it gets words only"


def test_a_place_made_in_the_field_is_confirmed_by_setting_it_right(district: District, client_of: ClientOf) -> None:
    row = db.session.get_one(Premises, district.places[0])
    row.confirmed = False
    db.session.commit()
    client, data = client_of("du1"), {"name": "王记面馆（新）", "kind": "small_inn", "address": "柳荫街1号", "status": "open",
        "area_id": str(row.area_id), "beds": "12", "people_sleeping": "yes", "phone": ""}  # fmt: skip
    refused = client.post(f"/desk/places/{row.id}/change", data=data | {"beds": "很多"})
    assert refused.status_code == 422
    assert 'value="很多"' in refused.text
    assert '<option value="small_inn" selected' in refused.text, "a select keeps its choice"
    assert client.post(f"/desk/places/{row.id}/change", data=data).status_code == 303
    db.session.expire_all()
    assert (row.confirmed, row.facts) == (True, {"beds": 12, "people_sleeping": True})


def test_who_answers_for_a_place_is_checked_and_history_stays(district: District, client_of: ClientOf) -> None:
    client, address = client_of("du1"), f"/desk/places/{district.places[0]}"
    wrong = client.post(
        f"{address}/party", data={"role": "operator", "name": "新店主", "credit_code": "91320100MA1XXXXX00"}
    )
    assert wrong.status_code == 422
    assert 'value="新店主"' in wrong.text
    with clock.stopped_at(clock.now() + timedelta(days=3)):
        client = client_of("du1")
        assert client.post(f"{address}/party", data={"role": "operator", "name": "新店主"}).status_code == 303
        page = client.get(address).text
    assert "新店主" in page
    assert "以前的 1 个" in page


def test_the_sheet_for_the_door_carries_name_and_qr(district: District, client_of: ClientOf) -> None:
    page = client_of("du1").get(f"/desk/places/{district.places[0]}/door").text
    assert "<h1>王记面馆</h1>" in page
    assert re.search(r"<svg[^>]*>.*<path", page, re.S)
