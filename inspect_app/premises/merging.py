"""Merging places that were registered twice, and undoing it. The only writer of merged_into_id.

Nothing moves: hazards, visits and papers keep the row under which they were made, and are read through the one that stands
(merged.py). So undoing needs no memory of what came later. Docs: docs/decisions/0048-merged-places.md.
"""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import or_, select

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere, Refused
from inspect_app.kernel.limits import whole
from inspect_app.people import acts
from inspect_app.people.rules import Scope

from .models import Premises, PremisesMerge
from .queries import hold, sees
from .rules import standing_rows


def merge(scope: Scope, losing_id: UUID, into_id: UUID, reason: str) -> PremisesMerge:
    """Let one place stand for another from now on. Both lie within what somebody may change.

    Raises NotThere outside it, Refused where one of the two was merged in the meantime: of two who merge the same places in
    opposite directions the second is told so.
    """
    why = _why(reason)
    if losing_id == into_id:
        raise Refused("这是同一家，不用合并。", field="other")
    losing, into = _held(scope, losing_id, into_id)
    for row in (losing, into):
        if row.merged_into_id is not None:
            raise Refused(f"{row.name}（{row.code}）已经并到别的一家里了，请重新打开看一下。", field="other")
    made = PremisesMerge(
        premises_id=losing.id, into_id=into.id, person_id=scope.person_id, made_at=clock.now(), reason=why
    )
    db.session.add(made)
    acts.note(
        scope.person_id,
        "premises",
        losing.id,
        _called(losing),
        "merged",
        {"merged_into": [None, _called(into)], "reason": [None, why]},
    )
    _stand_anew(losing.id, into.id)
    return made


def _called(row: Premises) -> str:
    return f"{row.name}（{row.code}）"


def undo(scope: Scope, merge_id: UUID, reason: str) -> Premises:
    """Let a merged place stand for itself again, with what had been merged into it before; returns it. Raises NotThere
    outside what somebody may change, Refused where it was undone already."""
    why = _why(reason)
    made = db.session.get(PremisesMerge, merge_id)
    if made is None:
        raise NotThere
    losing, into = _held(scope, made.premises_id, made.into_id)
    db.session.refresh(made)  # under the lock of both places: of two who undo it the second is told
    if made.undone_at is not None:
        raise Refused("这次合并已经撤回过了。", field="reason")
    made.undone_at, made.undone_by_person_id, made.undone_reason = clock.now(), scope.person_id, why
    acts.note(
        scope.person_id,
        "premises",
        losing.id,
        _called(losing),
        "undone",
        {"merged_into": [_called(into), None], "reason": [None, why]},
    )
    _stand_anew(made.premises_id, made.into_id)
    return losing


def _why(reason: str) -> str:
    why = whole(reason, "words", "reason").strip()
    if not why:
        raise Refused("请写理由，以后看得懂为什么。", field="reason")
    return why


def _held(scope: Scope, *premises_ids: UUID) -> list[Premises]:
    """Two places as they are now, both locked with what they stand for (ADR 18). Raises NotThere where one is out of sight."""
    known = [db.session.get(Premises, one) for one in premises_ids]
    if any(row is None or not sees(scope, row) for row in known):
        raise NotThere
    rows = {row.id: row for row in hold({*premises_ids, *_group(*premises_ids)})}
    return [rows[one] for one in premises_ids]


def _group(*premises_ids: UUID) -> list[UUID]:
    known = [db.session.get_one(Premises, one) for one in premises_ids]
    roots = {row.merged_into_id or row.id for row in known}
    beside = or_(Premises.id.in_(roots), Premises.merged_into_id.in_(roots))
    return list(db.session.scalars(select(Premises.id).where(beside)))


def _stand_anew(*premises_ids: UUID) -> None:
    """Write for every row of the places which one stands for it, as the mergings that hold say."""
    db.session.flush()
    rows = hold(_group(*premises_ids))
    for row, root in _roots([row.id for row in rows]).items():
        place = db.session.get_one(Premises, row)
        place.merged_into_id = None if root == row else root
    db.session.flush()


def _roots(premises_ids: list[UUID]) -> Mapping[UUID, UUID]:
    holding = select(PremisesMerge.premises_id, PremisesMerge.into_id).where(
        PremisesMerge.premises_id.in_(premises_ids), PremisesMerge.undone_at.is_(None)
    )
    return standing_rows(premises_ids, {row.premises_id: row.into_id for row in db.session.execute(holding)})
