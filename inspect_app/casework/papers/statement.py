"""并案说明, 撤销说明, 更正说明: what became of hazards that stand on papers out there, or what one of those papers had wrong.

A correction takes the place of the paper it corrects and carries all its lines; an order is replaced only by another order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated
from uuid import UUID

from inspect_app.casework.dossier.dossier import Dossier
from inspect_app.hazards import queries as hazards
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.queries import LogLine
from inspect_app.hazards.rules import Step
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Faults
from inspect_app.papers import queries
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
    day_cn,
)
from inspect_app.papers.kinds import DocumentNumber, Geometry, PublicWords, Sample, To
from inspect_app.papers.models import Paper
from inspect_app.papers.sketch import Sketch
from inspect_app.papers.standing import PaperStanding
from inspect_app.people.rules import Role

from . import parts
from .entry import Asks, Gathered, Offer, PaperKind, PaperQuestion, QuestionGroup, Wanted, read_form
from .letters import SIGNING, signed_off
from .restating import CORRECTED, said_of, what_may_be_stated

TITLES = {"merged": "并案说明", "voided": "撤销说明", CORRECTED: "更正说明"}


@dataclass(frozen=True)
class StatementLine(HazardLine):
    """One hazard with what became of it, why, and who decided it."""

    happened: Annotated[str, Printed("怎么处理", needed=True)] = field(kw_only=True)
    reason: Annotated[str, Printed("理由")] = field(kw_only=True)
    decided: Annotated[str, Printed("谁办的")] = field(kw_only=True)


@dataclass(frozen=True)
class StatementContent(ContentPart):
    """What a statement says."""

    issuer: Issuer
    side: Side
    title: Annotated[str, Silent(lacking="文书名称")]
    addressee: Addressee
    place_name: PlaceName
    place_address: PlaceAddress
    lines: Annotated[Sequence[StatementLine], Silent(lacking="隐患")]
    remark: Annotated[str, Printed("说明")]
    signed_off_by: SignedOffBy
    phone: Phone
    copies: Copies = ()
    replaces: Annotated[str, Printed("代替", if_any=True)] = ""


FORM = (
    QuestionGroup(
        "说明什么",
        (
            PaperQuestion("about", "说明什么", Asks.CHOICE),
            PaperQuestion("remark", "另外要说的", Asks.WORDS, optional=True),
        ),
        hint="更正说明代替原来那张，上面的每一条都按现在的写。",
    ),
    SIGNING,
)


def _gather(wanted: Wanted) -> Gathered:
    """Raises Refused where nothing of the kind happened to one of them, or the paper is not the office's own."""
    faults = Faults()
    said = read_form(FORM, wanted.typed, faults)
    case, _, paper_id = said["about"].partition(":")
    stated = {hazard.id: what_may_be_stated(hazard, wanted.issuer.id) for hazard in wanted.hazards}
    # A correction is of one of the lines of its paper; the others are carried along as they are.
    some = any if case == CORRECTED else all
    faults.need(some(said["about"] in options for options in stated.values()), "请选说明什么。", "about")
    faults.refuse()
    old = db.session.get_one(Paper, UUID(paper_id)) if paper_id else None
    content = StatementContent(
        **parts.to_office(wanted.head, _addressee(wanted, old)),
        title=TITLES[case],
        lines=[_line(hazard, case, old) for hazard in wanted.hazards],
        remark=said["remark"],
        replaces=old.number if old else "",
        **signed_off(said),
    )
    return Gathered(content, replaces_id=old.id if old else None, replaces=content.replaces)


def _addressee(wanted: Wanted, old: Paper | None) -> str:
    """Whom the corrected paper was addressed to; else who answers for the place."""
    return str(old.content["addressee"]) if old else parts.party_of(wanted.hazard) or wanted.premises.name


def _line(hazard: Hazard, case: str, old: Paper | None) -> StatementLine:
    happened, line = said_of(hazard, case, since=old)
    words = line.words or {} if line else {}
    return StatementLine(
        **parts.line_facts(hazard, None) | {"photos": [], "photos_not_printed": 0},
        happened=happened,
        reason=str(words.get("reason") or ""),
        decided=_decided(hazard, line),
    )


def _decided(hazard: Hazard, line: LogLine | None) -> str:
    """Who did it and when; of what takes two persons, both."""
    if line is None:
        return ""
    first, on = parts.name_of(line.event.person_id), _day(line)
    second = _CONFIRMED_BY.get(Step(line.event.step))
    done = next((one for one in hazards.log_of(hazard) if one.event.step == second), None) if second else None
    if done is None:
        return f"{first}，{on}"
    return f"{first}提出，{parts.name_of(done.event.person_id)}{_day(done)}确认"


def _day(line: LogLine) -> str:
    return day_cn(clock.local_date(line.event.at).isoformat())


_CONFIRMED_BY = {Step.ASK_MERGE: Step.MERGE, Step.ASK_VOID: Step.VOID}


def _beside(_hazard: Hazard, typed: Mapping[str, str]) -> Sequence[UUID]:
    """All hazards of the paper that is corrected."""
    case, _, paper_id = typed.get("about", "").partition(":")
    try:
        return queries.hazards_on(UUID(paper_id)) if case == CORRECTED else ()
    except ValueError:
        return ()


def _offer(dossier: Dossier) -> Offer | None:
    """For the desk, of what was merged, taken back, or stands wrong on a paper of its own."""
    if dossier.scope.role is not Role.SUPERVISOR:
        return None
    options = what_may_be_stated(dossier.hazard, dossier.scope.organisation_id, dossier=dossier)
    if not options:
        return None
    stated = any(row.kind == ENTRY.code and dossier.standings[row.id] is PaperStanding.STANDS for row in dossier.sheets)
    only = next(iter(options)) if len(options) == 1 else ""
    return Offer(
        "出说明",
        opens=f"出{'、'.join(dict.fromkeys(TITLES[one.partition(':')[0]] for one in options))}",
        proposed={"about": only},
        options={"about": list(options.items())},
        likely=0 if stated else 2,
    )


def _sample(sketch: Sketch) -> StatementContent:
    return StatementContent(
        **sketch.head(),
        title=TITLES[CORRECTED],
        lines=sketch.lines(
            StatementLine,
            photos=[],
            due_on="",
            happened="位置由“后门”更正为“厨房”",
            reason="走访时记错了位置",
            decided="李敏，2026年11月20日",
        ),
        remark="给您带来不便，请谅解。原来那张不用再照着办。",
        signed_off_by="周海（副主任）",
        copies=["青澜区城市管理局"],
        replaces="柳荫人大工委提示单 2026-0037",
    )


ENTRY = PaperKind(
    code="statement",
    title="并案、撤销、更正说明",
    list_name="说明",
    side="both",
    numbering=DocumentNumber("说"),
    to=To.OFFICE,
    content=StatementContent,
    geometry=Geometry.SLIP,
    sealed=True,
    public=PublicWords(asks="还有 {n} 处没有办结。"),
    sample=Sample(_sample, serial=2, hazards=1, photos=0),
    form=FORM,
    offer=_offer,
    gather=_gather,
    many=True,
    beside=_beside,
)
