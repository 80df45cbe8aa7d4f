"""手机: what lies on the phones of the area's deputies, and what was lost there."""

from dataclasses import dataclass

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from inspect_app.intake import devices, queries
from inspect_app.intake.models import Device
from inspect_app.intake.phones import size as how_many
from inspect_app.intake.queries import PhoneView
from inspect_app.kernel.errors import Refused

from ..access import Permission, allowed, scope
from ..fields import attempt, page_of, posted
from .pages import pages

MOST_RANGES = 5


@dataclass(frozen=True)
class PhoneShown:
    """One phone as the page shows it."""

    view: PhoneView
    what: str
    holds: str
    clock: str
    gap: str


@pages.get("/phones")
@allowed(Permission.DESK)
def phones() -> ResponseReturnValue:
    """The phones that are in use."""
    return _phones_page(None)


@pages.post("/phones/<device_id>/gap")
@allowed(Permission.DESK)
def excuse_gap(device_id: str) -> ResponseReturnValue:
    """Somebody asked the deputy: the alarm ends, the reason stays."""
    _, refusal = attempt(lambda: devices.excuse(device_id, scope(), posted("reason", "reason")))
    if refusal is not None:
        return _phones_page(refusal, device_id)
    flash("记下了，这几条不再提醒。")
    return redirect(url_for("desk.phones"), 303)


def shown(view: PhoneView) -> PhoneShown:
    """A phone in words."""
    row = view.device
    return PhoneShown(view, _what(row.agent), _holds(row), _clock(row.offset_ms), gap_words(view))


def gap_words(view: PhoneView) -> str:
    """郭志强的手机少了 3 条记录（第 12 到 14 条）."""
    ranges = view.device.missing
    if not ranges:
        return ""
    parts = [f"第 {low} 条" if low == high else f"第 {low} 到 {high} 条" for low, high in ranges[:MOST_RANGES]]
    more = "等" if len(ranges) > MOST_RANGES else ""
    return f"{view.person}的手机少了 {how_many(ranges)} 条记录（{'、'.join(parts)}{more}）"


def _what(agent: str) -> str:
    kind = "苹果手机" if "iPhone" in agent else "安卓手机" if "Android" in agent else "其他设备"
    return f"{kind}，微信里" if "MicroMessenger" in agent else kind


def _holds(row: Device) -> str:
    held = how_many(row.held)
    parts = [f"{held} 条记录"] * bool(held) + [f"{row.photos} 张照片"] * bool(row.photos)
    return "、".join(parts)


def _clock(offset_ms: int | None) -> str:
    """A clock that is a minute off is said; the server ahead means the phone is slow."""
    minutes = round((offset_ms or 0) / 60_000)
    if abs(offset_ms or 0) <= 60_000:
        return ""
    size = f"{abs(minutes)} 分钟" if abs(minutes) < 120 else f"{round(abs(minutes) / 60)} 小时"
    return f"手机的钟{'慢' if minutes > 0 else '快'} {size}"


def _phones_page(refusal: Refused | None, device_id: str = "") -> ResponseReturnValue:
    me = scope()
    rows = [shown(view) for view in queries.phones(me)]
    return page_of(
        "desk/phones.html",
        refusal,
        rows=rows,
        gaps=[row for row in rows if row.gap],
        looked_into=[(gap, owner, who, how_many(gap.ranges)) for gap, owner, who in queries.gaps_looked_into(me)],
        waiting=queries.count_waiting(me),
        refused_at=device_id,
    )
