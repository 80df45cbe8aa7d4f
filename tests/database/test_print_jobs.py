"""Many papers printed at once: all of them once, on odd pages, with a list; killed, cancelled, asked for twice."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from inspect_app.casework import papers as casework
from inspect_app.hazards.models import Hazard
from inspect_app.jobs import prints
from inspect_app.kernel import clock
from inspect_app.kernel.database import db, writing
from inspect_app.kernel.errors import NotThere, Refused
from inspect_app.kernel.hashing import sha256_hex
from inspect_app.papers import queries as paper_queries
from inspect_app.papers.listing import PaperFilters
from inspect_app.papers.models import Paper
from inspect_app.people.models import Area, RoleTerm
from inspect_app.printing import actions, queries
from inspect_app.printing.entry import PartAsked, SheetToDraw
from inspect_app.printing.finishing import PrintTools
from inspect_app.printing.making import go_on
from inspect_app.printing.models import PrintFile, PrintJob, PrintPart
from inspect_app.printing.results import ResultStore
from inspect_app.printing.rules import KEPT_FOR, MOST_ATTEMPTS, MOST_PARTS
from tests.conftest import ROOT
from tests.database.crowd import at_once
from tests.database.paperwork import ordered
from tests.database.prints import asked, bookmarks, bytes_of, issued, pages_in, unpacked, view_of, work
from tests.support import District, seed


@pytest.fixture(autouse=True)
def results(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """Results of each test apart: what is rolled back leaves its files."""
    name = "own_database" if "own_database" in request.fixturenames else "app"
    app = request.getfixturevalue(name)
    app.extensions["prints"] = ResultStore(tmp_path / "prints")
    return tmp_path / "prints"


def _left(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()] if folder.is_dir() else []


def test_each_paper_begins_on_an_odd_page_and_the_zip_lists_them(app: Flask, district: District) -> None:
    papers = issued(app, district, [1, 2, 3, 1])
    job = asked(district.scope("du1"))
    assert work(app) is False
    shown = view_of(job)
    assert (shown.job.state, shown.total, shown.made, shown.left_out) == ("done", 4, 4, [])
    pdf = bytes_of(app, job, "pdf")
    titles, pages = zip(*bookmarks(pdf), strict=True)
    assert pages == (1, 3, 5, 9)
    assert pages_in(pdf) == 9, "no blank page behind the last one"
    assert all(paper.number in title for paper, title in zip(papers, titles, strict=True))
    files, rows = unpacked(bytes_of(app, job, "zip"))
    storage = app.extensions["storage"]
    assert sorted(files.values()) == sorted(storage.get(paper.file_sha256) for paper in papers), "as they were issued"
    for paper, (position, number, title, place, day, name, sha256, why) in zip(papers, rows, strict=True):
        assert (number, title, place, day, why) == (
            paper.number, paper.title, "王记面馆", paper.issued_on.isoformat(), "",
        )  # fmt: skip
        assert sha256 == paper.file_sha256 == sha256_hex(files[name])
        assert name.startswith(f"{int(position):03d} ")


def test_what_no_longer_stands_is_left_out_and_named(app: Flask, district: District) -> None:
    kept, given_up = issued(app, district, [2, 1])
    job = asked(district.scope("du1"))
    casework.void(given_up, district.scope("xiaofang1"), district.actor("xiaofang1"), reason="写错了")
    db.session.commit()
    work(app)
    shown = view_of(job)
    assert shown.job.state == "done"
    assert [(part.number, part.why) for part in shown.left_out] == [(given_up.number, "已作废，不再打印")]
    files, rows = unpacked(bytes_of(app, job, "zip"))
    assert len(files) == 1
    assert [(row[1], row[7]) for row in rows] == [(kept.number, ""), (given_up.number, "已作废，不再打印")]
    assert [title.split()[0] for title, _ in bookmarks(bytes_of(app, job, "pdf"))] == [kept.number]


def test_a_paper_that_is_being_drawn_is_waited_for(app: Flask, district: District) -> None:
    papers = issued(app, district, [1])
    _, late = ordered(district)
    job = asked(district.scope("du1"))
    work(app)
    assert (view_of(job).job.state, view_of(job).made) == ("making", 1)
    issued_now = db.session.get_one(Paper, late.id)
    issued_now.state, issued_now.file_sha256 = "issued", papers[0].file_sha256
    db.session.commit()
    work(app)
    assert (view_of(job).job.state, view_of(job).made) == ("done", 2)


def test_a_part_whose_file_is_damaged_or_lost_is_named_and_the_others_are_there(app: Flask, district: District) -> None:
    _good, damaged = issued(app, district, [1, 1])
    storage = app.extensions["storage"]
    path = storage.path(damaged.file_sha256)
    path.write_bytes(b"%PDF-1.7 something else")
    job = asked(district.scope("du1"))
    work(app)
    shown = view_of(job)
    assert [part.number for part in shown.left_out] == [damaged.number]
    assert "文件不在了，或者坏了" in shown.left_out[0].why
    assert [row[7] == "" for row in unpacked(bytes_of(app, job, "zip"))[1]] == [True, False]


def test_a_file_that_no_reader_understands_is_left_out(app: Flask, district: District) -> None:
    _good, strange = issued(app, district, [1, 1])
    sha256 = app.extensions["storage"].put(b"%PDF-1.7 not really")
    db.session.execute(update(Paper).where(Paper.id == strange.id).values(file_sha256=None, state="issuing"))
    db.session.commit()
    job = asked(district.scope("du1"))
    db.session.execute(
        update(PrintPart).where(PrintPart.number == strange.number).values(state="made", file_sha256=sha256)
    )
    db.session.commit()
    work(app)
    shown = view_of(job)
    assert (shown.job.state, [part.why for part in shown.left_out]) == ("done", ["文件读不出来，请告诉管理员"])
    assert pages_in(bytes_of(app, job, "pdf")) == 1


def test_what_fails_again_and_again_is_given_up_in_words(app: Flask, district: District) -> None:
    issued(app, district, [1])
    job = asked(district.scope("du1"))

    def broken(sha256: str) -> bytes:
        raise RuntimeError("the disk is on fire")

    for _ in range(MOST_ATTEMPTS):
        work(app, broken)
        assert view_of(job).job.state == "making"
    work(app, broken)
    shown = view_of(job)
    assert (shown.job.state, [part.why for part in shown.left_out]) == ("done", ["没有做成，请告诉管理员"])
    assert shown.files == {}, "nothing was made, so there is no empty file"


def test_a_job_that_cannot_be_put_together_ends_and_says_so(app: Flask, district: District, tmp_path: Path) -> None:
    issued(app, district, [1])
    job = asked(district.scope("du1"))
    (tmp_path / "prints").write_bytes(b"a file stands where the folder should")
    for _ in range(MOST_ATTEMPTS):
        work(app)
        assert view_of(job).job.state == "making"
    work(app)
    shown = view_of(job)
    assert (shown.job.state, shown.job.why) == ("failed", "试了几次没有做成，请告诉管理员")


def test_what_left_ones_sight_meanwhile_is_not_printed(app: Flask, district: District) -> None:
    (paper,) = issued(app, district, [1])
    scope = district.scope("zheng1")
    job = asked(scope)
    above = db.session.get_one(Area, district.cast.street).parent_id
    db.session.execute(update(Hazard).values(area_id=above))
    db.session.commit()
    with pytest.raises(NotThere):
        paper_queries.load(scope, paper.id)
    work(app)
    assert [part.why for part in view_of(job).left_out] == ["现在不在您能看的范围里了"]


def test_a_job_of_a_term_that_has_ended_prints_nothing(app: Flask, district: District) -> None:
    issued(app, district, [1])
    scope = district.scope("zheng1")
    job = asked(scope)
    db.session.execute(
        update(RoleTerm).where(RoleTerm.id == scope.term_id).values(until=clock.today() - timedelta(days=1))
    )
    db.session.commit()
    work(app)
    assert [part.why for part in view_of(job).left_out] == ["您已经不在那个职务上了"]


def test_a_cancelled_job_is_not_made_and_leaves_no_file(app: Flask, district: District, results: Path) -> None:
    issued(app, district, [1, 1])
    scope = district.scope("du1")
    job = asked(scope)
    actions.cancel(scope, job.id)
    db.session.commit()
    work(app)
    shown = view_of(job)
    assert (shown.job.state, shown.made, shown.files, _left(results)) == ("cancelled", 0, {}, [])
    with pytest.raises(Refused, match="已经结束"):
        actions.cancel(scope, job.id)


@pytest.mark.parametrize("stage", ["parts", "files"])
def test_cancelling_while_it_is_made_stops_it(own_database: Flask, results: Path, stage: str) -> None:
    """By another connection, while the worker has a file in its hands."""
    district = seed()
    issued(own_database, district, [1] * 12)
    scope = district.scope("du1")
    job_id = asked(scope).id
    storage, read = own_database.extensions["storage"], []
    db.session.remove()

    def cancel() -> None:
        with own_database.app_context(), writing():
            actions.cancel(scope, job_id)

    def stored(sha256: str) -> bytes | None:
        read.append(sha256)
        if len(read) == (2 if stage == "parts" else 14):
            other = threading.Thread(target=cancel)
            other.start()
            other.join(30)
            assert not other.is_alive(), "cancelling waits for nothing"
        data: bytes | None = storage.whole(sha256)
        return data

    work(own_database, stored)
    shown = view_of(db.session.get_one(PrintJob, job_id))
    assert (shown.job.state, shown.files, _left(results)) == ("cancelled", {}, [])
    assert len(read) < 24, "it went on to the end"


_WORKER = """
import sys, time
from pathlib import Path
from inspect_app import create_app
from inspect_app.printing.finishing import PrintTools
from inspect_app.printing.making import go_on
from inspect_app.printing.results import ResultStore
from tests.conftest import _settings
folder, url, results, sign, at = sys.argv[1:]
app = create_app(_settings(Path(folder), url))
read = 0
def stored(sha256):
    global read
    read += 1
    if read == int(at):
        Path(sign).touch()
        time.sleep(600)
    return app.extensions["storage"].whole(sha256)
with app.app_context():
    go_on(PrintTools(stored, ResultStore(Path(results)), lambda sheet: b""), seconds=600)
"""


@pytest.mark.parametrize("killed_at", [3, 17])
def test_a_killed_worker_is_followed_by_one_that_goes_on(
    own_database: Flask, tmp_path: Path, results: Path, killed_at: int
) -> None:
    """Among the parts, and among the files that are put together: nothing is made twice, nothing is lost."""
    district = seed()
    papers = issued(own_database, district, [1] * 12)
    numbers = [paper.number for paper in papers]
    job_id = asked(district.scope("du1")).id
    url = str(own_database.config["SQLALCHEMY_DATABASE_URI"])
    db.session.remove()
    db.engine.dispose()
    sign = tmp_path / "sign"
    child = subprocess.Popen(
        [sys.executable, "-c", _WORKER, str(tmp_path), url, str(results), str(sign), str(killed_at)], cwd=ROOT
    )
    try:
        while not sign.exists():
            assert child.poll() is None, "it ended by itself"
            threading.Event().wait(0.05)
    finally:
        child.kill()
        child.wait()
    done = [part.id for part in db.session.scalars(select(PrintPart).where(PrintPart.state == "made")).all()]
    assert len(done) == min(killed_at - 1, 12)
    read: list[str] = []
    storage = own_database.extensions["storage"]

    def stored(sha256: str) -> bytes | None:
        read.append(sha256)
        data: bytes | None = storage.whole(sha256)
        return data

    work(own_database, stored)
    shown = view_of(db.session.get_one(PrintJob, job_id))
    assert (shown.job.state, shown.made, sorted(shown.files)) == ("done", 12, ["pdf", "zip"])
    assert len(read) == (12 - len(done)) + 12, "what was made was made again"
    assert sorted(row[1] for row in unpacked(bytes_of(own_database, shown.job, "zip"))[1]) == sorted(numbers)
    assert len(bookmarks(bytes_of(own_database, shown.job, "pdf"))) == 12
    assert db.session.scalar(select(func.count()).select_from(PrintFile)) == 2
    with clock.stopped_at(clock.now() + timedelta(days=1)):
        unfinished = [name for name in _left(results) if name.startswith("unfinished")]
        assert len(unfinished) == (2 if killed_at > 12 else 0)


def test_old_jobs_go_with_their_files_and_what_a_killed_worker_left(
    app: Flask, district: District, results: Path
) -> None:
    issued(app, district, [1])
    job_id = asked(district.scope("du1")).id
    work(app)
    (results / "unfinished-x").write_bytes(b"x")
    prints.drop_old_prints()
    assert len(_left(results)) == 3
    with clock.stopped_at(clock.now() + KEPT_FOR + timedelta(hours=1)):
        prints.drop_old_prints()
    assert _left(results) == []
    assert db.session.get(PrintJob, job_id) is None
    assert db.session.scalar(select(func.count()).select_from(PrintPart)) == 0


def test_a_job_is_its_own_persons_under_its_own_term(app: Flask, district: District) -> None:
    issued(app, district, [1])
    job = asked(district.scope("du1"))
    work(app)
    assert [one.job.id for one in queries.mine(district.scope("du1"))] == [job.id]
    for login in ("du2", "du3", "lingdao1", "shenji1"):
        with pytest.raises(NotThere):
            queries.load(district.scope(login), job.id)
        with pytest.raises(NotThere):
            actions.cancel(district.scope(login), job.id)
        with pytest.raises(NotThere):
            queries.file_of(district.scope(login), job.id, "pdf")


def test_nothing_too_much_and_too_many_are_refused(app: Flask, district: District) -> None:
    scope = district.scope("du1")
    with pytest.raises(Refused, match="没有可以打印的"):
        actions.ask(scope, "paper", "空的", [])
    part = PartAsked("paper", {"paper": "x"}, "x")
    with pytest.raises(Refused, match="一次最多打印 500 份"):
        actions.ask(scope, "paper", "太多", [part] * (MOST_PARTS + 1))
    for _ in range(3):
        actions.ask(scope, "paper", "一件", [part])
    with pytest.raises(Refused, match="已经有 3 件在做"):
        actions.ask(scope, "paper", "又一件", [part])


def test_a_selection_of_hazards_gives_their_papers_once(app: Flask, district: District) -> None:
    from inspect_app.hazards.filters import Filters
    from inspect_app.papers import listing

    papers = issued(app, district, [1, 1])
    hazard = paper_queries.lines(papers[0])[0][1]
    scope = district.scope("du1")

    def found(hazards: Filters) -> list[str]:
        return [row.paper.number for row in listing.all_of(scope, PaperFilters(hazards=hazards), 100)]

    assert found(Filters(words=hazard.number)) == [papers[0].number]
    assert sorted(found(Filters())) == sorted(paper.number for paper in papers)
    assert found(Filters(words="没有这样的")) == []


def test_a_sheet_that_cannot_be_drawn_is_given_up_in_words(app: Flask, district: District) -> None:
    part = PartAsked("doors", {"places": [str(district.places[0])], "base": "http://x"}, "门牌码")
    job = actions.ask(district.scope("du1"), "doors", "门牌码", [part])
    db.session.commit()

    def broken(sheet: SheetToDraw) -> bytes:
        raise RuntimeError("no ink")

    for _ in range(MOST_ATTEMPTS):
        go_on(PrintTools(lambda sha256: None, app.extensions["prints"], broken), seconds=60)
        assert view_of(job).job.state == "making"
    work(app)
    assert [one.why for one in view_of(job).left_out] == ["没有做成，请告诉管理员"], "the next attempt is not made"


def test_of_five_presses_at_once_three_are_jobs(own_database: Flask) -> None:
    district = seed()
    scope = district.scope("du1")
    part = PartAsked("paper", {"paper": "x"}, "x")

    def press() -> bool:
        with own_database.app_context():
            try:
                with writing():
                    actions.ask(scope, "paper", "一件", [part])
            except Refused:
                return False
            return True

    assert sorted(at_once(own_database, [press] * 5)) == [False, False, True, True, True]
