"""复查意见书: the office whose order stands looks again itself, and says of each line whether it is mended.

There is none before an order (安全生产法 第六十五条; domain.md 5.4). The paper is the step 复查 as well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated
from uuid import UUID

from inspect_app.casework.dossier.dossier import Dossier
from inspect_app.hazards.actions import ordering, settling, verifying
from inspect_app.hazards.case import case_of
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import State, Step, decide, open_steps
from inspect_app.kernel import clock
from inspect_app.kernel.errors import Faults, NotAllowed
from inspect_app.papers import queries
from inspect_app.papers.content import (
    Addressee,
    ContentPart,
    HazardLine,
    Issuer,
    Phone,
    PlaceAddress,
    PlaceName,
    Plain,
    Printed,
    Side,
    Silent,
    day,
)
from inspect_app.papers.kinds import DocumentNumber, Geometry, PublicWords, Sample, To
from inspect_app.papers.models import Paper
from inspect_app.papers.sketch import Sketch
from inspect_app.people.rules import Power

from . import officers, parts
from .entry import Asks, Gathered, Offer, PaperKind, PaperQuestion, QuestionGroup, Wanted, of_line, read_form

RESULTS = {"yes": "已整改", "no": "未整改"}


@dataclass(frozen=True)
class ReinspectionLine(HazardLine):
    """One hazard that was looked at again."""

    result: Annotated[str, Printed("复查结果", needed=True)] = field(kw_only=True)
    remark: Annotated[str, Printed("说明")] = field(kw_only=True)


@dataclass(frozen=True)
class ReinspectionContent(ContentPart):
    """What an opinion on a re-inspection says."""

    issuer: Issuer
    side: Side
    addressee: Addressee
    place_name: PlaceName
    place_address: PlaceAddress
    order: Annotated[str, Printed("复查的是", lacking="原来的文书")]
    inspected_on: Annotated[str, Printed("复查日期", day, needed=True)]
    inspected_at: Annotated[str, Printed("复查地点", needed=True)]
    record: Annotated[str, Printed("复查记录", lacking="复查记录编号")]
    lines: Annotated[Sequence[ReinspectionLine], Silent(lacking="隐患")]
    officers: Annotated[Sequence[Plain], Printed("复查人员", officers.said, needed=True)]
    phone: Phone


FORM = (
    QuestionGroup(
        "本单位的复查",
        (
            PaperQuestion("inspected_on", "哪天复查的", Asks.DAY, called="复查日期"),
            PaperQuestion("inspected_at", "复查地点"),
            PaperQuestion("record", "复查记录编号"),
            *officers.QUESTIONS,
        ),
        hint="自己到现场复查过的才出。出了这份就记了复查，不用再记一次。",
    ),
    QuestionGroup(
        "复查结果",
        (
            PaperQuestion("result", "改好了没有", Asks.CHOICE, each=True),
            PaperQuestion("remark", "说明", Asks.WORDS, hint="改成了什么样，或者还差什么", each=True),
        ),
    ),
)


def _gather(wanted: Wanted) -> Gathered:
    """Raises NotAllowed before anything else for who may not re-inspect here, then Refused with all that is missing."""
    hazards, actor = wanted.hazards, wanted.actor
    for hazard in hazards:
        decide(case_of(hazard), Step.REINSPECT, actor)
        if not _holds_order(hazard, queries.of_hazard(hazard.id), wanted.issuer.id):
            raise NotAllowed("复查由下文书的单位来办。别的单位复查过的，请办“复查（主管部门）”记下来。")
    faults = Faults()
    said = read_form(FORM, wanted.typed, faults, hazards)
    signing = faults.of(ordering.chosen_officers, actor.organisation_id, officers.chosen(said)) or []
    for hazard in hazards:
        faults.need(said[of_line("result", hazard)] in RESULTS, "请选改好了没有。", "result")
    if said["inspected_on"]:
        faults.of(settling.not_ahead, date.fromisoformat(said["inspected_on"]), "复查日期", "inspected_on")
    faults.refuse()
    content = ReinspectionContent(
        **wanted.head,
        order="、".join(dict.fromkeys(str(hazard.order_number) for hazard in hazards)),
        inspected_on=said["inspected_on"],
        inspected_at=said["inspected_at"],
        record=said["record"],
        lines=[_line(hazard, said) for hazard in hazards],
        officers=officers.frozen(signing),
    )
    dates = [hazard.mending_on for hazard in hazards]
    return Gathered(content, dates, then=lambda paper: _reinspect(wanted, said, paper))


def _line(hazard: Hazard, said: Mapping[str, str]) -> ReinspectionLine:
    result, remark = RESULTS[said[of_line("result", hazard)]], said[of_line("remark", hazard)]
    return ReinspectionLine(**parts.line_facts(hazard, hazard.mending_on), result=result, remark=remark)


def _reinspect(wanted: Wanted, said: Mapping[str, str], paper: Paper) -> None:
    for hazard in wanted.hazards:
        verifying.reinspect(
            hazard,
            wanted.actor,
            authority=wanted.issuer.name,
            number=paper.number,
            on=date.fromisoformat(said["inspected_on"]),
            passed=said[of_line("result", hazard)] == "yes",
            conclusion=said[of_line("remark", hazard)],
        )


def _holds_order(hazard: Hazard, sheets: Sequence[Paper], office: UUID) -> bool:
    """Whether the live order is this office's; one that was made elsewhere is the handler's."""
    order = next((row for row in sheets if row.number == hazard.order_number), None)
    return hazard.order_number is not None and (order.issuer_id if order else hazard.handler_id) == office


def _offer(dossier: Dossier) -> Offer | None:
    """For the office whose order stands, where it holds the power to re-inspect."""
    hazard, me = dossier.hazard, dossier.me
    if me.organisation_id is None or Step.REINSPECT not in open_steps(dossier.case, me):
        return None
    if not _holds_order(hazard, dossier.sheets, me.organisation_id) or not me.may(Power.REINSPECT, hazard.field):
        return None
    place = dossier.premises
    return Offer(
        "出复查意见书",
        proposed={
            "inspected_on": clock.today().isoformat(),
            "inspected_at": f"{place.address}，{place.name}",
        },
        options=officers.options(me.organisation_id) | {"result": list(RESULTS.items())},
        hints=[f"复查的是 {hazard.order_number}。"],
        likely=1 if hazard.state == State.RECTIFYING else 3,
    )


def _sample(sketch: Sketch) -> ReinspectionContent:
    lines = sketch.lines(ReinspectionLine, result="已整改", remark="现场看过，已经改好")
    if len(lines) > 1:
        lines[-1:] = sketch.lines(ReinspectionLine, result="未整改", remark="还差一处插排没有换")[-1:]
    return ReinspectionContent(
        **sketch.head(),
        order="柳街整〔2026〕12号",
        inspected_on="2026-11-24",
        inspected_at=f"{sketch.place_address}，{sketch.place_name}",
        record="复〔2026〕31号",
        lines=lines,
        officers=[{"name": "李赟", "card": "示例 001"}, {"name": "周玥", "card": "示例 002"}],
    )


ENTRY = PaperKind(
    code="reinspection",
    title="复查意见书",
    list_name="复查意见书",
    side="government",
    power=Power.REINSPECT,
    numbering=DocumentNumber("复"),
    to=To.PARTY,
    content=ReinspectionContent,
    geometry=Geometry.LETTER,
    sealed=True,
    ways=("in_person", "post", "left", "electronic"),
    starts_dates=False,
    public=PublicWords(asks="有 {n} 处还要请您改好，改好后打电话告诉我们。"),
    sample=Sample(_sample, serial=6, hazards=2, photos=2),
    act="复查",
    also_missing=officers.lacking,
    form=FORM,
    offer=_offer,
    gather=_gather,
    many=True,
)
