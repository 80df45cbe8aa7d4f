"""The page behind the QR of a paper. The address is permanent (docs/decisions/0006); the code is typed, never in a path."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, g, make_response, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from inspect_app.casework.answering import showing
from inspect_app.hazards.rules import State
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere
from inspect_app.papers import codes, queries, validity
from inspect_app.papers.content import day_cn
from inspect_app.papers.kinds import KINDS
from inspect_app.papers.models import Paper
from inspect_app.papers.reading import LineSaid, Statement, read
from inspect_app.papers.standing import PaperStanding
from inspect_app.people.models import Organisation
from inspect_app.slips import queries as slips

from ..access import public
from . import comparing, doors, holder, slip_page
from .wrong_codes import count_wrong, record_try

pages = Blueprint("portal", __name__)
WRONG = "验证码不对，请对照单子右下角再输一次。"
WRONG_OF_BOTH = "验证码或编号不对，请对照单子再输一次。"
NUMBER_TOO = "今天从这里输错的次数多了。请再输一次验证码，还要写上单子的编号。"
CLOSED = "今天试的人太多了。请打电话给我们，我们给您换一个验证码。"
REPLACED = "这个验证码换过了，单子上印的不能用了。没有拿到新的，请打电话问我们。"
AGAIN = "请再输一次验证码。刚输过又回到这里的，是这个浏览器不让记住：可以换一个浏览器，或打电话给我们。"


@pages.route("/z/<mark>", methods=["GET", "POST"])
@public
def paper(mark: str) -> ResponseReturnValue:
    """Ask for the code; with it say what is to be done, take answers, and tell all that the paper says and how it stands
    today. Whether the sheet in somebody's hand is that paper they see by comparing. A GET consumes nothing."""
    try:
        found = queries.by_mark(mark)
    except NotThere:
        if (blank := slips.by_mark(mark)) is None:
            raise
        return slip_page.shown(blank)
    if request.method == "POST":
        compares = holder.of(found) if "file" in request.files else None
        return _paper_shown(compares) if compares is not None else _code_typed(found)
    if mark != found.mark:
        return redirect(url_for("portal.paper", mark=found.mark))
    inside = holder.of(found)
    if inside is not None:
        answer = make_response(_paper_shown(inside))
        return holder.tell_browser(answer, found) if "lets_in" in g else answer
    message = REPLACED if g.get("replaced") else AGAIN if "again" in request.args else ""
    return holder.tell_browser(make_response(_code_asked(found, message)), found)


def _code_typed(found: Paper) -> ResponseReturnValue:
    made = doors.count(found)
    if made.closed:
        return _code_asked(found, CLOSED, proves=True), 429
    if not doors.looks_at_code(found, made):
        return _not_looked_at(found)
    given = codes.given(found, codes.of(found), doors.typed_code())
    if given is not codes.Given.RIGHT or made.repeated:
        record_try(found, right=given is codes.Given.RIGHT)
    if given is not codes.Given.RIGHT:
        count_wrong(found)
        wrong = WRONG_OF_BOTH if made.proves else WRONG
        return _code_asked(found, REPLACED if given is codes.Given.OLD else wrong, proves=made.proves), 422
    doors.was_right(found, made)
    inside = holder.let_in(found)
    if holder.keeps_cookies() and "file" not in request.files:
        return holder.tell_browser(make_response(redirect(url_for("portal.paper", mark=found.mark), 303)), found)
    # A browser that keeps nothing reads the page all the same; what is answered there asks for the code once more.
    return holder.tell_browser(make_response(_paper_shown(inside)), found)


def _not_looked_at(found: Paper) -> ResponseReturnValue:
    """A try without the number where that is asked for: it teaches nothing, and leaves nothing behind."""
    asked = "number" in request.form
    return _code_asked(found, WRONG_OF_BOTH if asked else NUMBER_TOO, proves=True), 422 if asked else 429


def _code_asked(found: Paper, message: str, *, proves: bool = False) -> str:
    issuer = db.session.get_one(Organisation, found.issuer_id)
    return render_template("portal/code.html", issuer=issuer, mark=found.mark, message=message, proves=proves)


def _paper_shown(inside: holder.Holder) -> str:
    """What whoever holds a paper sees: of one that takes answers its lines to be answered, and of each its whole text."""
    found = inside.paper
    shown = showing.show(found)
    kind, said = KINDS[found.kind], read(found.kind, found.content)
    newer = validity.replaced_by(found) if shown.standing is PaperStanding.REPLACED else None
    asks = shown.standing is PaperStanding.STANDS and not kind.reports_end
    return render_template(
        "portal/answer.html" if shown.answerable else "portal/paper.html",
        paper=found,
        issuer=db.session.get_one(Organisation, found.issuer_id),
        kind=kind,
        said=said,
        shown=shown,
        holder=inside,
        comparison=comparing.compare(found, shown.standing),
        notice=_notice(shown.standing, found, newer.number if newer else ""),
        tells_now=asks,
        issued_on=day_cn(found.content["issued_on"]),
        lines=[
            _Line.of(line, shown.states.get(line.hazard), shown.due.get(line.hazard), asks=asks) for line in said.lines
        ],
        heard=_heard(shown),
    )


def _heard(shown: showing.PaperShown) -> str:
    """What was answered a moment ago, said at the head of the page."""
    line = next((one for one in shown.lines if str(one.position) == request.args.get("heard")), None)
    if line is not None:
        return next((words for words in line.stands.said if "回执" in words), "")
    return shown.gone if request.args.get("heard") == "gone" else ""


def _notice(how: PaperStanding, found: Paper, newer: str) -> tuple[str, str] | None:
    """What became of a paper, and in which tint it is said; None where it stands and only its lines tell more."""
    said = {
        PaperStanding.REPLACED: (f"这一号文书已被 {newer} 代替，以新的一张为准。", "warn"),
        PaperStanding.VOID: ("这一号文书已经作废，不用照它办。", "warn"),
        PaperStanding.LAPSED: ("隐患已经重开，这份报告失效了。", "warn"),
    }
    return said.get(how) or (("已办结。", "ok") if KINDS[found.kind].reports_end else None)


@pages.record_once
def _answer_without_session(state: BlueprintSetupState) -> None:
    """The form with the code changes nothing of anybody's. Whoever is in has a token of their own: no session is begun for them."""
    state.app.extensions["csrf"].exempt(pages)


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
    def of(cls, line: LineSaid, state: State | None, due_on: date | None, *, asks: bool) -> "_Line":
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
