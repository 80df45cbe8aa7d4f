"""A part that is a paper to be issued: its number is taken and the part becomes one that prints that paper, in one transaction.

Killed before the commit, no number is taken; after it, the part is no longer one to be issued: it is never two papers.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from inspect_app.casework.issuing_many import SheetPlanned
from inspect_app.casework.papers import issue_for_hazards
from inspect_app.hazards import queries as hazards
from inspect_app.hazards.case import actor_of
from inspect_app.hazards.locking import lock_all
from inspect_app.kernel.database import db, writing
from inspect_app.kernel.errors import NotThere, Refused
from inspect_app.papers.models import Paper
from inspect_app.people.rules import Scope

from .entry import LeftOut, PartAsked
from .kinds import new_paper, paper
from .models import PrintJob, PrintPart
from .rules import JobState, PartState


def parts(sheets: Iterable[SheetPlanned], kind: str, title: str, base: str) -> list[PartAsked]:
    """The parts of a job that issues these papers of a kind, in their order. `base` is the address of check pages."""
    return [
        PartAsked(
            new_paper.ENTRY.code,
            {
                "kind": kind,
                "hazards": [str(hazard.id) for hazard in sheet.hazards],
                "typed": dict(sheet.typed),
                "base": base,
            },
            title,
            place=sheet.place,
        )
        for sheet in sheets
    ]


def issue(part_id: UUID, scope: Scope) -> bool:
    """Issue the paper of a part as whoever asked for it may today; whether there was one to issue.

    Raises LeftOut with the reason, and nothing is written, where it cannot be made any more or is out of sight.
    """
    try:
        with writing():
            part = db.session.get_one(PrintPart, part_id, with_for_update=True)
            job = db.session.get_one(PrintJob, part.job_id, with_for_update=True)  # who cancels it waits for this one
            over = job.state != JobState.MAKING or part.state != PartState.WAITING
            if over or part.kind != new_paper.ENTRY.code:
                return False
            made = _made(scope, part.about)
            part.kind, part.about = paper.ENTRY.code, {"paper": str(made.id)}
            part.number, part.title, part.day = made.number, made.title, made.issued_on
    except NotThere:
        raise LeftOut("现在不在您能看的范围里了") from None
    except Refused as refusal:
        raise LeftOut(refusal.message.rstrip("。")) from None
    return True


def _made(scope: Scope, about: Mapping[str, Any]) -> Paper:
    chosen = [UUID(one) for one in about["hazards"]]
    for one in chosen:
        hazards.load(scope, one)  # whose they are comes before any lock
    held = {row.id: row for row in lock_all(chosen)}
    rows = [held[one] for one in chosen]
    return issue_for_hazards(about["kind"], rows, scope, actor_of(scope), address=about["base"], typed=about["typed"])
