"""Checking everything that was promised to be provable: chains, heads, words, evidence files."""

from pathlib import Path

from sqlalchemy import select

from inspect_app.evidence.models import StoredFile
from inspect_app.evidence.storage import Storage
from inspect_app.kernel.database import db
from inspect_app.kernel.hashing import commitment, sha256_hex
from inspect_app.kernel.keys import KeyRing

from . import heads
from .chain import check, check_tail
from .log import links
from .models import Event, EventWords, Hazard


def verify(head_folder: Path, keys: KeyRing, storage: Storage) -> tuple[list[str], int]:
    """(faults in Chinese, number of hazards checked). A withheld word is not a fault: hash and event stay."""
    faults = heads.faults(head_folder, keys) if head_folder.exists() else []
    signed = heads.tails(head_folder) if head_folder.exists() else {}
    hazards = db.session.execute(select(Hazard.id, Hazard.number, Hazard.state)).all()
    known = {str(row.id) for row in hazards}
    faults += [f"签过名的隐患 {hazard} 不见了" for hazard in signed if hazard not in known]
    for row in hazards:
        chain = links(row.id)
        fault = check(chain)
        if fault is None and str(row.id) in signed:
            seq, digest = signed[str(row.id)]
            fault = check_tail(len(chain), {link.seq: link.hash for link in chain}, seq, digest)
        if fault is not None:
            faults.append(f"{row.number}：{fault.what}")
        elif chain and chain[-1].body["state"] != row.state:
            faults.append(f"{row.number}：现在的状态和最后一条记录不一样")
    return faults + _words() + _files(storage), len(hazards)


def _words() -> list[str]:
    rows = db.session.execute(
        select(Event.hazard_id, Event.seq, Event.body, EventWords.salt, EventWords.words)
        .join(EventWords, EventWords.event_id == Event.id)
        .where(EventWords.words.is_not(None))
    )
    return [
        f"{row.hazard_id} 第 {row.seq} 条的文字和当时的指纹对不上"
        for row in rows
        if row.body["words"] != commitment(row.salt, row.words)
    ]


def _files(storage: Storage) -> list[str]:
    faults = []
    for sha256 in db.session.scalars(select(StoredFile.sha256)):
        data = storage.get(sha256)
        if data is None:
            faults.append(f"文件 {sha256[:12]} 不见了")
        elif sha256_hex(data) != sha256:
            faults.append(f"文件 {sha256[:12]} 被改过")
    return faults
