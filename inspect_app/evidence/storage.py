"""The store of bytes, named by their SHA-256, and of parts of uploads that are still coming.

A folder by default; anything with the same verbs at scale.
"""

import fcntl
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from inspect_app.kernel.hashing import sha256_hex


class Storage(Protocol):
    def put(self, data: bytes) -> str:
        """Keep bytes and return their sha256; keeping them twice is the same as once."""
        ...

    def get(self, sha256: str) -> bytes | None:
        """The bytes of a hash, None if they are not there."""
        ...

    def whole(self, sha256: str) -> bytes | None:
        """The bytes of a hash, None if they are not there or no longer what they were."""
        ...

    def has(self, sha256: str) -> bool:
        """Whether the bytes of a hash are there."""
        ...

    def append(self, part: str, offset: int, data: bytes) -> bool:
        """Add bytes to a part if it is exactly `offset` long; False, and nothing changed, if it is not."""
        ...

    def part_size(self, part: str) -> int:
        """How many bytes of a part have come."""
        ...

    def part(self, part: str) -> bytes:
        """What has come of a part."""
        ...

    def drop(self, part: str) -> None:
        """Forget a part; one that is not there is forgotten already."""
        ...

    def parts_untouched_since(self, instant: datetime) -> list[str]:
        """The parts to which nothing was added since then."""
        ...

    def drop_unfinished(self, before: datetime, share: int) -> int:
        """Remove what a `put` that was killed left behind before then, in one share of 256; returns how many."""
        ...


class FolderStorage:
    """Content-addressed files below one folder. A file appears whole or not at all, also after a power cut."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        if len(sha256) != 64 or not all(mark in "0123456789abcdef" for mark in sha256):
            raise ValueError("not a sha256")
        return self.folder / sha256[:2] / sha256[2:4] / sha256

    def put(self, data: bytes) -> str:
        sha256 = sha256_hex(data)
        if self.whole(sha256) is not None:  # a damaged one is mended by whoever brings the bytes again
            return sha256
        target = self.path(sha256)
        for folder in (target.parent, self._unfinished):
            folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._unfinished)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, target)
        except BaseException:  # a full disk is not filled further by what never became a file
            with suppress(FileNotFoundError):
                os.unlink(name)
            raise
        directory = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
        return sha256

    @property
    def _unfinished(self) -> Path:
        return self.folder / "unfinished"

    def get(self, sha256: str) -> bytes | None:
        try:
            return self.path(sha256).read_bytes()
        except (FileNotFoundError, ValueError):
            return None

    def whole(self, sha256: str) -> bytes | None:
        data = self.get(sha256)
        return data if data is not None and sha256_hex(data) == sha256 else None

    def has(self, sha256: str) -> bool:
        return self.path(sha256).is_file()

    def append(self, part: str, offset: int, data: bytes) -> bool:
        with self._locked(part, new=offset == 0) as handle:
            if handle is None or os.fstat(handle).st_size != offset:
                return False
            written = 0
            while written < len(data):
                written += os.pwrite(handle, data[written:], offset + written)
            return True

    @contextmanager
    def _locked(self, part: str, *, new: bool) -> Iterator[int | None]:
        """The open file of a part, alone for the moment; None if there is none. Only the first bytes make a file: a
        request that outlived its dropped part must not begin another in the middle."""
        path = self._part(part)
        if new:
            path.parent.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_RDWR | os.O_CLOEXEC | (os.O_CREAT if new else 0), 0o600)
        except FileNotFoundError:
            yield None
            return
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield handle
        finally:
            os.close(handle)

    def part_size(self, part: str) -> int:
        try:
            return self._part(part).stat().st_size
        except FileNotFoundError:
            return 0

    def part(self, part: str) -> bytes:
        try:
            return self._part(part).read_bytes()
        except FileNotFoundError:
            return b""

    def drop(self, part: str) -> None:
        self._part(part).unlink(missing_ok=True)

    def parts_untouched_since(self, instant: datetime) -> list[str]:
        return [path.name for path in _untouched((self.folder / "parts").glob("*"), instant)]

    def drop_unfinished(self, before: datetime, share: int) -> int:
        # Earlier versions left them beside the finished files, whose names are 64 characters long.
        beside = (self.folder / f"{share % 256:02x}").glob("??/tmp*")
        left = [*_untouched(self._unfinished.glob("*"), before), *_untouched(beside, before)]
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)

    def _part(self, part: str) -> Path:
        if not re.fullmatch(r"[0-9a-f-]{1,80}", part):
            raise ValueError("not the name of a part")
        return self.folder / "parts" / part


def _untouched(paths: Iterable[Path], since: datetime) -> Iterator[Path]:
    """Those of the files that nobody has written to since then."""
    for path in paths:
        try:
            touched = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        except FileNotFoundError:  # finished and gone meanwhile
            continue
        if touched < since:
            yield path
