"""What is made of the hazards of a list that are ticked, or of all that it finds: a step for each of them, or papers."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import and_, true

from inspect_app.hazards import register, worklist
from inspect_app.hazards.filters import Filters, Sort
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.register import HazardRow
from inspect_app.hazards.rules import STEP_NAMES, Step
from inspect_app.hazards.table import ROWS as STEPS
from inspect_app.kernel.errors import NotThere, Refused
from inspect_app.kernel.paging import Page

from ..access import TABLE, Permission, allowed, scope
from ..fields import at, maybe_id
from ..hazard import batch
from ..hazard.waiting import Verb, WaitingRow
from .pages import pages
from .selection import HazardSelection, choices, selection

# What a supervisor may do for many out of a list, where another page asks what has to be known for it.
TAKEN = {"hand-over": Step.HAND_OVER, "urge": Step.URGE, "reassign": Step.REASSIGN}
# What it takes beside the state: before it is handed over there is nobody to urge.
_ALSO = {Step.URGE: Hazard.handler_id.is_not(None)}
# Where what was ticked is sent by everybody who sees the list: the word of its button, and the page.
MADE = {
    "register": ("打印台账", "desk.print_register"),
    "papers": ("打印文书", "desk.print_papers"),
    "export": ("导出", "desk.export_hazards"),
}
_ISSUED = {"issue": ("出文书", "desk.issue_papers")}


@dataclass(frozen=True)
class PickBar:
    """The bar above a list: its buttons (what each sends, its word), and how many 全部 are; 0 where a page shows all."""

    action: str
    buttons: Sequence[tuple[str, str]]
    whole: int


def bar(chosen: HazardSelection, page: Page[HazardRow], found: int) -> PickBar | None:
    """The bar of a list that finds so many; None where there is nothing to tick."""
    if not page.rows:
        return None
    steps = [(slug, STEP_NAMES[step]) for slug, step in TAKEN.items()] if chosen.filters.settled is not True else []
    made = {**(_ISSUED if _at_desk() else {}), **MADE}
    buttons = [*(steps if _at_desk() else []), *((to, label) for to, (label, _) in made.items())]
    return PickBar(at("desk.picked", chosen.here, **_where()), buttons, found if found > len(page.rows) else 0)


def _at_desk() -> bool:
    return scope().role in TABLE[Permission.DESK]


def _where() -> dict[str, str]:
    return {name: request.args[name] for name in ("after", "before") if request.args.get(name)}


def sent_to() -> str:
    """The address of what is to be made of what this request's form ticks; with 全部, of all that its address finds. Raises
    Refused where nothing is ticked, NotThere for what is not made."""
    to, chosen = request.form.get("to", ""), selection()
    ids = [found for text in request.form.getlist("pick") if (found := maybe_id(text))]
    here = chosen.here if request.form.get("all") else HazardSelection(Filters(), {}, None, picked=tuple(ids)).here
    if not to:
        raise Refused("请点一个要做的。")
    if to in TAKEN and _at_desk():
        address = at("desk.take_for_many", here, slug=to)
    elif to in MADE:
        address = at(MADE[to][1], here)
    elif to in _ISSUED and _at_desk():
        address = at(_ISSUED[to][1], here)
    else:
        raise NotThere
    if not ids and not request.form.get("all"):
        raise Refused("还没有勾选。请先勾要办的。")
    return address


@dataclass(frozen=True)
class ForMany:
    """A step for the hazards of a selection: `total` of them, of which `rows` are where it can be taken; MOST + 1 stands for
    more."""

    step: Step
    action: str
    back: str
    heading: str
    total: int
    rows: Sequence[WaitingRow]

    @property
    def label(self) -> str:
        """What is done."""
        return STEP_NAMES[self.step]

    @property
    def too_many(self) -> int:
        """How many a batch may hold, where the selection is more; else 0."""
        return batch.MOST if self.total > batch.MOST else 0

    @property
    def others(self) -> int:
        """How many of the selection the step does not fit."""
        return self.total - len(self.rows)


@pages.route("/hazards/many/<slug>", methods=["GET", "POST"])
@allowed(Permission.DESK)
def take_for_many(slug: str) -> ResponseReturnValue:
    """What is asked once for all, above those for which the step can be taken; pressed, it is taken for each that is ticked."""
    step = TAKEN.get(slug)
    if step is None:
        raise NotThere
    chosen, refusal = selection(), None
    if request.method == "POST":
        try:
            outcome = batch.take_many(step, batch.picked(chosen.filters))
            return _after(outcome, chosen)
        except Refused as refused:
            if refused.status != Refused.status:
                raise
            refusal = refused
    many = _for_many(step, slug, chosen)
    form = batch.batch_form(step, request.form if refusal else None)
    drawn = render_template("desk/many.html", many=many, form=form, refusal=refusal)
    return drawn, 422 if refusal else 200


def _after(outcome: batch.BatchOutcome, chosen: HazardSelection) -> ResponseReturnValue:
    """Back to the list; where some could not be done, to these alone."""
    batch.say(outcome, url_for("desk.take_for_many", slug="reassign"))
    left = batch.kept_text(one.hazard.id for one in outcome.not_done)
    return redirect(at("desk.hazards", {batch.PICKED: left} if left else {} if chosen.picked else chosen.here), 303)


def _for_many(step: Step, slug: str, chosen: HazardSelection) -> ForMany:
    found = register.found_ids(scope(), chosen.filters, batch.MOST + 1)
    rows: Sequence[WaitingRow] = ()
    if len(found) <= batch.MOST:
        able = and_(Hazard.id.in_(found), Hazard.state.in_(STEPS[step].starts), _ALSO.get(step, true()))
        rows = _rows(step, Filters(narrowed=able))
    words = chosen.words(choices())
    return ForMany(
        step, at("desk.take_for_many", chosen.here, slug=slug), at("desk.hazards", chosen.here), words, len(found), rows
    )


def _rows(step: Step, filters: Filters) -> list[WaitingRow]:
    ticked = set(request.form.getlist("pick")) if request.method == "POST" else None
    page = register.page(scope(), filters, size=batch.MOST, sort=Sort.DANGER)
    items, verb = worklist.items(row.id for row in page.rows), Verb(STEP_NAMES[step], step=step)
    return [
        WaitingRow(row, item, _handled_by(item), verb, ticked is None or f"{row.id}:{row.version}" in ticked)
        for row in page.rows
        if (item := items.get(row.id))
    ]


def _handled_by(item: worklist.PileItem) -> str:
    return item.handler
