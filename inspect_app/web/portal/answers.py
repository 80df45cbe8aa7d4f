"""The forms of whoever holds a paper: it is mended, it takes longer, it is not right, the place is not mine any more."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import cast
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from inspect_app.casework.answering import receiving, showing
from inspect_app.casework.answering.receiving import Later, Mended, Wrong
from inspect_app.evidence.senders import Sender
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Faults, NotThere, Refused
from inspect_app.kernel.limits import LIMITS
from inspect_app.papers.models import Paper
from inspect_app.people.models import Organisation
from inspect_app.premises.models import Premises

from ..access import public
from ..fields import attempt, maybe_id, posted, posted_day
from ..photos import keep_upload
from ..transaction import now_write, writes_late
from .holder import Holder, for_holder, wants_data
from .views import pages

# What keeps somebody from mending it in time; another reason is written in words.
OTHER = "其他"
REASONS = ("等配件", "等师傅", "要房东同意", OTHER)
EMPTY = "有一张照片是空的，没有收下。请重新拍一张。"
Said = Mended | Later | Wrong


@pages.route("/z/<mark>/<int:line>", methods=["GET", "POST"])
@public
@writes_late
@for_holder
def send(holder: Holder, line: int) -> ResponseReturnValue:
    """改好了: photos, and a sentence if one likes."""
    return _line_form(holder, line, "portal/send.html", _mended, lambda shown: shown.stands.may_send)


@pages.route("/z/<mark>/<int:line>/later", methods=["GET", "POST"])
@public
@writes_late
@for_holder
def later(holder: Holder, line: int) -> ResponseReturnValue:
    """想晚几天: until when, why, and what protects meanwhile."""
    return _line_form(holder, line, "portal/later.html", _later, lambda shown: shown.stands.may_ask)


@pages.route("/z/<mark>/<int:line>/wrong", methods=["GET", "POST"])
@public
@writes_late
@for_holder
def wrong(holder: Holder, line: int) -> ResponseReturnValue:
    """说得不对: why."""
    return _line_form(
        holder,
        line,
        "portal/wrong.html",
        lambda _: Wrong(posted("reason", "reason")),
        lambda shown: shown.stands.may_dispute,
    )


@pages.route("/z/<mark>/gone", methods=["GET", "POST"])
@public
@writes_late
@for_holder
def gone(holder: Holder) -> ResponseReturnValue:
    """这家店已经不是我的了."""
    paper, refusal = holder.paper, None
    if request.method == "POST":
        now_write()
        row, refusal = attempt(lambda: receiving.say_gone(paper, posted("reason", "reason")))
        if row is not None:
            return redirect(url_for("portal.paper", mark=paper.mark, heard="gone"), 303)
    return _form(holder, "portal/gone.html", refusal)


def _line_form(
    holder: Holder,
    line: int,
    template: str,
    said: Callable[[Paper], Said],
    offered: Callable[[showing.LineShown], bool],
) -> ResponseReturnValue:
    """A form about one line. What is not offered any more leads back to the paper, which says why."""
    paper, refusal = holder.paper, None
    if request.method == "POST":
        now_write()
        row, refusal = attempt(lambda: receiving.answer_line(paper, line, said(paper)))
        if row is not None:
            return redirect(url_for("portal.paper", mark=paper.mark, heard=line, _anchor=f"line-{line}"), 303)
        if wants_data() and refusal is not None:
            return {"error": refusal.message}, refusal.status
    shown = _shown(paper, line, refusal)
    if request.method == "GET" and not offered(shown):
        return redirect(url_for("portal.paper", mark=paper.mark, _anchor=f"line-{line}"), 303)
    return _form(holder, template, refusal, line=shown, reasons=REASONS)


def _shown(paper: Paper, position: int, refusal: Refused | None) -> showing.LineShown:
    """The line that a form is about. Raises NotThere, or why it was refused where the paper asks nothing any more."""
    found = next((row for row in showing.show(paper).lines if row.position == position), None)
    if found is None:
        if refusal is not None:
            raise refusal
        raise NotThere("这张单子上没有这一条，或者这张单子现在不用答复了。")
    return found


def _form(holder: Holder, template: str, refusal: Refused | None, **shown: object) -> ResponseReturnValue:
    paper = holder.paper
    html = render_template(
        template,
        paper=paper,
        holder=holder,
        issuer=db.session.get_one(Organisation, paper.issuer_id),
        refusal=refusal,
        typed=request.form,
        **shown,
    )
    return html, 422 if refusal else 200


def _mended(paper: Paper) -> Mended:
    """Photos that came before by their ids, and those in the form itself."""
    words = posted("words", "reason")
    ids = [maybe_id(text) for text in request.form.getlist("photo")]
    if None in ids or len(ids) > LIMITS["photos"]:
        raise Refused("照片的编号不对。请去掉照片，重新拍一张。", field="photos")
    sent = [photo_id for photo_id in ids if photo_id is not None]
    return Mended([*dict.fromkeys(sent), *_brought(paper)], words)


def _brought(paper: Paper) -> Sequence[UUID]:
    """The photos in the form, stored. A browser without a choice sends one part without a name."""
    files = [file for file in request.files.getlist("photos") if file.filename]
    if not files:
        return ()
    receiving.check_room(paper, len(files))
    brought = [file.read() for file in files]
    if not all(brought):
        raise Refused(EMPTY, field="photos")
    premises = db.session.get_one(Premises, paper.premises_id)
    return [keep_upload(data, premises, Sender(paper_id=paper.id)) for data in brought]


def _later(paper: Paper) -> Later:
    """Everything that is missing is said at once."""
    faults = Faults()
    until = faults.of(posted_day, "until", "打算哪天完成")
    reason = faults.of(_reason) or ""
    interim = faults.of(posted, "interim", "reason")
    faults.need(interim != "", "还差这段时间先怎么防着，写一句就行。", "interim")
    faults.refuse()
    return Later(cast(date, until), reason, interim or "")


def _reason() -> str:
    """The chosen reason with what was written beside it; of another one only that."""
    chosen, written = posted("why"), posted("reason", "reason")
    if chosen and chosen not in REASONS:
        raise Refused("请从上面选一个原因。", field="why")
    if chosen == OTHER and not written:
        raise Refused("选了“其他”的，请写一句。", field="reason")
    reason = "，".join(words for words in ("" if chosen == OTHER else chosen, written) if words)
    if not reason:
        raise Refused("请选一个原因，或写一句。", field="why")
    return reason
