"""Reads of the intake for the desk: phones, what waits for a confirmation, backup files. Scoped by the area of terms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, func, select, true

from inspect_app.kernel.database import db
from inspect_app.people.models import Account, Person, RoleTerm
from inspect_app.people.rules import Role, Scope

from .models import Device, DeviceGap, PendingOperation, RescueFile


def _of_area(scope: Scope) -> ColumnElement[bool]:
    """Terms of the areas somebody looks after."""
    return true() if scope.whole_district else RoleTerm.area_id.in_(scope.area_ids)


def _accounts(scope: Scope) -> ColumnElement[bool]:
    """Accounts of people who are, or were, deputies there."""
    people = select(RoleTerm.person_id).where(RoleTerm.role == Role.DEPUTY, _of_area(scope))
    return Account.person_id.in_(people)


def sees_account(scope: Scope, account_id: UUID) -> bool:
    """Whether the deputy of an account is, or was, one of those somebody looks after."""
    return db.session.scalar(select(Account.id).where(Account.id == account_id, _accounts(scope))) is not None


def sees_term(scope: Scope, term_id: UUID) -> bool:
    """Whether a term lies in the areas somebody looks after."""
    return db.session.scalar(select(RoleTerm.id).where(RoleTerm.id == term_id, _of_area(scope))) is not None


@dataclass(frozen=True)
class PhoneView:
    """A phone and who used it last."""

    device: Device
    person: str
    account_id: UUID


def phones(scope: Scope, *, only_missing: bool = False) -> Sequence[PhoneView]:
    """The phones of the area's deputies: those that lost something first, then those that hold something, then the rest."""
    statement = (
        select(Device, Person.name, Account.id)
        .join(Account, Account.id == Device.account_id)
        .join(Person, Person.id == Account.person_id)
        .where(_accounts(scope))
        .order_by(Device.missing_since.is_(None), Device.oldest_at.is_(None), Device.oldest_at, Device.last_at.desc())
        .limit(500)
    )
    if only_missing:
        statement = statement.where(Device.missing_since.is_not(None))
    return [PhoneView(row[0], row[1], row[2]) for row in db.session.execute(statement)]


def gaps_looked_into(scope: Scope, limit: int = 20) -> Sequence[tuple[DeviceGap, str, str]]:
    """What was found out about lost numbers, the newest first: with whose phone it was and who looked."""
    owner = select(Person.name).join(Account, Account.person_id == Person.id).where(Account.id == Device.account_id)
    looker = select(Person.name).where(Person.id == DeviceGap.decided_by_id)
    rows = db.session.execute(
        select(DeviceGap, owner.scalar_subquery(), looker.scalar_subquery())
        .join(Device, Device.id == DeviceGap.device_id)
        .join(Account, Account.id == Device.account_id)
        .where(_accounts(scope))
        .order_by(DeviceGap.decided_at.desc())
        .limit(limit)
    )
    return [(row[0], row[1], row[2]) for row in rows]


@dataclass(frozen=True)
class Batch:
    """What arrived together and waits together, or was decided together."""

    receipt_id: UUID
    person: str
    reason: str
    arrived_at: datetime
    rows: Sequence[PendingOperation]


def waiting_batches(scope: Scope) -> Sequence[Batch]:
    """待确认: what waits, the oldest first."""
    return _batches(scope, PendingOperation.decided_at.is_(None), PendingOperation.arrived_at)


def decided_batches(scope: Scope, limit: int = 300) -> Sequence[Batch]:
    """What was decided, the newest first."""
    decided = PendingOperation.decided_at.is_not(None)
    return _batches(scope, decided, PendingOperation.decided_at.desc(), limit)


def _batches(scope: Scope, condition: ColumnElement[bool], order: Any, limit: int = 5000) -> Sequence[Batch]:
    rows = db.session.execute(
        select(PendingOperation, Person.name)
        .join(Account, Account.id == PendingOperation.account_id)
        .join(Person, Person.id == Account.person_id)
        .join(RoleTerm, RoleTerm.id == PendingOperation.term_id)
        .where(condition, _of_area(scope))
        .order_by(order, PendingOperation.operation_id)
        .limit(limit)
    ).all()
    together: dict[UUID, list[PendingOperation]] = {}
    names: dict[UUID, str] = {}
    for row, name in rows:
        together.setdefault(row.receipt_id, []).append(row)
        names[row.receipt_id] = name
    return [
        Batch(receipt_id, names[receipt_id], group[0].reason, group[0].arrived_at, _in_order(group))
        for receipt_id, group in together.items()
    ]


def _in_order(rows: list[PendingOperation]) -> list[PendingOperation]:
    return sorted(rows, key=lambda row: (row.raw["device"], row.raw["seq"]))


def number_waiting(scope: Scope) -> ScalarSelect[int]:
    """How many times something arrived that waits for a confirmation, as a part of a statement."""
    return (
        select(func.count(PendingOperation.receipt_id.distinct()))
        .join(RoleTerm, RoleTerm.id == PendingOperation.term_id)
        .where(PendingOperation.decided_at.is_(None), _of_area(scope))
        .scalar_subquery()
    )


def count_waiting(scope: Scope) -> int:
    """The same, asked by itself."""
    return db.session.scalar(select(number_waiting(scope))) or 0


def rescue_files(scope: Scope, limit: int = 20) -> Sequence[tuple[RescueFile, str, str]]:
    """Backup files that were fed in, the newest first: whose, and by whom."""
    owner = select(Person.name).where(Person.id == Account.person_id)
    feeder = select(Person.name).where(Person.id == RescueFile.fed_by_id)
    rows = db.session.execute(
        select(RescueFile, owner.scalar_subquery(), feeder.scalar_subquery())
        .join(Account, Account.id == RescueFile.account_id)
        .where(_accounts(scope))
        .order_by(RescueFile.fed_at.desc())
        .limit(limit)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def is_lost(device_id: str) -> bool:
    """Whether a phone was reported lost."""
    return bool(db.session.scalar(select(Device.id).where(Device.id == device_id, Device.lost_at.is_not(None))))
