"""The list of hazards with its filters, and one hazard."""

import json
from urllib.parse import quote
from uuid import UUID

from flask import Response, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from inspect_app.hazards import flags, log, queries, register, saved_views
from inspect_app.hazards.filters import MARKS, Filters
from inspect_app.hazards.register import HazardRow
from inspect_app.kernel.errors import Refused
from inspect_app.kernel.paging import Page

from ..access import TABLE, Permission, actor, allowed, scope
from ..fields import at, attempt, page_of, posted
from ..hazard import page as hazard_page
from . import many
from .pages import pages
from .selection import TABS, HazardSelection, chips, choices, selection

MOST_PRINTED = 2000


@pages.get("/hazards")
@allowed(Permission.HAZARDS_LIST)
def hazards() -> ResponseReturnValue:
    """The list. The address holds every filter, so that it can be sent, kept and gone back to."""
    return shown()


def shown(refusal: Refused | None = None, *, saving: bool = False) -> ResponseReturnValue:
    """The list that this request's address asks for; `refusal`: what was refused of the ticked ones, or `saving` a view."""
    me, chosen = scope(), selection()
    filters, here, printing = chosen.filters, chosen.here, request.args.get("print") == "1"
    page = _page(chosen, printing)
    known = choices()
    counts = register.counts(me, filters) if filters.narrowed is None else {}
    found = counts[chosen.tab] if chosen.tab in counts else _found(chosen, page)
    return page_of(
        "desk/hazards.html",
        refusal,
        saving=saving,
        page=page,
        pick=None if printing else many.bar(chosen, page, found),
        ticked=frozenset(request.form.getlist("pick")) | {str(one) for one in chosen.picked},
        tab=chosen.tab,
        heading=chosen.heading,
        asked=chosen.asked,
        here=here,
        kept_as=chosen.kept_as,
        printing=printing,
        issues=me.role in TABLE[Permission.DESK],
        tabs=TABS,
        marks=MARKS,
        sort=chosen.sort,
        counts=counts,
        counts_follow=not counts and chosen.tab in TABS and not printing,
        found=found,
        counted=register.counted,
        choices=known,
        views=saved_views.of(me),
        shown_as="desk.hazards",
        chips=chips(chosen, known, "desk.hazards"),
        back=at("desk.hazards", here, before=page.before) if page.before else "",
        onward=at("desk.hazards", here, after=page.after) if page.after and not printing else "",
        first=at("desk.hazards", here) if page.before else "",
        nobody_open=chosen.pile is None and filters == Filters() and not page.rows,
    )


def _found(chosen: HazardSelection, page: Page[HazardRow]) -> int:
    """How many there are; a page that is all of them says it itself."""
    whole = page.first == 1 and not page.before and not page.after
    return len(page.rows) if whole else register.count(scope(), chosen.filters)


def _page(chosen: HazardSelection, printing: bool) -> Page[HazardRow]:
    args = request.args
    if printing:
        return register.page(scope(), chosen.filters, size=MOST_PRINTED, sort=chosen.sort)
    return register.page(scope(), chosen.filters, args.get("after"), before=args.get("before"), sort=chosen.sort)


@pages.get("/hazards/tabs")
@allowed(Permission.HAZARDS_LIST)
def hazard_tabs() -> ResponseReturnValue:
    """The tabs of a list whose numbers are not kept, with their numbers: they come after the page."""
    chosen = selection()
    return render_template(
        "desk/_fragments/hazard_tabs.html",
        tab=chosen.tab,
        here=chosen.here,
        kept_as=chosen.kept_as,
        tabs=TABS,
        counts=register.counts_found(scope(), chosen.filters),
        counts_follow=False,
        views=saved_views.of(scope()),
        shown_as="desk.hazards",
    )


@pages.post("/hazards/picked")
@allowed(Permission.HAZARDS_LIST)
def picked() -> ResponseReturnValue:
    """What was ticked goes on to the page that makes something of it."""
    address, refusal = attempt(many.sent_to)
    return redirect(address, 303) if address else shown(refusal)


@pages.post("/hazards/views")
@allowed(Permission.HAZARDS_LIST)
def save_view() -> ResponseReturnValue:
    """Keep the filters of the address that the form was sent to, under a name."""
    chosen = selection()
    row, refused = attempt(
        lambda: saved_views.save(scope(), posted("name"), chosen.kept_as, shared=posted("shared") == "yes")
    )
    if row is None:
        return shown(refused, saving=True)
    flash(f"存好了：{row.name}。")
    return redirect(at("desk.hazards", chosen.here), 303)


@pages.post("/hazards/views/<uuid:view_id>/drop")
@allowed(Permission.HAZARDS_LIST)
def drop_view(view_id: UUID) -> ResponseReturnValue:
    """Take away a view of one's own."""
    flash(f"删去了：{saved_views.drop(scope(), view_id)}。")
    return redirect(at("desk.hazards", {}), 303)


@pages.get("/hazards/<uuid:hazard_id>")
@allowed(Permission.HAZARDS_LIST)
def hazard(hazard_id: UUID) -> ResponseReturnValue:
    """One hazard, as the desk sees it."""
    return hazard_page.show(hazard_id)


@pages.get("/hazards/<uuid:hazard_id>/chain.json")
@allowed(Permission.CHAIN)
def chain(hazard_id: UUID) -> Response:
    """The log with its hashes as a file, to be checked by anybody without this program."""
    row = queries.load(scope(), hazard_id)
    name = quote(f"{row.number}-记录.json")
    text = json.dumps(log.exported(row), ensure_ascii=False, indent=1)
    head = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(text, mimetype="application/json", headers=head)


@pages.post("/hazards/<uuid:hazard_id>/flags/<uuid:flag_id>")
@allowed(Permission.DESK)
def look_at_photo(hazard_id: UUID, flag_id: UUID) -> ResponseReturnValue:
    """看过了: what a supervisor says about a photo that was asked about. It changes nothing else."""
    row = queries.lock(scope(), hazard_id, None)
    _, refused = attempt(lambda: flags.look_at(row, flag_id, actor(), words=posted("words")))
    if refused is not None:
        return hazard_page.show(hazard_id, refusal=refused, open_step=f"flag-{flag_id}")
    return hazard_page.after(hazard_id, "记下了，这张照片看过了。")


@pages.post("/hazards/<uuid:hazard_id>/steps/<slug>")
@allowed(Permission.DESK_STEPS)
def take_step(hazard_id: UUID, slug: str) -> ResponseReturnValue:
    """Take a step that the desk has a button for."""
    return hazard_page.take(hazard_id, slug)
