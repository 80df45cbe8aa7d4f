"""The walk of a hazard's life and its dates, as its page draws them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from inspect_app.hazards.clocks import CLOCK_NAMES, DESK_CLOCK, ClockKind, ClockStatus, DateOrigin
from inspect_app.hazards.dates import Clock
from inspect_app.hazards.models import Hazard, MendingRound
from inspect_app.hazards.offices import OfficeRegister
from inspect_app.hazards.queries import LogLine
from inspect_app.hazards.rules import State, Step
from inspect_app.kernel.spoken_dates import date_cn

_LIFE = ("发现", "交办", "送达", "整改", "核验", "销号")


@dataclass(frozen=True)
class Point:
    """One point of the walk: how it stands, for readers in words too, and its day."""

    label: str
    status: str
    words: str
    day: str
    again: str


def life(
    hazard: Hazard, rounds: Sequence[MendingRound], log: Sequence[LogLine], *, unserved: bool = False
) -> list[Point]:
    """Six points: done with its day, now, to come, or left out; words for readers, not only shapes.

    What was ended, voided or merged stops where it stood. `unserved`: a paper was issued that nobody was served with.
    """
    state = State(hazard.state)
    stopped = state in (State.ENDED, State.VOID, State.MERGED)
    reached = State(hazard.state_before) if stopped and hazard.state_before else state
    now = {
        State.FOUND: 1,
        State.RECTIFYING: 3,
        State.AWAITING_VERIFICATION: 4,
        State.AWAITING_CLOSURE: 5,
    }.get(reached, 6)
    days = _life_days(hazard, rounds, log)
    points = []
    for number, label in enumerate(_LIFE):
        day = days.get(label, "")
        if number < now or (label == "送达" and day):  # a tip told on the spot was served before anybody handed over
            status, words = ("done", "已完成") if day else ("left-out", "没有这一步")
            if label == "送达" and (unserved or (hazard.order_number and not day)):
                status, words, day = "left-out", "还没送达", "还没送达"
        elif number == now and not stopped:
            status, words = "now", "正在"
            day = f"{date_cn(hazard.due_on)}到期" if hazard.due_on else ""
        else:
            status, words, day = "to-come", "还没到", ""
        again = f"第 {hazard.round_number} 轮" if label == "整改" and hazard.round_number > 1 else ""
        points.append(Point(label, status, words, day, again))
    return points


def _life_days(hazard: Hazard, rounds: Sequence[MendingRound], log: Sequence[LogLine]) -> dict[str, str]:
    """The day of each point that has one, from the log (newest first) and the hazard itself."""
    newest: dict[str, str] = {}
    for line in log:
        newest.setdefault(line.event.step, date_cn(line.event.at))
    row = next((row for row in rounds if row.number == hazard.round_number), None)
    submitted, verified = (row.submitted_at, row.verified_at) if row else (None, None)
    days = {
        "发现": date_cn(hazard.found_at),
        "交办": newest.get(Step.REASSIGN) or newest.get(Step.HAND_OVER, ""),
        "送达": date_cn(hazard.served_at) if hazard.served_at else "",
        "整改": f"{date_cn(submitted)}报改好" if submitted else "",
        "核验": date_cn(verified) if verified else "",
        "销号": date_cn(hazard.settled_on) if hazard.settled_on else "",
    }
    return {label: day for label, day in days.items() if day}


# The desk's own dates are on no paper and matter only while the hazard stands where they run.
_STATE_OF = {kind: state for state, kind in DESK_CLOCK.items()}
_ORDER = (ClockKind.REPLY, ClockKind.MENDING, ClockKind.TRIAGE, ClockKind.VERIFICATION, ClockKind.CLOSURE)


@dataclass(frozen=True)
class ClockShown:
    """One setting of a clock: who set it, how its date came about; of the one in force also the older ones."""

    clock: Clock
    set_by: str
    status: str
    name: str = ""
    older: "list[ClockShown]" = field(default_factory=list)

    @property
    def is_proposed(self) -> bool:
        """Whether nobody answerable has set it yet."""
        return self.clock.status == ClockStatus.PROPOSED


def clocks_shown(hazard: Hazard, rows: Sequence[Clock], register: OfficeRegister, void: set[str]) -> list[ClockShown]:
    """Each clock in force, in the order of the page.

    `void` are the numbers of papers given up: a date that one printed stands, and says so.
    """
    shown: dict[str, ClockShown] = {}
    for row in rows:
        name = CLOCK_NAMES[ClockKind(row.kind)]
        setting = ClockShown(row, register.short_name(row.set_by_organisation_id), clock_status(row, void), name)
        if row.kind in shown:
            shown[row.kind].older.append(setting)
        else:
            shown[row.kind] = setting
    state = State(hazard.state)
    return [shown[kind] for kind in _ORDER if kind in shown and _STATE_OF.get(kind, state) is state]


def clock_status(row: Clock, void: set[str]) -> str:
    """How the date came about, as its own row says; and whether it may still change."""
    provisional = (
        "暂定，从送达之日起算" if row.awaits_service else ("暂定，调休补班还没公布" if row.provisional else "")
    )
    if row.origin == DateOrigin.UNSERVED and row.awaits_service:
        provisional = "暂定"
    parts = [row.origin_words, f"{row.document}已作废" if row.document in void else "", provisional]
    return "，".join(part for part in parts if part)
