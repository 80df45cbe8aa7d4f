"""The desk's pages: the list of an office's slips, asking for a pad, printing it again, giving up lost ones, one slip."""

from uuid import UUID

from flask import current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from inspect_app.kernel import clock
from inspect_app.kernel.errors import Refused
from inspect_app.people.queries import mates_of
from inspect_app.people.rules import Role, Side
from inspect_app.printing import actions as printing
from inspect_app.printing.kinds import slip as slip_kind
from inspect_app.slips import actions, binding, listing, queries
from inspect_app.slips.listing import SlipFilters
from inspect_app.slips.models import SlipPad
from inspect_app.slips.rules import MOST_IN_A_PAD, STATE_NAMES, TITLE

from ..access import TABLE, Permission, allowed, scope
from ..fields import attempt, maybe_id, narrowed, page_of, pager, posted
from ..to_print import STARTED
from .pages import pages


@pages.get("/slips")
@allowed(Permission.SLIPS_LIST)
def listed() -> ResponseReturnValue:
    """What became of each slip, the newest numbers first. The address holds every filter."""
    me, here = scope(), narrowed("q", "state", "pad")
    filters = SlipFilters(here.get("q", ""), here.get("state", ""), maybe_id(here.get("pad")))
    page = listing.page(me, filters, request.args.get("after"))
    return page_of(
        "slips/list.html",
        None,
        page=page,
        here=here,
        found=listing.count(me, filters),
        states=STATE_NAMES.items(),
        writes=_writes(),
        whole=me.whole_district and me.role is not Role.SUPERVISOR,
        **pager("slips.listed", here, page.after),
    )


def _writes() -> bool:
    """Whether who reads may have slips printed: supervisors of the congress side."""
    return scope().role in TABLE[Permission.SLIPS] and scope().side is Side.CONGRESS


@pages.route("/slips/pads", methods=["GET", "POST"])
@allowed(Permission.SLIPS)
def pads() -> ResponseReturnValue:
    """Asking for a pad; and those that there are, to be printed again."""
    refusal = None
    if request.method == "POST":
        pad, refusal = attempt(_asked)
        if pad is not None:
            flash(f"{pad.span}，共 {pad.count} 张。{STARTED}")
            return redirect(url_for("printing.jobs"), 303)
    return _pads(refusal)


def _pads(refusal: Refused | None) -> ResponseReturnValue:
    me = scope()
    return page_of(
        "slips/pads.html",
        refusal,
        pads=listing.pads(me),
        deputies=[(str(person), name) for person, name in mates_of(me, clock.today()).items()],
        most=MOST_IN_A_PAD,
        writes=_writes(),
    )


def _asked() -> SlipPad:
    typed = posted("count", "number")
    count = int(typed) if typed.isdecimal() else None
    given_to = maybe_id(request.form.get("given_to"))
    if request.form.get("given_to") and given_to is None:
        raise Refused("请从名单里选一位代表，或不选。", field="given_to")
    pad = actions.ask_pad(scope(), count, given_to, current_app.config["PUBLIC_ADDRESS"])
    _print(pad)
    return pad


def _print(pad: SlipPad) -> None:
    blank = [slip for slip in queries.slips_of(pad.id) if slip.is_blank]
    printing.ask(scope(), slip_kind.ENTRY.code, f"{TITLE} {len(blank)} 张，{pad.span}", slip_kind.parts(blank))


@pages.post("/slips/pads/<uuid:pad_id>/print")
@allowed(Permission.SLIPS)
def print_again(pad_id: UUID) -> ResponseReturnValue:
    """再打印 what of a pad is still blank, under the same numbers."""

    def again() -> SlipPad:
        pad = queries.load_pad(scope(), pad_id)
        _print(pad)
        actions.note_printed(scope(), pad)
        return pad

    pad, refusal = attempt(again)
    if pad is None:
        return _pads(refusal)
    flash(STARTED)
    return redirect(url_for("printing.jobs"), 303)


@pages.route("/slips/void", methods=["GET", "POST"])
@allowed(Permission.SLIPS)
def void() -> ResponseReturnValue:
    """作废 of lost ones by number: one, a list, a range."""
    refusal = None
    if request.method == "POST":
        slips, refusal = attempt(lambda: actions.void(scope(), posted("numbers", "words"), posted("reason")))
        if slips is not None:
            flash(f"作废了 {len(slips)} 张。扫它们的码会看到已经作废。")
            return redirect(url_for("slips.listed", state="void"), 303)
    return page_of("slips/void.html", refusal)


@pages.get("/slips/<uuid:slip_id>")
@allowed(Permission.SLIPS_LIST)
def slip(slip_id: UUID) -> ResponseReturnValue:
    """One slip: where it was left, what came back of it, and its log."""
    return _slip(slip_id, None)


@pages.post("/slips/<uuid:slip_id>/void")
@allowed(Permission.SLIPS)
def void_one(slip_id: UUID) -> ResponseReturnValue:
    """作废 of this one, also where it is bound."""
    found, refusal = attempt(lambda: actions.void_one(scope(), slip_id, posted("reason")))
    if found is None:
        return _slip(slip_id, refusal)
    flash(f"{found.number} 作废了。")
    return redirect(url_for("slips.slip", slip_id=slip_id), 303)


@pages.post("/slips/<uuid:slip_id>/off")
@allowed(Permission.SLIPS)
def take_off(slip_id: UUID) -> ResponseReturnValue:
    """从走访上拿下来: its number was written down on the wrong visit, the sheet itself is still blank."""
    found, refusal = attempt(lambda: binding.take_off(scope(), slip_id, posted("reason")))
    if found is None:
        return _slip(slip_id, refusal, "off")
    flash(f"{found.short} 从走访上拿下来了，还可以再用。")
    return redirect(url_for("slips.slip", slip_id=slip_id), 303)


def _slip(slip_id: UUID, refusal: Refused | None, refused_at: str = "void") -> ResponseReturnValue:
    row = queries.load(scope(), slip_id)
    return page_of(
        "slips/slip.html",
        refusal,
        row=row,
        refused={refused_at: refusal},
        log=queries.events_of(row.slip),
        scans=queries.scans_of(slip_id),
        writes=_writes() and row.slip.issuer_id == scope().organisation_id,
    )
