"""Days on which the clock was wrong, said by a person, signed and kept beside the heads.

What such a day left behind (events of a day that had not come, heads out of order) stays as it is; verifying names the
explanation instead of accusing the office for ever.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from inspect_app.kernel import clock
from inspect_app.kernel.errors import Refused
from inspect_app.kernel.files import write_whole
from inspect_app.kernel.hashing import canonical_json
from inspect_app.kernel.keys import KeyRing


@dataclass(frozen=True)
class Explanation:
    """From and to which Shanghai day the clock was wrong, both included, and why."""

    first: date
    last: date
    why: str
    made_on: date

    def span(self) -> tuple[datetime, datetime]:
        """From the beginning of the first day to the end of the last."""
        return _midnight(self.first), _midnight(self.last + timedelta(days=1))

    def __str__(self) -> str:
        return f"{self.first} 至 {self.last} 时钟不对，已说明（{self.made_on}）：{self.why}"


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.SHANGHAI)


def covers(explanations: Iterable[Explanation], day: date) -> bool:
    return any(one.first <= day <= one.last for one in explanations)


def explain(folder: Path, keys: KeyRing, *, first: date, last: date, why: str) -> Explanation:
    """Record why the clock was wrong on these days. Raises Refused naming what is missing."""
    if not why.strip():
        raise Refused("还差原因，写一句时钟为什么不对。", field="why")
    if last < first:
        raise Refused("开始的那一天要在结束的那一天以前。", field="first")
    document = canonical_json(
        {"from": first.isoformat(), "to": last.isoformat(), "why": why.strip(), "at": clock.now().isoformat()}
    )
    key_id, signature = keys.sign(document)
    envelope = {"document": document.decode(), "key": key_id, "signature": signature}
    folder.mkdir(parents=True, exist_ok=True)
    name = f"explained-{clock.now():%Y%m%dT%H%M%S%f}.json"
    write_whole(folder / name, json.dumps(envelope, ensure_ascii=False).encode(), replace=False)
    return Explanation(first, last, why.strip(), clock.today())


def explanations(folder: Path, keys: KeyRing) -> tuple[list[Explanation], list[str]]:
    """(what was explained, the oldest first; files that are not signed by us or cannot be read, one line each)."""
    found, faults = [], []
    for path in sorted(folder.glob("explained-*.json")):
        try:
            raw = json.loads(path.read_text())
            said = json.loads(raw["document"])
            signed = keys.verify(raw["key"], raw["signature"], raw["document"].encode())
            one = Explanation(
                date.fromisoformat(said["from"]),
                date.fromisoformat(said["to"]),
                said["why"],
                date.fromisoformat(said["at"][:10]),
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            faults.append(f"时钟的说明 {path.stem} 读不出来")
            continue
        if signed:
            found.append(one)
        else:
            faults.append(f"时钟的说明 {path.stem} 签名不对")
    return found, faults
