"""The judge finds what is planted: a judge that cannot fail proves nothing."""

import hashlib
import json
import sqlite3
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from . import judge, witnesses
from .records import plain

TABLES = """
CREATE TABLE receipt (id, account_id, document, key_id, signature, operations);
CREATE TABLE journal_entry (id, receipt_id);
CREATE TABLE photo (id, sha256, original_sha256, account_id, refused_reason);
CREATE TABLE stored_file (sha256);
CREATE TABLE upload (photo_id);
CREATE TABLE visit (id, premises_id, account_id, submitted_at);
CREATE TABLE visit_answers (visit_id, taps);
CREATE TABLE visit_signature (id, visit_id);
CREATE TABLE hazard (id, visit_id, premises_id, item_code, settled_on, finding);
CREATE TABLE hazard_sighting (hazard_id, visit_id);
CREATE TABLE hazard_photo (hazard_id, photo_id, dropped);
CREATE TABLE paper (id, visit_id, state);
CREATE TABLE paper_line (paper_id, hazard_id);
CREATE TABLE hazard_event (hazard_id, seq, step, body, previous, hash, algorithm);
"""
PICTURE = b"\xff\xd8 a picture"


class World:
    """A visit of one answer and one photo that arrived in good order, on both sides, to be spoiled by a test."""

    def __init__(self, folder: Path) -> None:
        self.phone, self.data = folder / "phone", folder / "data"
        for one in (self.phone, self.data / "keys"):
            one.mkdir(parents=True)
        self.key, self.receipt, self.photo_receipt = Ed25519PrivateKey.generate(), str(uuid4()), str(uuid4())
        public = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        (self.data / "keys" / "k1.pub").write_bytes(b64encode(public))
        self.visit, self.photo, self.place, self.account = str(uuid4()), str(uuid4()), str(uuid4()), str(uuid4())
        self.hazard = uuid4().hex
        self.sha256 = hashlib.sha256(PICTURE).hexdigest()
        self.operations = [
            self._operation(1, "visit.start", {"visit": self.visit, "premises": self.place}),
            self._operation(2, "visit.answer", self.answer()),
            self._operation(3, "visit.submit", {"visit": self.visit}),
        ]
        self.db = sqlite3.connect(self.data / "inspect.db")
        self.db.executescript(TABLES)
        self._arrive()
        self._remember()

    def answer(self, value: str = "fail") -> dict[str, Any]:
        return {"visit": self.visit, "item": "A-1", "value": value, "photos": [self.photo]}

    @staticmethod
    def _operation(seq: int, kind: str, payload: dict[str, Any]) -> dict[str, Any]:
        return {"id": str(uuid4()), "kind": kind, "v": 1, "device": "phone-01", "seq": seq, "captured_at": "2026-11-26T09:00:00.000Z", "payload": payload}  # fmt: skip

    def document(self, outcome: str = "applied") -> str:
        lines = [{"id": op["id"], "hash": witnesses.operation_hash(op), "outcome": outcome} for op in self.operations]
        return witnesses.canonical({"receipt": self.receipt, "operations": lines}).decode()

    def photo_document(self, **said: Any) -> str:
        line = {"id": self.photo, "sha256": self.sha256, "outcome": "kept", "words": ""} | said
        return witnesses.canonical({"receipt": self.photo_receipt, "photos": [line]}).decode()

    def signed(self, document: str) -> dict[str, str]:
        name = json.loads(document)["receipt"]
        return {"id": name, "document": document, "key": "k1", "signature": self.signature(document)}

    def signature(self, document: str) -> str:
        return b64encode(self.key.sign(document.encode())).decode()

    def _arrive(self) -> None:
        document = self.document()
        self.do("INSERT INTO receipt VALUES (?, 'a', ?, 'k1', ?, ?)", plain(self.receipt), document,
                self.signature(document), json.dumps(self.operations))  # fmt: skip
        proof = self.photo_document()
        self.do("INSERT INTO receipt VALUES (?, 'a', ?, 'k1', ?, '[]')", plain(self.photo_receipt), proof,
                self.signature(proof))  # fmt: skip
        for op in self.operations:
            self.do("INSERT INTO journal_entry VALUES (?, ?)", plain(op["id"]), plain(self.receipt))
        self.do("INSERT INTO photo VALUES (?, ?, ?, ?, NULL)", plain(self.photo), self.sha256, self.sha256,
                plain(self.account))  # fmt: skip
        self.do("INSERT INTO stored_file VALUES (?)", self.sha256)
        self.do(
            "INSERT INTO visit VALUES (?, ?, ?, '2026-11-26')",
            plain(self.visit),
            plain(self.place),
            plain(self.account),
        )
        taps = [{"operation": self.operations[1]["id"], "body": self.operations[1]["payload"]}]
        self.do("INSERT INTO visit_answers VALUES (?, ?)", plain(self.visit), json.dumps(taps))
        self.do(
            "INSERT INTO hazard VALUES (?, ?, ?, 'A-1', NULL, '{}')", self.hazard, plain(self.visit), plain(self.place)
        )
        self.do("INSERT INTO hazard_photo VALUES (?, ?, NULL)", self.hazard, plain(self.photo))
        self.do("INSERT INTO paper VALUES ('p1', ?, 'issued')", plain(self.visit))
        self.do("INSERT INTO paper_line VALUES ('p1', ?)", self.hazard)
        self.event(1, "report", {"standing": {"visit_id": self.visit}, "facts": {}})
        self.file.parent.mkdir(parents=True)
        self.file.write_bytes(PICTURE)

    def event(self, seq: int, step: str, body: dict[str, Any], previous: str = "0" * 64, hazard: str = "") -> str:
        """An event in the chain of a hazard; its hash."""
        whole = {"algorithm": "a", "body": body, "previous": previous}
        digest = hashlib.sha256(witnesses.canonical(whole)).hexdigest()
        self.do("INSERT INTO hazard_event VALUES (?, ?, ?, ?, ?, ?, 'a')", hazard or self.hazard, seq, step,
                json.dumps(body), previous, digest)  # fmt: skip
        return digest

    def _remember(self) -> None:
        with (self.phone / "journal.jsonl").open("w") as file:
            for op in self.operations:
                line = {"at": "operation", "sha256": witnesses.operation_hash(op), "account": self.account}
                file.write(json.dumps(line | op) + "\n")
            for line in (
                {
                    "at": "photo",
                    "id": self.photo,
                    "sha256": self.sha256,
                    "size": len(PICTURE),
                    "visit": self.visit,
                    "account": self.account,
                },
                {"at": "tap", "visit": self.visit, "item": "A-1", "value": "fail", "hazard": True},
                {"at": "submit", "visit": self.visit},
            ):
                file.write(json.dumps(line) + "\n")
        rows = [op | {"state": "sent", "receipt": self.receipt} for op in self.operations]
        picture = {"id": self.photo, "state": "sent", "sha256": self.sha256, "sha256_now": self.sha256,
                   "receipt": self.photo_receipt}  # fmt: skip
        kept = [self.signed(self.document()), self.signed(self.photo_document())]
        self.keep("phone.json", {"operations": rows, "photos": [picture], "receipts": kept})
        self.keep("answers.json", {self.visit: {"A-1": "fail"}})
        self.pass_receipt(self.document())

    @property
    def file(self) -> Path:
        return self.data / "files" / self.sha256[:2] / self.sha256[2:4] / self.sha256

    def do(self, statement: str, *values: Any) -> sqlite3.Cursor:
        done = self.db.execute(statement, values)
        self.db.commit()
        return done

    def keep(self, name: str, value: Any) -> None:
        (self.phone / name).write_text(json.dumps(value))

    def change_phone(self, change: Callable[[dict[str, Any]], None]) -> None:
        export = json.loads((self.phone / "phone.json").read_text())
        change(export)
        self.keep("phone.json", export)

    def pass_receipt(self, document: str, signature: str | None = None) -> None:
        line = {"document": document, "key": "k1", "signature": signature or self.signature(document)}
        (self.phone / "receipts.jsonl").write_text(json.dumps(line) + "\n")

    def found(self) -> set[str]:
        return {one.what for one in self.findings()}

    def findings(self, *more: Path) -> list[witnesses.Finding]:
        return judge.judge(witnesses.Phone.read(self.phone, *more), witnesses.Server.read(self.data))


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_good_order_is_no_finding(world: World) -> None:
    assert world.found() == set()
    assert judge.main(str(world.data), str(world.phone)) == 0


def test_a_lost_operation(world: World) -> None:
    world.do("DELETE FROM journal_entry WHERE id = ?", plain(world.operations[1]["id"]))
    assert "lost" in world.found()
    assert judge.main(str(world.data), str(world.phone)) == 1


def test_an_operation_that_still_waits_is_not_lost_but_not_sent_either(world: World) -> None:
    world.do("DELETE FROM journal_entry WHERE id = ?", plain(world.operations[1]["id"]))
    world.change_phone(lambda export: export["operations"][1].update(state="waiting", receipt=""))
    assert world.found() == {"unsent"}


def test_an_operation_kept_twice(world: World) -> None:
    world.do(
        "INSERT INTO receipt SELECT 'r2', account_id, document, key_id, signature, operations FROM receipt WHERE id = ?",
        plain(world.receipt),
    )
    assert world.found() == {"doubled"}


def test_an_answer_applied_twice_or_never(world: World) -> None:
    world.do("INSERT INTO visit_answers SELECT * FROM visit_answers")
    assert world.found() == {"doubled"}
    world.do("DELETE FROM visit_answers")
    assert world.found() == {"lost"}


def test_an_operation_altered_on_the_way(world: World) -> None:
    world.operations[1]["payload"]["value"] = "pass"
    world.do("UPDATE receipt SET operations = ? WHERE document LIKE '%operations%'", json.dumps(world.operations))
    assert world.found() == {"altered"}


def test_an_operation_altered_on_the_phone(world: World) -> None:
    world.change_phone(lambda export: export["operations"][1]["payload"].update(value="pass"))
    assert "altered on the phone" in world.found()


def test_an_operation_nobody_made(world: World) -> None:
    world.do("INSERT INTO journal_entry VALUES (?, 'r')", uuid4().hex)
    assert world.found() == {"invented"}


def test_a_lost_photo_by_row_and_by_file(world: World) -> None:
    world.file.unlink()
    assert world.found() == {"lost"}
    world.do("DELETE FROM photo")
    assert world.found() == {"lost"}
    world.change_phone(lambda export: export["photos"][0].update(state="waiting"))
    assert world.found() == {"unsent"}


def test_altered_bytes_of_a_photo(world: World) -> None:
    world.file.write_bytes(PICTURE + b"!")
    assert world.found() == {"altered"}


def test_a_photo_with_other_bytes_is_altered_unless_the_phone_was_asked_for_fewer(world: World) -> None:
    smaller = hashlib.sha256(b"smaller").hexdigest()
    path = world.data / "files" / smaller[:2] / smaller[2:4] / smaller
    path.parent.mkdir(parents=True)
    path.write_bytes(b"smaller")
    world.do("UPDATE photo SET sha256 = ?", smaller)
    world.do("INSERT INTO stored_file VALUES (?)", smaller)
    world.change_phone(lambda export: export.update(photos=[]))
    assert world.found() == {"altered"}
    world.keep("network.json", {"too_large": [world.photo]})
    assert world.found() == set()


def test_a_photo_kept_twice_under_two_ids(world: World) -> None:
    world.do("INSERT INTO photo VALUES (?, ?, ?, 'a', NULL)", uuid4().hex, world.sha256, world.sha256)
    assert world.found() == {"doubled", "invented"}


def test_a_photo_taken_while_the_tab_was_killed_may_be_there(world: World) -> None:
    sha256 = hashlib.sha256(b"begun").hexdigest()
    path = world.data / "files" / sha256[:2] / sha256[2:4] / sha256
    path.parent.mkdir(parents=True)
    path.write_bytes(b"begun")
    world.do("INSERT INTO photo VALUES (?, ?, ?, 'a', NULL)", uuid4().hex, sha256, sha256)
    assert world.found() == {"invented"}
    with (world.phone / "journal.jsonl").open("a") as file:
        file.write(json.dumps({"at": "begun", "sha256": sha256}) + "\n")
    assert world.found() == set()


def test_an_answer_that_is_not_the_last_tap(world: World) -> None:
    world.keep("answers.json", {world.visit: {"A-1": "pass"}})
    assert world.found() == {"answer"}


def test_a_failed_item_that_became_no_hazard_and_one_that_became_two(world: World) -> None:
    world.do("INSERT INTO hazard SELECT 'h2', visit_id, premises_id, item_code, settled_on, finding FROM hazard")
    world.event(1, "report", {"standing": {"visit_id": world.visit}, "facts": {}}, hazard="h2")
    assert world.found() == {"doubled"}
    world.do("DELETE FROM hazard")
    assert world.found() == {"lost"}


def test_a_failed_item_that_became_a_sighting(world: World) -> None:
    """At a place where the same item was open: one sighting, its photo and its event there, no line on the paper."""
    other = uuid4().hex
    world.do("UPDATE hazard SET visit_id = ?", other)
    world.do("DELETE FROM paper_line")
    world.do("INSERT INTO hazard_sighting VALUES (?, ?)", world.hazard, plain(world.visit))
    assert {one.words for one in world.findings()} == {"A-1: no event sight in the chain"}
    previous = world.do("SELECT hash FROM hazard_event").fetchone()[0]
    world.event(2, "sight", {"standing": {}, "facts": {"visit": world.visit}}, previous)
    assert world.found() == set()


# What an outside trial planted and the judge of that time did not notice.
PLANTED = {
    "all links of photos and hazards are gone": ("DELETE FROM hazard_photo", "lost"),
    "a paper is gone": ("DELETE FROM paper", "lost"),
    "all events are gone": ("DELETE FROM hazard_event", "lost"),
    "a sighting stands twice": (
        "INSERT INTO hazard_sighting SELECT id, visit_id FROM hazard UNION ALL SELECT id, visit_id FROM hazard", "doubled",
    ),
    "不合格 became 合格 among the answers": ("UPDATE visit_answers SET taps = replace(taps, '\"fail\"', '\"pass\"')", "altered"),
    "a visit moved to another place": ("UPDATE visit SET premises_id = 'elsewhere'", "altered"),
    "a photo is another account's": ("UPDATE photo SET account_id = 'another'", "altered"),
    "a sound photo was condemned": ("UPDATE photo SET refused_reason = '没有存完整'", "condemned"),
    "a row of a stored file is gone": ("DELETE FROM stored_file", "lost"),
    # And their like.
    "an event was changed": ("UPDATE hazard_event SET body = '{\"standing\": {}, \"facts\": {}}'", "altered"),
    "a hazard stands at another place than its visit": ("UPDATE hazard SET premises_id = 'elsewhere'", "altered"),
    "a visit is another account's": ("UPDATE visit SET account_id = 'another'", "altered"),
    "a photo was dropped from its hazard": ("UPDATE hazard_photo SET dropped = 'wrong'", "lost"),
    "a hazard stands on two papers": (
        "INSERT INTO paper_line SELECT 'p2', hazard_id FROM paper_line; INSERT INTO paper SELECT 'p2', visit_id, state FROM paper",
        "doubled",
    ),
}  # fmt: skip


@pytest.mark.parametrize("planted", PLANTED)
def test_what_was_planted_is_found(world: World, planted: str) -> None:
    statements, what = PLANTED[planted]
    world.db.executescript(statements)
    assert what in world.found()


def _second_phone(world: World, value: str, photos: list[str]) -> Path:
    """Another phone on the same visit: it answered the same item, was received, and is shown the same."""
    op = world._operation(1, "visit.answer", world.answer(value) | {"photos": photos}) | {"device": "phone-02"}
    folder = world.phone.parent / "second"
    folder.mkdir()
    lines = [
        {"at": "operation", "sha256": witnesses.operation_hash(op), "account": "b"} | op,
        {"at": "tap", "visit": world.visit, "item": "A-1", "value": value, "hazard": True},
    ]
    (folder / "journal.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    receipt = str(uuid4())
    line = {"id": op["id"], "hash": witnesses.operation_hash(op), "outcome": "applied"}
    document = witnesses.canonical({"receipt": receipt, "operations": [line]}).decode()
    world.do("INSERT INTO receipt VALUES (?, 'b', ?, 'k1', ?, ?)", plain(receipt), document, world.signature(document),
             json.dumps([op]))  # fmt: skip
    world.do("INSERT INTO journal_entry VALUES (?, ?)", plain(op["id"]), plain(receipt))
    world.do("INSERT INTO visit_answers VALUES (?, ?)", plain(world.visit),
             json.dumps([{"operation": op["id"], "body": op["payload"]}]))  # fmt: skip
    (folder / "answers.json").write_text(json.dumps({world.visit: {"A-1": "fail"}}))
    return folder


def test_of_two_phones_the_stricter_answer_counts_and_both_are_shown_the_same(world: World) -> None:
    second = _second_phone(world, "pass", [])
    assert world.findings(second) == []
    (second / "answers.json").write_text(json.dumps({world.visit: {"A-1": "pass"}}))
    assert "two phones are shown different answers" in {one.words for one in world.findings(second)}


def test_of_two_failing_answers_the_photos_of_one_must_stand_with_the_hazard(world: World) -> None:
    second = _second_phone(world, "fail", [str(uuid4())])
    assert world.findings(second) == []
    world.do("DELETE FROM hazard_photo")
    assert {one.what for one in world.findings(second)} == {"lost"}


def test_a_visit_that_was_not_handed_in(world: World) -> None:
    world.do("UPDATE visit SET submitted_at = NULL")
    assert "lost" in world.found()


def test_a_forged_receipt_on_the_server_and_on_its_way(world: World) -> None:
    document = world.document()
    strange = b64encode(Ed25519PrivateKey.generate().sign(document.encode())).decode()
    world.pass_receipt(document, strange)
    assert world.found() == {"receipt forged"}
    world.pass_receipt(document)
    world.change_phone(lambda export: export["receipts"][0].update(signature=strange))
    assert world.found() == {"receipt forged"}
    world.change_phone(lambda export: export["receipts"][0].update(signature=world.signature(document)))
    assert world.found() == set()
    world.do("UPDATE receipt SET signature = ?", strange)
    assert world.found() == {"receipt forged"}


def test_a_receipt_that_was_passed_and_that_the_server_does_not_have(world: World) -> None:
    world.pass_receipt(world.document("refused"))
    assert world.found() == {"receipt unknown"}


def test_sent_without_a_receipt_with_a_strange_one_or_with_one_that_says_otherwise(world: World) -> None:
    world.change_phone(lambda export: export["operations"][0].update(receipt=""))
    assert world.found() == {"receipt missing"}
    world.change_phone(lambda export: export["operations"][0].update(receipt=str(uuid4())))
    assert world.found() == {"receipt unknown"}
    world.change_phone(lambda export: export["operations"][0].update(receipt=world.receipt))
    world.change_phone(lambda export: export["receipts"].pop(0))
    assert world.found() == {"receipt missing"}
    refused = world.document("refused")
    world.change_phone(lambda export: export["receipts"].append(world.signed(refused)))
    assert {"receipt missing"} <= world.found()


@pytest.mark.parametrize("said", [{"outcome": "missing"}, {"sha256": "0" * 64}, {"id": str(uuid4())}])
def test_a_photo_called_sent_whose_receipt_says_otherwise(world: World, said: dict[str, str]) -> None:
    other = world.photo_document(**said)
    world.do("UPDATE receipt SET document = ?, signature = ? WHERE id = ?", other, world.signature(other),
             plain(world.photo_receipt))  # fmt: skip
    world.change_phone(lambda export: export["receipts"].__setitem__(1, world.signed(other)))
    assert world.found() == {"receipt missing"}


def test_a_photo_called_sent_without_a_receipt(world: World) -> None:
    world.change_phone(lambda export: export["photos"][0].update(receipt=""))
    assert world.found() == {"receipt missing"}


def test_parts_of_a_finished_photo_that_were_left(world: World) -> None:
    part = world.data / "files" / "parts" / f"{world.photo}-{world.sha256[:16]}"
    part.parent.mkdir()
    part.write_bytes(PICTURE)
    assert world.found() == {"left over"}
    part.unlink()
    world.do("INSERT INTO upload VALUES (?)", plain(world.photo))
    assert world.found() == {"left over"}
