"""Whether a backup is whole: everything its manifest names is there with its hash, and the database opens and fits."""

import sqlite3
from collections.abc import Iterator, Set
from datetime import datetime
from pathlib import Path

from inspect_app.hazards import heads
from inspect_app.kernel import clock, stamps
from inspect_app.kernel.keys import KeyRing

from . import databases
from .manifest import DATABASE, NAMES, POOL, Manifest, hash_of, in_pool, read


def newest(backups: Path) -> Path:
    """The backup that is meant by a folder: itself, or the newest whole one in it."""
    if (backups / DATABASE).exists() or not backups.is_dir():
        return backups
    return next(reversed(of(backups)), backups)


def of(backups: Path) -> list[Path]:
    """The finished backups in a folder, oldest first: their names are their times. One of a clock that ran ahead is older
    than all others: otherwise it would be the newest for years."""
    now = name_at(clock.now() + stamps.SLACK)
    found = (path.parent for path in backups.glob("*/manifest.json") if not path.parent.name.startswith("."))
    return sorted(found, key=lambda folder: (folder.name < now, folder.name))


def name_at(instant: datetime) -> str:
    """What a backup made at an instant is called."""
    return f"{instant:%Y-%m-%dT%H%M%S.%fZ}"


def faults(folder: Path, *, proved: Set[str] = frozenset()) -> list[str]:
    """What is wrong with a backup (Chinese, one line each); raises NoBackup where it is none.

    `proved` are files of the pool that were read and found right a moment ago: reading them once is enough.
    """
    manifest = read(folder)
    return [*_kept(folder, manifest), *_database(folder, manifest), *_files(folder, manifest, proved)]


def remarks(folder: Path) -> list[str]:
    """What was wrong already where the backup was taken: it is whole all the same."""
    manifest = read(folder)
    found = (
        [f"{len(manifest.lacking)} 个文件在原处就不见了或坏了，第一个是 {manifest.lacking[0][:12]}"]
        if manifest.lacking
        else []
    )
    found += heads.faults(folder / "heads", KeyRing(folder / "keys"))
    with databases.opened(folder / DATABASE) as drawn:
        found += [
            f"签过名的隐患 {hazard} 第 {seq} 条和数据库对不上"
            for hazard, (seq, digest) in heads.tails(folder / "heads").items()
            if _event(drawn, hazard, seq) != digest
        ]
    return found


def _event(drawn: sqlite3.Connection, hazard: str, seq: int) -> str | None:
    row = drawn.execute(
        "SELECT hash FROM hazard_event WHERE hazard_id = ? AND seq = ?", (hazard.replace("-", ""), seq)
    ).fetchone()
    return row[0] if row else None


def _kept(folder: Path, manifest: Manifest) -> Iterator[str]:
    for name, digest in manifest.kept.items():
        found = hash_of(folder / name)
        if found != digest:
            yield f"{name} {'不见了' if found is None else '被改过或坏了'}"


def _database(folder: Path, manifest: Manifest) -> Iterator[str]:
    try:
        with databases.opened(folder / DATABASE) as drawn:
            sound = drawn.execute("PRAGMA integrity_check").fetchone()[0]
            if sound != "ok":
                yield f"数据库坏了：{sound}"
            elif databases.revision_of(drawn) != manifest.revision or databases.tables_of(drawn) != manifest.tables:
                yield "数据库里的行数或版本和清单不一样"
    except sqlite3.Error as fault:
        yield f"数据库打不开：{fault}"


def _files(folder: Path, manifest: Manifest, proved: Set[str]) -> Iterator[str]:
    try:
        names = names_in(folder)
    except FileNotFoundError:
        return  # said already: it is one of the kept
    if len(names) != manifest.files:
        yield f"文件清单有 {len(names)} 个，应有 {manifest.files} 个"
    for name in names:
        found = name if name in proved else hash_of(in_pool(folder.parent / POOL, name))
        if found != name:
            yield f"文件 {name[:12]} {'不见了' if found is None else '被改过或坏了'}"


def names_in(folder: Path) -> list[str]:
    """The hashes of the files that belong to a backup."""
    return (folder / NAMES).read_text().split()
