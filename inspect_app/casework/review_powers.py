"""What was recorded about powers before the law's own rules held here, for the desk to look at. Writes nothing.

Past events and papers stay as they are; whoever finds one here appends what puts it right.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy import func, select

from inspect_app.hazards.events import Event
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import GRADE_NAMES, Grade, Step
from inspect_app.kernel.database import db

from .past import Past


def invented_determinations() -> Iterator[Past]:
    """认定 under a name that is none of our organisations, by hazard."""
    rows = db.session.execute(
        select(Hazard.number, Event.body)
        .join(Event, Event.hazard_id == Hazard.id)
        .where(Event.step == Step.DETERMINE)
        .order_by(Hazard.number, Event.seq)
    )
    for row in rows:
        facts = row.body["facts"]
        if not facts.get("authority"):
            what = f"{facts.get('on', '')}记的认定（{facts.get('number', '')}），机关只写了名字"
            yield Past(row.number, what, "有答复的，从有职权的机关里选，重新办“记录认定”；没有的，请主管部门答复")


def listed_without_determination() -> Iterator[Past]:
    """挂牌督办 that stands on a hazard no authority has determined as major."""
    rows = db.session.scalars(
        select(Hazard).where(Hazard.listed_at.is_not(None), Hazard.grade != Grade.MAJOR).order_by(Hazard.number)
    )
    for row in rows:
        what = f"还挂着牌，级别是“{GRADE_NAMES[Grade(row.grade)]}”"
        yield Past(row.number, what, "办“解除挂牌”，或者有了主管部门的认定，办“记录认定”")


def several_live_orders() -> Iterator[Past]:
    """Hazards on which more than one order is live: neither given up nor replaced, since they were last opened."""
    twice = select(Event.hazard_id).where(Event.step == Step.ORDER).group_by(Event.hazard_id).having(func.count() > 1)
    for hazard in db.session.scalars(select(Hazard).where(Hazard.id.in_(twice)).order_by(Hazard.number)):
        live = _live_orders(
            db.session.scalars(select(Event).where(Event.hazard_id == hazard.id).order_by(Event.seq)).all()
        )
        if len(live) > 1:
            yield Past(
                hazard.number, f"有 {len(live)} 份有效的正式文书：{'、'.join(live)}", "只留一份，其余由出文书的单位作废"
            )


def _live_orders(events: Sequence[Event]) -> list[str]:
    live: list[str] = []
    for event in events:
        facts = event.body["facts"]
        gone = {str(Step.ORDER): facts.get("replaces"), str(Step.VOID_PAPER): facts.get("number")}.get(event.step)
        live = [] if event.step in (Step.REOPEN, Step.REARM) else [number for number in live if number != gone]
        if event.step == Step.ORDER:
            live.append(str(facts["number"]))
    return live


CHECKS = (invented_determinations, listed_without_determination, several_live_orders)
