"""What the content of a paper is made of: fields in the order of the sheet, each with its label and its words. Pure.

A kind declares its content as a frozen dataclass. Every field is annotated with how the public page says it (`Said`), or that
the page says it around the content or that it prints no words of its own (`Silent`). What stands before `lines` is said above
them, what stands after, below.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Annotated, Any, TypedDict, get_args, get_type_hints

Words = Callable[[Any], list[str]]
Plain = Mapping[str, Any]  # one officer, photo, signature: plain values under names


def plain(value: Any) -> list[str]:
    """A value as it stands; more than one in one line."""
    return ["、".join(map(str, value)) if isinstance(value, list) else str(value)]


def each(value: Any) -> list[str]:
    """One line for each value."""
    return [str(one) for one in value]


def day(value: Any) -> list[str]:
    """An ISO date as 2026年11月30日."""
    return [day_cn(value)]


def day_cn(text: str) -> str:
    """2026年11月30日 of an ISO date, always with its year; nothing of an empty one."""
    if not text:
        return ""
    parsed = date.fromisoformat(text)
    return f"{parsed.year}年{parsed.month}月{parsed.day}日"


def photos(value: Any) -> list[str]:
    """How many photos there are, and when each was taken."""
    taken = "、".join(one["caption"] for one in value if one["caption"])
    return [f"{len(value)} 张" + (f"（{taken}）" if taken else "")]


def not_printed(value: Any) -> list[str]:
    """How many photos there are beside those on the sheet."""
    return [f"{value} 张，没有印在纸上"]


@dataclass(frozen=True)
class Printed:
    """A field that the public page says under a label. `lacking` is what it is called where it is missing and must not be;
    `needed` alone: its label. `if_any`: the field is in the content only where there is something to say."""

    label: str
    words: Words = plain
    needed: bool = False
    lacking: str = ""
    if_any: bool = False

    @property
    def missed_as(self) -> str:
        """What a user is told that it lacks; empty where it may be."""
        return self.lacking or (self.label if self.needed else "")


@dataclass(frozen=True)
class Silent:
    """A field that the public page says around the content, or that prints no words: an id, a hash."""

    lacking: str = ""
    if_any: bool = False

    @property
    def missed_as(self) -> str:
        """What a user is told that it lacks; empty where it may be."""
        return self.lacking


HowSaid = Printed | Silent


@dataclass(frozen=True)
class ContentPart:
    """A piece of content that is frozen as plain values."""

    def plain(self) -> dict[str, Any]:
        """The piece as JSON keeps it: the same values give the same bytes and the same hash."""
        marks = marks_of(type(self))
        values = ((one.name, getattr(self, one.name)) for one in fields(self))
        return {name: _frozen(value) for name, value in values if value or not marks[name].if_any}


def _frozen(value: Any) -> Any:
    if isinstance(value, ContentPart):
        return value.plain()
    if isinstance(value, Mapping):
        return {name: _frozen(one) for name, one in value.items()}
    return [_frozen(one) for one in value] if isinstance(value, list | tuple) else value


# Read from the annotations once: every paper that is issued asks for them several times.
_MARKS: dict[type, Mapping[str, HowSaid]] = {}
_LINES: dict[type, "type[ContentPart] | None"] = {}


def marks_of(part: type[ContentPart]) -> Mapping[str, HowSaid]:
    """How each field is said, in the order of the sheet. Raises TypeError for a field that does not tell."""
    if part not in _MARKS:
        _MARKS[part] = _read_marks(part)
    return _MARKS[part]


def _read_marks(part: type[ContentPart]) -> Mapping[str, HowSaid]:
    hints = get_type_hints(part, include_extras=True)
    found = {one.name: _mark(hints[one.name]) for one in fields(part)}
    if untold := [name for name, mark in found.items() if mark is None]:
        raise TypeError(f"{part.__name__}: neither Printed nor Silent: {', '.join(untold)}")
    return {name: mark for name, mark in found.items() if mark is not None}


def _mark(hint: Any) -> HowSaid | None:
    return next((one for one in getattr(hint, "__metadata__", ()) if isinstance(one, Printed | Silent)), None)


def line_of(content: type[ContentPart]) -> type[ContentPart] | None:
    """The class of the lines of a content; None where it has none."""
    if content not in _LINES:
        hint = get_type_hints(content).get("lines")
        parts = (one for one in get_args(hint) if isinstance(one, type) and issubclass(one, ContentPart))
        _LINES[content] = next(parts, None)
    return _LINES[content]


# What most papers say in the same words.
Issuer = Annotated[str, Silent(lacking="出单的单位")]
Side = Annotated[str, Silent()]
Addressee = Annotated[str, Printed("主送", needed=True)]
PlaceName = Annotated[str, Printed("场所")]
PlaceAddress = Annotated[str, Printed("地址")]
Phone = Annotated[str, Printed("联系电话", needed=True)]
# Of letters: nobody numbers one before somebody has signed it off (domain-review P8).
SignedOffBy = Annotated[str, Printed("签发", lacking="签发人")]
# 抄送 at the foot of the last page (GB/T 9704-2012, 7.3.6).
Copies = Annotated[Sequence[str], Printed("抄送", if_any=True)]


class Head(TypedDict):
    """Who writes to whom about which place."""

    issuer: str
    side: str
    addressee: str
    place_name: str
    place_address: str
    phone: str


@dataclass(frozen=True)
class HazardLine(ContentPart):
    """A line of a paper: one hazard with all that is printed in its row. A kind whose columns are headed otherwise, or may not
    be empty, declares those fields again."""

    hazard: Annotated[str, Silent()]
    title: Annotated[str, Silent(lacking="问题")]
    place: Annotated[str, Printed("位置", needed=True)]
    words: Annotated[str, Printed("情况")]
    grade: Annotated[str, Printed("级别")]
    number: Annotated[str, Printed("隐患编号")]
    advice: Annotated[str, Printed("建议")]
    basis: Annotated[Sequence[str], Printed("依据", each)]
    due_on: Annotated[str, Printed("期限", day)]
    photos: Annotated[Sequence[Plain], Printed("照片", photos)]
    photos_not_printed: Annotated[int, Printed("另有照片", not_printed, if_any=True)] = 0


class LineFacts(TypedDict, total=False):
    """What a line is made of: the arguments of a HazardLine."""

    hazard: str
    title: str
    place: str
    words: str
    grade: str
    number: str
    advice: str
    basis: Sequence[str]
    due_on: str
    photos: Sequence[Plain]
    photos_not_printed: int


@dataclass(frozen=True)
class Issued(ContentPart):
    """What a paper gets when it is frozen, of whatever kind it is."""

    title: Annotated[str, Silent(lacking="文书名称")]
    number: Annotated[str, Silent(lacking="文号")]
    issued_on: Annotated[str, Silent(lacking="成文日期")]
    mark: Annotated[str, Silent()]
    address: Annotated[str, Silent(lacking="核对网址")]
    code: Annotated[str, Silent(lacking="验证码")]
    # What the office has set for its sheets, where it has: the mark at the head, and that the place of the seal is drawn.
    letterhead: Annotated[str, Silent(if_any=True)] = ""
    seal_place: Annotated[bool, Silent(if_any=True)] = False
