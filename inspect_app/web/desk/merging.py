"""合并: two places that are one, side by side, before one stands for both; and undoing it."""

from dataclasses import dataclass
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from inspect_app.casework.holdings import holdings_of
from inspect_app.kernel.errors import NotThere, Refused
from inspect_app.people import areas
from inspect_app.people.rules import mask_phone
from inspect_app.premises import merging
from inspect_app.premises import queries as premises
from inspect_app.premises.doubles import likely_doubles
from inspect_app.premises.models import Premises, PremisesMerge
from inspect_app.premises.rules import KIND_NAMES, STATUS_NAMES, PremisesKind

from ..access import Permission, allowed, scope
from ..fields import attempt, maybe_id, page_of, posted, posted_id, searched
from .pages import pages
from .place_page import place_page

MOST_FOUND = 10


@dataclass(frozen=True)
class Pair:
    """Two places side by side: each line is what it is, how it stands here and there, and whether it differs."""

    one: Premises
    other: Premises
    lines: list[tuple[str, str, str]]


@pages.route("/places/<uuid:premises_id>/merge", methods=["GET", "POST"])
@allowed(Permission.REGISTER)
def merge_place(premises_id: UUID) -> ResponseReturnValue:
    """Find the other one, look at both, and say which stands."""
    row = premises.load(scope(), premises_id)
    refusal = None
    if request.method == "POST":
        made, refusal = attempt(lambda: _merge(row))
        if made is not None:
            flash("合并好了。两家的隐患、走访和文书都在这一页，随时可以撤回。")
            return redirect(url_for("desk.place", premises_id=made.into_id), 303)
    return _page(row, refusal)


@pages.post("/places/<uuid:premises_id>/merges/<uuid:merge_id>/undo")
@allowed(Permission.REGISTER)
def undo_merge(premises_id: UUID, merge_id: UUID) -> ResponseReturnValue:
    """撤回合并: each stands for itself again, with what was found there."""
    stands = premises.load(scope(), premises_id)
    row, refusal = attempt(lambda: merging.undo(scope(), merge_id, posted("reason", "words")))
    if row is None:
        return place_page(stands, refusal)
    flash(f"撤回了。{row.name}（{row.code}）又单独立着，在哪一家看到的还归哪一家。")
    return redirect(url_for("desk.place", premises_id=row.id), 303)


def _merge(row: Premises) -> PremisesMerge:
    other = posted_id("other", "另一家")
    keep = posted("keep")
    if keep not in (str(row.id), str(other)):
        raise Refused("请选留下哪一家。", field="keep")
    losing = other if keep == str(row.id) else row.id
    return merging.merge(scope(), losing, other if losing == row.id else row.id, posted("reason", "words"))


def _page(row: Premises, refusal: Refused | None) -> ResponseReturnValue:
    me, words = scope(), searched()
    other = _other(row, maybe_id(request.values.get("other")))
    found = [one for one in premises.search(me, words, MOST_FOUND + 1) if one.id != row.id] if words else []
    return page_of(
        "desk/merge.html",
        refusal,
        premises=row,
        pair=_pair(row, other) if other is not None else None,
        likely=likely_doubles(me, row) if other is None else [],
        words=words,
        found=found[:MOST_FOUND],
    )


def _other(row: Premises, other_id: UUID | None) -> Premises | None:
    if other_id is None:
        return None
    try:
        other = premises.load(scope(), other_id)
    except NotThere:
        return None
    return other if other.id != row.id else None


def _pair(one: Premises, other: Premises) -> Pair:
    names = {area.id: area.name for area in areas.areas_of(scope())}
    told = [_told(row, names) for row in (one, other)]
    return Pair(one, other, [(here[0], here[1], there[1]) for here, there in zip(*told, strict=True)])


def _told(row: Premises, areas_named: dict[UUID, str]) -> list[tuple[str, str]]:
    parties = premises.parties_of(row.id)
    return [
        ("编号", row.code),
        ("名称", row.name),
        ("类别", KIND_NAMES[PremisesKind(row.kind)]),
        ("地址", row.address),
        ("街道或社区", areas_named.get(row.area_id, "")),
        ("电话", mask_phone(row.phone)),
        ("责任主体", "、".join(party.name for _link, party in parties) or "待查"),
        ("信用代码", "、".join(party.credit_code for _link, party in parties if party.credit_code)),
        ("现在", STATUS_NAMES[row.status]),
        ("定位", "有" if row.lon is not None else "没有"),
        *holdings_of(row.id).words(),
    ]
