"""Lists, items and versions, read by everybody who is signed in; a list also as a blank sheet of paper."""

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from inspect_app.checklists import lookup, review
from inspect_app.checklists import queries as checklists
from inspect_app.checklists.answers import TAPPED_NAMES
from inspect_app.checklists.conditions import Verdict
from inspect_app.checklists.models import ChecklistVersion
from inspect_app.checklists.rules import Item
from inspect_app.kernel import clock
from inspect_app.kernel.errors import NotThere

from ..access import Permission, allowed
from ..fields import searched
from .pages import WORDS, in_force, known_bases, pages
from .walk_sheet import qr, walkable_kinds

_MEASURED = ("number", "count")  # kinds of items that are answered with a number, written on a line of the sheet


@pages.get("/")
@allowed(Permission.LIBRARY_READ)
def index() -> ResponseReturnValue:
    """Every list; with words asked, the items and bases that hold them."""
    asked = searched()
    lists = in_force()
    return render_template(
        "library/index.html",
        rows=[(row, checklists.version(row.id)) for row in checklists.current()],
        kinds=walkable_kinds(lists),
        asked=asked,
        found=lookup.items(lists, asked) if asked else [],
        found_bases=lookup.bases(known_bases().values(), asked) if asked else [],
    )


@pages.get("/lists/<code>")
@allowed(Permission.LIBRARY_READ)
def listed(code: str) -> ResponseReturnValue:
    """A list as it is in force, or as it was in the version asked for."""
    row = _version(code)
    return render_template("library/list.html", version=row, checklist=checklists.version(row.id))


@pages.get("/lists/<code>/blank")
@allowed(Permission.LIBRARY_READ)
def blank(code: str) -> ResponseReturnValue:
    """The list on paper, for where there is no phone: boxes to tick, room to write and to sign."""
    row = _version(code)
    asked = checklists.asked(row.id, clock.today())
    address = url_for("library.listed", code=row.code, version=row.number)
    code = qr(f"{current_app.config['PUBLIC_ADDRESS']}{address}", f"{row.title}第 {row.number} 版的二维码")
    shown = {"version": row, "checklist": asked, "qr": code, "MEASURED": _MEASURED, "ticked": _ticked}
    return render_template("library/blank.html", **shown)


def _ticked(item: Item) -> list[str]:
    """What may be ticked of an item on paper: the three answers, or in place of 合格 and 不合格 its own choices."""
    if item.kind != "choice":
        return list(TAPPED_NAMES.values())
    return [
        *(choice.label for choice in item.choices),
        TAPPED_NAMES[Verdict.NOT_APPLICABLE],
        TAPPED_NAMES[Verdict.UNSURE],
    ]


@pages.get("/lists/<code>/versions")
@allowed(Permission.LIBRARY_READ)
def versions(code: str) -> ResponseReturnValue:
    """Every version with its date and who made it; what changed between two, the last two unless others are asked for."""
    rows = checklists.versions(code)
    if not rows:
        raise NotThere("没有这张检查表。")
    by_number = {row.version.number: row.version for row in rows}
    newer = by_number.get(_number("to"), rows[0].version)
    older = by_number.get(_number("from")) or by_number.get(newer.number - 1)
    difference = None
    if older is not None and older.number != newer.number:
        difference = review.compare(checklists.version(older.id), checklists.version(newer.id), WORDS)
    return render_template(
        "library/versions.html",
        code=code,
        rows=rows,
        older=older,
        newer=newer,
        difference=difference,
        refusal=None,
        at=None,
        typed={},
    )


@pages.get("/items/<code>")
@allowed(Permission.LIBRARY_READ)
def item(code: str) -> ResponseReturnValue:
    """One item, and every list that holds it."""
    holders = [(checklist, one) for checklist in in_force() for one in checklist.items if one.code == code]
    if not holders:
        raise NotThere("现行的检查表里没有这一项，可能编号不完整。")
    return render_template("library/item.html", item=holders[0][1], holders=holders)


def _version(code: str) -> ChecklistVersion:
    return checklists.in_force(code, _number("version") or None)


def _number(name: str) -> int:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
