"""催办函: the desk reminds the office that has hazards of one place of how long they wait; it is the step 催办 as well."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated

from inspect_app.casework.dossier.dossier import Dossier
from inspect_app.hazards.actions import handing
from inspect_app.hazards.case import case_of
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import State, Step, decide, open_steps
from inspect_app.kernel import clock
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
    each,
)
from inspect_app.papers.kinds import DocumentNumber, Geometry, PublicWords, Sample, To
from inspect_app.papers.models import Paper
from inspect_app.papers.sketch import HANDLER, Sketch

from . import parts
from .entry import Asks, Gathered, Offer, PaperKind, PaperQuestion, QuestionGroup, Wanted, ahead, read_form
from .letters import SIGNING, signed_off

_MATTER = "请抓紧督促整改，改好后报请核验；有困难的，请说明原因和打算。"
_ANSWER_IN = timedelta(days=5)


@dataclass(frozen=True)
class UrgingLine(HazardLine):
    """One hazard on a letter of urging."""

    basis: Annotated[Sequence[str], Printed("参考依据", each)]
    due_on: Annotated[str, Printed("整改期限", day)]
    waits: Annotated[str, Printed("办到哪一步", needed=True)] = field(kw_only=True)


@dataclass(frozen=True)
class UrgingContent(ContentPart):
    """What a letter of urging says."""

    issuer: Issuer
    side: Side
    addressee: Addressee
    place_name: PlaceName
    place_address: PlaceAddress
    lines: Annotated[Sequence[UrgingLine], Silent(lacking="隐患")]
    matter: Annotated[str, Printed("催办事项", needed=True)]
    answer_by: Annotated[str, Printed("请在这天前回复", day, lacking="回复的日子")]
    signed_off_by: SignedOffBy
    phone: Phone
    copies: Copies = ()


FORM = (
    QuestionGroup(
        "催办",
        (
            PaperQuestion("matter", "催办事项", Asks.WORDS, hint="请对方办什么"),
            PaperQuestion("answer_by", "请在哪天前回复", Asks.DAY, called="回复的日子", counted=True),
        ),
    ),
    SIGNING,
)


def _gather(wanted: Wanted) -> Gathered:
    """Raises NotAllowed for who may not urge, Refused where nobody waits for the office."""
    for hazard in wanted.hazards:
        decide(case_of(hazard), Step.URGE, wanted.actor)
        if hazard.state != State.RECTIFYING:
            raise Refused("这一件现在不在承办单位手里整改，不用催办。")
    faults = Faults()
    said = read_form(FORM, wanted.typed, faults)
    ahead(said, FORM, faults, wanted)
    faults.refuse()
    content = UrgingContent(
        **wanted.head,
        lines=[
            UrgingLine(**parts.line_facts(hazard, hazard.mending_on), waits=_waits(hazard)) for hazard in wanted.hazards
        ],
        matter=said["matter"],
        answer_by=said["answer_by"],
        **signed_off(said),
    )
    return Gathered(content, [hazard.mending_on for hazard in wanted.hazards], then=lambda paper: _urge(wanted, paper))


def _waits(hazard: Hazard) -> str:
    """How far it came with the office, and by how many days its date is over."""
    far = "已签收，整改中" if hazard.accepted_at else "已退回，等改派" if hazard.declined_at else "还没有签收"
    over = (clock.today() - hazard.mending_on).days if hazard.mending_on else 0
    return far + (f"，整改期限已过 {over} 天" if over > 0 else "")


def _urge(wanted: Wanted, paper: Paper) -> None:
    for hazard in wanted.hazards:
        handing.urge(
            hazard,
            wanted.actor,
            to_organisation_id=hazard.handler_id,
            channel="paper",
            words=f"催办函 {paper.number}",
        )


def _offer(dossier: Dossier) -> Offer | None:
    """For the desk, while an office has the hazard."""
    hazard = dossier.hazard
    if hazard.state != State.RECTIFYING or Step.URGE not in open_steps(dossier.case, dossier.me):
        return None
    overdue = hazard.due_on is not None and hazard.due_on < clock.today()
    return Offer(
        "出催办函",
        proposed={"matter": _MATTER, "answer_by": (clock.today() + _ANSWER_IN).isoformat()},
        likely=2 if overdue else 0,
    )


def _sample(sketch: Sketch) -> UrgingContent:
    return UrgingContent(
        **sketch.head(HANDLER),
        lines=sketch.lines(UrgingLine, waits="已签收，整改中"),
        matter=_MATTER,
        answer_by="2026-12-03",
        signed_off_by="李敏（主任）",
        copies=["青澜区人大常委会社会建设工作委员会"],
    )


ENTRY = PaperKind(
    code="urging",
    title="催办函",
    list_name="催办函",
    side="both",
    numbering=DocumentNumber("催"),
    to=To.HANDLER,
    content=UrgingContent,
    geometry=Geometry.LETTER,
    sealed=True,
    public=PublicWords(asks="有 {n} 处还没有办好，请承办单位按催办事项回复。"),
    sample=Sample(_sample, serial=3),
    act="催办",
    form=FORM,
    offer=_offer,
    gather=_gather,
    word=True,
    many=True,
    for_many=True,
    moving=frozenset({"waits"}),
)
