"""Print jobs, a slice at a time: photos, papers and urgent calls come in between."""

from flask import current_app
from sqlalchemy import select

from inspect_app.kernel import clock
from inspect_app.kernel.database import db, writing
from inspect_app.printing import actions
from inspect_app.printing.entry import SheetToDraw
from inspect_app.printing.models import PrintJob
from inspect_app.printing.rules import KEPT_FOR, JobState

SECONDS = 5.0  # for one run; putting a job together is not cut and takes some more


def make_prints() -> bool:
    """Go on with what somebody wants printed; whether there is more, for which the worker is woken again."""
    unfinished = db.session.scalar(select(PrintJob.id).where(PrintJob.state == JobState.MAKING).limit(1))
    db.session.rollback()
    if unfinished is None:
        return False
    from inspect_app.printing.finishing import PrintTools
    from inspect_app.printing.making import go_on
    from inspect_app.slips import journalling

    extensions = current_app.extensions

    journalling.enter_numbers(extensions["numbers"])  # no slip is printed before its number stands there

    def drawn(sheet: SheetToDraw) -> bytes:
        from inspect_app.printing.drawing import draw

        return draw(sheet, extensions["settings"].font_dir)

    more = go_on(PrintTools(extensions["storage"].whole, extensions["prints"], drawn), seconds=SECONDS)
    wake = current_app.wake_worker  # type: ignore[attr-defined]
    if more and wake is not None:
        wake()
    return more


def drop_old_prints() -> int:
    """Jobs that were asked for some days ago are thrown away, with their files; returns how many files."""
    with writing():
        actions.drop_old()
    dropped: int = current_app.extensions["prints"].drop_older(clock.now() - KEPT_FOR)
    return dropped
