"""Whether the machine's clock can be believed: the wall clock against the steady one, and against what was signed last.

A dead battery sets it years back at the start; somebody at a keyboard sets it a day ahead. What is written meanwhile keeps
the wrong time for ever, so it is seen within a minute, said to the administrator, and daily heads wait.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from inspect_app.hazards import heads
from inspect_app.hazards.events import Event
from inspect_app.hazards.explained import Explanation, explanations
from inspect_app.intake.models import Receipt
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.files import write_whole

FILE = "clock.json"  # in DATA_DIR: {state, words, …}, for the page of the administrator
TOLERANCE = 300.0  # seconds: less is a clock being set right
OK, BEHIND, JUMPED = "ok", "behind", "jumped"


@dataclass(frozen=True)
class ClockReading:
    """The wall clock and the steady one (which goes on while the machine sleeps), in seconds, and which start it was."""

    wall: float
    steady: float
    boot: str

    @classmethod
    def now(cls) -> "ClockReading":
        """The wall clock, the seconds since the machine started, and which start that was."""
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return cls(clock.now().timestamp(), time.clock_gettime(time.CLOCK_BOOTTIME), boot)


def judge(before: Mapping[str, object], reading: ClockReading, newest: datetime | None) -> dict[str, object]:
    """The state of the clock after this reading, given the one before and the newest instant that was signed for.

    A step back to a time that nothing was signed after is a clock set right, and so is a step ahead out of being behind.
    """
    known = ClockReading(*(before.get(name, getattr(reading, name)) for name in ("wall", "steady", "boot")))  # type: ignore[arg-type]
    step = reading.wall - known.wall
    if known.boot == reading.boot:
        step -= reading.steady - known.steady
    behind = newest.timestamp() - reading.wall if newest else 0.0
    if behind > TOLERANCE:
        found, words = BEHIND, f"时钟比最后一条记录慢 {_span(behind)}，每日存证先停着。请把时钟校准。"
    elif before.get("state") == JUMPED and step > -TOLERANCE:
        found, words = JUMPED, str(before.get("words", ""))
    elif before.get("state") != BEHIND and known.boot == reading.boot and step > TOLERANCE:
        words = f"时钟忽然往前跳了 {_span(step)}，每日存证先停着。错了就校准；没有错就用 chain explain 说明。"
        found = JUMPED
    else:
        found, words = OK, ""
    since = (
        before.get("since")
        if found == before.get("state")
        else datetime.fromtimestamp(reading.wall, clock.SHANGHAI).isoformat()
    )
    return {"state": found, "words": words, "since": since} | asdict(reading)


def _span(seconds: float) -> str:
    whole = timedelta(seconds=seconds)
    if whole >= timedelta(days=2):
        return f"{whole.days} 天"
    return (
        f"{whole // timedelta(hours=1)} 小时"
        if whole >= timedelta(hours=2)
        else f"{whole // timedelta(minutes=1)} 分钟"
    )


def watch() -> bool:
    """Read the clocks, keep what they say in DATA_DIR/clock.json; whether the clock can be believed."""
    data_dir = current_app.extensions["settings"].data_dir
    state = judge(last(data_dir), ClockReading.now(), _newest_signed(data_dir))
    write_whole(data_dir / FILE, json.dumps(state, ensure_ascii=False).encode())
    return state["state"] == OK


def trust(data_dir: Path) -> None:
    """Begin anew from here: a person has looked at the clock and explained it."""
    (data_dir / FILE).unlink(missing_ok=True)


def last(data_dir: Path) -> dict[str, object]:
    """What the last reading came to: `state` ok, behind or jumped, `words` in Chinese, `since`; empty before the first."""
    try:
        said = json.loads((data_dir / FILE).read_text())
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def _newest_signed(data_dir: Path) -> datetime | None:
    """The newest of event, receipt and head; days on which the clock is known to have been wrong left out."""
    folder = data_dir / "heads"
    said = explanations(folder, current_app.extensions["keys"])[0]
    found = [_last_of(Event, Event.at, said), _last_of(Receipt, Receipt.made_at, said)]
    if (day := heads.newest_day(folder, said)) is not None:
        found.append(datetime.combine(day, datetime.min.time(), clock.SHANGHAI))
    db.session.rollback()
    return max((one for one in found if one is not None), default=None)


def _last_of(
    table: type[Event] | type[Receipt], column: InstrumentedAttribute[datetime], said: list[Explanation]
) -> datetime | None:
    """Ids begin with the time by the wall clock: the greatest is the newest, by the index that is there anyway."""
    wrong = [column.between(*one.span()) for one in said]
    return db.session.scalar(select(column).where(*(~span for span in wrong)).order_by(table.id.desc()).limit(1))
