"""待确认: what phones sent that takes effect only when a supervisor says so."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from inspect_app.intake import pending, queries
from inspect_app.intake.models import PendingOperation
from inspect_app.intake.queries import Batch
from inspect_app.intake.rules import OUTSIDE, OperationOutcome
from inspect_app.kernel.errors import Refused
from inspect_app.people import directory

from ..access import Permission, allowed, scope
from ..fields import attempt, page_of, posted
from .pages import pages

KINDS = {
    "urgent.call": "紧急上报", "premises.register": "新登记场所", "visit.start": "开始检查", "visit.facts": "场所情况",
    "visit.answer": "检查项", "visit.zone": "看过的地方", "visit.outcome": "走访情况", "visit.slip": "空白单编号", "visit.sign": "签名", "visit.submit": "提交检查",
    "hazard.look_back": "回访",
}  # fmt: skip
REASONS = {
    pending.RESCUE: "从备份文件收进来的", pending.RIGHT_ENDED: "任期里记的，任期结束后才送到",
    OUTSIDE: "送到的时候，场所或隐患已经不在代表的片区里",
}  # fmt: skip
OUTCOMES = {OperationOutcome.APPLIED: "办好了", OperationOutcome.REFUSED: "没有收"}


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


@pages.get("/pending")
@allowed(Permission.DESK)
def waiting() -> ResponseReturnValue:
    """What came from phones and waits for somebody to decide."""
    return _waiting_page(None)


@pages.post("/pending/<uuid:receipt_id>/confirm")
@allowed(Permission.DESK)
def confirm(receipt_id: UUID) -> ResponseReturnValue:
    """Let what waits take effect in the deputy's name and term, one by one; what became of each is shown."""
    rows = pending.confirm(receipt_id, scope(), current_app.extensions["appliers"])
    done = Counter(row.outcome for row in rows)
    left = done.pop(None, 0)
    words = [f"{count} 条{OUTCOMES[OperationOutcome(outcome)]}" for outcome, count in done.items() if outcome]
    words += [f"{left} 条要等前面的送达，还在这里"] if left else []
    flash("，".join(words) + "。")
    return redirect(url_for("desk.waiting"), 303)


@pages.post("/pending/<uuid:receipt_id>/decline")
@allowed(Permission.DESK)
def decline(receipt_id: UUID) -> ResponseReturnValue:
    """Decide that what waits is not taken."""
    rows, refusal = attempt(lambda: pending.decline(receipt_id, scope(), posted("reason", "reason")))
    if rows is None:
        return _waiting_page(refusal, receipt_id)
    flash(f"{len(rows)} 条没有收，理由记下了。")
    return redirect(url_for("desk.waiting"), 303)


def _waiting_page(refusal: Refused | None, receipt_id: UUID | None = None) -> ResponseReturnValue:
    me = scope()
    decided = queries.decided_batches(me)
    names = directory.names_of({row.decided_by_id for batch in decided for row in batch.rows if row.decided_by_id})
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
        "，".join(
            f"{OUTCOMES[OperationOutcome(outcome)]} {count} 条" for outcome, count in outcomes.items() if outcome
        ),
        _in_the_way(batch.rows),
        names.get(decided.decided_by_id, "") if decided and decided.decided_by_id else "",
        decided.decided_at if decided else None,
    )


def _in_the_way(rows: Sequence[PendingOperation]) -> list[tuple[str, str]]:
    """Kinds with what was said about them, each once."""
    return list(dict.fromkeys((KINDS.get(row.raw["kind"], "其他记录"), row.words) for row in rows if row.words))
