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
from inspect_app.hazards.rules import State, Step, Who, decide, open_steps
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Faults, Refused
from inspect_app.kernel.spoken_dates import date_cn
from inspect_app.kernel.workdays import published_calendar
from inspect_app.papers import queries, validity
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

from . import parts
from .entry import Asks, Gathered, Offer, PaperKind, PaperQuestion, QuestionGroup, Wanted, ahead, of_line, read_form
from .letters import SIGNING, signed_off

TITLES = {OfficeSide.CONGRESS: "转办函", OfficeSide.GOVERNMENT: "交办函"}
HANDS_OVER = frozenset({Who.CONGRESS_SUPERVISOR, Who.GOVERNMENT_SUPERVISOR})
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
    old = _given_up(wanted.hazard, queries.of_hazard(wanted.hazard.id), wanted.issuer.id)
    if old is not None and wanted.actor.who in HANDS_OVER:
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
    """The letter anew in place of one that was given up. What it was the sheet of still stands, so that handler and days are those
    that hold, no step is taken, and it carries all that is still with the handler. Raises Refused."""
    on_it = [row for _, row in queries.lines(old) if State(row.state) is State.RECTIFYING]
    left = sorted({row.number for row in on_it} ^ {row.number for row in wanted.hazards})
    if left:
        raise Refused(f"补出的函要照{old.number}写全，也只写它上面的：{'、'.join(left)}。")
    if len({row.handler_id for row in on_it}) != 1:
        raise Refused(f"{old.number}上的几件现在不是同一家在办，补不了一张。")
    handler, faults = db.session.get_one(Organisation, on_it[0].handler_id), Faults()
    said = read_form(FORM, wanted.typed, faults, wanted.hazards)
    same = said["handler_id"] == str(handler.id)
    faults.need(same, f"交办没有变，承办单位还是{handler.name}。要换单位，请办改派。", "handler_id")
    reply, days = _stood(old, wanted.hazards[0])[0], [_stood(old, hazard)[1] for hazard in wanted.hazards]
    kept = "补出的函照原来的日子写：{}。要改日子，请在隐患上办。"
    faults.need(said["reply_on"] == reply.isoformat(), kept.format(date_cn(reply)), "reply_on")
    for hazard, on in zip(wanted.hazards, days, strict=True):
        faults.need(said[of_line("due_on", hazard)] == on.isoformat(), kept.format(date_cn(on)), "due_on")
    faults.refuse()
    return Gathered(_content(wanted, handler, said, days, old.number), days, old.id, old.number)


def _given_up(hazard: Hazard, sheets: Sequence[Paper], office: UUID | None) -> Paper | None:
    """The newest letter of an office where it was given up, nothing took its place, and the hazard is still with the handler."""
    newest = next((row for row in sheets if row.kind == ENTRY.code and row.issuer_id == office), None)
    if newest is None or not newest.is_void or State(hazard.state) is not State.RECTIFYING:
        return None
    return None if validity.replaced_by(newest) else newest


def _stood(old: Paper, hazard: Hazard) -> tuple[date, date]:
    """(the day to answer by, the day to mend by) as they hold now; where none does, as the letter said."""
    said = next(line for line, row in queries.lines(old) if row.id == hazard.id)
    mending = hazard.mending_on or said.due_on
    assert mending is not None, "a letter of handing over has a day for each line"
    return hazard.reply_on or date.fromisoformat(old.content["reply_on"]), mending


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
    old = _given_up(dossier.hazard, dossier.sheets, dossier.scope.organisation_id)
    if old is not None and dossier.me.who in HANDS_OVER:
        return _offer_again(dossier, old)
    if Step.HAND_OVER not in open_steps(dossier.case, dossier.me):
        return None
    title, today = TITLES[dossier.scope.side], clock.today()
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


def _offer_again(dossier: Dossier, old: Paper) -> Offer | None:
    hazard, title = dossier.hazard, TITLES[dossier.scope.side]
    reply, mending = _stood(old, hazard)
    handler = db.session.get(Organisation, hazard.handler_id) if hazard.handler_id else None
    if (
        handler is None or min(reply, mending) < clock.today()
    ):  # nobody is asked by a new letter to do so by a day that is over
        return None
    return Offer(
        f"补出{title}",
        proposed={"handler_id": str(handler.id), "reply_on": reply.isoformat(), "due_on": mending.isoformat()},
        options={"handler_id": [(str(handler.id), handler.name)]},
        hints=[f"代替作废的{old.number}。交办没有撤，承办单位和日子照原来的写，不再记一次交办。"],
        likely=3,
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
