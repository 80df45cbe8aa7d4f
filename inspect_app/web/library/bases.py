"""Legal bases and their use; those that end or change, with the items and open hazards that stand on them."""

from collections.abc import Callable
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from inspect_app.checklists import basis_ends, library, lookup, review
from inspect_app.checklists import queries as checklists
from inspect_app.checklists.models import BasisEnd
from inspect_app.hazards import citing
from inspect_app.kernel import clock
from inspect_app.kernel.errors import NotThere, Refused

from ..access import Permission, allowed, scope
from ..fields import attempt, page_of, posted, posted_day, searched
from .pages import in_force, known_bases, pages


@pages.get("/bases")
@allowed(Permission.LIBRARY_READ)
def bases() -> ResponseReturnValue:
    """Every basis with its mark, how many items cite it and, at the desk, how many open hazards stand on it."""
    asked = searched()
    return render_template(
        "library/bases.html",
        asked=asked,
        rows=lookup.bases(known_bases().values(), asked),
        uses=review.uses(in_force()),
        hazards=_open_hazards(),
    )


@pages.get("/bases/<basis_id>")
@allowed(Permission.LIBRARY_READ)
def basis(basis_id: str) -> ResponseReturnValue:
    """One basis: what it says, which items in which lists cite it, which open hazards stand on it."""
    return _basis_page(basis_id, None)


def _basis_page(basis_id: str, refusal: Refused | None) -> ResponseReturnValue:
    found = known_bases().get(basis_id)
    if found is None:
        raise NotThere("依据库里没有这一条，可能编号不完整。")
    cited, ends = _found_under().get(basis_id, set()), checklists.ends_of(basis_id)
    return page_of(
        "library/basis.html",
        refusal,
        basis=found,
        rules=[rule.title for rule in library.suspicion_rules() if rule.basis and rule.basis.id == basis_id],
        waiting=next((row for row in ends if row.end.confirmed_at is None and row.end.dropped_at is None), None),
        settled=[row for row in ends if row.end.confirmed_at or row.end.dropped_at],
        ended_here=any(row.end.confirmed_at for row in ends) and found.until is not None,
        reader=scope().person_id,
        uses=review.uses(in_force()).get(basis_id, []),
        count=_open_hazards().get(basis_id, 0),
        hazards=citing.open_under(scope(), cited, limit=20),
    )


@pages.post("/bases/<basis_id>/end")
@allowed(Permission.LIBRARY_EDIT)
def ask_end(basis_id: str) -> ResponseReturnValue:
    """On which day it ends, or that it goes on after all."""

    def done() -> BasisEnd:
        until = None if posted("goes_on") else posted_day("until", "失效的日子")
        return basis_ends.ask(basis_id, until, posted("reason", "reason"), scope().person_id)

    return _done(basis_id, done, "记下了，等另一位管理员确认。")


@pages.post("/bases/<basis_id>/end/<uuid:end_id>/confirm")
@allowed(Permission.LIBRARY_EDIT)
def confirm_end(basis_id: str, end_id: UUID) -> ResponseReturnValue:
    """Confirm, as a second person, that a basis ends."""
    return _done(basis_id, lambda: basis_ends.confirm(end_id, scope().person_id), "确认了。")


@pages.post("/bases/<basis_id>/end/<uuid:end_id>/drop")
@allowed(Permission.LIBRARY_EDIT)
def drop_end(basis_id: str, end_id: UUID) -> ResponseReturnValue:
    """Take back a proposed end before it is confirmed."""
    return _done(basis_id, lambda: basis_ends.drop(end_id, scope().person_id), "撤回了。")


def _done(basis_id: str, act: Callable[[], BasisEnd], said: str) -> ResponseReturnValue:
    row, refusal = attempt(act)
    if row is None:
        return _basis_page(basis_id, refusal)
    flash(said)
    return redirect(url_for("library.basis", basis_id=row.basis_id), 303)


@pages.get("/review")
@allowed(Permission.LIBRARY_REVIEW)
def to_review() -> ResponseReturnValue:
    """What somebody has to look at because the law ended, ends soon, or reads otherwise than it was cited."""
    me, cited = scope(), _found_under()
    counts = citing.open_by_item(me)
    versions = {row.id for row in checklists.current()} | {version for version, _ in counts} | _previous()
    frozen = [basis for one in versions for item in checklists.version(one).items for basis in item.bases]
    uses = review.uses(in_force())
    due = review.due(dict.fromkeys(frozen), known_bases(), clock.today())
    return render_template(
        "library/review.html",
        rows=[
            (
                one,
                uses.get(one.basis.id, []),
                sum(counts.get(found, 0) for found in cited.get(one.basis.id, ())),
                citing.open_under(me, cited.get(one.basis.id, set()), limit=10),
            )
            for one in due
        ],
        ahead=review.AHEAD.days,
    )


def _found_under() -> dict[str, set[citing.Found]]:
    """Basis id → the items of all versions that cite it; a finding keeps the version it was made under."""
    found: dict[str, set[citing.Found]] = {}
    for version_id, _ in checklists.every_version():
        for item in checklists.version(version_id).items:
            for basis in item.bases:
                found.setdefault(basis.id, set()).add((version_id, item.code))
    return found


def _open_hazards() -> dict[str, int]:
    counts = citing.open_by_item(scope())
    return {name: sum(counts.get(one, 0) for one in found) for name, found in _found_under().items()}


def _previous() -> set[UUID]:
    """The version before the one in force: what changed in the last step is shown once more after the step."""
    by_list: dict[str, list[UUID]] = {}
    for version_id, code in checklists.every_version():
        by_list.setdefault(code, []).append(version_id)
    return {ids[-2] for ids in by_list.values() if len(ids) > 1}
