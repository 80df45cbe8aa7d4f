"""延期批复: the office that set a date answers who asked for a later one; it is the step 同意延期 or 不同意延期."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

from inspect_app.casework.dossier.dossier import Dossier
from inspect_app.hazards.actions import requesting
from inspect_app.hazards.case import case_of
from inspect_app.hazards.models import Hazard, HazardRequest
from inspect_app.hazards.rules import Step, decide, open_steps
from inspect_app.hazards.standing import open_request
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Faults, Refused
from inspect_app.papers.content import (
    Addressee,
    ContentPart,
    Copies,
    HazardLine,
    Issuer,
    Phone,
    PlaceAddress,
    PlaceName,
    Printed,
    Side,
    SignedOffBy,
    Silent,
    day,
)
from inspect_app.papers.kinds import DocumentNumber, Geometry, PublicWords, Sample, To
from inspect_app.papers.sketch import Sketch
from inspect_app.people.models import Organisation

from . import parts
from .entry import Asks, Gathered, Offer, PaperKind, PaperQuestion, QuestionGroup, Wanted, read_form
from .letters import SIGNING, signed_off

ANSWERS = {"yes": "同意", "no": "不同意"}


@dataclass(frozen=True)
class ExtensionReplyLine(HazardLine):
    """The hazard whose date was asked to be later, with the date that holds now."""

    due_on: Annotated[str, Printed("整改期限", day, needed=True)]
    was_due_on: Annotated[str, Printed("原来的整改期限", day, needed=True)] = field(kw_only=True)


@dataclass(frozen=True)
class ExtensionReplyContent(ContentPart):
    """What an answer to an application for a later date says."""

    issuer: Issuer
    side: Side
    addressee: Addressee
    place_name: PlaceName
    place_address: PlaceAddress
    asked_on: Annotated[str, Printed("申请日期", day, needed=True)]
    until: Annotated[str, Printed("申请延到", day, needed=True)]
    reason: Annotated[str, Printed("申请的理由", needed=True)]
    interim: Annotated[str, Printed("延期期间的防范措施")]
    lines: Annotated[Sequence[ExtensionReplyLine], Silent(lacking="隐患")]
    answer: Annotated[str, Printed("答复", needed=True)]
    explanation: Annotated[str, Printed("说明")]
    signed_off_by: SignedOffBy
    phone: Phone
    copies: Copies = ()


FORM = (
    QuestionGroup(
        "答复",
        (
            PaperQuestion("answer", "同意延期吗", Asks.CHOICE),
            PaperQuestion("explanation", "说明", Asks.WORDS, hint="不同意的，写明理由", optional=True),
        ),
        hint="出了这份就答复了，不用再答复一次。",
    ),
    SIGNING,
)


def _gather(wanted: Wanted) -> Gathered:
    """Raises NotAllowed for who may not answer, Refused without an application or without a reason for 不同意."""
    hazard, faults = wanted.hazard, Faults()
    said = read_form(FORM, wanted.typed, faults)
    grant = said["answer"] == "yes"
    decide(case_of(hazard), Step.GRANT_EXTENSION if grant else Step.REFUSE_EXTENSION, wanted.actor)
    request = open_request(hazard, Step.ASK_EXTENSION)
    faults.need(said["answer"] in ANSWERS, "请选同意不同意。", "answer")
    faults.need(grant or said["explanation"], "请写不同意的理由。", "explanation")
    faults.refuse()
    if request is None or hazard.mending_on is None:
        raise Refused("没有等您答复的延期申请。")
    until = date.fromisoformat(request.details["until"])
    holds = until if grant else hazard.mending_on
    line = ExtensionReplyLine(**parts.line_facts(hazard, holds), was_due_on=hazard.mending_on.isoformat())
    content = ExtensionReplyContent(
        **parts.to_office(wanted.head, _who_asked(hazard, request, wanted.premises.name)),
        asked_on=clock.local_date(request.asked_at).isoformat(),
        until=until.isoformat(),
        reason=request.reason,
        interim=str(request.details.get("interim") or ""),
        lines=[line],
        answer=ANSWERS[said["answer"]],
        explanation=said["explanation"],
        **signed_off(said),
    )

    def answer(_paper: object) -> None:
        requesting.decide_extension(hazard, wanted.actor, grant=grant, reason=said["explanation"])

    return Gathered(content, [holds], then=answer)


def _who_asked(hazard: Hazard, request: HazardRequest, place: str) -> str:
    """The office that asked; where it was the party, who answers for the place, else the place."""
    if request.asked_by_organisation_id:
        return db.session.get_one(Organisation, request.asked_by_organisation_id).name
    return parts.party_of(hazard) or place


def _offer(dossier: Dossier) -> Offer | None:
    """For who may answer the application that is open."""
    if Step.GRANT_EXTENSION not in open_steps(dossier.case, dossier.me):
        return None
    return Offer("出延期批复", options={"answer": list(ANSWERS.items())}, likely=3)


def _sample(sketch: Sketch) -> ExtensionReplyContent:
    return ExtensionReplyContent(
        **sketch.head(),
        asked_on="2026-11-23",
        until="2026-12-10",
        reason="报警器的配件要从厂家调，预计 12 月 5 日到货。",
        interim="停用后厨东侧灶台，每天打烊关总阀并断电，由店长签字。",
        lines=sketch.lines(ExtensionReplyLine, due_on="2026-12-10", was_due_on="2026-11-30"),
        answer="同意",
        explanation="延期期间由社区每天到店看一次。",
        signed_off_by="孙宁（副主任）",
        copies=[],
    )


ENTRY = PaperKind(
    code="extensionreply",
    title="延期批复",
    list_name="延期批复",
    side="government",
    numbering=DocumentNumber("批"),
    to=To.OFFICE,
    content=ExtensionReplyContent,
    geometry=Geometry.LETTER,
    sealed=True,
    ways=("in_person", "post", "forwarded", "left"),
    starts_dates=False,
    public=PublicWords(asks="有 {n} 处请您在上面的日期前改好，改好后打电话告诉我们。"),
    sample=Sample(_sample, serial=2, hazards=1, photos=1),
    act="延期的答复",
    form=FORM,
    offer=_offer,
    gather=_gather,
)
