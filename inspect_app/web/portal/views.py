"""The page behind the QR of a paper. The address is permanent (docs/decisions/0006); the code is typed, never in a path."""

import hmac
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, g, render_template, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from sqlalchemy import case, update

from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import State
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.messages import actions as messages
from inspect_app.papers import queries, validity
from inspect_app.papers.content import day_cn
from inspect_app.papers.kinds import KINDS
from inspect_app.papers.models import Paper
from inspect_app.papers.reading import LineSaid, Statement, read
from inspect_app.papers.standing import PaperStanding
from inspect_app.people import actions as people
from inspect_app.people import tries
from inspect_app.people.models import Organisation
from inspect_app.people.rules import network_of

from ..access import public
from . import comparing

pages = Blueprint("portal", __name__)
# Counted for each paper and network, before the code is looked at: whoever guesses locks out only themselves, never the one who holds the paper.
MOST_WRONG_CODES = 5
# So many wrong codes a day, from anywhere, and the office that issued the paper is told.
ALARM = 50


@pages.route("/z/<mark>", methods=["GET", "POST"])
@public
def paper(mark: str) -> ResponseReturnValue:
    """Ask for the code; with it say what is known: that this office issued such a number, all that its paper says, and how
    it stands today. Whether the sheet in somebody's hand is that paper they see by comparing. A GET consumes nothing."""
    found = queries.by_mark(mark)
    issuer = db.session.get_one(Organisation, found.issuer_id)
    if request.method == "GET":
        return render_template("portal/code.html", issuer=issuer, message="")
    address = request.remote_addr or ""
    door = f"paper {found.mark} {network_of(address)}"
    nth = tries.count_today(door, MOST_WRONG_CODES)
    if not nth:
        words = "今天试了太多次。明天再试，或打电话给我们。"
        return render_template("portal/code.html", issuer=issuer, message=words), 429
    right = hmac.compare_digest(_typed().encode(), found.code.encode())
    if not right or nth > 1:
        _record_try(found, address, right=right)
    if not right:
        _count_wrong(found)
        return render_template("portal/code.html", issuer=issuer, message="验证码不对，请对照单子右下角再输一次。"), 422
    tries.forget(door)
    return _paper_shown(found, issuer)


def _record_try(found: Paper, address: str, *, right: bool) -> None:
    people.record_sign_in(
        typed=f"/z/{found.mark}",
        account=None,
        ok=right,
        why="" if right else "code",
        address=address,
        agent=str(request.user_agent),
    )


def _paper_shown(found: Paper, issuer: Organisation) -> str:
    how = validity.standings([found])[found.id]
    kind, said = KINDS[found.kind], read(found.kind, found.content)
    now = {str(hazard.id): (row.due_on, hazard) for row, hazard in queries.lines(found)}
    asks = how is PaperStanding.STANDS and not kind.reports_end
    newer = validity.replaced_by(found)
    return render_template(
        "portal/paper.html",
        paper=found,
        issuer=issuer,
        kind=kind,
        said=said,
        notice=_notice(how, found, newer.number if newer else ""),
        comparison=comparing.compare(found, how),
        tells_now=asks,
        issued_on=day_cn(found.content["issued_on"]),
        lines=[_Line.of(line, now.get(line.hazard), asks=asks) for line in said.lines],
    )


def _notice(how: PaperStanding, found: Paper, newer: str) -> tuple[str, str] | None:
    """What became of a paper, and in which tint it is said; None where it stands and only its lines tell more."""
    said = {
        PaperStanding.REPLACED: (f"这一号文书已被 {newer} 代替，以新的一张为准。", "warn"),
        PaperStanding.VOID: ("这一号文书已经作废，不用照它办。", "warn"),
        PaperStanding.LAPSED: ("隐患已经重开，这份报告失效了。", "warn"),
    }
    return said.get(how) or (("已办结。", "ok") if KINDS[found.kind].reports_end else None)


@pages.record_once
def _answer_without_cookie(state: BlueprintSetupState) -> None:
    """The form changes nothing of anybody's and is filled in browsers that keep no cookies: it carries no token."""
    state.app.extensions["csrf"].exempt(paper)


@dataclass(frozen=True)
class _Line:
    """A line of a paper as it was printed, and what has become of it in plain words; `asks`: something is left to do."""

    title: str
    said: Sequence[Statement]
    now: str
    mended: bool
    asks: bool
    days_over: int

    @classmethod
    def of(cls, line: LineSaid, now: tuple[date | None, Hazard] | None, *, asks: bool) -> "_Line":
        due_on, hazard = now or (None, None)
        state = State(hazard.state) if hazard is not None else None
        return cls(
            title=line.title,
            said=line.said,
            now=_NOW.get(state, "这一处现在不用再处理。") if state else "",
            mended=state is State.CLOSED,
            asks=(left := asks and state in (State.FOUND, State.RECTIFYING)),
            days_over=(clock.today() - due_on).days if left and due_on else 0,
        )


_NOW = {
    State.FOUND: "还没有报改好。",
    State.RECTIFYING: "还没有报改好。",
    State.AWAITING_VERIFICATION: "报改好了，等人来核验。",
    State.AWAITING_CLOSURE: "核验过了，等销号。",
    State.CLOSED: "改好了，已经销号。",
}


def _typed() -> str:
    """The code as it was meant: full-width letters, small letters, blanks and dashes make no difference."""
    plain = unicodedata.normalize("NFKC", request.form.get("code", "")).upper()
    return "".join(mark for mark in plain if mark.isalnum())


def _count_wrong(found: Paper) -> None:
    """Of many at once none is lost: the database counts."""
    today = clock.today()
    wrong = db.session.scalar(
        update(Paper)
        .where(Paper.id == found.id)
        .values(wrong_codes=case((Paper.wrong_codes_on == today, Paper.wrong_codes + 1), else_=1), wrong_codes_on=today)
        .returning(Paper.wrong_codes)
        .execution_options(synchronize_session=False)
    )
    if wrong == ALARM:
        words = f"今天有人在 {found.number} 的核对页上输错了 {ALARM} 次验证码，请留意。"
        messages.tell_organisation(found.issuer_id, words, about="paper", subject_id=found.id)
    db.session.flush()
    g.keep_writes = True
