"""What the server and the phone must find alike: the vectors that tests/scripts reads too."""

import json
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from inspect_app.checklists.walk import drawn
from inspect_app.checklists.zones import ZONES
from inspect_app.evidence.marks import where
from inspect_app.hazards.rules import State
from inspect_app.kernel.hashing import canonical_json, content_hash, sha256_hex
from inspect_app.visits.elsewhere import with_found
from inspect_app.visits.rules import Answer, Elsewhere, Merged
from inspect_app.visits.tally import SIX, tally
from inspect_app.web.looks import state_look
from tests.conftest import ROOT
from tests.contracts.walking import lists_of, zones_of

NOW = datetime(2026, 11, 30, tzinfo=UTC)


def _contract(name: str) -> Any:
    return json.loads((ROOT / "tests" / "contracts" / name).read_text("utf-8"))


def test_values_are_written_and_hashed_as_in_the_contract() -> None:
    for value, text, digest in _contract("hashes.json")["canonical"]:
        assert canonical_json(value) == text.encode()
        assert sha256_hex(text.encode()) == digest


def test_an_operation_has_the_hash_of_the_contract() -> None:
    for operation, digest in _contract("hashes.json")["operations"]:
        assert content_hash(operation) == digest


def test_marks_are_where_the_contract_says() -> None:
    for marks, words in _contract("marks.json"):
        assert where(marks) == words


def test_a_short_walk_has_the_zones_of_the_contract() -> None:
    contract = _contract("walk.json")
    assert contract["names"] == [list(one) for one in ZONES.items()]
    for lists, facts, wanted in contract["zones"]:
        assert zones_of(lists, facts) == wanted


def test_what_was_seen_beside_the_lists_of_a_visit_is_counted_as_the_contract_says() -> None:
    contract, day = _contract("elsewhere.json"), date(2026, 11, 30)
    own = [(UUID(int=number), one) for number, one in enumerate(lists_of(contract["own"]))]
    (other,) = lists_of([contract["beside"]])
    for case in contract["cases"]:
        named = Elsewhere(UUID(int=9), day)
        given = {
            code: Merged(Answer(code, "phone", (NOW, 1), {"value": value}, elsewhere=named), contested=False)
            for code, value in case["answers"].items()
        }
        lists = [one for _, one in with_found(own, given, lambda *_: other)]
        found = tally(lists, case["facts"], given).of
        assert {str(value): found.get(value, 0) for value in SIX} == case["wanted"], case["name"]


def test_the_deep_check_falls_on_the_items_of_the_contract_in_whatever_order_they_are_given() -> None:
    for place, day, versions, candidates, weights, wanted in _contract("walk.json")["drawn"]:
        named = [UUID(one) for one in versions]
        for given in (candidates, candidates[::-1]):
            assert drawn(UUID(place), date.fromisoformat(day), named[::-1], given, weights) == wanted


def test_an_item_that_waits_longer_for_a_real_check_is_drawn_more_often() -> None:
    places = [UUID(int=number) for number in range(400)]
    weights = {"A": 900, "B": 90, "C": 9, "D": 1}
    first = [drawn(place, date(2026, 11, 30), [], "ABCD", weights, number=1)[0] for place in places]
    counts = [first.count(code) for code in "ABCD"]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > 300
    assert counts[1] > 0


def test_a_state_looks_at_the_desk_as_on_the_phone() -> None:
    looks = {state: state_look(state) for state in State}
    assert {str(state): [look.tint, look.mark] for state, look in looks.items()} == _contract("state_looks.json")
