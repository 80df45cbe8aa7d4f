"""Lists, items and their legal bases: pure. Conditions, answers, suspicion, lint and local rules stand beside it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from inspect_app.kernel.citing import citation

from .conditions import Condition, Facts, holds


class BasisMark(StrEnum):
    """How surely a basis is known; only CHECKED is printed for outsiders."""

    CHECKED = "✔"
    SECOND_HAND = "◐"


class Field(StrEnum):
    """What an inspection is about; each has its own law and its own authorities."""

    FIRE = "fire"
    GAS = "gas"
    SITE = "site"


FIELD_NAMES = {Field.FIRE: "消防", Field.GAS: "燃气", Field.SITE: "建筑施工"}
_OWN = {"F": Field.FIRE, "G": Field.GAS, "S": Field.SITE}
NEEDS = {"papers": "要看证照或记录", "measure": "要量一量", "touch": "要动手或要店里的人操作"}
ANSWER_KINDS = ("judge", "number", "choice", "text", "count")
GRADES = ("general", "suspected_major", "advice")


def field_of(code: str) -> Field | None:
    """The field that the code of an item names; none for a code of a district's own."""
    return _OWN.get(code.partition("-")[0])


@dataclass(frozen=True)
class Basis:
    """One legal basis: document, edition, article, in force from and to, who issued it, how surely it is known."""

    id: str
    document: str
    number: str  # 文号 or standard number; empty where the source gives none
    edition: str
    article: str
    since: date | None  # None: not stated in the source, never guessed
    until: date | None
    issuer: str
    mark: BasisMark
    source: str
    says: str
    place: str = ""  # 江苏省, 南京市; empty: the whole country
    judges: bool = False  # an authority judges by it (重大隐患判定): no duty of the place, never printed to it
    # Which places it binds, where its text says so (人员密集场所, 高层): an item that is asked more widely cites it there only.
    when: Condition | None = field(default=None, hash=False)

    @property
    def cited(self) -> str:
        """How it is named: 《消防法》第二十八条, a standard with its number."""
        return citation(self.document, self.number, self.article)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values, frozen into a finding. A duty of every place says neither of the last two: so a version
        from before has the content it had."""
        raw = {name: value for name, value in asdict(self).items() if value or name not in ("judges", "when")}
        return raw | {name: day.isoformat() if (day := raw[name]) else None for name in ("since", "until")}

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> "Basis":
        """A basis from the library's YAML (its source under `from`) or from a published version (under `source`)."""
        return cls(
            id=raw["id"],
            document=raw["document"],
            number=str(raw.get("number", "")),
            edition=str(raw["edition"]),
            article=str(raw["article"]),
            since=as_date(raw["since"]),
            until=as_date(raw["until"]),
            issuer=raw["issuer"],
            mark=BasisMark(raw["mark"]),
            source=raw.get("source") or raw["from"],
            says=raw["says"],
            place=raw.get("place", ""),
            judges=bool(raw.get("judges", False)),
            when=raw.get("when"),
        )


def as_date(value: Any) -> date | None:
    """A day as a library file or a frozen version writes it."""
    return value if value is None or isinstance(value, date) else date.fromisoformat(str(value))


def figure(number: float) -> str:
    """A number as people write it, whole: never 1e+06, and no digit rounded away."""
    text = f"{Decimal(repr(number)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def in_force(since: date | None, until: date | None, day: date) -> bool:
    """Whether a day lies between two, both included; a beginning that no source states is no hindrance."""
    return (since is None or since <= day) and (until is None or day <= until)


@dataclass(frozen=True)
class Choice:
    """One answer of a choice item; `fails` makes it 不合格."""

    value: str
    label: str
    fails: bool = False


@dataclass(frozen=True)
class ListPart:
    """What an item is counted for, one number each: every floor, every group of cylinders."""

    name: str  # 楼层, 气瓶组
    fact: str = ""  # the fact that says how many there are, if one does


_OF_THE_SHORT_WALK = ("key", "zone", "line", "why", "needs")


@dataclass(frozen=True)
class Item:
    """One thing to look at. The code is permanent and shared by every list and version that holds the item."""

    code: str
    section: str
    question: str
    look: str
    title: str  # of the hazard when it fails
    wordings: tuple[str, ...]
    advice: tuple[str, ...]
    kind: str = "judge"
    grade: str = "general"
    mending_days: int = 7
    photos: int = 1
    photo_hint: str = ""
    on_the_spot: bool = False
    unit: str = ""
    at_most: float | None = None
    at_least: float | None = None
    choices: tuple[Choice, ...] = ()
    part: ListPart | None = None
    when: Condition | None = None
    place: str = ""  # asked only where the rules of that place are switched on (南京市); empty: everywhere
    key: bool = False  # 重点项 of this list: the short walk asks it by itself
    zone: str = ""  # where one stands when one sees it, see zones.py
    line: str = ""  # the short walk's words for it; empty: the question is short enough
    why: str = ""  # the accident behind it, told under 怎么看
    needs: str = ""  # what an eye alone cannot tell: papers, measure, touch; empty: looking is enough
    bases: tuple[Basis, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values: what a version freezes and a phone receives. What the short walk added is left out where it
        is empty, so that a version from before has the content it had."""
        raw = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "bases"}
        raw = {name: value for name, value in raw.items() if value or name not in _OF_THE_SHORT_WALK}
        lists = {name: list(raw[name]) for name in ("wordings", "advice")}
        lists["choices"] = [asdict(choice) for choice in self.choices]
        part = asdict(self.part) if self.part else None
        return raw | lists | {"part": part, "bases": [basis.to_dict() for basis in self.bases]}

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> "Item":
        """An item from what a file or a published version says; raises ValueError for a field that no item has."""
        values = dict(raw)
        values["wordings"], values["advice"] = tuple(raw["wordings"]), tuple(raw["advice"])
        values["bases"] = tuple(Basis.from_dict(basis) for basis in raw.get("bases", ()))
        values["choices"] = tuple(Choice(**choice) for choice in raw.get("choices", ()))
        values["part"] = ListPart(**raw["part"]) if raw.get("part") else None
        unknown = set(values) - set(cls.__dataclass_fields__)
        if unknown:
            raise ValueError(f"item {raw.get('code')}: unknown {sorted(unknown)}")
        return cls(**values)

    def under(self, section: str, zone: str = "", *, key: bool = False) -> "Item":
        """The item as it stands in a section of a list and in a zone of its short walk."""
        return replace(self, section=section, zone=zone, key=key)

    def bases_at(self, facts: Facts) -> tuple[Basis, ...]:
        """The bases that are known to bind a place of these facts: what a finding there rests on."""
        return tuple(basis for basis in self.bases if holds(basis.when, facts) is True)

    @property
    def short_words(self) -> str:
        """The item as a line that is read in passing."""
        return self.line or self.question


@dataclass(frozen=True)
class Checklist:
    """One list: which field, for which kinds of places, its items in the order they are walked."""

    code: str
    title: str
    field: Field
    kinds: tuple[str, ...]
    items: tuple[Item, ...] = ()
    reminder: str = ""  # said before the first item: what not to do on a site

    @property
    def sections(self) -> list[str]:
        """The headings in the order they are walked, each once."""
        return list(dict.fromkeys(item.section for item in self.items))

    @property
    def keys(self) -> list[Item]:
        """The 重点项, in the order they are walked; a list without them is filled whole."""
        return [item for item in self.items if item.key]

    def to_dict(self) -> dict[str, Any]:
        """What a published version keeps, and what its content hash is taken over."""
        return {
            "code": self.code,
            "title": self.title,
            "field": str(self.field),
            "kinds": list(self.kinds),
            "items": [item.to_dict() for item in self.items],
            "reminder": self.reminder,
        }

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> "Checklist":
        """A list from what a published version keeps; reads versions from before there were reminders."""
        items = tuple(Item.from_dict(item) for item in raw["items"])
        kinds = tuple(raw["kinds"])
        return cls(raw["code"], raw["title"], Field(raw["field"]), kinds, items, raw.get("reminder", ""))


def applicable(checklist: Checklist, facts: Facts) -> list[Item]:
    """The items to walk at a place: all whose condition holds, and those whose condition is not known to fail."""
    return [item for item in checklist.items if holds(item.when, facts) is not False]
