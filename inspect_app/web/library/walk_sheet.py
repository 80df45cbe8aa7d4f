"""The paper of a short walk: what is looked at one by one, zone by zone, with boxes that are ticked where something is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import segno
from flask import current_app, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from inspect_app.checklists import queries as checklists
from inspect_app.checklists.conditions import holds
from inspect_app.checklists.models import ChecklistVersion
from inspect_app.checklists.phrases import tell
from inspect_app.checklists.rules import Checklist, Item
from inspect_app.checklists.walk import can_be_short, zones
from inspect_app.kernel import clock
from inspect_app.kernel.errors import NotThere
from inspect_app.premises import queries as premises_queries
from inspect_app.premises.models import Premises
from inspect_app.premises.rules import KIND_NAMES, PremisesKind

from ..access import Permission, allowed, scope
from .pages import WORDS, pages

_ORDER = "一二三四五六七八九十"


@dataclass(frozen=True)
class SheetLine:
    """A 重点项 as it stands on the sheet; `only_when` says when it is looked at, where that is not known beforehand."""

    number: int
    words: str
    only_when: str


@dataclass(frozen=True)
class SheetZone:
    """A zone of the sheet, in the order in which one walks."""

    order: str
    name: str
    lines: tuple[SheetLine, ...]
    others: int  # what else is looked at here, in passing


def _sheet_zones(versions: Sequence[ChecklistVersion], facts: Mapping[str, Any]) -> list[SheetZone]:
    """The zones of a walk under these versions; none where they can only be filled whole."""
    lists = [checklists.asked(row.id, clock.today()) for row in versions]
    if not can_be_short(lists):
        return []
    found, number = [], 0
    for index, zone in enumerate(zones(lists, facts)):
        numbered = enumerate(zone.keys, number + 1)
        lines = tuple(SheetLine(at, item.short_words, _only_when(item, facts)) for at, item in numbered)
        number += len(lines)
        order = _ORDER[index] if index < len(_ORDER) else str(index + 1)
        found.append(SheetZone(order, zone.name, lines, len(zone.others)))
    return found


def _only_when(item: Item, facts: Mapping[str, Any]) -> str:
    return "" if holds(item.when, facts) else tell(item.when, WORDS)


def qr(address: str, title: str) -> Markup:
    """A code to scan, drawn here: nothing of it comes from outside."""
    return Markup(segno.make(address, error="m", micro=False).svg_inline(scale=3, border=2, title=title))


def walkable_kinds(lists: Sequence[Checklist]) -> list[tuple[str, str]]:
    """The kinds of places, with their names, that have a sheet of the short walk under these lists."""
    return [
        (str(kind), name)
        for kind, name in KIND_NAMES.items()
        if can_be_short([one for one in lists if kind in one.kinds])
    ]


def _sheet_page(kind: str, premises: Premises | None = None) -> ResponseReturnValue:
    """The sheet for a kind of places, or for one place with what is known of it. Raises NotThere for no kind."""
    if kind not in set(PremisesKind):
        raise NotThere("没有这一类场所。")
    versions = checklists.current_for(kind)
    facts = (premises.facts if premises else {}) | {"kind": kind}
    # One place's sheet leads to its page on a phone, that of a kind to itself: what is on the paper can be compared.
    path = f"/field/door/{premises.door_code}" if premises else url_for("library.walk_sheet", kind=kind)
    name = premises.name if premises else KIND_NAMES[PremisesKind(kind)]
    return render_template(
        "library/walk_sheet.html",
        kind_name=KIND_NAMES[PremisesKind(kind)],
        premises=premises,
        versions=versions,
        zones=_sheet_zones(versions, facts),
        number=_sheet_number(versions, premises),
        qr=qr(f"{current_app.config['PUBLIC_ADDRESS']}{path}", f"{name}走访表的二维码"),
    )


def _sheet_number(versions: Sequence[ChecklistVersion], premises: Premises | None) -> str:
    """What a sheet is filed under: the place and the day it was printed, or the lists by the beginning of their hashes."""
    if premises:
        return f"{premises.code}-{clock.today():%Y%m%d}"
    return "-".join(row.content_hash[:6] for row in versions)


@pages.get("/walks/<kind>")
@allowed(Permission.LIBRARY_READ)
def walk_sheet(kind: str) -> ResponseReturnValue:
    """The sheet of a short walk for a kind of places, for where there is no phone."""
    return _sheet_page(kind)


@pages.get("/walks/places/<uuid:premises_id>")
@allowed(Permission.PREMISES)
def place_walk_sheet(premises_id: UUID) -> ResponseReturnValue:
    """The sheet of a short walk for one place, its name and what is known of it already on it."""
    row = premises_queries.load(scope(), premises_id)
    return _sheet_page(row.kind, row)
