"""Many new papers with one press: each through the guards of a single one, never twice, never a number too many."""

import subprocess
import sys
import threading
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from inspect_app.casework import issuing_many
from inspect_app.casework import papers as casework
from inspect_app.casework.issuing_many import SheetPlanned
from inspect_app.hazards import register
from inspect_app.hazards.events import Event
from inspect_app.hazards.filters import Filters
from inspect_app.hazards.locking import lock
from inspect_app.hazards.models import Hazard
from inspect_app.kernel import clock
from inspect_app.kernel.database import db, writing
from inspect_app.messages.models import Message
from inspect_app.papers.models import Paper, PaperSeries
from inspect_app.people.models import RoleTerm
from inspect_app.people.rules import Scope
from inspect_app.premises import actions as premises
from inspect_app.printing import actions, issuing
from inspect_app.printing.models import PrintJob, PrintPart
from inspect_app.printing.results import ResultStore
from tests.conftest import ROOT
from tests.database.crowd import at_once
from tests.database.life import steps_of
from tests.database.paperwork import ADDRESS
from tests.database.prints import bytes_of, pdf_of, unpacked, view_of, work
from tests.support import District, accepted, found, handed_over, seed


@pytest.fixture(autouse=True)
def results(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    name = "own_database" if "own_database" in request.fixturenames else "app"
    request.getfixturevalue(name).extensions["prints"] = ResultStore(tmp_path / "prints")


def _shops(district: District, count: int) -> District:
    """The district with so many shops in all."""
    scope, places = district.scope("du1"), list(district.places)
    while len(places) < count:
        row = premises.register(
            scope, name=f"第{len(places)}家", kind="small_restaurant", address=f"柳荫街{len(places)}号",
            area_id=district.cast.communities[0], facts={"gas_kind": "bottled", "seats": 30},
        )  # fmt: skip
        premises.set_party(row, name=f"第{len(places)}家（老板）", role="operator")
        places.append(row.id)
    return District(district.cast, tuple(places), district.versions)


def _urged(**said: str) -> dict[str, str]:
    day = (clock.today() + timedelta(days=5)).isoformat()
    return {"matter": "请抓紧办。", "answer_by": day, "signed_off_by": "李敏（主任）", "copies": "区安委办"} | said


def _waiting(district: District, count: int) -> list[Hazard]:
    """One hazard at each of so many shops, with the street."""
    big = _shops(district, count)
    rows = [handed_over(big, found(big, place=place)) for place in range(count)]
    db.session.commit()
    return rows


def _planned(scope: Scope, kind: str, given: dict[str, str]) -> Sequence[SheetPlanned]:
    rows = register.registered(scope, register.found_ids(scope, Filters(), 500))
    return issuing_many.planned(scope, casework.KINDS[kind], rows, given, ADDRESS)


def _pressed(scope: Scope, kind: str, given: dict[str, str]) -> PrintJob:
    sheets = [sheet for sheet in _planned(scope, kind, given) if not sheet.why]
    job = actions.ask(scope, "new_paper", f"{len(sheets)} 份", issuing.parts(sheets, kind, kind, ADDRESS))
    db.session.commit()
    return job


def _draw(app: Flask) -> None:
    """What the worker that draws papers does, with a page of a few bytes."""
    from inspect_app.evidence import actions as evidence
    from inspect_app.papers import issuing as papers

    papers.draw_waiting(
        lambda kind, content, at: pdf_of(str(content["number"]), 1),
        lambda data, kind: evidence.keep(app.extensions["storage"], data, kind),
        app.extensions["keys"], app.extensions["numbers"], limit=100,
    )  # fmt: skip


def _serials() -> list[int]:
    return sorted(db.session.scalars(select(Paper.serial).where(Paper.kind == "urging")).all())


def test_of_thirty_chosen_twenty_nine_are_issued_and_the_one_is_named(app: Flask, district: District) -> None:
    hazards = _waiting(district, 30)
    scope = district.scope("du1")
    job = _pressed(scope, "urging", _urged())
    assert (_serials(), view_of(job).total) == ([], 30), "no number is taken by pressing"
    away = hazards[7]
    number = away.number
    db.session.execute(update(Hazard).where(Hazard.id == away.id).values(state="found", handler_id=None))
    db.session.commit()
    assert work(app) is True, "there is something to draw now"
    _draw(app)
    work(app)
    shown = view_of(job)
    assert (shown.job.state, shown.made, len(shown.numbers)) == ("done", 29, 29)
    assert [(part.place, part.number) for part in shown.left_out] == [(f"第{7}家", "")]
    assert "还没有承办单位" in shown.left_out[0].why
    assert _serials() == list(range(1, 30)), "neither a gap nor a double"
    files, rows = unpacked(bytes_of(app, job, "zip"))
    assert len(files) == 29
    assert [row[7] != "" for row in rows].count(True) == 1
    assert number not in " ".join(row[1] for row in rows)


def test_each_goes_through_the_chain_and_the_telling_of_a_single_one(app: Flask, district: District) -> None:
    one, other = _waiting(district, 2)
    single = casework.issue_for_hazard(
        "urging", lock(one.id), district.scope("du1"), district.actor("du1"), address=ADDRESS, typed=_urged()
    )  # fmt: skip
    db.session.commit()
    told = db.session.scalar(select(func.count()).select_from(Message).where(Message.subject_id == one.id))
    hazard = db.session.get_one(Hazard, other.id)
    sheet = next(row for row in _planned(district.scope("du1"), "urging", _urged()) if row.hazards[0].id == other.id)
    actions.ask(district.scope("du1"), "new_paper", "1 份", issuing.parts([sheet], "urging", "催办函", ADDRESS))
    db.session.commit()
    work(app)
    assert steps_of(hazard) == steps_of(one)
    paper = db.session.scalars(select(Paper).where(Paper.id != single.id)).one()
    assert paper.made_by_person_id == district.scope("du1").person_id
    assert set(paper.content) == set(single.content)
    assert db.session.scalar(select(func.count()).select_from(Message).where(Message.subject_id == other.id)) == told


def test_one_shop_gets_one_paper_and_what_cannot_be_made_says_why_before(district: District) -> None:
    rows = [handed_over(district, found(district, item=item)) for item in ("F-EXIT-01", "F-EXIT-02")]
    untouched = found(district, place=1)
    db.session.commit()
    sheets = _planned(district.scope("du1"), "urging", _urged())
    assert sorted((len(sheet.hazards), bool(sheet.why)) for sheet in sheets) == [(1, True), (2, False)]
    refused = next(sheet for sheet in sheets if sheet.why)
    assert [row.id for row in refused.hazards] == [untouched.id]
    assert "还没有承办单位" in refused.why
    late = _planned(district.scope("du1"), "urging", _urged(answer_by="2026-01-01"))
    assert all("不能早于今天" in sheet.why for sheet in late if sheet.hazards[0].id in {row.id for row in rows})


def test_orders_of_shops_each_with_what_is_its_own(app: Flask, district: District) -> None:
    from tests.support import typed_order

    for place in (0, 1):
        accepted(district, handed_over(district, found(district, place=place), "fire"), "xiaofang1")
    db.session.commit()
    scope = district.scope("xiaofang1")
    asked = {one.name for group in casework.KINDS["notice"].asked_for_all for one in group.questions}
    assert not asked & {"identity", "inspected_at", "requirement", "due_on", "basis"}
    given = {name: value for name, value in typed_order(district).items() if name in asked}
    sheets = _planned(scope, "notice", given)
    assert [bool(sheet.why) for sheet in sheets] == [True, True], "nobody has entered who they are"
    assert all("身份" in sheet.why for sheet in sheets)
    assert _planned(district.scope("jiedao1"), "notice", given) == []


def test_after_the_term_has_ended_nothing_more_is_issued(app: Flask, district: District) -> None:
    _waiting(district, 3)
    scope = district.scope("du1")
    job = _pressed(scope, "urging", _urged())
    db.session.execute(
        update(RoleTerm).where(RoleTerm.id == scope.term_id).values(until=clock.today() - timedelta(days=1))
    )
    db.session.commit()
    work(app)
    assert [part.why for part in view_of(job).left_out] == ["您已经不在那个职务上了"] * 3
    assert _serials() == []


def test_cancelled_the_issued_ones_stand_and_are_told(app: Flask, district: District) -> None:
    _waiting(district, 3)
    scope = district.scope("du1")
    job = _pressed(scope, "urging", _urged())
    first = db.session.scalars(select(PrintPart.id).where(PrintPart.position == 1)).one()
    assert issuing.issue(first, scope) is True
    assert issuing.issue(first, scope) is False, "a part is never two papers"
    with writing():
        actions.cancel(scope, job.id)
    work(app)
    second = db.session.scalars(select(PrintPart.id).where(PrintPart.position == 2)).one()
    assert issuing.issue(second, scope) is False
    shown = view_of(job)
    paper = db.session.scalars(select(Paper)).one()
    assert (shown.job.state, list(shown.numbers), paper.state) == ("cancelled", [paper.number], "issuing")


def test_what_fails_without_a_reason_is_tried_again_and_then_named(
    app: Flask, district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    _waiting(district, 2)
    job = _pressed(district.scope("du1"), "urging", _urged())

    def broken(*args: object, **more: object) -> None:
        raise RuntimeError("the disk is on fire")

    monkeypatch.setattr(issuing, "issue_for_hazards", broken)
    for _ in range(4):
        work(app)
    assert [part.why for part in view_of(job).left_out] == ["没有做成，请告诉管理员"] * 2
    assert _serials() == []


_WORKER = """
import sys, time
from pathlib import Path
from inspect_app import create_app
from inspect_app.printing import issuing, making
from inspect_app.printing.finishing import PrintTools
from inspect_app.printing.results import ResultStore
from tests.conftest import _settings
folder, url, results, sign, at, where = sys.argv[1:]
app = create_app(_settings(Path(folder), url))
made = 0
real, after = issuing.issue_for_hazards, making.issue
def stop():
    Path(sign).touch()
    time.sleep(600)
def issue_for_hazards(*args, **more):
    global made
    paper = real(*args, **more)
    made += 1
    if made == int(at) and where == "before the commit":
        stop()
    return paper
def issue(*args):
    done = after(*args)
    if made == int(at):
        stop()
    return done
issuing.issue_for_hazards, making.issue = issue_for_hazards, issue
with app.app_context():
    making.go_on(PrintTools(app.extensions["storage"].whole, ResultStore(Path(results)), lambda sheet: b""), seconds=600)
"""


@pytest.mark.parametrize(("where", "issued"), [("before the commit", 2), ("after the commit", 3)])
def test_a_killed_worker_is_followed_by_one_that_issues_the_rest(
    own_database: Flask, tmp_path: Path, where: str, issued: int
) -> None:
    district = seed()
    _waiting(district, 6)
    job_id = _pressed(district.scope("du1"), "urging", _urged()).id
    url, sign = str(own_database.config["SQLALCHEMY_DATABASE_URI"]), tmp_path / "sign"
    db.session.remove()
    db.engine.dispose()
    child = subprocess.Popen(
        [sys.executable, "-c", _WORKER, str(tmp_path), url, str(tmp_path / "prints"), str(sign), "3", where], cwd=ROOT
    )
    try:
        while not sign.exists():
            assert child.poll() is None, "it ended by itself"
            threading.Event().wait(0.05)
    finally:
        child.kill()
        child.wait()
    assert _serials() == list(range(1, issued + 1))
    db.session.rollback()
    work(own_database)
    _draw(own_database)
    work(own_database)
    shown = view_of(db.session.get_one(PrintJob, job_id))
    assert (shown.job.state, shown.made, len(shown.numbers)) == ("done", 6, 6)
    assert _serials() == list(range(1, 7))
    on = db.session.scalars(select(Event.hazard_id).where(Event.step == "issue_paper")).all()
    assert len(on) == len(set(on)) == 6, "each hazard is on one paper"


def test_a_batch_beside_single_ones_leaves_neither_gap_nor_double(own_database: Flask) -> None:
    district = seed()
    hazards = [row.id for row in _waiting(district, 12)]
    scope, actor = district.scope("du1"), district.actor("du1")
    rows = [row for row in _planned(scope, "urging", _urged()) if row.hazards[0].id in hazards[:8]]
    actions.ask(scope, "new_paper", "8 份", issuing.parts(rows, "urging", "催办函", ADDRESS))
    db.session.commit()

    def batch() -> None:
        with own_database.app_context():
            work(own_database)

    def single(one: int) -> None:
        with own_database.app_context(), writing():
            casework.issue_for_hazard("urging", lock(hazards[one]), scope, actor, address=ADDRESS, typed=_urged())

    at_once(own_database, [batch, batch, *(lambda one=one: single(one) for one in range(8, 12))])
    assert _serials() == list(range(1, 13))
    last = db.session.scalars(select(PaperSeries.last).where(PaperSeries.kind == "urging")).one()
    on = db.session.scalars(select(Event.hazard_id).where(Event.step == "issue_paper")).all()
    assert (last, sorted(on)) == (12, sorted(hazards))
