"""What the server and the phone must find alike: the vectors that tests/scripts reads too."""

import json
from typing import Any

from inspect_app.evidence.marks import where
from inspect_app.kernel.hashing import canonical_json, content_hash, sha256_hex
from tests.conftest import ROOT


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
