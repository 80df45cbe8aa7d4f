"""Step 2 and the worker's loop: draw every frozen paper outside any transaction. Only the worker imports this."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import and_, or_, select

from inspect_app.kernel import clock
from inspect_app.kernel.database import db, writing
from inspect_app.kernel.keys import KeyRing

from . import actions
from .models import MOST_ATTEMPTS, Paper

log = logging.getLogger(__name__)
# How long after its freezing a paper is tried for the first, second … time: a short outage uses up no attempts.
_PATIENCE = tuple(timedelta(minutes=minutes) for minutes in (0, 0, 1, 3, 8, 20, 45, 90))
assert len(_PATIENCE) == MOST_ATTEMPTS


class NotYet(Exception):  # noqa: N818  # no fault: the sweep comes again
    """A picture of the paper is still on its way."""


def draw_waiting(
    render: Callable[[str, dict[str, object], datetime], bytes],
    store: Callable[[bytes, str], str],
    keys: KeyRing,
    *,
    limit: int = 20,
) -> int:
    """Draw up to `limit` papers in state 发文中; returns how many were issued. Safe to run twice and after a crash.

    `render` gives the PDF of (kind, content, frozen at) or raises NotYet; `store` keeps bytes of a media type and returns their sha256.
    """
    now = clock.now()
    due = or_(*(and_(Paper.attempts == number, Paper.frozen_at <= now - wait) for number, wait in enumerate(_PATIENCE)))
    waiting = db.session.execute(
        select(Paper.id, Paper.kind, Paper.content, Paper.frozen_at)
        .where(Paper.state == "issuing", due)
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
    except NotYet:
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
