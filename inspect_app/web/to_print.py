"""From a list to a print job: first what would be printed, then the job."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from inspect_app.kernel.errors import Refused
from inspect_app.papers import listing
from inspect_app.papers.listing import PaperFilters
from inspect_app.papers.standing import NAMES, PaperStanding
from inspect_app.printing import actions
from inspect_app.printing.entry import PartAsked
from inspect_app.printing.kinds import paper
from inspect_app.printing.models import PrintJob
from inspect_app.printing.rules import MOST_PARTS

from .access import scope
from .fields import attempt, page_of

STARTED = "开始做了。可以去做别的，做好以后在这一页下载。"


@dataclass(frozen=True)
class ToPrint:
    """What somebody may have printed of a list. `words` say what, `unit` how it is counted; more than `most` is refused.

    `about` are sentences on what comes of it, `fallen` lines of what is left out; `action` is the address of the page with
    its filters, `back` the list it comes from.
    """

    title: str
    words: str
    total: int
    most: int
    unit: str
    about: Sequence[str]
    action: str
    back: tuple[str, str]
    fallen: Sequence[str] = ()

    @property
    def too_many(self) -> bool:
        """Whether it is more than one job may hold."""
        return self.total > self.most


def offer(what: ToPrint, kind: str, parts: Callable[[], Sequence[PartAsked]]) -> ResponseReturnValue:
    """The page that says what would be printed; pressed, the job."""
    refusal = None
    if request.method == "POST":
        job, refusal = attempt(lambda: _asked(what, kind, parts))
        if job is not None:
            flash(STARTED)
            return redirect(url_for("printing.jobs"), 303)
    return page_of("printing/to_print.html", refusal, what=what)


def _asked(what: ToPrint, kind: str, parts: Callable[[], Sequence[PartAsked]]) -> PrintJob:
    if what.too_many:
        raise Refused(f"找到的超过 {what.most} {what.unit}。请回到清单加一个条件，分几次打。")
    title = f"{what.words}，{what.total} {what.unit}"
    return actions.ask(scope(), kind, title, parts() if what.total else ())


def papers_to_print(filters: PaperFilters, words: str, *, action: str, back: tuple[str, str]) -> ResponseReturnValue:
    """The papers that a filter finds: how many, and which of them no longer stand. Pressed, a job of them all."""
    rows = listing.all_of(scope(), filters, MOST_PARTS + 1)
    fallen = [row for row in rows if row.standing is not PaperStanding.STANDS]
    what = ToPrint(
        title="打印文书",
        words=words,
        total=len(rows),
        most=MOST_PARTS,
        unit=paper.ENTRY.unit,
        about=[
            "做成两个文件：一个 PDF 给打印机，双面打印时每一份都从正面开始；一个压缩包，一份一个文件，带一张目录。",
            *([f"其中 {len(fallen)} 份不再有效，不打，会写在目录里。"] if fallen else []),
        ],
        action=action,
        back=back,
        fallen=[f"{row.paper.number}，{row.place}：{NAMES[row.standing]}" for row in fallen],
    )
    return offer(what, paper.ENTRY.code, lambda: paper.parts(rows))
