"""Guesses at the doors: passwords, codes of an authenticator, codes of papers. Each is counted before it is looked at.

See docs/decisions/0023-doors.md for what is counted where, and why nobody locks a colleague out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, or_, select, update

from inspect_app.kernel import clock, spelling, stamps
from inspect_app.kernel.database import db
from inspect_app.kernel.races import hold_or_insert

from .rules import FREE_TRIES, locked_for, network_of
from .signing_in import Tries

FROM_ANYWHERE = 30  # at one account, by browsers it does not know
FROM_ONE_NETWORK = 100  # at whatever account
FORGOTTEN_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class Doors:
    """Under which names a try is counted, each with its free tries. The `own` ones open again with what was right; what is
    counted for a whole network only gets this try back."""

    own: Mapping[str, int]
    shared: Mapping[str, int]

    @property
    def all(self) -> dict[str, int]:
        """Every door a try counts at, with how many it allows."""
        return {**self.own, **self.shared}


def doors(kind: str, name: str, *, address: str, known_browser: str) -> Doors:
    """The doors of an account by its login, or of a name that is nobody's. A browser that the person has signed in with
    before has one of its own: whoever guesses elsewhere, or beside them on the same network, does not close it. Where many
    come by there is a door for each day: counted on and on, with never a day's rest, it would only ever fill."""
    who = spelling.login_key(name)
    if known_browser:
        return Doors({f"{kind} {who} browser:{known_browser}": FREE_TRIES}, {})
    network, day = network_of(address), clock.today()
    return Doors(
        {f"{kind} {who} {network}": FREE_TRIES, f"{kind} {who} anywhere {day}": FROM_ANYWHERE},
        {f"{kind} {network} {day}": FROM_ONE_NETWORK},
    )


def count(at: Doors) -> timedelta:
    """Count one try; how long one has to wait where a door is closed, and then nothing is counted. Of many at once each
    waits here for the one before: take it in a transaction that ends soon."""
    free = at.all
    rows = [_held(door) for door in sorted(free)]
    now = clock.now()
    wait = max(locked_for(row.count, row.last_at, now, free[row.door]) for row in rows)
    if not wait:
        for row in rows:
            row.count, row.last_at = row.count + 1, now
        db.session.flush()
    return wait


def count_today(door: str, most: int) -> int:
    """Count one try at a door that takes so many a day; the how manyth it is, 0 where no more are taken."""
    row = _held(door)
    now = clock.now()
    if clock.local_date(row.last_at) != clock.local_date(now):
        row.count = 0
    if row.count >= most:
        return 0
    row.count, row.last_at = row.count + 1, now
    db.session.flush()
    return row.count


def was_right(at: Doors) -> None:
    """Forget the tries before what was typed right."""
    for door in sorted(at.all):  # in the order in which they are counted, or two of them wait for each other
        if door in at.own:
            forget(door)
        else:
            give_back(door)


def forget(*names: str) -> None:
    """Clear the count of tries at these doors."""
    db.session.execute(delete(Tries).where(Tries.door.in_(names)))


def give_back(door: str) -> None:
    """Take one try back from a door that many come by."""
    db.session.execute(update(Tries).where(Tries.door == door, Tries.count > 0).values(count=Tries.count - 1))


def forget_all(beginning: str) -> None:
    """Clear the count of tries at every door whose name begins so."""
    db.session.execute(delete(Tries).where(Tries.door.startswith(beginning, autoescape=True)))


def drop_old() -> int:
    """Doors that nobody tried at for a day, or by a clock that ran ahead; one at which somebody tries just now is left to
    the next time."""
    now = clock.now()
    old = or_(Tries.last_at < now - FORGOTTEN_AFTER, Tries.last_at > now + stamps.SLACK)
    free = select(Tries.door).where(old).with_for_update(skip_locked=True)
    dropped = db.session.execute(delete(Tries).where(Tries.door.in_(free)).execution_options(synchronize_session=False))
    return int(getattr(dropped, "rowcount", 0))


def _held(door: str) -> Tries:
    """The row of a door, made where there is none, locked; a count that is a day old, or of a clock that ran ahead, begins
    anew. Of several doors each is taken in the order of their names."""
    row = hold_or_insert(Tries, door=door, count=0, last_at=clock.now())
    now = clock.now()
    if now - row.last_at > FORGOTTEN_AFTER or stamps.ahead(row.last_at, now):
        row.count = 0
    return row
