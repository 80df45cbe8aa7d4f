"""整改通知书: the order of the competent handler, on its own inspection, within a power of its list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated

from inspect_app.casework import orders
from inspect_app.casework.dossier.dossier import Dossier
from inspect_app.hazards.actions import ordering
from inspect_app.hazards.case import case_of
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Actor, Step, decide, open_steps
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Faults, Refused
from inspect_app.kernel.limits import whole
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
    each,
)
from inspect_app.papers.kinds import DocumentNumber, Geometry, Sample, To, printable_bases
from inspect_app.papers.models import Paper
from inspect_app.papers.sketch import Sketch
from inspect_app.people.models import Organisation, OrganisationOfficer
from inspect_app.people.rules import Power
from inspect_app.premises.models import Party

from . import officers, parts
from .entry import Asks, Gathered, Offer, PaperKind, PaperQuestion, QuestionGroup, Wanted, ahead, of_line, read_form


@dataclass(frozen=True)
class NoticeLine(HazardLine):
    """One hazard on a notice."""

    basis: Annotated[Sequence[str], Printed("违反的规定", each, needed=True)]
    due_on: Annotated[str, Printed("整改期限", day, needed=True)]


@dataclass(frozen=True)
class NoticeContent(ContentPart):
    """What a notice says."""

    issuer: Issuer
    side: Side
    title: Annotated[str, Silent(lacking="文书名称（在单位设置里填）")]
    addressee: Addressee
    identity: Annotated[str, Printed("被责令人的身份", needed=True)]
    inspected_on: Annotated[str, Printed("检查日期", day, needed=True)]
    inspected_at: Annotated[str, Printed("检查地点", needed=True)]
    record: Annotated[str, Printed("检查记录", lacking="检查记录编号")]
    power_basis: Annotated[str, Printed("职权依据", needed=True)]
    place_name: PlaceName
    place_address: PlaceAddress
    lines: Annotated[Sequence[NoticeLine], Silent(lacking="隐患")]
    requirement: Annotated[str, Printed("整改要求", needed=True)]
    interim: Annotated[str, Printed("整改期间的防范措施")]
    consequence: Annotated[str, Printed("不改正的后果", lacking="不改正的后果（在单位设置里填）")]
    replaces: Annotated[str, Printed("代替")]
    section: Annotated[str, Printed("承办机构")]
    officers: Annotated[Sequence[Plain], Printed("承办人员", officers.said, needed=True)]
    remedies: Annotated[str, Printed("救济途径", lacking="复议机关和人民法院（在单位设置里填）")]
    contact_address: Annotated[str, Printed("联系地址", lacking="联系地址（在单位设置里填）")]
    phone: Phone


FORM = (
    QuestionGroup(
        "本单位的检查",
        (
            PaperQuestion("inspected_on", "哪天检查的", Asks.DAY, called="检查日期"),
            PaperQuestion("inspected_at", "检查地点", own=True),
            PaperQuestion("record", "检查记录编号"),
            *officers.QUESTIONS,
        ),
        hint="没有自己到现场检查过的，不能出责令文书，请用转办或提示。",
    ),
    QuestionGroup(
        "责令的内容",
        (
            PaperQuestion(
                "identity", "被责令人的身份", hint="统一社会信用代码；没有执照的写经营者姓名和“未办照”", own=True
            ),
            PaperQuestion("basis", "违反的规定（一行一条）", Asks.WORDS, called="违反的规定", each=True),
            PaperQuestion("requirement", "整改要求", Asks.WORDS, hint="要做到什么", own=True),
            PaperQuestion("interim", "整改期间的防范措施", Asks.WORDS, optional=True),
            PaperQuestion("due_on", "整改期限", Asks.DAY, counted=True, each=True),
            PaperQuestion("section", "承办机构", optional=True),
        ),
    ),
)


def _gather(wanted: Wanted) -> Gathered:
    """Raises NotAllowed before anything else for who may not order here, then Refused with all that is missing."""
    hazards, actor = wanted.hazards, wanted.actor
    for hazard in hazards:
        decide(case_of(hazard), Step.ORDER, actor)
    bases = list(dict.fromkeys(ordering.power_of(hazard, actor).basis for hazard in hazards))
    replaces = whole(wanted.typed.get("replaces", ""), "line", "replaces")
    old = _replaced(hazards, replaces, actor)
    faults = Faults()
    said = read_form(FORM, wanted.typed, faults, hazards)
    ahead(said, FORM, faults, wanted)
    signing = faults.of(ordering.chosen_officers, actor.organisation_id, officers.chosen(said)) or []
    faults.refuse()
    content = _content(wanted, said, signing, "、".join(bases), replaces)
    orders_made = [(hazard, _order(hazard, said, signing, content)) for hazard in hazards]

    def order_all(paper: Paper) -> None:
        for hazard, made in orders_made:
            ordering.order(hazard, actor, replace(made, number=paper.number))

    return Gathered(content, [made.due_on for _, made in orders_made], old.id if old else None, replaces, order_all)


def _replaced(hazards: Sequence[Hazard], number: str, actor: Actor) -> Paper | None:
    """The paper that this one takes the place of. Raises Refused where a hazard has another order, and where one that the
    old paper still orders on would be left without."""
    for hazard in hazards:
        ordering.check_replacement(hazard, number if hazard.order_number else "")
    if number and not any(hazard.order_number for hazard in hazards):
        ordering.check_replacement(hazards[0], number)
    old = orders.own_order(number, actor)
    if old is not None:
        here = {hazard.id for hazard in hazards}
        left = [row for _, row in queries.lines(old) if row.order_number == number and row.id not in here]
        if left:
            raise Refused(f"{number}还管着这家的另外 {len(left)} 条，请一起写进来，再代替它。", field="replaces")
    return old


def _content(
    wanted: Wanted, said: Mapping[str, str], signing: list[OrganisationOfficer], power_basis: str, replaces: str
) -> NoticeContent:
    """What the sheet prints. What the settings leave empty stays empty here, and is named as missing."""
    issuer = wanted.issuer
    title = issuer.order_title or orders.TITLE
    return NoticeContent(
        **wanted.head,
        title=title,
        identity=said["identity"],
        inspected_on=said["inspected_on"],
        inspected_at=said["inspected_at"],
        record=said["record"],
        power_basis=power_basis,
        lines=[_line(hazard, said) for hazard in wanted.hazards],
        requirement=said["requirement"],
        interim=said["interim"],
        consequence=issuer.consequence,
        replaces=replaces,
        section=said["section"],
        officers=officers.frozen(signing),
        remedies=orders.remedies(issuer, title),
        contact_address=issuer.address,
    )


def _line(hazard: Hazard, said: Mapping[str, str]) -> NoticeLine:
    line = NoticeLine(**parts.line_facts(hazard, date.fromisoformat(said[of_line("due_on", hazard)])))
    bases = said[of_line("basis", hazard)].splitlines()
    return replace(line, basis=[part.strip() for part in bases if part.strip()])


def _order(
    hazard: Hazard, said: Mapping[str, str], signing: Sequence[OrganisationOfficer], content: NoticeContent
) -> ordering.Order:
    """The step that the paper is the sheet of, before it has a number."""
    return ordering.Order(
        title=content.title,
        number="",
        due_on=date.fromisoformat(said[of_line("due_on", hazard)]),
        officers=[row.id for row in signing],
        inspection=ordering.Inspection(date.fromisoformat(said["inspected_on"]), content.inspected_at, content.record),
        requirement=content.requirement,
        remedies=content.remedies,
        replaces=hazard.order_number or "",
    )


def _offer(dossier: Dossier) -> Offer | None:
    """A form for whoever may order on this hazard now, filled with what is known."""
    hazard, me = dossier.hazard, dossier.me
    if Step.ORDER not in open_steps(dossier.case, me) or me.organisation_id is None:
        return None
    office = dossier.register.organisations[me.organisation_id]
    offered = officers.options(office.id)
    live = hazard.order_number or ""
    only_one = f"一件隐患只有一份有效的。新的一份写明代替{live}，那一份就不再有效。"
    return Offer(
        button=f"出一份代替{live}" if live else f"出{office.order_title or orders.TITLE}",
        opens=f"另出一份代替{live}" if live else "",
        proposed=_proposed(dossier, office),
        options=offered,
        hints=[*([only_one] if live else []), f"职权依据：{ordering.power_of(hazard, me).basis}"],
        lacking=_lacking(office, len(offered["officer_1"])),
        replaces=live,
        likely=0 if live else 2,
    )


def proposed_for(hazard: Hazard) -> dict[str, str]:
    """What is known of one hazard: its date, what was breached, the advice of the finding as what to do."""
    return {
        "due_on": parts.iso(hazard.mending_on),
        "basis": "\n".join(printable_bases(hazard.finding.get("basis") or [])),
        "requirement": "；".join(hazard.finding.get("advice") or []),
    }


def _fits(hazard: Hazard, me: Actor) -> bool:
    """Whether this office has the hazard, may order in its field, and has not yet."""
    ours = hazard.handler_id == me.organisation_id and me.may(Power.ORDER_NOTICE, hazard.field)
    return ours and not hazard.order_number


def _proposed(dossier: Dossier, office: Organisation) -> dict[str, str]:
    """What is known of the hazard, the place as where it was inspected, the party as who is ordered."""
    hazard, premises = dossier.hazard, dossier.premises
    party = db.session.get(Party, hazard.party_id) if hazard.party_id else None
    return proposed_for(hazard) | {
        "inspected_at": f"{premises.address}，{premises.name}",
        "identity": f"统一社会信用代码 {party.credit_code}" if party and party.credit_code else "",
        "section": office.section,
    }


def _lacking(office: Organisation, listed: int) -> list[str]:
    """What an administrator has to set up before this organisation can order at all."""
    wanted = {
        "逾期不改正的后果": office.consequence,
        "复议机关": office.review_body,
        "人民法院": office.court,
        "联系地址": office.address,
        "联系电话": office.phone,
    }
    lacking = [name for name, value in wanted.items() if not value]
    return lacking if listed > 1 else [*lacking, "两名执法人员"]


_SAMPLE_REQUIREMENTS = (
    "立即停用没有报警器的灶台，安装后再用。",
    "清走后门和通道里的杂物，保持通道畅通。",
    "大功率电器各用固定插座。",
)


def _sample(sketch: Sketch) -> NoticeContent:
    return NoticeContent(
        **sketch.head(),
        title="责令限期改正通知书",
        identity="统一社会信用代码 92000000MA0000000X",
        inspected_on="2026-11-23",
        inspected_at=f"{sketch.place_address}，{sketch.place_name}",
        record="检〔2026〕118号",
        power_basis="《中华人民共和国安全生产法》第九条第二款",
        lines=sketch.lines(NoticeLine),
        requirement="\n".join(_SAMPLE_REQUIREMENTS[: sketch.hazards]),
        interim="整改前停用后厨东侧灶台。",
        consequence="逾期不改正的，我单位将依法处理。",
        replaces="",
        section="应急管理和消防一体化工作站",
        officers=[{"name": "李赟", "card": "示例 001"}, {"name": "周玥", "card": "示例 002"}],
        remedies="如不服本责令限期改正通知书，可以自收到之日起六十日内向青澜区人民政府申请行政复议，也可以自收到之日起六个月内向青澜区人民法院提起行政诉讼。",
        contact_address="青澜区柳荫路 8 号",
    )


ENTRY = PaperKind(
    code="notice",
    title=orders.TITLE,
    list_name="整改通知书",
    side="government",
    power=Power.ORDER_NOTICE,
    numbering=DocumentNumber("整"),
    to=To.PARTY,
    content=NoticeContent,
    geometry=Geometry.LETTER,
    sealed=True,
    ways=("in_person", "post", "left", "electronic"),
    is_order=True,
    sample=Sample(_sample, serial=12),
    also_missing=officers.lacking,
    form=FORM,
    offer=_offer,
    gather=_gather,
    many=True,
    for_many=True,
    fits=_fits,
    proposed_for=proposed_for,
)
