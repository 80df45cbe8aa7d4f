"""A visit handed in from the phone: its hazards, the deputy's paper, and its service where somebody signed for it."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from inspect_app.evidence.models import Signature
from inspect_app.hazards.case import actor_of
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.papers import queries as papers
from inspect_app.people.rules import Scope
from inspect_app.visits.models import Visit, VisitSignature

from . import papers as paperwork
from . import visit_submission


def hand_in(
    visit: Visit, scope: Scope, *, text_sha256: str | None, device: dict[str, Any] | None, address: str
) -> visit_submission.Submitted:
    """Hand in a visit, freeze its 提示单, and record service if the premises signed or declined to. Twice is once."""
    actor = actor_of(scope)
    made = visit_submission.submit(visit, scope, actor, text_sha256=text_sha256, device=device)
    if not made.hazards or papers.of_visit(visit.id) or visit.recused:
        return made  # who is to keep away from a place hands out no paper there; its hazards wait for the desk's word
    paper = paperwork.issue_tip(visit, list(made.hazards), scope, address=address)
    signed = _premises_signature(visit.id)
    if paper is not None and signed is not None:
        drawn = signed.file_sha256 is not None
        paperwork.serve(
            paper, scope, actor, way="in_person", served_at=min(signed.captured_at, clock.now()),
            # Somebody may be named and still not have signed: whoever gave a reason has received nothing.
            received_by=signed.name if drawn else "", signature_id=signed.id if drawn else None,
            no_receipt_reason="" if drawn else signed.reason, on_the_phone=True,
        )  # fmt: skip
    return made


def _premises_signature(visit_id: UUID) -> Signature | None:
    return db.session.scalar(
        select(Signature)
        .join(VisitSignature, VisitSignature.signature_id == Signature.id)
        .where(VisitSignature.visit_id == visit_id, VisitSignature.part == "premises")
        .order_by(Signature.captured_at.desc())
        .limit(1)
    )
