"""What templates may use: dates as people say them, who is signed in, the way around."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from flask import Flask, current_app, g, request, url_for
from markupsafe import Markup
from werkzeug.local import LocalProxy

from inspect_app.evidence.marks import NOT_IN_THE_PHOTO, drawing, where
from inspect_app.evidence.queries import Marked
from inspect_app.hazards.clocks import view
from inspect_app.hazards.rules import ASKED_NAMES, GRADE_NAMES, STATE_NAMES, STEP_NAMES
from inspect_app.kernel import clock
from inspect_app.kernel.deadlines import latest
from inspect_app.kernel.limits import LIMITS
from inspect_app.kernel.workdays import exceptional, published_calendar
from inspect_app.messages import queries as messages
from inspect_app.people.rules import POWER_NAMES, ROLE_NAMES, SIDE_NAMES, Role, mask_phone
from inspect_app.premises.rules import KIND_NAMES
from inspect_app.visits import queries as visits
from inspect_app.visits.rules import DANGER_NAMES, HOW_NAMES, OUTCOME_NAMES

from .errors import is_htmx

_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class NavEntry:
    """One entry of the menu; `also` names the pages under it, which keep it marked."""

    label: str
    endpoint: str
    icon: str
    also: tuple[str, ...] = ()


_HAZARDS = NavEntry("隐患", "desk.hazards", "shield", ("desk.hazard", "desk.take_step"))
_PLACES = NavEntry("场所", "desk.places", "shop", ("desk.place", "desk.new_place", "desk.change_place"))
_ACTS = NavEntry("管理记录", "admin.acts_log", "log")
_MESSAGES = NavEntry("消息", "account.inbox", "bell")
_LIBRARY = NavEntry(
    "检查表", "library.index", "list",
    ("library.listed", "library.item", "library.bases", "library.basis", "library.versions", "library.blank", "library.to_review",
     "library.drafts", "library.draft"),
)  # fmt: skip
_NAV: dict[Role, tuple[NavEntry, ...]] = {
    Role.SUPERVISOR: (
        NavEntry(
            "今日",
            "desk.today",
            "home",
            ("desk.phones", "desk.excuse_gap", "desk.waiting", "desk.decline", "desk.backups"),
        ),
        _HAZARDS,
        NavEntry("检查任务", "desk.assignments", "list"),
        _PLACES,
        _LIBRARY,
        _MESSAGES,
    ),
    Role.LEADER: (_HAZARDS, _PLACES, _LIBRARY, _MESSAGES),
    Role.AUDITOR: (_HAZARDS, _ACTS, _LIBRARY, _MESSAGES),
    Role.HANDLER: (
        NavEntry("交办给我们的", "responder.inbox", "shield", ("responder.listed", "responder.hazard")),
        _LIBRARY,
        _MESSAGES,
    ),
    Role.ADMINISTRATOR: (
        NavEntry("设置", "admin.overview", "gear", ("admin.second_factors",)),
        NavEntry("账号", "admin.accounts", "person", ("admin.account", "admin.new_account", "admin.add_term")),
        NavEntry("单位", "admin.organisations", "list", ("admin.organisation", "admin.new_organisation")),
        NavEntry("片区", "admin.areas", "map", ("admin.area",)),
        NavEntry("家站点", "admin.stations", "home", ("admin.station",)),
        NavEntry("值班", "admin.duty", "clock"),
        NavEntry("回避", "admin.recusals", "apart"),
        NavEntry("登录记录", "admin.sign_ins", "log"),
        _ACTS,
        NavEntry("系统", "admin.system", "warn"),
        _PLACES,
        _LIBRARY,
        _MESSAGES,
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
    app.add_template_filter(datetime_full)
    app.add_template_filter(time_cn)
    app.add_template_filter(mask_phone)
    app.add_template_filter(_due, "due")
    app.add_template_filter(_overlay, "overlay")
    app.add_template_filter(_marked_words, "marked_words")
    app.context_processor(_context)
    app.jinja_env.globals["LIMITS"] = LIMITS
    app.after_request(_headers)


def _overlay(marked: Marked | None, large: bool) -> Markup:
    """What is circled, as a layer to lie over a photo; nothing while the size of the picture is not known.

    The small picture is cut to the shape of its box, and the layer with it; the large one shows whole.
    """
    if marked is None or not marked.width or not marked.height:
        return Markup("")
    high = round(1000 * marked.height / marked.width)
    fit = "xMinYMin meet" if large else "xMidYMid slice"
    drawn = drawing(marked.marks, 1000, high, bold=not large)
    return Markup(  # numbers and fixed words only
        f'<svg class="marks" viewBox="0 0 1000 {high}" preserveAspectRatio="{fit}" aria-hidden="true">{drawn}</svg>'
    )


def _marked_words(marked: Marked) -> str:
    """Where something is circled, for those who do not see it, and that the photo itself is untouched."""
    return f"圈出：{where(marked.marks)}。{NOT_IN_THE_PHOTO}"


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


def datetime_full(instant: datetime) -> str:
    """2026年11月23日 10:52, as it stands at the foot of a printed sheet."""
    local = clock.to_local(instant)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


def time_cn(instant: datetime | None) -> str:
    return "" if instant is None else f"{clock.to_local(instant):%H:%M}"


def _due(day: date | None) -> Any:
    return view(day, clock.today())


def _context() -> dict[str, Any]:
    me = g.get("scope")
    return {
        "me": me,
        "nav": nav_of(me.role) if me else [],
        # Asked where it is shown only, once for a page: one that tells of a broken database must not ask it.
        "unread": LocalProxy(cache(lambda: messages.unread(me) if me else 0)),
        "urgent_calls": LocalProxy(cache(lambda: visits.open_calls(me) if me and me.role is Role.SUPERVISOR else ())),
        "STATE_NAMES": STATE_NAMES,
        "GRADE_NAMES": GRADE_NAMES,
        "STEP_NAMES": STEP_NAMES,
        "ASKED_NAMES": ASKED_NAMES,
        "ROLE_NAMES": ROLE_NAMES,
        "SIDE_NAMES": SIDE_NAMES,
        "POWER_NAMES": POWER_NAMES,
        "KIND_NAMES": KIND_NAMES,
        "OUTCOME_NAMES": OUTCOME_NAMES,
        "HOW_NAMES": HOW_NAMES,
        "DANGER_NAMES": DANGER_NAMES,
        "exceptional_days": _exceptional_days,
        "today": clock.today(),
        "now": clock.now(),
    }


def _exceptional_days() -> dict[str, str]:
    """Holidays and make-up days as far ahead as a date may be set."""
    today = clock.today()
    return exceptional(published_calendar(), today, latest(today))


def nav_of(role: Role, *, marked: bool = True) -> list[dict[str, Any]]:
    """The menu of a role, the entry of the present page marked."""
    current = (request.endpoint or "") if marked else ""
    return [
        {"label": e.label, "href": url_for(e.endpoint), "icon": e.icon, "current": current in (e.endpoint, *e.also)}
        for e in _NAV[role]
    ]


_POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none';"
    " form-action 'self'"
)


def _headers(response: Any) -> Any:
    """A strict policy: nothing inline, nothing from elsewhere, no framing; pages are never kept by caches between."""
    if response.status_code == 303 and is_htmx():
        # "Go to that page" is for the browser: fetched inside the old page, its address would stay the old one.
        response.headers["HX-Redirect"] = response.headers.pop("Location")
        response.status_code, response.data = 200, b""
    # A policy is for what a browser opens as a page; on a style or script it only weighs, and a phone's first load is small.
    if request.endpoint != "static" or response.mimetype == "image/svg+xml":
        response.headers.setdefault("Content-Security-Policy", _POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(self), microphone=()")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    if current_app.extensions["settings"].production:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response
