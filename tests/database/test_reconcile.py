"""Each loss is planted with the database's own rights; the proof of visits mends it or says what is wrong."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import delete, func, insert, inspect, select, text, update

from inspect_app.casework import reconcile
from inspect_app.hazards import queries as hazards
from inspect_app.hazards.actions import correcting
from inspect_app.hazards.dates import Clock
from inspect_app.hazards.events import Event, EventWords
from inspect_app.hazards.locking import lock
from inspect_app.hazards.models import Hazard, MendingRound
from inspect_app.hazards.photos import HazardPhoto
from inspect_app.hazards.sightings import Sighting
from inspect_app.jobs import nightly
from inspect_app.kernel import clock
from inspect_app.kernel.database import Model, db, run
from inspect_app.papers.models import Paper, PaperLine
from inspect_app.visits.models import Visit, VisitAnswers
from tests.operations import operation, receipt_of, whole_visit
from tests.support import District, photo, rows_in


def _handed_in(app: Flask, district: District, *, fails: int = 2) -> UUID:
    """A visit with photos on what failed, handed in and committed; returns its id."""
    raw: list[dict[str, Any]] = whole_visit(district, fails)
    for one in raw:
        if one["payload"].get("value") == "fail":
            one["payload"]["photos"] = [str(photo(app.extensions["storage"], district, "daibiao1"))]
    receipt_of(app, district, raw)
    db.session.commit()
    return UUID(raw[0]["payload"]["visit"])


def _proof(*, older: bool = False) -> reconcile.Report:
    db.session.commit()
    db.session.expire_all()
    report = reconcile.Report()
    assert reconcile.prove(report, older=older) is None
    return report


def _events_may_go() -> None:
    if db.session.connection().dialect.name == "sqlite":
        for name in db.session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            db.session.execute(text(f'DROP TRIGGER "{name}"'))
    else:
        db.session.execute(text("ALTER TABLE hazard_event DISABLE TRIGGER USER"))


def _lose(hazard_id: UUID) -> None:
    """A hazard goes with all that belongs to it, as if it had never been made."""
    _events_may_go()
    events = select(Event.id).where(Event.hazard_id == hazard_id)
    db.session.execute(delete(EventWords).where(EventWords.event_id.in_(events)))
    for model in (Event, HazardPhoto, Clock, MendingRound, PaperLine, Sighting):
        db.session.execute(delete(model).where(model.hazard_id == hazard_id))  # type: ignore[attr-defined]
    db.session.execute(delete(Hazard).where(Hazard.id == hazard_id))


def _of(visit: UUID, item: str = "F-EXIT-01") -> Hazard:
    return db.session.scalars(select(Hazard).where(Hazard.visit_id == visit, Hazard.item_code == item)).one()


def test_a_district_without_a_loss_is_proved(app: Flask, district: District) -> None:
    for _ in range(3):
        _handed_in(app, district)  # the first finds, the others see again
    report = _proof()
    assert (report.visits, report.failing, report.mended, report.left) == (3, 6, [], [])


def test_a_lost_hazard_is_found_again_as_a_late_one_with_its_photo(app: Flask, district: District) -> None:
    visit = _handed_in(app, district)
    lost = _of(visit)
    photos = [link.photo_id for link in hazards.photos_of(lost)]
    _lose(lost.id)
    report = _proof()
    assert (len(report.mended), report.left) == (1, [])
    again = _of(visit)
    assert again.finding["late"]
    assert [link.photo_id for link in hazards.photos_of(again)] == photos
    assert again.found_by_person_id == district.cast.persons["daibiao1"]
    (event,) = db.session.scalars(select(Event).where(Event.hazard_id == again.id))
    assert event.body["facts"]["reconciled"] is True
    assert hazards.fault_of(again.id) is None
    assert db.session.scalar(select(func.count()).where(PaperLine.hazard_id == again.id)) == 0
    second = _proof()
    assert (second.mended, second.left) == ([], [])


def test_what_has_been_lost_for_long_is_a_persons_to_decide(app: Flask, district: District) -> None:
    visit = _handed_in(app, district)
    _lose(_of(visit).id)
    db.session.execute(update(Visit).values(submitted_at=clock.now() - timedelta(days=90)))
    report = _proof()
    assert (len(report.left), report.mended) == (1, [])
    assert str(visit) in report.left[0]
    assert "F-EXIT-01" in report.left[0]
    assert (len(_proof(older=True).mended), _proof().left) == (1, [])


def test_a_lost_sighting_is_written_again_from_its_event(app: Flask, district: District) -> None:
    _handed_in(app, district)
    second = _handed_in(app, district, fails=1)
    before = db.session.execute(select(Sighting.hazard_id, Sighting.seen_at, Sighting.person_id)).one()
    db.session.execute(delete(Sighting))
    report = _proof()
    assert (len(report.mended), report.left) == (1, [])
    after = db.session.execute(
        select(Sighting.hazard_id, Sighting.seen_at, Sighting.person_id).where(Sighting.visit_id == second)
    ).one()
    assert [str(value)[:19] for value in after] == [str(value)[:19] for value in before]
    assert (_proof().mended, rows_in(Sighting), rows_in(Hazard)) == ([], 1, 2)
    assert hazards.fault_of(after.hazard_id) is None


def test_photos_that_are_not_linked_are_linked(app: Flask, district: District) -> None:
    _handed_in(app, district)
    second = _handed_in(app, district, fails=1)
    links = sorted(db.session.execute(select(HazardPhoto.hazard_id, HazardPhoto.photo_id, HazardPhoto.slot)).all())
    db.session.execute(delete(HazardPhoto))
    report = _proof()
    assert (len(report.mended), report.left) == (3, [])
    assert (
        sorted(db.session.execute(select(HazardPhoto.hazard_id, HazardPhoto.photo_id, HazardPhoto.slot)).all()) == links
    )
    assert any(str(second) in words for words in report.mended)
    steps = db.session.scalars(select(Event.step).where(Event.step == "reconcile")).all()
    assert len(steps) == 3
    assert all(hazards.fault_of(row) is None for row in db.session.scalars(select(Hazard.id)))
    assert _proof().mended == []


def test_a_photo_of_a_late_answer_is_linked(app: Flask, district: District) -> None:
    visit = _handed_in(app, district, fails=1)
    more = photo(app.extensions["storage"], district, "daibiao1")
    said = {"visit": str(visit), "item": "F-EXIT-01", "value": "fail", "photos": [str(more)]}
    receipt_of(app, district, [operation("visit.answer", said, 101)])
    report = _proof()
    assert (len(report.mended), report.left) == (1, [])
    assert more in {link.photo_id for link in hazards.photos_of(_of(visit))}


def test_a_finding_that_was_corrected_since_is_not_missed(app: Flask, district: District) -> None:
    visit = _handed_in(app, district, fails=1)
    place = db.session.get_one(Visit, visit).premises_id
    there = next(row for row in district.places if row != place)
    correcting.correct(
        lock(_of(visit).id, places=[there]), district.actor("du1"),
        correcting.Correction(item_code="F-EXIT-02", premises=db.session.get_one(correcting.Premises, there)),
        reason="点错了项，也认错了门",
    )  # fmt: skip
    report = _proof()
    assert (report.mended, report.left) == ([], [])


def _paper_gone(visit: UUID) -> None:
    papers = select(Paper.id).where(Paper.visit_id == visit)
    db.session.execute(delete(PaperLine).where(PaperLine.paper_id.in_(papers)))
    db.session.execute(delete(Paper).where(Paper.visit_id == visit))


def _line_gone(visit: UUID) -> None:
    db.session.execute(delete(PaperLine).where(PaperLine.hazard_id == _of(visit).id))


def _chain_gone(visit: UUID) -> None:
    _events_may_go()
    events = select(Event.id).where(Event.hazard_id == _of(visit).id)
    db.session.execute(delete(EventWords).where(EventWords.event_id.in_(events)))
    db.session.execute(delete(Event).where(Event.hazard_id == _of(visit).id))


def _again(row: Model, **other: object) -> None:
    """The row once more, under an id of its own, past everything that would look at it."""
    values = {field.key: getattr(row, field.key) for field in inspect(type(row)).column_attrs}
    db.session.execute(insert(type(row)).values(**values | {"id": uuid4()} | other))


def _made_twice(visit: UUID) -> None:
    """As two connections made it before the place was held."""
    first = _of(visit)
    _again(first, number=first.number + "2")
    twin = db.session.scalars(select(Hazard).where(Hazard.number == first.number + "2")).one()
    for event in db.session.scalars(select(Event).where(Event.hazard_id == first.id)).all():
        _again(event, hazard_id=twin.id)
    for link in hazards.photos_of(first):
        _again(link, hazard_id=twin.id)
    line = db.session.scalars(select(PaperLine).where(PaperLine.hazard_id == first.id)).one()
    db.session.execute(insert(PaperLine).values(paper_id=line.paper_id, hazard_id=twin.id, position=9))


@pytest.mark.parametrize(
    ("plant", "words"),
    [
        (_paper_gone, "有隐患，没有提示单"),
        (_line_gone, "不在提示单"),
        (_chain_gone, "缺“发现”的存证"),
        (_made_twice, "这一项记成了 2 件"),
    ],
)
def test_what_only_a_person_can_mend_is_reported(
    app: Flask, district: District, plant: Callable[[UUID], None], words: str
) -> None:
    visit = _handed_in(app, district)
    plant(visit)
    report = _proof()
    assert report.mended == []
    assert any(words in line and str(visit) in line for line in report.left), report.left
    assert _proof().left == report.left, "nothing was changed"


def test_a_sighting_written_twice_is_reported(app: Flask, district: District) -> None:
    _handed_in(app, district)
    _handed_in(app, district, fails=1)
    row = db.session.scalars(select(Sighting)).one()
    _again(row)
    assert any("记了 2 条，存证只有 1 条" in line for line in _proof().left)


def test_the_command_says_what_it_did_and_ends_with_one_while_something_is_left(app: Flask, district: District) -> None:
    visit = _handed_in(app, district)
    _lose(_of(visit).id)
    db.session.commit()
    first = app.test_cli_runner().invoke(args=["reconcile"])
    assert first.exit_code == 0, first.output
    assert "补上了" in first.output
    assert "对了 1 次走访，2 项不合格；补上 1 处，都有着落。" in first.output
    _paper_gone(visit)
    db.session.commit()
    second = app.test_cli_runner().invoke(args=["reconcile"])
    assert second.exit_code == 1
    assert "还差：走访" in second.output


def test_the_nightly_proof_runs_once_a_night_and_goes_on_where_it_stood(
    app: Flask, district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        _handed_in(app, district)
    monkeypatch.setattr(reconcile, "_FIRST", reconcile._FIRST.limit(1))
    monkeypatch.setattr(reconcile, "_NEXT", reconcile._NEXT.limit(1))
    monkeypatch.setattr(reconcile, "BATCH", 1)
    monkeypatch.setattr(nightly, "SECONDS", 0.0)
    night = clock.to_local(clock.now()).replace(hour=3) + timedelta(days=1)
    with clock.stopped_at(night.replace(hour=1)):
        assert nightly.reconcile_visits() == 0
    with clock.stopped_at(night):
        assert [nightly.reconcile_visits() for _ in range(6)] == [1, 1, 1, 0, 0, 0]
        folder = app.extensions["settings"].data_dir
        assert nightly.last_proof(folder) == (clock.today(), True, 3, [])
    with clock.stopped_at(night + timedelta(days=1)):
        assert nightly.reconcile_visits() == 1
    (folder / "reconcile.json").unlink()


def test_the_proof_goes_by_indexes(app: Flask, district: District) -> None:
    """Of a hundred thousand visits the next two hundred are found at once, and so is what a visit left."""
    visit = _handed_in(app, district)
    asked = [
        (reconcile._NEXT, {"at": clock.now(), "id": visit}),
        (select(Sighting.hazard_id).where(Sighting.visit_id == visit), {}),
        (select(Hazard.id).where(Hazard.visit_id == visit), {}),
        (select(VisitAnswers.id).where(VisitAnswers.visit_id == visit), {}),
    ]
    if db.session.connection().dialect.name == "postgresql":
        db.session.execute(text("SET LOCAL enable_seqscan = off"))
    for statement, values in asked:
        compiled = statement.compile(dialect=db.session.connection().dialect)
        explain = "EXPLAIN QUERY PLAN " if db.session.connection().dialect.name == "sqlite" else "EXPLAIN "
        rows = run(text("SELECT 1")) and db.session.connection().exec_driver_sql(
            explain + str(compiled), _values(compiled, values)
        )
        plan = "\n".join(str(row) for row in rows)
        assert "Index" in plan or "INDEX" in plan, plan
        assert "Seq Scan" not in plan, plan
        assert "TEMP B-TREE FOR ORDER BY" not in plan, plan  # what was handed in at one instant is sorted, not all


def _values(compiled: Any, values: dict[str, Any]) -> Any:
    """The parameters of a compiled statement as its driver takes them."""
    wanted = compiled.construct_params(values)
    processors = compiled._bind_processors
    ready = {name: processors[name](value) if name in processors else value for name, value in wanted.items()}
    return tuple(ready[name] for name in compiled.positiontup) if compiled.positional else ready
