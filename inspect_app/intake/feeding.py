"""Feeding a backup file in: its photos are stored, its operations wait for a confirmation, and who did it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from inspect_app.evidence import actions as evidence
from inspect_app.evidence.models import Photo
from inspect_app.evidence.rules import said_of
from inspect_app.evidence.storage import Storage
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Refused
from inspect_app.kernel.keys import KeyRing
from inspect_app.people import queries as people
from inspect_app.people.models import Account
from inspect_app.people.rules import Scope

from . import devices, pending, uploads
from .actions import take
from .appliers import Appliers
from .dating import date_all, date_photo
from .models import RescueFile
from .phones import instant
from .queries import sees_account
from .rescue import Backup
from .rules import MOST_OPERATIONS, Operation, OperationOutcome

NOT_YOURS = "这份备份文件不是您片区的代表的，请交给那里的督办员。什么都没有写进去。"


@dataclass(frozen=True)
class Fed:
    """What was in a backup file and what became of it."""

    person: str
    waiting: int  # operations that now wait for a confirmation
    known: int  # that had come before
    refused: int  # captured without a right, or under an id used for something else
    unreadable: int
    photos: int  # that are here now
    photos_known: int
    photos_refused: int


def store_photos(backup: Backup, storage: Storage) -> None:
    """The bytes of the photos into the store, before the write lock is taken: a file in the store that no row names is
    nothing yet. What is damaged or no photo is left out."""
    for entry, data in backup.photo_bytes():
        try:
            uploads.check(data, entry.sha256)
        except Refused:
            continue
        storage.put(data)


def feed(backup: Backup, file_sha256: str, by: Scope, appliers: Appliers, storage: Storage, keys: KeyRing) -> Fed:
    """Keep what a backup holds; feeding it in twice changes nothing. Raises Refused for another area's."""
    account = owner_of(backup, by)
    photos, photos_known, photos_refused = _photos(backup, account.id, storage)
    now = clock.now()
    operations = date_all(backup.operations, account.id, now, confirmed=True)
    waiting, known, refused = _operations(sorted(operations, key=lambda op: op.seq), account, by, appliers, keys)
    fed = Fed(account.person.name, waiting, known, refused, backup.unreadable, photos, photos_known, photos_refused)
    db.session.add(
        RescueFile(
            sha256=file_sha256,
            account_id=account.id,
            device=backup.device,
            made_at=instant(backup.made_at),
            fed_at=now,
            fed_by_id=by.person_id,
            counts={name: value for name, value in vars(fed).items() if name != "person"},
        )
    )
    db.session.flush()
    return fed


def owner_of(backup: Backup, by: Scope) -> Account:
    """Whose backup it is; raises Refused where that is nobody this supervisor looks after."""
    account = db.session.get(Account, backup.account_id)
    if account is None or not sees_account(by, account.id):
        raise Refused(NOT_YOURS)
    return account


def _operations(
    operations: Sequence[Operation], account: Account, by: Scope, appliers: Appliers, keys: KeyRing
) -> tuple[int, int, int]:
    """(waiting, known, refused). The receipt is the account's: the phone's own copy is answered by it later."""
    owner = people.scope_for(account.id, clock.today()) or people.scope_after(account.id, clock.today())
    # A closed account has no scope of its own; only its id goes into the receipt.
    receiver = owner or replace(by, account_id=account.id, person_id=account.person_id)
    hold = pending.holder(account.id, pending.RESCUE)
    waiting = known = refused = 0
    for start in range(0, len(operations), MOST_OPERATIONS):
        part = operations[start : start + MOST_OPERATIONS]
        taken = take(part, receiver, appliers, keys, hold)
        fresh_ids = {op.id for op in taken.fresh}
        known += sum(op.id not in fresh_ids for op in part)
        new = [answer for op, answer in taken.answers if op.id in fresh_ids]
        waiting += sum(answer.outcome is OperationOutcome.WAITING for answer in new)
        refused += sum(answer.outcome is not OperationOutcome.WAITING for answer in new)
        for device, numbers in devices.numbers_in(taken.answers).items():
            devices.note_rescued(device, account.id, numbers)
    return waiting, known, refused


def _photos(backup: Backup, account_id: UUID, storage: Storage) -> tuple[int, int, int]:
    """(new, known, refused): one that is damaged or no photo does not stop the others."""
    new = known = refused = 0
    for entry, data in backup.photo_bytes():
        before = db.session.get(Photo, entry.id)
        if before is not None and storage.has(before.sha256):
            known += 1
            continue
        said = date_photo(said_of(entry.said), account_id, clock.now(), device=backup.device)
        try:
            evidence.receive_photo(
                storage, data, photo_id=entry.id, account_id=account_id, said=said, declared_sha256=entry.sha256
            )
        except Refused:
            refused += 1
        else:
            new += 1
    return new, known, refused
