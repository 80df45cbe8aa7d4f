"""From a list to a print job: first what would be printed, then the job."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from inspect_app.papers import listing
from inspect_app.papers.listing import PaperFilters
from inspect_app.papers.standing import NAMES, PaperStanding
from inspect_app.printing import actions
from inspect_app.printing.kinds import paper
from inspect_app.printing.rules import MOST_PARTS

from .access import scope
from .fields import attempt, page_of

STARTED = "开始做了。可以去做别的，做好以后在这一页下载。"


def papers_to_print(filters: PaperFilters, words: str, *, action: str, back: tuple[str, str]) -> ResponseReturnValue:
    """The papers that a filter finds: how many, and which of them no longer stand. Pressed, a job of them all.

    `words` say what they are, `action` is the address of this page with its filters, `back` the list they come from.
    """
    me = scope()
    rows = listing.all_of(me, filters, MOST_PARTS + 1)
    refusal = None
    if request.method == "POST":
        title = f"{words}，{len(rows)} {paper.ENTRY.unit}"
        job, refusal = attempt(lambda: actions.ask(me, paper.ENTRY.code, title, paper.parts(rows)))
        if job is not None:
            flash(STARTED)
            return redirect(url_for("printing.jobs"), 303)
    fallen = [row for row in rows if row.standing is not PaperStanding.STANDS]
    return page_of(
        "printing/papers_to_print.html",
        refusal,
        words=words,
        total=len(rows),
        too_many=len(rows) > MOST_PARTS,
        most=MOST_PARTS,
        fallen=fallen,
        names=NAMES,
        action=action,
        back=back,
    )
