"""Tries of a paper's code: bounded for whoever guesses, open for whoever holds the sheet. See docs/decisions/0034."""

import unicodedata
from dataclasses import dataclass
from typing import Protocol

from flask import request

from inspect_app.people import tries
from inspect_app.people.rules import network_of

MOST_WRONG = 5  # at one paper, from one network, a day
MOST_FROM_NETWORK = 60  # at whatever paper
MOST_FROM_ANYWHERE = 50  # at one paper, from wherever
MOST_PROVED = 30  # at one paper, with its number typed as well


class CodedSheet(Protocol):
    """What has a code printed on it: a paper, or a blank slip."""

    @property
    def mark(self) -> str: ...
    @property
    def serial(self) -> int: ...


@dataclass(frozen=True)
class Try:
    """One try, counted before its code is looked at. `proves`: the number of the sheet must be typed as well; `closed`: not
    even that helps today. `repeated`: somebody mistyped here before."""

    proves: bool = False
    closed: bool = False
    repeated: bool = False


def count(paper: CodedSheet) -> Try:
    """Count a try at the doors of this paper and this network. Where one of them is full a sheet is asked for its number;
    a code that comes without it is not looked at, so nothing is learned from it."""
    network = network_of(request.remote_addr or "")
    own = tries.count_today(_own(paper, network), MOST_WRONG)
    open_ones = [own, *(tries.count_today(door, most) for door, most in _shared(paper, network))]
    if all(open_ones):
        return Try(repeated=own > 1)
    if not _number_is_right(paper):
        return Try(proves=True, repeated=True)
    return Try(proves=True, closed=not tries.count_today(_proved(paper), MOST_PROVED), repeated=True)


def looks_at_code(paper: CodedSheet, made: Try) -> bool:
    """Whether the code of a try is looked at at all."""
    return not made.closed and (not made.proves or _number_is_right(paper))


def was_right(paper: CodedSheet, made: Try) -> None:
    """Forget one's own tries before; a door that many come by gets this one back."""
    network = network_of(request.remote_addr or "")
    if made.proves:
        tries.give_back(_proved(paper))
        return
    tries.forget(_own(paper, network))
    for door, _ in _shared(paper, network):
        tries.give_back(door)


def typed_code() -> str:
    """The code as it was meant: full-width letters, small letters, blanks and dashes make no difference."""
    return _plain(request.form.get("code", ""))


def _number_is_right(paper: CodedSheet) -> bool:
    """Whether the last digits of the sheet's own number were typed."""
    typed = _plain(request.form.get("number", ""))[-6:]
    return typed.isascii() and typed.isdigit() and int(typed) == paper.serial


def _plain(words: str) -> str:
    return "".join(mark for mark in unicodedata.normalize("NFKC", words).upper() if mark.isalnum())


def _own(paper: CodedSheet, network: str) -> str:
    return f"paper {paper.mark} {network}"


def _shared(paper: CodedSheet, network: str) -> tuple[tuple[str, int], ...]:
    return (f"paper {paper.mark} anywhere", MOST_FROM_ANYWHERE), (f"papers {network}", MOST_FROM_NETWORK)


def _proved(paper: CodedSheet) -> str:
    return f"paper {paper.mark} proved"
