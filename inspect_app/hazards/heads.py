"""The signed daily head: what the newest event of every chain was, in a file outside the database.

A chain alone cannot show that its newest events were cut off; a head can. Each head names the hash of the one before,
and lists only chains that grew since then. Their order is the one in which they name each other: after a jump of the clock
it is not that of their days.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.files import write_whole
from inspect_app.kernel.hashing import canonical_json, sha256_hex
from inspect_app.kernel.keys import KeyRing

from .events import Event
from .explained import Explanation, covers, explanations


def write(folder: Path, keys: KeyRing) -> bool:
    """Write today's head if there is none yet; returns whether one was written. The first waits for the first chain.

    None is written for a day before the newest head: the clock is behind, or was ahead then and nobody explained it.
    """
    today = clock.today()
    target = folder / f"{today:%Y-%m-%d}.json"
    if target.exists():
        return False
    newest = newest_day(folder, explanations(folder, keys)[0])
    if newest is not None and today < newest:
        return False
    now, before = _now(), _heads(folder)
    if not now and not before:
        return False  # an empty head would leave the first day's hazards unsigned until tomorrow
    folder.mkdir(parents=True, exist_ok=True)
    known = tails(folder)
    previous = sha256_hex(before[-1].read_bytes()) if before else ""
    grown = [[hazard, seq, digest] for hazard, (seq, digest) in now.items() if known.get(hazard) != (seq, digest)]
    document = canonical_json({"day": f"{today}", "previous": previous, "tails": sorted(grown)})
    key_id, signature = keys.sign(document)
    text = json.dumps({"document": document.decode(), "key": key_id, "signature": signature}, ensure_ascii=False)
    write_whole(target, text.encode())
    return True


def tails(folder: Path) -> dict[str, tuple[int, str]]:
    """What all heads together say: hazard id → (sequence, hash) of the newest event that was signed for."""
    found: dict[str, tuple[int, str]] = {}
    for path in _heads(folder):
        read = _read(path)
        for hazard, seq, digest in read[1]["tails"] if read else ():
            found[hazard] = (seq, digest)
    return found


def newest_day(folder: Path, said: Iterable[Explanation] = ()) -> date | None:
    """The newest day there is a head of, those left out on which the clock is known to have been wrong; None without any.

    By the names of the files alone: it is asked each minute, however many there are. That a name is what is signed in its
    file is for faults() to prove.
    """
    explained = list(said)
    return max((day for day in _days(folder) if not covers(explained, day)), default=None)


def last_day(folder: Path) -> date | None:
    """The day of the head that no other one names, as reading them all shows; None without any."""
    paths = _heads(folder)
    return date.fromisoformat(paths[-1].stem) if paths else None


def faults(folder: Path, keys: KeyRing) -> list[str]:
    """Which heads are altered, removed or not signed by us (Chinese, one line each).

    What follows from a clock that was wrong on explained days is none; see explained.explanations().
    """
    said, wrong = explanations(folder, keys)
    return wrong + [words for day, words in _faults(folder, keys) if not covers(said, day)]


def _faults(folder: Path, keys: KeyRing) -> Iterator[tuple[date, str]]:
    previous = ""
    for path in _heads(folder):
        read, day = _read(path), date.fromisoformat(path.stem)
        if read is None:
            yield day, f"{path.stem} 的每日存证读不出来"
        else:
            raw, document = read
            if not keys.verify(raw["key"], raw["signature"], raw["document"].encode()):
                yield day, f"{path.stem} 的每日存证签名不对"
            if document["previous"] != previous:
                yield day, f"{path.stem} 之前有一天的存证不见了或被换过"
            if document["day"] != path.stem:
                yield day, f"{path.stem} 的每日存证写的是另一天"
        previous = sha256_hex(path.read_bytes())


def _days(folder: Path) -> dict[date, Path]:
    """The heads there are by the days they are named after, the oldest first. A file with no day for its name is none."""
    found = {}
    for path in sorted(folder.glob("????-??-??.json")):
        with suppress(ValueError):
            found[date.fromisoformat(path.stem)] = path
    return found


def _heads(folder: Path) -> list[Path]:
    """Heads in the order in which they name each other; those that nobody can be reached from follow by their days."""
    paths = list(_days(folder).values())
    following: dict[str, Path] = {}
    for path in paths:
        if (read := _read(path)) is not None:
            following.setdefault(str(read[1]["previous"]), path)
    ordered: list[Path] = []
    previous = ""
    while previous in following:
        ordered.append(following.pop(previous))
        previous = sha256_hex(ordered[-1].read_bytes())
    return ordered + [path for path in paths if path not in set(ordered)]


def _read(path: Path) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """(the signed envelope, the document in it); None if the file is no head."""
    try:
        raw: dict[str, Any] = json.loads(path.read_text())
        document: dict[str, Any] = json.loads(raw["document"])
        whole = {"key", "signature"} <= raw.keys() and {"tails", "previous", "day"} <= document.keys()
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return (raw, document) if whole else None


def _now() -> dict[str, tuple[int, str]]:
    newest = select(Event.hazard_id, func.max(Event.seq).label("seq")).group_by(Event.hazard_id).subquery()
    rows = db.session.execute(
        select(Event.hazard_id, Event.seq, Event.hash).join(
            newest, (newest.c.hazard_id == Event.hazard_id) & (newest.c.seq == Event.seq)
        )
    )
    return {str(row.hazard_id): (row.seq, row.hash) for row in rows}
