"""What an administrator keeps: accounts, terms, organisations and powers, areas, duty, declarations, the sign-in log."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.people import actions, queries
from inspect_app.people.models import Account, Area, Duty, Organisation, OrganisationPower, Recusal, Term
from inspect_app.people.rules import Power, Role
from tests.support import District, found

ClientOf = Callable[[str], FlaskClient]


@pytest.fixture
def client(client_of: ClientOf) -> FlaskClient:
    return client_of("guanli1")


def _new(district: District, **more: str) -> dict[str, str]:
    office = district.cast.offices["street_congress"]
    return {
        "name": "新来的", "login": "xinlai1", "role": "deputy", "organisation_id": str(office), "area_id": str(district.cast.street),
        "since": clock.today().isoformat(), "level": "市", "congress_term": "第十八届",
    } | more  # fmt: skip


def test_a_first_password_is_shown_once_and_kept_nowhere(district: District, client: FlaskClient) -> None:
    answer = client.post("/admin/accounts/new", data=_new(district))
    password = re.search(r'class="secret">([^<]+)<', answer.text)
    assert password is not None
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.location is None, "it is in no address"
    with client.session_transaction() as session:
        assert password.group(1) not in repr(dict(session)), "nor in the cookie"
    row = db.session.scalars(select(Account).where(Account.login == "xinlai1")).one()
    assert password.group(1) not in client.get(f"/admin/accounts/{row.id}").text
    assert (row.must_change_password, row.person.name) == (True, "新来的")
    term = db.session.scalars(select(Term).where(Term.person_id == row.person_id)).one()
    assert (term.level, term.congress_term) == ("市", "第十八届")


def test_a_refused_account_keeps_every_choice(district: District, client: FlaskClient) -> None:
    answer = client.post("/admin/accounts/new", data=_new(district, login="x"))
    assert answer.status_code == 422
    assert "<title>还差一点" in re.sub(r"\s+", " ", answer.text)
    assert 'value="新来的"' in answer.text
    assert '<option value="deputy" selected' in answer.text
    assert f'<option value="{district.cast.street}" selected' in answer.text
    assert '<option value="市" selected' in answer.text
    assert 'href="#login"' in answer.text, "the summary leads to the field"


def test_accounts_are_found_and_come_in_pages(district: District, client: FlaskClient) -> None:
    seen, address = [], "/admin/accounts"
    while address:
        page = client.get(address).text
        seen += re.findall(r'href="/admin/accounts/[0-9a-f-]{36}">([^<]+)', page)
        onwards = re.search(r'href="([^"]*after=[^"]*)">下一页', page)
        address = onwards.group(1).replace("&amp;", "&") if onwards else ""
    assert len(seen) == db.session.query(Account).count() == len(district.cast.accounts)
    assert re.findall(r'href="/admin/accounts/[0-9a-f-]{36}">([^<]+)', client.get("/admin/accounts?q=林静").text) == [
        "林静"
    ]
    leaders = client.get("/admin/accounts?role=leader").text
    assert re.findall(r'href="/admin/accounts/[0-9a-f-]{36}">([^<]+)', leaders) == ["江雪梅", "任志远"]


def test_a_further_term_is_added_and_ended(district: District, client: FlaskClient) -> None:
    account, person = district.cast.accounts["daibiao1"], district.cast.persons["daibiao1"]
    fields = _new(district, role="supervisor")
    handler = client.post(f"/admin/accounts/{account}/terms", data=fields | {"role": "handler"})
    assert handler.status_code == 422, "an officer belongs to the government side"
    assert client.post(f"/admin/accounts/{account}/terms", data=fields).status_code == 303
    terms = db.session.scalars(select(Term).where(Term.person_id == person).order_by(Term.since)).all()
    assert [term.role for term in terms] == ["deputy", "supervisor"]
    late = client.post(f"/admin/terms/{terms[0].id}/end", data={"until": "2001-01-01"})
    assert late.status_code == 422
    assert 'value="2001-01-01"' in late.text
    assert client.post(f"/admin/terms/{terms[0].id}/end", data={"until": clock.today().isoformat()}).status_code == 303


def test_nobody_locks_themselves_out(district: District, client: FlaskClient) -> None:
    own = district.cast.accounts["guanli1"]
    assert client.post(f"/admin/accounts/{own}/stop").status_code == 422
    assert client.get("/admin/").status_code == 200


def test_a_lost_authenticator_is_forgotten_and_every_session_ends(
    district: District, client: FlaskClient, client_of: ClientOf
) -> None:
    row = db.session.get_one(Account, district.cast.accounts["du1"])
    row.tf_totp_secret = "x"
    db.session.commit()
    other = client_of("du1")
    assert client.post(f"/admin/accounts/{row.id}/forget").status_code == 303
    db.session.expire_all()
    assert row.tf_totp_secret is None
    assert "/sign-in" in (other.get("/desk/").location or "")


def test_powers_have_dates_and_a_source_and_end(district: District, client: FlaskClient) -> None:
    office = district.cast.offices["market"]
    fields = {"power": "reinspect", "since": "2026-01-01", "until": "", "source": ""}
    refused = client.post(f"/admin/organisations/{office}/powers", data=fields)
    assert refused.status_code == 422
    assert '<option value="reinspect" selected' in refused.text
    assert client.post(f"/admin/organisations/{office}/powers", data=fields | {"source": "权责清单"}).status_code == 303
    assert client.post(f"/admin/organisations/{office}/powers", data=fields | {"source": "x"}).status_code == 422, (
        "held already"
    )
    row = db.session.scalars(select(OrganisationPower).where(OrganisationPower.organisation_id == office)).one()
    client.post(f"/admin/powers/{row.id}/end", data={"until": (clock.today() - timedelta(days=1)).isoformat()})
    assert Power.REINSPECT not in queries.powers_of(office, clock.today())
    congress = district.cast.offices["street_congress"]
    assert client.post(f"/admin/organisations/{congress}/powers", data=fields | {"source": "x"}).status_code == 422


def test_an_office_stands_under_another_of_its_side_and_never_under_itself(
    district: District, client: FlaskClient
) -> None:
    upper, lower = (district.cast.offices[key] for key in ("district_congress", "street_congress"))
    fields = {"short_name": "柳荫工委", "phone": "1", "is_desk": "yes"}
    address = f"/admin/organisations/{lower}"
    assert client.post(address, data=fields | {"parent_id": str(upper)}).status_code == 303
    loop = client.post(f"/admin/organisations/{upper}", data={"short_name": "x", "phone": "", "parent_id": str(lower)})
    assert loop.status_code == 422
    assert client.post(address, data=fields | {"parent_id": str(district.cast.offices["fire"])}).status_code == 422
    db.session.expire_all()
    row = db.session.get_one(Organisation, lower)
    assert (row.parent_id, row.is_desk, row.short_name) == (upper, True, "柳荫工委")


def test_a_merged_street_is_seen_from_the_one_that_took_its_place(district: District, client: FlaskClient) -> None:
    parent = db.session.get_one(Area, district.cast.street).parent_id
    fields = {"name": "北桥街道", "kind": "street", "parent_id": str(parent), "code": "32019900", "code_year": "2026", "valid_from": "2026-01-01"}  # fmt: skip
    short = client.post("/admin/areas", data=fields)
    assert short.status_code == 422
    assert f'<option value="{parent}" selected' in short.text
    assert client.post("/admin/areas", data=fields | {"code": "320199009"}).status_code == 303
    made = db.session.scalars(select(Area).where(Area.code == "320199009")).one()
    merged = {"successor_id": str(district.cast.street), "on": clock.today().isoformat()}
    assert client.post(f"/admin/areas/{made.id}/successor", data=merged).status_code == 303
    assert made.id in queries.areas_below(district.cast.street)


def test_the_duty_list_is_set_and_cleared(district: District, client: FlaskClient) -> None:
    day, person = clock.today().isoformat(), district.cast.persons["zheng2"]
    fields = {"person_id": str(person), "area_id": str(district.cast.street), "since": day, "until": day}
    assert client.post("/admin/duty", data=fields).status_code == 303
    assert client.post("/admin/duty", data=fields).status_code == 422, "twice is once too often"
    assert (
        client.post("/admin/duty", data=fields | {"person_id": str(district.cast.persons["daibiao1"])}).status_code
        == 422
    )
    row = db.session.scalars(select(Duty).where(Duty.person_id == person)).one()
    assert client.post(f"/admin/duty/{row.id}/end").status_code == 303
    assert person not in queries.on_duty(district.cast.street, clock.today())


def test_an_interest_is_declared_by_search_and_withdrawn(district: District, client: FlaskClient) -> None:
    found = client.get("/admin/recusals?who=陈玉兰&where=王记").text
    assert f'value="place:{district.places[0]}"' in found
    fields = {"who": "陈玉兰", "where": "王记", "person_id": str(district.cast.persons["daibiao1"]), "tie": f"place:{district.places[0]}", "reason": ""}  # fmt: skip
    refused = client.post("/admin/recusals", data=fields)
    assert refused.status_code == 422
    assert f'value="place:{district.places[0]}" selected' in refused.text
    assert client.post("/admin/recusals", data=fields | {"reason": "亲属"}).status_code == 303
    row = db.session.scalars(select(Recusal)).one()
    assert client.post(f"/admin/recusals/{row.id}/withdraw").status_code == 303
    assert db.session.scalars(select(Recusal)).all() == []


def test_the_sign_in_log_is_filtered(app: Flask, district: District, client: FlaskClient) -> None:
    for typed, ok in (("du1", True), ("niemand", False)):
        actions.record_sign_in(
            typed=typed, account=None, ok=ok, why="" if ok else "unknown", address="10.1.1.1", agent=""
        )
    db.session.commit()
    failed = client.get("/admin/sign-ins?result=failed").text
    assert "niemand" in failed
    assert ">du1<" not in failed
    assert ">du1<" in client.get("/admin/sign-ins?q=du1").text


def test_a_term_that_is_over_opens_nothing(district: District, client_of: ClientOf) -> None:
    term = db.session.scalars(select(Term).where(Term.person_id == district.cast.persons["du1"])).one()
    assert Role(term.role) is Role.SUPERVISOR
    actions.end_term(term, max(term.since, date(2026, 1, 1)))
    db.session.commit()
    assert client_of("du1").get("/desk/").status_code == 403


def test_a_desk_date_that_was_changed_counts_for_what_is_found_from_then_on(
    district: District, client_of: ClientOf
) -> None:
    before = found(district)
    due = before.due_on
    administrator = client_of("guanli1")
    refused = administrator.post("/admin/terms", data={"kind": "triage", "amount": "0", "unit": "days"})
    assert refused.status_code == 422
    assert "1 到 365" in refused.text
    answer = administrator.post("/admin/terms", data={"kind": "triage", "amount": "9", "unit": "days"})
    assert answer.status_code == 303
    after = found(district, item="F-EXIT-02")
    assert after.due_on is not None
    assert after.due_on >= clock.today() + timedelta(days=9)
    assert before.due_on == due
