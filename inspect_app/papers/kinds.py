"""The kinds of papers: what an entry holds, the numbers it gives, and the register that everything asks. Pure.

Each kind is one module in casework/papers/, which makes its content and holds its entry; the entries are registered when that
package is imported. A kind is for ever, as its code stands in papers and number series. Congress papers inform and
recommend: no certificate number, no remedies, no threat (domain.md 6.5). Only a basis marked ✔ that lays a duty on
somebody is printed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from inspect_app.kernel.citing import citation

from .content import ContentPart, HowSaid, Issued, line_of, marks_of
from .sketch import Sketch


@dataclass(frozen=True)
class DocumentNumber:
    """发文字号: 柳消整〔2026〕37号, hexagonal brackets, full year, no leading zeros (GB/T 9704-2012, 7.2.5)."""

    letter: str  # what the kind adds to the 机关代字 of the office

    def number(self, office: str, letter_code: str, year: int, serial: int) -> str:
        """The number as it is printed.

        >>> DocumentNumber("整").number("柳荫消防所", "柳消", 2026, 37)
        '柳消整〔2026〕37号'
        """
        return f"{letter_code}{self.letter}〔{year}〕{serial}号"


@dataclass(frozen=True)
class SlipNumber:
    """The running number of a slip that nobody of the office signs off: it has no 发文字号 (domain-review P8)."""

    name: str

    def number(self, office: str, letter_code: str, year: int, serial: int) -> str:
        """The number as it is printed, with the name of whose it is.

        >>> SlipNumber("提示单").number("柳荫人大工委", "青人柳", 2026, 37)
        '柳荫人大工委提示单 2026-0037'
        """
        return f"{office}{self.name} {year}-{serial:04d}"


class To(StrEnum):
    """Whom a paper is addressed to."""

    PLACE = "place"  # the premises by their name
    PARTY = "party"  # who answers for them; the premises where nobody is known
    HANDLER = "handler"  # the office that took the hazard over
    OFFICE = "office"  # an office that is chosen in the form, or that follows from what is asked


class Geometry(StrEnum):
    """How the pages of a paper are laid out; each has its style in templates/papers/geometry/."""

    LETTER = "letter"  # 信函格式 (GB/T 9704-2012, 10.1) in its block of 22 lines of 28 characters
    PLAIN = "plain"  # the same block without a red head
    SLIP = "slip"  # A4 in smaller type and narrower margins: what is left with a shop, or filled in by hand
    WIDE = "wide"  # A3 across, for registers


@dataclass(frozen=True)
class PublicWords:
    """What the page behind the code says beside the content, in sentences for who holds the sheet. `{n}` is how many lines."""

    asks: str = "有 {n} 处请您看一看，改好后打电话告诉我们。"  # while something on it is not mended
    done: str = "{n} 处都改好了，已经办结，谢谢您。"  # once all of it is
    date: str = "期限"  # what a date on it is called
    closing: str = ""  # a last sentence about what kind of paper it is


@dataclass(frozen=True)
class Sample:
    """How a complete example is made, of how many hazards and photos, and which serial it bears."""

    make: Callable[[Sketch], ContentPart]
    serial: int = 1
    hazards: int = 3
    photos: int = 3


@dataclass(frozen=True, kw_only=True)
class PaperKindSpec:
    """The entry of a kind: all that pages, lists, commands, numbers and tests have to know of it."""

    code: str  # in the database, in addresses, the name of its template
    title: str  # as it is printed, where an office does not call it otherwise
    list_name: str  # in a list or a sentence, for short
    side: str  # congress, government or both: which offices may issue it
    power: str = ""  # the power it takes besides
    numbering: DocumentNumber | SlipNumber
    to: To
    content: type[ContentPart]
    geometry: Geometry
    sealed: bool  # leaves room for the seal (GB/T 9704-2012, 7.3.5)
    # In which ways it may be served (service.WAYS); none: it is handed over, and nothing runs from it.
    ways: tuple[str, ...] = ()
    starts_dates: bool = True  # served, the days on it run; False: its service is a fact of this paper alone
    tells: bool = False  # shown and refused is 告知; an order refused is served only by leaving it
    is_order: bool = False  # it stands on the hazard as its 正式文书, one at a time
    reports_end: bool = False  # it holds only while nothing on it is opened again
    former_title: str = ""  # of papers frozen before the title was frozen with them
    public: PublicWords = PublicWords()
    sample: Sample
    # What else is missing in a content, by name, beyond its obligatory fields.
    also_missing: Callable[[Mapping[str, Any]], list[str]] = field(default=lambda content: [])
    # The step that it is the sheet of, in words: the sheet given up, that still stands; and how it is taken back.
    act: str = ""
    act_undone: str = ""
    word: bool = False  # whether a Word copy of it may be fetched, to be worked on

    @property
    def must_be_served(self) -> bool:
        """Whether somebody waits for its service: the days on it run from there."""
        return bool(self.ways) and self.starts_dates

    @property
    def tells_place(self) -> bool:
        """Whether it tells the premises, or who answers for them, what is to be done by when."""
        return self.must_be_served and self.to not in (To.HANDLER, To.OFFICE)

    def __post_init__(self) -> None:
        """Raises TypeError where a field of the content or of its lines does not tell how it is said."""
        for part in (self.content, line_of(self.content)):
            if part is not None:
                marks_of(part)


# Series of numbers beside those of the kinds: sheets that are printed empty, each with a row of its own (inspect_app/slips).
BESIDE: Mapping[str, str] = MappingProxyType({"blank": "空白提示单"})
_REGISTERED: dict[str, PaperKindSpec] = {}
KINDS: Mapping[str, PaperKindSpec] = MappingProxyType(_REGISTERED)


def register(kind: PaperKindSpec) -> None:
    """Make a kind known. Raises ValueError where another has its code, or would give the same numbers."""
    for other in _REGISTERED.values():
        if other is not kind and (other.code == kind.code or other.numbering == kind.numbering):
            raise ValueError(f"two kinds of paper have one code or one numbering: {other.code!r}, {kind.code!r}")
    _REGISTERED[kind.code] = kind


def list_name(code: str) -> str:
    """What a kind is called in a list; its code where a journal or a backup knows a kind that this program does not."""
    return KINDS[code].list_name if code in KINDS else BESIDE.get(code, code)


def codes(which: Callable[[PaperKindSpec], bool]) -> frozenset[str]:
    """The codes of the kinds that answer yes."""
    return frozenset(kind.code for kind in KINDS.values() if which(kind))


def title_of(kind: str, content: Mapping[str, Any]) -> str:
    """The title a paper prints: the one frozen with it."""
    return str(content.get("title") or KINDS[kind].former_title or KINDS[kind].title)


def missing(kind: str, content: Mapping[str, Any]) -> list[str]:
    """Names of obligatory fields that are empty, line by line, in the order of the paper."""
    entry = KINDS[kind]
    line, own = line_of(entry.content), marks_of(entry.content)
    given = {name: said for name, said in marks_of(Issued).items() if name not in own}
    lacking = [*_empty(own, content), *_empty(given, content)]
    for position, row in enumerate(content.get("lines") or [], start=1):
        lacking += [f"第 {position} 条的{name}" for name in _empty(marks_of(line) if line else {}, row)]
    return lacking + entry.also_missing(content)


def _empty(fields: Mapping[str, HowSaid], values: Mapping[str, Any]) -> Iterator[str]:
    for name, said in fields.items():
        if said.missed_as and not values.get(name):
            yield said.missed_as


def printable_bases(bases: Sequence[Mapping[str, Any]]) -> list[str]:
    """Legal bases as a paper for outsiders prints them: checked ones only, and none by which an authority judges."""
    return [
        citation(basis["document"], str(basis.get("number") or ""), basis["article"])
        for basis in bases
        if basis.get("mark") == "✔" and not _judges(basis)
    ]


def _judges(basis: Mapping[str, Any]) -> bool:
    """Whether a frozen basis is a criterion for judging; from before bases said so, its title tells."""
    return bool(basis.get("judges")) or "判定" in str(basis["document"])
