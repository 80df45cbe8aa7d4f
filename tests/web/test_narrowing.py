"""The list narrowed by what a page leads to it with: a person, a party, whom it waits for; its numbers, and what it is kept as."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from inspect_app.hazards.models import Hazard
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.ids import new_id
from inspect_app.premises.models import PremisesParty
from inspect_app.premises.queries import party_on
from tests.support import District, accepted, found, handed_over

ClientOf = Callable[[str], FlaskClient]


@pytest.fixture
def rows(district: District) -> list[Hazard]:
    """Found by two deputies at two places: one waits for the desk, one for an office."""
    made = [
        found(
            district,
            f"daibiao{one + 1}",
            item=f"X-{one}",
            place=one,
            title=f"第{one}件",
            party_id=party_on(district.places[one], clock.today()),
        )
        for one in range(2)
    ]
    handed_over(district, made[1])
    db.session.commit()
    return made


def _titles(page: str, rows: list[Hazard]) -> list[str]:
    return [row.title for row in rows if f'href="/desk/hazards/{row.id}"' in page]


def test_a_finder_leads_to_what_they_found_and_is_named(
    rows: list[Hazard], district: District, client_of: ClientOf
) -> None:
    desk, name = client_of("du1"), district.scope("daibiao1").person_name
    address = f"/desk/hazards?finder={rows[0].found_by_person_id}"
    assert f'<a href="{address}">{name}</a>' in desk.get(f"/desk/hazards/{rows[0].id}").text
    page = desk.get(address).text
    assert _titles(page, rows) == [rows[0].title]
    assert f"<bdi>发现人 {name}</bdi>" in page


def test_a_party_leads_to_what_was_found_at_it_and_a_stranger_s_name_is_not_told(
    rows: list[Hazard], client_of: ClientOf
) -> None:
    desk = client_of("du1")
    page = desk.get(f"/desk/hazards?party={rows[0].party_id}").text
    assert _titles(page, rows) == [row.title for row in rows if row.party_id == rows[0].party_id]
    assert "<bdi>责任主体 " in page
    assert "责任主体 这里没有的" not in page
    db.session.query(PremisesParty).filter_by(party_id=rows[0].party_id).delete()
    db.session.commit()
    assert "责任主体 这里没有的" in desk.get(f"/desk/hazards?party={rows[0].party_id}").text


@pytest.mark.parametrize(("waits", "shown"), [("desk", [0]), ("handler", [1]), ("verifier", []), ("nobody", [0, 1])])
def test_a_list_of_what_waits_for_whom(rows: list[Hazard], client_of: ClientOf, waits: str, shown: list[int]) -> None:
    page = client_of("du1").get(f"/desk/hazards?waits={waits}").text
    assert _titles(page, rows) == [rows[one].title for one in shown]


def test_tabs_of_a_narrowed_list_have_their_numbers_a_moment_later(
    rows: list[Hazard], district: District, client_of: ClientOf
) -> None:
    accepted(district, rows[1])
    db.session.commit()
    desk = client_of("du1")
    assert 'hx-get="/desk/hazards/tabs' not in desk.get("/desk/hazards").text, "what is kept is on the page"
    assert 'hx-get="/desk/hazards/tabs?tab=all&amp;waits=desk"' in desk.get("/desk/hazards?waits=desk").text
    tabs = desk.get("/desk/hazards/tabs?waits=desk").text
    assert 'tab=all&amp;waits=desk" aria-current="page">全部 <span class="count">1</span>' in tabs
    assert 'tab=found&amp;waits=desk">待交办 <span class="count">1</span>' in tabs
    assert "hx-get" not in tabs
    assert '待交办 <span class="count">0</span>' in desk.get("/desk/hazards/tabs?waits=verifier").text


def test_a_view_without_a_name_is_asked_for_one_beside_it(rows: list[Hazard], client_of: ClientOf) -> None:
    desk = client_of("du1")
    page = desk.post("/desk/hazards/views?tab=found", data={"name": "  ", "shared": "yes"})
    assert page.status_code == 422
    assert 'id="view-name-fault">△ 请给这个视图起个名字' in page.text
    assert 'href="#view-name"' in page.text
    assert 'name="shared" value="yes" checked' in page.text
    assert _titles(page.text, rows) == [rows[0].title]


def test_what_was_handed_to_the_wrong_office_is_reassigned_from_what_is_said(
    rows: list[Hazard], district: District, client_of: ClientOf
) -> None:
    desk, row = client_of("du1"), rows[0]
    sent = {
        "pick": f"{row.id}:{row.version}", "once": str(new_id()), "reply_days": "5", "no_paper": "口头先说了",
        "handler_id": str(district.scope("jiedao1").organisation_id),
    }  # fmt: skip
    back = desk.post("/desk/do/assign", data=sent)
    assert back.status_code == 303
    said = desk.get(back.location).text
    address = f"/desk/hazards/many/reassign?picked={row.id.hex}"
    assert f'<a href="{address}">交错了？改派刚交办的 1 件</a>' in said
    assert row.title in desk.get(address).text
