"""疑似重大隐患提请认定函: to the authority that holds the power to determine in the field; it is the step 提请认定.

We only suspect (domain-review P1): the paper says 疑似重大 and why, and asks. What it is, the authority says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated
from uuid import UUID

from inspect_app.casework.dossier.dossier import Dossier
from inspect_app.hazards.actions import flagging
from inspect_app.hazards.case import case_of
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import GRADE_NAMES, Grade, Step, decide, open_steps
from inspect_app.kernel.citing import citation
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
    each,
)
from inspect_app.papers.kinds import DocumentNumber, Geometry, PublicWords, Sample, To
from inspect_app.papers.models import Paper
from inspect_app.papers.sketch import Sketch
from inspect_app.people.models import Organisation

from . import parts
from .entry import Asks, Gathered, Offer, PaperKind, PaperQuestion, QuestionGroup, Wanted, read_form
from .letters import SIGNING, signed_off


@dataclass(frozen=True)
class DeterminationLine(HazardLine):
    """One hazard that is suspected, with what it was held against."""

    basis: Annotated[Sequence[str], Printed("参考依据", each)]
    suspicion: Annotated[Sequence[str], Printed("为什么疑似", each)] = field(kw_only=True)


@dataclass(frozen=True)
class DeterminationContent(ContentPart):
    """What a letter that asks for a determination says."""

    issuer: Issuer
    side: Side
    addressee: Addressee
    place_name: PlaceName
    place_address: PlaceAddress
    lines: Annotated[Sequence[DeterminationLine], Silent(lacking="隐患")]
    reason: Annotated[str, Printed("提请的理由", needed=True)]
    signed_off_by: SignedOffBy
    phone: Phone
    copies: Copies = ()


FORM = (
    QuestionGroup(
        "提请认定",
        (
            PaperQuestion("authority_id", "认定机关", Asks.CHOICE, hint="只列在这个领域登记了认定职权的"),
            PaperQuestion("reason", "提请的理由", Asks.WORDS, hint="看到了什么，为什么疑似重大"),
        ),
        hint="出了这张函就办了提请认定，不用再办一次。",
    ),
    SIGNING,
)


def _gather(wanted: Wanted) -> Gathered:
    """Raises NotAllowed for who may not refer, Refused for an authority that may not determine all of them."""
    for hazard in wanted.hazards:
        decide(case_of(hazard), Step.REFER, wanted.actor)
    faults = Faults()
    said = read_form(FORM, wanted.typed, faults)
    authority = _competent(wanted.hazards).get(said["authority_id"])
    faults.need(authority is not None, "请选一个在这个领域有认定职权的机关。", "authority_id")
    faults.refuse()
    assert authority is not None
    content = DeterminationContent(
        **parts.to_office(wanted.head, authority.name),
        lines=[_line(hazard) for hazard in wanted.hazards],
        reason=said["reason"],
        **signed_off(said),
    )
    return Gathered(content, then=lambda paper: _refer(wanted, authority.id, said, paper))


def _competent(hazards: Sequence[Hazard]) -> Mapping[str, Organisation]:
    """The offices that may determine every one of them, by their ids."""
    first, *others = ({str(row.id): row for row in flagging.authorities(hazard)} for hazard in hazards)
    return {key: row for key, row in first.items() if all(key in more for more in others)}


def _line(hazard: Hazard) -> DeterminationLine:
    """With the rules that made it suspected; a criterion is cited where its text was checked."""
    facts = parts.line_facts(hazard, None) | {"grade": GRADE_NAMES[Grade.SUSPECTED_MAJOR]}
    return DeterminationLine(**facts, suspicion=[_why(one) for one in hazard.finding.get("suspicion") or ()])


def _why(rule: Mapping[str, object]) -> str:
    found, basis = rule.get("because"), rule.get("basis")
    seen = "；".join(str(one) for one in found) if isinstance(found, list) and found else str(rule.get("title") or "")
    if not isinstance(basis, Mapping) or basis.get("mark") != "✔":
        return seen
    cited = citation(str(basis["document"]), str(basis.get("number") or ""), str(basis.get("article") or ""))
    return f"{seen}（对照{cited}）"


def _refer(wanted: Wanted, authority: UUID, said: Mapping[str, str], paper: Paper) -> None:
    reason = f"{said['reason']}（{paper.number}）"
    for hazard in wanted.hazards:
        flagging.refer(hazard, wanted.actor, authority_id=authority, reason=reason)


def _offer(dossier: Dossier) -> Offer | None:
    """For the desk, while nobody was asked; likely where it is suspected already."""
    if Step.REFER not in open_steps(dossier.case, dossier.me):
        return None
    suspected = dossier.hazard.grade == Grade.SUSPECTED_MAJOR
    authorities = dossier.authorities
    return Offer(
        "出提请认定函",
        proposed={
            "authority_id": str(authorities[0].id) if len(authorities) == 1 else "",
            "reason": str(dossier.hazard.finding.get("suspected_reason") or ""),
        },
        options={"authority_id": [(str(row.id), row.name) for row in authorities]},
        likely=3 if suspected else 0,
    )


def _sample(sketch: Sketch) -> DeterminationContent:
    return DeterminationContent(
        **sketch.head("青澜区消防救援大队"),
        lines=sketch.lines(
            DeterminationLine, grade="疑似重大", suspicion=["厨房用瓶装气，没有装可燃气体报警装置，灶台正在使用"]
        ),
        reason="厨房、就餐区相通，营业时同时就餐约 60 人，后门打不开。",
        signed_off_by="李敏（主任）",
        copies=["青澜区人大常委会社会建设工作委员会"],
    )


ENTRY = PaperKind(
    code="determination",
    title="疑似重大隐患提请认定函",
    list_name="提请认定函",
    side="both",
    numbering=DocumentNumber("认"),
    to=To.OFFICE,
    content=DeterminationContent,
    geometry=Geometry.LETTER,
    sealed=True,
    public=PublicWords(asks="有 {n} 处疑似重大，还没有办结，请认定机关答复。"),
    sample=Sample(_sample, serial=1, hazards=1, photos=2),
    act="提请认定",
    form=FORM,
    offer=_offer,
    gather=_gather,
    many=True,
)
