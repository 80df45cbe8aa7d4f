"""What an administrator sets right, with before and after in the log; who cannot be told apart; nobody raises themselves."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.people import actions, directory, queries
from inspect_app.people.acts import AdministratorAct
from inspect_app.people.models import Account, Area, Organisation, Person, RoleTerm, Station
from inspect_app.people.rules import Role
from inspect_app.premises import queries as premises
from inspect_app.premises.models import Premises
from tests.support import District, account_of, found, typed_account

ClientOf = Callable[[str], FlaskClient]


@pytest.fixture
def client(client_of: ClientOf) -> FlaskClient:
    return client_of("guanli1")


def _acts(subject: object) -> list[AdministratorAct]:
    rows = db.session.scalars(select(AdministratorAct).where(AdministratorAct.subject_id == str(subject)))
    return sorted(rows, key=lambda row: (row.at, row.id))


def test_a_mobile_number_is_taken_however_it_is_written_and_signs_in_so(
    app: Flask, district: District, client: FlaskClient
) -> None:
    answer = client.post("/admin/accounts/new", data=typed_account(district, mobile="+86 138 1234 5671"))
    assert answer.status_code == 200, answer.text
    assert account_of("xinlai1").mobile == "13812345671"
    for typed in ("138 1234 5671", "+86-138-1234-5671", "１３８１２３４５６７１", "XinLai1", " xinlai1\u200b"):
        assert queries.by_login(typed) is not None, typed
    signed = app.test_client().post("/sign-in", data={"login": "138 1234 5671", "password": "wrong"})
    assert signed.status_code == 422


def test_two_logins_that_differ_in_case_alone_are_refused(district: District, client: FlaskClient) -> None:
    assert client.post("/admin/accounts/new", data=typed_account(district, login="LiDenglu")).status_code == 200
    answer = client.post("/admin/accounts/new", data=typed_account(district, login="lidenglu"))
    assert answer.status_code == 422
    assert "这个账号已经有人用了" in answer.text
    assert account_of("lidenglu").person.name == "新来的"
    taken = client.post("/admin/accounts/new", data=typed_account(district, login="13812345671"))
    assert "账号不能是手机号" in taken.text


def test_everything_that_is_wrong_is_said_at_once(district: District, client: FlaskClient) -> None:
    answer = client.post(
        "/admin/accounts/new",
        data=typed_account(
            district, name="\u200b", login="x", mobile="abc", role="", area_id="", since="soon", until="3000-01-01"
        ),
    )
    assert answer.status_code == 422
    for words in ("请写姓名", "账号用 3 到 40", "手机号应是 11 位", "请选角色", "请选片区", "日期不对", "3000 年不对"):
        assert words in answer.text, words
    for field in ("name", "login", "mobile", "role", "area_id", "since", "until"):
        assert f'href="#{field}"' in answer.text, "each leads to its field"
        assert f'id="{field}-fault"' in answer.text, "and stands beside it"


def test_a_place_names_all_that_is_wrong_with_it(district: District, client_of: ClientOf) -> None:
    answer = client_of("du1").post(
        "/desk/places/new",
        data={"name": "\u200b", "address": "", "kind": "x", "phone": "abc", "year_built": "3000", "seats": "many"},
    )
    assert answer.status_code == 422
    for words in (
        "请写场所名称",
        "请写地址",
        "请选场所的类别",
        "电话要写数字",
        "额定人数要写数字",
        "建成年份要在",
        "请选街道或社区",
    ):
        assert words in answer.text or words == "建成年份要在", words
    late = client_of("du1").post(
        "/desk/places/new",
        data={
            "name": "新店", "address": "柳荫街 9 号", "kind": "small_shop", "year_built": "3000",
            "area_id": str(district.cast.communities[0]),
        },
    )  # fmt: skip
    assert "建成年份要在" in late.text


def test_a_step_names_every_input_it_lacks(district: District, client_of: ClientOf) -> None:
    hazard = found(district)
    db.session.commit()
    answer = client_of("du1").post(f"/desk/hazards/{hazard.id}/steps/hand_over", data={"version": hazard.version})
    assert answer.status_code == 422
    assert "请选承办单位" in answer.text
    assert 'id="hand_over-mending_on-fault"' in answer.text
    assert 'href="#hand_over-mending_on"' in answer.text


def test_what_somebody_is_called_and_signs_in_with_is_set_right_and_the_log_says_what_it_was(
    district: District, client: FlaskClient, client_of: ClientOf
) -> None:
    row = account_of("daibiao1")
    was, phone = row.person.name, client_of("daibiao1")
    address = f"/admin/accounts/{row.id}/correct"
    fields = {"name": "陈玉蘭", "login": "ChenYulan", "mobile": "138 0000 2222"}
    assert client.post(address, data=fields).status_code == 303
    db.session.expire_all()
    assert (row.person.name, row.login, row.mobile, row.person.phone) == (
        "陈玉蘭",
        "chenyulan",
        "13800002222",
        "13800002222",
    )
    assert phone.get("/field/").status_code == 200, "the session goes on"
    act = _acts(row.id)[-1]
    assert act.changes["login"] == ["daibiao1", "chenyulan"]
    assert act.person_id == district.cast.persons["guanli1"]
    assert _acts(row.person_id)[-1].changes["name"] == [was, "陈玉蘭"]
    log = client.get("/admin/acts?q=陈玉").text
    assert "<del>daibiao1</del> <ins>chenyulan</ins>" not in log, "the log of a login is found by the login"
    assert f"<del>{was}</del> <ins>陈玉蘭</ins>" in log
    assert "chenyulan" in client_of("shenji1").get("/admin/acts").text, "an auditor reads it"
    other = client.post(address, data=fields | {"login": "DU1", "mobile": "abc"})
    assert "这个账号已经有人用了" in other.text
    assert "手机号应是 11 位" in other.text


def test_an_office_an_area_and_a_station_are_set_right(district: District, client: FlaskClient) -> None:
    office = db.session.get_one(Organisation, district.cast.offices["street"])
    taken = {"name": "青江区消防救援大队", "letter_code": "青消", "area_id": str(office.area_id)}
    refused = client.post(f"/admin/organisations/{office.id}/correct", data=taken)
    assert refused.status_code == 422
    assert "同名的单位" in refused.text
    assert "文号会重" in refused.text
    right = {"name": "青江区柳荫街道办事处", "letter_code": "柳办", "area_id": str(office.area_id)}
    assert client.post(f"/admin/organisations/{office.id}/correct", data=right).status_code == 303
    area = db.session.get_one(Area, district.cast.communities[0])
    parent = db.session.get_one(Area, area.parent_id)
    wrong = client.post(f"/admin/areas/{area.id}/correct", data={"name": "", "code": "1", "code_year": "3000"})
    for words in ("请写名称", "代码应是 12 位数字", "年份要在 1980 到"):
        assert words in wrong.text
    code = parent.code + "099"
    assert client.post(
        f"/admin/areas/{area.id}/correct", data={"name": "柳北社区", "code": code, "code_year": "2026"}
    ).status_code == 303  # fmt: skip
    station = db.session.scalars(select(Station)).first()
    assert station is not None
    data = {"name": "柳荫代表之家", "kind": station.kind, "area_id": str(station.area_id)}
    assert client.post(f"/admin/stations/{station.id}", data=data).status_code == 303
    db.session.expire_all()
    assert (office.name, office.letter_code) == ("青江区柳荫街道办事处", "柳办")
    assert (area.name, area.code, area.code_year) == ("柳北社区", code, 2026)
    assert _acts(office.id)[-1].changes == {
        "name": ["青江区人民政府柳荫街道办事处", "青江区柳荫街道办事处"], "letter_code": ["柳街", "柳办"],
    }  # fmt: skip
    assert "code" in _acts(area.id)[-1].changes
    assert "name" in _acts(station.id)[-1].changes


def test_words_in_place_of_an_emergency_number_are_refused(district: District, client: FlaskClient) -> None:
    address = f"/admin/areas/{district.cast.street}/numbers"
    answer = client.post(address, data={"duty_phone": "abc", "gas_phone": "12"})
    assert answer.status_code == 422
    assert answer.text.count("电话要写数字") >= 2
    assert client.post(address, data={"duty_phone": "025-5555 0110", "gas_phone": "96777"}).status_code == 303


def test_nobody_gives_a_role_to_themselves_nor_more_of_one(
    district: District, client: FlaskClient, client_of: ClientOf
) -> None:
    own, person = district.cast.accounts["guanli1"], district.cast.persons["guanli1"]
    fields = typed_account(district, role="supervisor")
    assert client.post(f"/admin/accounts/{own}/terms", data=fields).status_code == 403
    term = db.session.scalars(select(RoleTerm).where(RoleTerm.person_id == person)).one()
    assert (
        client.post(f"/admin/terms/{term.id}/correct", data={"area_id": str(district.cast.street)}).status_code == 403
    )
    soon, later = (clock.today() + timedelta(days=days) for days in (10, 400))
    assert client.post(f"/admin/terms/{term.id}/end", data={"until": soon.isoformat()}).status_code == 303
    assert client.post(f"/admin/terms/{term.id}/end", data={"until": later.isoformat()}).status_code == 403
    assert (
        client_of("guanli2").post(f"/admin/terms/{term.id}/end", data={"until": later.isoformat()}).status_code == 303
    )
    assert "再加一个任期" not in client.get(f"/admin/accounts/{own}").text
    assert db.session.scalars(select(RoleTerm.role).where(RoleTerm.person_id == person)).all() == ["administrator"]


def test_where_a_term_is_held_is_set_right(district: District, client: FlaskClient) -> None:
    person = district.cast.persons["daibiao2"]
    term = db.session.scalars(select(RoleTerm).where(RoleTerm.person_id == person)).one()
    place = district.cast.communities[1]
    data = {"area_id": str(place), "level": "市", "congress_term": "第十九届", "station_id": ""}
    assert client.post(f"/admin/terms/{term.id}/correct", data=data).status_code == 303
    db.session.expire_all()
    assert (term.area_id, term.level, term.congress_term, term.role) == (place, "市", "第十九届", "deputy")
    assert _acts(term.id)[-1].changes["area_id"][1] == db.session.get_one(Area, place).name


def test_secrets_are_in_no_log_and_what_others_do_is_not_in_this_one(
    app: Flask, district: District, client: FlaskClient, client_of: ClientOf
) -> None:
    row = account_of("du2")
    assert client.post(f"/admin/accounts/{row.id}/reset").status_code == 200
    act = _acts(row.id)[-1]
    assert act.changes["password"] == [None, "重设了"]
    assert row.password not in str(act.changes)
    before = len(db.session.scalars(select(AdministratorAct.id)).all())
    place = premises.search(district.scope("du1"), limit=1)[0]
    client_of("du1").post(f"/desk/places/{place.id}/confirm")
    assert len(db.session.scalars(select(AdministratorAct.id)).all()) == before
    refused = client.post(f"/admin/accounts/{row.id}/correct", data={"name": "", "login": "x", "mobile": ""})
    assert refused.status_code == 422
    assert len(db.session.scalars(select(AdministratorAct.id)).all()) == before, "what was refused changed nothing"


def _made(district: District, login: str, mobile: str = "") -> Account:
    row, _ = actions.create_account(
        name=f"某{login}", login=login, mobile=mobile, role=Role.SUPERVISOR, area_id=district.cast.street,
        organisation_id=district.cast.offices["street_congress"], since=clock.today(),
    )  # fmt: skip
    return row


def test_logins_of_before_that_collide_are_listed_and_sign_in_by_their_exact_form(
    app: Flask, district: District, client: FlaskClient
) -> None:
    one, other, third = (
        _made(district, "wangwu1"),
        _made(district, "wangwu2"),
        _made(district, "wangwu3", "13911112222"),
    )
    # As they were made before there was one form.
    db.session.execute(update(Account).where(Account.id == one.id).values(login="WangWu", login_key="wangwu"))
    db.session.execute(update(Account).where(Account.id == other.id).values(login="wangwu", login_key="wangwu"))
    fourth = _made(district, "wangwu4")
    db.session.execute(
        update(Account).where(Account.id == fourth.id).values(login="13911112222", login_key="13911112222")
    )
    db.session.commit()
    db.session.expire_all()
    assert [queries.by_login(typed) for typed in ("WangWu", "wangwu", "WANGWU")] == [one, other, None]
    assert [{account.id for account, _ in group} for group in directory.colliding()] == [
        {third.id, fourth.id}, {one.id, other.id},
    ]  # fmt: skip
    assert "分不清的账号" in client.get("/admin/").text
    listed = app.test_cli_runner().invoke(args=["accounts", "colliding"])
    assert (listed.exit_code, "WangWu" in listed.output, "wangwu" in listed.output) == (1, True, True)
    assert client.post(
        f"/admin/accounts/{one.id}/correct", data={"name": "王五", "login": "wangwu5", "mobile": ""}
    ).status_code == 303  # fmt: skip
    assert queries.by_login("WANGWU") == other
    kept = {"name": "王六", "login": "13911112222", "mobile": ""}
    assert client.post(f"/admin/accounts/{fourth.id}/correct", data=kept).status_code == 303, (
        "the rest can be set right"
    )


@pytest.mark.parametrize("typed", ["老李(柳荫)", "老李（柳荫）", "老李 (柳荫)", "老李\u200b（柳荫）"])
def test_a_place_a_person_and_a_hazard_are_found_in_any_width(
    district: District, client_of: ClientOf, client: FlaskClient, typed: str
) -> None:
    hazard = found(district)
    place = db.session.get_one(Premises, hazard.premises_id)
    place.name = "老李（柳荫）面馆"
    person = db.session.get_one(Person, district.cast.persons["daibiao1"])
    person.name = "老李（柳荫）"
    db.session.commit()
    assert place in premises.search(district.scope("du1"), typed)
    assert str(place.id) in client_of("du1").get("/desk/places", query_string={"q": typed}).text
    assert str(hazard.id) in client_of("du1").get("/desk/hazards", query_string={"q": typed}).text
    assert "daibiao1" in client.get("/admin/accounts", query_string={"q": typed}).text
    assert [login for _, login in directory.people_named(typed)] == ["daibiao1"]
    assert str(hazard.id) not in client_of("du1").get("/desk/hazards", query_string={"q": "100%"}).text


def test_the_number_under_the_qr_and_what_the_qr_holds_both_find_the_place(
    district: District, client_of: ClientOf
) -> None:
    row = db.session.get_one(Premises, district.places[0])
    printed = client_of("du1").get(f"/desk/places/{row.id}/door").text
    assert row.code in printed
    for typed in (row.code, row.code.lower(), f" {row.code[:4]} {row.code[4:]}", row.door_code.lower()):
        assert premises.search(district.scope("du1"), typed) == [row], typed
    listed = client_of("daibiao1").get("/field/data/places").get_json()["places"]
    assert row.code in [place["code"] for place in listed]


def test_nothing_at_all_is_no_search_and_nul_breaks_none(district: District, client_of: ClientOf) -> None:
    for address in (
        "/desk/places",
        "/desk/hazards",
        "/admin/accounts",
        "/admin/acts",
        "/admin/sign-ins",
        "/admin/recusals",
    ):
        client = client_of("guanli1" if address.startswith("/admin") else "du1")
        assert client.get(address, query_string={"q": "\x00", "who": "\x00"}).status_code == 400, address


ALL_WRONG = {
    "/admin/organisations/new": ("guanli1", {}, ["请写单位的全称", "请写机关代字", "请选是哪一侧", "请选片区"]),
    "/admin/organisations/{fire}/powers": (
        "guanli1", {"until": "soon"}, ["请选一项职权", "请选在哪个领域", "请写依据的法律", "请写第几条", "请写职权的出处", "请选从哪天起", "日期不对"],
    ),
    "/admin/organisations/{fire}/officers": ("guanli1", {}, ["请写姓名", "请写执法证号", "请选从哪天起"]),
    "/admin/areas": ("guanli1", {"code_year": "3000"}, ["请写名称", "请选是街道还是社区", "年份要在 1980", "请选从哪天起"]),
    "/admin/stations": ("guanli1", {}, ["请写名称", "请选是哪一种", "请选片区"]),
    "/admin/duty": ("guanli1", {}, ["请选值班的人", "请选片区", "请选从哪天", "请选到哪天"]),
    "/admin/recusals": ("guanli1", {}, ["请选是谁要回避", "请选回避哪一家", "请写一句为什么回避"]),
    "/admin/terms": ("guanli1", {"amount": "x"}, ["请选是哪一个时限", "1 到 365 的数字"]),
    "/desk/assignments": ("du1", {"premises_id": "{place}"}, ["请选代表", "请选哪天去", "请至少选一张检查表"]),
    "/desk/places/{place}/party": (
        "du1", {"phone": "abc", "credit_code": "1"}, ["请选责任主体是哪一类", "请写责任主体的名称", "应是 18 位", "电话要写数字"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("address", ALL_WRONG)
def test_no_form_stops_at_its_first_fault(district: District, client_of: ClientOf, address: str) -> None:
    login, typed, words = ALL_WRONG[address]
    names = {"fire": district.cast.offices["fire"], "place": district.places[0]}
    data = {name: value.format(**names) for name, value in typed.items()}
    answer = client_of(login).post(address.format(**names), data=data)
    assert answer.status_code == 422
    assert [one for one in words if one not in answer.text] == []


def test_a_code_under_which_another_office_printed_is_nobody_elses_afterwards(
    district: District, client: FlaskClient
) -> None:
    """柳街整〔2026〕1号 is in somebody's hand: two offices with one 代字 would print it twice, or never."""
    street, fire = (db.session.get_one(Organisation, district.cast.offices[name]) for name in ("street", "fire"))
    was, stays = street.letter_code, fire.letter_code

    def corrected(office: Organisation, code: str) -> int:
        typed = {"name": office.name, "letter_code": code, "area_id": str(office.area_id)}
        return client.post(f"/admin/organisations/{office.id}/correct", data=typed).status_code

    assert corrected(street, "柳荫办") == 303
    assert corrected(fire, was) == 422
    db.session.expire_all()
    assert fire.letter_code == stays
    assert corrected(street, was) == 303, "it takes its own back"
