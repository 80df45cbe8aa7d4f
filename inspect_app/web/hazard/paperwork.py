"""Issuing, serving and voiding papers from the page of a hazard, for the desk and for handling organisations."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from flask import Blueprint, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from inspect_app.casework import delivering
from inspect_app.casework import papers as casework
from inspect_app.hazards import queries as hazards
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotAllowed, NotThere, Refused
from inspect_app.kernel.limits import whole
from inspect_app.papers import actions, codes
from inspect_app.papers import queries as papers
from inspect_app.papers.models import Paper
from inspect_app.papers.qr import drawing
from inspect_app.papers.service import Delivery, Result
from inspect_app.people.models import Organisation, Person

from ..access import Permission, actor, allowed, scope
from ..fields import attempt, page_of, posted
from . import page as hazard_page
from .steps.inputs import TypedInputs

pages = Blueprint("paperwork", __name__)


@pages.post("/hazards/<uuid:hazard_id>/papers/<kind>")
@allowed(Permission.PAPERS)
def issue(hazard_id: UUID, kind: str) -> ResponseReturnValue:
    """Freeze a paper of this hazard under its number; the worker draws it."""
    row = hazards.load(scope(), hazard_id)

    def freeze() -> str:
        paper = casework.issue_for_hazard(
            kind, row, scope(), actor(), address=current_app.config["PUBLIC_ADDRESS"], typed=request.form.to_dict()
        )
        return f"文号 {paper.number}，正在做，一会儿就好。"

    return _in_place(hazard_id, f"paper-{kind}", freeze)


@pages.post("/papers/<uuid:paper_id>/service")
@allowed(Permission.PAPERS)
def serve(paper_id: UUID) -> ResponseReturnValue:
    """送达, 告知 or an attempt, recorded for a paper; photos may come with it."""
    paper = papers.load(scope(), paper_id)
    given = TypedInputs(request.form, request.files.getlist("scans"), scope().account_id, paper.premises_id)

    def record() -> str:
        said = _delivery(given)
        delivering.serve(paper, scope(), actor(), said)
        return "送达记下了。" if said.served else "记下了。这不算送达，单子还要再送。"

    form = f"serve-{paper.id}-{given.text('way')}-{given.text('result')}"
    return _in_place(_hazard_of(paper), form, record)


def _delivery(given: TypedInputs) -> Delivery:
    if given.text("result") not in set(Result):
        raise Refused("请选送到了没有。", field="result")

    def word(name: str) -> str:
        return whole(given.text(name), "line", name)

    return Delivery(
        given.text("way"),
        _served_at(),
        Result(given.text("result")),
        received_by=word("received_by"),
        no_receipt_reason=word("no_receipt_reason"),
        witness=word("witness"),
        place=word("place"),
        reference=word("reference"),
        scans=given.photos(),
    )


@pages.post("/papers/<uuid:paper_id>/service/correct")
@allowed(Permission.PAPERS)
def correct_service(paper_id: UUID) -> ResponseReturnValue:
    """更正送达: what was recorded does not count; it stays, and a line is added."""
    paper = papers.load(scope(), paper_id)
    given = TypedInputs(request.form, [], scope().account_id, paper.premises_id)

    def correct() -> str:
        service_id = given.ident("service", "哪一次送达")
        delivering.correct(paper, service_id, scope(), actor(), reason=given.text("reason"))
        return "更正记下了。单子还要再送。"

    return _in_place(_hazard_of(paper), f"correct-{given.text('service')}", correct)


@pages.post("/papers/<uuid:paper_id>/void")
@allowed(Permission.PAPERS)
def void(paper_id: UUID) -> ResponseReturnValue:
    """作废 by who issued it, with a reason; the number stays used and the file stays."""
    paper = papers.load(scope(), paper_id)

    def give_up() -> str:
        casework.void(paper, scope(), actor(), reason=posted("reason", "words"))
        return f"{paper.number} 已作废。"

    return _in_place(_hazard_of(paper), f"void-{paper.id}", give_up)


@pages.post("/papers/<uuid:paper_id>/draw")
@allowed(Permission.PAPERS)
def draw(paper_id: UUID) -> ResponseReturnValue:
    """再做一次 of a paper whose drawing failed too often, under the same number."""
    paper = papers.load(scope(), paper_id)
    if paper.issuer_id != scope().organisation_id:
        raise NotAllowed("再做一次由出这张单子的单位来点。")

    def again() -> str:
        actions.draw_again(paper)
        return f"{paper.number} 正在再做一次，号码不变。"

    return _in_place(_hazard_of(paper), f"draw-{paper.id}", again)


@pages.route("/papers/<uuid:paper_id>/code", methods=["GET", "POST"])
@allowed(Permission.PAPERS)
def code(paper_id: UUID) -> ResponseReturnValue:
    """换验证码: what opens a paper for whoever holds it, as a slip to be printed or told, and another in its place."""
    paper, refusal = papers.load(scope(), paper_id), None
    if paper.issuer_id != scope().organisation_id:
        raise NotAllowed("换验证码由出这张单子的单位来办。")
    if request.method == "POST":
        row, refusal = attempt(lambda: codes.give_anew(paper, scope(), reason=posted("reason")))
        if row is not None:
            return redirect(url_for("paperwork.code", paper_id=paper.id, changed=1), 303)
    newer, address = codes.of(paper), f"{current_app.config['PUBLIC_ADDRESS']}/z/{paper.mark}"
    return page_of(
        "hazard/code.html",
        refusal,
        paper=paper,
        phone=db.session.get_one(Organisation, paper.issuer_id).phone,
        address=address,
        qr=Markup(drawing(address).decode()),  # the library drew it
        code=codes.current(paper, newer)[0],
        newer=[(row, db.session.get_one(Person, row.made_by_person_id).name) for row in newer],
        changed="changed" in request.args,
        back=url_for(f"{hazard_page.room()}.hazard", hazard_id=_hazard_of(paper)),
    )


def _served_at() -> datetime:
    """The time an officer typed, in Shanghai; now where none was typed."""
    typed = request.form.get("served_at", "")
    if not typed:
        return clock.now()
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=clock.SHANGHAI)
    except ValueError:
        raise Refused("送达时间不对，请重新选。", field="served_at") from None


def _in_place(hazard_id: UUID, form: str, act: Callable[[], str]) -> ResponseReturnValue:
    """The hazard's page again, with what was done, or with the refusal beside what was typed."""
    try:
        with db.session.begin_nested():
            said = act()
    except Refused as refusal:
        if refusal.status != 422:
            raise
        return hazard_page.show(hazard_id, refusal=refusal, open_step=form)
    return hazard_page.after(hazard_id, said)


def _hazard_of(paper: Paper) -> UUID:
    """The hazard whose page the form stood on; the first line where it does not say."""
    lines = [hazard.id for _, hazard in papers.lines(paper)]
    if not lines:  # of a visit that found nothing: its form stands on the visit's page
        raise NotThere
    asked = request.form.get("hazard", "")
    return next((row for row in lines if str(row) == asked), lines[0])
