"""The field: one shell for every address of a deputy's day, and the pages the server still draws itself."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, current_app, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from inspect_app.checklists.zones import ZONES
from inspect_app.kernel.errors import NotThere
from inspect_app.kernel.limits import on_the_phone
from inspect_app.people import queries as people
from inspect_app.people.rules import Role
from inspect_app.premises import queries as premises
from inspect_app.premises.rules import GAS_KINDS, KIND_NAMES, STATUS_NAMES
from inspect_app.urgent_calls import queries as urgent_calls
from inspect_app.visits import queries as visits
from inspect_app.visits.rules import OUTCOME_NAMES, WAS_INSIDE, VisitOutcome

from ..access import Permission, allowed, public, scope
from ..delivery.assets import shell_files
from ..delivery.packed import Packed
from ..hazard import page as hazard_page
from ..menu import nav_of
from ..phone.lists import facts_in_words
from .data import answers_of, zones_of

pages = Blueprint("field", __name__, url_prefix="/field")


@pages.get("/", endpoint="today")
@pages.get("/places", endpoint="places")
@pages.get("/places/new", endpoint="new_place")
@pages.get("/places/<uuid:premises_id>", endpoint="place")
@pages.get("/visits/<uuid:visit_id>", endpoint="visit")
@pages.get("/hazards/<uuid:hazard_id>/look-back", endpoint="look_back")
@pages.get("/mine", endpoint="mine")
@allowed(Permission.FIELD)
def drawn(**_subject: UUID) -> ResponseReturnValue:
    """Every address that the phone draws itself: the same shell. What it shows comes as data, each within scope."""
    return _shell()


@pages.get("/outbox")
@allowed(Permission.OUTBOX)
def outbox() -> ResponseReturnValue:
    """The same shell, open after the term too: what was written down within it is delivered from here."""
    return _shell()


@pages.get("/shell")
@public
def shell() -> ResponseReturnValue:
    """The shell for the worker's cache: no token, no name, no place in it."""
    return _shell()


@pages.get("/urgent")
@public
def urgent() -> ResponseReturnValue:
    """The shell with the numbers to call in its text: they are there before any script, without one, and for whoever is
    not signed in or cannot be. Of a person it says no more than which numbers are the nearest."""
    me = g.get("scope")
    return _shell(tuple(people.emergency_numbers(me.area_id) if me else people.district_numbers()))


def _shell(numbers: tuple[tuple[str, str], ...] = ()) -> Response:
    """The same bytes for everybody who has the same numbers to call, packed once: nothing in them is secret."""
    shells: dict[tuple[tuple[str, str], ...], Packed] = current_app.extensions.setdefault("shells", {})
    if numbers not in shells:
        shells[numbers] = Packed(_drawn_shell(numbers), "text/html")
    return shells[numbers].answer()


def _drawn_shell(numbers: tuple[tuple[str, str], ...]) -> str:
    outcomes = [(key, label) for key, label in OUTCOME_NAMES.items() if key not in (*WAS_INSIDE, VisitOutcome.VOID)]
    return render_template(
        "field/shell.html",
        me=None,
        numbers=numbers,
        style="css/field.css",
        nav=nav_of(Role.DEPUTY, marked=False),
        outcomes=outcomes,
        GAS_KINDS=GAS_KINDS,
        page={
            "intake": url_for("intake.operations"),
            "token": url_for("intake.token"),
            "htmx": [url_for("static", filename=name) for name in ("js/page.js", "vendor/htmx-4.0.1.min.js")],
            "version": current_app.config["SHELL_VERSION"],
            "drawings": url_for("static", filename="drawings/"),
            "kinds": KIND_NAMES,
            "statuses": STATUS_NAMES,
            "outcomes": OUTCOME_NAMES,
            "facts": facts_in_words(),
            "zones": list(ZONES.items()),
            "limits": on_the_phone(),
        },
    )


@pages.get("/worker.js")
@public
def worker() -> Response:
    """The service worker, told which version it keeps and which files belong to it."""
    known = {
        "version": current_app.config["SHELL_VERSION"],
        "shell": url_for("field.shell"),
        "urgent": url_for("field.urgent"),
        "files": [url_for("static", filename=file) for file in shell_files(current_app)],
    }
    body = Path(str(current_app.static_folder), "js", "field-worker.js").read_text()
    script = f"const KEPT = {json.dumps(known)};\n{body}"
    return Response(script, mimetype="text/javascript", headers={"Cache-Control": "no-cache"})


@pages.get("/manifest.webmanifest")
@public
def manifest() -> Response:
    """What a phone needs to put the field on its home screen."""
    sizes = ("192", "512")
    icons = [
        {
            "src": url_for("static", filename=f"icons/icon-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for size in sizes
        for purpose in ("any", "maskable")
    ]
    content = {
        "name": "隐患巡查",
        "short_name": "隐患巡查",
        "lang": "zh-CN",
        "start_url": url_for("field.today"),
        "scope": "/field/",
        "id": "/field/",
        "display": "standalone",
        "background_color": "#F2F4F6",
        "theme_color": "#0E4A86",
        "icons": icons,
    }
    return Response(json.dumps(content, ensure_ascii=False), mimetype="application/manifest+json")


@pages.get("/door/<code>")
@allowed(Permission.FIELD)
def door(code: str) -> ResponseReturnValue:
    """A scanned door QR opens the place."""
    found = premises.by_door_code(scope(), code)
    if found is None:
        raise NotThere("没有找到这块门牌。可以从名单里选，或新登记一家。")
    return redirect(url_for("field.place", premises_id=found.id))


@pages.get("/visits/<uuid:visit_id>/answers")
@allowed(Permission.FIELD)
def answers(visit_id: UUID) -> ResponseReturnValue:
    """What stands for each item by now, for a second phone on the same visit, and whether it was handed in meanwhile."""
    row = visits.load(scope(), visit_id)
    said = {"answers": answers_of(row, visits.answers(row.id)), "zones": zones_of(visits.zones(row.id))}
    return said | {"submitted_at": row.submitted_at.isoformat() if row.submitted_at else None}


@pages.get("/urgent/<uuid:call_id>")
@allowed(Permission.FIELD)
def urgent_call(call_id: UUID) -> ResponseReturnValue:
    """One's own call: that it arrived, who was told, who has taken it."""
    call = urgent_calls.load_urgent(scope(), call_id)
    return render_template(
        "field/urgent_call.html",
        numbers=people.emergency_numbers(call.area_id),
        view=urgent_calls.urgent_view(call),
        page=common(),
    )


@pages.get("/hazards/<uuid:hazard_id>")
@allowed(Permission.FIELD)
def hazard(hazard_id: UUID) -> ResponseReturnValue:
    """A hazard as a deputy sees it."""
    return hazard_page.show(hazard_id)


@pages.post("/hazards/<uuid:hazard_id>/steps/<slug>")
@allowed(Permission.FIELD)
def take_step(hazard_id: UUID, slug: str) -> ResponseReturnValue:
    """Take a step of a hazard from the field's pages."""
    return hazard_page.take(hazard_id, slug)


def common() -> dict[str, Any]:
    """What every field script needs to know; ids, and the name under which this phone keeps its queue."""
    return {
        "account": str(scope().account_id),
        "name": scope().person_name,
        "intake": url_for("intake.operations"),
        "token": url_for("intake.token"),
    }
