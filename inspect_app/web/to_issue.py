"""From a list of hazards to many new papers: which kind, what is asked once for all, what will be made and what cannot; then the job."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from flask import current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from inspect_app.casework import issuing_many, signing_many
from inspect_app.casework.issuing_many import MOST_SHEETS, SheetPlanned
from inspect_app.casework.papers.entry import PaperKind, read_form
from inspect_app.hazards import register
from inspect_app.hazards.filters import Filters
from inspect_app.hazards.register import RegisterRow
from inspect_app.kernel.errors import Faults, Refused, together
from inspect_app.papers.settings import signed_off_kinds
from inspect_app.printing import actions, issuing
from inspect_app.printing.kinds import new_paper

from .access import scope
from .fields import at, attempt, page_of
from .to_print import STARTED
from .transaction import now_write

MOST_HAZARDS = 300
_NOT_TYPED = ("take", "do", "csrf_token", "once")
_CHANGED = "您看过以后，这里变了。请再看一遍，再点出文书。"


@dataclass(frozen=True)
class HazardsChosen:
    """What a list is narrowed to: `words` say what, `here` are the filters of its address, `endpoint` is this page's, `back`
    the list."""

    filters: Filters
    words: str
    here: Mapping[str, str]
    endpoint: str
    back: tuple[str, str]


def issue_many(chosen: HazardsChosen) -> ResponseReturnValue:
    """The pages: the kinds, the form of the one in the address, what it comes to; pressed, the job. Its view writes late:
    what is only looked at holds nobody up."""
    press = request.method == "POST" and request.form.get("do") == "issue"
    if press:
        now_write()
    rows = register.registered(scope(), register.found_ids(scope(), chosen.filters, MOST_HAZARDS + 1))
    kinds = {kind.code: kind for kind in issuing_many.kinds_for(scope())}
    kind = kinds.get(request.args.get("kind", ""))
    if kind is None or not 0 < len(rows) <= MOST_HAZARDS:
        return _page(chosen, None, None, total=len(rows), kinds=kinds.values())
    offer = issuing_many.first_offer(scope(), kind, rows)
    if request.method == "GET" or offer is None:
        return _page(chosen, kind, None, total=len(rows), offer=offer, given=offer.proposed if offer else {})
    given = {name: value for name, value in request.form.items() if name not in _NOT_TYPED}
    refusal = _lacks(kind, given)
    if press and refusal is None:
        leads_to, refusal = attempt(lambda: _pressed(kind, rows, given))
        if leads_to is not None:
            return redirect(leads_to, 303)
    return _page(chosen, kind, refusal, total=len(rows), offer=offer, given=given, **_looked_at(kind, rows, given))


def _lacks(kind: PaperKind, given: Mapping[str, str]) -> Refused | None:
    """What is missing of the answers for all, before any paper is thought of."""
    faults = Faults()
    read_form(issuing_many.asked_once(kind, drafted=_drafted(kind)), given, faults)
    return together(faults.found) if faults.found else None


def _looked_at(kind: PaperKind, rows: Sequence[RegisterRow], given: Mapping[str, str]) -> dict[str, object]:
    """What would be made and what could not, each with its reason; nothing while an answer for all is missing."""
    if _lacks(kind, given):
        return {}
    sheets = _planned(kind, rows, given)
    fits = [sheet for sheet in sheets if not sheet.why]
    ticked = request.form.getlist("take") or [sheet.key for sheet in fits]
    return {"fits": fits, "fallen": [sheet for sheet in sheets if sheet.why], "taken": ticked}


def _planned(
    kind: PaperKind, rows: Sequence[RegisterRow], given: Mapping[str, str], only: Collection[str] | None = None
) -> list[SheetPlanned]:
    return issuing_many.planned(scope(), kind, rows, given, current_app.config["PUBLIC_ADDRESS"], only)


def _pressed(kind: PaperKind, rows: Sequence[RegisterRow], given: Mapping[str, str]) -> str:
    """The sheets that were ticked, as a job that issues them or as drafts to be signed off; where that leads. The others are not
    looked at again, as everybody waits meanwhile. Raises Refused where one of them is not what was shown any more."""
    taken = set(request.form.getlist("take"))
    if not taken:
        raise Refused("请至少选一份。", field="take")
    if len(taken) > MOST_SHEETS:
        raise Refused(f"一次最多出 {MOST_SHEETS} 份。请去掉几个勾，分几次出。", field="take")
    sheets, address = _planned(kind, rows, given, taken), current_app.config["PUBLIC_ADDRESS"]
    if any(sheet.why for sheet in sheets) or {sheet.key for sheet in sheets} != taken:
        raise Refused(_CHANGED)
    if _drafted(kind):
        made = signing_many.hand_in_many(kind.code, sheets, scope(), address=address)
        flash(f"{len(made)} 份送去签发了。签发以后才有文号，会发消息告诉您。")
        return url_for("printing.drafts")
    parts = issuing.parts(sheets, kind.code, kind.title, address)
    actions.ask(scope(), new_paper.ENTRY.code, f"出{kind.list_name} {len(parts)} 份", parts)
    flash(STARTED)
    return url_for("printing.jobs")


def _drafted(kind: PaperKind) -> bool:
    """Whether the office has papers of this kind signed off by a second account."""
    return kind.code in signed_off_kinds(scope().organisation_id)


def _page(
    chosen: HazardsChosen, kind: PaperKind | None, refusal: Refused | None, **shown: object
) -> ResponseReturnValue:
    here = {**chosen.here, **({"kind": kind.code} if kind else {})}
    drafted = kind is not None and _drafted(kind)
    return page_of(
        "printing/to_issue.html",
        refusal,
        what=chosen,
        kind=kind,
        drafted=drafted,
        once=issuing_many.asked_once(kind, drafted=drafted) if kind else [],
        action=at(chosen.endpoint, here),
        most=MOST_HAZARDS,
        **shown,
    )
