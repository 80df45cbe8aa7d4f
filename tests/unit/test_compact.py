"""What is written for phones reads back as it was, whatever stands in a register."""

import base64
import json
import zlib
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from inspect_app.kernel.ids import new_id
from inspect_app.premises import compact
from inspect_app.premises.compact import PlaceCarried
from inspect_app.premises.rules import STATUS_NAMES, PremisesKind
from tests.contracts.make_register import CONTRACT, content, places

_WORDS = st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs")), min_size=1, max_size=30)
_FACTS = st.dictionaries(
    st.sampled_from(["staff", "seats", "gas_kind", "high_rise"]),
    st.one_of(st.booleans(), st.integers(0, 9999), st.floats(0, 500, width=32), st.sampled_from(["piped", "none"])),
    max_size=3,
)
_PLACES = st.lists(
    st.builds(
        PlaceCarried,
        id=st.uuids(),
        name=_WORDS,
        address=_WORDS,
        kind=st.sampled_from([str(kind) for kind in PremisesKind]),
        status=st.sampled_from(sorted(STATUS_NAMES)),
        code=st.text("BCDF23", min_size=10, max_size=10),
        door_code=st.text("BCDF23", min_size=12, max_size=12),
        lon=st.none() | st.floats(73, 135),
        lat=st.none() | st.floats(18, 54),
        facts=_FACTS,
    ),
    max_size=40,
    unique_by=lambda place: place.id,
).map(lambda rows: sorted(rows, key=lambda place: place.id))


def _sent(content: dict[str, Any]) -> dict[str, Any]:
    return dict(json.loads(json.dumps(content, ensure_ascii=False)))


def _texts(letters: str, written: str, size: int) -> list[str]:
    meant = dict(zip(map(chr, compact._marks()), letters, strict=False))
    return ["".join(meant[mark] for mark in text) for text in written.split(" ")] if size else []


def _choices(known: list[str], written: str) -> list[str]:
    return [known[ord(letter) - ord("a")] for letter in written]


@given(_PLACES)
def test_names_addresses_kinds_and_statuses_read_back(rows: list[PlaceCarried]) -> None:
    sent = _sent(compact.names(rows))
    assert _texts(*sent["names"], len(rows)) == [row.name for row in rows]
    assert _texts(*sent["addresses"], len(rows)) == [row.address for row in rows]
    assert _choices(*sent["kinds"]) == [row.kind for row in rows]
    assert _choices(*sent["statuses"]) == [row.status for row in rows]


@given(_PLACES)
def test_ids_read_back(rows: list[PlaceCarried]) -> None:
    sent, at, before, found = _sent(compact.ids(rows)), 0, 0, []
    distances = base64.b64decode(sent["distances"])
    for length in base64.b64decode(sent["lengths"]):
        before += int.from_bytes(distances[at : at + length], "big")
        at += length
        found.append(UUID(int=before))
    assert found == [row.id for row in rows]


@given(_PLACES)
def test_the_rest_reads_back(rows: list[PlaceCarried]) -> None:
    sent = _sent(compact.more(rows))
    for name in ("lon", "lat"):
        least, steps = sent[name]
        for step, row in zip(steps, rows, strict=True):
            value = getattr(row, name)
            assert (step is None) == (value is None)
            assert value is None or abs((least + step) / 100_000 - value) < 1e-5
    facts = [
        {name: column[at] for name, column in sent["facts"].items() if column[at] is not None}
        for at in range(len(rows))
    ]
    assert facts == [row.facts for row in rows]
    for name, codes in (("codes", [row.code for row in rows]), ("doors", [row.door_code for row in rows])):
        assert base64.b64decode(sent[name]) == b"".join(zlib.crc32(code.encode()).to_bytes(4, "big") for code in codes)


def test_parts_of_other_places_or_another_order_do_not_lie_side_by_side() -> None:
    rows = places(Random(5), 5)
    others = [*rows[:4], rows[4].__class__(**{**vars(rows[4]), "id": new_id()})]
    assert len({compact.order_of(some) for some in (rows, rows[::-1], rows[:4], others)}) == 4


def test_the_contract_with_the_phone_is_what_is_sent() -> None:
    assert json.loads(Path(CONTRACT).read_text("utf-8")) == content(), "run python -m tests.contracts.make_register"
