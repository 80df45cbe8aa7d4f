"""What was recorded before today's rules and no longer holds: listed once for the desk, which appends corrections.

Nothing is rewritten, reopened or decided here. A check is a function that yields `Past`; it stands in `CHECKS`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from uuid import UUID, uuid5

from sqlalchemy import or_, select

from inspect_app.hazards import offices
from inspect_app.hazards.models import Hazard
from inspect_app.kernel.database import db
from inspect_app.messages import actions as messages
from inspect_app.messages import queries as told
from inspect_app.papers.kinds import codes, list_name
from inspect_app.papers.models import Paper, PaperLine, Service
from inspect_app.papers.service import WAY_NAMES

from . import review_powers
from .past import Past

__all__ = ["CHECKS", "Past", "past", "tell_desks"]


def served_nobody() -> Iterator[Past]:
    """送达 recorded although nobody was met or somebody refused, without 留置 (docs/decisions/0013).

    Also 留置 of what cannot be left: a 提示单 informs, it is not left behind. Only rows older than today's question.
    """
    may_be_left = codes(lambda kind: "left" in kind.ways)
    rows = db.session.execute(
        select(Hazard.number, Paper.number.label("paper"), Paper.kind, Service)
        .join(PaperLine, PaperLine.hazard_id == Hazard.id)
        .join(Paper, Paper.id == PaperLine.paper_id)
        .join(Service, Service.paper_id == Paper.id)
        .where(
            Service.result.is_(None),
            Service.corrected_at.is_(None),
            Paper.state != "void",
            or_(Service.no_receipt_reason != "", (Service.way == "left") & Paper.kind.not_in(may_be_left)),
            ~((Service.way == "left") & Paper.kind.in_(may_be_left)),
        )
        .order_by(Hazard.number, Service.recorded_at)
    )
    for number, paper, kind, service in rows:
        why = f"没有签收（{service.no_receipt_reason}）" if service.no_receipt_reason else f"{list_name(kind)}不能留置"
        yield Past(
            number, f"{paper} 记成“{WAY_NAMES[service.way]}”，{why}", "办“更正送达”，再送一次；期限又是暂定，不会提前"
        )


CHECKS: tuple[Callable[[], Iterable[Past]], ...] = (served_nobody, *review_powers.CHECKS)


def past() -> list[Past]:
    """All that no longer holds, by check."""
    return [found for check in CHECKS for found in check()]


def tell_desks(found: Sequence[Past]) -> int:
    """Tell the desk of each area in one message what was found there; returns how many desks were told now.

    The same list is told once, however often this runs.
    """
    by_number = {one.number for one in found}
    by_desk: dict[UUID, list[str]] = {}
    for row in db.session.execute(
        select(Hazard.number, Hazard.area_id).where(Hazard.number.in_(by_number)).order_by(Hazard.number)
    ):
        desk = offices.desk_of(row.area_id)
        if desk is not None:
            by_desk.setdefault(desk, []).append(row.number)
    return sum(_tell(desk, numbers, found) for desk, numbers in by_desk.items())


def _tell(desk: UUID, numbers: Sequence[str], found: Sequence[Past]) -> bool:
    lines = [f"{one.number}：{one.what}" for one in found if one.number in set(numbers)]
    this_list = uuid5(desk, "\n".join(lines))
    if told.was_told(desk, "review", this_list):
        return False
    shown = "、".join(numbers[:_SHOWN]) + (" 等" if len(numbers) > _SHOWN else "")
    words = (
        f"以前的记录里，有 {len(numbers)} 件隐患的 {len(lines)} 处按现在的规矩不成立：{shown}。"
        "请逐件看过，该更正的补更正。原来的记录都留着，没有改动。"
    )
    messages.tell_organisation(desk, words, about="review", subject_id=this_list)
    return True


_SHOWN = 20
