"""What the letters of an office ask beside their own matter: who signs them off, to whom they are copied."""

import re
from collections.abc import Mapping, Sequence
from typing import TypedDict

from .entry import PaperQuestion, QuestionGroup

SIGNED_OFF = PaperQuestion("signed_off_by", "签发人", hint="发文字号由谁签发：写姓名，可以带职务")
COPIES = PaperQuestion("copies", "抄送", hint="单位名称，几个用顿号隔开", optional=True)
SIGNING = QuestionGroup("签发", (SIGNED_OFF, COPIES))
_BETWEEN = re.compile(r"[、，,；;\n]+")


class SignedOff(TypedDict):
    """The fields of a letter that its signing off fills."""

    signed_off_by: str
    copies: Sequence[str]


def signed_off(said: Mapping[str, str]) -> SignedOff:
    """What was typed at the questions of `SIGNING`."""
    return SignedOff(signed_off_by=said["signed_off_by"], copies=names(said["copies"]))


def names(typed: str) -> list[str]:
    """The names of a list that somebody typed, each once, in their order."""
    found = (part.strip() for part in _BETWEEN.split(typed))
    return list(dict.fromkeys(part for part in found if part))
