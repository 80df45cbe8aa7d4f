"""Checking everything that was promised to be provable: chains, heads, columns, words, rounds, evidence files."""

from collections.abc import Callable, Iterator
from datetime import datetime, time
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select

from inspect_app.evidence.models import Photo, StoredFile
from inspect_app.evidence.storage import Storage
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.hashing import commitment, sha256_hex
from inspect_app.kernel.keys import KeyRing

from . import heads
from .chain import ChainLink, check, check_tail
from .events import Event, EventWords
from .explained import explanations
from .log import fault_in, links
from .models import Hazard, MendingRound
from .rules import EVENTS, Step


def _by_hash(sha256: str) -> str:
    return f"文件 {sha256[:12]} "


def verify(
    head_folder: Path, keys: KeyRing, storage: Storage, name_of: Callable[[str], str] = _by_hash
) -> tuple[list[str], int]:
    """(faults in Chinese, number of hazards checked). A withheld word is not a fault: hash and event stay.

    `name_of` says what a stored file is to people, by its hash.
    """
    faults = [*heads.faults(head_folder, keys), *_unsigned_days(head_folder, keys)]
    signed = heads.tails(head_folder)
    hazards = db.session.scalars(select(Hazard).order_by(Hazard.id)).all()
    known = {str(hazard.id) for hazard in hazards}
    faults += [f"签过名的隐患 {hazard} 不见了" for hazard in signed if hazard not in known]
    faults += _orphans()
    for hazard in hazards:
        faults += _of_hazard(hazard, signed.get(str(hazard.id)))
    return faults + _files(storage, name_of), len(hazards)


def _of_hazard(hazard: Hazard, signed: tuple[int, str] | None) -> list[str]:
    """The first fault of the chain or of its end, then what stands beside it: columns, words, rounds, photos."""
    chain = links(hazard.id)
    tail = check_tail(len(chain), {link.seq: link.hash for link in chain}, *signed) if signed else None
    fault = check(chain) or tail or fault_in(hazard, chain)
    if fault is not None:
        return [f"{hazard.number}：{fault.what}"]
    return [f"{hazard.number}：{what}" for what in (*_words(hazard), *_rounds(hazard, chain), *_photos(chain))]


def _words(hazard: Hazard) -> Iterator[str]:
    """Words against their commitments, and the two readings of the finding against the newest words about them."""
    rows = db.session.execute(
        select(
            Event.seq, Event.body, EventWords.event_id, EventWords.salt, EventWords.words, EventWords.withheld_reason
        )
        .outerjoin(EventWords, EventWords.event_id == Event.id)
        .where(Event.hazard_id == hazard.id)
        .order_by(Event.seq)
    )
    shown = {"title": hazard.title, "place": hazard.spot}
    labels = {word.name: word.label for word in EVENTS[Step.REPORT].words}
    said: dict[str, str | None] = {}
    for row in rows:
        committed = row.body["words"]
        if committed is None:
            continue
        if row.event_id is None or (row.words is None and not row.withheld_reason):
            yield f"第 {row.seq} 条的文字不见了，也没有删除的决定"
        elif row.words is None:
            said |= dict.fromkeys(shown, None)  # withheld: nothing to compare with until the next words
        elif commitment(row.salt, row.words) != committed:
            yield f"第 {row.seq} 条的文字和当时的指纹对不上"
        elif row.body["step"] in (Step.REPORT, Step.CORRECT):
            said |= {name: row.words[name] for name in shown if name in row.words}
    for name, value in shown.items():
        if said.get(name) is not None and said[name] != value:
            yield f"现在的{labels[name]}和记录的不一样"


def _rounds(hazard: Hazard, chain: list[ChainLink]) -> Iterator[str]:
    """Who verified a round, by its row and by its event."""
    verified = {
        link.body["round"]: (link.body["step"], link.body["actor"].get("person"))
        for link in chain
        if link.body["step"] in (Step.PASS, Step.FAIL)
    }
    rows = db.session.execute(
        select(MendingRound.number, MendingRound.outcome, MendingRound.verified_by_person_id).where(
            MendingRound.hazard_id == hazard.id
        )
    )
    for row in rows:
        if row.outcome is None and row.number not in verified:
            continue
        if verified.get(row.number) != (row.outcome, str(row.verified_by_person_id)):
            yield f"第 {row.number} 轮的核验人或结论和记录的不一样"


def _photos(chain: list[ChainLink]) -> Iterator[str]:
    """The bytes a decision was taken on are the bytes there are now."""
    for link in chain:
        evidence = (link.body.get("facts") or {}).get("evidence") or {}
        if not evidence:
            continue
        now = {
            str(photo): sha256
            for photo, sha256 in db.session.execute(
                select(Photo.id, Photo.sha256).where(Photo.id.in_([UUID(photo) for photo in evidence]))
            )
        }
        changed = [photo for photo, sha256 in evidence.items() if now.get(photo) != sha256]
        if changed:
            yield f"第 {link.seq} 条所凭的照片有 {len(changed)} 张不见了或被换过"


def _orphans() -> list[str]:
    """Events whose hazard was removed."""
    missing = db.session.scalars(
        select(Event.hazard_id).where(~select(Hazard.id).where(Hazard.id == Event.hazard_id).exists()).distinct()
    )
    return [f"隐患 {hazard} 不见了，记录还在" for hazard in missing]


def _unsigned_days(folder: Path, keys: KeyRing) -> list[str]:
    """Days before today with events and no head after them: a head was removed, or the worker stood still."""
    newest = heads.last_day(folder)
    wrong = [Event.at.between(*one.span()) for one in explanations(folder, keys)[0]]
    today = datetime.combine(clock.today(), time(), clock.SHANGHAI)
    last_before = db.session.scalar(select(func.max(Event.at)).where(Event.at < today, *(~span for span in wrong)))
    if last_before is None:
        return []
    if newest is None or newest < clock.local_date(last_before):
        since = f"{newest:%Y-%m-%d} 之后" if newest else "一直"
        return [f"{since}没有每日存证"]
    return []


def _files(storage: Storage, name_of: Callable[[str], str]) -> list[str]:
    faults = []
    for sha256 in db.session.scalars(select(StoredFile.sha256)).all():
        data = storage.get(sha256)
        if data is None:
            faults.append(f"{name_of(sha256)}不见了")
        elif sha256_hex(data) != sha256:
            faults.append(f"{name_of(sha256)}被改过")
    return faults
