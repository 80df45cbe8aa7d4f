"""The clocks of a hazard: who set each, in what unit, from which day, and how the date explains itself."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from inspect_app.kernel.workdays import Calendar, Deadline, RollOver, Unit, count_from, in_full

from .vocabulary import State


class ClockKind(StrEnum):
    """What a date of a hazard is for."""

    TRIAGE = "triage"  # 待交办 的办理时限, on no paper
    REPLY = "reply"  # 交办办理期限: when the handler replies
    MENDING = "mending"  # 整改期限: when the party mends
    VERIFICATION = "verification"  # 待核验 的办理时限, on no paper
    CLOSURE = "closure"  # 待销号 的办理时限, on no paper


CLOCK_NAMES = {
    ClockKind.TRIAGE: "交办时限",
    ClockKind.REPLY: "答复期限",
    ClockKind.MENDING: "整改期限",
    ClockKind.VERIFICATION: "核验时限",
    ClockKind.CLOSURE: "销号时限",
}


class ClockStatus(StrEnum):
    """How firmly a date stands, and who may still move it."""

    PROPOSED = "proposed"  # 建议: nobody answerable has set it yet
    SET = "set"
    ORDERED = "ordered"  # by a formal order, which prints it
    REVISED = "revised"  # moved since by who ordered; no paper prints it

    def moved(self) -> "ClockStatus":
        """The status of a date that takes the place of one with this status."""
        return ClockStatus.REVISED if self is ClockStatus.ORDERED else self


# Set by an authority with an order: it answers for the date wherever the hazard goes, and 签收 does not replace it.
BINDING = frozenset({ClockStatus.ORDERED, ClockStatus.REVISED})


class DateOrigin(StrEnum):
    """What set a date: each row of a clock says it of itself, and every explanation is made of it."""

    DESK = "desk"  # the desk's own configured 办理时限
    APPOINTED = "appointed"
    HAND_OVER = "hand_over"
    REASSIGNED = "reassigned"
    TAKEN_AS_PROPOSED = "taken_as_proposed"
    TAKEN = "taken"
    ORDER = "order"
    EXTENSION = "extension"
    FAILED = "failed"
    LATE_SERVICE = "late_service"
    SERVICE = "service"
    NOT_SHORTENED = "not_shortened"
    UNSERVED = "unserved"
    HOLIDAYS = "holidays"


ORIGIN_WORDS = {
    DateOrigin.DESK: "按办理时限",
    DateOrigin.APPOINTED: "安排核验时定的",
    DateOrigin.HAND_OVER: "交办时定的",
    DateOrigin.REASSIGNED: "改派时重新定的",
    DateOrigin.TAKEN_AS_PROPOSED: "签收时按建议定的",
    DateOrigin.TAKEN: "签收时定的",
    DateOrigin.ORDER: "正式文书定的",
    DateOrigin.EXTENSION: "同意延期定的",
    DateOrigin.FAILED: "核验不合格后重新定的",
    DateOrigin.LATE_SERVICE: "送达晚了重新定的",
    DateOrigin.SERVICE: "从送达之日起算",
    DateOrigin.NOT_SHORTENED: "从送达之日起算会更早，仍按原来的日期",
    DateOrigin.UNSERVED: "送达更正了，等真正送达再算",
    DateOrigin.HOLIDAYS: "按放假安排重新算的",
}


def how_set(origin: DateOrigin | None, status: ClockStatus, document: str = "") -> str:
    """How a date came about, in words; only the row of an order names a paper, and it names that one.

    Rows older than the question have no origin: they say no more than that a date was proposed or set.
    """
    if origin is None:
        return "建议" if status is ClockStatus.PROPOSED else "另行定的"
    words = f"{document}定的" if origin is DateOrigin.ORDER and document else ORIGIN_WORDS[origin]
    if status is not ClockStatus.PROPOSED:
        return words
    return "交办时建议的" if origin is DateOrigin.HAND_OVER else f"建议，{words}"


@dataclass(frozen=True)
class TimeLimit:
    """A time limit as it is stated: so many units, or a fixed day."""

    amount: int | None = None
    unit: Unit = Unit.WORKING_DAYS
    roll_over: RollOver = RollOver.NEXT_WORKING_DAY
    fixed: date | None = None


SERVICE_DAYS = 5  # working days after which an unserved paper stands in 今日, and after which a service is late
CONFIRMED_DAYS = 5  # working days in which the desk closes what a deputy confirmed
REQUEST_DAYS = 5  # working days after which a request nobody confirmed lapses

# The clocks of the desk's own steps, by the state in which each runs; reply and mending are set for each hazard.
DESK_CLOCK = {
    State.FOUND: ClockKind.TRIAGE,
    State.AWAITING_VERIFICATION: ClockKind.VERIFICATION,
    State.AWAITING_CLOSURE: ClockKind.CLOSURE,
}
DESK_CLOCKS = tuple(DESK_CLOCK.values())
# Desk dates where the district has configured nothing else (table desk_term).
DEFAULT_TERMS = {
    ClockKind.TRIAGE: TimeLimit(2),
    ClockKind.REPLY: TimeLimit(5),
    ClockKind.VERIFICATION: TimeLimit(5),
    ClockKind.CLOSURE: TimeLimit(30, Unit.DAYS),
}


def due(term: TimeLimit, start: date, calendar: Calendar) -> Deadline:
    """When a term ends that runs from `start` (a dates stated in days runs from service; until then from hand-over)."""
    if term.fixed is not None:
        off = calendar.why_off(term.fixed)
        return Deadline(term.fixed, False, f"定在{in_full(term.fixed)}" + (f"，这天是休息日（{off}）" if off else ""))
    if term.amount is None:
        raise ValueError("a term needs an amount or a fixed day")
    return count_from(start, term.amount, term.unit, term.roll_over, calendar)


def before_working_days(today: date, days: int, calendar: Calendar) -> date:
    """The last day from which `days` working days had already passed when `today` began."""
    day, left = today - timedelta(days=1), days
    while True:
        left -= calendar.is_working_day(day)
        if left <= 0:
            return day - timedelta(days=1)
        day -= timedelta(days=1)


def late_service(
    mending: TimeLimit, starts_on: date, due_on: date, served_on: date, calendar: Calendar
) -> Deadline | None:
    """The later day a late service makes fair for a date that is fixed or printed; None if the service was in time.

    Late is later than five working days after the date was set, or after the date itself. The party then gets as many
    days from service as the paper meant it to have.
    """
    limit = count_from(starts_on, SERVICE_DAYS, Unit.WORKING_DAYS, RollOver.NONE, calendar).on
    if served_on <= limit and served_on < due_on:
        return None
    days = (due_on - starts_on).days
    term = TimeLimit(max(days, 1), Unit.DAYS) if mending.amount is None else mending
    later = due(term, served_on, calendar)
    return later if later.on > due_on else None


class Urgency(StrEnum):
    """How near a date is, for lists and colours."""

    OVERDUE = "overdue"
    TODAY = "today"
    SOON = "soon"
    DATE = "date"
    NONE = "none"


@dataclass(frozen=True)
class DueView:
    """What a deadline badge shows: how urgent, the words, the date."""

    kind: Urgency
    text: str
    on: date | None


def view(due_on: date | None, today: date) -> DueView:
    """Words for a deadline seen on a day: 逾期 6 天, 今天到期, 还有 2 天, or the date."""
    if due_on is None:
        return DueView(Urgency.NONE, "未定", None)
    left = (due_on - today).days
    if left < 0:
        return DueView(Urgency.OVERDUE, f"逾期 {-left} 天", due_on)
    if left == 0:
        return DueView(Urgency.TODAY, "今天到期", due_on)
    if left <= 3:
        return DueView(Urgency.SOON, f"还有 {left} 天", due_on)
    year = f"{due_on.year}年" if due_on.year != today.year else ""
    return DueView(Urgency.DATE, f"{year}{due_on.month}月{due_on.day}日", due_on)
