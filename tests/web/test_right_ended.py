"""What a phone sends after the right of its owner ended: taken, waiting for a supervisor, and whose it is."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from inspect_app.hazards.models import Hazard
from inspect_app.intake.models import JournalEntry, PendingOperation
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.people import actions as people
from inspect_app.people.models import Account, RoleTerm
from inspect_app.urgent_calls.models import UrgentCall
from inspect_app.visits.models import Visit
from tests.support import PIXEL, District, rows_in
from tests.web.phone import operation, outcomes, phone_says, photo_receipts, send, visit_of

ClientOf = Callable[[str], FlaskClient]


def _end_right(login: str, district: District, until: date) -> None:
    db.session.execute(update(RoleTerm).where(RoleTerm.person_id == district.cast.persons[login]).values(until=until))
    db.session.commit()


def test_what_was_captured_within_a_right_waits_and_takes_effect_in_its_name(
    app: Flask, district: District, client_of: ClientOf
) -> None:
    client, desk, yesterday = client_of("daibiao1"), client_of("du1"), clock.now() - timedelta(days=1)
    within, after = visit_of(district, at=yesterday), visit_of(district, seq=4)
    _end_right("daibiao1", district, clock.local_date(yesterday))
    lines = send(client, [*within, *after], phone_says(6, [[1, 6]]))
    assert outcomes(lines) == ["waiting"] * 3 + ["refused"] * 3
    assert "督办员确认后接着办" in lines[0]["words"]
    assert "任期已经结束" in lines[3]["words"]
    assert (rows_in(Visit), rows_in(PendingOperation)) == (0, 3)
    assert client.get("/intake/token").status_code == 200
    assert client.get("/field/").location == "/term-over", "only what is handed over is taken"
    assert "1 批手机里的记录等您确认" in desk.get("/desk/").text
    page = desk.get("/desk/pending").text
    assert "开始检查 1 条、检查项 1 条、提交检查 1 条" in page
    receipt_id = db.session.scalars(select(PendingOperation.receipt_id)).first()
    assert desk.post(f"/desk/pending/{receipt_id}/confirm").status_code == 303
    visit = db.session.scalars(select(Visit)).one()
    assert visit.account_id == district.cast.accounts["daibiao1"]
    assert rows_in(Hazard) == 1
    rows = db.session.scalars(select(PendingOperation)).all()
    assert {(row.decision, row.outcome, row.decided_by_id) for row in rows} == {
        ("confirmed", "applied", district.cast.persons["du1"])
    }
    assert desk.post(f"/desk/pending/{receipt_id}/confirm").status_code == 409
    assert outcomes(send(client, within, phone_says(6))) == ["applied"] * 3
    assert (rows_in(Visit), rows_in(Hazard), rows_in(JournalEntry)) == (1, 1, 6)


def test_declining_asks_why_and_the_phone_hears_it(district: District, client_of: ClientOf) -> None:
    client, desk, yesterday = client_of("daibiao1"), client_of("du1"), clock.now() - timedelta(days=1)
    operations = visit_of(district, at=yesterday)
    _end_right("daibiao1", district, clock.local_date(yesterday))
    send(client, operations)
    receipt_id = db.session.scalars(select(PendingOperation.receipt_id)).first()
    assert desk.post(f"/desk/pending/{receipt_id}/decline", data={"reason": ""}).status_code == 422
    assert desk.post(f"/desk/pending/{receipt_id}/decline", data={"reason": "那天没有去过"}).status_code == 303
    lines = send(client, operations)
    assert outcomes(lines) == ["refused"] * 3
    assert lines[0]["words"] == "那天没有去过"
    assert rows_in(Visit) == 0
    assert "那天没有去过" in desk.get("/desk/pending").text


def test_a_danger_waits_for_nobody(district: District, client_of: ClientOf) -> None:
    _end_right("daibiao1", district, clock.today() - timedelta(days=1))
    call = operation("urgent.call", {"where": "三楼冒烟"}, 1)
    assert outcomes(send(client_of("daibiao1"), [call])) == ["applied"]
    assert rows_in(UrgentCall) == 1


def test_what_was_confirmed_before_what_it_builds_on_waits_on(district: District, client_of: ClientOf) -> None:
    client, desk, yesterday = client_of("daibiao1"), client_of("du1"), clock.now() - timedelta(days=1)
    start, answer, submit = visit_of(district, at=yesterday)
    _end_right("daibiao1", district, clock.local_date(yesterday))
    send(client, [answer, submit])
    send(client, [start])
    late, early = db.session.scalars(
        select(PendingOperation.receipt_id).distinct().order_by(PendingOperation.receipt_id)
    ).all()
    page = desk.post(f"/desk/pending/{late}/confirm", follow_redirects=True).text
    assert "2 条要等前面的送达" in page
    desk.post(f"/desk/pending/{early}/confirm")
    desk.post(f"/desk/pending/{late}/confirm")
    assert {row.outcome for row in db.session.scalars(select(PendingOperation))} == {"applied"}
    assert rows_in(Hazard) == 1


def test_photos_and_parts_are_taken_after_the_term_too_and_a_closed_account_is_out(
    app: Flask, district: District, client_of: ClientOf
) -> None:
    client, photo_id = client_of("daibiao1"), str(uuid4())
    _end_right("daibiao1", district, clock.today() - timedelta(days=1))
    assert client.put(f"/intake/photos/{photo_id}", data=PIXEL).status_code == 200
    assert json.loads(photo_receipts(client, [photo_id])["document"])["photos"][0]["outcome"] == "kept"
    people.set_active(db.session.get_one(Account, district.cast.accounts["daibiao1"]), False)
    db.session.commit()
    assert client.get("/intake/token").status_code == 401
