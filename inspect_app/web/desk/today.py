"""今日: what is to be done, by verb; the rows of one verb, each with its act, and many at once; what is to be chased today."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ScalarSelect

from inspect_app.casework.dossier import photo_questions
from inspect_app.hazards import flags, gallery, offices, queries, worklist
from inspect_app.hazards.answering import Offices
from inspect_app.hazards.closable import closable
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import ASKED_NAMES, State, Step
from inspect_app.hazards.worklist import Chase, Pile, PileItem
from inspect_app.intake import queries as intake
from inspect_app.kernel import clock, stamps
from inspect_app.kernel.errors import NotThere, Refused
from inspect_app.messages import queries as messages
from inspect_app.papers import drafts
from inspect_app.papers import queries as papers
from inspect_app.people.rules import Scope
from inspect_app.printing import actions as printing
from inspect_app.printing.kinds import register
from inspect_app.scans import queries as scans
from inspect_app.visits import assigning
from inspect_app.visits import register as visits

from ..access import Permission, actor, allowed, scope
from ..errors import is_htmx
from ..fields import attempt
from ..hazard import batch, steps
from ..hazard.page import seen_version
from ..hazard.waiting import (
    PAIRS,
    Narrowing,
    Verb,
    VerbCount,
    WaitingPage,
    WaitingRow,
    chosen,
    scans_line,
    verbs_of,
    waiting,
)
from ..to_print import STARTED
from .calls import Cards, cards
from .pages import pages
from .phones import gap_words

PILE = "pile:"  # before the key of a pile, where the list is narrowed to it
OTHERS = ("watch", "chase")  # piles of what only others can do now
SENTENCES = 5  # of 今天该催的
ENDPOINT = "desk.today"


def _asks(item: PileItem) -> str:
    return ASKED_NAMES[item.asked.step] if item.asked else ""


def _waits_for(item: PileItem) -> str:
    state = State(item.hazard.state)
    if state is State.RECTIFYING:
        return f"等{item.handler}{'改好' if item.hazard.accepted_at else '签收'}"
    return f"等{item.appointed}核验" if state is State.AWAITING_VERIFICATION else "等交办的单位销号"


def _before_closing(item: PileItem) -> str:
    return "照片还没到齐" if item.awaits_photos else ""


_URGED = Verb("催办", _waits_for, Step.URGE, in_place=True)
# What is done about each pile. Another pile, such as papers to be signed, is one more line here and in `piles_of`.
VERBS = {
    "assign": Verb("交办", step=Step.HAND_OVER),
    "reassign": Verb("改派", lambda item: f"{item.handler}退回了", Step.REASSIGN),
    "answer": Verb("答复", _asks),
    "verify": Verb("核验"),
    "close": Verb("审核", _before_closing, Step.CLOSE, in_place=True, size=PAIRS),
    "serve": Verb("去送达"),
    "flagged": Verb("核实"),
    "contested": Verb("商定", lambda item: "两部手机填得不一样"),
    "confirm": Verb("确认"),
    "observed": Verb("看一看"),
    "watch": _URGED,
    "chase": _URGED,
}


@dataclass(frozen=True)
class Today:
    """What the page says: the card of verbs, the rows of one of them, and whom to chase."""

    counts: dict[str, int]  # of hazards by pile, and of all else that is counted by its name
    piles: tuple[Pile, ...]
    listing: WaitingPage | None  # None: nothing waits, and nothing was asked for
    chase: list[Chase]


@pages.get("/")
@allowed(Permission.DESK)
def today() -> ResponseReturnValue:
    """今日: what waits at the desk today."""
    return _shown()


@pages.post("/do/<verb>")
@allowed(Permission.DESK)
def take_many(verb: str) -> ResponseReturnValue:
    """One step for all hazards of a pile that are ticked; what cannot be done is named and stays ticked."""
    known = VERBS.get(verb)
    pile = next((one for one in piles_of(scope(), clock.today()) if one.key == verb), None)
    if known is None or known.step is None or pile is None:
        raise NotThere
    step, narrowing = known.step, Narrowing.asked()
    try:
        outcome = batch.take_many(step, batch.picked(narrowing.filters(pile)))
    except Refused as refusal:
        if refusal.status != Refused.status:
            raise
        return _shown(refusal, verb)
    correcting = url_for("desk.take_for_many", slug="reassign")
    return batch.answer(outcome, ENDPOINT, {"do": verb} | narrowing.here, correcting)


@pages.post("/do/<verb>/register")
@allowed(Permission.DESK)
def print_picked(verb: str) -> ResponseReturnValue:
    """隐患台账 of the hazards that are ticked."""
    pile = next((one for one in piles_of(scope(), clock.today()) if one.key == verb), None)
    if pile is None:
        raise NotThere
    words = f"隐患台账：今日，{pile.name}"

    def ask() -> object:
        found = list(batch.picked(Narrowing.asked().filters(pile)))
        return printing.ask(scope(), register.ENTRY.code, f"{words}，{len(found)} 件", [register.part(found, words)])

    _, refusal = attempt(ask)
    if refusal is not None:
        return _shown(refusal, verb)
    flash(STARTED)
    return redirect(url_for("printing.jobs"), 303)


def refused_for(refusal: Refused, verb: str) -> ResponseReturnValue:
    """今日 with what was refused of its ticked rows, which stay ticked. What is no matter of the form goes on."""
    if refusal.status != Refused.status:
        raise refusal
    return _shown(refusal, verb)


def _shown(refusal: Refused | None = None, verb: str = "") -> ResponseReturnValue:
    me, day = scope(), clock.today()
    known, urgent = offices.today(), cards(me)
    now = _today(me, day, known, verb)
    gaps = [gap_words(view) for view in intake.phones(me, only_missing=True)]
    waiting_records, to_sign, to_file = (now.counts[name] for name in ("records", "to_sign", "to_file"))
    own = [pile for pile in now.piles if pile.key not in OTHERS]
    others = urgent.open.count + waiting_records + to_sign + to_file + len(gaps)
    total = sum(now.counts[pile.key] for pile in own) + others
    current = now.listing.pile.key if now.listing else ""
    drawn = render_template(
        "desk/today.html",
        verbs=[*verbs_of(own, now.counts, ENDPOINT, current), *scans_line(to_file)],
        urgent_line=_urgent_line(urgent) if urgent.open.count else None,
        others=verbs_of(_watched(now), now.counts, ENDPOINT, current),
        listing=now.listing,
        refusal=refusal,
        chase=now.chase,
        cards=urgent,
        urgent_calls=urgent.open,
        total=total,
        asked_for=bool(verb or request.args.get("do")),
        waiting=waiting_records,
        to_sign=to_sign,
        unread=now.counts["unread"],
        gaps=gaps,
        nearest=None if total else worklist.nearest_due(me),
        visiting=tuple(now.counts[name] for name in ("assigned", "visited", "under_way")),
        walked=visits.MadeOn(*(now.counts[name] for name in ("short", "full", "early"))).words,
        urged_lately=urged_lately,
    )
    return drawn, 422 if refusal else 200


def _urgent_line(urgent: Cards) -> VerbCount:
    """紧急上报 stands above all verbs while there is one; its cards head the page that names no verb."""
    return VerbCount("urgent", "紧急上报", urgent.open.count, url_for(ENDPOINT, _anchor="urgent"), current=False)


def _watched(now: Today) -> list[Pile]:
    return [pile for pile in now.piles if pile.key == "watch"]


def _today(me: Scope, day: date, known: Offices, verb: str) -> Today:
    piles = piles_of(me, day, known)
    chase = worklist.to_chase(me, piles)
    counts = worklist.counted(me, [pile for pile in piles if pile.key != "chase"], _beside(me, day))
    counts["chase"] = sum(office.count for office in chase)  # every hazard of it has an office
    pile = next((one for one in piles if one.key == verb), None) or chosen(piles, counts, OTHERS)
    listing = None
    if counts[pile.key] or verb or request.args.get("do"):
        typed = request.form if verb else None
        listing = waiting(me, pile, VERBS[pile.key], ENDPOINT, counts[pile.key], typed=typed)
        listing = replace(listing, rows=_more(listing, known))
    return Today(counts, piles, listing, chase[:SENTENCES])


def _beside(me: Scope, day: date) -> dict[str, ScalarSelect[int]]:
    """What else the page counts, by name; asked with the piles."""
    waiting_for = {
        "records": intake.number_waiting(me),
        "to_sign": drafts.number_waiting(me),
        "to_file": scans.number_waiting(me),
        "unread": messages.number_unread(me),
    }
    return waiting_for | assigning.numbers_on(me, day) | visits.numbers_on(me, day)


def _more(listing: WaitingPage, known: Offices) -> list[WaitingRow]:
    """The rows of two piles say more: what about the photos is asked, and which are closed with one press."""
    rows = list(listing.rows)
    if listing.pile.key == "flagged":
        asked = flags.unlooked(row.row.id for row in rows)
        return [replace(row, note=photo_questions.situation(asked.get(row.row.id, []))) for row in rows]
    return _closable(rows, known) if listing.pile.key == "close" else rows


def _closable(rows: list[WaitingRow], known: Offices) -> list[WaitingRow]:
    """Those that are closed with one press have their pair of photos in view; the others are opened first."""
    pairs = gallery.pairs([row.item.hazard for row in rows])
    return [
        replace(row, pair=pairs[row.row.id])
        if row.row.id in pairs and not row.item.questioned and closable(row.item, known, actor())
        else row
        for row in rows
    ]


@pages.post("/hazards/<uuid:hazard_id>/close")
@allowed(Permission.DESK)
def close(hazard_id: UUID) -> ResponseReturnValue:
    """销号 beside its pair of photos: one press; what changed since it was drawn is looked at on its page."""
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
    """What 今日 is made of, in the order of its card, and what its numbers open in the list."""
    found = {pile.key: pile for pile in worklist.desk_piles(me, day, known)}
    found["serve"] = Pile("serve", "送达", Hazard.id.in_(papers.unserved(me)))
    return tuple(found[key] for key in VERBS)


def urged_lately(hazard: Hazard) -> bool:
    """Whether the row says 催过 instead of offering it again."""
    at = worklist.last_urged(hazard)
    now = clock.now()
    return at is not None and now - at < timedelta(hours=12) and not stamps.ahead(at, now)
