"""Step 2 and the worker's loop: draw every frozen paper outside any transaction. Only the worker imports this."""

import logging
from collections.abc import Callable
from uuid import UUID

from sqlalchemy import select

from inspect_app.kernel.database import db, writing
from inspect_app.kernel.keys import KeyRing

from . import actions
from .models import Paper

log = logging.getLogger(__name__)
MOST_ATTEMPTS = 8


def draw_waiting(
    render: Callable[[str, dict[str, object]], bytes],
    store: Callable[[bytes, str], str],
    keys: KeyRing,
    *,
    limit: int = 20,
) -> int:
    """Draw up to `limit` papers in state 发文中; returns how many were issued. Safe to run twice and after a crash.

    `render` gives the PDF of (kind, content); `store` keeps bytes of a media type and returns their sha256.
    """
    waiting = db.session.execute(
        select(Paper.id, Paper.kind, Paper.content)
        .where(Paper.state == "issuing", Paper.attempts < MOST_ATTEMPTS)
        .order_by(Paper.frozen_at)
        .limit(limit)
    ).all()
    db.session.rollback()
    return sum(_draw(row.id, row.kind, row.content, render, store, keys) for row in waiting)


def _draw(
    paper_id: UUID,
    kind: str,
    content: dict[str, object],
    render: Callable[[str, dict[str, object]], bytes],
    store: Callable[[bytes, str], str],
    keys: KeyRing,
) -> bool:
    try:
        pdf = render(kind, content)
    except Exception as fault:
        log.exception("paper %s could not be drawn", paper_id)
        with writing():
            actions.note_fault(paper_id, f"{type(fault).__name__}: {fault}")
        return False
    with writing():
        sha256 = store(pdf, "application/pdf")
        key_id, signature = keys.sign(bytes.fromhex(sha256))
        return actions.attach(paper_id, file_sha256=sha256, key_id=key_id, signature=signature)
