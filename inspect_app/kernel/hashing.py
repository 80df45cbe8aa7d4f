"""Canonical JSON and the hashes over it."""

import hashlib
import hmac
import json
from typing import Any

# One encoder for all: json.dumps() with options of its own makes a new one at every call.
_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def canonical_json(value: Any) -> bytes:
    """UTF-8 JSON with sorted keys and no white space: equal values give equal bytes."""
    return _CANONICAL.encode(value).encode()


def sha256_hex(data: bytes) -> str:
    """SHA-256 of bytes, 64 lower-case hex digits."""
    return hashlib.sha256(data).hexdigest()


def content_hash(value: Any) -> str:
    """SHA-256 over the canonical JSON of a value."""
    return sha256_hex(canonical_json(value))


def commitment(salt: str, value: Any) -> str:
    """A salted commitment: proves a value that is shown later without revealing it now.

    `salt` is random hex kept beside the value; deleting both keeps the hash verifiable and the value secret.
    """
    return commitment_of(salt, canonical_json(value))


def commitment_of(salt: str, canonical: bytes) -> str:
    """The same over a value that is canonical JSON already."""
    return hmac.new(bytes.fromhex(salt), canonical, hashlib.sha256).hexdigest()
