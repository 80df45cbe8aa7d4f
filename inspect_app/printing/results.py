"""Where finished files of print jobs lie, by their SHA-256, until they are old. Apart from evidence, which is never deleted;
no backup holds them, as they can be made again."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from inspect_app.kernel.hashing import sha256_hex


class GrowingFile:
    """A file that is being written; where it ends well it has its hash and its size. `write` and `flush` as zipfile asks."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._hash, self.size = file, hashlib.sha256(), 0

    @property
    def sha256(self) -> str:
        """The hash of what was written so far."""
        return self._hash.hexdigest()

    def write(self, data: bytes) -> int:
        """Add bytes at the end; raises OSError where the disk is full."""
        self._hash.update(data)
        self.size += len(data)
        return self._file.write(data)

    def flush(self) -> None:
        """Hand everything on to the disk's cache."""
        self._file.flush()


class ResultStore:
    """Files below one folder. Each appears whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def growing(self) -> Iterator[GrowingFile]:
        """A file of any size that is written in parts; it is kept under its hash where the block ends well."""
        self._folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._folder, prefix="unfinished-")
        try:
            with os.fdopen(handle, "wb") as file:
                growing = GrowingFile(file)
                yield growing
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, self._path(growing.sha256))
        except BaseException:  # a full disk is not filled further by what never became a file
            Path(name).unlink(missing_ok=True)
            raise

    def put(self, data: bytes) -> str:
        """Keep bytes and return their sha256."""
        with self.growing() as file:
            file.write(data)
        return file.sha256

    def whole(self, sha256: str) -> bytes | None:
        """The bytes of a hash, None if they are not there or no longer what they were."""
        try:
            data = self._path(sha256).read_bytes()
        except FileNotFoundError:
            return None
        return data if sha256_hex(data) == sha256 else None

    def open(self, sha256: str) -> BinaryIO | None:
        """A file to be read piece by piece; None where it is not there any more."""
        try:
            return self._path(sha256).open("rb")
        except FileNotFoundError:
            return None

    def drop_older(self, than: datetime) -> int:
        """Throw away what was written before then, with what a killed worker left unfinished; returns how many."""
        if not self._folder.is_dir():
            return 0
        old = [path for path in self._folder.iterdir() if path.stat().st_mtime < than.timestamp()]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _path(self, sha256: str) -> Path:
        if len(sha256) != 64 or not all(mark in "0123456789abcdef" for mark in sha256):
            raise ValueError("not a sha256")
        return self._folder / sha256
