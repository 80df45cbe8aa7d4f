"""Ids that sort by time and cannot be guessed."""

import secrets
from uuid import UUID

from uuid_utils.compat import uuid7

# No 0/O, 1/I/L, and no vowels: nothing to misread on paper, no words by accident.
CODE_ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"


def new_id() -> UUID:
    """A fresh UUIDv7: 48 bits of time, then 74 random bits."""
    return uuid7()


def new_code(length: int) -> str:
    """A random code of `length` characters that a person can read off paper and type."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(length))
