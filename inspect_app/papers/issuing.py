"""Step 2 and the worker's loop: draw every frozen paper outside any transaction. Only the worker imports this."""

import logging
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import and_, or_, select, true, update

from inspect_app.kernel import clock, stamps
from inspect_app.kernel.database import db, writing
from inspect_app.kernel.keys import KeyRing

from . import actions
from .journal import NumberJournal
from .models import MOST_ATTEMPTS, Paper

log = logging.getLogger(__name__)
# How long after its freezing a paper is tried for the first, second … time: a short outage uses up no attempts.
_PATIENCE = tuple(timedelta(minutes=minutes) for minutes in (0, 0, 1, 3, 8, 20, 45, 90))
assert len(_PATIENCE) == MOST_ATTEMPTS


class PictureMissing(Exception):  # noqa: N818  # no fault: the sweep comes again
    """A picture of the paper is still on its way."""


def enter_numbers(journal: NumberJournal, *, limit: int = 500) -> int:
    """Write the numbers that were taken since the last time into the journal; returns how many. Safe to run twice.

    A number that the journal knows from another paper is not drawn: an older database was put in place, and the number
    is out there on another sheet already.
    """
    waiting = db.session.scalars(
        select(Paper)
        .where(Paper.journalled_at.is_(None), Paper.fault != actions.GIVEN_TWICE)
        .order_by(Paper.frozen_at)
        .limit(limit)
    ).all()
    twice = {paper.id for paper in journal.enter(waiting)}
    entered = [paper.id for paper in waiting if paper.id not in twice]
    db.session.rollback()
    if waiting:
        with writing():
            db.session.execute(update(Paper).where(Paper.id.in_(entered)).values(journalled_at=clock.now()))
            for paper_id in twice:
                actions.refuse_number(paper_id)
                log.error("paper %s: its number is on another sheet already", paper_id)
    return len(entered)


def draw_waiting(
    render: Callable[[str, dict[str, object], datetime], bytes],
    store: Callable[[bytes, str], str],
    keys: KeyRing,
    journal: NumberJournal,
    *,
    limit: int = 20,
    kinds: Collection[str] | None = None,
) -> int:
    """Draw up to `limit` papers in state 发文中, of some kinds alone or of all; returns how many were issued. Safe to run twice
    and after a crash.

    `render` gives the PDF of (kind, content, frozen at) or raises NotYet; `store` keeps bytes of a media type and returns their sha256.
    """
    while enter_numbers(journal):
        pass
    now = clock.now()
    ahead = and_(Paper.attempts < MOST_ATTEMPTS, Paper.frozen_at > now + stamps.SLACK)
    by_turns = (and_(Paper.attempts == number, Paper.frozen_at <= now - wait) for number, wait in enumerate(_PATIENCE))
    due = or_(ahead, *by_turns)
    waiting = db.session.execute(
        select(Paper.id, Paper.kind, Paper.content, Paper.frozen_at)
        .where(
            Paper.state == "issuing", Paper.journalled_at.is_not(None), due, Paper.kind.in_(kinds) if kinds else true()
        )
        .order_by(Paper.frozen_at)
        .limit(limit)
    ).all()
    db.session.rollback()
    return sum(_draw(row.id, partial(render, row.kind, row.content, row.frozen_at), store, keys) for row in waiting)


def _draw(
    paper_id: UUID,
    render: Callable[[], bytes],
    store: Callable[[bytes, str], str],
    keys: KeyRing,
) -> bool:
    try:
        pdf = render()
    except PictureMissing:
        return False
    except Exception as fault:
        log.exception("paper %s could not be drawn", paper_id)
        with writing():
            actions.note_fault(paper_id, f"{type(fault).__name__}: {fault}")
        return False
    with writing():
        sha256 = store(pdf, "application/pdf")
        key_id, signature = keys.sign(bytes.fromhex(sha256))
        attached = actions.attach(paper_id, file_sha256=sha256, key_id=key_id, signature=signature)
        if attached:
            actions.seal(paper_id, keys)
        return attached
