"""The page behind the QR of a paper. The address is permanent (docs/decisions/0006); the code is typed, never in a path."""

import hmac

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.papers import queries
from inspect_app.papers.kinds import KINDS
from inspect_app.papers.models import Paper
from inspect_app.people.models import Organisation

from ..access import public

pages = Blueprint("portal", __name__)
MOST_WRONG_CODES = 5


@pages.route("/z/<mark>", methods=["GET", "POST"])
@public
def paper(mark: str) -> ResponseReturnValue:
    """Ask for the code; with it show number, issuer, lines, dates and the telephone. A GET consumes nothing."""
    found = queries.by_mark(mark)
    issuer = db.session.get_one(Organisation, found.issuer_id)
    if request.method == "GET":
        return render_template("portal/code.html", issuer=issuer, message="")
    tries = found.wrong_codes if found.wrong_codes_on == clock.today() else 0
    if tries >= MOST_WRONG_CODES:
        words = "今天试了太多次。明天再试，或打电话给我们。"
        return render_template("portal/code.html", issuer=issuer, message=words), 429
    typed = "".join(request.form.get("code", "").split()).upper()
    if not hmac.compare_digest(typed.encode(), found.code.encode()):
        _count_wrong(found, tries + 1)
        return render_template("portal/code.html", issuer=issuer, message="验证码不对，请对照单子右下角再输一次。"), 422
    return render_template(
        "portal/paper.html", paper=found, issuer=issuer, lines=queries.lines(found), kind=KINDS[found.kind]
    )


def _count_wrong(found: Paper, tries: int) -> None:
    found.wrong_codes, found.wrong_codes_on = tries, clock.today()
    db.session.flush()
    g.keep_writes = True
