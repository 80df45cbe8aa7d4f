"""What an auditor finds when somebody changed the log."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_app.hazards.chain import GENESIS, ChainLink, check, check_tail, event_hash
from inspect_app.kernel.hashing import canonical_json, canonical_of_whole, commitment
from inspect_app.kernel.keys import KeyRing


def _chain(length: int = 4) -> list[ChainLink]:
    links, previous = [], GENESIS
    for seq in range(1, length + 1):
        body: dict[str, Any] = {"seq": seq, "step": f"step {seq}", "facts": {"n": seq}}
        digest = event_hash(body, previous)
        links.append(ChainLink(seq, body, previous, digest, {"seq": seq, "step": body["step"]}))
        previous = digest
    return links


def test_an_untouched_chain_is_whole() -> None:
    assert check(_chain()) is None


@pytest.mark.parametrize("seq", [1, 2, 3, 4])
def test_a_changed_body_is_found_where_it_was_changed(seq: int) -> None:
    links = _chain()
    changed = links[seq - 1].body | {"facts": {"n": 99}}
    links[seq - 1] = replace(links[seq - 1], body=changed)
    fault = check(links)
    assert fault is not None
    assert fault.seq == seq


def test_a_body_changed_together_with_its_hash_is_found_at_the_next_event() -> None:
    links = _chain()
    body = links[1].body | {"facts": {"n": 99}}
    links[1] = replace(links[1], body=body, hash=event_hash(body, links[1].previous))
    fault = check(links)
    assert fault is not None
    assert fault.seq == 3


def test_a_removed_event_is_named() -> None:
    links = _chain()
    del links[1]
    fault = check(links)
    assert fault is not None
    assert (fault.seq, fault.what) == (2, "第 2 条不见了")


def test_a_column_that_shows_another_step_than_the_hashed_body_is_found() -> None:
    links = _chain()
    links[2] = replace(links[2], shown={"step": "another"})
    fault = check(links)
    assert fault is not None
    assert fault.seq == 3


def test_a_cut_off_tail_is_found_by_the_signed_head() -> None:
    links = _chain()
    head = links[-1]
    short = {link.seq: link.hash for link in links[:2]}
    fault = check_tail(2, short, head.seq, head.hash)
    assert fault is not None
    assert "第 3 条起到第 4 条被删掉了" in fault.what


def _json_of(leaves: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.recursive(
        leaves,
        lambda inner: (
            st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=4)
        ),
        max_leaves=12,
    )


_WHOLE = st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8"))
_JSON = _json_of(_WHOLE | st.floats(allow_nan=False, allow_infinity=False))


@given(_JSON)
def test_canonical_json_is_what_anybody_makes_with_the_standard_library(value: object) -> None:
    written = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert canonical_json(value) == written.encode()


@given(_json_of(_WHOLE))
def test_without_fractions_the_quicker_encoder_writes_the_same_bytes(value: object) -> None:
    assert canonical_of_whole(value) == canonical_json(value)


def test_it_writes_every_character_as_the_other_does() -> None:
    for start in range(0, 0x110000, 0x1000):
        marks = [chr(code) for code in range(start, start + 0x1000) if not 0xD800 <= code < 0xE000]
        assert canonical_of_whole({mark: mark for mark in marks}) == canonical_json({mark: mark for mark in marks})
    with pytest.raises(ValueError, match="surrogates"):
        canonical_of_whole({"a": "\ud800"})


@pytest.mark.parametrize("value", [float("nan"), [float("inf")], {"a": "\ud800"}])
def test_canonical_json_refuses_what_is_no_json(value: object) -> None:
    with pytest.raises(ValueError, match=r".+"):
        canonical_json(value)


def test_canonical_json_does_not_depend_on_the_order_of_keys() -> None:
    assert canonical_json({"乙": 1, "甲": [1, {"b": 2, "a": 1}]}) == canonical_json(
        {"甲": [1, {"a": 1, "b": 2}], "乙": 1}
    )


def test_the_same_words_have_another_commitment_under_another_salt() -> None:
    assert commitment("00" * 16, "王五") != commitment("01" * 16, "王五")


def test_signatures_of_an_older_key_still_hold_after_a_new_one(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path / "keys")
    key_id, signature = ring.sign(b"head")
    newer = ring.rotate()
    assert newer != key_id
    fresh = KeyRing(tmp_path / "keys")
    assert fresh.verify(key_id, signature, b"head")
    assert not fresh.verify(key_id, signature, b"another head")
    assert not fresh.verify("../../etc/passwd", signature, b"head")
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "keys").glob("*.key"))


def test_by_a_key_whose_file_is_damaged_nothing_was_signed(tmp_path: Path) -> None:
    """Whichever byte broke, also where what is left is no base64 any more: the answer is no, not a fault."""
    ring = KeyRing(tmp_path / "keys")
    key_id, signature = ring.sign(b"words")
    file = tmp_path / "keys" / f"{key_id}.pub"
    whole = file.read_bytes()
    for at in range(42):  # what follows holds bits that say nothing
        for other in b"{A\x00\xff":
            if whole[at] == other:
                continue
            file.write_bytes(whole[:at] + bytes([other]) + whole[at + 1 :])
            assert not KeyRing(tmp_path / "keys").verify(key_id, signature, b"words")
    file.write_bytes(whole)
    assert KeyRing(tmp_path / "keys").verify(key_id, signature, b"words")
