"""The signed daily head: what the newest event of every chain was, in a file outside the database.

A chain alone cannot show that its newest events were cut off; a head can. Each head names the hash of the one before,
and lists only chains that grew since then.
"""

import json
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.hashing import canonical_json, sha256_hex
from inspect_app.kernel.keys import KeyRing

from .models import Event


def write(folder: Path, keys: KeyRing) -> bool:
    """Write today's head if there is none yet; returns whether one was written."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{clock.today():%Y-%m-%d}.json"
    if target.exists():
        return False
    before = sorted(folder.glob("*.json"))
    known = tails(folder)
    previous = sha256_hex(before[-1].read_bytes()) if before else ""
    grown = [[str(h), seq, digest] for h, (seq, digest) in _now().items() if known.get(h) != (seq, digest)]
    document = canonical_json({"day": f"{clock.today()}", "previous": previous, "tails": sorted(grown)})
    key_id, signature = keys.sign(document)
    text = json.dumps({"document": document.decode(), "key": key_id, "signature": signature}, ensure_ascii=False)
    temporary = target.with_suffix(".part")
    temporary.write_text(text)
    temporary.replace(target)
    return True


def tails(folder: Path) -> dict[str, tuple[int, str]]:
    """What all heads together say: hazard id → (sequence, hash) of the newest event that was signed for."""
    found: dict[str, tuple[int, str]] = {}
    for path in sorted(folder.glob("*.json")):
        for hazard, seq, digest in _document(path)["tails"]:
            found[hazard] = (seq, digest)
    return found


def faults(folder: Path, keys: KeyRing) -> list[str]:
    """Which heads are altered, removed or not signed by us (Chinese, one line each)."""
    wrong, previous = [], ""
    for path in sorted(folder.glob("*.json")):
        raw = json.loads(path.read_text())
        if not keys.verify(raw["key"], raw["signature"], raw["document"].encode()):
            wrong.append(f"{path.stem} 的每日存证签名不对")
        if json.loads(raw["document"])["previous"] != previous:
            wrong.append(f"{path.stem} 之前有一天的存证不见了或被换过")
        previous = sha256_hex(path.read_bytes())
    return wrong


def _document(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(json.loads(path.read_text())["document"])
    return document


def _now() -> dict[str, tuple[int, str]]:
    newest = select(Event.hazard_id, func.max(Event.seq).label("seq")).group_by(Event.hazard_id).subquery()
    rows = db.session.execute(
        select(Event.hazard_id, Event.seq, Event.hash).join(
            newest, (newest.c.hazard_id == Event.hazard_id) & (newest.c.seq == Event.seq)
        )
    )
    return {str(row.hazard_id): (row.seq, row.hash) for row in rows}
