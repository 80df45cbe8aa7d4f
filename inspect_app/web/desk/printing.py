"""What is printed from the lists of the desk, in the background: papers, the register, the codes for doors, the file of a place."""

from uuid import UUID

from flask import current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from inspect_app.hazards import register as hazards
from inspect_app.papers.listing import PaperFilters
from inspect_app.premises import queries as premises
from inspect_app.premises.listing import FILTERS, PlaceFilters, listed
from inspect_app.printing import actions
from inspect_app.printing.kinds import doors, place_file, register

from ..access import Permission, allowed, scope
from ..errors import came_from
from ..fields import at, attempt, narrowed
from ..to_issue import HazardsChosen, issue_many
from ..to_print import STARTED, ToPrint, offer, papers_to_print
from ..told import full_walk_rule
from ..transaction import writes_late
from .pages import pages
from .selection import choices, selection


@pages.route("/hazards/papers", methods=["GET", "POST"])
@allowed(Permission.HAZARDS_LIST)
def print_papers() -> ResponseReturnValue:
    """The papers of the hazards that are selected, as one PDF and as a zip."""
    chosen = selection()
    return papers_to_print(
        PaperFilters(hazards=chosen.filters),
        f"文书：{chosen.words(choices())}",
        action=at("desk.print_papers", chosen.here),
        back=(at("desk.hazards", chosen.here), chosen.heading),
    )


@pages.route("/hazards/issue", methods=["GET", "POST"])
@allowed(Permission.DESK)
@writes_late
def issue_papers() -> ResponseReturnValue:
    """New papers of the hazards that are selected, many with one press."""
    chosen = selection()
    back = (at("desk.hazards", chosen.here), chosen.heading)
    return issue_many(HazardsChosen(chosen.filters, chosen.words(choices()), chosen.here, "desk.issue_papers", back))


@pages.route("/hazards/register", methods=["GET", "POST"])
@allowed(Permission.HAZARDS_LIST)
def print_register() -> ResponseReturnValue:
    """隐患台账 of the hazards that are selected: all of them, not only those of a page."""
    chosen = selection()
    found = hazards.found_ids(scope(), chosen.filters, register.MOST_ROWS + 1)
    what = ToPrint(
        title="打印台账",
        words=f"隐患台账：{chosen.words(choices())}",
        total=len(found),
        most=register.MOST_ROWS,
        unit="件",
        about=["做成一个 PDF：A3 横向，一件一行，按发现的先后，每一页都有表头，写明第几页、共几页。"],
        action=at("desk.print_register", chosen.here),
        back=(at("desk.hazards", chosen.here), chosen.heading),
    )
    return offer(what, register.ENTRY.code, lambda: [register.part(found, chosen.words(choices()))])


@pages.route("/places/doors", methods=["GET", "POST"])
@allowed(Permission.PREMISES)
def print_doors() -> ResponseReturnValue:
    """The codes for the doors of all places that the list is narrowed to."""
    here = narrowed(*FILTERS)
    found = listed(scope(), PlaceFilters.of(here), size=doors.MOST_DOORS + 1).rows
    what = ToPrint(
        title="打印门牌码",
        words="门牌码",
        total=len(found),
        most=doors.MOST_DOORS,
        unit="家",
        about=["做成一个 PDF：A4，一张六个，按虚线剪开。代表到店时用手机扫一扫，就打开这一家。"],
        action=at("desk.print_doors", here),
        back=(at("desk.places", here), "场所"),
    )
    return offer(what, doors.ENTRY.code, lambda: [doors.part(found, current_app.config["PUBLIC_ADDRESS"])])


@pages.post("/places/<uuid:premises_id>/file")
@allowed(Permission.HAZARDS_LIST)
def print_place_file(premises_id: UUID) -> ResponseReturnValue:
    """一店一档 of a place: its facts, visits, hazards and papers."""
    row = premises.load(scope(), premises_id)
    kind = place_file.ENTRY.code
    _, refused = attempt(
        lambda: actions.ask(scope(), kind, f"一店一档：{row.name}", [place_file.part(row, full_walk_rule())])
    )
    if refused is not None:
        flash(refused.message)
        return redirect(came_from() or url_for("desk.hazards"), 303)
    flash(STARTED)
    return redirect(url_for("printing.jobs"), 303)
