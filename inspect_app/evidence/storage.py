"""The store of bytes, named by their SHA-256, and of parts of uploads that are still coming.

A folder by default; anything with the same verbs at scale.
"""

import errno
import fcntl
import os
import re
import secrets
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from inspect_app.kernel.hashing import sha256_hex

# Adds bytes where the last ones ended; False, and nothing changed, where the part is longer or shorter than that, has been
# dropped or adopted.
Adding = Callable[[bytes], bool]


class Storage(Protocol):
    """Where the bytes of files lie, by their SHA-256."""

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

    def adding(self, part: str, offset: int) -> AbstractContextManager[Adding]:
        """A part to which bytes are added from `offset` on, open as long as they come. Others may add to it meanwhile."""
        ...

    def part_size(self, part: str) -> int:
        """How many bytes of a part have come."""
        ...

    def part(self, part: str) -> bytes:
        """What has come of a part."""
        ...

    def adopt(self, part: str, sha256: str) -> None:
        """Keep the whole bytes of a part under their hash, without writing them again. The part stays until it is dropped."""
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


# Folders that know no hard links, or none from where parts lie: one of them is mounted from elsewhere, a guard forbids it.
_NO_SECOND_NAME = (
    errno.EPERM,
    errno.EACCES,
    errno.EXDEV,
    errno.EINVAL,
    errno.EOPNOTSUPP,
    errno.ENOSYS,
    errno.EMLINK,
)


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
            _make(folder)
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
        self._sync_folder(target.parent)
        return sha256

    @staticmethod
    def _sync_folder(folder: Path) -> None:
        directory = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)

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

    @contextmanager
    def adding(self, part: str, offset: int) -> Iterator[Adding]:
        # Only the first bytes make a file: a request that outlived its dropped part must not begin another in the middle.
        path, new = self._part(part), offset == 0
        if new:
            _make(path.parent)
        try:
            handle = os.open(path, os.O_RDWR | os.O_CLOEXEC | (os.O_CREAT if new else 0), 0o600)
        except FileNotFoundError:
            yield lambda _data: False
            return
        end = offset

        def add(data: bytes) -> bool:
            nonlocal end
            with _alone(handle):
                if not _is_open_part(handle, path, end):
                    return False
                written = 0
                while written < len(data):
                    written += os.pwrite(handle, data[written:], end + written)
                end += written
                return True

        try:
            yield add
        finally:
            os.close(handle)

    def adopt(self, part: str, sha256: str) -> None:
        if self.whole(sha256) is not None:
            return
        path, target = self._part(part), self.path(sha256)
        _make(target.parent)
        handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        try:
            with _alone(handle):  # from here on nobody adds to it: it has a second name
                os.fsync(handle)
                self._name(path, target)
        except OSError as fault:
            if fault.errno not in _NO_SECOND_NAME:
                raise
            self.put(path.read_bytes())
        finally:
            os.close(handle)
        self._sync_folder(target.parent)

    def _name(self, path: Path, target: Path) -> None:
        """Give a part its name in the store, also where a damaged file bears it."""
        with suppress(FileExistsError):
            os.link(path, target)
            return
        second = self._unfinished / f"{path.name}-{secrets.token_hex(8)}"
        _make(second.parent)
        try:
            os.link(path, second)
            os.replace(second, target)
        finally:
            second.unlink(missing_ok=True)  # a move onto the very same file moves nothing

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


def _make(folder: Path) -> None:
    if not folder.is_dir():  # mostly it is there, and being told so costs less than being refused
        folder.mkdir(parents=True, exist_ok=True)


@contextmanager
def _alone(handle: int) -> Iterator[None]:
    """Nobody else adds to, or adopts, an open part."""
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(handle, fcntl.LOCK_UN)


def _is_open_part(handle: int, path: Path, size: int) -> bool:
    """Whether an open file of this size is still the part of that name, and nothing else: what was adopted is evidence."""
    found = os.fstat(handle)
    try:
        named = os.stat(path)
    except FileNotFoundError:
        return False
    return found.st_size == size and found.st_nlink == 1 and named.st_ino == found.st_ino


def _untouched(paths: Iterable[Path], since: datetime) -> Iterator[Path]:
    """Those of the files that nobody has written to since then."""
    for path in paths:
        try:
            touched = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        except FileNotFoundError:  # finished and gone meanwhile
            continue
        if touched < since:
            yield path
