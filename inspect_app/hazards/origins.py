"""Where the desk heard of a hazard: one row for each time it was told, the person who called beside the chain and never in it."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column

from inspect_app.kernel import clock
from inspect_app.kernel.columns import one_of
from inspect_app.kernel.database import Model, db
from inspect_app.kernel.errors import Refused
from inspect_app.kernel.ids import new_id
from inspect_app.kernel.races import insert_if_absent

from .models import Hazard
from .rules import Source
from .told import AT_THE_DESK, ToldAtDesk, said_of

MOST_PARTS = 5  # tries for a number of one's own, while others bring the same work order
TAKEN = "这张工单已经登记过了。说的是同一处，就打开那一件；一张工单说了几处的，请勾选下面那一行再登记。"


class HazardOrigin(Model):
    """Who told the desk of a hazard. A work order stands here once; where it speaks of several, its parts are numbered."""

    __tablename__ = "hazard_origin"
    __table_args__ = (
        UniqueConstraint("work_order", "part"),
        CheckConstraint(one_of("source", AT_THE_DESK), "source_known"),
        CheckConstraint("(work_order IS NOT NULL) = (source = 'hotline')", "hotline_has_its_work_order"),
        CheckConstraint("part >= 1", "part_positive"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    hazard_id: Mapped[UUID] = mapped_column(ForeignKey("hazard.id"), index=True)
    source: Mapped[str]
    work_order: Mapped[str | None]
    part: Mapped[int] = mapped_column(default=1)
    told_by: Mapped[str] = mapped_column(default="")
    caller: Mapped[str] = mapped_column(default="")
    caller_phone: Mapped[str] = mapped_column(default="")
    told_on: Mapped[date]
    noted_at: Mapped[datetime]
    noted_by_person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))

    @property
    def words(self) -> str:
        """Where it was heard of, without the person who called."""
        return said_of(self.source, self.work_order or "", self.told_by)


def note(hazard: Hazard, told: ToldAtDesk, person_id: UUID, *, another: bool) -> None:
    """Keep who told of a hazard. Of two who bring one work order at once the second waits, and is refused as if it had come
    later; `another` says that the work order speaks of one more place. Raises Refused."""
    for _ in range(MOST_PARTS):
        part = _next_part(told.work_order) if another and told.work_order else 1
        kept = insert_if_absent(
            HazardOrigin,
            id=new_id(),
            hazard_id=hazard.id,
            source=str(told.source),
            work_order=told.work_order,
            part=part,
            told_by=told.told_by,
            caller=told.caller,
            caller_phone=told.caller_phone,
            told_on=told.told_on,
            noted_at=clock.now(),
            noted_by_person_id=person_id,
        )
        if kept:
            return
        if not another:
            break
    raise Refused(TAKEN, field="work_order")


def _next_part(work_order: str) -> int:
    return (
        db.session.scalar(select(func.max(HazardOrigin.part)).where(HazardOrigin.work_order == work_order)) or 0
    ) + 1


def under(work_order: str) -> Sequence[UUID]:
    """The hazards that a work order was registered with, the first one first; the caller looks whether they may be seen."""
    found = select(HazardOrigin.hazard_id).where(HazardOrigin.work_order == work_order)
    return db.session.scalars(found.order_by(HazardOrigin.part)).all()


def of(hazard_id: UUID) -> Sequence[HazardOrigin]:
    """Everybody who told the desk of a hazard, the first one first."""
    found = select(HazardOrigin).where(HazardOrigin.hazard_id == hazard_id)
    return db.session.scalars(found.order_by(HazardOrigin.noted_at, HazardOrigin.id)).all()


def told_words(hazard: Hazard) -> str:
    """Where the desk heard of a hazard, as papers say it; empty for what somebody of ours saw."""
    if hazard.source not in {str(one) for one in AT_THE_DESK}:
        return ""
    rows = of(hazard.id)
    return rows[0].words if rows else said_of(Source(hazard.source), "", "")
