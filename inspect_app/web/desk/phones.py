"""手机: what lies on the phones of the area's deputies and what was lost there; 待确认; backup files that are fed in."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO
from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from inspect_app.intake import devices, feeding, pending, queries, rescue
from inspect_app.intake.models import Device, PendingOperation
from inspect_app.intake.phones import size as how_many
from inspect_app.intake.queries import Batch, PhoneView
from inspect_app.intake.rules import OUTSIDE, Outcome
from inspect_app.kernel.database import writing
from inspect_app.kernel.errors import Refused

from ..access import Permission, allowed, scope
from ..fields import attempt, page_of, posted
from ..transaction import takes_up_to, writes_late
from .pages import pages

MOST_BACKUP = 300 * 1024 * 1024
FORM_AROUND_IT = 1024 * 1024
KINDS = {
    "urgent.call": "紧急上报", "premises.register": "新登记场所", "visit.start": "开始检查", "visit.facts": "场所情况",
    "visit.answer": "检查项", "visit.outcome": "走访情况", "visit.sign": "签名", "visit.submit": "提交检查",
    "hazard.look_back": "回访",
}  # fmt: skip
REASONS = {
    pending.RESCUE: "从备份文件收进来的", pending.RIGHT_ENDED: "任期里记的，任期结束后才送到",
    OUTSIDE: "送到的时候，场所或隐患已经不在代表的片区里",
}  # fmt: skip
OUTCOMES = {Outcome.APPLIED: "办好了", Outcome.REFUSED: "没有收"}
MOST_RANGES = 5


@dataclass(frozen=True)
class Shown:
    """One phone as the page shows it."""

    view: PhoneView
    what: str
    holds: str
    clock: str
    gap: str


@dataclass(frozen=True)
class ShownBatch:
    """What waits or was decided together, counted by kind; what could not be applied, with why."""

    batch: Batch
    kinds: str
    first_at: datetime
    last_at: datetime
    outcome: str
    in_the_way: Sequence[tuple[str, str]]
    decided_by: str
    decided_at: datetime | None


@pages.get("/phones")
@allowed(Permission.DESK)
def phones() -> ResponseReturnValue:
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


@pages.get("/pending")
@allowed(Permission.DESK)
def waiting() -> ResponseReturnValue:
    return _waiting_page(None)


@pages.post("/pending/<uuid:receipt_id>/confirm")
@allowed(Permission.DESK)
def confirm(receipt_id: UUID) -> ResponseReturnValue:
    """They take effect in the deputy's name and term, one by one; what became of each is shown."""
    rows = pending.confirm(receipt_id, scope(), current_app.extensions["appliers"])
    done = Counter(row.outcome for row in rows)
    left = done.pop(None, 0)
    words = [f"{count} 条{OUTCOMES[Outcome(outcome)]}" for outcome, count in done.items() if outcome]
    words += [f"{left} 条要等前面的送达，还在这里"] if left else []
    flash("，".join(words) + "。")
    return redirect(url_for("desk.waiting"), 303)


@pages.post("/pending/<uuid:receipt_id>/decline")
@allowed(Permission.DESK)
def decline(receipt_id: UUID) -> ResponseReturnValue:
    rows, refusal = attempt(lambda: pending.decline(receipt_id, scope(), posted("reason", "reason")))
    if rows is None:
        return _waiting_page(refusal, receipt_id)
    flash(f"{len(rows)} 条没有收，理由记下了。")
    return redirect(url_for("desk.waiting"), 303)


@pages.route("/backups", methods=["GET", "POST"])
@takes_up_to(MOST_BACKUP + FORM_AROUND_IT)
@writes_late
@allowed(Permission.DESK)
def backups() -> ResponseReturnValue:
    """收备份文件: opened and checked first, then written as one."""
    if request.method != "POST":
        return _backups_page(None, None)
    try:
        return _backups_page(_feed(), None)
    except Refused as refusal:
        if refusal.status != 422:
            raise
        return _backups_page(None, refusal)


def _feed() -> feeding.Fed:
    me, file = scope(), request.files.get("backup")
    if file is None or not file.filename:
        raise Refused("请先选备份文件。", field="backup")
    storage, keys = current_app.extensions["storage"], current_app.extensions["keys"]
    file_sha256 = _sha256(file.stream)
    with rescue.opened(file.stream, keys) as backup:
        feeding.owner_of(backup, me)
        feeding.store_photos(backup, storage)
        with writing():
            return feeding.feed(backup, file_sha256, me, current_app.extensions["appliers"], storage, keys)


def _sha256(stream: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while piece := stream.read(1024 * 1024):
        digest.update(piece)
    stream.seek(0)
    return digest.hexdigest()


def shown(view: PhoneView) -> Shown:
    """A phone in words."""
    row = view.device
    return Shown(view, _what(row.agent), _holds(row), _clock(row.offset_ms), gap_words(view))


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


def _waiting_page(refusal: Refused | None, receipt_id: UUID | None = None) -> ResponseReturnValue:
    me = scope()
    decided = queries.decided_batches(me)
    names = queries.names_of({row.decided_by_id for batch in decided for row in batch.rows if row.decided_by_id})
    return page_of(
        "desk/pending.html",
        refusal,
        batches=[_shown_batch(batch, {}) for batch in queries.waiting_batches(me)],
        decided=[_shown_batch(batch, names) for batch in decided],
        reasons=REASONS,
        refused_at=receipt_id,
    )


def _shown_batch(batch: Batch, names: dict[UUID, str]) -> ShownBatch:
    kinds = Counter(KINDS.get(row.raw["kind"], "其他记录") for row in batch.rows)
    captured = [pending.captured_at(row) for row in batch.rows]
    outcomes = Counter(row.outcome for row in batch.rows)
    decided = max((row for row in batch.rows if row.decided_at), key=lambda row: str(row.decided_at), default=None)
    return ShownBatch(
        batch,
        "、".join(f"{kind} {count} 条" for kind, count in kinds.items()),
        min(captured),
        max(captured),
        "，".join(f"{OUTCOMES[Outcome(outcome)]} {count} 条" for outcome, count in outcomes.items() if outcome),
        _in_the_way(batch.rows),
        names.get(decided.decided_by_id, "") if decided and decided.decided_by_id else "",
        decided.decided_at if decided else None,
    )


def _in_the_way(rows: Sequence[PendingOperation]) -> list[tuple[str, str]]:
    """Kinds with what was said about them, each once."""
    return list(dict.fromkeys((KINDS.get(row.raw["kind"], "其他记录"), row.words) for row in rows if row.words))


def _backups_page(fed: feeding.Fed | None, refusal: Refused | None) -> ResponseReturnValue:
    page = render_template("desk/backups.html", fed=fed, refusal=refusal, files=queries.rescue_files(scope()))
    return page, 422 if refusal else 200
