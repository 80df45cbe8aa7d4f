"""Taking a backup of a running installation.

Order matters: heads first, so that the database has everything they sign for; then the database at one moment; then keys
and the number journal, so that they have everything the database was signed and numbered with; then the files it names,
which never change; the manifest last.
"""

import json
import os
import shutil
import sqlite3
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from inspect_app.evidence.storage import Storage
from inspect_app.kernel import clock, identity
from inspect_app.kernel.files import alone, sync_folder, write_whole
from inspect_app.kernel.hashing import sha256_hex
from inspect_app.kernel.keys import KeyRing
from inspect_app.papers import journal

from . import checking, databases
from .manifest import DATABASE, FOLDERS, NAMES, POOL, Manifest, NoBackup, hash_of, in_pool

STATE = "backups.json"  # in DATA_DIR: how the last one went, for the page of the administrator


@dataclass(frozen=True)
class Made:
    """A finished and checked backup. `remarks` say what was wrong already where it was taken, `untidy` why older ones could
    not be let go."""

    folder: Path
    files: int
    bytes: int
    new_files: int
    remarks: list[str]
    untidy: str = ""


class Busy(NoBackup):
    """Another backup is being made in this folder."""


def make(engine: Engine, data_dir: Path, storage: Storage, keys: KeyRing, backups: Path, *, keep: int = 0) -> Made:
    """Add a backup to the folder of backups, check it, and let go those beyond the newest `keep` (0 keeps all).

    Whatever it comes to is written to DATA_DIR/backups.json. Raises NoBackup in one line where it did not become whole;
    nothing that was there before is touched then. Older ones that cannot be let go take nothing from the new one.
    """
    started = clock.now()
    try:
        backups.mkdir(mode=0o700, parents=True, exist_ok=True)
        with alone(backups / ".lock") as free:
            if not free:
                raise Busy(f"{backups} 正在做另一次备份")
            made = _make(engine, data_dir, storage, keys, backups)
            if keep:
                made = replace(made, untidy=_tidied(backups, keep))
    except Busy:
        raise  # the other one tells how it went
    except (NoBackup, OSError, SQLAlchemyError, sqlite3.Error) as fault:
        words = str(fault) if isinstance(fault, NoBackup) else f"没有写成：{fault}"
        _tell(data_dir, at=started.isoformat(), to=str(backups), ok=False, words=words, bytes=0)
        raise NoBackup(words) from None
    words = f"{made.files} 个文件，新抄 {made.new_files} 个。" + "；".join(made.remarks)
    _tell(
        data_dir,
        at=started.isoformat(),
        to=str(made.folder),
        ok=True,
        words=words,
        bytes=made.bytes,
        untidy=made.untidy,
    )
    return made


def _make(engine: Engine, data_dir: Path, storage: Storage, keys: KeyRing, backups: Path) -> Made:
    for left in backups.glob(".*.part"):
        shutil.rmtree(left)  # of one that was cut off: nobody else is at work here
    name = checking.name_at(clock.now())
    folder, pool = backups / f".{name}.part", backups / POOL
    folder.mkdir(mode=0o700)
    _keep_folder(data_dir / "heads", folder / "heads", but=journal.FILE)
    databases.draw(engine, folder / DATABASE)
    for part in FOLDERS:
        _keep_folder(data_dir / part, folder / part, but="*.json" if part == "heads" else "")
    with databases.opened(folder / DATABASE) as drawn:
        named = [row[0] for row in drawn.execute("SELECT sha256 FROM stored_file ORDER BY 1")]
        revision, tables = databases.revision_of(drawn), databases.tables_of(drawn)
    proved, new, lacking = _keep_files(storage, pool, named)
    write_whole(folder / NAMES, "".join(f"{one}\n" for one in named if one not in lacking).encode())
    for path in folder.rglob("*"):
        _sync(path)
    kept = {str(path.relative_to(folder)): str(hash_of(path)) for path in sorted(folder.rglob("*")) if path.is_file()}
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    size += sum(in_pool(pool, one).stat().st_size for one in named if one not in lacking)
    Manifest(
        made_at=clock.now().isoformat(),
        installation=str(identity.in_folder(data_dir) or ""),
        revision=revision,
        dialect=engine.dialect.name,
        tables=tables,
        kept=kept,
        files=len(named) - len(lacking),
        bytes=size,
        lacking=sorted(lacking),
    ).write(folder, keys)
    if wrong := checking.faults(folder, proved=proved):
        raise NoBackup(f"写完核对不对：{wrong[0]}" + (f"，还有 {len(wrong) - 1} 处" if wrong[1:] else ""))
    folder.rename(backups / name)
    sync_folder(backups)
    return Made(backups / name, len(named) - len(lacking), size, len(new), checking.remarks(backups / name))


def _keep_folder(source: Path, target: Path, *, but: str) -> None:
    """The files of a folder as they are now; those that only become one (.part, hidden) are left out."""
    target.mkdir(mode=0o700, exist_ok=True)
    for path in sorted(source.glob("*")):
        if path.is_file() and not path.name.startswith(".") and not (but and path.match(but)):
            shutil.copy2(path, target / path.name)


def _keep_files(storage: Storage, pool: Path, named: list[str]) -> tuple[set[str], set[str], set[str]]:
    """Copy what the pool does not have yet, or has damaged: (there and right, copied now, lacking in the store itself)."""
    proved, new, lacking = set(), set(), set()
    for name in named:
        path = in_pool(pool, name)
        if hash_of(path) == name:
            proved.add(name)
            continue
        data = storage.get(name)
        if data is None or sha256_hex(data) != name:
            lacking.add(name)
            continue
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(path, data)
        new.add(name)
    return proved, new, lacking


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _tidied(backups: Path, keep: int) -> str:
    """Let old ones go; why that could not be done, in words, where it could not."""
    try:
        _let_go(backups, keep)
    except (OSError, ValueError) as fault:
        what = f"{fault.strerror}：{fault.filename}" if isinstance(fault, OSError) and fault.filename else str(fault)
        return f"旧备份没有清理掉：{what}"
    return ""


def _let_go(backups: Path, keep: int) -> None:
    """Remove the oldest backups beyond `keep`, then the files that none of the others names. Where one of them does not
    say which it names, no file is removed."""
    folders = checking.of(backups)
    for folder in folders[:-keep]:
        # Its manifest first: cut off here, what is left is no backup and is not taken for one.
        (folder / "manifest.json").unlink()
        shutil.rmtree(folder)
    if not folders[:-keep]:
        return
    wanted = {name for folder in folders[-keep:] for name in checking.names_in(folder)}
    for path in (backups / POOL).glob("??/??/*"):
        if path.name not in wanted:
            path.unlink()


def _tell(data_dir: Path, **said: object) -> None:
    write_whole(data_dir / STATE, json.dumps(said, ensure_ascii=False).encode())


def last(data_dir: Path) -> dict[str, object]:
    """How the last backup went: {at, to, ok, words, bytes, untidy}; empty before the first."""
    try:
        said = json.loads((data_dir / STATE).read_text())
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}
