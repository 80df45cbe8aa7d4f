"""Reading the library files into checklists.

`basis.yaml` holds every legal basis, `items/` every item once, `parts/` sections that several lists share, `lists/` what
is published: which kinds of places, which parts, `without` which of their items, which sections of their own, all by the
codes of items. A section says in
which zone of the short walk its items stand, a list names its 重点项 under `keys`; what is seen elsewhere than the rest of
its section stands under `zones` of the part, and of a list that sees it elsewhere again. `suspect.yaml` holds the rules of
suspicion, `local/` the rules of districts, `national.yaml` the sizes of the whole country, `aliases.yaml` the codes that
were given up.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from .aliases import Aliases
from .local import LocalRules
from .rules import Basis, BasisMark, Checklist, Field, Item
from .suspicion import SuspicionRule
from .zones import ZONES

FOLDER = Path(__file__).parent / "library"


@cache
def bases() -> dict[str, Basis]:
    """Every basis by its id; raises ValueError for a double."""
    return _by_name([Basis.from_dict(raw) for raw in _read(FOLDER / "basis.yaml")], "basis.yaml", "id")


@cache
def items() -> dict[str, Item]:
    """Every item of the library by its code, without a section; raises ValueError for a double or an unknown basis."""
    rows = [_item(raw) for path in _files("items") for raw in _read(path)]
    return _by_name(rows, "items", "code")


@cache
def load() -> dict[str, Checklist]:
    """Every list of the library by its code; raises ValueError or KeyError naming what does not fit."""
    return {checklist.code: checklist for checklist in map(_checklist, _files("lists"))}


@cache
def aliases() -> Aliases:
    """Codes that were given up with what they became; raises ValueError for a circle or a double."""
    path = FOLDER / "aliases.yaml"
    return Aliases.of((_read(path) if path.exists() else None) or ())


@cache
def suspicion_rules() -> tuple[SuspicionRule, ...]:
    """Every rule of suspicion, of all times; raises ValueError for a double or an unknown basis."""
    path = FOLDER / "suspect.yaml"
    rows = [_rule(raw) for raw in (_read(path) if path.exists() else ())]
    return tuple(_by_name(rows, "suspect.yaml", "id").values())


def local_names() -> list[str]:
    """The districts whose rules can be switched on."""
    return [path.stem for path in _files("local")]


@cache
def local_rules(name: str) -> LocalRules | None:
    """A district's rules; none switches all of them off. Raises KeyError for a district that is not there."""
    if name == "none":
        return None
    if name not in local_names():
        raise KeyError(name)
    return LocalRules.from_dict(name, _read(FOLDER / "local" / f"{name}.yaml"))


@cache
def national() -> LocalRules:
    """The sizes that hold in the whole country where a district has none of its own."""
    return LocalRules.from_dict("national", _read(FOLDER / "national.yaml"))


def table(lists: Sequence[Checklist]) -> list[str]:
    """Lists × items × cited ✔, ◐ or not at all: an item counts once, under the best mark of its bases."""
    lines = ["检查表                          项数    ✔    ◐  未写"]
    for checklist in lists:
        best = [
            min(item.bases, key=lambda basis: basis.mark is not BasisMark.CHECKED, default=None)
            for item in checklist.items
        ]
        counts = [sum(basis is not None and basis.mark is mark for basis in best) for mark in BasisMark]
        figures = (len(best), *counts, best.count(None))
        lines.append(f"{checklist.code:<30}" + "".join(f"{figure:>5}" for figure in figures))
    return lines


def _rule(raw: dict[str, Any]) -> SuspicionRule:
    basis = raw.get("basis") or ""
    if basis and basis not in bases():
        raise ValueError(f"suspicion rule {raw['id']}: unknown basis {basis}")
    return SuspicionRule.from_dict(raw, bases()[basis] if basis else None)


def _checklist(path: Path) -> Checklist:
    raw = _read(path)
    parts = [_read(FOLDER / f"parts/{part}.yaml") for part in raw.get("parts", ())]
    shared = [section for part in parts for section in part["sections"]]
    sections = [*_without(shared, raw.get("without", ()), raw["code"]), *raw.get("sections", ())]
    keys, own = set(raw.get("keys", ())), raw.get("zones", {})
    zones = {code: zone for part in parts for code, zone in part.get("zones", {}).items()} | own
    walked = tuple(_walk(sections, keys, zones))
    missing = (keys | set(own)) - {item.code for item in walked}
    if missing:
        raise ValueError(f"list {raw['code']}: {sorted(missing)} are no items of it")
    return Checklist(
        raw["code"], raw["title"], Field(raw["field"]), tuple(raw["kinds"]), walked, raw.get("reminder", "")
    )


def _without(sections: Sequence[Mapping[str, Any]], codes: Sequence[str], name: str) -> Iterator[Mapping[str, Any]]:
    """Sections of parts without what a list asks in words of its own; raises ValueError for what none of them holds."""
    if unknown := set(codes) - {code for section in sections for code in section["items"]}:
        raise ValueError(f"list {name}: {sorted(unknown)} are in none of its parts")
    for section in sections:
        yield {**section, "items": [code for code in section["items"] if code not in codes]}


def _walk(sections: Any, keys: Set[str], zones: Mapping[str, str]) -> Iterator[Item]:
    """Items in the order they are walked, each under the section of the list it stands in."""
    for section in sections:
        for code in section["items"]:
            if code not in items():
                raise ValueError(f"section {section['section']}: unknown item {code}")
            zone = zones.get(code, section.get("zone", ""))
            if zone and zone not in ZONES:
                raise ValueError(f"section {section['section']}: unknown zone {zone}")
            yield items()[code].under(section["section"], zone, key=code in keys)


def _item(raw: dict[str, Any]) -> Item:
    cited = raw.get("basis", [])
    if "mark" in raw:
        raise ValueError(f"item {raw['code']}: an item may not set the mark of its basis")
    unknown = [basis for basis in cited if basis not in bases()]
    if unknown:
        raise ValueError(f"item {raw['code']}: unknown basis {unknown}")
    values = {name: value for name, value in raw.items() if name != "basis"}
    return Item.from_dict(values | {"section": "", "bases": [bases()[basis].to_dict() for basis in cited]})


def _by_name(rows: list[Any], where: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for row in rows:
        key = getattr(row, name)
        if key in found:
            raise ValueError(f"{where}: {key} stands twice")
        found[key] = row
    return found


def _files(folder: str) -> list[Path]:
    return sorted((FOLDER / folder).glob("*.yaml"))


def _read(path: Path) -> Any:
    return yaml.load(
        path.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    )  # libyaml where it is
