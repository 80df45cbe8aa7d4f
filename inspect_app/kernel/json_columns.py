"""How JSON is written into columns and read from them. What is hashed or signed is not: see hashing.py."""

import json
from typing import Any

import msgspec


def written(value: Any) -> str:
    """The text of a value. Half an emoji, which only escapes can hold, is left to the encoder of the language."""
    try:
        return msgspec.json.encode(value).decode()
    except ValueError:
        return json.dumps(value, default=str)  # ids


def read(text: str | bytes) -> Any:
    """The value of a text, also of one that an earlier version wrote and a strict reader refuses (half an emoji, NaN)."""
    try:
        return msgspec.json.decode(text)
    except ValueError:
        return json.loads(text)
