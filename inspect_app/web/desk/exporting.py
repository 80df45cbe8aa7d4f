"""What is taken along as a table from the lists of the desk: hazards under any filter or ticked, places."""

from collections.abc import Mapping
from typing import Any

from flask.typing import ResponseReturnValue

from inspect_app.exports.columns import HAZARDS, PLACES
from inspect_app.exports.kinds.hazards import HazardRows, order_words
from inspect_app.exports.kinds.places import PlaceRows
from inspect_app.hazards import register
from inspect_app.hazards.filters import Sort
from inspect_app.kernel import clock
from inspect_app.kernel.errors import NotThere, Refused
from inspect_app.premises.listing import FILTERS, ONLY, PlaceFilters, count
from inspect_app.premises.rules import KIND_NAMES, STATUS_NAMES

from ..access import Permission, allowed, scope
from ..fields import at, narrowed
from ..hazard import batch
from ..hazard.waiting import Narrowing
from ..to_export import ToExport, offer
from .pages import pages
from .selection import choices, selection
from .today import ENDPOINT, piles_of, refused_for


@pages.route("/hazards/export", methods=["GET", "POST"])
@allowed(Permission.HAZARDS_LIST)
def export_hazards() -> ResponseReturnValue:
    """The hazards that are selected, all of them, in the order of the list."""
    chosen = selection()
    what = ToExport(
        kind=HAZARDS,
        words=chosen.words(choices()),
        total=register.count(scope(), chosen.filters),
        ordered=order_words(chosen.filters, chosen.sort),
        action=at("desk.export_hazards", chosen.here),
        back=(at("desk.hazards", chosen.here), chosen.heading),
        address=at("desk.export_hazards", chosen.here),
    )
    return offer(what, lambda: HazardRows(scope(), chosen.filters, chosen.sort))


@pages.post("/do/<verb>/export")
@allowed(Permission.DESK)
def export_picked(verb: str) -> ResponseReturnValue:
    """The hazards that are ticked under a verb of 今日: asked for by the bar above them, then by the page that this shows."""
    pile = next((one for one in piles_of(scope(), clock.today()) if one.key == verb), None)
    if pile is None:
        raise NotThere
    narrowing = Narrowing.asked()
    try:
        seen = batch.picked(narrowing.filters(pile))
    except Refused as refusal:
        return refused_for(refusal, verb)
    filters = batch.only(seen)
    what = ToExport(
        kind=HAZARDS,
        words=f"今日：{pile.name}，勾选的",
        total=register.count(scope(), filters),
        ordered=order_words(filters, Sort.DANGER),
        action=at("desk.export_picked", {"verb": verb}),
        back=(at(ENDPOINT, {"do": verb} | narrowing.here), "今日"),
        address="",
        picked=batch.ticked(seen),
    )
    return offer(what, lambda: HazardRows(scope(), filters, Sort.DANGER))


@pages.route("/places/export", methods=["GET", "POST"])
@allowed(Permission.PREMISES)
def export_places() -> ResponseReturnValue:
    """The places that the list is narrowed to."""
    here = narrowed(*FILTERS)
    known: list[tuple[str, Mapping[Any, str]]] = [("kind", KIND_NAMES), ("status", STATUS_NAMES), ("only", ONLY)]
    said = [here.get("q", ""), *(names.get(here.get(name, ""), "") for name, names in known)]
    words = "，".join(part for part in said if part)
    what = ToExport(
        kind=PLACES,
        words=f"场所（{words}）" if words else "场所",
        total=count(scope(), PlaceFilters.of(here), register.MOST_COUNTED + 1),
        ordered="按名称",
        action=at("desk.export_places", here),
        back=(at("desk.places", here), "场所"),
        address=at("desk.export_places", here),
    )
    return offer(what, lambda: PlaceRows(scope(), here))
