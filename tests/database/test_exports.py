"""Exports: the rows of the list in its order whatever narrows it, read piece by piece; the log says what truly went out."""

import csv
import hashlib
import io
import zipfile
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from inspect_app.exports import actions, queries, running
from inspect_app.exports.actions import WantedExport
from inspect_app.exports.columns import HAZARDS, PAPERS, PLACES
from inspect_app.exports.kinds.hazards import HazardRows
from inspect_app.exports.kinds.papers import PaperRows
from inspect_app.exports.kinds.places import PlaceRows
from inspect_app.exports.models import Export
from inspect_app.exports.rules import MOST_AT_ONCE, SILENT_AFTER, ExportForm, ExportState
from inspect_app.exports.running import Rows, Sending
from inspect_app.hazards import register
from inspect_app.hazards.filters import Filters, Sort
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Grade, State
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Refused
from inspect_app.papers import listing
from inspect_app.papers.listing import PaperFilters
from inspect_app.people.rules import Scope
from inspect_app.premises import queries as premises
from inspect_app.premises.listing import PlaceFilters, listed
from tests.database.paperwork import ordered
from tests.support import District, found

WANTED = WantedExport(HAZARDS, "未销号的隐患", "/desk/hazards/export", "最急的在前", ExportForm.CSV)


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a dozen rows cross many borders."""
    monkeypatch.setattr(running, "FIRST", 2)
    monkeypatch.setattr(running, "PIECE", 3)


def _some(district: District, number: int = 11) -> list[Hazard]:
    """Hazards of which many stand at the same value of every order."""
    rows = [found(district, item=f"F-EXIT-0{1 + n % 8}", place=n % len(district.places)) for n in range(number)]
    for n, row in enumerate(rows):
        row.due_on = None if n % 5 == 4 else clock.today() + timedelta(days=n % 2)
        row.grade = Grade.MAJOR if n % 3 else Grade.GENERAL
        row.field = "gas" if n % 4 else "fire"
        row.found_at = clock.now() - timedelta(days=n % 2)
        if n % 6 == 5:
            row.state, row.settled_on = State.CLOSED, clock.today() - timedelta(days=n % 2)
    db.session.flush()
    return rows


def _begun(scope: Scope, rows: Rows, wanted: WantedExport = WANTED) -> tuple[Export, Sending]:
    row = actions.begin(scope, wanted)
    db.session.commit()
    return row, Sending(row, wanted, scope, rows, nullcontext)


def _table(data: bytes, sheet: str) -> list[dict[str, str]]:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return list(csv.DictReader(io.StringIO(packed.read(f"{sheet}.csv").decode("utf-8-sig"))))


def _about(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        rows = csv.reader(io.StringIO(packed.read("说明.csv").decode("utf-8-sig")))
        return {row[0]: row[1] for row in rows}


def _listed(scope: Scope, filters: Filters, sort: Sort) -> Sequence[str]:
    return [row.number for row in register.page(scope, filters, size=100, sort=sort).rows]


@pytest.mark.parametrize("sort", list(Sort))
def test_the_rows_are_those_of_the_list_in_its_order(app: Flask, district: District, sort: Sort) -> None:
    rows, scope = _some(district), district.scope("du1")
    for filters in (
        Filters(),
        Filters(tab="settled"),
        Filters(field="gas", grade=Grade.MAJOR, due_by=clock.today()),
        Filters(words=rows[0].title),
        Filters(narrowed=Hazard.id.in_([row.id for row in rows[2:9]])),
    ):
        row, sending = _begun(scope, HazardRows(scope, filters, sort))
        data = b"".join(sending)
        numbers = [line["编号"] for line in _table(data, "隐患")]
        assert numbers == _listed(scope, filters, sort)
        db.session.refresh(row)
        assert (row.state, row.rows, row.size) == ("done", len(numbers), len(data))
        assert row.sha256 == hashlib.sha256(data).hexdigest()
        assert _about(data)["行数"].startswith(f"{len(numbers)}（")
    assert len(_listed(scope, Filters(), sort)) > 6  # several pieces of it


def test_places_and_papers_go_out_as_their_lists_show_them(app: Flask, district: District) -> None:
    ordered(district)
    scope = district.scope("du1")
    _, sending = _begun(scope, PlaceRows(scope, {}), WantedExport(PLACES, "场所", "", "按名称", ExportForm.CSV))
    rows = _table(b"".join(sending), "场所")
    assert [row["编号"] for row in rows] == [row.code for row in listed(scope, PlaceFilters(), size=1000).rows]
    assert all("****" in row["电话（隐去中间）"] for row in rows if len(row["电话（隐去中间）"]) > 7)
    _, sending = _begun(
        scope, PaperRows(scope, PaperFilters()), WantedExport(PAPERS, "文书", "", "新的在前", ExportForm.CSV)
    )
    shown = [row.paper.number for row in listing.page(scope, PaperFilters(), size=1000).rows]
    assert shown
    assert [row["文号"] for row in _table(b"".join(sending), "文书")] == shown


def test_what_changes_meanwhile_stands_as_it_is_read(app: Flask, district: District) -> None:
    rows, scope = _some(district), district.scope("du1")
    wanted = _listed(scope, Filters(), Sort.OLDEST)
    row, sending = _begun(scope, HazardRows(scope, Filters(), Sort.OLDEST))
    parts = [next(sending)]
    last = next(one for one in rows if one.number == wanted[-1])
    last.title = "换过的字"
    first = next(one for one in rows if one.number == wanted[0])
    first.state, first.settled_on = State.CLOSED, clock.today()  # read already: it stays in the table
    gone = next(one for one in rows if one.number == wanted[-2])
    gone.state, gone.settled_on = State.CLOSED, clock.today()  # not read yet: it has left the list
    db.session.commit()
    table = _table(b"".join([*parts, *sending]), "隐患")
    assert [line["编号"] for line in table] == [number for number in wanted if number != gone.number]
    assert table[-1]["隐患"] == "换过的字"
    db.session.refresh(row)
    assert row.rows == len(table)


def test_whoever_goes_away_leaves_a_line_that_says_how_far_it_came(app: Flask, district: District) -> None:
    _some(district)
    scope = district.scope("du1")
    never, unread = _begun(scope, HazardRows(scope, Filters(), Sort.DUE))
    unread.close()  # not a byte was asked for
    row, sending = _begun(scope, HazardRows(scope, Filters(), Sort.DUE))
    next(sending), next(sending)
    sending.close()
    sending.close()
    for one in (never, row):
        db.session.refresh(one)
        assert (one.state, one.sha256) == (ExportState.LEFT, None)
    assert (never.rows, row.rows) == (0, 2)
    assert queries.being_sent() == 0


def test_a_fault_in_the_middle_cuts_the_file_off_and_is_written_down(app: Flask, district: District) -> None:
    _some(district)
    scope = district.scope("du1")
    rows = HazardRows(scope, Filters(), Sort.DUE)
    row, sending = _begun(scope, rows)
    next(sending)
    rows.read = lambda after, most: 1 / 0  # type: ignore[assignment,return-value]
    with pytest.raises(ZeroDivisionError):
        list(sending)
    db.session.refresh(row)
    assert row.state == ExportState.FAILED


def test_what_no_process_sends_any_more_is_written_down_and_no_longer_counts(app: Flask, district: District) -> None:
    _some(district)
    scope = district.scope("du1")
    begun = [_begun(scope, HazardRows(scope, Filters(), Sort.DUE)) for _ in range(MOST_AT_ONCE)]
    with pytest.raises(Refused, match="正在传"):
        actions.begin(scope, WANTED)
    long_ago = clock.now() - SILENT_AFTER - timedelta(seconds=1)
    db.session.execute(update(Export).values(touched_at=long_ago))
    actions.begin(scope, WANTED)  # what fell silent keeps nobody out
    assert actions.end_silent() == MOST_AT_ONCE
    db.session.commit()
    row, sending = begun[0]
    list(sending)  # it went on after all: the line that has ended stays as it is
    db.session.refresh(row)
    assert row.state == ExportState.LEFT


def test_no_line_of_the_log_is_changed_or_taken_away(app: Flask, district: District) -> None:
    _some(district)
    scope = district.scope("du1")
    row, sending = _begun(scope, HazardRows(scope, Filters(), Sort.DUE))
    list(sending)
    for statement in (update(Export).values(who="别人"), delete(Export).where(Export.id == row.id)):
        with pytest.raises(DBAPIError, match="never changed"), db.session.begin_nested():
            db.session.execute(statement)


def test_persons_go_out_only_to_who_sees_them_and_with_a_reason(app: Flask, district: District) -> None:
    rows, scope = _some(district), district.scope("du1")
    phones: dict[UUID, str] = {row.premises_id: "13912345678" for row in rows}
    for identity, phone in phones.items():
        premises.load(scope, identity).phone = phone
    db.session.flush()

    def out(login: str, **more: object) -> tuple[Export, list[dict[str, str]]]:
        me = district.scope(login)
        wanted = WantedExport(HAZARDS, "隐患", "", "", ExportForm.CSV, **more)  # type: ignore[arg-type]
        row, sending = _begun(me, HazardRows(me, Filters(), Sort.DUE), wanted)
        return row, _table(b"".join(sending), "隐患")

    plain, lines = out("du1", reason="不要个人信息也写了一句")
    assert "发现人" not in lines[0]
    assert {line["场所电话（隐去中间）"] for line in lines} == {"139****5678"}
    assert (plain.persons, plain.reason) == ([], "")
    with pytest.raises(Refused) as short:
        out("du1", persons=True, reason="要用")
    assert short.value.field == "reason"
    row, lines = out("du1", persons=True, reason="街道逐户打电话核对整改情况")
    assert {line["场所电话"] for line in lines} == {"13912345678"}
    assert all(line["发现人"] for line in lines)
    assert (row.persons, row.reason) == (["发现人", "责任主体", "场所电话"], "街道逐户打电话核对整改情况")
    with pytest.raises(Refused, match="看不到"):
        out("lingdao1", persons=True, reason="街道逐户打电话核对整改情况")
