"""The event chain of a hazard: pure hashing and checking.

An event holds ids, codes and salted commitments only. Its hash covers its canonical body and the hash before it, so
changing, removing or inserting one breaks every later one. A cut-off tail is found by the signed daily head.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from inspect_app.kernel.hashing import canonical_json, sha256_hex

ALGORITHM = "sha256-canonical-json-1"
GENESIS = "0" * 64
_NAMED = ALGORITHM.encode()


def event_hash(body: dict[str, Any], previous: str) -> str:
    """Hash of one event over its body, the hash before it and the algorithm's name."""
    return hash_of(canonical_json(body), previous)


def hash_of(canonical: bytes, previous: str) -> str:
    """The same over a body that is canonical JSON already: it stands as it is in the canonical JSON of all three."""
    return sha256_hex(b'{"algorithm":"%b","body":%b,"previous":"%b"}' % (_NAMED, canonical, previous.encode()))


@dataclass(frozen=True)
class ChainLink:
    """One stored event as the verifier sees it."""

    seq: int
    body: dict[str, Any]
    previous: str
    hash: str
    shown: Mapping[str, Any] = field(default_factory=dict)  # columns beside the body that lists and pages read


@dataclass(frozen=True)
class ChainFault:
    """The first wrong event: its number (1-based) and what is wrong, in Chinese."""

    seq: int
    what: str


def check(links: Iterable[ChainLink]) -> ChainFault | None:
    """The first fault of a chain in order, or None if every link holds."""
    previous, expected = GENESIS, 1
    for link in links:
        if link.seq != expected:
            return ChainFault(expected, f"第 {expected} 条不见了")
        if link.previous != previous:
            return ChainFault(link.seq, f"第 {link.seq} 条没有接在前一条后面")
        if event_hash(link.body, previous) != link.hash:
            return ChainFault(link.seq, f"第 {link.seq} 条的内容和当时的指纹对不上")
        if any(link.body.get(name) != value for name, value in link.shown.items()):
            return ChainFault(link.seq, f"第 {link.seq} 条显示的步骤、人或时间和存证的内容不一样")
        previous, expected = link.hash, expected + 1
    return None


def check_tail(last_seq: int, hashes: dict[int, str], head_seq: int, head_hash: str) -> ChainFault | None:
    """Whether the chain still holds what a signed head says was there: finds newest events cut off or replaced."""
    if last_seq < head_seq:
        return ChainFault(last_seq + 1, f"第 {last_seq + 1} 条起到第 {head_seq} 条被删掉了")
    if hashes.get(head_seq) != head_hash:
        return ChainFault(head_seq, f"第 {head_seq} 条和签过名的每日存证对不上")
    return None
