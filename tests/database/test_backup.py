"""A backup taken while people work is whole, is found out when it is damaged, and can be restored into either database.

After it: phones that hold their last 30 days offer them again and nothing is lost or doubled, and no paper number is
given a second time.
"""

import json
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from inspect_app import create_app
from inspect_app.backup import checking, databases, making, restoring
from inspect_app.backup.manifest import DATABASE, NoBackup
from inspect_app.evidence import actions as evidence
from inspect_app.evidence.models import Photo
from inspect_app.hazards import audit, heads
from inspect_app.hazards.events import Event
from inspect_app.hazards.models import Hazard
from inspect_app.intake import audit as receipts
from inspect_app.intake.models import Epoch, JournalEntry, Receipt
from inspect_app.jobs import backups, health
from inspect_app.kernel import clock, identity
from inspect_app.kernel.database import db, writing
from inspect_app.papers import audit as paper_audit
from inspect_app.papers import issuing, numbering
from inspect_app.papers.models import Paper
from inspect_app.people.models import Account
from inspect_app.premises import actions as premises
from inspect_app.premises import merging
from inspect_app.visits.models import Visit
from tests.conftest import ROOT, Browser, _settings, postgres_schema
from tests.operations import operation
from tests.originals import Town
from tests.support import District, found, photo, rows_in

NewPlace = Callable[[str], Flask]
pytestmark = pytest.mark.slow


@dataclass
class Phone:
    """A phone that sends and keeps everything, as the real one does for 30 days."""

    app: Flask
    district: District
    login: str = "daibiao1"

    def __post_init__(self) -> None:
        self.kept: list[dict[str, Any]] = []

    def visits(self, place: int = 0, item: str = "F-EXIT-01") -> list[str]:
        """One visit with one item failed, handed in; what the server answered to each operation."""
        visit = str(uuid4())
        versions = [str(version) for version in self.district.versions]
        start = {"visit": visit, "premises": str(self.district.places[place]), "versions": versions}
        answer = {"visit": visit, "item": item, "value": "fail", "wordings": ["门上了锁"]}
        fresh = [
            self._op("visit.start", start),
            self._op("visit.answer", answer),
            self._op("visit.submit", {"visit": visit}),
        ]
        return self.sends(fresh)

    def _op(self, kind: str, payload: dict[str, Any]) -> dict[str, Any]:
        said = operation(kind, payload, len(self.kept) + 1, device=self.login)
        self.kept.append(said)
        return said

    def sends(self, operations: list[dict[str, Any]]) -> list[str]:
        client = self.app.test_client()
        mark = db.session.scalar(select(Account.fs_uniquifier).where(Account.login == self.login))
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = mark, True
            session["signed_in_at"] = clock.now().isoformat()
        db.session.remove()
        answer = client.post("/intake/operations", json={"operations": operations})
        assert answer.status_code == 200, answer.text
        return [line["outcome"] for line in json.loads(answer.get_json()["document"])["operations"]]


def _lived_in(town: Town) -> Phone:
    """A district with a visit, hazards, photos, a signed head and a drawn paper."""
    app, district = town.app, town.district
    with writing():
        identity.settle(app.extensions["settings"].data_dir)
    with writing():
        found(district, item="F-EXIT-02", place=1)
        photo(app.extensions["storage"], district, "daibiao2")
        twice = premises.register(
            district.scope("du1"),
            name="又登记的面馆",
            kind="small_shop",
            address="东头",
            area_id=district.cast.communities[0],
            facts={},
        )
        merging.merge(district.scope("du1"), twice.id, district.places[1], "同一家")
    phone = Phone(app, district)
    assert set(phone.visits()) == {"applied"}
    heads.write(app.extensions["settings"].data_dir / "heads", app.extensions["keys"])
    db.session.rollback()
    assert _draw(app) == 1
    return phone


def _draw(app: Flask) -> int:
    def render(kind: str, content: dict[str, object], at: object) -> bytes:
        return f"%PDF-1.7 {content['number']} {content['code']}".encode()

    def store(data: bytes, kind: str) -> str:
        return evidence.keep(app.extensions["storage"], data, kind)

    return issuing.draw_waiting(render, store, app.extensions["keys"], app.extensions["numbers"])


@pytest.fixture
def new_place(tmp_path: Path, run_id: str) -> Iterator[NewPlace]:
    """Applications with an empty DATA_DIR and an empty database, nothing migrated."""
    with ExitStack() as opened:

        def make(backend: str, name: str = "") -> Flask:
            folder = tmp_path / f"new-{backend}{name}"
            folder.mkdir()
            url = f"sqlite:///{folder / 'inspect.db'}"
            if backend == "postgresql":
                url = opened.enter_context(postgres_schema(f"new_{run_id}"))
            app = create_app(_settings(folder, url), {"TESTING": True, "WTF_CSRF_ENABLED": False})
            app.test_client_class = Browser
            opened.callback(_close, app)
            return app

        yield make


def _close(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def _backup(app: Flask, place: Path, keep: int = 0) -> making.Made:
    extensions = app.extensions
    with app.app_context():
        return making.make(
            db.engine, extensions["settings"].data_dir, extensions["storage"], extensions["keys"], place, keep=keep
        )


def _restore(app: Flask, place: Path, numbers: Path | None = None) -> None:
    from flask_migrate import upgrade

    def migrate(revision: str) -> None:
        db.session.remove()
        upgrade(directory=str(ROOT / "migrations"), revision=revision)

    settings, storage = app.extensions["settings"], app.extensions["storage"]
    with app.app_context():
        restoring.restore(
            db.engine, settings.data_dir, storage, place, migrate, numbers=numbers, say=lambda _: None
        )  # fmt: skip
        db.session.remove()


def _wrong(app: Flask) -> list[str]:
    """Everything the verifying commands would say."""
    settings, keys, storage = app.extensions["settings"], app.extensions["keys"], app.extensions["storage"]
    with app.app_context():
        faults = audit.verify(settings.data_dir / "heads", keys, storage)[0]
        faults += paper_audit.verify(storage.get, keys)[0] + paper_audit.against_journal(app.extensions["numbers"])
        faults += receipts.verify(keys)[0]
        db.session.remove()
    return faults


def _counts(app: Flask) -> dict[str, int]:
    with app.app_context():
        found = {
            model.__tablename__: rows_in(model)
            for model in (Visit, Hazard, Event, Paper, Receipt, JournalEntry, Account)
        }
        db.session.remove()
    return found


@pytest.mark.parametrize("other", ["same", "other"])
def test_a_backup_taken_while_people_work_is_restored_whole(
    own_town: Town, backend: str, other: str, new_place: NewPlace, tmp_path: Path
) -> None:
    """Also from SQLite to PostgreSQL and back: the same shape of backup serves both."""
    district = _lived_in(own_town).district
    over, faults = threading.Event(), list[str]()

    def works() -> None:
        with own_town.app.app_context():
            try:
                busy = Phone(own_town.app, district, "daibiao3")
                while not over.is_set():
                    assert set(busy.visits(place=2)) == {"applied"}
                    with writing():
                        photo(own_town.app.extensions["storage"], district, "daibiao3")
            except BaseException as fault:
                faults.append(repr(fault))
            finally:
                db.session.remove()

    workers = [threading.Thread(target=works) for _ in range(2)]
    for worker in workers:
        worker.start()
    try:
        made = [_backup(own_town.app, tmp_path / "backups") for _ in range(3)]
    finally:
        over.set()
        for worker in workers:
            worker.join()
    assert faults == []
    assert [one.remarks for one in made] == [[], [], []]
    assert all(checking.faults(one.folder) == [] for one in made)

    kind = backend if other == "same" else next(one for one in ("sqlite", "postgresql") if one != backend)
    restored = new_place(kind)
    _restore(restored, tmp_path / "backups")
    assert _wrong(restored) == []
    with closing(sqlite3.connect(made[-1].folder / DATABASE)) as drawn:
        stood = {name: drawn.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in _counts(restored)}
        assert "premises_change" not in databases.tables_of(drawn), "marks are numbers of the database that made them"
        assert _counts(restored) == stood
    with restored.app_context():
        assert rows_in(Epoch) == 2
        assert db.session.scalar(select(identity.Installation.id)) == identity.in_folder(
            restored.extensions["settings"].data_dir
        )
        db.session.remove()
        again = Phone(restored, district, "daibiao4")
        with writing():
            numbering.release_rest()
        assert set(again.visits(place=1, item="F-EXIT-03")) == {"applied"}
        assert _draw(restored) >= 1


def test_phones_offer_their_month_again_and_numbers_go_on_above_what_is_printed(
    own_town: Town, backend: str, new_place: NewPlace, tmp_path: Path
) -> None:
    phone = _lived_in(own_town)
    _backup(own_town.app, tmp_path / "backups")
    for item in ("F-EXIT-02", "F-EXIT-03", "F-EXIT-04"):
        assert set(phone.visits(item=item)) == {"applied"}
    assert _draw(own_town.app) == 3
    before, printed = _counts(own_town.app), _numbers(own_town.app)
    old_journal = own_town.app.extensions["numbers"].path

    restored = new_place(backend)
    _restore(restored, tmp_path / "backups")
    with restored.app_context():
        phone.app = restored
        # What is known is recognised. Handing in the later visits waits: their sheets would get printed numbers.
        assert phone.sends(phone.kept) == ["applied"] * 5 + [
            "later",
            "applied",
            "applied",
            "later",
            "applied",
            "applied",
            "later",
        ]
        runner = restored.test_cli_runner()
        assert "停着" in runner.invoke(args=["papers", "series"]).output
        said = runner.invoke(args=["papers", "resume", _issuer(), "tip", str(clock.today().year), "4"])
        assert said.exit_code == 0, said.output
        assert set(phone.sends(phone.kept)) == {"applied"}
        assert set(phone.sends(phone.kept)) == {"applied"}
        assert _draw(restored) == 3
    after = _counts(restored)
    assert {name: after[name] for name in ("visit", "hazard", "hazard_event", "paper", "journal_entry", "account")} == {
        name: before[name] for name in ("visit", "hazard", "hazard_event", "paper", "journal_entry", "account")
    }
    assert [serial for serial, _ in _numbers(restored)] == [1, 5, 6, 7]
    assert _numbers(restored)[0] == printed[0]
    assert _wrong(restored) == []
    with restored.app_context():
        assert "2号 至 4号 留空" in restored.test_cli_runner().invoke(args=["papers", "verify"]).output

    other = new_place("sqlite", "-with-journal")
    _restore(other, tmp_path / "backups", numbers=old_journal)
    with other.app_context():
        phone.app = other
        assert set(phone.sends(phone.kept)) == {"applied"}
        assert _draw(other) == 3
    assert [serial for serial, _ in _numbers(other)] == [1, 5, 6, 7]
    assert _wrong(other) == []


def _issuer() -> str:
    from inspect_app.people.models import Organisation

    return db.session.scalars(select(Organisation.name).join(Paper, Paper.issuer_id == Organisation.id)).first() or ""


def _numbers(app: Flask) -> list[tuple[int, UUID]]:
    with app.app_context():
        rows = [(row.serial, row.id) for row in db.session.scalars(select(Paper).order_by(Paper.serial))]
        db.session.remove()
    return rows


def _flip(path: Path, at: int = -100) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def _of_pool(folder: Path) -> Path:
    return next((folder.parent / "files").glob("??/??/*"))


DAMAGE: dict[str, Callable[[Path], object]] = {
    "no manifest": lambda folder: (folder / "manifest.json").unlink(),
    "another manifest": lambda folder: _flip(folder / "manifest.json", 40),
    "a manifest cut off": lambda folder: (folder / "manifest.json").write_bytes(b'{"document"'),
    "a bit of the database": lambda folder: _flip(folder / DATABASE),
    "half a database": lambda folder: (folder / DATABASE).write_bytes((folder / DATABASE).read_bytes()[:8192]),
    "no database": lambda folder: (folder / DATABASE).unlink(),
    "a head removed": lambda folder: next((folder / "heads").glob("2*.json")).unlink(),
    "a head changed": lambda folder: _flip(next((folder / "heads").glob("2*.json"))),
    "a number journal cut short": lambda folder: (folder / "heads" / "numbers.jsonl").write_bytes(b""),
    "no signing key": lambda folder: next((folder / "keys").glob("*.key")).unlink(),
    "a public key changed": lambda folder: _flip(next((folder / "keys").glob("*.pub")), 3),
    "a file missing": lambda folder: _of_pool(folder).unlink(),
    "a file changed": lambda folder: _flip(_of_pool(folder), 0),
    "a list of files cut short": lambda folder: (folder / "files.txt").write_text(""),
}


def test_every_planted_damage_is_found_and_nothing_of_it_is_restored(
    own_town: Town, new_place: NewPlace, tmp_path: Path
) -> None:
    _lived_in(own_town)
    whole = _backup(own_town.app, tmp_path / "whole").folder
    target = new_place("sqlite")
    data_dir = target.extensions["settings"].data_dir
    for name, damage in DAMAGE.items():
        place = tmp_path / "damaged"
        shutil.copytree(whole.parent, place)
        damage(place / whole.name)
        with pytest.raises(NoBackup):
            _restore(target, place / whole.name)
        left = {path.name for path in data_dir.rglob("*") if not path.name.startswith(("inspect.db", "queue.db"))}
        assert left == {"keys"}, f"{name}: something was written"
        shutil.rmtree(place)
    _restore(target, whole)
    assert _wrong(target) == []


def test_a_later_backup_copies_only_what_is_new_and_old_ones_are_let_go(own_town: Town, tmp_path: Path) -> None:
    phone = _lived_in(own_town)
    place = tmp_path / "backups"
    first = _backup(own_town.app, place, keep=2)
    assert first.new_files == first.files == 2
    assert _backup(own_town.app, place, keep=2).new_files == 0
    phone.visits(item="F-EXIT-03")
    _draw(own_town.app)
    rotten = next((place / "files").glob("??/??/*"))
    _flip(rotten, 0)
    third = _backup(own_town.app, place, keep=2)
    assert third.new_files == 2, "the new sheet, and the file that had rotted in the backup"
    assert len(checking.of(place)) == 2
    assert all(checking.faults(folder) == [] for folder in checking.of(place))
    (place / ".2020-01-01.part").mkdir()
    assert checking.newest(place) == third.folder
    state = making.last(own_town.app.extensions["settings"].data_dir)
    assert (state["ok"], state["to"], state["bytes"]) == (True, str(third.folder), third.bytes)
    assert not (_backup(own_town.app, place).folder.parent / ".2020-01-01.part").exists()
    with pytest.raises(NoBackup):
        _backup(own_town.app, Path("/proc/no"))
    assert making.last(own_town.app.extensions["settings"].data_dir)["ok"] is False


def test_an_older_backup_that_lost_its_list_takes_nothing_from_the_new_one(own_town: Town, tmp_path: Path) -> None:
    """Before: the new one, whole and checked, was told as not written, and made again each hour."""
    _lived_in(own_town)
    place = tmp_path / "backups"
    _, second = (_backup(own_town.app, place) for _ in range(2))
    (second.folder / "files.txt").unlink()
    pool = set((place / "files").glob("??/??/*"))
    third = _backup(own_town.app, place, keep=2)
    assert third.untidy.startswith("旧备份没有清理掉：")
    assert "files.txt" in third.untidy
    assert checking.faults(third.folder) == []
    assert checking.of(place) == [second.folder, third.folder], "what could be let go is gone"
    assert set((place / "files").glob("??/??/*")) == pool, "nobody knows which files the second one needs"
    data_dir = own_town.app.extensions["settings"].data_dir
    assert (making.last(data_dir)["ok"], making.last(data_dir)["untidy"]) == (True, third.untidy)
    assert not backups.due(clock.now(), making.last(data_dir))
    check = health.backup(data_dir)
    assert (check.state, check.facts["why"]) == (health.HealthState.DEGRADED, "untidy")
    assert not _backup(own_town.app, place, keep=1).untidy, "by itself, once the spoilt one is among the old ones"
    assert health.backup(data_dir).state is health.HealthState.OK


def test_the_nightly_job_backs_up_once_in_a_process_of_its_own(
    own_town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _lived_in(own_town)
    settings = own_town.app.extensions["settings"]
    assert not backups.back_up(), "nobody asked for backups"
    place = tmp_path / "nightly"
    own_town.app.extensions["settings"] = replace(settings, backup_dir=place, backup_keep=3)
    for name, value in {"DATA_DIR": settings.data_dir, "DATABASE_URL": settings.database_url}.items():
        monkeypatch.setenv(name, str(value))
    assert backups.back_up()
    assert not backups.back_up(), "one at a time"
    assert [process.wait() for process in backups._running] == [0]
    assert not backups.back_up(), "once a night"
    assert len(checking.of(place)) == 1
    assert making.last(settings.data_dir)["to"] == str(checking.newest(place))


def test_what_was_lost_before_is_told_and_hinders_no_backup(own_town: Town, tmp_path: Path) -> None:
    _lived_in(own_town)
    storage = own_town.app.extensions["storage"]
    lost = db.session.scalars(select(Photo.sha256).order_by(Photo.received_at)).first()
    assert lost is not None
    storage.path(lost).unlink()
    made = _backup(own_town.app, tmp_path / "backups")
    assert made.remarks == [f"1 个文件在原处就不见了或坏了，第一个是 {lost[:12]}"]
    assert checking.faults(made.folder) == []


def test_a_restore_goes_only_into_an_empty_place(
    own_town: Town, backend: str, new_place: NewPlace, tmp_path: Path
) -> None:
    _lived_in(own_town)
    _backup(own_town.app, tmp_path / "backups")
    with pytest.raises(NoBackup, match="不是空的"):
        _restore(own_town.app, tmp_path / "backups")
    target = new_place("sqlite")
    (target.extensions["settings"].data_dir / "heads").mkdir()
    (target.extensions["settings"].data_dir / "heads" / "2026-11-01.json").write_text("{}")
    with pytest.raises(NoBackup, match=r"2026-11-01\.json"):
        _restore(target, tmp_path / "backups")
    full = own_town.app.extensions["settings"]
    app = (
        create_app(replace(full, data_dir=tmp_path / "elsewhere"), {"TESTING": True})
        if backend == "postgresql"
        else None
    )
    if app is not None:
        (tmp_path / "elsewhere").mkdir(exist_ok=True)
        with pytest.raises(NoBackup, match="数据库不是空的"):
            _restore(app, tmp_path / "backups")
        _close(app)


def test_an_older_copy_of_the_database_gives_no_number_twice(own_town: Town) -> None:
    """Put in place by hand, beside the journal that went on."""
    phone = _lived_in(own_town)
    journal = own_town.app.extensions["numbers"]
    with writing():
        paper = db.session.scalars(select(Paper)).one()
        series = numbering.Series(paper.issuer_id, paper.kind, paper.year)
    # What the journal would hold had three more been printed since the copy was taken.
    line = json.loads(journal.path.read_text())
    with journal.path.open("a") as file:
        for serial in (2, 3):
            file.write(json.dumps(line | {"serial": serial, "paper": str(uuid4())}) + "\n")
        file.write('{"issuer": "cut off by a power')
    with writing():
        assert numbering.hold_behind(journal) == [series]
    assert phone.visits(item="F-EXIT-03") == ["applied", "applied", "later"]
    runner = own_town.app.test_cli_runner()
    assert "比文号簿旧" in runner.invoke(args=["papers", "series"]).output
    assert runner.invoke(args=["papers", "verify"]).exit_code == 1
    assert "从 4 号接着出" in runner.invoke(args=["papers", "resume"]).output
    assert phone.sends(phone.kept[-3:]) == ["applied"] * 3
    assert _draw(own_town.app) == 1
    assert [serial for serial, _ in _numbers(own_town.app)] == [1, 4]
    said = runner.invoke(args=["papers", "verify"])
    assert (said.exit_code, "2号 至 3号 留空" in said.output) == (0, True), said.output


def test_a_sheet_whose_number_is_on_another_one_is_never_drawn(own_town: Town) -> None:
    """Should a number be given twice all the same, the second sheet does not come into the world."""
    phone = _lived_in(own_town)
    journal = own_town.app.extensions["numbers"]
    line = json.loads(journal.path.read_text())
    with journal.path.open("a") as file:
        file.write(json.dumps(line | {"serial": 2, "paper": str(uuid4())}) + "\n")
    phone.visits(item="F-EXIT-03")
    assert _draw(own_town.app) == 0
    paper = db.session.scalars(select(Paper).where(Paper.serial == 2)).one()
    assert (paper.state, paper.is_stuck, paper.journalled_at) == ("issuing", True, None)
    assert "另一张" in paper.fault
