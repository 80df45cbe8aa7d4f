"""Deputies confirm what they saw; closing is an act of the office that handed over, or of its own rule after silence."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from inspect_app.casework import papers as paperwork
from inspect_app.hazards import audit, gallery
from inspect_app.hazards.actions import clockwork, finding, settling
from inspect_app.hazards.locking import lock
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.own import own
from inspect_app.hazards.photos import PhotoFlag
from inspect_app.hazards.rules import State
from inspect_app.hazards.standing import current_round
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotAllowed, Refused
from inspect_app.messages.models import Message
from inspect_app.people import structure
from inspect_app.people.models import Organisation, RoleTerm
from tests.support import District, closed, found, photo, piles, submitted, verified

from .life import days_later, newest, rectifying

ClientOf = Callable[[str], FlaskClient]


def _confirmed(app: Flask, district: District, by: str = "daibiao2") -> Hazard:
    """Found by daibiao1, handed over by du1 of the street's congress office, mended by the street, seen by a deputy."""
    return verified(district, submitted(district, rectifying(district), app.extensions["storage"]), by)


def _told(district: District, login: str) -> list[str]:
    person = district.cast.persons[login]
    return list(db.session.scalars(select(Message.text).where(Message.to_person_id == person).order_by(Message.id)))


def _let(district: District, days: int | None, office: str = "street_congress") -> None:
    structure.let_close_unopposed(db.session.get_one(Organisation, district.cast.offices[office]), days)


def test_a_deputy_confirms_and_the_office_that_handed_over_closes(app: Flask, district: District) -> None:
    hazard = _confirmed(app, district)
    row = current_round(hazard)
    assert (hazard.state, row.confirmed, row.closed_by_person_id, row.closed_with_pass) == (
        "awaiting_closure", True, None, False,
    )  # fmt: skip
    assert any("请您销号" in text for text in _told(district, "du1"))
    assert piles(district, "du1")["close"] == {hazard.id}
    with pytest.raises(NotAllowed, match="交办这一件的单位"):
        closed(district, hazard, "zheng1")
    closed(district, hazard, "du1")
    assert (hazard.state, row.closed_by_person_id) == ("closed", district.cast.persons["du1"])
    for deputy in ("daibiao1", "daibiao2"):  # who found it, who confirmed it
        assert any("已销号" in text for text in _told(district, deputy)), deputy
    assert audit.verify(app.extensions["settings"].data_dir / "x", app.extensions["keys"], app.extensions["storage"])[
        0
    ] == []  # fmt: skip


def test_who_confirmed_learns_that_it_was_sent_back_and_why(app: Flask, district: District) -> None:
    hazard = _confirmed(app, district)
    settling.send_back(lock(hazard.id), district.actor("du1"), reason="照片看不清", to=State.RECTIFYING)
    for deputy in ("daibiao1", "daibiao2"):
        assert any("照片看不清" in text for text in _told(district, deputy)), deputy


def test_what_the_government_handed_over_the_government_closes(app: Flask, district: District) -> None:
    from tests.support import accepted, handed_over

    hazard = accepted(district, handed_over(district, found(district), "fire", by="zheng1"), "xiaofang1")
    verified(district, submitted(district, hazard, app.extensions["storage"], "xiaofang1"))
    assert hazard.closing_office_id == district.cast.offices["street"]
    assert hazard.id not in piles(district, "du1").get("close", set())
    assert piles(district, "zheng1")["close"] == {hazard.id}
    closed(district, hazard, "zheng1")


def test_it_closes_by_itself_only_where_the_office_lets_it_and_the_days_are_over(
    app: Flask, district: District
) -> None:
    with days_later(0):
        before = _confirmed(app, district)
        _let(district, 3)
        hazard = verified(
            district, submitted(district, rectifying(district, item="F-EXIT-02"), app.extensions["storage"])
        )
        assert hazard.due_on == clock.today() + timedelta(days=3)
    with days_later(3):
        assert clockwork.close_unopposed() == 0  # the third working day is still in time
    with days_later(4):
        assert (clockwork.close_unopposed(), clockwork.close_unopposed()) == (1, 0)
    assert (hazard.state, before.state) == ("closed", "awaiting_closure")  # a new rule binds what is confirmed after it
    event = newest(hazard)
    assert (event.step, event.body["actor"]) == ("close_unopposed", {"who": "clock"})
    assert event.body["facts"]["working_days"] == 3
    assert any("没有异议" in text for text in _told(district, "daibiao2"))
    paper = paperwork.issue_for_hazard(
        "closure", lock(hazard.id), district.scope("du1"), district.actor("du1"), address="http://x", typed={}
    )
    assert "3 个工作日没有异议，到期自动销号" in paper.content["closed_by_rule"]
    assert paper.content["closed_by"] == ""
    assert paper.content["events"][-1] == paper.content["events"][-1] | {"step": "到期自动销号", "who": "时钟"}


def _switched_off(app: Flask, district: District, hazard: Hazard) -> None:
    _let(district, None)


def _seen_again(app: Flask, district: District, hazard: Hazard) -> None:
    finding.sight(lock(hazard.id), district.actor("daibiao3"), seen_at=clock.now(), words="又锁上了")


def _looked_back_open(app: Flask, district: District, hazard: Hazard) -> None:
    """Even after the desk has noted it: what somebody saw unmended is closed by a person or not at all."""
    finding.observe(
        lock(hazard.id), district.actor("daibiao3"), mended=False, seen_at=clock.now(), photo_ids=(), words="没改",
        seen_version=1,
    )  # fmt: skip
    finding.note_observed(lock(hazard.id), district.actor("du1"), words="已请再看")


def _void_asked(app: Flask, district: District, hazard: Hazard) -> None:
    from inspect_app.hazards.rules import Step

    settling.ask(lock(hazard.id), district.actor("du2"), Step.ASK_VOID, reason="记错了")


def _photo_questioned(app: Flask, district: District, hazard: Hazard) -> None:
    shot = photo(app.extensions["storage"], district, "daibiao2")
    finding.add_photos(hazard, own((shot,), district.actor("daibiao2")), "after")
    db.session.add(PhotoFlag(hazard_id=hazard.id, photo_id=shot, kind="no_time", details={}, made_at=clock.now()))
    db.session.flush()


@pytest.mark.parametrize(
    "objection",
    [_switched_off, _seen_again, _looked_back_open, _void_asked, _photo_questioned],
    ids=lambda f: f.__name__,
)
def test_an_objection_stops_it(
    app: Flask, district: District, objection: Callable[[Flask, District, Hazard], None]
) -> None:
    with days_later(0):
        _let(district, 3)
        hazard = _confirmed(app, district)
        objection(app, district, hazard)
    with days_later(4):
        assert clockwork.close_unopposed() == 0
        assert hazard.state == "awaiting_closure"


@pytest.mark.parametrize(
    "columns", ["closed_with_pass = true, closed_by_person_id = verified_by_person_id", "confirmed = false"]
)
def test_the_database_refuses_a_confirmation_that_closes(app: Flask, district: District, columns: str) -> None:
    _let(district, 3)
    hazard = _confirmed(app, district)
    with pytest.raises(IntegrityError, match="ck_hazard_round_"), db.session.begin_nested():
        db.session.execute(text(f"UPDATE hazard_round SET {columns} WHERE confirmed"))
    db.session.refresh(hazard)
    assert hazard.state == "awaiting_closure"


def test_one_tap_closes_from_the_row_with_the_pair_in_view(app: Flask, district: District, client_of: ClientOf) -> None:
    hazard = _confirmed(app, district)
    before = photo(app.extensions["storage"], district, "daibiao1")
    finding.add_photos(hazard, own((before,), district.actor("daibiao1")), "before")
    db.session.commit()
    before, after = gallery.pairs([hazard])[hazard.id]
    page = client_of("du1").get("/desk/").text
    assert f"/photos/{before}/thumb" in page
    assert f"/photos/{after}/thumb" in page
    address = f"/desk/hazards/{hazard.id}/close"
    assert address in page
    assert address not in client_of("zheng1").get("/desk/").text, "another office is not asked"
    stale = client_of("du1").post(address, data={"version": hazard.version - 1})
    assert stale.status_code == 409
    done = client_of("du1").post(address, data={"version": hazard.version}, headers={"HX-Request": "true"})
    assert (done.status_code, "已销号" in done.text) == (200, True)
    db.session.expire_all()
    assert hazard.state == "closed"


def test_the_page_says_who_confirmed_and_the_deputy_is_not_told_that_it_is_closed(
    app: Flask, district: District, client_of: ClientOf
) -> None:
    hazard = submitted(district, rectifying(district), app.extensions["storage"])
    db.session.commit()
    data = {"version": hazard.version, "way": "on_site", "opinion": "改好了"}
    answer = client_of("daibiao2").post(
        f"/field/hazards/{hazard.id}/steps/pass", data=data, headers={"HX-Request": "true"}
    )
    assert (answer.status_code, "由交办的单位销号" in answer.text) == (200, True)
    page = client_of("du1").get(f"/desk/hazards/{hazard.id}").text
    assert "请您销号" in page
    assert "周国平回访核实：已经改好" in page
    assert "回访核实：合格" in page


def test_the_administrator_switches_it_on_for_one_office(app: Flask, district: District, client_of: ClientOf) -> None:
    office = district.cast.offices["street_congress"]
    client, address = client_of("guanli1"), f"/admin/organisations/{office}/unopposed"
    for wrong in ("0", "61", "三", "-1"):
        assert client.post(address, data={"close_unopposed_days": wrong}).status_code == 422
    assert client.post(address, data={"close_unopposed_days": "5"}).status_code == 303
    db.session.expire_all()
    assert db.session.get_one(Organisation, office).close_unopposed_days == 5
    assert "5 个工作日没有异议" in client.get(f"/admin/organisations/{office}").text
    assert client.post(address, data={"close_unopposed_days": ""}).status_code == 303
    db.session.expire_all()
    assert db.session.get_one(Organisation, office).close_unopposed_days is None


def test_what_nobody_handed_over_is_closed_by_the_desk(app: Flask, district: District) -> None:
    """Mended on the spot: the desk that answers for what nobody has yet."""
    hazard = found(district)
    hazard.checklist_version_id = district.versions[0]
    shot = photo(app.extensions["storage"], district, "daibiao1")
    finding.fix_on_spot(lock(hazard.id), district.actor("daibiao1"), photo_ids=(shot,))
    verified(district, hazard, "daibiao2")
    with pytest.raises(NotAllowed):
        closed(district, hazard, "zheng1")
    closed(district, hazard, "du2")
    with pytest.raises(Refused):
        closed(district, hazard, "du1")


def test_whoever_reads_that_it_waits_is_told_what_is_so(app: Flask, district: District, client_of: ClientOf) -> None:
    """A handler is promised no message that never comes, and sees the step that closing waits for where it is theirs."""
    hazard = _confirmed(app, district)
    db.session.commit()
    handler, deputy = client_of("jiedao1"), client_of("daibiao2")
    page = handler.get(f"/inbox/{hazard.id}").text
    assert "等交办的单位销号" in page
    assert "办了会告诉您" not in page
    assert "办了会告诉您" in deputy.get(f"/field/hazards/{hazard.id}").text
    hazard.grade = "suspected_major"
    db.session.commit()
    page = handler.get(f"/inbox/{hazard.id}").text
    assert "销号还等您单位这一步" in page
    assert "记录主管部门意见" in page


def test_urging_says_when_there_is_nobody_to_urge(app: Flask, district: District, client_of: ClientOf) -> None:
    hazard = _confirmed(app, district)
    db.session.execute(update(RoleTerm).where(RoleTerm.role == "supervisor", RoleTerm.person_id != district.cast.persons["du1"]).values(
        until=clock.today() - timedelta(days=1)))  # fmt: skip
    db.session.commit()
    client, urge = client_of("du1"), f"/desk/hazards/{hazard.id}/steps/urge"
    sent = {"version": hazard.version, "words": "请快一点"}
    page = client.post(urge, data=sent, follow_redirects=True).text  # also without a script
    assert "没有别的督办员能销号" in page
    assert "已提醒" not in page
