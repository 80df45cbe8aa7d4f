"""Short ways for the tests of a hazard's life: a fixed day, a photo announced and not sent, people of other offices."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text

from inspect_app.hazards.actions import flagging, handing, requesting, settling
from inspect_app.hazards.clocks import TimeLimit
from inspect_app.hazards.events import Event
from inspect_app.hazards.locking import lock
from inspect_app.hazards.models import Hazard
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.ids import new_id
from inspect_app.kernel.workdays import RollOver, Unit
from tests.support import District, accepted, found, handed_over, submitted, verified

# A Monday with five plain working days behind and ahead of it.
MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=clock.SHANGHAI)


@contextmanager
def days_later(days: int, start: datetime = MONDAY) -> Iterator[None]:
    """Live that many days after the Monday."""
    with clock.stopped_at(start + timedelta(days=days)):
        yield


def never_sent() -> UUID:
    """The id of a photo that a phone announced and has not sent."""
    return new_id()


def without_triggers() -> None:
    """Somebody with the database's own rights gets round the triggers; the chain must still tell."""
    if db.session.connection().dialect.name == "sqlite":
        for name in db.session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            db.session.execute(text(f'DROP TRIGGER "{name}"'))
    else:
        db.session.execute(text("ALTER TABLE hazard_event DISABLE TRIGGER USER"))


def steps_of(hazard: Hazard) -> list[str]:
    return list(db.session.scalars(select(Event.step).where(Event.hazard_id == hazard.id).order_by(Event.seq)))


def newest(hazard: Hazard) -> Event:
    return db.session.scalars(
        select(Event).where(Event.hazard_id == hazard.id).order_by(Event.seq.desc()).limit(1)
    ).one()


def handed_over_in_days(
    district: District, term: TimeLimit = TimeLimit(7, Unit.DAYS, RollOver.NONE), office: str = "street",  # noqa: B008  frozen
) -> Hazard:  # fmt: skip
    """Handed over with a mending date stated in days."""
    hazard = found(district)
    handing.hand_over(
        lock(hazard.id), district.actor("du1"), handler_id=district.cast.offices[office], reply=TimeLimit(5),
        mending=term, paper="1号",
    )  # fmt: skip
    return hazard


def rectifying(district: District, *, place: int = 0, item: str = "F-EXIT-01", major: bool = False) -> Hazard:
    """Handed to the street and taken over."""
    return accepted(district, handed_over(district, found(district, place=place, item=item, major=major)))


def awaiting_closure(district: District, storage: object, verifier: str = "du2") -> Hazard:
    """A suspected major one, verified, waiting for the authority."""
    hazard = submitted(district, rectifying(district, major=True), storage)
    verified(district, hazard, verifier)
    assert hazard.state == "awaiting_closure"
    return hazard


def agreed(district: District, hazard: Hazard, by: str = "du1") -> Hazard:
    """The authority's opinion recorded, and it agrees."""
    settling.record_opinion(
        lock(hazard.id), district.actor(by), authority="青江区消防救援大队", number="青消函〔2026〕9号",
        on=clock.today(), agrees=True, opinion="同意销号",
    )  # fmt: skip
    return hazard


def listed(district: District, hazard: Hazard, by: str = "du1") -> Hazard:
    flagging.put_under_list(
        lock(hazard.id), district.actor(by), authority_id=district.cast.offices["emergency"],
        number="青应急督〔2026〕3号", on=clock.today(),
        measures=dict.fromkeys(flagging.MEASURES, "写明了"),
    )  # fmt: skip
    return hazard


def extension_asked(district: District, hazard: Hazard, days: int = 20, officer: str = "jiedao1") -> Hazard:
    requesting.ask_extension(
        lock(hazard.id), district.actor(officer), until=clock.today() + timedelta(days=days), reason="材料没有到",
        interim="停用",
    )  # fmt: skip
    return hazard
