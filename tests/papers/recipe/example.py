"""示例函: the desk reminds the office that has a hazard. File 1 of the recipe: inspect_app/casework/papers/example.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from inspect_app.casework.dossier.dossier import Dossier
from inspect_app.hazards.rules import State
from inspect_app.kernel.errors import Faults, Refused
from inspect_app.papers.content import (
    Addressee,
    ContentPart,
    HazardLine,
    Issuer,
    Phone,
    PlaceAddress,
    PlaceName,
    Printed,
    Side,
    Silent,
    day,
)
from inspect_app.papers.kinds import DocumentNumber, Geometry, PublicWords, Sample, To
from inspect_app.papers.sketch import Sketch
from inspect_app.people.rules import Role

from . import parts
from .entry import Asks, Gathered, Offer, PaperKind, PaperQuestion, QuestionGroup, Wanted, read_form


@dataclass(frozen=True)
class ExampleLine(HazardLine):
    due_on: Annotated[str, Printed("整改期限", day, needed=True)]


@dataclass(frozen=True)
class ExampleContent(ContentPart):
    issuer: Issuer
    side: Side
    addressee: Addressee
    place_name: PlaceName
    place_address: PlaceAddress
    lines: Annotated[Sequence[ExampleLine], Silent(lacking="隐患")]
    matter: Annotated[str, Printed("示例事项", needed=True)]
    answer_by: Annotated[str, Printed("请在这天前回复", day, needed=True)]
    phone: Phone


FORM = (
    QuestionGroup(
        "示例",
        (
            PaperQuestion("matter", "示例事项", Asks.WORDS, hint="请对方办什么"),
            PaperQuestion("answer_by", "请在哪天前回复", Asks.DAY, called="回复的日子", counted=True),
        ),
    ),
)


def _gather(wanted: Wanted) -> Gathered:
    if wanted.hazard.state != State.RECTIFYING:
        raise Refused("这一件现在不在整改，不用示例函。")
    faults = Faults()
    said = read_form(FORM, wanted.typed, faults)
    faults.refuse()
    due_on = wanted.hazard.mending_on
    content = ExampleContent(
        **wanted.head,
        lines=[ExampleLine(**parts.line_facts(wanted.hazard, due_on))],
        matter=said["matter"],
        answer_by=said["answer_by"],
    )
    return Gathered(content, [due_on])


def _offer(dossier: Dossier) -> Offer | None:
    """For the desk, while an office has the hazard."""
    if dossier.scope.role is not Role.SUPERVISOR or dossier.hazard.state != State.RECTIFYING:
        return None
    return Offer("出示例函", proposed={"matter": "请按期办好并回复。"})


def _sample(sketch: Sketch) -> ExampleContent:
    return ExampleContent(
        **sketch.head("青澜区城市管理局"),
        lines=sketch.lines(ExampleLine),
        matter="请在期限内督促整改，并书面回复。",
        answer_by="2026-12-03",
    )


ENTRY = PaperKind(
    code="example",
    title="示例函",
    list_name="示例函",
    side="congress",
    numbering=DocumentNumber("例"),
    to=To.HANDLER,
    content=ExampleContent,
    geometry=Geometry.LETTER,
    sealed=True,
    ways=("in_person", "post"),
    public=PublicWords(asks="有 {n} 处还没有办好，请按示例事项回复。"),
    sample=Sample(_sample, serial=3),
    form=FORM,
    offer=_offer,
    gather=_gather,
)
