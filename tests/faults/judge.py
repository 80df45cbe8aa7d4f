"""Says what was lost, doubled or altered between phones and the server. Shares no code with either.

It reads the driver's own logs (what was tapped and photographed, with what the phone held right after), each phone's last
export, what passed through the proxy, and the server's database, files folder and public keys with plain SQL, hashlib and
Ed25519. Run by itself: `python -m tests.faults.judge DATA_DIR FOLDER [FOLDER ...]`, a folder for each phone; exits 1 on any
finding. DATABASE_URL names a PostgreSQL database in place of DATA_DIR's SQLite file.

In FOLDER: journal.jsonl (the driver's log), phone.json (the export), receipts.jsonl (signed answers that were passed),
answers.json (what the server shows for each item of each visit), network.json (photos that were told to be too large).

It ends where a user would miss something: every answer that failed has one hazard or one sighting, with its photos, its
line on the paper and its events (consequences.py).
"""

import hashlib
import json
import os
import sys
from base64 import b64decode
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from . import consequences
from .records import plain
from .witnesses import Finding, Phone, Server, operation_hash

ARRIVED = {"applied", "waiting"}


def judge(phone: Phone, server: Server) -> list[Finding]:
    """Everything that is wrong, in no order that matters."""
    return [
        *phone.logged_twice,
        *operations(phone, server),
        *photos(phone, server),
        *consequences.visits(phone, server),
        *receipts(phone, server),
    ]


def operations(phone: Phone, server: Server) -> Iterator[Finding]:
    on_phone = {plain(row["id"]): row for row in phone.rows}
    for ident, logged in phone.operations.items():
        row = on_phone.get(ident)
        if row is not None and operation_hash(row) != logged["sha256"]:
            yield Finding("altered on the phone", ident, logged["kind"])
        if not server.entries[ident]:
            waits = row is not None and row["state"] in ("waiting", "refused")
            yield Finding("unsent" if waits else "lost", ident, logged["kind"])
            continue
        copies = server.kept.get(ident, [])
        if len(copies) != 1 or server.entries[ident] > 1:
            yield Finding("doubled" if copies else "lost", ident, f"{logged['kind']} kept {len(copies)} times")
        if any(operation_hash(copy) != logged["sha256"] for copy in copies):
            yield Finding("altered", ident, logged["kind"])
        yield from _effect(ident, logged, server)
    for ident in server.entries:
        if ident not in phone.operations:
            yield Finding("invented", ident, "operation")


def _effect(ident: str, logged: Mapping[str, Any], server: Server) -> Iterator[Finding]:
    """What an operation that was applied must have left behind, once."""
    if not _applied(ident, server):
        return
    counted = {"visit.answer": server.taps, "visit.sign": server.records.signatures}.get(logged["kind"])
    if counted is not None and counted[ident] != 1:
        yield Finding("doubled" if counted[ident] else "lost", ident, f"{logged['kind']} stands {counted[ident]} times")
    payload = logged["payload"]
    if ident in server.bodies and server.bodies[ident] != (plain(payload["visit"]), payload):
        yield Finding("altered", ident, "visit.answer: other words or another visit in the answers")
    if logged["kind"] == "visit.start":
        yield from _begun(ident, logged, server)


def _begun(ident: str, logged: Mapping[str, Any], server: Server) -> Iterator[Finding]:
    """The visit is there, at the place it was begun at, of the account that began it."""
    payload, visit = logged["payload"], server.records.visits.get(plain(logged["payload"]["visit"]))
    if visit is None:
        yield Finding("lost", ident, "visit.start")
        return
    if "premises" in payload and visit["premises_id"] != plain(payload["premises"]):
        yield Finding("altered", ident, "visit.start: the visit stands at another place")
    if logged.get("account") and visit["account_id"] != plain(logged["account"]):
        yield Finding("altered", ident, "visit.start: the visit is another account's")


def _applied(ident: str, server: Server) -> bool:
    return "applied" in server.outcomes.get(ident, set())


def photos(phone: Phone, server: Server) -> Iterator[Finding]:
    still = {plain(row["id"]): row for row in phone.pictures}
    for ident, logged in phone.photos.items():
        row = server.photos.get(ident)
        if row is None:
            waits = ident in still and still[ident]["state"] in ("waiting", "refused")
            yield Finding("unsent" if waits else "lost", ident, "photo")
        else:
            yield from _row(ident, logged, row, ident in phone.too_large, server)
            yield from _file(ident, row["sha256"], server.files)
    for ident, row in server.photos.items():
        if ident not in phone.photos and not {row["sha256"], row["original_sha256"]} & phone.begun:
            yield Finding("invented", ident, "photo")
    for sha256, count in Counter(row["sha256"] for row in server.photos.values()).items():
        if count > 1:
            yield Finding("doubled", sha256, f"photo kept {count} times")


def _row(
    ident: str, logged: Mapping[str, Any], row: Mapping[str, Any], too_large: bool, server: Server
) -> Iterator[Finding]:
    """The row of a photo that arrived: its bytes, its sender, its verdict, nothing of it left over."""
    smaller = too_large and row["original_sha256"] == logged["sha256"]
    if row["sha256"] != logged["sha256"] and not smaller:
        yield Finding("altered", ident, "photo: the server names other bytes")
    if logged.get("account") and row["account_id"] != plain(logged["account"]):
        yield Finding("altered", ident, "photo: it is another account's")
    if row["refused_reason"]:
        yield Finding("condemned", ident, f"photo: {row['refused_reason']}")
    if row["sha256"] not in server.stored:
        yield Finding("lost", ident, "photo: the server has no row of its file")
    if ident in server.uploads or ident in server.parts:
        yield Finding("left over", ident, "photo: finished, and parts of it are still kept apart")


def _file(ident: str, sha256: str, folder: Path) -> Iterator[Finding]:
    path = folder / sha256[:2] / sha256[2:4] / sha256
    if not path.is_file():
        yield Finding("lost", ident, "photo: the bytes are not in the store")
    elif hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
        yield Finding("altered", ident, "photo: other bytes in the store")


def receipts(phone: Phone, server: Server) -> Iterator[Finding]:
    yield from _signatures(phone, server)
    held = {plain(str(one["id"])): json.loads(one["document"]) for one in phone.receipts}
    for row in phone.rows:
        if row["state"] == "sent":
            yield from _names(row, held, server, "operations", {"hash": operation_hash(row)}, ARRIVED)
    for row in phone.pictures:
        if row["state"] == "sent":
            yield from _names(row, held, server, "photos", {"sha256": row["sha256_now"] or row["sha256"]}, {"kept"})


def _signatures(phone: Phone, server: Server) -> Iterator[Finding]:
    """Every receipt on either side and on the way carries a signature of the server's, and the server has it."""
    keys = public_keys(server.keys)
    for ident, row in server.receipts.items():
        if not signed(row, keys):
            yield Finding("receipt forged", ident, "on the server")
    known = {row["document"] for row in server.receipts.values()}
    for where, some in (("passed to the phone", phone.passed), ("on the phone", phone.receipts)):
        for one in some:
            name = str(json.loads(one["document"]).get("receipt"))
            if not signed(one, keys):
                yield Finding("receipt forged", name, where)
            elif one["document"] not in known:
                yield Finding("receipt unknown", name, f"{where} and not on the server")


def _names(
    row: Mapping[str, Any], held: Mapping[str, Any], server: Server, sort: str, wanted: Mapping[str, Any], arrived: set[str]
) -> Iterator[Finding]:  # fmt: skip
    """The receipt the phone took for an operation or a photo: it lies on the phone, the server has it, and it names the
    thing, its hash and an arrival."""
    receipt = plain(str(row.get("receipt") or ""))
    if not receipt:
        yield Finding("receipt missing", row["id"], "called sent without one")
        return
    if receipt not in server.receipts:
        yield Finding("receipt unknown", row["id"], f"{receipt} is not on the server")
        return
    if receipt not in held:
        yield Finding("receipt missing", row["id"], f"{receipt} is not on the phone")
        return
    lines = [line for line in held[receipt].get(sort, []) if plain(line["id"]) == plain(row["id"])]
    if not any(wanted.items() <= line.items() and line["outcome"] in arrived for line in lines):
        yield Finding("receipt missing", row["id"], f"{receipt} does not name it as arrived")


def public_keys(folder: Path) -> dict[str, Ed25519PublicKey]:
    return {
        path.stem: Ed25519PublicKey.from_public_bytes(b64decode(path.read_bytes())) for path in folder.glob("*.pub")
    }


def signed(row: Mapping[str, Any], keys: Mapping[str, Ed25519PublicKey]) -> bool:
    """Whether document, key and signature belong together."""
    key = keys.get(row.get("key_id") or row.get("key") or "")
    if key is None:
        return False
    try:
        key.verify(b64decode(row["signature"]), row["document"].encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def summary(findings: Iterable[Finding], phone: Phone, server: Server) -> str:
    """Counts by sort, and the first twenty findings."""
    all_of = list(findings)
    head = (
        f"operations {len(phone.operations)}, photos {len(phone.photos)}, visits handed in {len(phone.submitted)}, "
        f"receipts on the server {len(server.receipts)}, passed to the phone {len(phone.passed)}, "
        f"kept on the phone {len(phone.receipts)}"
    )
    counts = Counter(one.what for one in all_of)
    said = ", ".join(f"{counts.get(what, 0)} {what}" for what in ("lost", "doubled", "altered", "unsent"))
    rest = [f"{count} {what}" for what, count in counts.items() if what not in ("lost", "doubled", "altered", "unsent")]
    lines = [f"  {one.what}: {one.about} {one.words}" for one in all_of[:20]]
    return "\n".join([head, ", ".join([said, *rest]), *lines])


def main(data: str, *folders: str) -> int:
    phone = Phone.read(*map(Path, folders))
    server = Server.read(Path(data), os.environ.get("DATABASE_URL", ""))
    findings = judge(phone, server)
    print(summary(findings, phone, server))
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
