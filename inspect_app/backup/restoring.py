"""Restoring a backup into an empty DATA_DIR and an empty database, of either kind.

Everything is checked before anything is written. While it runs a marker lies in DATA_DIR, and nothing starts beside it.
Afterwards: a new epoch, so that phones offer their last 30 days again, and paper numbers that go on above what is known.
"""

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from inspect_app.evidence.storage import Storage
from inspect_app.intake.epochs import begin_epoch
from inspect_app.kernel import clock, identity
from inspect_app.kernel.database import db, writing
from inspect_app.kernel.files import sync_folder, write_whole
from inspect_app.papers import numbering
from inspect_app.papers.journal import NumberJournal

from . import checking, databases
from .manifest import DATABASE, FOLDERS, POOL, Manifest, NoBackup, in_pool, read

MARKER = "restoring"
HELD = "系统从备份恢复过，备份以后可能还发过文书"
LEFT_OUT = "从备份恢复时，文号簿里已有这些号"
# What a start makes by itself in a DATA_DIR that nobody has used.
_BY_ITSELF = (
    "keys/secret_key", "keys/password_salt", "queue.db", "queue.db-wal", "queue.db-shm", "instance.lock", "worker.lock",
    "logs/inspect.log",
)  # fmt: skip

Migrate = Callable[[str], None]


def restore(
    engine: Engine,
    data_dir: Path,
    storage: Storage,
    backups: Path,
    migrate: Migrate,
    *,
    numbers: Path | None = None,
    say: Callable[[str], None] = print,
) -> Manifest:
    """Put the newest backup of a folder, or this one, back. `migrate` brings the database to a revision ("head" for ours).

    `numbers` is the number journal of the lost installation, where it outlived it: then numbers go on above it at once;
    without it every series waits until somebody has said up to where numbers are printed.
    Raises NoBackup in one line; nothing is written where the backup is not whole or the target not empty.
    """
    folder = checking.newest(backups)
    refuse_if_used(engine, data_dir)
    say(f"核对 {folder}")
    if wrong := checking.faults(folder):
        raise NoBackup("备份不完整，什么都没有写：\n" + "\n".join(wrong[:20]))
    manifest = read(folder)
    write_whole(data_dir / MARKER, f"{folder}\n".encode())
    _put_folders_back(folder, data_dir)
    say(f"放回 {manifest.files} 个文件")
    _put_files_back(folder, storage)
    say(f"放回数据库（{manifest.dialect} → {engine.dialect.name}），{sum(manifest.tables.values())} 行")
    _put_database_back(engine, folder, manifest, migrate)
    with writing():
        identity.settle(data_dir)
        begin_epoch()
        _number_on(data_dir, manifest, numbers, say)
    db.session.remove()
    (data_dir / MARKER).unlink()
    sync_folder(data_dir)
    return manifest


def _put_folders_back(folder: Path, data_dir: Path) -> None:
    for kept in FOLDERS:
        if (folder / kept).is_dir():
            shutil.copytree(folder / kept, data_dir / kept, dirs_exist_ok=True)
            for path in (data_dir / kept).iterdir():
                path.chmod(0o600)
            sync_folder(data_dir / kept)


def _put_files_back(folder: Path, storage: Storage) -> None:
    for name in checking.names_in(folder):
        if storage.put(in_pool(folder.parent / POOL, name).read_bytes()) != name:
            raise NoBackup(f"文件 {name[:12]} 在放回时读坏了")


def _put_database_back(engine: Engine, folder: Path, manifest: Manifest, migrate: Migrate) -> None:
    """Poured in as it was when it was drawn, and only then brought to the revision of ours."""
    try:
        migrate(manifest.revision)
        databases.pour(engine, folder / DATABASE)
        migrate("head")
    except databases.CannotPour as fault:
        raise NoBackup(f"数据库没有放回：{fault}") from None


def refuse_if_used(engine: Engine, data_dir: Path) -> None:
    """Raise NoBackup where there is anything in the folder or the database that a restore would mix with."""
    found = [
        name
        for path in sorted(data_dir.rglob("*"))
        if path.is_file()
        and (name := str(path.relative_to(data_dir))) not in _BY_ITSELF
        and not _is_database(engine, path)
    ]
    if found:
        raise NoBackup(f"{data_dir} 不是空的（有 {found[0]} 等 {len(found)} 个文件），请换一个空的 DATA_DIR")
    if not databases.is_empty(engine):
        raise NoBackup("数据库不是空的，请给一个空的数据库（DATABASE_URL）")


def _is_database(engine: Engine, path: Path) -> bool:
    """The file of an SQLite database that opening it has made, and what lies beside it."""
    own = str(engine.url.database or "")
    return engine.dialect.name == "sqlite" and str(path) in (own, own + "-wal", own + "-shm", own + ".queue")


def _number_on(data_dir: Path, manifest: Manifest, numbers: Path | None, say: Callable[[str], None]) -> None:
    """No number is given twice: on above the journal, or not before somebody has looked at the last sheet."""
    journal = NumberJournal(data_dir / "heads")
    if numbers is not None:
        say(f"文号簿：新增 {journal.add_from(numbers)} 个号")
    for series, last in numbering.behind(journal).items():
        numbering.resume(series, last, LEFT_OUT)
    if numbers is None:
        made = clock.to_local(datetime.fromisoformat(manifest.made_at))
        numbering.hold_all(f"{HELD}（备份做于{made.year}年{made.month}月{made.day}日 {made:%H:%M}）")
        say(
            "文号先停着：备份以后可能还印过文书，手机上的回执里也没有文号。请核对每一类最后一张的文号，"
            "再用 flask --app wsgi papers series 和 papers resume 接上"
        )
