"""What the judge reads: the logs and exports of phones, and the server's tables, as plain values."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .records import Records, plain


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


@dataclass
class Phone:
    """What the drivers' logs and the exports of one or more phones say."""

    operations: dict[str, dict[str, Any]] = field(default_factory=dict)  # as logged right after they were stored
    photos: dict[str, dict[str, Any]] = field(default_factory=dict)
    # visit and item -> phone -> its last tap
    taps: dict[tuple[str, str], dict[str, dict[str, Any]]] = field(default_factory=dict)
    submitted: list[str] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)  # of the exports
    pictures: list[dict[str, Any]] = field(default_factory=list)
    receipts: list[dict[str, Any]] = field(default_factory=list)  # as they lie on the phones
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    passed: list[dict[str, Any]] = field(default_factory=list)
    too_large: set[str] = field(default_factory=set)
    begun: set[str] = field(default_factory=set)  # hashes of photos that were taken when the tab was killed
    logged_twice: list[Finding] = field(default_factory=list)

    @classmethod
    def read(cls, *folders: Path) -> "Phone":
        """All phones together; what one of them is shown for a visit all of them must be shown."""
        phone = cls()
        for folder in folders:
            for line in _lines(folder / "journal.jsonl"):
                phone._note(line, folder.name)
            export = _json(folder / "phone.json", {})
            phone.rows += export.get("operations", [])
            phone.pictures += export.get("photos", [])
            phone.receipts += export.get("receipts", [])
            phone._shown({plain(visit): items for visit, items in _json(folder / "answers.json", {}).items()})
            phone.passed += _lines(folder / "receipts.jsonl")
            phone.too_large |= {plain(one) for one in _json(folder / "network.json", {}).get("too_large", [])}
        return phone

    def _shown(self, answers: dict[str, dict[str, Any]]) -> None:
        for visit, items in answers.items():
            if self.answers.setdefault(visit, items) != items:
                self.logged_twice.append(Finding("answer", visit, "two phones are shown different answers"))

    def _note(self, line: dict[str, Any], phone: str) -> None:
        if line["at"] == "operation":
            known = self.operations.setdefault(plain(line["id"]), line | {"phone": phone})
            if known["sha256"] != line["sha256"]:
                self.logged_twice.append(Finding("altered on the phone", line["id"], line["kind"]))
        elif line["at"] == "photo":
            known = self.photos.setdefault(plain(line["id"]), line)
            if known["sha256"] != line["sha256"]:
                self.logged_twice.append(Finding("altered on the phone", line["id"], "photo"))
        elif line["at"] == "tap":
            self.taps.setdefault((plain(line["visit"]), line["item"]), {})[phone] = line
        elif line["at"] == "begun":
            self.begun.add(line["sha256"])
        elif line["at"] == "submit":
            self.submitted.append(plain(line["visit"]))


@dataclass
class Server:
    """The server's tables, read as they lie there, and where its files and public keys are."""

    entries: Counter[str]  # operation -> how many journal entries
    kept: dict[str, list[dict[str, Any]]]  # operation -> as it came, each time it was kept
    outcomes: dict[str, set[str]]  # operation -> what receipts say became of it
    receipts: dict[str, dict[str, Any]]  # receipt -> its row
    photos: dict[str, dict[str, Any]]
    uploads: set[str]  # photos whose bytes are still awaited, by row
    parts: set[str]  # the same, by the files of their bytes
    stored: set[str]  # hashes of the files the server has rows of
    taps: Counter[str]  # operation -> how often it stands among the answers
    bodies: dict[str, tuple[str, Any]]  # operation -> the visit it stands in and what it says there
    records: Records
    files: Path
    keys: Path

    @classmethod
    def read(cls, folder: Path, url: str = "") -> "Server":
        """`url`: the PostgreSQL database; without one the SQLite file in `folder`."""
        records = Records(folder / "inspect.db", url)
        receipts = {row["id"]: row for row in records.rows("SELECT * FROM receipt")}
        kept, outcomes = defaultdict(list), defaultdict(set)
        for row in receipts.values():
            for line in json.loads(row["document"]).get("operations", []):
                outcomes[plain(line["id"])].add(line["outcome"])
            for operation in row["operations"] or []:
                kept[plain(operation["id"])].append(operation)
        taps = [
            (row["visit_id"], tap)
            for row in records.rows("SELECT visit_id, taps FROM visit_answers")
            for tap in row["taps"]
        ]
        return cls(
            entries=Counter(row["id"] for row in records.rows("SELECT id FROM journal_entry")),
            kept=dict(kept),
            outcomes=dict(outcomes),
            receipts=receipts,
            photos={row["id"]: row for row in records.rows("SELECT * FROM photo")},
            uploads={row["photo_id"] for row in records.rows("SELECT photo_id FROM upload")},
            parts={plain(path.name)[:32] for path in (folder / "files" / "parts").glob("*")},
            stored={row["sha256"] for row in records.rows("SELECT sha256 FROM stored_file")},
            taps=Counter(plain(tap["operation"]) for _, tap in taps),
            bodies={plain(tap["operation"]): (visit, tap.get("body")) for visit, tap in taps},
            records=records,
            files=folder / "files",
            keys=folder / "keys",
        )


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    if path.exists():
        with path.open() as file:
            yield from map(json.loads, file)


def _json(path: Path, default: Any) -> Any:
    return json.loads(path.read_text()) if path.exists() else default
