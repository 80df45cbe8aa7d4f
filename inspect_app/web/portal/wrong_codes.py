"""What is kept of a try at the code of a sheet, a paper or a blank slip, and who is told once it was guessed at all day."""

from flask import g, request
from sqlalchemy import case, update

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.messages import actions as messages
from inspect_app.papers.models import Paper
from inspect_app.people import actions as people
from inspect_app.slips.models import BlankSlip

# So many wrong codes a day, from anywhere, and the office that issued the sheet is told.
ALARM = 50


def record_try(sheet: Paper | BlankSlip, *, right: bool) -> None:
    """A line in the log of sign-ins; what was typed is not in it."""
    people.record_sign_in(
        typed=f"/z/{sheet.mark}",
        account=None,
        ok=right,
        why="" if right else "code",
        address=request.remote_addr or "",
        agent=str(request.user_agent),
    )


def count_wrong(sheet: Paper | BlankSlip) -> None:
    """One more wrong code today. Of many at once none is lost: the database counts."""
    model, today = type(sheet), clock.today()
    wrong = db.session.scalar(
        update(model)
        .where(model.id == sheet.id)
        .values(wrong_codes=case((model.wrong_codes_on == today, model.wrong_codes + 1), else_=1), wrong_codes_on=today)
        .returning(model.wrong_codes)
        .execution_options(synchronize_session=False)
    )
    if wrong == ALARM:
        words = f"今天有人在 {sheet.number} 的核对页上输错了 {ALARM} 次验证码，请留意。"
        about = "paper" if isinstance(sheet, Paper) else "slip"
        messages.tell_organisation(sheet.issuer_id, words, about=about, subject_id=sheet.id)
    db.session.flush()
    g.keep_writes = True
