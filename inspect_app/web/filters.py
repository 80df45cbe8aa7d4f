"""What templates may use: dates as people say them, names of values, who is signed in, the menu."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from flask import Flask, g
from markupsafe import Markup
from werkzeug.local import LocalProxy

from inspect_app.evidence.marks import NOT_IN_THE_PHOTO, drawing, where
from inspect_app.evidence.queries import Marked
from inspect_app.hazards.clocks import view
from inspect_app.hazards.rules import ASKED_NAMES, GRADE_NAMES, STATE_NAMES, STEP_NAMES
from inspect_app.kernel import clock
from inspect_app.kernel.citing import citation
from inspect_app.kernel.deadlines import latest
from inspect_app.kernel.limits import LIMITS
from inspect_app.kernel.spoken_dates import date_cn, date_full, datetime_cn, datetime_full, time_cn
from inspect_app.kernel.workdays import exceptional, published_calendar
from inspect_app.messages import queries as messages
from inspect_app.people.rules import POWER_NAMES, ROLE_NAMES, SIDE_NAMES, Role, Scope, mask_phone
from inspect_app.premises.rules import KIND_NAMES
from inspect_app.urgent_calls import queries as urgent_calls
from inspect_app.urgent_calls.queries import OpenCalls
from inspect_app.urgent_calls.rules import DANGER_NAMES
from inspect_app.visits.rules import HOW_NAMES, OUTCOME_NAMES

from . import demo_mark
from .looks import count_tint, grade_look, is_pressing, state_look
from .menu import nav_of


def register_filters(app: Flask) -> None:
    """Give templates their filters and the values that every page needs."""
    app.add_template_filter(date_cn)
    app.add_template_filter(date_full)
    app.add_template_filter(datetime_cn)
    app.add_template_filter(datetime_full)
    app.add_template_filter(time_cn)
    app.add_template_filter(mask_phone)
    app.add_template_filter(_megabytes, "megabytes")
    app.add_template_filter(_due, "due")
    app.add_template_filter(_cited, "cited")
    app.add_template_filter(state_look)
    app.add_template_filter(grade_look)
    app.add_template_filter(is_pressing)
    app.add_template_filter(count_tint)
    app.add_template_filter(_overlay, "overlay")
    app.add_template_filter(_marked_words, "marked_words")
    app.context_processor(_context)
    app.jinja_env.globals["LIMITS"] = LIMITS


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


def _cited(basis: Mapping[str, Any]) -> str:
    """A basis as a finding froze it, by its name."""
    return citation(basis["document"], str(basis.get("number") or ""), basis["article"])


def _megabytes(size: int) -> str:
    """The size of a file as a person reads it; what is small is still something."""
    return f"{max(size / 1e6, 0.1):.1f} MB"


def _due(day: date | None) -> Any:
    return view(day, clock.today())


def _calls_of(me: Scope | None) -> OpenCalls:
    return urgent_calls.count_calls(me) if me and me.role is Role.SUPERVISOR else OpenCalls(0, None)


def _context() -> dict[str, Any]:
    me = g.get("scope")
    return {
        "me": me,
        "shows_demo": demo_mark.shown(),
        "nav": nav_of(me.role) if me else [],
        "on_phone": me is not None and me.role is Role.DEPUTY,
        "at_desk": me is not None and me.role is Role.SUPERVISOR,
        # Counted where it is shown only, and once: a page that tells of a broken database must not ask it.
        "unread": LocalProxy(cache(lambda: messages.unread(me) if me else 0)),
        "urgent_calls": LocalProxy(cache(lambda: _calls_of(me))),
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
