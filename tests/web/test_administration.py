"""What an administrator keeps: accounts, terms, organisations and powers, areas, duty, declarations, the sign-in log."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.people import actions, appointing, areas, powers, queries
from inspect_app.people.models import Account, Area, Duty, Organisation, OrganisationPower, Recusal, RoleTerm
from inspect_app.people.rules import Role
from tests.support import District, found, typed_account

ClientOf = Callable[[str], FlaskClient]


@pytest.fixture
def client(client_of: ClientOf) -> FlaskClient:
    return client_of("guanli1")


def test_a_first_password_is_shown_once_and_kept_nowhere(district: District, client: FlaskClient) -> None:
    answer = client.post("/admin/accounts/new", data=typed_account(district))
    password = re.search(r'class="secret">([^<]+)<', answer.text)
    assert password is not None
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.location is None, "it is in no address"
    with client.session_transaction() as session:
        assert password.group(1) not in repr(dict(session)), "nor in the cookie"
    row = db.session.scalars(select(Account).where(Account.login == "xinlai1")).one()
    assert password.group(1) not in client.get(f"/admin/accounts/{row.id}").text
    assert (row.must_change_password, row.person.name) == (True, "新来的")
    term = db.session.scalars(select(RoleTerm).where(RoleTerm.person_id == row.person_id)).one()
    assert (term.level, term.congress_term) == ("市", "第十八届")


def test_a_refused_account_keeps_every_choice(district: District, client: FlaskClient) -> None:
    answer = client.post("/admin/accounts/new", data=typed_account(district, login="x"))
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
    fields = typed_account(district, role="supervisor")
    handler = client.post(f"/admin/accounts/{account}/terms", data=fields | {"role": "handler"})
    assert handler.status_code == 422, "an officer belongs to the government side"
    assert client.post(f"/admin/accounts/{account}/terms", data=fields).status_code == 303
    terms = db.session.scalars(select(RoleTerm).where(RoleTerm.person_id == person).order_by(RoleTerm.since)).all()
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


POWER = {
    "power": "reinspect", "field": "market", "document": "《中华人民共和国消防法》", "article": "第六十五条",
    "source": "权责清单", "since": "2026-01-01", "until": "",
}  # fmt: skip


def _only_power(office: UUID) -> OrganisationPower:
    return db.session.scalars(select(OrganisationPower).where(OrganisationPower.organisation_id == office)).one()


@pytest.mark.parametrize("left_out", ["power", "field", "document", "article", "source", "since"])
def test_a_power_names_its_field_its_article_and_its_source(
    district: District, client: FlaskClient, left_out: str
) -> None:
    office = district.cast.offices["market"]
    refused = client.post(f"/admin/organisations/{office}/powers", data=POWER | {left_out: ""})
    assert refused.status_code == 422
    assert f'id="{left_out}-fault"' in refused.text
    congress = district.cast.offices["street_congress"]
    assert client.post(f"/admin/organisations/{congress}/powers", data=POWER).status_code == 422


def test_a_power_is_usable_once_a_second_administrator_confirmed_it_and_until_it_ends(
    district: District, client: FlaskClient, client_of: Callable[[str], FlaskClient]
) -> None:
    office, pair = district.cast.offices["market"], ("reinspect", "market")
    assert client.post(f"/admin/organisations/{office}/powers", data=POWER).status_code == 303
    assert client.post(f"/admin/organisations/{office}/powers", data=POWER).status_code == 422, "held already"
    row = _only_power(office)
    assert row.basis == "《中华人民共和国消防法》第六十五条"
    own = client.get(f"/admin/organisations/{office}").text
    assert "请另一位管理员对照条文确认" in own
    assert f"/powers/{row.id}/confirm" not in own
    assert client.post(f"/admin/powers/{row.id}/confirm").status_code == 403, "one's own entry"
    assert pair not in powers.powers_of(office, clock.today())
    second = client_of("guanli2")
    assert f"/powers/{row.id}/confirm" in second.get(f"/admin/organisations/{office}").text
    assert second.post(f"/admin/powers/{row.id}/confirm").status_code == 303
    assert pair in powers.powers_of(office, clock.today())
    page = client.get(f"/admin/organisations/{office}").text
    assert "顾明" in page
    assert "侯燕" in page
    client.post(f"/admin/powers/{row.id}/end", data={"until": (clock.today() - timedelta(days=1)).isoformat()})
    assert pair not in powers.powers_of(office, clock.today())


def test_a_power_from_before_fields_opens_nothing_until_it_is_completed_and_confirmed(
    district: District, client: FlaskClient, client_of: Callable[[str], FlaskClient]
) -> None:
    office = district.cast.offices["market"]
    old = OrganisationPower(organisation_id=office, power="order_notice", since=date(2026, 1, 1), source="旧清单")
    db.session.add(old)
    db.session.commit()
    assert powers.powers_of(office, clock.today()) == frozenset()
    assert "没有写明领域，不能用" in client.get(f"/admin/organisations/{office}").text
    assert client_of("guanli2").post(f"/admin/powers/{old.id}/confirm").status_code == 422
    filled = {"field": "equipment", "document": "中华人民共和国特种设备安全法", "article": "第六十二条"}
    assert client.post(f"/admin/powers/{old.id}/complete", data=filled).status_code == 303
    assert client.post(f"/admin/powers/{old.id}/complete", data=filled).status_code == 422, "once"
    assert client_of("guanli2").post(f"/admin/powers/{old.id}/confirm").status_code == 303
    db.session.expire_all()
    assert (old.power, old.since, old.source) == ("order_notice", date(2026, 1, 1), "旧清单")
    assert powers.powers_of(office, clock.today()) == {("order_notice", "equipment")}


@pytest.mark.parametrize("changed", [{"entered_by_person_id": "guanli2"}, {"article": ""}, {"confirmed_at": None}])
def test_the_table_itself_refuses_a_confirmation_by_one_person_or_of_half_an_entry(
    district: District, changed: dict[str, str | None]
) -> None:
    office, second = district.cast.offices["market"], district.cast.persons["guanli2"]
    given: dict[str, object] = {
        "organisation_id": office, "power": "reinspect", "field": "market", "document": "某法", "article": "第一条",
        "since": clock.today(), "source": "x", "entered_by_person_id": district.cast.persons["guanli1"],
        "confirmed_by_person_id": second, "confirmed_at": clock.now(),
    }  # fmt: skip
    given |= {name: second if value == "guanli2" else value for name, value in changed.items()}
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(insert(OrganisationPower).values(**given))


def test_officers_are_listed_with_their_certificate_and_end(district: District, client: FlaskClient) -> None:
    office = district.cast.offices["market"]
    fields = {"name": "潘宁", "card_number": " 苏 A001 ", "since": "2026-01-01", "until": ""}
    for left_out in ("name", "card_number", "since"):
        refused = client.post(f"/admin/organisations/{office}/officers", data=fields | {left_out: ""})
        assert (refused.status_code, f'id="officer-{left_out}-fault"' in refused.text) == (422, True)
    assert client.post(f"/admin/organisations/{office}/officers", data=fields).status_code == 303
    assert client.post(f"/admin/organisations/{office}/officers", data=fields).status_code == 422, "the same card"
    (row,) = powers.officers(office, clock.today())
    assert row.card_number == "苏A001"
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    assert client.post(f"/admin/officers/{row.id}/end", data={"until": yesterday}).status_code == 303
    assert powers.officers(office, clock.today()) == []
    congress = district.cast.offices["street_congress"]
    assert client.post(f"/admin/organisations/{congress}/officers", data=fields).status_code == 422


def test_what_orders_print_is_set_once_for_an_office(district: District, client: FlaskClient) -> None:
    office = district.cast.offices["market"]
    fields = {
        "order_title": "责令改正通知书", "section": "特设科", "address": "柳荫路1号", "consequence": "逾期不改正的，依法处理。",
        "review_body": "青江区人民政府", "court": "青江区人民法院",
    }  # fmt: skip
    assert client.post(f"/admin/organisations/{office}/orders", data=fields).status_code == 303
    row = db.session.get_one(Organisation, office)
    assert {name: getattr(row, name) for name in fields} == fields
    congress = district.cast.offices["street_congress"]
    assert client.post(f"/admin/organisations/{congress}/orders", data=fields).status_code == 422


def test_an_office_stands_under_another_of_its_side_and_never_under_itself(
    district: District, client: FlaskClient
) -> None:
    upper, lower = (district.cast.offices[key] for key in ("district_congress", "street_congress"))
    fields = {"short_name": "柳荫工委", "phone": "025-55550101", "is_desk": "yes"}
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
    assert made.id in areas.areas_below(district.cast.street)
    every = db.session.scalars(select(Area.id)).all()
    for area in every:
        assert areas.areas_above(area) == {one for one in every if area in areas.areas_below(one)}


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
    term = db.session.scalars(select(RoleTerm).where(RoleTerm.person_id == district.cast.persons["du1"])).one()
    assert Role(term.role) is Role.SUPERVISOR
    appointing.end_term(term, max(term.since, date(2026, 1, 1)))
    db.session.commit()
    answer = client_of("du1").get("/desk/")
    assert (answer.status_code, answer.location) == (302, "/term-over"), "it says so, and opens nothing"


def test_a_desk_date_that_was_changed_counts_for_what_is_found_from_then_on(
    district: District, client_of: ClientOf
) -> None:
    before = found(district)
    due = before.due_on
    db.session.commit()
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
