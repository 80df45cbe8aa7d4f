"""Issuing, serving and voiding papers from the page of a hazard, for the desk and for handling organisations."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue

from inspect_app.casework import papers as casework
from inspect_app.hazards import queries as hazards
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotAllowed, Refused
from inspect_app.papers import actions
from inspect_app.papers import queries as papers
from inspect_app.papers.models import Paper

from . import hazard_page
from .access import Permission, actor, allowed, scope

pages = Blueprint("paperwork", __name__)


@pages.post("/hazards/<uuid:hazard_id>/papers/<kind>")
@allowed(Permission.PAPERS)
def issue(hazard_id: UUID, kind: str) -> ResponseReturnValue:
    """Freeze a paper of this hazard under its number; the worker draws it."""
    row = hazards.lock(scope(), hazard_id, None)

    def freeze() -> str:
        paper = casework.issue_for_hazard(
            kind, row, scope(), actor(), address=current_app.config["PUBLIC_ADDRESS"], typed=request.form.to_dict()
        )
        return f"文号 {paper.number}，正在做，一会儿就好。"

    return _in_place(hazard_id, f"paper-{kind}", freeze)


@pages.post("/papers/<uuid:paper_id>/service")
@allowed(Permission.PAPERS)
def serve(paper_id: UUID) -> ResponseReturnValue:
    """送达, recorded for a paper."""
    paper = papers.load(scope(), paper_id)

    def record() -> str:
        casework.serve(
            paper, scope(), actor(), way=request.form.get("way", ""), served_at=clock.now(),
            received_by=request.form.get("received_by", ""),
            no_receipt_reason=request.form.get("no_receipt_reason", ""),
        )  # fmt: skip
        return "送达记下了。"

    return _in_place(_hazard_of(paper), f"serve-{paper.id}", record)


@pages.post("/papers/<uuid:paper_id>/void")
@allowed(Permission.PAPERS)
def void(paper_id: UUID) -> ResponseReturnValue:
    """作废 by who issued it, with a reason; the number stays used."""
    paper = papers.load(scope(), paper_id)
    if paper.issuer_id != scope().organisation_id:
        raise NotAllowed("只有出这张单子的单位能作废它。")

    def give_up() -> str:
        actions.make_void(paper, reason=request.form.get("reason", ""))
        return f"{paper.number} 已作废。"

    return _in_place(_hazard_of(paper), f"void-{paper.id}", give_up)


def _in_place(hazard_id: UUID, form: str, act: Callable[[], str]) -> ResponseReturnValue:
    """The hazard's page again, with what was done, or with the refusal beside what was typed."""
    try:
        with db.session.begin_nested():
            said = act()
    except Refused as refusal:
        if refusal.status != 422:
            raise
        return hazard_page.show(hazard_id, refusal=refusal.message, open_step=form)
    return hazard_page.after(hazard_id, said)


def _hazard_of(paper: Paper) -> UUID:
    """The hazard whose page the form stood on; the first line where it does not say."""
    lines = [hazard.id for _, hazard in papers.lines(paper)]
    asked = request.form.get("hazard", "")
    return next((row for row in lines if str(row) == asked), lines[0])
