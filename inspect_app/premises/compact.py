"""A register of places as a phone is sent it: column by column, each place at the same spot of every column. Pure.

Three parts, in the order in which a phone needs them: what is searched and read (`names`), under which ids places are visited
(`ids`), and what a visit begun without a signal asks besides (`more`). How each is written and why: docs/decisions/0049.
The phone reads it in static/js/field/register_form.js; tests/contracts/register.json holds both to it.
"""

from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any
from uuid import UUID
from zlib import crc32

FORM = 1  # what a phone asks for anew when it reads another one
_BETWEEN = " "  # between two texts; a blank within one is a letter like any other
_GRID = 100_000  # of a degree: 1.1 m, finer than a phone knows where it is


@dataclass(frozen=True)
class PlaceCarried:
    """A place as phones carry it. Codes are held as hashes: they are only ever compared with what was scanned or typed."""

    id: UUID
    name: str
    address: str
    kind: str
    status: str
    code: str
    door_code: str
    lon: float | None  # WGS-84, as phones measure
    lat: float | None
    facts: Mapping[str, Any]


def order_of(rows: Sequence[PlaceCarried]) -> str:
    """What parts that lie side by side have in common: how many places, and a checksum over their ids in their order."""
    return f"{len(rows)}-{crc32(b''.join(row.id.bytes for row in rows))}"


def names(rows: Sequence[PlaceCarried]) -> dict[str, Any]:
    """Name, address, kind and status. Letters are numbered by how often they come, so that one of a thousand takes one byte or
    two before it is packed, where UTF-8 takes three."""
    return {
        "names": _texts([row.name for row in rows]),
        "addresses": _texts([row.address for row in rows]),
        "kinds": _choices([row.kind for row in rows]),
        "statuses": _choices([row.status for row in rows]),
    }


def ids(rows: Sequence[PlaceCarried]) -> dict[str, Any]:
    """Ids in their order, each by its distance from the one before: what was brought in together stands close together."""
    lengths, distances, before = bytearray(), [], 0
    for row in rows:
        distance = row.id.int - before
        before = row.id.int
        lengths.append((distance.bit_length() + 7) // 8)
        distances.append(distance.to_bytes(lengths[-1], "big"))
    return {"lengths": b64encode(lengths).decode(), "distances": b64encode(b"".join(distances)).decode()}


def more(rows: Sequence[PlaceCarried]) -> dict[str, Any]:
    """Where the places lie, their facts, and hashes of the codes at their doors."""
    facts = sorted({name for row in rows for name in row.facts})
    return {
        "lon": _degrees([row.lon for row in rows]),
        "lat": _degrees([row.lat for row in rows]),
        "facts": {name: [row.facts.get(name) for row in rows] for name in facts},
        "codes": _hashes(row.code for row in rows),
        "doors": _hashes(row.door_code for row in rows),
    }


PARTS = {"names": names, "ids": ids, "more": more}


def row_of(place: PlaceCarried) -> list[Any]:
    """A place by itself, as a change tells of it."""
    there = None if place.lon is None or place.lat is None else [round(place.lon * _GRID), round(place.lat * _GRID)]
    facts = {name: value for name, value in place.facts.items() if value is not None}
    return [
        str(place.id), place.name, place.address, place.kind, place.status, there, facts,
        crc32(place.code.encode()), crc32(place.door_code.encode()),
    ]  # fmt: skip


def _texts(texts: Sequence[str]) -> list[str]:
    """The letters by their numbers, and the texts written in these."""
    counted = Counter(chain.from_iterable(texts))
    letters = sorted(counted, key=lambda letter: (-counted[letter], letter))
    numbered = {ord(letter): mark for letter, mark in zip(letters, _marks(), strict=False)}
    return ["".join(letters), _BETWEEN.join(text.translate(numbered) for text in texts)]


def _marks() -> Iterator[int]:
    """Characters that JSON writes as they are, the shortest first."""
    written = chain(range(0x21, 0x7F), range(0xA1, 0xD800), range(0xE000, 0x110000))
    return (mark for mark in written if mark not in (0x22, 0x5C))


def _choices(values: Sequence[str]) -> list[Any]:
    """What there is to choose from, and one letter for each place."""
    known = sorted(set(values))
    letters = {value: chr(ord("a") + number) for number, value in enumerate(known)}
    return [known, "".join(letters[value] for value in values)]


def _degrees(values: Sequence[float | None]) -> list[Any]:
    """The least of them, and how far each lies from it; null where it is not known."""
    steps = [None if value is None else round(value * _GRID) for value in values]
    least = min((step for step in steps if step is not None), default=0)
    return [least, [None if step is None else step - least for step in steps]]


def _hashes(codes: Iterable[str]) -> str:
    return b64encode(b"".join(crc32(code.encode()).to_bytes(4, "big") for code in codes)).decode()
