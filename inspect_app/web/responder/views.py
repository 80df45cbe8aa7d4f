"""The inbox of a handling organisation, and one hazard in it."""

from dataclasses import replace
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from inspect_app.hazards import register, worklist
from inspect_app.hazards.filters import Filters
from inspect_app.kernel import clock
from inspect_app.papers import drafts
from inspect_app.papers.listing import PaperFilters

from ..access import Permission, allowed, scope
from ..fields import at, pager, searched
from ..hazard import page as hazard_page
from ..to_issue import HazardsChosen, issue_many
from ..to_print import papers_to_print
from ..transaction import writes_late

pages = Blueprint("responder", __name__, url_prefix="/inbox")
TABS = {"all": "未销号的", "overdue": "已逾期", "soon": "3 天内到期", "verify": "待核验", "settled": "已办结"}
_VERBS = {"accept": "签收", "asked": "答复", "overdue": "办理", "mend": "报请核验", "verify": "看", "others": "看"}


@pages.get("/")
@allowed(Permission.INBOX)
def inbox() -> ResponseReturnValue:
    """What waits for this office, what must be accepted first."""
    me = scope()
    found = worklist.sorted_into(me, worklist.handler_piles(me, clock.today()))
    counts = {pile.pile.key: pile.count for pile in found}
    return render_template(
        "responder/inbox.html",
        found=found,
        verbs=_VERBS,
        lead=_sentence(counts),
        to_sign=drafts.count_waiting(me),
    )


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
    piles = worklist.handler_piles(scope(), clock.today()) if tab.startswith("pile:") else ()
    pile = next((one for one in piles if tab == f"pile:{one.key}"), None)
    tab = tab if tab in TABS or pile else "all"
    filters = Filters(tab=tab, words=words, narrowed=worklist.belonging(piles, pile.key) if pile else None)
    return filters, pile.name if pile else "交办给我们的全部", {"tab": tab} | ({"q": words} if words else {})


def _sentence(counts: dict[str, int]) -> str:
    words = {"accept": "{} 件等您签收", "asked": "{} 件等您答复", "overdue": "{} 件已经逾期", "mend": "{} 件正在整改"}
    parts = [text.format(counts[key]) for key, text in words.items() if counts.get(key)]
    return "，".join(parts) + "。" if parts else ""


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
