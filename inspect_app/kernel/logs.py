"""Logs: one line for each thing, with time, level, process and the number of the request, in DATA_DIR/logs and on stderr.

A user reads the number out from the error page, and whoever helps finds the lines. Nothing about anybody stands in them:
accounts by their id, addresses without their query, of a fault its kind and its first line with names and numbers taken out.
"""

import fcntl
import logging
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from logging.handlers import WatchedFileHandler
from pathlib import Path
from traceback import TracebackException

from .clock import SHANGHAI
from .ids import new_code

FOLDER = "logs"
FILE = "inspect.log"
MOST_BYTES = 10 * 1024 * 1024
KEPT = 5  # older files beside the present one
_QUIET = ("alembic", "fontTools", "huey", "PIL", "sqlalchemy", "weasyprint")
_HAN = re.compile(r"[㐀-鿿豈-﫿]+")
_DIGITS = re.compile(r"\d{6,}")
_LINE = re.compile(r"(?P<at>\S+) (?P<level>[A-Z]+) (?P<who>\w+)\[\d+\] (?P<request>\S+) (?P<rest>.*)")
_TAIL = 512 * 1024

_request: ContextVar[str] = ContextVar("request_number", default="")


@contextmanager
def numbered() -> Iterator[str]:
    """Whatever is logged within carries a number of its own, such as 7K3M-92QD."""
    code = new_code(8)
    token = _request.set(f"{code[:4]}-{code[4:]}")
    try:
        yield _request.get()
    finally:
        _request.reset(token)


def number() -> str:
    """The number of what is going on now; empty outside."""
    return _request.get()


def start(data_dir: Path, who: str) -> None:
    """Have this process, `who`, log to DATA_DIR/logs, and what matters to stderr, too. Doing it twice is doing it once."""
    folder = data_dir / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    root = logging.getLogger()
    for handler in [one for one in root.handlers if isinstance(one.formatter, Lines)]:
        root.removeHandler(handler)
    file, stderr = SharedFile(folder / FILE), logging.StreamHandler(sys.stderr)
    stderr.setLevel(logging.WARNING)
    for handler in (file, stderr):
        handler.setFormatter(Lines(who))
        root.addHandler(handler)
    root.setLevel(logging.INFO)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(True)


def plain(fault: BaseException) -> str:
    """The kind of a fault and its first line, without what may name somebody."""
    first = (str(fault).strip().splitlines() or [""])[0]
    return f"{type(fault).__name__}: {_HAN.sub('□', _DIGITS.sub('#', first))[:300]}"


class Lines(logging.Formatter):
    """One record as one line; a traceback follows indented."""

    def __init__(self, who: str) -> None:
        super().__init__()
        self.who = who

    def format(self, record: logging.LogRecord) -> str:
        """One line: instant, level, process, the request's number, who says it; a fault adds its trace without
        anybody's words."""
        at = datetime.fromtimestamp(record.created, SHANGHAI).isoformat(timespec="milliseconds")
        said = " ".join(record.getMessage().split())
        line = f"{at} {record.levelname} {self.who}[{record.process}] {number() or '-'} {record.name}: {said}"
        fault = record.exc_info[1] if record.exc_info else None
        return line if fault is None else line + "".join(f"\n  {text}" for text in _traced(fault))


def _traced(fault: BaseException) -> list[str]:
    """The way to a fault and to those that led to it: places in the code, kinds of fault, no values."""
    lines = []
    seen: BaseException | None = fault
    while seen is not None:
        frames = TracebackException.from_exception(seen, lookup_lines=False).stack
        lines.append(plain(seen))
        lines += [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(frames)][:40]
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return lines


class SharedFile(WatchedFileHandler):
    """A file that several processes write to, a record at a time; whoever finds it full puts it aside for all."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, encoding="utf-8")

    def emit(self, record: logging.LogRecord) -> None:
        """Write the line in one call, so that lines of several processes do not mix; puts the file aside when it is
        large."""
        try:
            self.reopenIfNeeded()
            assert self.stream is not None
            os.write(self.stream.fileno(), f"{self.format(record)}\n".encode())
            if os.fstat(self.stream.fileno()).st_size > MOST_BYTES:
                self._put_aside()
        except OSError:  # a full disk: the line is on stderr where it matters, and the request it belongs to goes on
            return

    def _put_aside(self) -> None:
        path = Path(self.baseFilename)
        with path.with_suffix(".lock").open("a") as lock, suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # another process that does it just now is enough
            if path.stat().st_size > MOST_BYTES:
                names = [path, *(path.with_name(f"{FILE}.{age}") for age in range(1, KEPT + 1))]
                for younger, older in reversed(list(pairwise(names))):
                    with suppress(FileNotFoundError):
                        younger.replace(older)


@dataclass(frozen=True)
class LoggedFault:
    """A line at level ERROR or above, and what it came from."""

    at: datetime
    who: str
    request: str  # empty outside a request
    what: str


def newest_faults(data_dir: Path, most: int = 20) -> list[LoggedFault]:
    """The newest faults that the present file knows of, the newest first; reads no more than its end."""
    try:
        with (data_dir / FOLDER / FILE).open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
            lines = file.read().decode(errors="replace").splitlines()
    except OSError:
        return []
    found: list[LoggedFault] = []
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        read = _LINE.fullmatch(line)
        if read is None or read["level"] not in ("ERROR", "CRITICAL"):
            continue
        with suppress(ValueError):  # a line cut in the middle
            what = after.strip() if after.startswith("  ") else read["rest"].partition(": ")[2]
            request = "" if read["request"] == "-" else read["request"]
            found.append(LoggedFault(datetime.fromisoformat(read["at"]), read["who"], request, what[:200]))
    return found[: -most - 1 : -1]
