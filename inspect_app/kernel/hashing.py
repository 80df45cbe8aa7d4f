"""Canonical JSON and the hashes over it."""

import hashlib
import hmac
from json.encoder import c_make_encoder, encode_basestring  # type: ignore[attr-defined]  # the stubs leave it out
from typing import Any

from msgspec.json import Encoder


def _not_json(value: Any) -> Any:
    raise TypeError(f"{type(value).__name__} is no JSON")


# The encoder of json.dumps(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False), which json.dumps() and
# JSONEncoder.encode() make anew at every call. It looks for no circles: what is hashed was JSON.
_CANONICAL = c_make_encoder(None, _not_json, encode_basestring, None, ":", ",", True, False, False)


def canonical_json(value: Any) -> bytes:
    """UTF-8 JSON with sorted keys and no white space: equal values give equal bytes."""
    return "".join(_CANONICAL(value, 0)).encode()


_OF_WHOLE = Encoder(order="sorted")


def canonical_of_whole(value: Any) -> bytes:
    """The same bytes in a sixth of the time, of what came as JSON, or could have, and holds no number with a fraction or an
    exponent: nothing else do the two encoders write differently."""
    return _OF_WHOLE.encode(value)


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
