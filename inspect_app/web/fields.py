"""What forms and addresses carry, read kindly: ids, days, words; and an attempt that keeps what was typed."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Refused
from inspect_app.kernel.limits import whole

Done = TypeVar("Done")
YEARS = (1949, 2099)  # what any date of this district can lie in


def attempt(act: Callable[[], Done]) -> tuple[Done | None, Refused | None]:
    """(what was done, what was refused): a refusal undoes the attempt and goes back to the page with what was typed."""
    try:
        with db.session.begin_nested():
            return act(), None
    except Refused as refusal:
        if refusal.status != 422:
            raise
        return None, refusal


def page_of(template: str, refusal: Refused | None, **shown: Any) -> ResponseReturnValue:
    """A page with a form: as it is first opened, or with what was refused and what was typed."""
    return render_template(template, refusal=refusal, typed=request.form, **shown), 422 if refusal else 200


def maybe_id(text: str | None) -> UUID | None:
    """An id from an address or a form; None for anything else."""
    try:
        return UUID(text or "")
    except ValueError:
        return None


def posted_id(name: str, label: str) -> UUID:
    """The id chosen in a field; raises Refused naming it."""
    found = maybe_id(request.form.get(name))
    if found is None:
        raise Refused(f"请选{label}。", field=name)
    return found


def posted_day(name: str, label: str) -> date:
    """The day written in a field; raises Refused naming it."""
    found = maybe_posted_day(name)
    if found is None:
        raise Refused(f"请选{label}。", field=name)
    return found


def maybe_posted_day(name: str) -> date | None:
    """The day written in a field that may stay empty; raises Refused where it is no day, or of a year nobody can mean."""
    day = read_day(request.form.get(name, "").strip(), name)
    if day is not None and not YEARS[0] <= day.year <= YEARS[1]:
        raise Refused(f"{day.year} 年不对，请看一下年份。", field=name)
    return day


def read_day(text: str, name: str) -> date | None:
    """A day as a field sends it, None for an empty one; raises Refused naming the field where it is none."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("日期不对，请重新选。", field=name) from None


def posted(name: str, limit: str = "line") -> str:
    """The words written in a field, whole, without blanks around them; raises Refused where there are too many."""
    return whole(request.form.get(name, ""), limit, name)


def searched(name: str = "q") -> str:
    """What is looked for, out of the address; raises Refused where it is longer than anything that could be found."""
    return whole(request.args.get(name, ""), "search", name)


def narrowed(*names: str) -> dict[str, str]:
    """The filters that stand in the address of a list."""
    return {name: value for name in names if (value := searched(name))}


def at(endpoint: str, here: Mapping[str, str], **more: str) -> str:
    """The address of a list under its filters."""
    values: dict[str, Any] = {**here, **more}
    return url_for(endpoint, **values)


def pager(endpoint: str, here: Mapping[str, str], after: str | None) -> dict[str, str]:
    """Where a keyset page leads: on to the next, and back to the first (one page back is the browser's own)."""
    return {
        "next": at(endpoint, here, after=after) if after else "",
        "first": at(endpoint, here) if request.args.get("after") else "",
    }
