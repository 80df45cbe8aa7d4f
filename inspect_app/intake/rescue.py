"""The backup file of a phone: what has not been sent, encrypted for the server's backup key, fed in at the desk.

The file, every number big-endian:

    magic         6 bytes: XCRF1 and a line feed
    head length   4 bytes
    head          JSON {key, epk, iv}: the id of the server's key; the phone's one-time P-256 key as base64 SPKI; 12 bytes
                  as base64
    the rest      AES-256-GCM with its 16-byte tag at the end; the magic is the additional data; the key is
                  HKDF-SHA256 over the ECDH secret of the two keys, salt = iv, info = "xuncha-rescue-1", 32 bytes

and decrypted:

    list length   4 bytes
    list          JSON {made_at, device, account, name, version,
                  operations: [{id, kind, v, device, seq, captured_at, payload, times, hash}],
                  photos: [{id, sha256, size, type, original_sha256, captured_at, source, position, visit, times}]}
    photos        their bytes, one after another in the order of the list

The tag proves that nothing was damaged or cut; not a byte of the inside is used before it has been checked. A file may
be larger than memory should hold: it is decrypted piece by piece into a file of its own.
"""

import json
import struct
import tempfile
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import GCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from inspect_app.evidence.rules import MOST_BYTES
from inspect_app.kernel.errors import Refused
from inspect_app.kernel.hashing import sha256_hex
from inspect_app.kernel.keys import KeyRing

from .phones import MOST_DEVICE_WORDS
from .rules import Sent, parse

MAGIC = b"XCRF1\n"
INFO = b"xuncha-rescue-1"
TAG = 16
MOST_HEAD = 4096
MOST_LIST = 64 * 1024 * 1024
MOST_ENTRIES = 20_000
PIECE = 1024 * 1024

NO_BACKUP = "这个文件不是手机里导出的备份文件。请让代表在手机的“发件箱”里再导出一次。"
DAMAGED = "这份备份文件不完整，可能没有传完。请重新拿一份，或让代表再导出一次。什么都没有写进去。"
FOREIGN = "这份备份文件是给另一个系统导出的，这里打不开。什么都没有写进去。"


@dataclass(frozen=True)
class PhotoEntry:
    """A photo of the list, and where its bytes lie."""

    id: UUID
    sha256: str
    size: int
    said: Mapping[str, Any]  # as the phone wrote it


@dataclass(frozen=True)
class Backup:
    """A backup that was opened and checked. Operations whose content is not what their hash says are only counted."""

    account_id: UUID
    device: str
    made_at: str
    operations: tuple[Sent, ...]
    unreadable: int
    photos: tuple[PhotoEntry, ...]
    _bytes: IO[bytes]
    _start: int  # where the photos begin in it

    def photo_bytes(self) -> Iterator[tuple[PhotoEntry, bytes]]:
        """Each photo with its bytes, in order; those that are not what their hash says come as no bytes at all."""
        self._bytes.seek(self._start)
        for entry in self.photos:
            data = self._bytes.read(entry.size)
            yield entry, data if sha256_hex(data) == entry.sha256 else b""


@contextmanager
def opened(file: IO[bytes], keys: KeyRing) -> Iterator[Backup]:
    """The backup in a file, for as long as its bytes are needed. Raises Refused in words for whatever is wrong with it."""
    with tempfile.TemporaryFile() as inside:
        size = _decrypt(file, inside, keys)
        inside.seek(0)
        yield _read(inside, size)


def _decrypt(file: IO[bytes], inside: IO[bytes], keys: KeyRing) -> int:
    """Decrypt into `inside` and prove the tag; returns how many bytes it holds."""
    if file.read(len(MAGIC)) != MAGIC:
        raise Refused(NO_BACKUP)
    head = _head(file)
    try:
        key_id, epk, iv = str(head["key"]), b64decode(head["epk"]), b64decode(head["iv"])
        secret = keys.agree(key_id, epk)
    except (KeyError, TypeError, ValueError, NotBase64):
        raise Refused(DAMAGED) from None
    if secret is None:
        raise Refused(FOREIGN)
    if len(iv) != 12:
        raise Refused(DAMAGED)
    key = HKDF(SHA256(), 32, salt=iv, info=INFO).derive(secret)
    unlock = Cipher(AES(key), GCM(iv)).decryptor()
    unlock.authenticate_additional_data(MAGIC)
    held, size = b"", 0
    while piece := file.read(PIECE):
        held += piece
        plain = unlock.update(held[:-TAG])
        held = held[-TAG:]
        size += len(plain)
        inside.write(plain)
    try:
        unlock.finalize_with_tag(held)
    except (InvalidTag, ValueError):
        raise Refused(DAMAGED) from None
    return size


def _head(file: IO[bytes]) -> dict[str, Any]:
    length = _length(file, MOST_HEAD)
    try:
        head = json.loads(file.read(length))
    except (ValueError, RecursionError):
        raise Refused(DAMAGED) from None
    if not isinstance(head, dict):
        raise Refused(DAMAGED)
    return head


def _length(file: IO[bytes], most: int) -> int:
    raw = file.read(4)
    if len(raw) != 4 or not 2 <= (length := struct.unpack(">I", raw)[0]) <= most:
        raise Refused(DAMAGED)
    return int(length)


def _read(inside: IO[bytes], size: int) -> Backup:
    length = _length(inside, MOST_LIST)
    try:
        said = json.loads(inside.read(length))
        account_id = UUID(str(said["account"]))
        operations, photos = list(said["operations"]), tuple(_photo(one) for one in said["photos"])
        device, made_at = str(said["device"]), str(said["made_at"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Refused(DAMAGED) from None
    if 4 + length + sum(photo.size for photo in photos) != size or len(operations) + len(photos) > MOST_ENTRIES:
        raise Refused(DAMAGED)
    read = [found for one in operations if (found := _operation(one)) is not None]
    device = device if len(device) <= MOST_DEVICE_WORDS and device.isprintable() else ""
    return Backup(account_id, device, made_at, tuple(read), len(operations) - len(read), photos, inside, 4 + length)


def _photo(said: Any) -> PhotoEntry:
    size, sha256 = said["size"], str(said["sha256"])
    if type(size) is not int or not 0 < size <= MOST_BYTES or len(sha256) != 64:
        raise ValueError("no photo of ours")
    return PhotoEntry(UUID(str(said["id"])), sha256, size, said)


def _operation(said: Any) -> Sent | None:
    """An operation of the list; None where its content is not what its hash says."""
    try:
        operation = parse(said)
    except Refused:
        return None
    return operation if operation.hash == said.get("hash") else None
