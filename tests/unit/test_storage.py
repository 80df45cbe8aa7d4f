"""The store of bytes: whole or not at all, nothing left behind, nothing taken that is in use."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from inspect_app.evidence.storage import FolderStorage
from inspect_app.kernel import clock
from inspect_app.kernel.hashing import sha256_hex


@pytest.fixture
def storage(tmp_path: Path) -> FolderStorage:
    return FolderStorage(tmp_path)


def _files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def _age(path: Path, days: float) -> None:
    then = (clock.now() - timedelta(days=days)).timestamp()
    os.utime(path, (then, then))


def test_a_put_on_a_full_disk_leaves_nothing(storage: FolderStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        storage.put(b"photo")
    assert _files(storage.folder) == []
    assert not storage.has(sha256_hex(b"photo"))


def test_what_a_killed_put_left_is_removed_once_it_is_old(storage: FolderStorage) -> None:
    kept = storage.put(b"photo")
    _age(storage.path(kept), 400)
    old, fresh, former = (
        storage.folder / "unfinished" / "tmpold", storage.folder / "unfinished" / "tmpnew", storage.path(kept).parent / "tmpxyz",
    )  # fmt: skip
    for path in (old, fresh, former):
        path.write_bytes(b"half")
    for path in (old, former):
        _age(path, 2)
    before = clock.now() - timedelta(days=1)
    removed = sum(storage.drop_unfinished(before, share) for share in range(256))
    assert removed == 2
    assert _files(storage.folder) == sorted([kept, "tmpnew"])
    assert storage.whole(kept) == b"photo"


def test_damaged_bytes_are_not_whole_and_are_mended_by_whoever_brings_them_again(storage: FolderStorage) -> None:
    sha256 = storage.put(b"photo")
    for damage in (b"phot0", b"pho", b""):
        storage.path(sha256).write_bytes(damage)
        assert storage.whole(sha256) is None
        assert storage.put(b"photo") == sha256
        assert storage.whole(sha256) == b"photo"
