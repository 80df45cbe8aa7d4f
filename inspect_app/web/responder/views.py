"""The inbox of a handling organisation, and one hazard in it."""

from dataclasses import replace
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from inspect_app.exports.columns import HAZARDS
from inspect_app.exports.kinds.hazards import HazardRows, order_words
from inspect_app.hazards import register, worklist
from inspect_app.hazards.filters import Filters, Sort
from inspect_app.hazards.rules import ASKED_NAMES, STATE_NAMES, State, Step
from inspect_app.hazards.worklist import PileItem
from inspect_app.kernel.errors import NotThere, Refused
from inspect_app.messages import queries as messages
from inspect_app.papers import drafts
from inspect_app.papers.listing import PaperFilters
from inspect_app.scans import queries as scans

from ..access import Permission, allowed, scope
from ..fields import at, pager, searched
from ..hazard import batch
from ..hazard import page as hazard_page
from ..hazard.waiting import Narrowing, Verb, chosen, scans_line, verbs_of, waiting
from ..to_export import ToExport, offer
from ..to_issue import HazardsChosen, issue_many
from ..to_print import papers_to_print
from ..transaction import writes_late

pages = Blueprint("responder", __name__, url_prefix="/inbox")
TABS = {"all": "未销号的", "overdue": "已逾期", "soon": "3 天内到期", "verify": "待核验", "settled": "已办结"}
ENDPOINT = "responder.inbox"


def _asks(item: PileItem) -> str:
    return ASKED_NAMES[item.asked.step] if item.asked else ""


def _stands(item: PileItem) -> str:
    if item.hazard.declined_at is not None:
        return "退回了，等新单位签收"
    return STATE_NAMES[State(item.hazard.state)]


# What is done about each pile: one more is one more line here and in `worklist.handler_piles`.
VERBS = {
    "accept": Verb("签收", step=Step.ACCEPT),
    "answer": Verb("答复", _asks),
    "mend": Verb("办理"),
    "others": Verb("看", _stands),
}


@pages.get("/")
@allowed(Permission.INBOX)
def inbox() -> ResponseReturnValue:
    """What waits for this office, by what is to be done; what must be accepted comes first."""
    return _shown()


@pages.post("/do/<verb>")
@allowed(Permission.INBOX)
def take_many(verb: str) -> ResponseReturnValue:
    """One step for all hazards of a pile that are ticked; what cannot be done is named and stays ticked."""
    known = VERBS.get(verb)
    if known is None or known.step is None:
        raise NotThere
    narrowing, pile = Narrowing.asked(), next(one for one in worklist.handler_piles(scope()) if one.key == verb)
    try:
        outcome = batch.take_many(known.step, batch.picked(narrowing.filters(pile)))
    except Refused as refusal:
        if refusal.status != Refused.status:
            raise
        return _shown(refusal, verb)
    return batch.answer(outcome, ENDPOINT, {"do": verb} | narrowing.here)


def _shown(refusal: Refused | None = None, verb: str = "") -> ResponseReturnValue:
    me = scope()
    piles = worklist.handler_piles(me)
    counts = worklist.counted(
        me,
        piles,
        {
            "to_file": scans.number_waiting(me),
            "to_sign": drafts.number_waiting(me),
            "unread": messages.number_unread(me),
        },
    )
    to_file = counts["to_file"]
    pile = next((one for one in piles if one.key == verb), None) or chosen(piles, counts, ("others",))
    asked_for, listing = bool(verb or request.args.get("do")), None
    if counts[pile.key] or asked_for:
        typed = request.form if verb else None
        listing = waiting(me, pile, VERBS[pile.key], ENDPOINT, counts[pile.key], typed=typed)
    lines = verbs_of(piles, counts, ENDPOINT, pile.key if listing else "")
    drawn = render_template(
        "responder/inbox.html",
        verbs=[*lines[:-1], *scans_line(to_file)],
        others=lines[-1:],
        listing=listing,
        refusal=refusal,
        asked_for=asked_for,
        total=sum(line.count for line in lines[:-1]) + to_file,
        to_sign=counts["to_sign"],
        unread=counts["unread"],
    )
    return drawn, 422 if refusal else 200


@pages.get("/all")
@allowed(Permission.INBOX)
def listed() -> ResponseReturnValue:
    """Everything handed to this office, with what is settled."""
    me = scope()
    filters, heading, here = _selection()
    alike = Filters(words=filters.words)
    page = register.page(me, filters, request.args.get("after"))
    return render_template(
        "responder/all.html",
        page=page,
        tabs=TABS,
        heading=heading,
        here=here,
        filters=filters,
        counts=register.counts(me, alike) | {"settled": register.count(me, replace(alike, tab="settled"))},
        found=register.count(me, filters),
        **pager("responder.listed", here, page.after),
    )


@pages.route("/papers", methods=["GET", "POST"])
@allowed(Permission.INBOX)
def print_papers() -> ResponseReturnValue:
    """The papers of the hazards that are selected, as one PDF and as a zip."""
    filters, heading, here = _selection()
    return papers_to_print(
        PaperFilters(hazards=filters),
        f"文书：{heading}",
        action=at("responder.print_papers", here),
        back=(at("responder.listed", here), heading),
    )


@pages.route("/export", methods=["GET", "POST"])
@allowed(Permission.INBOX)
def export_hazards() -> ResponseReturnValue:
    """The hazards that are selected, as a table."""
    filters, heading, here = _selection()
    said = [TABS[filters.tab]] if filters.narrowed is None and filters.tab != "all" else []
    said += [filters.words] if filters.words else []
    what = ToExport(
        kind=HAZARDS,
        words=f"{heading}（{'，'.join(said)}）" if said else heading,
        total=register.count(scope(), filters),
        ordered=order_words(filters, Sort.DUE),
        action=at("responder.export_hazards", here),
        back=(at("responder.listed", here), heading),
        address=at("responder.export_hazards", here),
    )
    return offer(what, lambda: HazardRows(scope(), filters, Sort.DUE))


@pages.route("/issue", methods=["GET", "POST"])
@allowed(Permission.INBOX)
@writes_late
def issue_papers() -> ResponseReturnValue:
    """New papers of the hazards that are selected, many with one press."""
    filters, heading, here = _selection()
    back = (at("responder.listed", here), heading)
    return issue_many(HazardsChosen(filters, heading, here, "responder.issue_papers", back))


def _selection() -> tuple[Filters, str, dict[str, str]]:
    """(what the address narrows the list to, in words, all of it for an address that means the same)."""
    tab, words = request.args.get("tab", "all"), searched()
    piles = worklist.handler_piles(scope()) if tab.startswith("pile:") else ()
    pile = next((one for one in piles if tab == f"pile:{one.key}"), None)
    tab = tab if tab in TABS or pile else "all"
    filters = Filters(tab=tab, words=words, narrowed=worklist.belonging(piles, pile.key) if pile else None)
    return filters, pile.name if pile else "交办给我们的全部", {"tab": tab} | ({"q": words} if words else {})


@pages.get("/<uuid:hazard_id>")
@allowed(Permission.INBOX)
def hazard(hazard_id: UUID) -> ResponseReturnValue:
    """One hazard, as the office that mends it sees it."""
    return hazard_page.show(hazard_id)


@pages.post("/<uuid:hazard_id>/steps/<slug>")
@allowed(Permission.INBOX)
def take_step(hazard_id: UUID, slug: str) -> ResponseReturnValue:
    """Take a step that the office has a button for."""
    return hazard_page.take(hazard_id, slug)
