"""The answer of an item as a phone gives it, and as it lies in the taps of a visit. Pure."""

from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct

from inspect_app.evidence.shapes import Photos
from inspect_app.kernel.limits import LIMITS
from inspect_app.kernel.shapes import without_misfits

_MOST = LIMITS["measure"]
Number = Annotated[float, Meta(ge=-_MOST, le=_MOST)]
Line = Annotated[str, Meta(max_length=LIMITS["short_reason"])]
Note = Annotated[str, Meta(max_length=LIMITS["note"])]
Wording = Annotated[str, Meta(max_length=LIMITS["wording"])]


class CountRow(Struct, frozen=True):
    """One part of a count."""

    name: Annotated[str, Meta(max_length=LIMITS["row"])] | None = None
    number: Number | None = None


class Answered(Struct, frozen=True):
    """What was said to an item: the tap, what was measured, and what is asked once it fails."""

    value: Annotated[str, Meta(max_length=LIMITS["item"])] | None = None
    number: Number | None = None
    choice: Line | None = None
    text: Annotated[str, Meta(max_length=LIMITS["text"])] | None = None
    rows: Annotated[tuple[CountRow, ...], Meta(max_length=LIMITS["rows"])] = ()
    wordings: Annotated[tuple[Wording, ...], Meta(max_length=LIMITS["wordings"])] = ()
    photos: Photos = ()
    after_photos: Photos = ()
    fixed_now: bool | None = None
    no_photo_reason: Line | None = None
    days: Annotated[int, Meta(ge=1, le=365)] | None = None
    place: Annotated[str, Meta(max_length=LIMITS["place_within"])] | None = None
    suspected_reason: Annotated[str, Meta(max_length=LIMITS["reason"])] | None = None
    note: Note | None = None


class Mate(Struct, frozen=True):
    """Who went along, as a visit keeps it; without an id it is a name that was typed."""

    person_id: UUID | None = None
    name: str = ""


def stored_answer(body: Any) -> dict[str, Any]:
    """The body of a tap as whoever reads it may rely on. Taps are kept as they came, and earlier versions looked into few
    of them: what is not of the type it should be is as if it had not been said."""
    return without_misfits(body, Answered)
