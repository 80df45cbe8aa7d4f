"""The only writers of the day on which a legal basis ends: one administrator asks, another confirms."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere, Refused, Stale
from inspect_app.kernel.ids import new_id
from inspect_app.kernel.races import insert_if_absent

from . import library
from .models import BasisEnd


def ask(basis_id: str, until: date | None, reason: str, person_id: UUID) -> BasisEnd:
    """Somebody says on which day a basis ends; None says that it goes on after all.

    Raises NotThere for an unknown basis, Refused without a reason, for an impossible day and while another one waits.
    """
    basis = library.bases().get(basis_id)
    if basis is None:
        raise NotThere("依据库里没有这一条，可能编号不完整。")
    if until is not None and (until < (basis.since or date(1949, 10, 1)) or until.year > 2100):
        raise Refused("失效的日子不能早于施行的日子，也不能太远，请看一下年份。", field="until")
    if not reason.strip():
        raise Refused("请写为什么，例如：被哪一部新的规定代替，文号是什么。", field="reason")
    if _waiting(basis_id) is not None:
        raise Refused("这一条已经有一份在等另一位管理员确认，请先确认或撤回那一份。")
    row_id = new_id()
    # Two presses at once: the database keeps one that waits.
    insert_if_absent(
        BasisEnd,
        id=row_id,
        basis_id=basis_id,
        until=until,
        reason=reason.strip(),
        asked_by_person_id=person_id,
        asked_at=clock.now(),
    )
    row = db.session.get(BasisEnd, row_id)
    if row is None:
        raise Refused("这一条刚才有人写了失效日期，正在等另一位管理员确认。")
    return row


def _waiting(basis_id: str) -> BasisEnd | None:
    return db.session.scalar(
        select(BasisEnd).where(
            BasisEnd.basis_id == basis_id, BasisEnd.confirmed_at.is_(None), BasisEnd.dropped_at.is_(None)
        )
    )


def confirm(end_id: UUID, person_id: UUID) -> BasisEnd:
    """From now on the basis ends on that day. Raises Refused for who asked, Stale where it is settled already."""
    row = _open(end_id)
    if row.asked_by_person_id == person_id:
        raise Refused("这是您写的，要请另一位管理员看过再确认。")
    row.confirmed_by_person_id, row.confirmed_at = person_id, clock.now()
    db.session.flush()
    return row


def drop(end_id: UUID, person_id: UUID) -> BasisEnd:
    """What was asked is taken back by either of the two. Raises Stale where it is settled already."""
    row = _open(end_id)
    row.dropped_by_person_id, row.dropped_at = person_id, clock.now()
    db.session.flush()
    return row


def _open(end_id: UUID) -> BasisEnd:
    row = db.session.get(BasisEnd, end_id, with_for_update=True)
    if row is None:
        raise NotThere
    if row.confirmed_at is not None or row.dropped_at is not None:
        raise Stale("这一份刚才已经确认，或者撤回了。")
    return row
