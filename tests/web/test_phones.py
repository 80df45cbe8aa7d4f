"""The phone and the server about each other: clocks, gaps, receipts for photos, answers given again, lost phones."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from inspect_app.evidence.models import Photo
from inspect_app.hazards.events import Event
from inspect_app.hazards.models import Hazard
from inspect_app.intake import audit
from inspect_app.intake.epochs import begin_epoch
from inspect_app.intake.models import Device, DeviceGap, JournalEntry, Receipt
from inspect_app.intake.receipts import receipt_holds
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.hashing import sha256_hex
from inspect_app.people.models import Account
from inspect_app.premises.models import Premises
from inspect_app.visits.models import Visit
from tests.support import PIXEL, District, rows_in
from tests.web.phone import DEVICE, operation, outcomes, phone_says, photo_receipts, send, visit_of

ClientOf = Callable[[str], FlaskClient]
PAGE = 1_000_000


def test_each_operation_is_kept_with_its_time_by_the_server_s_clock(district: District, client_of: ClientOf) -> None:
    behind = clock.now() - timedelta(minutes=14)
    times = {"mono_ms": 60_000, "page_opened_ms": PAGE, "zone_minutes": 480}
    operations = [one | {"times": times} for one in visit_of(district, at=behind - timedelta(minutes=30))]
    phone = phone_says(3, sent_at=behind.isoformat(), mono_ms=60_000 + 30 * 60_000, page_opened_ms=PAGE)
    assert set(outcomes(send(client_of("daibiao1"), operations, phone))) == {"applied"}
    kept = [said["estimate"] for said in db.session.scalars(select(Receipt.operations)).one()]
    assert {(one["how"], one["uncertain_s"]) for one in kept} == {("clocks agree", 2)}
    off = datetime.fromisoformat(kept[0]["at"]) - (clock.now() - timedelta(minutes=30))
    assert abs(off) < timedelta(minutes=1)
    hazard = db.session.scalars(select(Hazard)).one()
    event = db.session.scalars(select(Event).where(Event.hazard_id == hazard.id).order_by(Event.seq)).first()
    assert event is not None
    assert event.body["device"]["estimate"] == kept[-1]
    page = client_of("du1").get(f"/desk/hazards/{hazard.id}").text
    assert "按服务器的钟约" in page
    assert "前后 2 秒" in page
    assert db.session.get_one(Device, DEVICE).offset_ms // 60_000 == 14
    assert "手机的钟慢 14 分钟" in client_of("du1").get("/desk/phones").text


def test_a_right_clock_is_not_mentioned(district: District, client_of: ClientOf) -> None:
    send(client_of("daibiao1"), visit_of(district), phone_says(3))
    hazard = db.session.scalars(select(Hazard)).one()
    assert "按服务器的钟" not in client_of("du1").get(f"/desk/hazards/{hazard.id}").text


def test_a_lost_number_is_an_alarm_until_it_comes_or_somebody_says_why(district: District, client_of: ClientOf) -> None:
    client, desk = client_of("daibiao1"), client_of("du1")
    first, second, third = visit_of(district)
    late = second | {"seq": 12}
    send(client, [first], phone_says(20, [[1, 11], [15, 20]], photos=3, oldest_at=clock.now().isoformat()))
    row = db.session.get_one(Device, DEVICE)
    assert (row.received, row.held, row.missing) == ([[1, 1]], [[2, 11], [15, 20]], [[12, 14]])
    words = "的手机少了 3 条记录（第 12 到 14 条）"
    for address in ("/desk/", "/desk/phones"):
        assert words in desk.get(address).text
    assert "16 条记录、3 张照片" in desk.get("/desk/phones").text
    # One of them comes after all, in a request that was overtaken and knows less: it only adds.
    send(client, [late], phone_says(12, [[2, 12]]))
    db.session.expire_all()
    assert db.session.get_one(Device, DEVICE).missing == [[13, 14]]
    assert desk.post(f"/desk/phones/{DEVICE}/gap", data={"reason": " "}).status_code == 422
    assert desk.post(f"/desk/phones/{DEVICE}/gap", data={"reason": "清过浏览器，本人补记了"}).status_code == 303
    assert rows_in(DeviceGap) == 1
    assert "条记录（第" not in desk.get("/desk/").text
    assert "清过浏览器，本人补记了" in desk.get("/desk/phones").text
    send(client, [third | {"seq": 21}], phone_says(22))
    db.session.expire_all()
    assert db.session.get_one(Device, DEVICE).missing == [[2, 11], [15, 20], [22, 22]], "a new loss is a new alarm"


def test_an_old_page_and_the_urgent_page_lose_nothing_and_raise_no_alarm(
    district: District, client_of: ClientOf
) -> None:
    client = client_of("daibiao1")
    send(client, visit_of(district))
    assert db.session.get_one(Device, DEVICE).missing == []
    call = operation("urgent.call", {"where": "三楼冒烟"}, 1) | {"device": "urgent-0123456789"}
    assert outcomes(send(client, [call], {"device": "urgent-0123456789", "counter": 5})) == ["applied"]
    assert list(db.session.scalars(select(Device.id))) == [DEVICE]


def test_what_waits_for_its_visit_does_not_count_as_received(district: District, client_of: ClientOf) -> None:
    start, answer, _ = visit_of(district)
    assert outcomes(send(client_of("daibiao1"), [answer], phone_says(2, [[1, 2]]))) == ["later"]
    assert db.session.get_one(Device, DEVICE).received == []
    send(client_of("daibiao1"), [start, answer], phone_says(2, [[1, 2]]))
    db.session.expire_all()
    assert (db.session.get_one(Device, DEVICE).received, db.session.get_one(Device, DEVICE).held) == ([[1, 2]], [])


def test_photos_are_signed_for_by_id_and_hash(app: Flask, district: District, client_of: ClientOf) -> None:
    client, here, spoilt, never, theirs = client_of("daibiao1"), *(str(uuid4()) for _ in range(4))
    for photo_id in (here, spoilt):
        client.put(f"/intake/photos/{photo_id}", data=PIXEL)
    client_of("daibiao2").put(f"/intake/photos/{theirs}", data=PIXEL)
    verdict = {"refused_reason": "照片打不开，请补拍。", "refused_at": clock.now()}
    db.session.execute(update(Photo).where(Photo.id == UUID(spoilt)).values(**verdict))
    db.session.commit()
    receipt = photo_receipts(client, [here, spoilt, never, theirs])
    lines = json.loads(receipt["document"])["photos"]
    assert [line["outcome"] for line in lines] == ["kept", "refused", "missing", "missing"]
    assert (lines[0]["id"], lines[0]["sha256"]) == (here, sha256_hex(PIXEL))
    assert lines[1]["words"] == "照片打不开，请补拍。"
    keys = app.extensions["keys"]
    assert keys.verify(receipt["key"], receipt["signature"], receipt["document"].encode())
    app.extensions["storage"].path(sha256_hex(PIXEL)).unlink()
    assert json.loads(photo_receipts(client, [here])["document"])["photos"][0]["outcome"] == "missing"
    for wrong in ({}, {"photos": []}, {"photos": ["x"]}, {"photos": [7]}, {"photos": [here] * 501}):
        assert client.post("/intake/photos/receipts", json=wrong).status_code == 422


def test_receipts_of_an_old_key_still_verify_and_the_first_fault_is_named(
    app: Flask, district: District, client_of: ClientOf
) -> None:
    client, keys, photo_id = client_of("daibiao1"), app.extensions["keys"], str(uuid4())
    client.put(f"/intake/photos/{photo_id}", data=PIXEL)
    send(client, visit_of(district))
    photo_receipts(client, [photo_id])
    old = {row.key_id for row in db.session.scalars(select(Receipt))}
    keys.rotate()
    photo_receipts(client, [photo_id])
    rows = db.session.scalars(select(Receipt).order_by(Receipt.made_at)).all()
    assert len({row.key_id for row in rows}) == 2
    assert old < {row.key_id for row in rows}
    assert all(receipt_holds(row, keys) for row in rows)
    assert audit.verify(keys) == ([], 3)
    changed = [said | {"captured_at": "2020-01-01T00:00:00+08:00"} for said in rows[0].operations]
    rows[0].operations, rows[1].document = changed, rows[1].document.replace("kept", "lost")
    db.session.flush()
    faults, checked = audit.verify(keys)
    assert (checked, len(faults)) == (3, 2)
    assert str(rows[0].id) in faults[0]
    assert "签名对不上" in faults[1]
    result = app.test_cli_runner().invoke(args=["receipts", "verify"])
    assert result.exit_code == 1
    assert result.output.splitlines()[0] == faults[0]


def test_an_answer_that_was_lost_is_given_again(
    district: District, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process dies after the commit and before the answer: the phone knows nothing and sends it all again."""
    client, operations = client_of("daibiao1"), visit_of(district)
    commit = db.session.commit

    def commit_and_die() -> None:
        commit()
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(db.session, "commit", commit_and_die)
        with pytest.raises(SystemExit):
            client.post("/intake/operations", json={"operations": operations, "phone": phone_says(3, [[1, 3]])})
    before = (rows_in(Hazard), rows_in(JournalEntry))
    assert before == (1, 3)
    lines = send(client, operations, phone_says(3, [[1, 3]]))
    assert outcomes(lines) == ["applied"] * 3
    assert (rows_in(Hazard), rows_in(JournalEntry)) == before


def test_after_a_restore_phones_offer_all_again_and_nothing_doubles(
    app: Flask, district: District, client_of: ClientOf
) -> None:
    client, kept, lost = client_of("daibiao1"), visit_of(district), visit_of(district, seq=4)
    send(client, kept, phone_says(3, [[1, 3]]))
    was = client.get("/intake/token").get_json()["epoch"]
    begin_epoch()  # the backup was made here: what came later is gone
    db.session.commit()
    epoch = client.get("/intake/token").get_json()["epoch"]
    assert epoch != was
    lines = send(client, [*kept, *lost], phone_says(6, [[1, 6]]))
    assert outcomes(lines) == ["applied"] * 6
    assert rows_in(Visit) == 2
    assert rows_in(JournalEntry) == 6
    assert db.session.get_one(Device, DEVICE).missing == []
    assert (
        json.loads(db.session.scalars(select(Receipt).order_by(Receipt.made_at.desc())).first().document)["epoch"]
        == epoch
    )  # type: ignore[union-attr]


def test_a_list_withdrawn_meanwhile_and_a_place_merged_meanwhile_refuse_nothing(
    district: District, client_of: ClientOf
) -> None:
    from inspect_app.checklists.models import ChecklistVersion

    client, operations = client_of("daibiao1"), visit_of(district)
    version = db.session.get_one(ChecklistVersion, district.versions[0])
    version.withdrawn_at = clock.now()
    db.session.get_one(Premises, district.places[0]).merged_into_id = district.places[1]
    db.session.commit()
    assert set(outcomes(send(client, operations, phone_says(3)))) == {"applied"}
    hazard = db.session.scalars(select(Hazard)).one()
    assert {hazard.premises_id, db.session.scalars(select(Visit)).one().premises_id} == {district.places[0]}
    assert hazard.title in client_of("du1").get(f"/desk/places/{district.places[1]}").text, "shown where it stands now"


def test_the_token_tells_what_a_phone_should_know(app: Flask, district: District, client_of: ClientOf) -> None:
    said = client_of("daibiao1").get("/intake/token", headers={"X-Device": DEVICE}).get_json()
    assert set(said) == {"token", "account", "name", "epoch", "at", "lost", "rescue_key", "version"}
    assert said["account"] == str(district.cast.accounts["daibiao1"])
    assert abs(datetime.fromisoformat(said["at"]) - clock.now()) < timedelta(minutes=1)
    assert said["lost"] is False
    assert said["rescue_key"]["id"] == app.extensions["keys"].rescue_key()[0]
    again = client_of("daibiao1").get("/intake/token").get_json()
    assert again["epoch"] == said["epoch"]
    nobody = app.test_client().get("/intake/token", headers={"X-Device": DEVICE})
    assert (nobody.status_code, nobody.get_json()["lost"]) == (401, False)


def _signed_in(client: FlaskClient, app: Flask, district: District, login: str) -> None:
    mark = db.session.scalar(select(Account.fs_uniquifier).where(Account.login == login))
    with client.session_transaction() as session:
        session["_user_id"], session["signed_in_at"] = mark, clock.now().isoformat()


@pytest.mark.parametrize("reporter", ["own", "administrator"])
def test_a_lost_phone_learns_it_everywhere_until_its_owner_is_back(
    reporter: str, app: Flask, district: District, client_of: ClientOf
) -> None:
    phone, other = client_of("daibiao1"), client_of("daibiao1")
    device = {"X-Device": DEVICE}
    send(phone, visit_of(district), phone_says(3))
    if reporter == "own":
        assert "挂失好了" in other.post("/account/lost", follow_redirects=True).text
        assert other.get("/account").status_code == 200, "the session that reported goes on"
    else:
        account = district.cast.accounts["daibiao1"]
        assert client_of("guanli1").post(f"/admin/accounts/{account}/lost").status_code == 303
        assert other.get("/account").status_code == 302
    told = phone.get("/intake/token", headers=device)
    assert (told.status_code, told.get_json()["lost"]) == (401, True)
    assert "挂失" in client_of("du1").get("/desk/phones").text
    if reporter == "own":
        still = other.get("/intake/token", headers=device).get_json()
        assert still["lost"] is True, "a session from before does not find a phone again"
    _signed_in(phone, app, district, "daibiao2")
    assert phone.get("/intake/token", headers=device).get_json()["lost"] is True, "nor does another's"
    _signed_in(phone, app, district, "daibiao1")
    assert phone.get("/intake/token", headers=device).get_json()["lost"] is False
    assert app.test_client().get("/intake/token", headers=device).get_json()["lost"] is False


def test_a_page_of_one_account_sends_nothing_under_another_s_session(
    district: District, client_of: Callable[[str], FlaskClient]
) -> None:
    """Two tabs, one phone: a colleague signed in next door; the open page's entries wait for their owner."""
    mine, entries = {"X-Account": str(district.cast.accounts["daibiao1"])}, visit_of(district)
    visit, body = entries[0]["payload"]["visit"], {"operations": entries[:1]}
    colleague = client_of("daibiao2")
    assert colleague.post("/intake/operations", json=body, headers=mine).status_code == 403
    assert db.session.get(Visit, UUID(visit)) is None
    assert colleague.post("/intake/uploads", headers=mine | {"Tus-Resumable": "1.0.0"}).status_code == 403
    assert client_of("daibiao1").post("/intake/operations", json=body, headers=mine).status_code == 200
    assert db.session.get(Visit, UUID(visit)) is not None
