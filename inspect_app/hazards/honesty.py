"""What about a photo should be looked at by a person before it counts as evidence. Pure.

A flag is a question to the desk with its numbers, never a verdict: phones have wrong clocks, positions drift.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from inspect_app.evidence.likeness import are_alike
from inspect_app.evidence.rules import CLOCK_SLACK, EARLIEST
from inspect_app.kernel.positions import Position


class Flag(StrEnum):
    """A question about a photo that somebody at the desk looks at."""

    SAME_PICTURE = "same_picture"  # the very same bytes stand for something else
    ALIKE = "alike"  # re-encoded, shrunk or slightly cropped
    OLDER_THAN_PAPER = "older_than_paper"
    FAR_FROM_PLACE = "far_from_place"
    NO_TIME = "no_time"
    IMPOSSIBLE_TIME = "impossible_time"


LIKENESS = (Flag.SAME_PICTURE, Flag.ALIKE)
Details = Mapping[str, Any]

AT_ONCE = timedelta(minutes=10)  # photos of one item taken within it are meant to be alike
LONG_BEFORE = timedelta(days=1)
# What a position without an accuracy is taken to be off, in metres: the picture's own EXIF has none.
UNSAID_ERROR_M = 50


@dataclass(frozen=True)
class ShownPhoto:
    """A photo where it stands in a hazard. `subject`: the hazard, or the one it was merged into."""

    photo_id: UUID
    subject: UUID
    slot: str
    round_number: int
    visit_id: UUID | None
    item_code: str | None
    sha256: str
    original_sha256: str | None
    fingerprint: str
    taken_at: datetime | None
    received_at: datetime
    added_at: datetime
    source: str = "unknown"

    @property
    def names(self) -> set[str]:
        """What the bytes are known by: as received, and what the phone says the untouched original had."""
        return {self.sha256} | ({self.original_sha256} if self.original_sha256 else set())


def later_first(one: ShownPhoto, other: ShownPhoto) -> bool:
    """Whether the first is the one to ask about: in one hazard what claims more, else what came later."""
    if one.subject == other.subject:
        claims = [(shown.round_number, shown.slot == "after") for shown in (one, other)]
        if claims[0] != claims[1]:
            return claims[0] > claims[1]
    return (one.received_at, one.added_at, one.photo_id) > (other.received_at, other.added_at, other.photo_id)


def likeness(one: ShownPhoto, other: ShownPhoto) -> Flag | None:
    """Whether two photos are one picture where they should not be.

    Documents look alike, and what was taken for one thing may: the photos of one finding, of one look at one item.
    """
    if "document" in (one.slot, other.slot):
        return None
    same = bool(one.names & other.names)
    if _of_one_bundle(one, other):
        return None
    if same:
        return Flag.SAME_PICTURE
    if _may_be_alike(one, other) or not are_alike(one.fingerprint, other.fingerprint):
        return None
    return Flag.ALIKE


def _of_one_bundle(one: ShownPhoto, other: ShownPhoto) -> bool:
    return (one.subject, one.slot, one.round_number) == (other.subject, other.slot, other.round_number)


def _may_be_alike(one: ShownPhoto, other: ShownPhoto) -> bool:
    """A look finds what was there before; two photos of one item on one visit were taken from one spot."""
    if one.subject == other.subject:
        return "look" in (one.slot, other.slot)
    same_item = one.visit_id is not None and (one.visit_id, one.item_code) == (other.visit_id, other.item_code)
    apart = abs((one.taken_at or one.received_at) - (other.taken_at or other.received_at))
    return same_item and apart <= AT_ONCE


@dataclass(frozen=True)
class Times:
    """What a photo's time is held against; `paper` is the first sheet that told the party, with its number."""

    found_at: datetime
    on_the_spot: bool = False  # mended before the deputy's eyes: the paper was made afterwards
    paper: str = ""
    issued_at: datetime | None = None
    visit_began: datetime | None = None


def time_flag(shown: ShownPhoto, times: Times) -> tuple[Flag, Details] | None:
    """The first thing that does not fit about when a photo was taken, with the instants it is about."""
    taken = shown.taken_at
    if taken is None:
        return (Flag.NO_TIME, {}) if shown.source == "album" else None
    if taken > shown.received_at + CLOCK_SLACK:
        return Flag.IMPOSSIBLE_TIME, {"why": "future", "taken": taken, "received": shown.received_at}
    if taken < EARLIEST:
        return Flag.IMPOSSIBLE_TIME, {"why": "ancient", "taken": taken}
    if shown.slot == "after":
        return _older(taken, times)
    began = times.visit_began
    if shown.slot == "before" and shown.source == "camera" and began is not None and before_visit(taken, began):
        return Flag.IMPOSSIBLE_TIME, {"why": "before_visit", "taken": taken, "began": began}
    return None


def before_visit(taken: datetime | None, began: datetime) -> bool:
    """Whether a camera's photo of a visit was taken, by its own word, too long before the visit began to be of it."""
    return taken is not None and taken < began - LONG_BEFORE


def _older(taken: datetime, times: Times) -> tuple[Flag, Details] | None:
    if taken + CLOCK_SLACK < times.found_at:
        return Flag.OLDER_THAN_PAPER, {"taken": taken, "found": times.found_at}
    if times.issued_at is not None and not times.on_the_spot and taken + CLOCK_SLACK < times.issued_at:
        return Flag.OLDER_THAN_PAPER, {"taken": taken, "paper": times.paper, "issued": times.issued_at}
    return None


def _may_be_off(position: Position) -> int:
    """How far a position may be off, in metres."""
    said = position.accuracy_m
    return UNSAID_ERROR_M if said is None else min(round(said), 100_000) if 0 <= said < float("inf") else 0


def distance_flag(photo: Position | None, premises: Position | None, far_m: int) -> tuple[Flag, Details] | None:
    """Whether a photo was taken farther from the place than both errors explain, whatever system either is told in."""
    if photo is None or premises is None:
        return None
    metres, error = photo.metres_to(premises), _may_be_off(photo) + _may_be_off(premises)
    if metres - error <= far_m:
        return None
    return Flag.FAR_FROM_PLACE, {"metres": metres, "error": error}
