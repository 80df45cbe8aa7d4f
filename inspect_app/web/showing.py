"""What templates may use: dates as people say them, who is signed in, the way around."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Flask, g, request, url_for

from inspect_app.hazards.clocks import view
from inspect_app.hazards.rules import GRADE_NAMES, STATE_NAMES, STEP_NAMES
from inspect_app.kernel import clock
from inspect_app.messages import queries as messages
from inspect_app.people.rules import POWER_NAMES, ROLE_NAMES, SIDE_NAMES, Role, mask_phone
from inspect_app.premises.rules import KIND_NAMES
from inspect_app.visits.rules import DANGER_NAMES, HOW_NAMES, OUTCOME_NAMES

_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class NavEntry:
    label: str
    endpoint: str
    icon: str


_NAV: dict[Role, tuple[NavEntry, ...]] = {
    Role.SUPERVISOR: (
        NavEntry("今日", "desk.today", "home"),
        NavEntry("隐患", "desk.hazards", "shield"),
        NavEntry("检查任务", "desk.assignments", "list"),
        NavEntry("场所", "desk.places", "shop"),
        NavEntry("消息", "account.inbox", "bell"),
    ),
    Role.LEADER: (NavEntry("隐患", "desk.hazards", "shield"), NavEntry("场所", "desk.places", "shop")),
    Role.AUDITOR: (NavEntry("隐患", "desk.hazards", "shield"),),
    Role.HANDLER: (NavEntry("交办给我们的", "responder.inbox", "shield"), NavEntry("消息", "account.inbox", "bell")),
    Role.ADMINISTRATOR: (
        NavEntry("设置", "admin.overview", "gear"),
        NavEntry("账号", "admin.accounts", "person"),
        NavEntry("单位", "admin.organisations", "list"),
        NavEntry("场所", "desk.places", "shop"),
    ),
    Role.DEPUTY: (
        NavEntry("今日", "field.today", "home"),
        NavEntry("场所", "field.places", "shop"),
        NavEntry("发件箱", "field.outbox", "outbox"),
        NavEntry("我的", "field.mine", "person"),
    ),
}


def register_showing(app: Flask) -> None:
    app.add_template_filter(date_cn)
    app.add_template_filter(date_full)
    app.add_template_filter(datetime_cn)
    app.add_template_filter(time_cn)
    app.add_template_filter(mask_phone)
    app.add_template_filter(_due, "due")
    app.context_processor(_context)
    app.after_request(_headers)


def date_cn(day: date | datetime | None) -> str:
    """今天, 明天, 昨天, 11月30日, with the year when it is not this one."""
    if day is None:
        return "未定"
    if isinstance(day, datetime):
        day = clock.local_date(day)
    today = clock.today()
    near = {0: "今天", 1: "明天", -1: "昨天"}.get((day - today).days)
    if near:
        return near
    return f"{day.year}年{day.month}月{day.day}日" if day.year != today.year else f"{day.month}月{day.day}日"


def date_full(day: date | None) -> str:
    """11月30日（星期一）."""
    if day is None:
        return "未定"
    year = f"{day.year}年" if day.year != clock.today().year else ""
    return f"{year}{day.month}月{day.day}日（星期{_WEEKDAYS[day.weekday()]}）"


def datetime_cn(instant: datetime | None) -> str:
    """11月19日 16:20."""
    return "" if instant is None else f"{date_cn(instant)} {clock.to_local(instant):%H:%M}"


def time_cn(instant: datetime | None) -> str:
    return "" if instant is None else f"{clock.to_local(instant):%H:%M}"


def _due(day: date | None) -> Any:
    return view(day, clock.today())


def _context() -> dict[str, Any]:
    me = g.get("scope")
    return {
        "me": me,
        "nav": _nav(me.role) if me else [],
        "unread": messages.unread(me) if me else 0,
        "STATE_NAMES": STATE_NAMES,
        "GRADE_NAMES": GRADE_NAMES,
        "STEP_NAMES": STEP_NAMES,
        "ROLE_NAMES": ROLE_NAMES,
        "SIDE_NAMES": SIDE_NAMES,
        "POWER_NAMES": POWER_NAMES,
        "KIND_NAMES": KIND_NAMES,
        "OUTCOME_NAMES": OUTCOME_NAMES,
        "HOW_NAMES": HOW_NAMES,
        "DANGER_NAMES": DANGER_NAMES,
        "today": clock.today(),
    }


def _nav(role: Role) -> list[dict[str, Any]]:
    current = request.endpoint or ""
    return [
        {"label": e.label, "href": url_for(e.endpoint), "icon": e.icon, "current": e.endpoint == current}
        for e in _NAV[role]
    ]


def _headers(response: Any) -> Any:
    """A strict policy: nothing inline, nothing from elsewhere, no framing; pages are never kept by caches between."""
    response.headers.setdefault(
        "Content-Security-Policy",
        "default-src 'self'; img-src 'self' blob: data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none';"
        " form-action 'self'",
    )
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(self), microphone=()")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response
