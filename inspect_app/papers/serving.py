"""送达 of a paper, recorded and corrected. Writes it."""

from uuid import UUID

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere, Refused

from . import queries, validity
from .actions import hold
from .kinds import KINDS
from .models import Paper, Service
from .service import WAY_NAMES, Delivery, check


def record_service(paper: Paper, said: Delivery, *, served_by: UUID | None) -> Service:
    """送达 of a paper, 告知, or an attempt, as `said.result` has it.

    Only an issued sheet can be served; what was said on the phone at the end of a visit came before its sheet. Raises
    Refused naming what is wrong.
    """
    hold(paper)
    _check_servable(paper, said)
    service = Service(
        paper_id=paper.id,
        way=said.way,
        served_at=said.served_at,
        result=said.result,
        served_by_person_id=served_by,
        received_by=said.received_by.strip(),
        no_receipt_reason=said.no_receipt_reason.strip(),
        witness=said.witness.strip(),
        place=said.place.strip(),
        reference=said.reference.strip(),
        signature_id=said.signature_id,
        scans=[str(scan) for scan in said.scans],
        recorded_at=clock.now(),
    )
    db.session.add(service)
    db.session.flush()
    return service


def _check_servable(paper: Paper, said: Delivery) -> None:
    """Refused where a paper stands no more or was served, or the service was not as its kind wants it."""
    spec = KINDS[paper.kind]
    if paper.state == "void":
        raise Refused("这张单子已经作废，不能送达。")
    later = validity.replaced_by(paper)
    if later is not None:
        raise Refused(f"这张单子已经被{later.number}代替，不能送达。")
    check(spec.title, spec.ways, spec.tells, said)
    _check_time(paper, said)
    before = queries.served(paper.id)
    if before is not None:
        raise Refused(f"{paper.number} 已经送达过了（{WAY_NAMES[before.way]}），不用再记。")


def _check_time(paper: Paper, said: Delivery) -> None:
    if said.served_at > clock.now():
        raise Refused("送达时间不能晚于现在。", field="served_at")
    if said.on_the_phone:
        return
    if paper.state == "issuing":
        raise Refused("这张单子还没有做好，做好以后再记送达。")
    if clock.local_date(said.served_at) < paper.issued_on:
        day = paper.issued_on
        raise Refused(f"送达时间不能早于成文日期（{day.year}年{day.month}月{day.day}日）。", field="served_at")


def correct_service(paper: Paper, service_id: UUID, *, by: UUID, reason: str) -> Service:
    """更正送达: what was recorded stays, and does not count. Raises Refused without a reason, or where it does not count
    already, NotThere if it is no service of this paper."""
    hold(paper)
    service = db.session.get(Service, service_id, populate_existing=True)
    if service is None or service.paper_id != paper.id:
        raise NotThere
    if not reason.strip():
        raise Refused("还差更正的理由，写一句就行。", field="reason")
    if not service.counts:
        raise Refused("这一条不是送达，或已经更正过。")
    service.corrected_at, service.corrected_by_person_id = clock.now(), by
    service.correction_reason = reason.strip()
    db.session.flush()
    return service
