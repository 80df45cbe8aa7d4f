"""送达回证 of one paper: printed blank before somebody goes out with it, filled from what was recorded of its service."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from inspect_app.casework.dossier.dossier import Dossier
from inspect_app.hazards.models import Hazard
from inspect_app.kernel.errors import Faults
from inspect_app.kernel.spoken_dates import datetime_full
from inspect_app.papers import queries, validity
from inspect_app.papers.content import (
    Addressee,
    ContentPart,
    HazardLine,
    Issuer,
    Phone,
    PlaceAddress,
    PlaceName,
    Printed,
    Side,
    Silent,
)
from inspect_app.papers.kinds import KINDS, Geometry, PublicWords, Sample, SlipNumber, To
from inspect_app.papers.models import Paper, Service
from inspect_app.papers.service import WAY_NAMES
from inspect_app.papers.sketch import Sketch
from inspect_app.papers.standing import PaperStanding

from . import parts
from .entry import Asks, Gathered, Offer, PaperKind, PaperQuestion, QuestionGroup, Wanted, read_form


@dataclass(frozen=True)
class ReceiptLine(HazardLine):
    """One hazard on the paper that is served."""


@dataclass(frozen=True)
class ReceiptContent(ContentPart):
    """What a certificate of service says; what nobody has recorded yet is empty, and left for the pen."""

    issuer: Issuer
    side: Side
    addressee: Addressee
    place_name: PlaceName
    place_address: PlaceAddress
    of_paper: Annotated[str, Silent(lacking="送达的文书")]
    of_title: Annotated[str, Printed("送达的文书", lacking="送达文书的名称")]
    of_number: Annotated[str, Printed("文书号", lacking="送达文书的文号")]
    way: Annotated[str, Printed("送达方式")]
    served_at: Annotated[str, Printed("送达时间")]
    place: Annotated[str, Printed("送达地点")]
    received_by: Annotated[str, Printed("收件人")]
    no_receipt_reason: Annotated[str, Printed("没有签收的原因")]
    witness: Annotated[str, Printed("见证人")]
    reference: Annotated[str, Printed("邮件单号")]
    served_by: Annotated[str, Printed("送达人")]
    lines: Annotated[Sequence[ReceiptLine], Silent(lacking="隐患")]
    phone: Phone
    replaces: Annotated[str, Printed("代替", if_any=True)] = ""


FORM = (
    QuestionGroup(
        "哪一张",
        (PaperQuestion("paper", "送达的是哪一张", Asks.CHOICE),),
        hint="还没送的，出来是空白的，带去请对方签；记过送达的，按记的填好。",
    ),
)


def _gather(wanted: Wanted) -> Gathered:
    """Raises Refused for a paper that is not the office's own, does not stand, or is not brought to anybody."""
    faults = Faults()
    said = read_form(FORM, wanted.typed, faults)
    sheets = queries.of_hazard(wanted.hazard.id)
    paper = {str(row.id): row for row in _brought(sheets, validity.standings(sheets), wanted.issuer.id)}.get(
        said["paper"]
    )
    faults.need(paper is not None, "请选要送达的一张。", "paper")
    faults.refuse()
    assert paper is not None
    old = _earlier(sheets, paper)
    content = ReceiptContent(
        **parts.to_office(wanted.head, str(paper.content["addressee"])),
        of_paper=str(paper.id),
        of_title=paper.title,
        of_number=paper.number,
        **_served(queries.served(paper.id)),
        lines=[ReceiptLine(**parts.line_facts(hazard, None) | {"photos": []}) for hazard in wanted.hazards],
        replaces=old.number if old else "",
    )
    return Gathered(content, replaces_id=old.id if old else None, replaces=content.replaces)


def _served(service: Service | None) -> dict[str, str]:
    """What was recorded, to the minute; everything empty where nothing was."""
    if service is None:
        return dict.fromkeys(
            ("way", "served_at", "place", "received_by", "no_receipt_reason", "witness", "reference", "served_by"), ""
        )
    return {
        "way": WAY_NAMES[service.way],
        "served_at": datetime_full(service.served_at),
        "place": service.place,
        "received_by": service.received_by,
        "no_receipt_reason": service.no_receipt_reason,
        "witness": service.witness,
        "reference": service.reference,
        "served_by": parts.name_of(service.served_by_person_id),
    }


def _brought(sheets: Sequence[Paper], standings: Mapping[UUID, PaperStanding], office: UUID | None) -> list[Paper]:
    """The office's own standing papers that are brought to who answers for the place."""
    own = (row for row in sheets if row.issuer_id == office and standings[row.id] is PaperStanding.STANDS)
    return [row for row in own if KINDS[row.kind].ways or (KINDS[row.kind].to is To.PARTY and not _reports(row))]


def _reports(paper: Paper) -> bool:
    return paper.kind == ENTRY.code or KINDS[paper.kind].reports_end


def _earlier(sheets: Sequence[Paper], paper: Paper) -> Paper | None:
    """The certificate of the same paper that still stands."""
    same = [row for row in sheets if row.kind == ENTRY.code and row.content["of_paper"] == str(paper.id)]
    standings = validity.standings(same)
    return next((row for row in same if standings[row.id] is PaperStanding.STANDS), None)


def _beside(_hazard: Hazard, typed: Mapping[str, str]) -> Sequence[UUID]:
    """All hazards of the paper that is served."""
    try:
        return queries.hazards_on(UUID(typed.get("paper", "")))
    except ValueError:
        return ()


def _offer(dossier: Dossier) -> Offer | None:
    """For who has brought, or will bring, a paper of their own."""
    if not dossier.sheets:
        return None
    options = [
        (str(row.id), f"{row.title} {row.number}")
        for row in _brought(dossier.sheets, dossier.standings, dossier.scope.organisation_id)
    ]
    if not options:
        return None
    return Offer("出送达回证", proposed={"paper": options[0][0]}, options={"paper": options})


def _sample(sketch: Sketch) -> ReceiptContent:
    return ReceiptContent(
        **sketch.head(),
        of_paper="0123456789abcdef0123456789abcdef",
        of_title="代表提示单",
        of_number="柳荫人大工委提示单 2026-0037",
        way="留置送达",
        served_at="2026年11月24日 15:40",
        place="收银台上",
        received_by="",
        no_receipt_reason="店主不在，店员不愿签",
        witness="网格员徐芳",
        reference="",
        served_by="陈玉兰",
        lines=sketch.lines(ReceiptLine, photos=[], due_on=""),
    )


ENTRY = PaperKind(
    code="receipt",
    title="送达回证",
    list_name="送达回证",
    side="both",
    numbering=SlipNumber("送达回证"),
    to=To.OFFICE,
    content=ReceiptContent,
    geometry=Geometry.SLIP,
    sealed=True,
    public=PublicWords(asks="送达的文书上还有 {n} 处没有办结。"),
    sample=Sample(_sample, serial=9, hazards=2, photos=0),
    form=FORM,
    offer=_offer,
    gather=_gather,
    many=True,
    beside=_beside,
)
