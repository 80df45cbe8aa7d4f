"""What a backup holds, in one signed file that is written last: a folder without it is no backup."""

import json
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from inspect_app.kernel.files import write_whole
from inspect_app.kernel.hashing import canonical_json
from inspect_app.kernel.keys import KeyRing

FORMAT = 1
FILE = "manifest.json"
DATABASE = "database.sqlite"
NAMES = "files.txt"  # the hash of every file of the store that the database names
FOLDERS = ("keys", "heads", "ca")  # of DATA_DIR, kept with every backup
POOL = "files"  # beside the backups: files of the store, once for all of them


class NoBackup(Exception):  # noqa: N818  # read as a sentence
    """The folder is no whole backup; one line in Chinese that says what is wrong."""


@dataclass(frozen=True)
class Manifest:
    """`kept` has the SHA-256 of every file of the folder by its path, `tables` the number of rows, `files` and
    `bytes` what the store holds for it; `lacking` are files that were gone from the store already."""

    made_at: str
    installation: str
    revision: str
    dialect: str
    tables: dict[str, int]
    kept: dict[str, str]
    files: int
    bytes: int
    lacking: list[str]
    format: int = FORMAT

    def write(self, folder: Path, keys: KeyRing) -> None:
        """Write it signed into the folder, whole or not at all."""
        document = canonical_json(asdict(self))
        key_id, signature = keys.sign(document)
        envelope = {"document": document.decode(), "key": key_id, "signature": signature}
        write_whole(folder / FILE, json.dumps(envelope, ensure_ascii=False).encode())


def read(folder: Path) -> Manifest:
    """The manifest of a backup, its signature checked by the keys beside it. Raises NoBackup."""
    try:
        raw: dict[str, Any] = json.loads((folder / FILE).read_text())
        document = json.loads(raw["document"])
        version = document["format"]
    except FileNotFoundError:
        raise NoBackup(f"{folder} 不是完整的备份：没有 {FILE}") from None
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise NoBackup(f"{folder} 的 {FILE} 读不出来：{fault}") from None
    if version != FORMAT:
        raise NoBackup(f"{folder} 的格式是 {version}，这个版本的程序只认 {FORMAT}")
    if not KeyRing(folder / "keys").verify(raw["key"], raw["signature"], raw["document"].encode()):
        raise NoBackup(f"{folder} 的 {FILE} 签名不对")
    try:
        return Manifest(**document)
    except TypeError as fault:
        raise NoBackup(f"{folder} 的 {FILE} 读不懂：{fault}") from None


def hash_of(path: Path) -> str | None:
    """The SHA-256 of a file, read in parts; None where it is not there."""
    try:
        with path.open("rb") as file:
            found = sha256()
            while part := file.read(1 << 20):
                found.update(part)
            return found.hexdigest()
    except FileNotFoundError:
        return None


def in_pool(pool: Path, name: str) -> Path:
    """Where a file of this name lies in the pool: two levels of folders by its first hex digits keep each of them
    small."""
    return pool / name[:2] / name[2:4] / name
