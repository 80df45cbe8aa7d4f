"""What a visit is made of, and how answers from several phones become one.

Answers only ever add up: each is kept as it came, so the order of arrival never matters.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from msgspec import Struct

from inspect_app.kernel.errors import Refused
from inspect_app.kernel.hashing import sha256_hex


class HowStarted(StrEnum):
    """代表法 2025 第二十九条: a deputy's visit is arranged, or made with the deputy's card."""

    ARRANGED = "arranged"
    WITH_CARD = "with_card"
    GROUP = "group"


HOW_NAMES = {HowStarted.ARRANGED: "统一安排", HowStarted.WITH_CARD: "持证就地", HowStarted.GROUP: "小组活动"}


class VisitOutcome(StrEnum):
    """How a visit went."""

    INSPECTED = "inspected"
    LOCKED = "locked"
    NOT_RECEIVED = "not_received"
    MOVED = "moved"
    OUT_OF_BUSINESS = "out_of_business"
    RENOVATING = "renovating"
    NOT_FOUND = "not_found"
    ENDED_EARLY = "ended_early"
    VOID = "void"

    @property
    def counts_findings(self) -> bool:
        """Whether what failed on such a visit becomes hazards: somebody was inside and looked."""
        return self in (VisitOutcome.INSPECTED, VisitOutcome.ENDED_EARLY)


WAS_INSIDE = tuple(outcome for outcome in VisitOutcome if outcome.counts_findings)

OUTCOME_NAMES = {
    VisitOutcome.INSPECTED: "巡查",
    VisitOutcome.LOCKED: "锁门没人",
    VisitOutcome.NOT_RECEIVED: "店里不方便接待",
    VisitOutcome.MOVED: "搬走了",
    VisitOutcome.OUT_OF_BUSINESS: "停业了",
    VisitOutcome.RENOVATING: "正在装修",
    VisitOutcome.NOT_FOUND: "找不到这一家",
    VisitOutcome.ENDED_EARLY: "提前结束",
    VisitOutcome.VOID: "作废",
}
# The words of an outcome as a paper of the congress side prints them.
PAPER_OUTCOMES = {**OUTCOME_NAMES, VisitOutcome.NOT_RECEIVED: "未接待（婉拒）", VisitOutcome.NOT_FOUND: "查无此处"}


class Value(StrEnum):
    """The value of a judged item."""

    PASS = "pass"
    FAIL = "fail"
    NOT_APPLICABLE = "na"
    UNSURE = "unsure"
    SEEN = "seen"
    NOT_LOOKED = "not_looked"


# A zone was closed over the item: whatever anybody said of the item itself goes before it and is contradicted by none.
_GLANCES = (Value.SEEN, Value.NOT_LOOKED)
# When two phones differ the stricter answer shows and counts until a person chooses.
_STRICTNESS = {Value.NOT_APPLICABLE: 0, Value.PASS: 1, Value.UNSURE: 2, Value.FAIL: 3}
_STRICTNESS |= {Value.NOT_LOOKED: -2, Value.SEEN: -1}


@dataclass(frozen=True)
class Elsewhere:
    """The version of a list that a visit does not ask, and the day by which its items were chosen: what judges an item that
    somebody saw all the same."""

    version_id: UUID
    on: date


class Answer(Struct, frozen=True):
    """One tap as it came: `order` is (when by the server's clock, number on that device); `body` holds value, wordings, photos, place."""

    item_code: str
    device_id: str
    order: tuple[datetime, int]
    body: Mapping[str, Any]
    chosen: bool = False  # a person settled a difference by this one
    elsewhere: Elsewhere | None = None  # where none of the visit's lists holds the item

    @property
    def value(self) -> Any:
        return self.body.get("value")

    @property
    def rank(self) -> tuple[tuple[datetime, int], str]:
        """Later first; the device decides between two taps of the same instant, so that arrival never does."""
        return self.order, self.device_id


class Merged(Struct, frozen=True):
    """The answer of an item that shows and counts; `contested` while phones differ (待商定), with what the others say."""

    answer: Answer
    contested: bool
    others: tuple[Answer, ...] = ()


def merge(answers: Iterable[Answer]) -> dict[str, Merged]:
    """One answer per item out of everything that came, whatever the order of arrival.

    On one phone its own counter says what came last, however its clock jumped; between phones only clocks can tell.
    """
    by_item: dict[str, list[Answer]] = {}
    for answer in answers:
        by_item.setdefault(answer.item_code, []).append(answer)
    return {
        item: Merged(said[0], contested=False) if len(said) == 1 else _of_all(said) for item, said in by_item.items()
    }


def _of_all(said: Iterable[Answer]) -> Merged:
    """The one answer of an item of which several were given."""
    latest: dict[str, Answer] = {}
    chosen: dict[str, Answer] = {}
    glances: dict[str, Answer] = {}
    for answer in said:
        _keep_newest(glances if answer.value in _GLANCES else latest, answer)
        if answer.chosen:
            _keep_newest(chosen, answer)
    return _settle(list(latest.values()), chosen, list(glances.values()))


def _keep_newest(by_phone: dict[str, Answer], answer: Answer) -> None:
    known = by_phone.get(answer.device_id)
    if known is None or known.order[::-1] < answer.order[::-1]:  # the counter before the clock
        by_phone[answer.device_id] = answer


def _settle(latest: list[Answer], choices: Mapping[str, Answer], glances: list[Answer]) -> Merged:
    chosen = max(choices.values(), key=lambda answer: answer.rank, default=None)
    if chosen is not None and not any(_after(answer, chosen) for answer in latest):
        return Merged(chosen, contested=False)
    given = [answer for answer in latest if answer.value is not None]  # one taken back contradicts nobody
    if glances and not given and not any(map(_is_measured, latest)):  # whoever looked, looked
        return Merged(max(glances, key=lambda one: (_strictness(one.value), one.rank)), contested=False)
    latest = given or latest
    if len(latest) == 1:
        return Merged(latest[0], contested=False)
    strictest = max(latest, key=lambda answer: (_strictness(answer.value), answer.order, answer.device_id))
    others = sorted((a for a in latest if str(a.value) != str(strictest.value)), key=lambda a: a.rank)
    return Merged(strictest, contested=bool(others), others=tuple(others))


def _is_measured(answer: Answer) -> bool:
    """What was written judges itself, also where nobody tapped."""
    return any(answer.body.get(name) not in (None, "", (), []) for name in ("number", "choice", "text", "rows"))


def _after(answer: Answer, chosen: Answer) -> bool:
    if answer.device_id == chosen.device_id:
        return answer.order[::-1] > chosen.order[::-1]
    return answer.order > chosen.order


def _strictness(value: Any) -> int:
    try:
        return _STRICTNESS[Value(value)]
    except ValueError:
        return 1


@dataclass(frozen=True)
class SaidAt:
    """When a phone said something: by its own counter and by the server's clock."""

    device: str
    seq: int
    at: datetime


def last_words(kept: Mapping[str, Any], facts: Mapping[str, Any], said: SaidAt) -> dict[str, Any]:
    """`kept` with new words on facts: of each fact the newest of each phone, {fact: {phone: [number, instant, value]}}.

    On one phone its counter says what came last; arrival never decides.
    """
    words = {name: dict(phones) for name, phones in kept.items()}
    for name, value in facts.items():
        own = words.setdefault(name, {})
        if said.device not in own or own[said.device][0] < said.seq:
            own[said.device] = [said.seq, said.at.isoformat(), value]
    return words


def words_so_far(times: Mapping[str, Any], about: str) -> dict[str, Any]:
    """Who said which when. Earlier versions kept whatever a phone called its clocks beside it, under the same names."""
    kept = times.get(about)
    return (
        {
            name: phones
            for name, phones in kept.items()
            if isinstance(phones, dict) and all(map(_is_word, phones.values()))
        }
        if isinstance(kept, dict)
        else {}
    )


def _is_word(kept: Any) -> bool:
    return isinstance(kept, list) and len(kept) == 3


def that_count(words: Mapping[str, Any]) -> dict[str, Any]:
    """Of each fact the value that was said last; between phones only clocks can tell."""
    return {
        name: max(phones.items(), key=lambda one: (datetime.fromisoformat(one[1][1]), one[0]))[1][2]
        for name, phones in words.items()
    }


def is_of_team(person_id: UUID, lead_id: UUID, companions: Sequence[Any]) -> bool:
    """Whether somebody made this visit: alone, or as a companion."""
    return person_id == lead_id or str(person_id) in {str(mate.get("person_id")) for mate in companions}


def mates(person_id: UUID, lead_id: UUID, lead_name: str, companions: Sequence[Any]) -> list[str]:
    """Names of the others on a visit."""
    others = [str(mate.get("name", "")) for mate in companions if str(mate.get("person_id")) != str(person_id)]
    return others if person_id == lead_id else [lead_name, *others]


def check_outcome(outcome: VisitOutcome, note: str, photos: Sequence[UUID]) -> None:
    """A visit that did not happen needs a photo of the door or a reason for none; one that was ended early or thrown away
    says why. Raises Refused."""
    if outcome in _WHY and not note:
        raise Refused(_WHY[outcome], field="note")
    if outcome is not VisitOutcome.INSPECTED and not photos and not note:
        raise Refused("请拍一张门口的照片，拍不了的选个原因。", field="photos")


_WHY = {VisitOutcome.ENDED_EARLY: "请选一个提前结束的原因。", VisitOutcome.VOID: "请选一个作废的原因。"}


def check_signed_text(words: str, sha256: str, named: Iterable[str]) -> str:
    """The hash of the summary that was signed. Raises Refused where text, hash and signatures do not belong together.

    `named` are the hashes that the drawn signatures of the visit name. The text is kept as it was shown, not made anew
    from the answers: what somebody signed must not depend on today's words of a program, and its name in the store is
    the very hash the signature names. A signature made over an earlier text stays, but does not speak for this one.
    """
    own = sha256_hex(words.encode()) if words else ""
    if sha256 and own != sha256:
        raise Refused("签名时看的内容没有收完整，请回到最后一页再签一次。")
    drawn = [name for name in named if name]
    if drawn and own not in drawn:
        raise Refused("签名签的不是这一份内容，请回到最后一页再签一次。")
    return own


_PHOTOS = ("photos", "after_photos")


def photos_named(body: Mapping[str, Any], *where: str) -> tuple[UUID, ...]:
    """The photos an answer names, before and after unless `where` says which. What is no id names none: an answer is kept
    as it came, and one that cannot be read must not hold up the visit."""
    lists = [photos for name in where or _PHOTOS if (photos := body.get(name)) and isinstance(photos, list)]
    if not lists:  # most answers name none
        return ()
    found = (maybe_ident(one) for photos in lists for one in photos)
    return tuple(dict.fromkeys(photo for photo in found if photo is not None))


def maybe_ident(value: Any) -> UUID | None:
    """An id, or nothing where it is none."""
    try:
        return UUID(str(value))
    except ValueError:
        return None
