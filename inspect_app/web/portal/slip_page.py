"""The page behind the QR of a blank slip: what it is, whose, how it stands; with its code, the paper of the visit on which it
was left. The code is typed, as on every other sheet, and stands in no address."""

import hmac

from flask import g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from inspect_app.casework.answering.receiving import takes_answers
from inspect_app.kernel.database import db
from inspect_app.papers import queries, validity
from inspect_app.papers.models import Paper
from inspect_app.people.models import Organisation
from inspect_app.slips.models import BlankSlip

from ..access import TABLE, Permission
from . import doors, holder
from .wrong_codes import count_wrong, record_try

WRONG = "验证码不对，请对照单子右下角再输一次。"
CLOSED = "今天试的次数太多了。请打电话给我们，我们给您查。"


def shown(slip: BlankSlip) -> ResponseReturnValue:
    """The page; with the right code, on to the paper that the deputy's visit left, where its lines are answered."""
    paper = _paper_of(slip)
    if request.method == "GET" or paper is None:
        return holder.tell_browser(make_response(_page(slip, paper, "")), slip)
    # The number stands on this page, so that it proves nothing here: a full door is shut, and the telephone is the way in.
    made = doors.count(slip)
    if made.closed or made.proves:
        return _page(slip, paper, CLOSED), 429
    right = hmac.compare_digest(doors.typed_code().encode(), slip.code.encode())
    if not right or made.repeated:
        record_try(slip, right=right)
    if not right:
        count_wrong(slip)
        return _page(slip, paper, WRONG), 422
    doors.was_right(slip, made)
    holder.let_in(paper, slip)
    return holder.tell_browser(make_response(redirect(url_for("portal.paper", mark=paper.mark), 303)), paper)


def _paper_of(slip: BlankSlip) -> Paper | None:
    """The newest paper of the visit of a slip that its holder answers; none where nothing was found, or it was given up."""
    if not slip.takes_scans or slip.visit_id is None:
        return None
    papers = [paper for paper in queries.of_visit(slip.visit_id) if paper.journalled_at is not None]
    how = validity.standings(papers)
    return next((paper for paper in reversed(papers) if takes_answers(paper, how[paper.id])), None)


def _page(slip: BlankSlip, paper: Paper | None, message: str) -> str:
    me = g.get("scope")
    return render_template(
        "portal/slip.html",
        slip=slip,
        issuer=db.session.get_one(Organisation, slip.issuer_id),
        answers=paper is not None,
        message=message,
        binds=me is not None and me.role in TABLE[Permission.SLIP_BIND] and me.organisation_id == slip.issuer_id,
        signed_in=me is not None,
    )
