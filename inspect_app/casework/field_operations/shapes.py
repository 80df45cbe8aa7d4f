"""What a phone may write down, kind by kind and version by version, as typed values. See docs/decisions/0021.

A version that was ever shipped stays readable for ever. What a newer phone adds to a payload is not named here and stays
unread; a version or a kind that is not here waits on the phone for a newer server. Whatever does not fit is refused alone.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct, field

from inspect_app.checklists.walk import Depth
from inspect_app.evidence.marks import Marking
from inspect_app.evidence.shapes import PhonePosition, Photos
from inspect_app.intake.rules import Shape
from inspect_app.kernel.limits import LIMITS
from inspect_app.kernel.shapes import read, read_what_fits
from inspect_app.premises.shapes import Facts
from inspect_app.visits.rules import HowStarted, VisitOutcome
from inspect_app.visits.shapes import Answered, Line, Note

Sha256 = Annotated[str, Meta(pattern="^([0-9a-f]{64})?$")]
Person = Annotated[str, Meta(max_length=LIMITS["person"])]
Day = Any  # read where it is used: one that is none is as if it had not been said, no visit is lost over it
Seconds = Any  # likewise
Code = Annotated[str, Meta(min_length=1, max_length=LIMITS["item"])]
Codes = Annotated[tuple[Code, ...], Meta(max_length=LIMITS["items"])]


class ReportDanger(Struct, frozen=True):
    """紧急上报. A danger is never refused: of this payload what fits is read."""

    danger: str | None = None
    where: str | None = None
    place: PhonePosition | None = None
    photos: tuple[UUID, ...] = ()


class RegisterPremises(Struct, frozen=True):
    """A new place, registered on the spot."""

    premises: UUID
    name: Annotated[str, Meta(max_length=LIMITS["place"])]
    kind: Annotated[str, Meta(max_length=LIMITS["kind"])]
    address: Annotated[str, Meta(max_length=LIMITS["address"])]
    facts: Facts | None = None
    position: PhonePosition | None = None


class Companion(Struct, frozen=True):
    """Somebody who went along: one who was chosen, or a name that was typed."""

    person_id: UUID | None = None
    name: Annotated[str, Meta(max_length=LIMITS["organisation"])] | None = None


class StartVisit(Struct, frozen=True):
    """A visit begins at a place under these versions of lists."""

    visit: UUID
    premises: UUID
    versions: Annotated[tuple[UUID, ...], Meta(max_length=LIMITS["versions"])] = ()
    how: HowStarted = HowStarted.WITH_CARD
    arranged_by: Annotated[str, Meta(max_length=LIMITS["organisation"])] | None = None
    companions: Annotated[tuple[Companion, ...], Meta(max_length=LIMITS["companions"])] | None = None
    facts: Facts | None = None
    asked_on: Day = None  # by list; older pages said one day for all


class StartWalk(StartVisit, frozen=True, kw_only=True):
    """The same since there are two depths: which, what was drawn for a deep check and by which weights."""

    depth: Depth
    deep: Annotated[tuple[Code, ...], Meta(max_length=LIMITS["deep"])] = ()
    weights: Annotated[
        dict[Code, Annotated[int, Meta(ge=-LIMITS["days"], le=LIMITS["days"])]], Meta(max_length=LIMITS["items"])
    ] = field(default_factory=dict)


class LearnFacts(Struct, frozen=True):
    """What was found out about the place while filling."""

    visit: UUID
    facts: Facts


class AnswerItem(Answered, frozen=True, kw_only=True):
    """One answer, whole; the newest is enough."""

    visit: UUID
    item: Annotated[str, Meta(min_length=1, max_length=LIMITS["item"])]
    chosen: bool | None = None


class AnswerElsewhere(AnswerItem, frozen=True, kw_only=True):
    """The same of an item that none of the visit's lists asks, with the version of the list that does: somebody saw it here
    all the same (还看到别的)."""

    version: UUID
    asked_on: Day = None


class CloseZone(Struct, frozen=True):
    """A zone of a short walk that was left: its `items` were seen where somebody looked, `not_looked` were not."""

    visit: UUID
    zone: Annotated[str, Meta(min_length=1, max_length=LIMITS["zone"])]  # a newer list may know others
    looked: bool
    items: Codes = ()
    not_looked: Codes = ()
    reason: Line | None = None
    seconds: Seconds = None
    photos: Photos = ()


class MarkPhoto(Marking, frozen=True, kw_only=True):
    """What is circled on a photo, all of it."""

    photo: UUID


class TellOutcome(Struct, frozen=True):
    """How a visit went that did not happen, or did after all."""

    visit: UUID
    outcome: Literal["inspected", "locked", "not_received", "moved", "out_of_business", "renovating", "not_found"]
    photos: Photos = ()
    note: Note | None = None
    next_try_on: Day = None
    shown_on: Day = None


class TellEnd(Struct, frozen=True):
    """The same since a visit can be ended early or thrown away."""

    visit: UUID
    outcome: VisitOutcome
    photos: Photos = ()
    note: Note | None = None
    next_try_on: Day = None
    shown_on: Day = None


class SignVisit(Struct, frozen=True):
    """A signature, drawn or with the reason for none."""

    visit: UUID
    part: Literal["deputy", "companion", "premises"]
    name: Person | None = None
    image: Annotated[str, Meta(max_length=LIMITS["signature"])] | None = None
    reason: Line | None = None
    text_sha256: Sha256 | None = None
    shown_on: Day = None


class SubmitVisit(Struct, frozen=True):
    """Handing in, with the text that was shown for signing. `outcome` where the phone throws the visit away: what was not
    void after all is not handed in over it."""

    visit: UUID
    outcome: Literal["void"] | None = None
    text_sha256: Sha256 | None = None
    text: Annotated[str, Meta(max_length=LIMITS["signed_text"])] | None = None


class LeaveSlip(Struct, frozen=True):
    """A numbered slip that was filled in by hand and left on the visit, by the number on it; with `off` it is taken off again, for
    that reason: `written` where the sheet is no use any more, else only the number was wrong."""

    visit: UUID
    slip: Annotated[str, Meta(max_length=LIMITS["line"])]
    off: Line | None = None
    written: bool = False


class LookBack(Struct, frozen=True):
    """What was seen of a hazard, later."""

    hazard: UUID
    mended: bool
    photos: Photos = ()
    words: Annotated[str, Meta(max_length=LIMITS["look_back"])] | None = None
    version: Annotated[int, Meta(ge=0, lt=2**31)] | None = None


SHAPES: Mapping[str, Mapping[int, Shape]] = {
    "urgent.call": {1: Shape(ReportDanger, read_what_fits)},
    "premises.register": {1: Shape(RegisterPremises, read)},
    "visit.start": {1: Shape(StartVisit, read), 2: Shape(StartWalk, read)},
    "visit.facts": {1: Shape(LearnFacts, read)},
    "visit.answer": {1: Shape(AnswerItem, read), 2: Shape(AnswerElsewhere, read)},
    "visit.zone": {1: Shape(CloseZone, read)},
    "photo.mark": {1: Shape(MarkPhoto, read)},
    "visit.outcome": {1: Shape(TellOutcome, read), 2: Shape(TellEnd, read)},
    "visit.sign": {1: Shape(SignVisit, read)},
    "visit.slip": {1: Shape(LeaveSlip, read)},
    "visit.submit": {1: Shape(SubmitVisit, read)},
    "hazard.look_back": {1: Shape(LookBack, read)},
}
# How a refusal calls the fields.
LABELS = {
    "name": "名称", "kind": "类别", "address": "地址", "facts": "场所情况", "position": "位置", "how": "怎么安排的",
    "arranged_by": "谁安排的", "companions": "一起去的人", "versions": "检查表", "asked_on": "检查表的日期", "item": "检查项",
    "value": "结论", "number": "量到的数", "choice": "选的一项", "text": "写的内容", "rows": "各处的数", "wordings": "哪里不对",
    "photos": "照片", "after_photos": "改好后的照片", "fixed_now": "当场改好没有", "no_photo_reason": "没有照片的原因",
    "days": "建议几天完成", "place": "位置", "suspected_reason": "为什么可能是重大隐患", "note": "说明", "marks": "圈注",
    "photo": "照片", "here": "是不是在这家店拍的", "outcome": "什么情况", "next_try_on": "再来的日期", "shown_on": "当时显示的日期", "part": "谁签的",
    "image": "签名", "reason": "原因", "text_sha256": "签名的内容", "mended": "改好没有", "words": "说明", "hazard": "隐患",
    "visit": "走访", "premises": "场所", "version": "版本", "chosen": "商定",
    "depth": "短查还是全查", "deep": "抽查的项目", "weights": "多久没查", "zone": "走到哪一处", "looked": "看了没有", "items": "看过的项目",
    "not_looked": "没看的项目", "seconds": "用了多久",
    "slip": "空白单的编号", "off": "拿下来的原因", "written": "单子写没写过",
}  # fmt: skip
