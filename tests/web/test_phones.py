"""The phone and the server about each other: clocks, gaps, receipts for photos, lost phones, what waits for a supervisor."""

import json
import struct
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from inspect_app.evidence.models import Photo, StoredFile
from inspect_app.hazards.events import Event
from inspect_app.hazards.models import Hazard
from inspect_app.intake import audit
from inspect_app.intake.actions import begin_epoch, receipt_holds
from inspect_app.intake.models import Device, DeviceGap, JournalEntry, PendingOperation, Receipt, RescueFile
from inspect_app.intake.rules import parse
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.hashing import sha256_hex
from inspect_app.people import actions as people
from inspect_app.people.models import Account, Term
from inspect_app.premises.models import Premises
from inspect_app.visits.models import UrgentCall, Visit
from tests.support import PIXEL, District, rows_in

ClientOf = Callable[[str], FlaskClient]
DEVICE = "phone-of-daibiao1"
PAGE = 1_000_000


def _op(kind: str, payload: dict[str, Any], seq: int, at: datetime | None = None, **more: Any) -> dict[str, Any]:
    return {
        "id": str(uuid4()), "kind": kind, "v": 1, "device": DEVICE, "seq": seq, "payload": payload,
        "captured_at": (at or clock.now()).isoformat(),
    } | more  # fmt: skip


def _visit(district: District, seq: int = 1, at: datetime | None = None) -> list[dict[str, Any]]:
    """Started, one item failed, handed in: a hazard and a paper."""
    visit, place = str(uuid4()), str(district.places[0])
    versions = [str(version) for version in district.versions]
    return [
        _op("visit.start", {"visit": visit, "premises": place, "versions": versions}, seq, at),
        _op(
            "visit.answer",
            {"visit": visit, "item": "F-EXIT-01", "value": "fail", "wordings": ["门上了锁"]},
            seq + 1,
            at,
        ),
        _op("visit.submit", {"visit": visit}, seq + 2, at),
    ]


def _phone(counter: int, held: list[list[int]] | None = None, **more: Any) -> dict[str, Any]:
    return {"device": DEVICE, "sent_at": clock.now().isoformat(), "counter": counter, "held": held or []} | more


def _send(
    client: FlaskClient, operations: list[dict[str, Any]], phone: dict[str, Any] | None = None
) -> list[dict[str, Any]]:
    body = {"operations": operations} | ({"phone": phone} if phone else {})
    answer = client.post("/intake/operations", json=body)
    assert answer.status_code == 200, answer.text
    return list(json.loads(answer.get_json()["document"])["operations"])


def _outcomes(lines: list[dict[str, Any]]) -> list[str]:
    return [str(line["outcome"]) for line in lines]


# --- clocks, gaps, receipts -------------------------------------------------------------------------------------------


def test_each_operation_is_kept_with_its_time_by_the_server_s_clock(district: District, client_of: ClientOf) -> None:
    behind = clock.now() - timedelta(minutes=14)
    times = {"mono_ms": 60_000, "page_opened_ms": PAGE, "zone_minutes": 480}
    operations = [one | {"times": times} for one in _visit(district, at=behind - timedelta(minutes=30))]
    phone = _phone(3, sent_at=behind.isoformat(), mono_ms=60_000 + 30 * 60_000, page_opened_ms=PAGE)
    assert set(_outcomes(_send(client_of("daibiao1"), operations, phone))) == {"applied"}
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
    _send(client_of("daibiao1"), _visit(district), _phone(3))
    hazard = db.session.scalars(select(Hazard)).one()
    assert "按服务器的钟" not in client_of("du1").get(f"/desk/hazards/{hazard.id}").text


def test_a_lost_number_is_an_alarm_until_it_comes_or_somebody_says_why(district: District, client_of: ClientOf) -> None:
    client, desk = client_of("daibiao1"), client_of("du1")
    first, second, third = _visit(district)
    late = second | {"seq": 12}
    _send(client, [first], _phone(20, [[1, 11], [15, 20]], photos=3, oldest_at=clock.now().isoformat()))
    row = db.session.get_one(Device, DEVICE)
    assert (row.received, row.held, row.missing) == ([[1, 1]], [[2, 11], [15, 20]], [[12, 14]])
    words = "的手机少了 3 条记录（第 12 到 14 条）"
    for address in ("/desk/", "/desk/phones"):
        assert words in desk.get(address).text
    assert "16 条记录、3 张照片" in desk.get("/desk/phones").text
    # One of them comes after all, in a request that was overtaken and knows less: it only adds.
    _send(client, [late], _phone(12, [[2, 12]]))
    db.session.expire_all()
    assert db.session.get_one(Device, DEVICE).missing == [[13, 14]]
    assert desk.post(f"/desk/phones/{DEVICE}/gap", data={"reason": " "}).status_code == 422
    assert desk.post(f"/desk/phones/{DEVICE}/gap", data={"reason": "清过浏览器，本人补记了"}).status_code == 303
    assert rows_in(DeviceGap) == 1
    assert "条记录（第" not in desk.get("/desk/").text
    assert "清过浏览器，本人补记了" in desk.get("/desk/phones").text
    _send(client, [third | {"seq": 21}], _phone(22))
    db.session.expire_all()
    assert db.session.get_one(Device, DEVICE).missing == [[2, 11], [15, 20], [22, 22]], "a new loss is a new alarm"


def test_an_old_page_and_the_urgent_page_lose_nothing_and_raise_no_alarm(
    district: District, client_of: ClientOf
) -> None:
    client = client_of("daibiao1")
    _send(client, _visit(district))
    assert db.session.get_one(Device, DEVICE).missing == []
    call = _op("urgent.call", {"where": "三楼冒烟"}, 1) | {"device": "urgent-0123456789"}
    assert _outcomes(_send(client, [call], {"device": "urgent-0123456789", "counter": 5})) == ["applied"]
    assert list(db.session.scalars(select(Device.id))) == [DEVICE]


def test_what_waits_for_its_visit_does_not_count_as_received(district: District, client_of: ClientOf) -> None:
    start, answer, _ = _visit(district)
    assert _outcomes(_send(client_of("daibiao1"), [answer], _phone(2, [[1, 2]]))) == ["later"]
    assert db.session.get_one(Device, DEVICE).received == []
    _send(client_of("daibiao1"), [start, answer], _phone(2, [[1, 2]]))
    db.session.expire_all()
    assert (db.session.get_one(Device, DEVICE).received, db.session.get_one(Device, DEVICE).held) == ([[1, 2]], [])


def _receipts(client: FlaskClient, ids: list[str]) -> dict[str, Any]:
    answer = client.post("/intake/photos/receipts", json={"photos": ids, "phone": _phone(0)})
    assert answer.status_code == 200, answer.text
    return dict(answer.get_json())


def test_photos_are_signed_for_by_id_and_hash(app: Flask, district: District, client_of: ClientOf) -> None:
    client, here, spoilt, never, theirs = client_of("daibiao1"), *(str(uuid4()) for _ in range(4))
    for photo_id in (here, spoilt):
        client.put(f"/intake/photos/{photo_id}", data=PIXEL)
    client_of("daibiao2").put(f"/intake/photos/{theirs}", data=PIXEL)
    verdict = {"refused_reason": "照片打不开，请补拍。", "refused_at": clock.now()}
    db.session.execute(update(Photo).where(Photo.id == UUID(spoilt)).values(**verdict))
    db.session.commit()
    receipt = _receipts(client, [here, spoilt, never, theirs])
    lines = json.loads(receipt["document"])["photos"]
    assert [line["outcome"] for line in lines] == ["kept", "refused", "missing", "missing"]
    assert (lines[0]["id"], lines[0]["sha256"]) == (here, sha256_hex(PIXEL))
    assert lines[1]["words"] == "照片打不开，请补拍。"
    keys = app.extensions["keys"]
    assert keys.verify(receipt["key"], receipt["signature"], receipt["document"].encode())
    app.extensions["storage"].path(sha256_hex(PIXEL)).unlink()
    assert json.loads(_receipts(client, [here])["document"])["photos"][0]["outcome"] == "missing"
    for wrong in ({}, {"photos": []}, {"photos": ["x"]}, {"photos": [7]}, {"photos": [here] * 501}):
        assert client.post("/intake/photos/receipts", json=wrong).status_code == 422


def test_receipts_of_an_old_key_still_verify_and_the_first_fault_is_named(
    app: Flask, district: District, client_of: ClientOf
) -> None:
    client, keys, photo_id = client_of("daibiao1"), app.extensions["keys"], str(uuid4())
    client.put(f"/intake/photos/{photo_id}", data=PIXEL)
    _send(client, _visit(district))
    _receipts(client, [photo_id])
    old = {row.key_id for row in db.session.scalars(select(Receipt))}
    keys.rotate()
    _receipts(client, [photo_id])
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


# --- exactly once -----------------------------------------------------------------------------------------------------


def test_an_answer_that_was_lost_is_given_again(
    district: District, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process dies after the commit and before the answer: the phone knows nothing and sends it all again."""
    client, operations = client_of("daibiao1"), _visit(district)
    commit = db.session.commit

    def commit_and_die() -> None:
        commit()
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(db.session, "commit", commit_and_die)
        with pytest.raises(SystemExit):
            client.post("/intake/operations", json={"operations": operations, "phone": _phone(3, [[1, 3]])})
    before = (rows_in(Hazard), rows_in(JournalEntry))
    assert before == (1, 3)
    lines = _send(client, operations, _phone(3, [[1, 3]]))
    assert _outcomes(lines) == ["applied"] * 3
    assert (rows_in(Hazard), rows_in(JournalEntry)) == before


def test_after_a_restore_phones_offer_all_again_and_nothing_doubles(
    app: Flask, district: District, client_of: ClientOf
) -> None:
    client, kept, lost = client_of("daibiao1"), _visit(district), _visit(district, seq=4)
    _send(client, kept, _phone(3, [[1, 3]]))
    was = client.get("/intake/token").get_json()["epoch"]
    begin_epoch()  # the backup was made here: what came later is gone
    db.session.commit()
    epoch = client.get("/intake/token").get_json()["epoch"]
    assert epoch != was
    lines = _send(client, [*kept, *lost], _phone(6, [[1, 6]]))
    assert _outcomes(lines) == ["applied"] * 6
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

    client, operations = client_of("daibiao1"), _visit(district)
    version = db.session.get_one(ChecklistVersion, district.versions[0])
    version.withdrawn_at = clock.now()
    db.session.get_one(Premises, district.places[0]).merged_into_id = district.places[1]
    db.session.commit()
    assert set(_outcomes(_send(client, operations, _phone(3)))) == {"applied"}
    assert db.session.scalars(select(Visit)).one().premises_id == district.places[1]
    assert db.session.scalars(select(Hazard)).one().premises_id == district.places[1]


# --- the right ended --------------------------------------------------------------------------------------------------


def _end_right(login: str, district: District, until: date) -> None:
    db.session.execute(update(Term).where(Term.person_id == district.cast.persons[login]).values(until=until))
    db.session.commit()


def test_what_was_captured_within_a_right_waits_and_takes_effect_in_its_name(
    app: Flask, district: District, client_of: ClientOf
) -> None:
    client, desk, yesterday = client_of("daibiao1"), client_of("du1"), clock.now() - timedelta(days=1)
    within, after = _visit(district, at=yesterday), _visit(district, seq=4)
    _end_right("daibiao1", district, clock.local_date(yesterday))
    lines = _send(client, [*within, *after], _phone(6, [[1, 6]]))
    assert _outcomes(lines) == ["waiting"] * 3 + ["refused"] * 3
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
    assert _outcomes(_send(client, within, _phone(6))) == ["applied"] * 3
    assert (rows_in(Visit), rows_in(Hazard), rows_in(JournalEntry)) == (1, 1, 6)


def test_declining_asks_why_and_the_phone_hears_it(district: District, client_of: ClientOf) -> None:
    client, desk, yesterday = client_of("daibiao1"), client_of("du1"), clock.now() - timedelta(days=1)
    operations = _visit(district, at=yesterday)
    _end_right("daibiao1", district, clock.local_date(yesterday))
    _send(client, operations)
    receipt_id = db.session.scalars(select(PendingOperation.receipt_id)).first()
    assert desk.post(f"/desk/pending/{receipt_id}/decline", data={"reason": ""}).status_code == 422
    assert desk.post(f"/desk/pending/{receipt_id}/decline", data={"reason": "那天没有去过"}).status_code == 303
    lines = _send(client, operations)
    assert _outcomes(lines) == ["refused"] * 3
    assert lines[0]["words"] == "那天没有去过"
    assert rows_in(Visit) == 0
    assert "那天没有去过" in desk.get("/desk/pending").text


def test_a_danger_waits_for_nobody(district: District, client_of: ClientOf) -> None:
    _end_right("daibiao1", district, clock.today() - timedelta(days=1))
    call = _op("urgent.call", {"where": "三楼冒烟"}, 1)
    assert _outcomes(_send(client_of("daibiao1"), [call])) == ["applied"]
    assert rows_in(UrgentCall) == 1


def test_what_was_confirmed_before_what_it_builds_on_waits_on(district: District, client_of: ClientOf) -> None:
    client, desk, yesterday = client_of("daibiao1"), client_of("du1"), clock.now() - timedelta(days=1)
    start, answer, submit = _visit(district, at=yesterday)
    _end_right("daibiao1", district, clock.local_date(yesterday))
    _send(client, [answer, submit])
    _send(client, [start])
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
    assert json.loads(_receipts(client, [photo_id])["document"])["photos"][0]["outcome"] == "kept"
    people.set_active(db.session.get_one(Account, district.cast.accounts["daibiao1"]), False)
    db.session.commit()
    assert client.get("/intake/token").status_code == 401


# --- backup files -----------------------------------------------------------------------------------------------------


def _backup(
    app: Flask, account: UUID, operations: list[dict[str, Any]], photos: list[tuple[str, bytes]] = [], **said: Any  # noqa: B006
) -> bytes:  # fmt: skip
    """As a phone writes it."""
    key_id, spki = app.extensions["keys"].rescue_key()
    own, iv = ec.generate_private_key(ec.SECP256R1()), b"0123456789ab"
    theirs = load_der_public_key(b64decode(spki))
    assert isinstance(theirs, ec.EllipticCurvePublicKey)
    key = HKDF(SHA256(), 32, salt=iv, info=b"xuncha-rescue-1").derive(own.exchange(ec.ECDH(), theirs))
    entries = [{"id": one, "sha256": sha256_hex(data), "size": len(data), "type": "image/jpeg", "source": "camera",
                "position": "118.7,32.1,12", "captured_at": clock.now().isoformat(), "times": {"mono_ms": 1}}
               for one, data in photos]  # fmt: skip
    listed = json.dumps({
        "made_at": clock.now().isoformat(), "device": DEVICE, "account": str(account), "name": "郭志强", "version": "1",
        "operations": [one | {"hash": parse(one).hash} | said for one in operations], "photos": entries,
    }).encode()  # fmt: skip
    plain = struct.pack(">I", len(listed)) + listed + b"".join(data for _, data in photos)
    epk = own.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    head = json.dumps({"key": key_id, "epk": b64encode(epk).decode(), "iv": b64encode(iv).decode()}).encode()
    return b"XCRF1\n" + struct.pack(">I", len(head)) + head + AESGCM(key).encrypt(iv, plain, b"XCRF1\n")


def _headed(head: dict[str, str]) -> bytes:
    """The beginning of a backup under a head."""
    written = json.dumps(head).encode()
    return b"XCRF1\n" + struct.pack(">I", len(written)) + written + bytes(40)


def _feed(client: FlaskClient, data: bytes) -> tuple[int, str]:
    answer = client.post(
        "/desk/backups", data={"backup": (BytesIO(data), "xuncha.xcrf")}, content_type="multipart/form-data"
    )
    return answer.status_code, answer.text


def test_a_backup_is_kept_whole_and_waits_and_its_phone_hears_so(
    app: Flask, district: District, client_of: ClientOf
) -> None:
    client, desk, account = client_of("daibiao1"), client_of("du1"), district.cast.accounts["daibiao1"]
    sent, operations, photo_id = _visit(district), _visit(district, seq=4), str(uuid4())
    _send(client, sent, _phone(3, [[1, 3]]))
    _send(client, [_op("visit.dance", {}, 8)], _phone(8, [[8, 8]]))
    assert db.session.get_one(Device, DEVICE).missing == [[4, 7]]
    data = _backup(app, account, [*sent, *operations], [(photo_id, PIXEL)])
    app.extensions["keys"].rotate_rescue()  # an older key still opens it
    status, page = _feed(desk, data)
    assert status == 200
    for words in ("3 条记录等您确认。", "3 条以前就收到过。", "1 张照片存好了。"):
        assert words in page
    photo = db.session.get_one(Photo, UUID(photo_id))
    assert (photo.account_id, photo.sha256, photo.lon) == (account, sha256_hex(PIXEL), 118.7)
    assert photo.times is not None
    assert (photo.times["mono_ms"], photo.times["estimate"]["how"]) == (1, "clock as last heard")
    row = db.session.scalars(select(RescueFile)).one()
    assert (row.account_id, row.fed_by_id, row.sha256) == (account, district.cast.persons["du1"], sha256_hex(data))
    db.session.expire_all()
    assert db.session.get_one(Device, DEVICE).missing == [[7, 7]], "what came by the file is not missing"
    assert rows_in(Visit) == 1
    # Fed in twice, and sent by the phone itself: known, nothing doubles.
    assert "6 条以前就收到过。1 张照片以前就收到过。" in _feed(desk, data)[1]
    assert _outcomes(_send(client, operations, _phone(8))) == ["waiting"] * 3
    receipt_id = db.session.scalars(select(PendingOperation.receipt_id)).first()
    desk.post(f"/desk/pending/{receipt_id}/confirm")
    assert _outcomes(_send(client, operations, _phone(8))) == ["applied"] * 3
    assert (rows_in(Visit), rows_in(Photo), rows_in(PendingOperation), rows_in(JournalEntry)) == (2, 1, 3, 6)
    assert audit.verify(app.extensions["keys"])[0] == []


def test_a_backup_that_is_damaged_foreign_or_none_is_refused_kindly_and_writes_nothing(
    app: Flask, district: District, client_of: ClientOf
) -> None:
    desk, account, photo = client_of("du1"), district.cast.accounts["daibiao1"], PIXEL + uuid4().bytes
    good = _backup(app, account, _visit(district), [(str(uuid4()), photo)])
    head_ends = 10 + struct.unpack(">I", good[6:10])[0]
    spoilt = bytearray(good)
    spoilt[head_ends + 40] ^= 1
    elsewhere = good[:10] + good[10:head_ends].replace(b'"key": "2', b'"key": "3') + good[head_ends:]
    said = json.loads(good[10:head_ends])
    # The number by which a key of an elliptic curve names its kind, turned into one that nobody has heard of.
    unheard = b64encode(
        b64decode(said["epk"]).replace(b"\x2a\x86\x48\xce\x3d\x02\x01", b"\x2a\x86\x48\xce\x3d\x02\x7e")
    ).decode()
    strange, long = _headed(said | {"epk": unheard}), _headed(said | {"key": "😀" * 80})
    before = (rows_in(JournalEntry), rows_in(Photo), rows_in(StoredFile), rows_in(RescueFile))
    wrong = {
        "不是手机里导出的备份文件": [b"", b"PK\x03\x04 a zip", PIXEL, good[:4]],
        "不完整": [
            bytes(spoilt),
            good[:-1],
            good[: head_ends + 5],
            good[:head_ends],
            good[:8],
            good + b"x",
            good[:12],
            strange,
        ],
        "另一个系统": [elsewhere, long],
        "不是您片区的": [_backup(app, uuid4(), _visit(district)), _backup(app, district.cast.accounts["du2"], [])],
    }
    for words, files in wrong.items():
        for data in files:
            status, page = _feed(desk, data)
            assert status == 422
            assert words in page
    assert desk.post("/desk/backups", data={}).status_code == 422
    assert (rows_in(JournalEntry), rows_in(Photo), rows_in(StoredFile), rows_in(RescueFile)) == before
    assert app.extensions["storage"].get(sha256_hex(photo)) is None


def test_every_cut_of_a_backup_is_refused(app: Flask, district: District, client_of: ClientOf) -> None:
    desk = client_of("du1")
    good = _backup(app, district.cast.accounts["daibiao1"], _visit(district)[:1])
    for length in range(0, len(good), 37):
        assert _feed(desk, good[:length])[0] == 422
    assert rows_in(JournalEntry) == 0


def test_one_bad_entry_does_not_cost_the_others(app: Flask, district: District, client_of: ClientOf) -> None:
    account, operations = district.cast.accounts["daibiao1"], _visit(district)
    changed = _backup(app, account, operations, hash="0" * 64)
    assert "3 条读不懂，没有收。" in _feed(client_of("du1"), changed)[1]
    db.session.execute(update(Term).values(since=clock.today() - timedelta(days=10)))
    db.session.commit()
    before = _visit(district, at=clock.now() - timedelta(days=11))
    page = _feed(client_of("du1"), _backup(app, account, before, [(str(uuid4()), b"no photo")]))[1]
    assert "3 条没有收：记的时候没有在任的职务" in page
    assert "1 张照片打不开，没有收。" in page


def test_only_a_signed_in_supervisor_may_send_so_much(app: Flask, district: District, client_of: ClientOf) -> None:
    large = b"XCRF1\n" + bytes(31 * 1024 * 1024)
    assert _feed(client_of("du1"), large)[0] == 422
    assert _feed(app.test_client(), large)[0] in (302, 413)
    answer = client_of("du1").post(
        "/desk/places/new", data={"x": (BytesIO(large), "x")}, content_type="multipart/form-data"
    )
    assert answer.status_code == 413


# --- the token, and lost phones ---------------------------------------------------------------------------------------


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
    _send(phone, _visit(district), _phone(3))
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
    mine, entries = {"X-Account": str(district.cast.accounts["daibiao1"])}, _visit(district)
    visit, body = entries[0]["payload"]["visit"], {"operations": entries[:1]}
    colleague = client_of("daibiao2")
    assert colleague.post("/intake/operations", json=body, headers=mine).status_code == 403
    assert db.session.get(Visit, UUID(visit)) is None
    assert colleague.post("/intake/uploads", headers=mine | {"Tus-Resumable": "1.0.0"}).status_code == 403
    assert client_of("daibiao1").post("/intake/operations", json=body, headers=mine).status_code == 200
    assert db.session.get(Visit, UUID(visit)) is not None
