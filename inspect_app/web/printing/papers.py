"""文书: the papers that one may see, and printing those that a filter finds."""

from collections.abc import Mapping
from datetime import date

from flask import render_template, request
from flask.typing import ResponseReturnValue

from inspect_app.exports.columns import PAPERS
from inspect_app.exports.kinds.papers import PaperRows
from inspect_app.hazards.register import counted
from inspect_app.papers import drafts, listing
from inspect_app.papers.filed import awaits_scan, filed_of
from inspect_app.papers.kinds import KINDS
from inspect_app.papers.listing import BEING_MADE, PaperFilters
from inspect_app.papers.standing import NAMES

from ..access import TABLE, Permission, allowed, scope
from ..fields import at, maybe_id, narrowed, pager
from ..links import HAZARD_PAGES
from ..to_export import ToExport, offer
from ..to_print import papers_to_print
from .pages import pages

_STANDINGS = {str(how): name for how, name in NAMES.items()} | {BEING_MADE: "正在做"}


@pages.get("/papers")
@allowed(Permission.PAPERS_LIST)
def papers() -> ResponseReturnValue:
    """The list. The address holds every filter, so that it can be kept and gone back to."""
    me, choices = scope(), _choices()
    here = _asked(choices)
    filters = _filters(here)
    page = listing.page(me, filters, request.args.get("after"))
    scans = filed_of(row.paper.id for row in page.rows)
    return render_template(
        "printing/papers.html",
        page=page,
        here=here,
        found=listing.count(me, filters),
        counted=counted,
        choices=choices,
        standings=_STANDINGS,
        hazard_page=HAZARD_PAGES[me.role],
        scanned={paper_id for paper_id, rows in scans.items() if rows},
        awaited={row.paper.id for row in page.rows if awaits_scan(row.paper, row.standing, scans[row.paper.id])},
        to_sign=drafts.count_waiting(me),
        takes_scans=me.role in TABLE[Permission.PAPERS],
        sees_slips=me.role in TABLE[Permission.SLIPS_LIST],
        **pager("printing.papers", here, page.after),
    )


@pages.route("/papers/print", methods=["GET", "POST"])
@allowed(Permission.PAPERS_LIST)
def print_papers() -> ResponseReturnValue:
    """What the filter finds, as one PDF and as a zip."""
    choices = _choices()
    here = _asked(choices)
    return papers_to_print(
        _filters(here),
        _words(here, choices),
        action=at("printing.print_papers", here),
        back=(at("printing.papers", here), "文书"),
    )


@pages.route("/papers/export", methods=["GET", "POST"])
@allowed(Permission.PAPERS_LIST)
def export_papers() -> ResponseReturnValue:
    """What the filter finds, as a table."""
    choices = _choices()
    here = _asked(choices)
    filters = _filters(here)
    what = ToExport(
        kind=PAPERS,
        words=_words(here, choices),
        total=listing.count(scope(), filters),
        ordered="新的在前",
        action=at("printing.export_papers", here),
        back=(at("printing.papers", here), "文书"),
        address=at("printing.export_papers", here),
    )
    return offer(what, lambda: PaperRows(scope(), filters))


def _asked(known: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """The filters that stand in the address, each only with a value it can have."""
    here = narrowed("kind", "since", "until", "issuer", "standing", "place")
    return {
        name: value
        for name, value in here.items()
        if (value in known[name] if name in known else (maybe_id if name == "place" else _day)(value) is not None)
    }


def _choices() -> dict[str, dict[str, str]]:
    return {
        "kind": {code: kind.list_name for code, kind in KINDS.items()},
        "issuer": {str(office.id): office.name for office in listing.issuers()},
        "standing": _STANDINGS,
    }


def _filters(here: Mapping[str, str]) -> PaperFilters:
    return PaperFilters(
        kind=here.get("kind", ""),
        since=_day(here.get("since", "")),
        until=_day(here.get("until", "")),
        issuer_id=maybe_id(here.get("issuer")),
        standing=here.get("standing", ""),
        premises_id=maybe_id(here.get("place")),
    )


def _day(text: str) -> date | None:
    """A day as it stands in an address; None for what is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _words(here: Mapping[str, str], choices: Mapping[str, Mapping[str, str]]) -> str:
    """What is printed, for the list of jobs."""
    said = [choices[name][here[name]] for name in ("issuer", "standing") if name in here]
    said += ["这一家"] if "place" in here else []
    if "since" in here or "until" in here:
        said.append(f"{here.get('since', '')}到{here.get('until', '今天')}")
    kind = choices["kind"].get(here.get("kind", ""), "文书")
    return f"{kind}（{'，'.join(said)}）" if said else kind
