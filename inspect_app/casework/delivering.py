"""送达 of papers: at the end of a visit on the phone, later by hand or by post, and 更正送达 of what was none."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from inspect_app.evidence.models import Signature
from inspect_app.hazards.actions import serving
from inspect_app.hazards.actions.steps import add_photos
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.own import own
from inspect_app.hazards.rules import Actor, State, Step, Who
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotAllowed
from inspect_app.papers import queries
from inspect_app.papers.kinds import KINDS
from inspect_app.papers.models import Paper, Service
from inspect_app.papers.service import THERE_BUT_UNSIGNED, Delivery, Result
from inspect_app.papers.serving import correct_service, record_service
from inspect_app.people.rules import Scope
from inspect_app.visits.models import Visit, VisitSignature

from .papers import locked

_STEPS = {Result.TOLD: Step.TELL, Result.NOT_MET: Step.MISS}
_WORDS = {
    "received_by": "签收人",
    "witness": "见证人",
    "place": "地点",
    "reference": "邮件单号",
    "no_receipt_reason": "理由",
}
NOT_ALL_OF_IT = "签字时看的内容里没有单子上的每一条"


def serve(paper: Paper, scope: Scope, actor: Actor, said: Delivery) -> None:
    """送达, 告知 or an attempt, by a person of the issuing organisation or the deputy of the visit.

    It enters the chain of every hazard on the paper, of those that are settled meanwhile as well; only 送达 sets a date running, of
    an open one and by a kind that starts dates. Photos stand with the hazards.
    """
    visit = db.session.get(Visit, paper.visit_id) if paper.visit_id else None
    carries = visit is not None and visit.person_id == scope.person_id
    if paper.issuer_id != scope.organisation_id and not carries:
        raise NotAllowed("送达由出单的单位来记，或由这次走访的代表来记。")
    record_service(paper, said, served_by=scope.person_id)
    for hazard in locked(paper):
        if not State(hazard.state).is_put_away:
            _into_chain(hazard, actor, paper, said)
        add_photos(hazard, own(said.scans, actor), "document")


def _into_chain(hazard: Hazard, actor: Actor, paper: Paper, said: Delivery) -> None:
    if not said.served:
        serving.not_served(
            hazard,
            actor,
            step=_STEPS[said.result],
            paper_id=paper.id,
            way=said.way,
            tried_at=said.served_at,
            reason=said.no_receipt_reason,
        )
        return
    words = {name: getattr(said, field).strip() for field, name in _WORDS.items() if getattr(said, field).strip()}
    serving.serve(
        hazard,
        actor,
        paper_id=paper.id,
        way=said.way,
        served_at=said.served_at,
        received=not said.no_receipt_reason.strip(),
        words=words or None,
        starts_dates=KINDS[paper.kind].starts_dates,
    )


def correct(paper: Paper, service_id: UUID, scope: Scope, actor: Actor, *, reason: str) -> None:
    """更正送达 by the desk or by who issued: a recorded service does not count. Nothing recorded is changed.

    Dates that ran from it are provisional again, on every hazard of the paper.
    """
    if actor.who is Who.HANDLER and paper.issuer_id != scope.organisation_id:
        raise NotAllowed("更正送达由督办员来办，或由出单的单位来办。")
    service = correct_service(paper, service_id, by=scope.person_id, reason=reason)
    for hazard in locked(paper):
        still = max((row.served_at for row in _counting(hazard)), default=None)
        serving.unserve(
            hazard,
            actor,
            paper_id=paper.id,
            service_id=service.id,
            served_at=service.served_at,
            still=still,
            reason=reason,
            starts_dates=KINDS[paper.kind].starts_dates,
        )


def _counting(hazard: Hazard) -> list[Service]:
    """The services that count of the papers a hazard stands on from whose service dates run."""
    sheets = [paper for paper in queries.of_hazard(hazard.id) if KINDS[paper.kind].starts_dates]
    recorded = queries.services_of(sheets)
    return [row for rows in recorded.values() for row in rows if row.counts]


def at_the_end(visit: Visit, made: Sequence[Hazard], text: str) -> tuple[Delivery, Signature] | None:
    """What the end of a visit was for the premises: signed for on the phone, shown and refused, nobody met; or unsaid.

    `text` is what was shown for signing. A signature is a service only where it was made over this very text and the
    text names every finding of the paper: nobody is served with what they were not shown.
    """
    signed = db.session.scalar(
        select(Signature)
        .join(VisitSignature, VisitSignature.signature_id == Signature.id)
        .where(VisitSignature.visit_id == visit.id, VisitSignature.part == "premises")
        .order_by(Signature.captured_at.desc())
        .limit(1)
    )
    if signed is None:
        return None
    at = min(signed.captured_at, clock.now())
    if signed.file_sha256 is None:
        result = Result.TOLD if signed.reason in THERE_BUT_UNSIGNED else Result.NOT_MET
        return Delivery("in_person", at, result, no_receipt_reason=signed.reason, on_the_phone=True), signed
    over_this = bool(text) and signed.text_sha256 == visit.text_sha256
    if over_this and all(hazard.title in text for hazard in made):
        return (
            Delivery("on_phone", at, received_by=signed.name, signature_id=signed.id, on_the_phone=True),
            signed,
        )
    told = Delivery("in_person", at, Result.TOLD, no_receipt_reason=NOT_ALL_OF_IT, on_the_phone=True)
    return told, signed


def printed(said: Delivery, signed: Signature, by: str, when: str) -> dict[str, Any]:
    """The end of the visit as the paper prints it; `by` is who showed the text."""
    return {
        "result": str(said.result),
        "name": signed.name,
        "sha256": (signed.file_sha256 or "") if said.served else "",
        "reason": said.no_receipt_reason,
        "at": when,
        "by": by,
    }
