"""今日: one sentence, then what waits in groups, each hazard once, each row with the one thing to do."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from inspect_app.casework.dossier import photo_questions
from inspect_app.hazards import flags, gallery, offices, queries, worklist
from inspect_app.hazards.answering import Offices
from inspect_app.hazards.case import from_row
from inspect_app.hazards.closable import closable
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import ASKED_NAMES, State, Step, needs_authority
from inspect_app.hazards.worklist import CountedPile, Pile, PileItem
from inspect_app.intake import queries as intake
from inspect_app.kernel import clock, stamps
from inspect_app.papers import drafts
from inspect_app.papers import queries as papers
from inspect_app.people.rules import Scope
from inspect_app.visits import assigning
from inspect_app.visits import register as visits

from ..access import Permission, actor, allowed, scope
from ..errors import is_htmx
from ..hazard import steps
from ..hazard.page import seen_version
from .calls import cards
from .pages import pages
from .phones import gap_words

_LEAD = {
    "overdue": "{} 件已经逾期",
    "asked": "{} 件等您答复",
    "declined": "{} 件被退回",
    "found": "{} 件等您交办",
    "flagged": "{} 件的照片请核实",
    "close": "{} 件等您销号",
    "verify": "{} 件等核验",
}
PILE = "pile:"  # before the key of a pile, where the list is narrowed to it


@dataclass(frozen=True)
class Work:
    """One row of 今日: how it stands, and the verb. `urge` is done in the row itself, the others on the page.

    `asks`: something about its photos is to be looked at too.
    """

    item: PileItem
    situation: str
    verb: str
    urge: bool = False
    asks: bool = False
    pair: tuple[UUID, UUID] | None = None  # with which it is closed in the row itself


@dataclass(frozen=True)
class PileGroup:
    key: str
    name: str
    count: int
    rows: list[Work]
    more: str


@pages.get("/")
@allowed(Permission.DESK)
def today() -> ResponseReturnValue:
    """今日: what waits at the desk today."""
    me, day = scope(), clock.today()
    known = offices.today()
    found = worklist.sorted_into(me, piles_of(me, day, known))
    groups = [_group(pile, known) for pile in found]
    urgent = cards(me)
    calls, waiting = urgent.open.count, intake.count_waiting(me)
    to_sign = drafts.count_waiting(me)
    gaps = [gap_words(view) for view in intake.phones(me, only_missing=True)]
    return render_template(
        "desk/today.html",
        groups=groups,
        cards=urgent,
        urgent_calls=urgent.open,
        total=sum(group.count for group in groups) + calls + waiting + to_sign + len(gaps),
        lead=_sentence(found, calls, waiting, len(gaps), day),
        waiting=waiting,
        to_sign=to_sign,
        gaps=gaps,
        nearest=worklist.nearest_due(me) if not groups else None,
        visiting=_visiting(day),
        walked=visits.made_on(me, day).words,
        urged_lately=urged_lately,
    )


@pages.post("/hazards/<uuid:hazard_id>/close")
@allowed(Permission.DESK)
def close(hazard_id: UUID) -> ResponseReturnValue:
    """销号 from a row with its pair of photos: one press; what changed since it was drawn is looked at on its page."""
    queries.load(scope(), hazard_id)  # whose it is comes before what was sent: nobody learns what exists
    hazard = queries.lock(scope(), hazard_id, seen_version())
    said = steps.run(Step.CLOSE, hazard, actor())
    if is_htmx():
        return render_template("desk/_fragments/closed.html")
    flash(said)
    return redirect(url_for("desk.today"), 303)


@pages.post("/hazards/<uuid:hazard_id>/urge")
@allowed(Permission.DESK)
def urge(hazard_id: UUID) -> ResponseReturnValue:
    """催办 from a row: one press, no page between; the row says that it was done."""
    hazard = queries.lock(scope(), hazard_id, None)
    said = steps.run(Step.URGE, hazard, actor())
    if is_htmx():
        return render_template("desk/_fragments/urged.html", at=hazard.last_event_at, just_now=True)
    flash(said)
    return redirect(url_for("desk.today"), 303)


def piles_of(me: Scope, day: date, known: Offices | None = None) -> tuple[Pile, ...]:
    """What 今日 sorts into, and what its numbers open in the list."""
    return (*worklist.desk_piles(me, day, known), Pile("unserved", "单子还没送达", Hazard.id.in_(papers.unserved(me))))


def _visiting(day: date) -> tuple[int, int, int]:
    """How many places are assigned for the day, how many of them were visited and handed in, how many are under way."""
    rows = [planned for planned in assigning.assignments_in(scope(), day) if planned.row.on_day == day]
    return len(rows), sum(planned.visited for planned in rows), sum(planned.under_way for planned in rows)


def _group(found: CountedPile, known: Offices) -> PileGroup:
    if found.pile.key == "flagged":
        asked = flags.unlooked(item.hazard.id for item in found.rows)
        rows = [Work(item, photo_questions.situation(asked.get(item.hazard.id, [])), "核实") for item in found.rows]
    else:
        rows = [replace(_work(item, found.pile.key), asks=item.questioned) for item in found.rows]
    if found.pile.key == "close":
        rows = _closable(rows, known)
    return PileGroup(
        found.pile.key, found.pile.name, found.count, rows, url_for("desk.hazards", tab=f"{PILE}{found.pile.key}")
    )


def _closable(rows: list[Work], known: Offices) -> list[Work]:
    """Rows that are closed with one press, their pair of photos in view; the others are opened first."""
    pairs = gallery.pairs([row.item.hazard for row in rows])
    return [
        replace(row, pair=pairs[row.item.hazard.id], situation="回访核实合格，等您销号", verb="销号")
        if row.item.hazard.id in pairs and not row.asks and closable(row.item, known, actor())
        else row
        for row in rows
    ]


_ONLY_LOOK = {
    "observed": ("有补记的回访", "看一看"), "photos": ("照片还没到齐", "看缺哪些"), "unserved": ("单子出了还没记送达", "去送达"),
}  # fmt: skip


def _work(item: PileItem, pile: str) -> Work:
    hazard, state = item.hazard, State(item.hazard.state)
    if pile in _ONLY_LOOK:
        return Work(item, *_ONLY_LOOK[pile])
    if item.asked is not None:
        return Work(item, f"{ASKED_NAMES[item.asked.step]}：{item.asked.reason}", "答复")
    if state is State.FOUND:
        return Work(item, "还没有交办", "交办")
    if state is State.AWAITING_CLOSURE:
        return Work(item, _closing(hazard), "审核")
    if state is State.AWAITING_VERIFICATION:
        if item.appointed and hazard.appointed_person_id != scope().person_id:
            return Work(item, f"等{item.appointed}核验", "催办", urge=True)
        return Work(item, "报改好了，还没有人核验", "核验")
    if hazard.declined_at is not None:
        return Work(item, f"{item.handler}退回了", "改派")
    return Work(item, f"等{item.handler}{'改好' if hazard.accepted_at else '签收'}", "催办", urge=True)


def _closing(hazard: Hazard) -> str:
    if needs_authority(from_row(hazard)) and not hazard.opinion_number:
        return "核验合格，等主管部门意见"
    return "核验合格，等您销号"


def urged_lately(item: PileItem) -> bool:
    """Whether the row says 催过 instead of offering it again."""
    at = worklist.last_urged(item.hazard)
    now = clock.now()
    return at is not None and now - at < timedelta(hours=12) and not stamps.ahead(at, now)


def _sentence(found: list[CountedPile], calls: int, waiting: int, gaps: int, day: date) -> str:
    """What a person would say aloud."""
    parts = [f"{calls} 件紧急上报等人处理"] if calls else []
    parts += [_LEAD.get(pile.pile.key, f"{{}} 件{pile.pile.name}").format(pile.count) for pile in found]
    parts += [f"{gaps} 部手机少了记录"] if gaps else []
    parts += [f"{waiting} 批手机里的记录等您确认"] if waiting else []
    late = [item.hazard.due_on for pile in found for item in pile.rows if item.hazard.due_on]
    oldest = min(late, default=day)
    tail = f"。最早的一件已逾期 {(day - oldest).days} 天" if oldest < day else ""
    return "，".join(parts) + tail + "。" if parts else ""
