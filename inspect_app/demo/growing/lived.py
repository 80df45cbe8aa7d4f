"""What was lived, read back: all rows of a life's hazards, with marks in the place of what an item says of them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from inspect_app.evidence.models import Photo, PhotoCopy
from inspect_app.hazards.dates import Clock
from inspect_app.hazards.events import Event, EventWords
from inspect_app.hazards.models import Hazard, HazardRequest, MendingRound
from inspect_app.hazards.photos import HazardPhoto, PhotoFlag
from inspect_app.hazards.rules import Step
from inspect_app.hazards.sightings import Sighting
from inspect_app.kernel.database import Model, db

Row = dict[str, Any]
Lived = dict[type[Model], list[Row]]
# In the order in which they refer to one another.
TABLES: tuple[type[Model], ...] = (
    Photo, Hazard, MendingRound, Clock, HazardRequest, HazardPhoto, PhotoCopy, PhotoFlag, Sighting, Event, EventWords,
)  # fmt: skip
_BY_HAZARD = (MendingRound, Clock, HazardRequest, HazardPhoto, PhotoFlag, Sighting)
# What an item says, as texts in JSON; the columns of a hazard that say the same.
ITEM = {
    "item_code": "item_code",
    "title": "title",
    "spot": "place_within",
    "finding": "finding",
    "checklist_version_id": "checklist_version_id",
}


def read(hazard_ids: Sequence[UUID]) -> Lived:
    """Every row of these hazards."""
    lived: Lived = {Hazard: _rows(Hazard, Hazard.id.in_(hazard_ids))}
    lived[Hazard].sort(key=lambda row: row["merged_into_id"] is not None)  # a target before what was merged into it
    for model in _BY_HAZARD:
        lived[model] = _rows(model, model.__table__.c.hazard_id.in_(hazard_ids))
    photos = [row["photo_id"] for row in lived[HazardPhoto]]
    lived[Photo] = _rows(Photo, Photo.id.in_(photos))
    lived[PhotoCopy] = _rows(PhotoCopy, PhotoCopy.photo_id.in_(photos))
    events = _rows(Event, Event.hazard_id.in_(hazard_ids))
    lived[Event] = sorted(events, key=lambda row: (str(row["hazard_id"]), row["seq"]))
    lived[EventWords] = _rows(EventWords, EventWords.event_id.in_([row["id"] for row in events]))
    return lived


def _rows(model: type[Model], which: Any) -> list[Row]:
    return [dict(row._mapping) for row in db.session.execute(select(model.__table__).where(which))]


def item_mark(name: str) -> str:
    """What stands for something an item says."""
    return f"the {name} of the item"


def mark_item(lived: Lived) -> None:
    """Marks in the place of what the item says, in its events and in the words of its report."""
    said = {row["event_id"]: row["words"] for row in lived[EventWords]}
    for event in lived[Event]:
        event["body"]["standing"]["item_code"] = item_mark("item_code")
        if event["step"] == Step.REPORT:
            event["body"]["facts"]["checklist_version"] = item_mark("checklist_version_id")
            marks = {"title": "title", "place": "spot", "details": "finding"}
            said[event["id"]] |= {word: item_mark(name) for word, name in marks.items()}
