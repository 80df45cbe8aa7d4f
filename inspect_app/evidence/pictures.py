"""Copies of pictures, made by a child process (picture_child.py): what it is told, and what its end means."""

import json
import logging
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from .picture_child import NO_ROOM, NOTHING, SECONDS, SIZES, UNREADABLE, Copies

CHILD = Path(__file__).with_name("picture_child.py")
STANDSTILL = 4 * SECONDS  # by the wall, for a child that does not get on at all
BROKEN = "这张照片没有存完整，打不开。"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Caption:
    """What the strip under a copy says. Time and position come from the phone; without them, from the picture itself.
    `claimed`: also the phone has the time from the picture."""

    lines: tuple[str, ...] = ()
    taken_at: datetime | None = None
    received_at: datetime | None = None
    lon: float | None = None
    lat: float | None = None
    claimed: bool = False


class Undecided(Exception):  # noqa: N818  # no verdict on the picture: it is looked at again
    """The decoder did not end by itself with a verdict: killed, stopped, out of memory, a library missing.

    `words` says which, in Chinese, for the administrator.
    """

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def make_copies(data: bytes, caption: Caption, *, only_fingerprint: bool = False) -> Copies:
    """Copies of a photo and its fingerprint, or the latter alone, made in a child that may take 30 s of work and 1.2 GB at most.

    A picture is called broken or too large only by a child that ended by itself and said so. Raises Undecided for
    whatever else became of the child: then nothing is known of the picture and it is tried again later.
    """
    done = _run_child(_head_of(caption, [] if only_fingerprint else list(SIZES)), data)
    if done.returncode != 0:
        return Copies(0, 0, NOTHING, _verdict(done))
    return _copies_in(done.stdout)


def _head_of(caption: Caption, kinds: list[str]) -> dict[str, Any]:
    from .rules import MOST_PIXELS

    return {
        "lines": caption.lines,
        "lon": caption.lon,
        "lat": caption.lat,
        "most_pixels": MOST_PIXELS,
        "kinds": kinds,
        "taken_at": caption.taken_at.isoformat() if caption.taken_at else None,
        "claimed": caption.claimed,
        "received_at": caption.received_at.isoformat() if caption.received_at else None,
    }


def _run_child(head: dict[str, Any], data: bytes) -> "subprocess.CompletedProcess[bytes]":
    try:
        # The file, not the module: importing the package would load the whole application into the child.
        return subprocess.run(
            [sys.executable, "-P", "-E", "-s", str(CHILD)],
            input=json.dumps(head).encode() + b"\n" + data,
            capture_output=True,
            timeout=STANDSTILL,
            check=False,
            env={"LANG": "C.UTF-8"},
            start_new_session=True,  # Ctrl-C at the terminal ends the worker in good order and not what it waits for
        )
    except subprocess.TimeoutExpired:
        raise Undecided("处理一直没有进展，已停下") from None


def _copies_in(stdout: bytes) -> Copies:
    """What the child answered, see `picture_child._answer`."""
    first, _, rest = stdout.partition(b"\n")
    told = json.loads(first)
    copies, at = {}, 0
    for kind, size in told.pop("sizes").items():
        copies[kind] = rest[at : at + size]
        at += size
    taken = datetime.fromisoformat(told["taken_at"]) if told["taken_at"] else None
    return Copies(**told | {"copies": copies, "taken_at": taken})


def _verdict(done: "subprocess.CompletedProcess[bytes]") -> str:
    last = done.stderr.decode(errors="replace").strip().rsplit("\n", 1)[-1]
    log.warning("the decoder ended with %s: %s", done.returncode, last)
    if done.returncode == UNREADABLE:
        return BROKEN
    if done.returncode == NO_ROOM:
        raise Undecided("内存不够")
    if done.returncode < 0:
        raise Undecided(f"处理中途被停掉（信号 {-done.returncode}）")
    raise Undecided(f"处理照片的程序出错：{last[:200]}")
