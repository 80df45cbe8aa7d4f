"""登记隐患 in the order of a telephone call: where, what, since when, who told us, photos; then what follows from it."""

from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from inspect_app.casework import registering
from inspect_app.casework.registering import RegisteredHazard, Registering
from inspect_app.evidence.senders import Sender
from inspect_app.hazards import origins, queries, register
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import SOURCE_NAMES, Grade, State
from inspect_app.hazards.told import AT_THE_DESK, ToldAtDesk, read_told, work_order_number
from inspect_app.kernel import clock
from inspect_app.kernel.errors import Faults, NotThere, Refused
from inspect_app.people import areas
from inspect_app.premises import actions, doubles
from inspect_app.premises import queries as premises
from inspect_app.premises.models import Premises
from inspect_app.premises.rules import KIND_NAMES
from inspect_app.urgent_calls import queries as urgent_calls
from inspect_app.urgent_calls.rules import DANGER_NAMES, Danger

from ..access import Permission, actor, allowed, scope
from ..fields import attempt, maybe_id, page_of, posted, searched
from ..hazard.steps.inputs import TypedInputs
from .pages import pages
from .selection import FIELDS

MOST_PLACES = 8
_NEW_PLACE = ("name", "address", "kind", "area_id", "phone")


@pages.route("/hazards/new", methods=["GET", "POST"])
@allowed(Permission.HAZARD_REGISTER)
def new_hazard() -> ResponseReturnValue:
    """The form; with scripts off its two searches come back to it with everything that was typed."""
    refusal = None
    if request.method == "POST" and not request.form.get("look"):
        made, refusal = attempt(_register)
        if made is not None:
            again = None if made.is_new else "1"
            return redirect(url_for("desk.registered", hazard_id=made.hazard.id, again=again), 303)
    return _form(refusal)


@pages.get("/hazards/new/places")
@allowed(Permission.HAZARD_REGISTER)
def places_found() -> ResponseReturnValue:
    """Places to choose from, in place."""
    places = _places(searched("place_words"), maybe_id(request.args.get("premises_id")))
    words, chosen = searched("place_words"), request.args.get("premises_id", "")
    return render_template("desk/_fragments/places_found.html", places=places, words=words, chosen=chosen)


@pages.get("/hazards/new/items")
@allowed(Permission.HAZARD_REGISTER)
def items_found() -> ResponseReturnValue:
    """Items of checklists to choose from, in place."""
    words, chosen = searched("item_words"), request.args.get("item", "")
    return render_template("desk/_fragments/items_found.html", items=_items(words, chosen), words=words, chosen=chosen)


@pages.get("/hazards/<uuid:hazard_id>/registered")
@allowed(Permission.HAZARD_REGISTER)
def registered(hazard_id: UUID) -> ResponseReturnValue:
    """What was registered: its number, what comes next, and what is still to be done about it."""
    row = queries.load(scope(), hazard_id)
    told = origins.of(row.id)
    calls = urgent_calls.open_of_hazard(row.id)
    return render_template(
        "desk/registered.html",
        hazard=row,
        place=premises.load(scope(), row.premises_id),
        told=told[-1] if told else None,
        again=request.args.get("again") == "1",
        call=calls[0] if calls else None,
        left=_left_to_do(row),
        to_hand_over=row.state == State.FOUND,
    )


def _left_to_do(row: Hazard) -> list[str]:
    """What whoever registers by telephone cannot know, and somebody has to find out."""
    left = [] if queries.before_photos([row.id]) else ["还没有现场照片，可以安排代表去看，或由承办单位核实时补。"]
    left += [] if row.party_id else ["责任主体待查，请在场所那一页登记由谁负责。"]
    left += ["疑似重大，请提请主管部门认定。"] if row.grade == Grade.SUSPECTED_MAJOR else []
    return left + (["您和这家场所有关联，要由别的督办员先确认发现。"] if row.unconfirmed else [])


def _register() -> RegisteredHazard:
    """What was typed becomes a hazard; raises Refused with everything that is wrong, and nothing is written then."""
    faults = Faults()
    told = faults.of(read_told, request.form, clock.today())
    if told is not None and told.work_order and request.form.get("another_part") != "yes":
        faults.need(not origins.under(told.work_order), origins.TAKEN, "work_order")
    said = faults.of(_what, told)
    _check_where(faults)
    faults.refuse()
    assert said is not None
    place = _place()
    files = request.files.getlist("photos")
    photos = TypedInputs(request.form, files, Sender(scope().account_id).account_id, place.id).photos()
    return registering.register(place, said(photos), scope(), actor())


class _Said:
    """What was typed of the hazard, read and right; the photos are stored once all else is."""

    def __init__(self, told: ToldAtDesk | None, **read: object) -> None:
        self.told, self.read = told, read

    def __call__(self, photos: tuple[UUID, ...]) -> Registering:
        assert self.told is not None
        return Registering(self.told, photo_ids=photos, **self.read)  # type: ignore[arg-type]


def _what(told: ToldAtDesk | None) -> _Said:
    faults = Faults()
    code = request.form.get("item", "")
    item = registering.item_of(code) if code else None
    faults.need(not code or item, "这一项不在现在的检查表里了，请再找一次，或用自己的话写。", "item")
    title = faults.of(posted, "title", "place")
    if not code:
        faults.need(title != "", "请找一个检查项，或用一句话写清是什么隐患。", "title")
        faults.need(request.form.get("field") in FIELDS, "请选属于哪一类。", "field")
    texts = {
        name: faults.of(posted, name, limit)
        for name, limit in (
            ("spot", "place_within"),
            ("lasting", "short_reason"),
            ("words", "wording"),
            ("suspected_reason", "reason"),
        )
    }
    danger = request.form.get("danger", "")
    faults.need(not danger or danger in set(Danger), "请选是哪种危险。", "danger")
    faults.refuse()
    return _Said(
        told,
        title=title,
        field=request.form.get("field", ""),
        item=item,
        danger=Danger(danger) if danger else None,
        another_part=request.form.get("another_part") == "yes",
        **texts,
    )


def _chosen() -> str:
    """The place that was chosen: the double that a new one turned out to be, or one of those that were found."""
    return request.form.get("same_as", "") or request.form.get("premises_id", "")


def _is_new_place() -> bool:
    return any(request.form.get(name, "").strip() for name in ("name", "address"))


def _check_where(faults: Faults) -> None:
    """One place: chosen from those that may be seen, or new and like none of those that are there."""
    chosen = _chosen()
    if chosen and _is_new_place() and not request.form.get("same_as"):
        faults.add("选了一家，下面又写了一家新的。请留一样。", "premises_id")
    elif chosen:
        faults.need(_seen(chosen), "没有找到这一家，请再找一次。", "premises_id")
    elif not _is_new_place():
        faults.add("请选是哪一家；名单里没有的，登记新的一家。", "premises_id")
    else:
        faults.of(_new_place_checked)


def _seen(chosen: str) -> Premises | None:
    premises_id = maybe_id(chosen)
    try:
        return premises.load(scope(), premises_id) if premises_id else None
    except NotThere:
        return None


def _new_place_checked() -> None:
    """Raises Refused where the new place lacks something, or may be one that is there."""
    typed = {name: request.form.get(name, "") for name in _NEW_PLACE}
    actions.check(scope(), typed["name"], typed["kind"], typed["address"], maybe_id(typed["area_id"]), typed["phone"])
    if request.form.get("another") != "yes" and _doubles():
        raise Refused("可能已经登记过，请看下面几家。是同一家就选它；不是的，勾选“都不是”再登记。", field="another")


def _doubles() -> list[doubles.MayBeOne]:
    area_id = maybe_id(request.form.get("area_id"))
    if area_id is None or not _is_new_place():
        return []
    name, address = request.form.get("name", ""), request.form.get("address", "")
    return doubles.doubles_of(scope(), name, address, request.form.get("phone", ""), area_id)


def _place() -> Premises:
    chosen = _chosen()
    if chosen:
        return premises.load(scope(), UUID(chosen))
    return actions.register(
        scope(),
        name=request.form.get("name", ""),
        kind=posted("kind"),
        address=posted("address", "address"),
        area_id=maybe_id(posted("area_id")),
        facts={},
        phone=posted("phone"),
        another=request.form.get("another") == "yes",
    )


def _places(words: str, chosen: UUID | None) -> list[Premises]:
    """Places that may be seen, the chosen one first, so that a second search loses nothing."""
    first = _seen(str(chosen)) if chosen else None
    found = premises.search(scope(), words, MOST_PLACES) if words else []
    return [*([first] if first else []), *(row for row in found if first is None or row.id != first.id)]


def _items(words: str, chosen: str) -> list[registering.OfferedItem]:
    first = registering.item_of(chosen) if chosen else None
    found = registering.items_found(words)
    return [*([first] if first else []), *(one for one in found if first is None or one.item.code != chosen)]


def _form(refusal: Refused | None) -> ResponseReturnValue:
    typed = request.form
    chosen = typed.get("premises_id", request.args.get("place", ""))
    words, item_words, item = (
        typed.get("place_words", "").strip(),
        typed.get("item_words", "").strip(),
        typed.get("item", ""),
    )
    return page_of(
        "desk/register.html",
        refusal,
        places=_places(words, maybe_id(chosen)),
        words=words,
        chosen=chosen,
        items=_items(item_words, item),
        item_words=item_words,
        item=item,
        doubles=_doubles() if refusal and refusal.about("another") else [],
        first_of_order=_first_of_order() if refusal and refusal.about("work_order") else None,
        order_taken=bool(refusal and refusal.about("work_order") == origins.TAKEN),
        sources=[(str(one), SOURCE_NAMES[one]) for one in AT_THE_DESK],
        fields=FIELDS,
        kinds=KIND_NAMES,
        dangers=[(str(one), name) for one, name in DANGER_NAMES.items()],
        areas=[(area.id, area.name) for area in areas.areas_of(scope()) if area.valid_to is None],
        beside=register.at_premises(scope(), UUID(chosen)) if maybe_id(chosen) else [],
    )


def _first_of_order() -> Hazard | None:
    """The hazard that the work order was registered with, where this person sees it."""
    try:
        known = origins.under(work_order_number(request.form.get("work_order", "")))
        return queries.load(scope(), known[0]) if known else None
    except Refused:
        return None
