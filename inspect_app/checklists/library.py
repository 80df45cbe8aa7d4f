"""Reading the library files into checklists."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from .rules import Basis, Checklist, Field, Item

FOLDER = Path(__file__).parent / "library"


@cache
def bases() -> dict[str, Basis]:
    """Every basis by its id; raises ValueError for a double."""
    rows = [Basis.from_dict(raw) for raw in _read(FOLDER / "basis.yaml")]
    found = {basis.id: basis for basis in rows}
    if len(found) != len(rows):
        raise ValueError("basis.yaml: an id stands twice")
    return found


@cache
def load() -> dict[str, Checklist]:
    """Every list of the library by its code; raises ValueError or KeyError naming what does not fit."""
    return {checklist.code: checklist for checklist in map(_checklist, sorted((FOLDER / "lists").glob("*.yaml")))}


def _checklist(path: Path) -> Checklist:
    raw = _read(path)
    items = [_item(item, section["section"]) for section in raw["sections"] for item in section["items"]]
    return Checklist(raw["code"], raw["title"], Field(raw["field"]), tuple(raw["kinds"]), tuple(items))


def _item(raw: dict[str, Any], section: str) -> Item:
    values = dict(raw)
    cited = values.pop("basis", [])
    if "mark" in values:
        raise ValueError(f"item {raw['code']}: an item may not set the mark of its basis")
    bases_by_id = bases()
    unknown = [basis for basis in cited if basis not in bases_by_id]
    if unknown:
        raise ValueError(f"item {raw['code']}: unknown basis {unknown}")
    return Item.from_dict(values | {"section": section, "bases": [bases_by_id[basis].to_dict() for basis in cited]})


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))
