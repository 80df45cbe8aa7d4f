"""Whose the photos of visits must be. Naming a photo opens nothing."""

from uuid import UUID

from sqlalchemy import bindparam, select

from inspect_app.kernel.database import run
from inspect_app.people import queries as people

from .begun import Begun
from .closings import photos_in
from .models import VisitAnswers

_NAMED_BY = select(VisitAnswers.person_id, VisitAnswers.taps).where(VisitAnswers.visit_id == bindparam("visit"))


def photo_senders(visit_id: UUID) -> dict[UUID, frozenset[UUID | None]]:
    """Whose each photo must be that the answers and zones of a visit name: theirs who named it here. A companion's photo counts
    because the companion brought it to this visit, not because somebody named a companion."""
    named: dict[UUID, set[UUID]] = {}
    for row in run(_NAMED_BY, {"visit": visit_id}):
        for photo in (photo for tap in row.taps for photo in photos_in(tap)):
            named.setdefault(photo, set()).add(row.person_id)
    accounts = people.accounts_of(frozenset().union(*named.values()))
    return {photo: frozenset().union(*(accounts[person] for person in who)) for photo, who in named.items()}


def begun_senders(begun: Begun) -> dict[UUID, frozenset[UUID | None]]:
    """The same of a visit that begins in this transaction: only who begins it has named any."""
    named = begun.photos
    person = begun.visit.person_id
    return dict.fromkeys(named, frozenset(people.accounts_of([person])[person])) if named else {}
