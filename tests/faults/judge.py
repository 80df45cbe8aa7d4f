"""Says what was lost, doubled or altered between a phone and the server. Shares no code with either.

It reads the driver's own log (what was tapped and photographed, with what the phone held right after), the phone's last
export, what passed through the proxy, and the server's database file, files folder and public keys with plain sqlite3,
hashlib and Ed25519. Run by itself: `python -m tests.faults.judge FOLDER DATA_DIR`; exits 1 on any finding.

In FOLDER: journal.jsonl (the driver's log), phone.json (the export), receipts.jsonl (signed answers that were passed),
answers.json (what the server shows for each item of each visit), network.json (photos that were told to be too large).
"""

import hashlib
import json
import sqlite3
import sys
from base64 import b64decode
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ARRIVED = {"applied", "waiting"}


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: `what` is the sort, `about` the id."""

    what: str
    about: str
    words: str = ""


def canonical(value: Any) -> bytes:
    """Sorted keys, no white space, UTF-8: what an operation is hashed over."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def operation_hash(op: Mapping[str, Any]) -> str:
    names = ("id", "kind", "v", "device", "seq", "captured_at", "payload")
    return hashlib.sha256(canonical({name: op[name] for name in names})).hexdigest()


def plain(ident: str) -> str:
    """An id as any side writes it, made comparable."""
    return ident.replace("-", "").lower()


@dataclass
class Phone:
    """What the driver's log and the phone's export say."""

    operations: dict[str, dict[str, Any]] = field(default_factory=dict)  # as logged right after they were stored
    photos: dict[str, dict[str, Any]] = field(default_factory=dict)
    taps: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)  # the last of each item
    submitted: list[str] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)  # of the export
    pictures: list[dict[str, Any]] = field(default_factory=list)
    receipts: list[dict[str, Any]] = field(default_factory=list)  # as they lie on the phone
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    passed: list[dict[str, Any]] = field(default_factory=list)
    too_large: set[str] = field(default_factory=set)
    begun: set[str] = field(default_factory=set)  # hashes of photos that were taken when the tab was killed
    logged_twice: list[Finding] = field(default_factory=list)

    @classmethod
    def read(cls, folder: Path) -> "Phone":
        phone = cls()
        for line in _lines(folder / "journal.jsonl"):
            phone._note(line)
        export = _json(folder / "phone.json", {})
        phone.rows, phone.pictures = export.get("operations", []), export.get("photos", [])
        phone.receipts = export.get("receipts", [])
        phone.answers = {plain(visit): items for visit, items in _json(folder / "answers.json", {}).items()}
        phone.passed = list(_lines(folder / "receipts.jsonl"))
        phone.too_large = {plain(one) for one in _json(folder / "network.json", {}).get("too_large", [])}
        return phone

    def _note(self, line: dict[str, Any]) -> None:
        if line["at"] == "operation":
            known = self.operations.setdefault(plain(line["id"]), line)
            if known["sha256"] != line["sha256"]:
                self.logged_twice.append(Finding("altered on the phone", line["id"], line["kind"]))
        elif line["at"] == "photo":
            known = self.photos.setdefault(plain(line["id"]), line)
            if known["sha256"] != line["sha256"]:
                self.logged_twice.append(Finding("altered on the phone", line["id"], "photo"))
        elif line["at"] == "tap":
            self.taps[plain(line["visit"]), line["item"]] = line
        elif line["at"] == "begun":
            self.begun.add(line["sha256"])
        elif line["at"] == "submit":
            self.submitted.append(plain(line["visit"]))


@dataclass
class Server:
    """The server's file, read as it lies there."""

    entries: Counter[str]  # operation -> how many journal entries
    kept: dict[str, list[dict[str, Any]]]  # operation -> as it came, each time it was kept
    outcomes: dict[str, set[str]]  # operation -> what receipts say became of it
    receipts: dict[str, dict[str, Any]]  # receipt -> its row
    photos: dict[str, dict[str, Any]]
    uploads: set[str]  # photos whose bytes are still awaited, by row
    parts: set[str]  # the same, by the files of their bytes
    taps: Counter[str]  # operation -> how often it stands among the answers
    visits: dict[str, bool]  # visit -> handed in
    hazards: list[tuple[str, str, str, bool]]  # visit, premises, item, open
    sighted: set[tuple[str, str]]  # visit, item
    signatures: Counter[str]  # operation
    files: Path
    keys: Path

    @classmethod
    def read(cls, folder: Path) -> "Server":
        db = sqlite3.connect(f"file:{folder / 'inspect.db'}?mode=ro", uri=True)
        db.row_factory = sqlite3.Row
        receipts = {row["id"]: dict(row) for row in db.execute("SELECT * FROM receipt")}
        kept, outcomes = defaultdict(list), defaultdict(set)
        for row in receipts.values():
            for line in json.loads(row["document"]).get("operations", []):
                outcomes[plain(line["id"])].add(line["outcome"])
            for operation in json.loads(row["operations"] or "[]"):
                kept[plain(operation["id"])].append(operation)
        taps = Counter(
            plain(tap["operation"])
            for (raw,) in db.execute("SELECT taps FROM visit_answers")
            for tap in json.loads(raw)
        )
        made = db.execute("SELECT visit_id, premises_id, item_code, settled_on IS NULL FROM hazard")
        seen = db.execute("SELECT s.visit_id, h.item_code FROM hazard_sighting s JOIN hazard h ON h.id = s.hazard_id")
        return cls(
            entries=Counter(row[0] for row in db.execute("SELECT id FROM journal_entry")),
            kept=dict(kept),
            outcomes=dict(outcomes),
            receipts=receipts,
            photos={row["id"]: dict(row) for row in db.execute("SELECT * FROM photo")},
            uploads={plain(row[0]) for row in db.execute("SELECT photo_id FROM upload")},
            parts={plain(path.name)[:32] for path in (folder / "files" / "parts").glob("*")},
            taps=taps,
            visits={row[0]: row[1] is not None for row in db.execute("SELECT id, submitted_at FROM visit")},
            hazards=[(row[0] or "", row[1], row[2] or "", bool(row[3])) for row in made],
            sighted={(row[0] or "", row[1] or "") for row in seen},
            signatures=Counter(row[0] for row in db.execute("SELECT id FROM visit_signature")),
            files=folder / "files",
            keys=folder / "keys",
        )


def judge(phone: Phone, server: Server) -> list[Finding]:
    """Everything that is wrong, in no order that matters."""
    return [
        *phone.logged_twice,
        *operations(phone, server),
        *photos(phone, server),
        *visits(phone, server),
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
    counted = {"visit.answer": server.taps, "visit.sign": server.signatures}.get(logged["kind"])
    if counted is not None and counted[ident] != 1:
        yield Finding("doubled" if counted[ident] else "lost", ident, f"{logged['kind']} stands {counted[ident]} times")
    if logged["kind"] == "visit.start" and plain(logged["payload"]["visit"]) not in server.visits:
        yield Finding("lost", ident, "visit.start")


def _applied(ident: str, server: Server) -> bool:
    return "applied" in server.outcomes.get(ident, set())


def photos(phone: Phone, server: Server) -> Iterator[Finding]:
    still = {plain(row["id"]): row for row in phone.pictures}
    for ident, logged in phone.photos.items():
        row = server.photos.get(ident)
        if row is None:
            waits = ident in still and still[ident]["state"] in ("waiting", "refused")
            yield Finding("unsent" if waits else "lost", ident, "photo")
            continue
        smaller = ident in phone.too_large and row["original_sha256"] == logged["sha256"]
        if row["sha256"] != logged["sha256"] and not smaller:
            yield Finding("altered", ident, "photo: the server names other bytes")
        yield from _file(ident, row["sha256"], server.files)
        if ident in server.uploads or ident in server.parts:
            yield Finding("left over", ident, "photo: finished, and parts of it are still kept apart")
    for ident, row in server.photos.items():
        if ident not in phone.photos and not {row["sha256"], row["original_sha256"]} & phone.begun:
            yield Finding("invented", ident, "photo")
    for sha256, count in Counter(row["sha256"] for row in server.photos.values()).items():
        if count > 1:
            yield Finding("doubled", sha256, f"photo kept {count} times")


def _file(ident: str, sha256: str, folder: Path) -> Iterator[Finding]:
    path = folder / sha256[:2] / sha256[2:4] / sha256
    if not path.is_file():
        yield Finding("lost", ident, "photo: the bytes are not in the store")
    elif hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
        yield Finding("altered", ident, "photo: other bytes in the store")


def visits(phone: Phone, server: Server) -> Iterator[Finding]:
    """The last tap of each item is what shows; what failed became one hazard or a sighting of one."""
    for (visit, item), tap in phone.taps.items():
        shown = phone.answers.get(visit, {}).get(item)
        if shown != tap["value"]:
            yield Finding("answer", visit, f"{item}: tapped {tap['value']!r} last, the server shows {shown!r}")
        if not (tap.get("hazard") and tap["value"] == "fail" and server.visits.get(visit)):
            continue
        made = sum(1 for one in server.hazards if (one[0], one[2]) == (visit, item))
        if made + ((visit, item) in server.sighted) == 0:
            yield Finding("lost", visit, f"{item}: neither hazard nor sighting")
    for visit in phone.submitted:
        if not server.visits.get(visit):
            yield Finding("lost", visit, "handing in")
    for (place, item), count in Counter(one[1:3] for one in server.hazards if one[3] and one[2]).items():
        if count > 1:
            yield Finding("doubled", place, f"{item}: {count} open hazards")


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


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    if path.exists():
        with path.open() as file:
            yield from map(json.loads, file)


def _json(path: Path, default: Any) -> Any:
    return json.loads(path.read_text()) if path.exists() else default


def main(folder: str, data: str) -> int:
    phone, server = Phone.read(Path(folder)), Server.read(Path(data))
    findings = judge(phone, server)
    print(summary(findings, phone, server))
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
