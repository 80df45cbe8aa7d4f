"""The server's epoch: named by every receipt, so that phones learn of a backup that was restored."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select

from inspect_app.kernel import clock
from inspect_app.kernel.database import db, run
from inspect_app.kernel.ids import new_id

from .models import Epoch

NEWEST = select(Epoch.id).order_by(Epoch.since.desc()).limit(1)


def current_epoch() -> UUID:
    """The newest epoch; the first use begins one."""
    return newest_epoch() or begin_epoch()


def newest_epoch() -> UUID | None:
    """The present epoch; None before the first."""
    found: UUID | None = run(NEWEST).scalar()
    return found


def begin_epoch() -> UUID:
    """A new epoch: after a restore, so that phones offer again what the backup may lack. It is the newest, whatever clock
    began the ones before."""
    last = db.session.scalar(select(func.max(Epoch.since)))
    row = Epoch(id=new_id(), since=max(clock.now(), last + timedelta(milliseconds=1)) if last else clock.now())
    db.session.add(row)
    db.session.flush()
    return row.id
