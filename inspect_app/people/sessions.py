"""Sign-ins as the server knows them: begun, listed, ended one by one. A cookie names one and is worth what it is."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import NAMESPACE_OID, UUID, uuid5

from sqlalchemy import bindparam, delete, select, update

from inspect_app.kernel import clock
from inspect_app.kernel.database import db, run
from inspect_app.kernel.errors import NotThere
from inspect_app.kernel.limits import shortened
from inspect_app.kernel.races import insert_if_absent

from .models import Account
from .rules import PHONE_SESSION
from .signing_in import SignedIn

# How long a browser is known as the person's own after it was last signed in with.
KNOWN_FOR = timedelta(days=180)
_ENDED = select(SignedIn.ended_at).where(SignedIn.id == bindparam("id"))


def new_browser() -> str:
    """What a browser keeps to be known again: it opens nothing."""
    return secrets.token_hex(16)


def browser_hash(kept: str) -> str:
    """What is kept of a browser's own secret: its SHA-256; empty for a browser that has none."""
    return hashlib.sha256(kept.encode()).hexdigest() if kept else ""


def begin(account: Account, *, since: datetime, address: str, agent: str, browser: str) -> UUID:
    """A new sign-in; returns what its cookie is to name."""
    row = SignedIn(
        account_id=account.id,
        began_at=since,
        address=address,
        agent=shortened(agent, "agent"),
        browser=browser_hash(browser),
    )
    db.session.add(row)
    db.session.flush()
    return row.id


def before_they_were_kept(uniquifier: str, since: str) -> UUID:
    """The name of a sign-in whose cookie is from before sign-ins were kept here, so that it can be ended as well."""
    return uuid5(NAMESPACE_OID, f"{uniquifier} {since}")


def is_over(signed_in: UUID, *, kept: bool) -> bool:
    """Whether it was ended; one that should be kept here and is not is over, too."""
    row = run(_ENDED, {"id": signed_in}).first()
    return kept if row is None else row.ended_at is not None


def knows(account_id: UUID, browser: str) -> bool:
    """Whether the person has signed in with this browser before."""
    known = select(SignedIn.id).where(SignedIn.account_id == account_id, SignedIn.browser == browser_hash(browser))
    return bool(browser) and db.session.scalar(known.limit(1)) is not None


def end(signed_in: UUID, account_id: UUID, since: datetime) -> None:
    """Ended here, whatever becomes of the cookie; also one that was never kept."""
    insert_if_absent(SignedIn, id=signed_in, account_id=account_id, began_at=since, address="", agent="", browser="")
    db.session.execute(
        update(SignedIn).where(SignedIn.id == signed_in, SignedIn.ended_at.is_(None)).values(ended_at=clock.now())
    )


def end_one(account_id: UUID, signed_in: UUID) -> None:
    """End one of one's own sign-ins; raises NotThere."""
    row = db.session.get(SignedIn, signed_in)
    if row is None or row.account_id != account_id:
        raise NotThere
    row.ended_at = row.ended_at or clock.now()
    db.session.flush()


def end_all(account_id: UUID, *, forget_browsers: bool = False) -> None:
    """End all sign-ins of an account. A browser that is lost or in strange hands is not known any more."""
    mine = update(SignedIn).where(SignedIn.account_id == account_id)
    db.session.execute(mine.where(SignedIn.ended_at.is_(None)).values(ended_at=clock.now()))
    if forget_browsers:
        db.session.execute(mine.values(browser=""))


def open_ones(account_id: UUID, lasts: timedelta) -> Sequence[SignedIn]:
    """Where an account is signed in now, the newest first."""
    return db.session.scalars(
        select(SignedIn)
        .where(SignedIn.account_id == account_id, SignedIn.ended_at.is_(None), SignedIn.began_at > clock.now() - lasts)
        .order_by(SignedIn.began_at.desc(), SignedIn.id.desc())
        .limit(50)
    ).all()


def drop_old() -> int:
    """What is over by itself and by which no browser is known any more."""
    now = clock.now()
    dropped = db.session.execute(
        delete(SignedIn).where(SignedIn.began_at < now - max(KNOWN_FOR, PHONE_SESSION + timedelta(days=1)))
    )
    return int(getattr(dropped, "rowcount", 0))
