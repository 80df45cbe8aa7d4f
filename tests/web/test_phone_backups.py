"""The backup file of a phone at the desk: kept whole, waiting, or refused kindly."""

import json
import struct
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from inspect_app.evidence.models import Photo, StoredFile
from inspect_app.intake import audit
from inspect_app.intake.models import Device, JournalEntry, PendingOperation, RescueFile
from inspect_app.intake.rules import parse
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.hashing import sha256_hex
from inspect_app.people.models import RoleTerm
from inspect_app.visits.models import Visit
from tests.support import PIXEL, District, rows_in
from tests.web.phone import DEVICE, operation, outcomes, phone_says, send, visit_of

ClientOf = Callable[[str], FlaskClient]


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
    sent, operations, photo_id = visit_of(district), visit_of(district, seq=4), str(uuid4())
    send(client, sent, phone_says(3, [[1, 3]]))
    send(client, [operation("visit.dance", {}, 8)], phone_says(8, [[8, 8]]))
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
    assert outcomes(send(client, operations, phone_says(8))) == ["waiting"] * 3
    receipt_id = db.session.scalars(select(PendingOperation.receipt_id)).first()
    desk.post(f"/desk/pending/{receipt_id}/confirm")
    assert outcomes(send(client, operations, phone_says(8))) == ["applied"] * 3
    assert (rows_in(Visit), rows_in(Photo), rows_in(PendingOperation), rows_in(JournalEntry)) == (2, 1, 3, 6)
    assert audit.verify(app.extensions["keys"])[0] == []


def test_a_backup_that_is_damaged_foreign_or_none_is_refused_kindly_and_writes_nothing(
    app: Flask, district: District, client_of: ClientOf
) -> None:
    desk, account, photo = client_of("du1"), district.cast.accounts["daibiao1"], PIXEL + uuid4().bytes
    good = _backup(app, account, visit_of(district), [(str(uuid4()), photo)])
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
        "不是您片区的": [_backup(app, uuid4(), visit_of(district)), _backup(app, district.cast.accounts["du2"], [])],
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
    good = _backup(app, district.cast.accounts["daibiao1"], visit_of(district)[:1])
    for length in range(0, len(good), 37):
        assert _feed(desk, good[:length])[0] == 422
    assert rows_in(JournalEntry) == 0


def test_one_bad_entry_does_not_cost_the_others(app: Flask, district: District, client_of: ClientOf) -> None:
    account, operations = district.cast.accounts["daibiao1"], visit_of(district)
    changed = _backup(app, account, operations, hash="0" * 64)
    assert "3 条读不懂，没有收。" in _feed(client_of("du1"), changed)[1]
    db.session.execute(update(RoleTerm).values(since=clock.today() - timedelta(days=10)))
    db.session.commit()
    before = visit_of(district, at=clock.now() - timedelta(days=11))
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
