"""The store of bytes, named by their SHA-256: a folder by default, anything with the same four verbs at scale."""

import os
import tempfile
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
        target = self.path(sha256)
        if target.exists():
            return sha256
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, target)
        directory = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
        return sha256

    def get(self, sha256: str) -> bytes | None:
        try:
            return self.path(sha256).read_bytes()
        except (FileNotFoundError, ValueError):
            return None
