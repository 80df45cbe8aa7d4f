"""The worker's part: the numbers of new pads stand in the number journal before any slip of them is printed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from inspect_app.kernel.database import db, writing
from inspect_app.kernel.hashing import sha256_hex
from inspect_app.papers.journal import NumberJournal

from . import actions
from .models import BlankSlip, SlipPad
from .rules import SERIES


@dataclass(frozen=True)
class _Number:
    """A slip as the journal writes it down; its content is its address alone."""

    id: UUID
    issuer_id: UUID
    year: int
    serial: int
    number: str
    content_sha256: str
    frozen_at: datetime
    kind: str = SERIES


def enter_numbers(journal: NumberJournal) -> int:
    """Write down the numbers of the pads that were asked for since the last time; returns of how many pads. Safe to run twice."""
    pads = db.session.scalars(select(SlipPad.id).where(SlipPad.journalled_at.is_(None)).order_by(SlipPad.made_at)).all()
    rows = db.session.execute(
        select(BlankSlip, SlipPad.made_at)
        .join(SlipPad, SlipPad.id == BlankSlip.pad_id)
        .where(BlankSlip.pad_id.in_(pads))
        .order_by(SlipPad.made_at, BlankSlip.serial)
    ).all()
    numbers = [
        _Number(row.id, row.issuer_id, row.year, row.serial, row.number, sha256_hex(row.address.encode()), made_at)
        for row, made_at in rows
    ]
    db.session.rollback()
    if pads:
        twice = [number.id for number in journal.enter(numbers)]
        with writing():
            actions.entered(pads, twice)
    return len(pads)
