"""One record that cannot be kept blocks no other: a phone that heard 500 for all of them would wait for ever."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from inspect_app.evidence.models import Signature, StoredFile
from inspect_app.intake.actions import take_in
from inspect_app.intake.appliers import Applier, Appliers
from inspect_app.intake.models import JournalEntry
from inspect_app.intake.rules import Operation, Shape, parse
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Refused
from inspect_app.kernel.shapes import read
from inspect_app.messages.models import Message
from inspect_app.people.rules import Scope
from inspect_app.visits.models import Visit
from tests.operations import operation, outcomes, receipt_of, whole_visit
from tests.support import District, rows_in


class Anything(Struct):
    """A payload of which nothing is read."""


ANYTHING = {1: Shape(Anything, read)}


def test_a_visit_under_a_list_nobody_knows_is_refused_and_the_others_go_on(app: Flask, district: District) -> None:
    strange = {"visit": str(uuid4()), "premises": str(district.places[0]), "versions": [str(uuid4())]}
    first, *others = outcomes(
        receipt_of(app, district, [operation("visit.start", strange, 100), *whole_visit(district)])
    )
    assert first == "refused"
    assert set(others) == {"applied"}


def test_who_is_told_of_what_comes_beside_a_bad_record_is_told_once(app: Flask, district: District) -> None:
    """All of a request is tried at once, then kind by kind, then one by one: what was told in a try is undone with it."""
    told = []
    for bad in (False, True):
        before, raw = rows_in(Message), whole_visit(district)
        call = operation("urgent.call", {"danger": "gas", "where": f"后厨 {bad}"}, 100)
        strange = {"visit": str(uuid4()), "premises": str(district.places[0]), "versions": [str(uuid4())]}
        sent = [*raw, call, *([operation("visit.start", strange, 101)] if bad else [])]
        found = outcomes(receipt_of(app, district, sent))
        assert found == ["applied"] * (len(raw) + 1) + ["refused"] * bad
        told.append(rows_in(Message) - before)
    assert told[0] == told[1] > 0


def test_what_was_read_in_a_try_that_was_undone_is_read_again(app: Flask, district: District) -> None:
    """A record reads a signature of the same request and is refused: the signature is undone with it, and made again."""
    raw: list[dict[str, Any]] = whole_visit(district)
    reason = {"visit": raw[0]["payload"]["visit"], "part": "premises", "name": "", "reason": "拒绝签名"}
    sent = [*raw, operation("visit.sign", reason, 50), operation("test.read", {}, 101)]

    def read_and_refuse(_batch: Sequence[Operation], _me: Scope, _held: Any) -> None:
        signature = db.session.scalars(select(Signature)).one()
        raise Refused(f"看过 {signature.part}，不收。")

    table = replace(known := app.extensions["appliers"], by_kind=dict(known.by_kind))
    table.register("test.read", read_and_refuse, ANYTHING, rank=90)
    with app.test_request_context():
        taken = take_in([parse(one) for one in sent], district.scope("daibiao1"), table, app.extensions["keys"])
    assert outcomes(taken) == ["applied"] * (len(sent) - 1) + ["refused"]
    assert rows_in(Signature) == 1


def test_what_only_a_newer_server_knows_stays_on_the_phone_until_there_is_one(app: Flask, district: District) -> None:
    raw, new = whole_visit(district), operation("visit.dance", {}, 101)
    first = outcomes(receipt_of(app, district, [*raw, new]))
    assert first == ["applied"] * len(raw) + ["later"]

    done: list[Operation] = []
    table = replace(known := app.extensions["appliers"], by_kind=dict(known.by_kind))
    table.register("visit.dance", lambda batch, _me, _held: done.extend(batch), ANYTHING)
    with app.test_request_context():
        taken = take_in([parse(new)], district.scope("daibiao1"), table, app.extensions["keys"])
    assert outcomes(taken) == ["applied"]
    assert [one.raw["id"] for one in done] == [new["id"]]


def test_a_version_that_only_a_newer_server_knows_stays_on_the_phone_too(app: Flask, district: District) -> None:
    raw = whole_visit(district)
    newer = operation(
        "visit.facts", {"visit": raw[0]["payload"]["visit"], "facts": {"seats": "of another kind"}}, 98
    ) | {"v": 2}
    assert outcomes(receipt_of(app, district, [*raw, newer])) == ["applied"] * len(raw) + ["later"]


def _with(app: Flask, applier: Applier) -> Appliers:
    table = replace(known := app.extensions["appliers"], by_kind=dict(known.by_kind))
    table.register("test.race", applier, ANYTHING)
    return table


def _take(app: Flask, district: District, raw: list[dict[str, Any]], table: Appliers) -> list[str]:
    with app.test_request_context():
        return outcomes(take_in([parse(one) for one in raw], district.scope("daibiao1"), table, app.extensions["keys"]))


def _make(sha256: str) -> None:
    db.session.add(StoredFile(sha256=sha256, size=1, media_type="text/plain", stored_at=clock.now()))
    db.session.flush()
    db.session.expunge_all()


def test_what_another_request_made_a_moment_ago_is_read_again(app: Flask, district: District) -> None:
    tries = []

    def race(_batch: Sequence[Operation], _me: Scope, _held: Any) -> None:
        tries.append(1)
        if len(tries) == 1:  # as if the other had been quicker by a hair
            _make("a" * 64)
            _make("a" * 64)

    assert _take(app, district, [operation("test.race", {}, 1)], _with(app, race)) == ["applied"]


def test_what_collides_again_stays_on_the_phone_and_is_taken_when_it_comes_again(
    app: Flask, district: District
) -> None:
    def collide(_batch: Sequence[Operation], _me: Scope, _held: Any) -> None:
        _make("a" * 64)
        _make("a" * 64)

    raw = [operation("test.race", {}, 100), *whole_visit(district)]
    assert _take(app, district, raw, _with(app, collide)) == ["later"] + ["applied"] * (len(raw) - 1)
    assert _take(app, district, raw[:1], _with(app, lambda _batch, _me, _held: None)) == ["applied"]


def test_what_no_row_can_hold_is_the_phones_own_and_final(app: Flask, district: District) -> None:
    def write_nonsense(_batch: Sequence[Operation], _me: Scope, _held: Any) -> None:
        db.session.add(Visit(id=uuid4(), premises_id=uuid4(), person_id=uuid4(), account_id=uuid4(), how_started="x",
                             companions=[], started_at=clock.now(), times={}))  # fmt: skip
        db.session.flush()

    assert _take(app, district, [operation("test.race", {}, 1)], _with(app, write_nonsense)) == ["refused"]


def test_a_database_that_is_away_says_nothing_of_an_operation(app: Flask, district: District) -> None:
    def go_away(_batch: Sequence[Operation], _me: Scope, _held: Any) -> None:
        raise OperationalError("SELECT", {}, Exception("the server closed the connection"))

    with pytest.raises(OperationalError):
        _take(app, district, [operation("test.race", {}, 1)], _with(app, go_away))
    assert rows_in(JournalEntry) == 0
