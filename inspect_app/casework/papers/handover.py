"""转办函 of the congress side, 交办函 of the government side: hazards of one place are handed over, and this is the sheet of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from inspect_app.casework.dossier.dossier import Dossier
from inspect_app.casework.visit_submission import advised_date
from inspect_app.hazards.actions import handing
from inspect_app.hazards.case import case_of
from inspect_app.hazards.clocks import TimeLimit, due
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.origins import told_words
from inspect_app.hazards.rules import State, Step, decide, open_steps
from inspect_app.kernel import clock
from inspect_app.kernel.errors import Faults
from inspect_app.kernel.workdays import published_calendar
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
from inspect_app.people import queries as people
from inspect_app.people.models import Organisation
from inspect_app.people.rules import Side as OfficeSide

from . import given_up, parts
from .entry import Asks, Gathered, Offer, PaperKind, PaperQuestion, QuestionGroup, Wanted, ahead, of_line, read_form
from .letters import SIGNING, signed_off

TITLES = {OfficeSide.CONGRESS: "转办函", OfficeSide.GOVERNMENT: "交办函"}
_REPLY_DAYS = 5  # working days; what 交办 proposes too


@dataclass(frozen=True)
class HandoverLine(HazardLine):
    """One hazard on a letter of handing over."""

    basis: Annotated[Sequence[str], Printed("参考依据", each)]
    due_on: Annotated[str, Printed("建议完成时间", day, needed=True)]
    source: Annotated[str, Printed("来源", if_any=True)] = ""  # of what no deputy saw: who told the desk


@dataclass(frozen=True)
class HandoverContent(ContentPart):
    """What a letter of handing over says."""

    issuer: Issuer
    side: Side
    title: Annotated[str, Silent(lacking="文书名称")]
    addressee: Addressee
    place_name: PlaceName
    place_address: PlaceAddress
    lines: Annotated[Sequence[HandoverLine], Silent(lacking="隐患")]
    matter: Annotated[str, Printed("办理的要求")]
    reply_on: Annotated[str, Printed("请在这天前反馈", day, lacking="答复的日子")]
    signed_off_by: SignedOffBy
    phone: Phone
    copies: Copies = ()
    replaces: Annotated[str, Printed("代替", if_any=True)] = field(default="", kw_only=True)


FORM = (
    QuestionGroup(
        "交给谁办",
        (
            PaperQuestion("handler_id", "承办单位", Asks.CHOICE),
            PaperQuestion("reply_on", "哪天前答复", Asks.DAY, called="答复的日子", counted=True),
            PaperQuestion("due_on", "建议完成时间", Asks.DAY, counted=True, each=True),
            PaperQuestion("matter", "另有什么要求", Asks.WORDS, optional=True),
        ),
        hint="出了这张函就办了交办，不用再办一次。",
    ),
    SIGNING,
)


def _gather(wanted: Wanted) -> Gathered:
    """Raises NotAllowed before anything else for who may not hand over here, then Refused with all that is missing."""
    if (old := given_up.letter_of(wanted.hazard, wanted.issuer.id, wanted.actor)) is not None:
        return _again(wanted, old)
    for hazard in wanted.hazards:
        decide(case_of(hazard), Step.HAND_OVER, wanted.actor)
    faults = Faults()
    said = read_form(FORM, wanted.typed, faults, wanted.hazards)
    offices = {str(row.id): row for row in people.handlers()}
    handler = offices.get(said["handler_id"])
    faults.need(handler is not None, "请从名单里选承办单位。", "handler_id")
    ahead(said, FORM, faults, wanted)
    faults.refuse()
    assert handler is not None
    days = [date.fromisoformat(said[of_line("due_on", hazard)]) for hazard in wanted.hazards]
    content = _content(wanted, handler, said, days)
    return Gathered(content, days, then=lambda paper: _hand_over(wanted, handler.id, said, days, paper))


def _content(
    wanted: Wanted, handler: Organisation, said: Mapping[str, str], days: Sequence[date], replaces: str = ""
) -> HandoverContent:
    return HandoverContent(
        **parts.to_office(wanted.head, handler.name),
        title=TITLES[OfficeSide(wanted.issuer.side)],
        lines=[
            HandoverLine(**parts.line_facts(hazard, on), source=told_words(hazard))
            for hazard, on in zip(wanted.hazards, days, strict=True)
        ],
        matter=said["matter"],
        reply_on=said["reply_on"],
        **signed_off(said),
        replaces=replaces,
    )


def _again(wanted: Wanted, old: Paper) -> Gathered:
    """The letter anew in place of one that was given up: with the handler and the days that hold, and without its step."""
    handler, said, days = given_up.restated(wanted, old, FORM)
    return Gathered(_content(wanted, handler, said, days, old.number), days, old.id, old.number)


def _hand_over(wanted: Wanted, handler: UUID, said: Mapping[str, str], days: Sequence[date], paper: Paper) -> None:
    reply = TimeLimit(fixed=date.fromisoformat(said["reply_on"]))
    for hazard, on in zip(wanted.hazards, days, strict=True):
        mending = TimeLimit(fixed=on)
        handing.hand_over(hazard, wanted.actor, handler_id=handler, reply=reply, mending=mending, paper=paper.number)


def proposed_for(hazard: Hazard) -> dict[str, str]:
    """By when it is advised to be mended: never a day that is over already. Of what is handed over, the day that holds."""
    if State(hazard.state) is State.RECTIFYING and hazard.mending_on:
        return {"due_on": hazard.mending_on.isoformat()}
    return {"due_on": max(advised_date(hazard), clock.today() + timedelta(days=1)).isoformat()}


def _offer(dossier: Dossier) -> Offer | None:
    """For who may hand the hazard over now, or did under a letter that was given up."""
    title, today = TITLES[dossier.scope.side], clock.today()
    if Step.HAND_OVER not in open_steps(dossier.case, dossier.me):
        return given_up.offer_again(dossier, title)
    last = dossier.hazard.first_receiver_id
    return Offer(
        f"出{title}并交办",
        opens=f"出{title}",
        proposed={
            "handler_id": str(last) if last else "",
            "reply_on": due(TimeLimit(_REPLY_DAYS), today, published_calendar()).on.isoformat(),
            **proposed_for(dossier.hazard),
        },
        options={
            "handler_id": [(str(row.id), row.name) for row in dossier.register.organisations.values() if row.enforces]
        },
        likely=2,
    )


def _sample(sketch: Sketch) -> HandoverContent:
    return HandoverContent(
        **sketch.head(HANDLER),
        title=TITLES[OfficeSide(sketch.side)],
        lines=sketch.lines(HandoverLine),
        matter="后厨东侧灶台还在用，请先到现场看一次。",
        reply_on="2026-12-01",
        signed_off_by="李敏（主任）",
        copies=["青澜区人大常委会社会建设工作委员会", "青澜区消防救援大队"],
    )


ENTRY = PaperKind(
    code="handover",
    title="转办（交办）函",
    list_name="转办函",
    side="both",
    numbering=DocumentNumber("转"),
    to=To.OFFICE,
    content=HandoverContent,
    geometry=Geometry.LETTER,
    sealed=True,
    public=PublicWords(asks="有 {n} 处还在办理，请承办单位按时反馈。", date="建议时间"),
    sample=Sample(_sample, serial=8),
    act="交办",
    act_undone="交错了单位的，请办改派。",
    form=FORM,
    offer=_offer,
    gather=_gather,
    word=True,
    many=True,
    for_many=True,
    proposed_for=proposed_for,
)
