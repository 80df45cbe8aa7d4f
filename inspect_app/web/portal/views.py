"""The page behind the QR of a paper. The address is permanent (docs/decisions/0006); the code is typed, never in a path."""

import hmac
import unicodedata
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, g, render_template, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import State
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.messages import actions as messages
from inspect_app.papers import queries
from inspect_app.papers.kinds import KINDS
from inspect_app.papers.models import Paper
from inspect_app.people import actions as people
from inspect_app.people import queries as people_queries
from inspect_app.people.models import Organisation

from ..access import public

pages = Blueprint("portal", __name__)
# Counted for each paper and network address: whoever guesses locks out only themselves, never the one who holds the paper.
MOST_WRONG_CODES = 5
# So many wrong codes a day, from anywhere, and the office that issued the paper is told.
ALARM = 50


@pages.route("/z/<mark>", methods=["GET", "POST"])
@public
def paper(mark: str) -> ResponseReturnValue:
    """Ask for the code; with it show number, issuer, lines, dates and the telephone. A GET consumes nothing."""
    found = queries.by_mark(mark)
    issuer = db.session.get_one(Organisation, found.issuer_id)
    if request.method == "GET":
        return render_template("portal/code.html", issuer=issuer, message="")
    door, address = f"/z/{found.mark}", request.remote_addr or ""
    wrong_before = _wrong_today(door, address)
    if wrong_before >= MOST_WRONG_CODES:
        words = "今天试了太多次。明天再试，或打电话给我们。"
        return render_template("portal/code.html", issuer=issuer, message=words), 429
    right = hmac.compare_digest(_typed().encode(), found.code.encode())
    if not right or wrong_before:
        people.record_sign_in(
            typed=door, account=None, ok=right, why="" if right else "code", address=address,
            agent=str(request.user_agent),
        )  # fmt: skip
    if not right:
        _count_wrong(found)
        return render_template("portal/code.html", issuer=issuer, message="验证码不对，请对照单子右下角再输一次。"), 422
    lines = [_Line.of(position, row.due_on, hazard) for position, (row, hazard) in enumerate(queries.lines(found), 1)]
    return render_template(
        "portal/paper.html", paper=found, issuer=issuer, lines=lines, kind=KINDS[found.kind],
        open_count=sum(line.is_open for line in lines),
    )  # fmt: skip


@pages.record_once
def _answer_without_cookie(state: BlueprintSetupState) -> None:
    """The form changes nothing of anybody's and is filled in browsers that keep no cookies: it carries no token."""
    state.app.extensions["csrf"].exempt(paper)


@dataclass(frozen=True)
class _Line:
    """A line of a paper as its holder reads it."""

    position: int
    title: str
    place: str
    advice: str
    due_on: date | None
    mended: bool
    is_open: bool
    days_over: int

    @classmethod
    def of(cls, position: int, due_on: date | None, hazard: Hazard) -> "_Line":
        state = State(hazard.state)
        return cls(
            position=position,
            title=hazard.title,
            place=hazard.place_within,
            advice="；".join(hazard.finding.get("advice") or []),
            due_on=due_on,
            mended=state is State.CLOSED,
            is_open=state.is_open,
            days_over=(clock.today() - due_on).days if due_on else 0,
        )


def _typed() -> str:
    """The code as it was meant: full-width letters, small letters, blanks and dashes make no difference."""
    plain = unicodedata.normalize("NFKC", request.form.get("code", "")[:40]).upper()
    return "".join(mark for mark in plain if mark.isalnum())


def _wrong_today(door: str, address: str) -> int:
    """Wrong codes typed today for a paper from an address, since the last right one."""
    return sum(clock.local_date(row.at) == clock.today() for row in people_queries.failures(door, address))


def _count_wrong(found: Paper) -> None:
    before = found.wrong_codes if found.wrong_codes_on == clock.today() else 0
    found.wrong_codes, found.wrong_codes_on = before + 1, clock.today()
    if found.wrong_codes == ALARM:
        words = f"今天有人在 {found.number} 的核对页上输错了 {ALARM} 次验证码，请留意。"
        messages.tell_organisation(found.issuer_id, words, about="paper", subject_id=found.id)
    db.session.flush()
    g.keep_writes = True
