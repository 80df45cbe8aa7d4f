"""What the child (page_child.py) is told of a page, and what its end means."""

import json
import logging
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .rules import MOST_FACES, MOST_PAGES, MOST_PIXELS, Why

CHILD = Path(__file__).with_name("page_child.py")
STANDSTILL = 160  # seconds by the wall, for a child that does not get on at all
UNREADABLE = 3

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PageLooked:
    """What a page shows: how many pages its file has, its codes, how far it was turned, the straightened copies as JPEG; or
    why there is nothing to see."""

    pages: int = 1
    codes: tuple[str, ...] = ()
    turn: float = 0.0
    blank: bool = False
    pictures: tuple[bytes, ...] = ()
    why: str = ""


class NoVerdict(Exception):  # noqa: N818  # nothing is known of the file: it is looked at again
    """The child was killed, stopped, out of memory, or lacks a library."""


def look_at(data: bytes, page: int, turn: float | None = None) -> PageLooked:
    """One page of a file; `turn` tells how a page without a code lay, as its neighbour does. Raises NoVerdict."""
    return _ask({"page": page, "turn": turn}, data)


def faces_of(data: bytes) -> PageLooked:
    """The first pages of a paper's own PDF as pictures. Raises NoVerdict."""
    return _ask({"faces": MOST_FACES}, data)


def _ask(head: dict[str, Any], data: bytes) -> PageLooked:
    head |= {"most_pages": MOST_PAGES, "most_pixels": MOST_PIXELS}
    try:
        # The file, not the module: importing the package would load the whole application into the child.
        done = subprocess.run(
            [sys.executable, "-P", "-E", "-s", str(CHILD)],
            input=json.dumps(head).encode() + b"\n" + data,
            capture_output=True,
            timeout=STANDSTILL,
            check=False,
            env={"LANG": "C.UTF-8"},
            start_new_session=True,
        )
    except subprocess.TimeoutExpired:
        raise NoVerdict from None
    if done.returncode == UNREADABLE:
        return PageLooked(why=Why.BROKEN)
    if done.returncode != 0:
        log.warning(
            "the reader of pages ended with %s: %s", done.returncode, done.stderr.decode(errors="replace")[-300:]
        )
        raise NoVerdict
    return _answer(done.stdout)


def _answer(stdout: bytes) -> PageLooked:
    first, _, rest = stdout.partition(b"\n")
    told = json.loads(first)
    if "fault" in told:
        return PageLooked(why=Why(told["fault"]))
    pictures, at = [], 0
    for size in told["sizes"]:
        pictures.append(rest[at : at + size])
        at += size
    codes = tuple(told.get("codes", ()))
    return PageLooked(told["pages"], codes, told.get("turn", 0.0), told.get("blank", False), tuple(pictures))
