"""Accounts and terms that come as a workbook: all or none, held against who is there, with first passwords for slips."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from inspect_app.imports import actions, queries
from inspect_app.imports.rules import RowVerdict
from inspect_app.imports.slips import password_slips
from inspect_app.kernel import clock
from inspect_app.kernel.database import db, writing
from inspect_app.kernel.errors import NotAllowed, NotThere, Refused
from inspect_app.people.acts import AdministratorAct
from inspect_app.people.models import Account, Person, RoleTerm
from inspect_app.people.passwords import matches
from inspect_app.people.queries import scope_for
from inspect_app.people.rules import Role
from tests.database.importing import bring, confirmed, counts, decided, faults
from tests.support import District, rows_in


def _deputy(number: int, **said: Any) -> dict[str, Any]:
    usual = {
        "name": f"新代表{number}", "login": f"xindaibiao{number}", "mobile": f"138{number:08d}", "role": "代表", "organisation": "柳荫人大工委",
        "area": "柳荫街道", "since": clock.today().isoformat(), "until": (clock.today() + timedelta(days=900)).isoformat(),
    }  # fmt: skip
    return usual | said


def _brought(app: Flask, district: District, *rows: dict[str, Any]) -> Any:
    return bring(app, district, rows, "guanli1", "accounts")


def _confirmed(app: Flask, district: District, job: Any) -> Any:
    return confirmed(app, district, job, "guanli1")


def test_new_accounts_sign_in_with_the_password_of_their_slip_and_must_change_it(
    app: Flask, district: District
) -> None:
    before, acts = rows_in(Account), rows_in(AdministratorAct)
    job = _brought(app, district, *(_deputy(n) for n in range(1, 6)))
    assert (job.state, counts(job), rows_in(Account)) == ("ready", {"added": 5}, before)
    job = _confirmed(app, district, job)
    assert (job.state, rows_in(Account)) == ("done", before + 5)
    slips = password_slips(job, app.config["SECRET_KEY"])
    assert [(slip.name, slip.login) for slip in slips] == [(f"新代表{n}", f"xindaibiao{n}") for n in range(1, 6)]
    assert len({slip.password for slip in slips}) == 5
    account = db.session.scalars(select(Account).where(Account.login == "xindaibiao3")).one()
    assert matches(slips[2].password, account.password)
    assert (account.must_change_password, account.mobile) == (True, "13800000003")
    scope = scope_for(account.id, clock.today())
    assert scope is not None
    assert (scope.role, scope.area_id, scope.organisation_id) == (
        Role.DEPUTY, district.cast.street, district.cast.offices["street_congress"]
    )  # fmt: skip
    made = db.session.scalars(select(AdministratorAct).order_by(AdministratorAct.id)).all()[acts:]
    assert len(made) == 15, "what an administrator makes stands in the log: person, account and term of each"
    assert {row.person_id for row in made} == {district.cast.persons["guanli1"]}
    account.must_change_password = False
    db.session.commit()
    assert len(password_slips(job, app.config["SECRET_KEY"])) == 4, "who has changed it has no slip any more"


def test_the_same_file_again_changes_nothing_and_an_end_or_a_new_term_is_written(
    app: Flask, district: District
) -> None:
    _confirmed(app, district, _brought(app, district, _deputy(1), _deputy(2)))
    terms = rows_in(RoleTerm)
    job = _brought(app, district, _deputy(1), _deputy(2, until=None))
    assert counts(job) == {"same": 2}
    with writing():
        actions.cancel(district.scope("guanli1"), job.id)
    sooner, later = clock.today() + timedelta(days=30), clock.today() + timedelta(days=31)
    job = _brought(
        app, district, _deputy(1, until=sooner.isoformat()), _deputy(2, since=later.isoformat(), role="领导")
    )
    assert counts(job) == {"changed": 2}
    assert _confirmed(app, district, job).state == "done"
    person = select(Account.person_id).where(Account.login == "xindaibiao1").scalar_subquery()
    (term,) = db.session.scalars(select(RoleTerm).where(RoleTerm.person_id == person)).all()
    assert term.until == sooner
    assert rows_in(RoleTerm) == terms + 1


def test_who_is_called_the_same_is_asked_about(app: Flask, district: District) -> None:
    name = db.session.scalars(
        select(Person.name).join(Account, Account.person_id == Person.id).where(Account.login == "daibiao1")
    ).one()
    job = _brought(app, district, _deputy(1, name=name), _deputy(2, name=name))
    assert counts(job) == {"asked": 2}
    people = rows_in(Person)
    job = decided(
        app, district, job, {2: str(district.cast.accounts["daibiao1"]), 3: "another"}, "guanli1"
    )  # fmt: skip
    assert counts(job) == {"added": 1, "changed": 1}
    assert _confirmed(app, district, job).state == "done"
    assert rows_in(Person) == people + 1


def test_what_is_wrong_is_named_and_nothing_is_made(app: Flask, district: District) -> None:
    before = rows_in(Account)
    wrong: list[tuple[dict[str, Any], str, str]] = [
        ({"name": None}, "name", "请写姓名"), ({"login": "x"}, "login", "3 到 40 个"), ({"login": "du1"}, "login", "这个账号是林静的"),
        ({"mobile": "12"}, "mobile", "11 位"), ({"mobile": "13800000001"}, "mobile", "和第 2 行的手机号一样"), ({"role": "书记"}, "role", "角色请写一种"),
        ({"organisation": "某局"}, "organisation", "没有“某局”这个单位"), ({"organisation": "柳荫街道"}, "organisation", "人大侧"),
        ({"area": "月亮街道"}, "area", "没有“月亮街道”"), ({"since": 46023}, "since", "成了数字 46023"), ({"since": "明天"}, "since", "2027-01-01 这样的日期"),
        ({"until": "2020-01-01"}, "until", "不能早于"), ({"level": "省"}, "level", "区或市"), ({"station": "某站"}, "station", "没有“某站”这个家站点"),
        ({"login": "xindaibiao1", "name": "新代表1", "mobile": None}, "", "和第 2 行重复：账号一样"),
    ]  # fmt: skip
    rows = [_deputy(1), *(_deputy(n) | said for n, (said, _, _) in enumerate(wrong, start=2))]
    job = _brought(app, district, *rows)
    assert (job.state, rows_in(Account)) == ("faulty", before)
    told = faults(job)
    assert set(told) == set(range(3, 3 + len(wrong)))
    for number, (_, column, words) in enumerate(wrong, start=3):
        assert any(one == column and words in said for one, said in told[number]), (number, told[number], words)


def test_nobody_gives_themselves_a_term_by_a_sheet(app: Flask, district: District) -> None:
    own = {
        "name": "顾明",
        "login": "guanli1",
        "role": "督办员",
        "organisation": "区人大社建工委",
        "area": "青江区",
        "mobile": None,
    }
    job = _brought(app, district, _deputy(1) | own)
    assert faults(job)[2][0][0] == "role"
    assert "不能给自己加任期" in faults(job)[2][0][1]


def test_only_an_administrator_brings_accounts_and_sees_their_slips(app: Flask, district: District) -> None:
    with pytest.raises(NotAllowed):
        bring(app, district, [_deputy(1)], "du1", "accounts")
    job = _confirmed(app, district, _brought(app, district, _deputy(1)))
    for login in ("du1", "guanli2"):
        with pytest.raises(NotThere), writing():
            actions.show_slips(district.scope(login), job.id, app.config["SECRET_KEY"])
    with writing():
        assert len(actions.show_slips(district.scope("guanli1"), job.id, app.config["SECRET_KEY"])) == 1


def test_under_another_secret_no_wrong_password_is_printed(app: Flask, district: District) -> None:
    job = _confirmed(app, district, _brought(app, district, _deputy(1)))
    with pytest.raises(Refused, match="逐个重设密码"):
        password_slips(job, "another")


def test_a_login_that_is_taken_meanwhile_stops_the_whole(app: Flask, district: District) -> None:
    from inspect_app.people import actions as people

    job = _brought(app, district, _deputy(1), _deputy(2))
    with writing():
        people.create_account(
            name="别人", login="xindaibiao2", role=Role.LEADER, organisation_id=district.cast.offices["street_congress"],
            area_id=district.cast.street, since=clock.today(),
        )  # fmt: skip
    before = rows_in(Account)
    job = _confirmed(app, district, job)
    assert (job.state, rows_in(Account)) == ("faulty", before)
    assert [row.number for row in queries.all_rows(job.id, RowVerdict.FAULTY)] == [3]
