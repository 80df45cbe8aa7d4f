"""挂牌督办通知书: an office that holds the power lists what an authority has determined as major; it is the step 挂牌督办.

Only 已认定为重大 is listed, by who holds the power in that field (domain-review P3), with the five things a listing lays down.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from inspect_app.casework.dossier.dossier import Dossier
from inspect_app.hazards import queries as hazards
from inspect_app.hazards.actions import flagging
from inspect_app.hazards.case import case_of
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Step, decide, open_steps
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Faults
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
from inspect_app.papers.models import Paper
from inspect_app.papers.sketch import Sketch
from inspect_app.people import powers
from inspect_app.people.models import Organisation
from inspect_app.people.rules import Power

from . import parts
from .entry import Asks, Gathered, Offer, PaperKind, PaperQuestion, QuestionGroup, Wanted, read_form
from .letters import SIGNING, signed_off


@dataclass(frozen=True)
class ListingLine(HazardLine):
    """One hazard that is listed."""

    due_on: Annotated[str, Printed("整改期限", day)]


@dataclass(frozen=True)
class ListingContent(ContentPart):
    """What a notice of listing says."""

    issuer: Issuer
    side: Side
    addressee: Addressee
    place_name: PlaceName
    place_address: PlaceAddress
    determined_by: Annotated[str, Printed("认定机关和文号", needed=True)]
    power_basis: Annotated[str, Printed("职权依据", needed=True)]
    lines: Annotated[Sequence[ListingLine], Silent(lacking="隐患")]
    duty: Annotated[str, Printed("责任", needed=True)]
    measures: Annotated[str, Printed("措施", needed=True)]
    money: Annotated[str, Printed("资金", needed=True)]
    time: Annotated[str, Printed("时限", needed=True)]
    plan: Annotated[str, Printed("预案", needed=True)]
    signed_off_by: SignedOffBy
    phone: Phone
    copies: Copies = ()


FORM = (
    QuestionGroup(
        "挂牌督办",
        (
            PaperQuestion("duty", "责任", Asks.WORDS, hint="谁负责整改，谁负责督办"),
            PaperQuestion("measures", "措施", Asks.WORDS),
            PaperQuestion("money", "资金", Asks.WORDS),
            PaperQuestion("time", "时限", Asks.WORDS),
            PaperQuestion("plan", "预案", Asks.WORDS),
        ),
        hint="出了这份就办了挂牌督办，不用再办一次。",
    ),
    SIGNING,
)


def _gather(wanted: Wanted) -> Gathered:
    """Raises NotAllowed before anything else for who may not list here, Refused for what is not determined as major."""
    for hazard in wanted.hazards:
        decide(case_of(hazard), Step.LIST, wanted.actor)
    faults = Faults()
    said = read_form(FORM, wanted.typed, faults)
    faults.refuse()
    content = ListingContent(
        **wanted.head,
        determined_by="；".join(dict.fromkeys(_determined(hazard) for hazard in wanted.hazards)),
        power_basis="、".join(dict.fromkeys(_basis(hazard, wanted.issuer) for hazard in wanted.hazards)),
        lines=[ListingLine(**parts.line_facts(hazard, hazard.mending_on)) for hazard in wanted.hazards],
        **{field: said[field] for field in flagging.MEASURES.values()},
        **signed_off(said),
    )
    dates = [hazard.mending_on for hazard in wanted.hazards]
    return Gathered(content, dates, then=lambda paper: _list(wanted, said, paper))


def _determined(hazard: Hazard) -> str:
    """Who determined it as major, by which number."""
    line = next((one for one in hazards.log_of(hazard) if one.event.step == Step.DETERMINE), None)
    number = str(line.event.body["facts"].get("number") or "") if line else ""
    office = db.session.get(Organisation, hazard.determined_by_id) if hazard.determined_by_id else None
    return f"{office.name}（{number}）" if office and number else office.name if office else number


def _basis(hazard: Hazard, issuer: Organisation) -> str:
    held = powers.power_held(issuer.id, Power.LIST_SUPERVISION, hazard.field, clock.today())
    return held.basis if held else ""


def _list(wanted: Wanted, said: Mapping[str, str], paper: Paper) -> None:
    measures = {name: said[field] for name, field in flagging.MEASURES.items()}
    for hazard in wanted.hazards:
        flagging.put_under_list(
            hazard,
            wanted.actor,
            authority_id=wanted.issuer.id,
            number=paper.number,
            on=paper.issued_on,
            measures=measures,
        )


def _offer(dossier: Dossier) -> Offer | None:
    """For an office that may list the hazard now."""
    if Step.LIST not in open_steps(dossier.case, dossier.me):
        return None
    return Offer("出挂牌督办通知书", likely=2)


def _sample(sketch: Sketch) -> ListingContent:
    return ListingContent(
        **sketch.head(),
        determined_by="青澜区消防救援大队（青消认〔2026〕1号）",
        power_basis="《中华人民共和国安全生产法》第四十一条第三款",
        lines=sketch.lines(ListingLine, grade="重大（已认定）"),
        duty="店主王喆堃负责整改，柳荫街道办事处负责督办。",
        measures="停用后厨东侧灶台，安装可燃气体报警装置，打通后门。",
        money="由店主自筹 6000 元。",
        time="2026年11月30日前完成。",
        plan="发现泄漏立即关阀、断电、疏散，打 119。",
        signed_off_by="孙宁（副主任）",
        copies=["青澜区消防救援大队"],
    )


ENTRY = PaperKind(
    code="listing",
    title="挂牌督办通知书",
    list_name="挂牌督办通知书",
    side="government",
    power=Power.LIST_SUPERVISION,
    numbering=DocumentNumber("督"),
    to=To.PARTY,
    content=ListingContent,
    geometry=Geometry.LETTER,
    sealed=True,
    ways=("in_person", "post", "left", "electronic"),
    starts_dates=False,
    public=PublicWords(asks="有 {n} 处在挂牌督办，请按期改好，改好后打电话告诉我们。"),
    sample=Sample(_sample, serial=1, hazards=1, photos=1),
    act="挂牌督办",
    form=FORM,
    offer=_offer,
    gather=_gather,
    many=True,
)
