"""The page of one hazard, shared by desk, responder and field: the same facts, the buttons each may press."""

from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from inspect_app.casework.dossier.dossier import Dossier
from inspect_app.hazards import queries
from inspect_app.hazards.actions import merging
from inspect_app.hazards.locking import lock
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Step
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotAllowed, NotThere, Refused, together
from inspect_app.kernel.limits import LIMITS
from inspect_app.people.rules import Role

from ..access import actor, scope
from ..errors import is_htmx
from . import service, steps
from .view import PageMessage, view_of


def show(
    hazard_id: UUID, *, message: str = "", refusal: Refused | None = None, open_step: str = ""
) -> ResponseReturnValue:
    """The whole page, or only its changing part for htmx; 422 with a refusal in place."""
    dossier = Dossier(scope(), queries.load(scope(), hazard_id))
    return _shown(dossier, PageMessage(message, refusal, open_step, request.form if refusal else {}))


def _shown(dossier: Dossier, said: PageMessage) -> ResponseReturnValue:
    template = "hazard/_fragments/body.html" if is_htmx() else "hazard/page.html"
    drawn = render_template(template, view=view_of(dossier, room(), said), service=service)
    return drawn, 422 if said.refusal else 200, {"Vary": "HX-Request"}


def take(hazard_id: UUID, slug: str) -> ResponseReturnValue:
    """One step; a refusal stays in place with what was typed, a stale page is answered by a notice."""
    if slug not in steps.ON_BEHALF and slug not in steps.FORMS:
        raise NotThere
    seen = queries.load(scope(), hazard_id)  # whose it is comes before what was typed: nobody learns what exists
    hazard = lock(hazard_id, seen_version(), beside=_beside(seen, slug), places=_elsewhere(slug))
    try:
        with db.session.begin_nested():
            said = steps.record(slug, hazard, actor()) if slug in steps.ON_BEHALF else steps.run(slug, hazard, actor())
    except NotAllowed:
        raise
    except Refused as refusal:
        if refusal.status != 422:
            raise
        return show(hazard_id, refusal=_as_asked(slug, refusal), open_step=slug)
    return after(hazard_id, said)


def _beside(hazard: Hazard, slug: str) -> list[UUID]:
    """The other rows of a step, so that all are locked at once in the order of their ids."""
    if slug in steps.ON_BEHALF:
        return []
    try:
        target = UUID(request.form.get("target", ""))
    except ValueError:
        target = None
    return merging.beside(hazard, slug, target)


def _elsewhere(slug: str) -> list[UUID]:
    """The place that 更正 moves a hazard to, held with its own before the hazard is."""
    if slug != Step.CORRECT:
        return []
    try:
        premises = steps.premises_named(request.form.get("premises", "").strip())
    except Refused:
        return []  # said when the step is taken
    return [premises.id] if premises else []


def after(hazard_id: UUID, said: str) -> ResponseReturnValue:
    """The answer to a step that was taken: in place for htmx, else back to the page, where a second press is led too."""
    g.again_at = url_for(f"{room()}.hazard", hazard_id=hazard_id)
    if not is_htmx():
        if room() != "field":  # whose frame shows what was said; a deputy's pages are the phone's and have scripts
            flash(said)
        return redirect(g.again_at, 303)
    try:
        hazard = queries.load(scope(), hazard_id)
    except NotThere:  # the step took it out of sight of who took it
        return "", 200, {"HX-Redirect": url_for("account.home")}
    return _shown(Dossier(scope(), hazard), PageMessage(said))


def room() -> str:
    """Whose pages show hazards to the one who is signed in."""
    return {Role.DEPUTY: "field", Role.HANDLER: "responder"}.get(scope().role, "desk")


def _as_asked(slug: str, refusal: Refused) -> Refused:
    """A refusal with its fields as the form of the step calls them, and everything else that the form lacks."""
    form = steps.ON_BEHALF[slug].form if slug in steps.ON_BEHALF else steps.FORMS[slug]
    found = [Refused(fault.message, field=steps.asked_as(form, fault.field)) for fault in refusal.faults]
    return together([*found, *(steps.lacking(form, request.form) if found[0].field else ())])


def seen_version() -> int:
    """The version that the page showed whose form was sent."""
    raw = request.form.get("version", "")
    if not raw.isascii() or not raw.isdigit() or len(raw) > LIMITS["number"]:
        raise Refused("这一页太旧了，请刷新后再办。您填的没有丢。")
    return int(raw)
