"""延期申请: the office that has hazards of one place asks the office that set their dates for later ones; it is the step 申请延期.

What stands in for a rule: reason, new date, what protects meanwhile (domain.md 5.3: no article, the basis stays empty).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Annotated

from inspect_app.casework.dossier.dossier import Dossier
from inspect_app.hazards.actions import requesting
from inspect_app.hazards.case import case_of
from inspect_app.hazards.clocks import ClockKind
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Step, decide, open_steps
from inspect_app.hazards.standing import sets_mending, who_sets
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
from inspect_app.papers.models import Paper
from inspect_app.papers.sketch import HANDLER, Sketch
from inspect_app.people.models import Organisation

from . import parts
from .entry import Asks, Gathered, Offer, PaperKind, PaperQuestion, QuestionGroup, Wanted, of_line, read_form
from .letters import SIGNING, signed_off

_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class ExtensionLine(HazardLine):
    """One hazard whose date is asked to be later."""

    due_on: Annotated[str, Printed("现在的整改期限", day, needed=True)]
    until: Annotated[str, Printed("申请延到", day, needed=True)] = field(kw_only=True)


@dataclass(frozen=True)
class ExtensionContent(ContentPart):
    """What an application for a later date says."""

    issuer: Issuer
    side: Side
    addressee: Addressee
    place_name: PlaceName
    place_address: PlaceAddress
    lines: Annotated[Sequence[ExtensionLine], Silent(lacking="隐患")]
    reason: Annotated[str, Printed("理由", needed=True)]
    interim: Annotated[str, Printed("延期期间的防范措施", needed=True)]
    signed_off_by: SignedOffBy
    phone: Phone
    copies: Copies = ()


FORM = (
    QuestionGroup(
        "申请延期",
        (
            PaperQuestion("until", "延到哪天", Asks.DAY, called="延期的日子", counted=True, each=True),
            PaperQuestion("reason", "理由", Asks.WORDS),
            PaperQuestion("interim", "这段时间怎么防范", Asks.WORDS, hint="例如：停用这一路线，每天打烊断电"),
        ),
        hint="出了这份就办了申请延期，不用再申请一次。",
    ),
    SIGNING,
)


def _gather(wanted: Wanted) -> Gathered:
    """Raises NotAllowed for who may not ask, Refused where the date is one's own office's, or those of several offices."""
    for hazard in wanted.hazards:
        decide(case_of(hazard), Step.ASK_EXTENSION, wanted.actor)
    asked = {sets_mending(hazard) for hazard in wanted.hazards}
    office = db.session.get(Organisation, one) if len(asked) == 1 and (one := asked.pop()) else None
    if office is None or office.id == wanted.issuer.id:
        raise Refused("整改期限不是别的单位定的，不用出延期申请，直接办“申请延期”。")
    faults = Faults()
    said = read_form(FORM, wanted.typed, faults, wanted.hazards)
    faults.refuse()
    content = ExtensionContent(
        **parts.to_office(wanted.head, office.name),
        lines=[_line(hazard, said) for hazard in wanted.hazards],
        reason=said["reason"],
        interim=said["interim"],
        **signed_off(said),
    )
    dates = [hazard.mending_on for hazard in wanted.hazards]
    return Gathered(content, dates, then=lambda paper: _ask(wanted, said, paper))


def _line(hazard: Hazard, said: Mapping[str, str]) -> ExtensionLine:
    return ExtensionLine(**parts.line_facts(hazard, hazard.mending_on), until=said[of_line("until", hazard)])


def _ask(wanted: Wanted, said: Mapping[str, str], paper: Paper) -> None:
    for hazard in wanted.hazards:
        until = date.fromisoformat(said[of_line("until", hazard)])
        reason = f"{said['reason']}（{paper.number}）"
        requesting.ask_extension(hazard, wanted.actor, until=until, reason=reason, interim=said["interim"])


def _set_by_another(dossier: Dossier) -> bool:
    office = who_sets(dossier.hazard, dossier.records.clock(ClockKind.MENDING))
    return office is not None and office != dossier.me.organisation_id


def _offer(dossier: Dossier) -> Offer | None:
    """For an office that has the hazard, where another one set the date."""
    hazard, me = dossier.hazard, dossier.me
    if Step.ASK_EXTENSION not in open_steps(dossier.case, me) or not _set_by_another(dossier):
        return None
    until = max(hazard.mending_on or clock.today(), clock.today()) + _WEEK
    return Offer("出延期申请", proposed={"until": until.isoformat()})


def _sample(sketch: Sketch) -> ExtensionContent:
    return ExtensionContent(
        **sketch.head(HANDLER),
        lines=sketch.lines(ExtensionLine, until="2026-12-10"),
        reason="报警器的配件要从厂家调，预计 12 月 5 日到货。",
        interim="停用后厨东侧灶台，每天打烊关总阀并断电，由店长签字。",
        signed_off_by="孙宁（副主任）",
        copies=[],
    )


ENTRY = PaperKind(
    code="extension",
    title="延期申请",
    list_name="延期申请",
    side="government",
    numbering=DocumentNumber("延"),
    to=To.OFFICE,
    content=ExtensionContent,
    geometry=Geometry.LETTER,
    sealed=True,
    public=PublicWords(asks="有 {n} 处申请延期整改，请答复。"),
    sample=Sample(_sample, serial=2, hazards=1, photos=1),
    act="延期申请",
    form=FORM,
    offer=_offer,
    gather=_gather,
    many=True,
)
