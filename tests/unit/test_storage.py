"""The store of bytes: whole or not at all, nothing left behind, nothing taken that is in use."""

import errno
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


def test_a_part_that_was_adopted_is_written_once_and_takes_no_more(storage: FolderStorage) -> None:
    """A request that began before with another idea of the length must not add to what is evidence by now."""
    sha256 = sha256_hex(b"photo")
    with storage.adding("ab-1", 0) as add:
        assert add(b"pho")
        assert add(b"to")
        storage.adopt("ab-1", sha256)
        assert not add(b"shop")
        assert storage.path(sha256).stat().st_ino == (storage.folder / "parts" / "ab-1").stat().st_ino
        storage.drop("ab-1")
        assert not add(b"shop")
    assert storage.whole(sha256) == b"photo"
    assert _files(storage.folder) == [sha256]


def test_a_part_begun_anew_under_its_name_takes_nothing_from_who_added_to_the_first(storage: FolderStorage) -> None:
    with storage.adding("ab-1", 0) as stale:
        assert stale(b"pho")
        storage.drop("ab-1")
        with storage.adding("ab-1", 0) as add:
            assert add(b"sho")
            assert not stale(b"to")
            assert add(b"ps")
    assert storage.part("ab-1") == b"shops"


@pytest.mark.parametrize("why", [errno.EPERM, errno.EXDEV, errno.EACCES, errno.EINVAL])
def test_a_folder_that_knows_no_second_names_keeps_the_bytes_all_the_same(
    storage: FolderStorage, monkeypatch: pytest.MonkeyPatch, why: int
) -> None:
    """Also one where parts lie on another file system."""

    def unknown(*_names: object) -> None:
        raise OSError(why, os.strerror(why))

    with storage.adding("ab-1", 0) as add:
        assert add(b"photo")
    monkeypatch.setattr(os, "link", unknown)
    storage.adopt("ab-1", sha256_hex(b"photo"))
    assert storage.whole(sha256_hex(b"photo")) == b"photo"


def test_what_is_damaged_is_mended_by_the_part_that_brings_it_again(storage: FolderStorage) -> None:
    sha256 = storage.put(b"photo")
    storage.path(sha256).write_bytes(b"phot0")
    with storage.adding("ab-1", 0) as add:
        assert add(b"photo")
    storage.adopt("ab-1", sha256)
    assert storage.whole(sha256) == b"photo"
