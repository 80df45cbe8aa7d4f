"""What a phone sends arrives exactly once; numbers have neither gaps nor doubles; migrations go up and down."""

import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import inspect, select, text

from inspect_app.hazards.models import Hazard
from inspect_app.intake import audit, devices
from inspect_app.intake.models import Device, JournalEntry, Receipt
from inspect_app.intake.phones import read_phone
from inspect_app.intake.receipts import receipt_holds
from inspect_app.kernel import clock
from inspect_app.kernel.database import Model, db, writing
from inspect_app.kernel.errors import NotAllowed, Refused
from inspect_app.papers import actions as papers
from inspect_app.papers import samples
from inspect_app.papers.actions import Draft
from inspect_app.papers.models import Paper, PaperSeries
from inspect_app.visits.models import VisitAnswers
from inspect_app.visits.queries import answers
from tests.conftest import ROOT
from tests.operations import DEVICE, operation, outcomes, receipt_of, whole_visit
from tests.originals import Town
from tests.support import District, rows_in, statements


def _taps() -> int:
    return sum(len(row) for row in db.session.scalars(select(VisitAnswers.taps)))


def test_a_visit_in_one_request_makes_its_hazards_and_one_paper(app: Flask, district: District) -> None:
    receipt = receipt_of(app, district, whole_visit(district))
    assert set(outcomes(receipt)) == {"applied"}
    assert _taps() == 60
    assert rows_in(Hazard) == 2
    assert [paper.kind for paper in db.session.scalars(select(Paper))] == ["tip"]
    assert all(receipt_holds(row, app.extensions["keys"]) for row in db.session.scalars(select(Receipt)))


def test_sending_it_all_again_changes_nothing(app: Flask, district: District) -> None:
    raw = whole_visit(district)
    first = receipt_of(app, district, raw)
    before = (_taps(), rows_in(Hazard), rows_in(Paper), rows_in(JournalEntry))
    again = receipt_of(app, district, raw)
    assert outcomes(again) == outcomes(first)
    assert (_taps(), rows_in(Hazard), rows_in(Paper), rows_in(JournalEntry)) == before


def test_the_same_id_with_another_content_is_a_conflict_and_the_first_stays(app: Flask, district: District) -> None:
    raw = whole_visit(district, fails=0)
    receipt_of(app, district, raw)
    changed = raw[1] | {"payload": raw[1]["payload"] | {"value": "fail"}}
    assert outcomes(receipt_of(app, district, [changed])) == ["conflict"]
    kept = answers(UUID(raw[0]["payload"]["visit"]))[raw[1]["payload"]["item"]]
    assert kept.answer.value == "pass"


def test_one_id_twice_in_a_request_with_two_contents_is_applied_once_and_said_so(
    app: Flask, district: District
) -> None:
    raw = whole_visit(district, fails=0)
    changed = raw[1] | {"payload": raw[1]["payload"] | {"value": "fail"}}
    found = outcomes(receipt_of(app, district, [*raw, changed]))
    assert found[1] == "applied"
    assert found[-1] == "conflict"
    assert rows_in(Hazard) == 0


def test_the_journal_keeps_every_operation_as_it_came(app: Flask, district: District) -> None:
    raw = whole_visit(district)
    receipt_of(app, district, raw)
    kept = [one for row in db.session.scalars(select(Receipt.operations)) for one in row]
    as_it_came = [{k: v for k, v in op.items() if k != "times"} for op in raw]
    assert [
        {k: v for k, v in op.items() if k != "estimate"} for op in sorted(kept, key=lambda op: op["seq"])
    ] == as_it_came
    assert {op["estimate"]["how"] for op in kept} == {"no clocks"}


def test_a_colleague_cannot_learn_or_take_over_an_operation(app: Flask, district: District) -> None:
    raw = whole_visit(district, fails=0)
    receipt_of(app, district, raw)
    theirs = receipt_of(app, district, raw, "daibiao2")
    assert set(outcomes(theirs)) == {"conflict"}
    assert _taps() == 60


def test_answers_that_come_before_their_visit_are_asked_for_again(app: Flask, district: District) -> None:
    start, *rest = whole_visit(district, fails=0)
    assert set(outcomes(receipt_of(app, district, rest))) == {"later"}
    assert _taps() == 0
    assert set(outcomes(receipt_of(app, district, [start, *rest]))) == {"applied"}
    assert _taps() == 60


def test_one_bad_operation_does_not_spoil_the_others(app: Flask, district: District) -> None:
    raw = whole_visit(district, fails=1)
    spoilt = {"visit": str(uuid4()), "premises": str(district.places[0]), "versions": [], "how": "by boat"}
    bad = operation("visit.start", spoilt, 50)
    unknown = operation("visit.dance", {}, 51)
    *_, became_of_bad, became_of_unknown = outcomes(receipt_of(app, district, [*raw, bad, unknown]))
    assert became_of_bad == "refused"
    assert became_of_unknown != "applied"
    assert rows_in(Hazard) == 1


def _draft(office: UUID, place: UUID, kind: str = "notice") -> Draft:
    content = {
        name: value for name, value in samples.sample(kind).items() if name not in ("number", "code", "mark", "address")
    }
    return Draft(kind, office, place, content, [])


def test_a_missing_field_is_named_and_takes_no_number(app: Flask, district: District) -> None:
    office = district.cast.offices["fire"]
    draft = _draft(office, district.places[0])
    draft.content["officers"] = draft.content["officers"][:1]
    with pytest.raises(Refused, match="第二位承办人员"):
        papers.freeze(draft, powers=frozenset({"order_notice"}), made_by=None, address="http://x")
    assert rows_in(PaperSeries) == 0


def test_the_congress_side_cannot_issue_a_notice(app: Flask, district: District) -> None:
    draft = _draft(district.cast.offices["street_congress"], district.places[0])
    with pytest.raises(NotAllowed, match="不能由"):
        papers.freeze(draft, powers=frozenset({"order_notice"}), made_by=None, address="http://x")


@pytest.mark.slow
def test_numbers_issued_at_once_by_eight_have_no_gap_and_no_double(own_town: Town) -> None:
    district = own_town.district
    office, faults = district.cast.offices["fire"], []
    db.session.remove()

    def issue(rolls_back: bool) -> None:
        with own_town.app.app_context():
            try:
                for n in range(4):
                    with writing():
                        papers.freeze(
                            _draft(office, district.places[0]),
                            powers=frozenset({"order_notice"}),
                            made_by=None,
                            address="http://x",
                        )
                        if rolls_back and n == 1:
                            raise InterruptedError
            except InterruptedError:
                pass
            except Exception as fault:
                faults.append(repr(fault))
            finally:
                db.session.remove()

    threads = [threading.Thread(target=issue, args=(number % 2 == 0,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    serials = sorted(db.session.scalars(select(Paper.serial)))
    assert serials == list(range(1, 4 * 4 + 4 * 1 + 1))


def _told_by_models(_object: object, name: str, kind: str, *_rest: object) -> bool:
    """Not what migrations alone know: the indexes that lists walk, over expressions or of one kind of database (0032, 0046), and
    the tables of FTS5."""
    walked = (
        "ix_hazard_open_by_", "ix_hazard_settled_by_", "ix_hazard_words_", "ix_hazard_whose", "ix_hazard_area_id",
        "ix_hazard_open_area", "ix_premises_unconfirmed", "ix_visit_next_try",
    )  # fmt: skip
    return not name.startswith("hazard_words_index" if kind == "table" else walked)


def test_migrations_make_what_the_models_say_and_go_down_to_nothing(own_database: Flask) -> None:
    from flask_migrate import downgrade, upgrade

    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": _told_by_models})
        assert compare_metadata(context, Model.metadata) == []
    folder = str(ROOT / "migrations")
    downgrade(directory=folder, revision="base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
    upgrade(directory=folder)
    assert {table.name for table in Model.metadata.sorted_tables} <= set(inspect(db.engine).get_table_names())


def test_what_phones_sent_survives_the_migration_down_and_up(own_town: Town) -> None:
    from flask_migrate import downgrade, upgrade

    district = own_town.district
    raw = whole_visit(district)
    with writing():
        first = receipt_of(own_town.app, district, raw)
    before = answers(UUID(raw[0]["payload"]["visit"]))
    kept = db.session.scalars(select(Receipt.operations)).one()
    db.session.remove()
    folder = str(ROOT / "migrations")
    downgrade(directory=folder, revision="0001")
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM visit_answer")).scalar() == 60
        assert connection.execute(text("SELECT count(DISTINCT hash) FROM journal_entry")).scalar() == 62
    upgrade(directory=folder)
    assert answers(UUID(raw[0]["payload"]["visit"])) == before
    said = db.session.scalars(select(Receipt.operations)).one()
    assert said == [{k: v for k, v in op.items() if k != "estimate"} for op in kept], "which nobody made then"
    with writing():
        assert outcomes(receipt_of(own_town.app, district, raw)) == outcomes(first)


def test_phones_that_sent_before_they_were_registered_raise_no_alarm(own_town: Town) -> None:
    from flask_migrate import downgrade, upgrade

    district = own_town.district
    with writing():
        receipt_of(own_town.app, district, [op for op in whole_visit(district) if op["seq"] not in (7, 8)])
    db.session.remove()
    folder = str(ROOT / "migrations")
    downgrade(directory=folder, revision="0005")
    upgrade(directory=folder)
    row = db.session.get_one(Device, DEVICE)
    assert (row.account_id, row.counter) == (district.cast.accounts["daibiao1"], 99)
    assert row.received == [[1, 6], [9, 61], [99, 99]]
    assert row.missing == []
    with writing():
        devices.note_contact(
            row.account_id, "", read_phone({"device": DEVICE, "counter": 101}), {DEVICE: {100}}, clock.now()
        )
    assert row.missing == [[101, 101]], "what was lost before is not known, what is lost now is"


def test_any_number_of_things_that_operations_stand_on_is_looked_up(app: Flask, district: District) -> None:
    """Each payload may name thousands: together more than a statement takes."""
    raw = [
        operation("visit.note", {"after": [str(UUID(int=n * 10_000 + m)) for m in range(1, 6_001)]}, n)
        for n in range(1, 13)
    ]
    with statements() as sent:
        receipt = receipt_of(app, district, raw)
    assert outcomes(receipt) == ["later"] * 12
    assert max(one.count("?") + one.count("%(") for one in sent) < 32_766


def _posted(client: FlaskClient, raw: list[dict[str, Any]]) -> list[str]:
    return outcomes(client.post("/intake/operations", json={"operations": raw}).get_json())


@pytest.mark.parametrize("order", [1, -1])
def test_an_entry_that_is_none_beside_a_good_one_of_the_same_id_changes_nothing_for_it(
    app: Flask, client_of: Callable[[str], FlaskClient], district: District, order: int
) -> None:
    """Each gets its verdict in the receipt; sent again, the good one hears the same, and the receipt stands its trial."""
    good, client = whole_visit(district)[0], client_of("daibiao1")
    spoilt = {name: value for name, value in good.items() if name != "captured_at"}
    assert _posted(client, [good, spoilt][::order]) == ["applied", "refused"]
    assert audit.verify(app.extensions["keys"])[0] == []
    assert _posted(client, [good]) == ["applied"]


def test_what_was_said_of_another_content_in_a_later_request_is_not_held_against_the_first(
    app: Flask, client_of: Callable[[str], FlaskClient], district: District
) -> None:
    start, first, second, *_ = whole_visit(district, fails=0)
    changed, client = first | {"payload": first["payload"] | {"value": "fail"}}, client_of("daibiao1")
    assert _posted(client, [start, first]) == ["applied"] * 2
    assert _posted(client, [changed, second, second, second | {"seq": 77}]) == [
        "conflict",
        "applied",
        "applied",
        "conflict",
    ]
    assert _posted(client, [first, second]) == ["applied"] * 2
    assert audit.verify(app.extensions["keys"])[0] == []
