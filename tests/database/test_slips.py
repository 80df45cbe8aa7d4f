"""Numbered blank slips: numbers without gap or double, printed under them, bound once, given up, and home as scans."""

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import func, select

from inspect_app.hazards.models import Hazard
from inspect_app.kernel.database import db, writing
from inspect_app.kernel.errors import NotThere, Refused
from inspect_app.kernel.ids import new_id
from inspect_app.papers import audit, numbering
from inspect_app.papers.journal import Series
from inspect_app.papers.models import PaperSeries
from inspect_app.premises import actions as premises
from inspect_app.printing import actions as printing
from inspect_app.printing.kinds import slip as slip_kind
from inspect_app.printing.queries import JobView
from inspect_app.printing.results import ResultStore
from inspect_app.scans import actions as scans
from inspect_app.scans import queries as tray
from inspect_app.scans import reading
from inspect_app.scans.queries import TrayLine
from inspect_app.slips import actions, binding, journalling, listing, proving, queries
from inspect_app.slips.listing import SlipFilters
from inspect_app.slips.models import BlankSlip, SlipEvent, SlipPad, SlipScan
from inspect_app.slips.rules import SERIES, SlipState
from inspect_app.visits.models import Visit
from inspect_app.visits.rules import VisitOutcome
from tests.database.conftest import Town
from tests.database.crowd import at_once, new_place
from tests.database.life import newest
from tests.database.prints import bookmarks, bytes_of, pages_in, view_of, work
from tests.database.slips import ADDRESS, pad_of, sheet_of, visited
from tests.scanned import drawn, photographed, sealed
from tests.support import District


def _state(slip: BlankSlip) -> tuple[str, UUID | None]:
    db.session.expire_all()
    row = db.session.get_one(BlankSlip, slip.id)
    return row.state, row.visit_id


def _refused(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused, db.session.begin_nested():
        act()
    return refused.value.message


def test_a_pad_has_the_next_numbers_and_each_slip_an_address_and_a_code_of_its_own(
    app: Flask, district: District
) -> None:
    slips = [*pad_of(district, 3), *pad_of(district, 200, "du2", district.cast.persons["daibiao1"])]
    assert [slip.serial for slip in slips] == list(range(1, 204))
    assert slips[0].number == f"柳荫人大工委空白单 {slips[0].year}-0001"
    assert len({slip.mark for slip in slips}) == len({slip.id for slip in slips}) == 203
    assert all(slip.code not in slip.address and slip.address.endswith(f"/z/{slip.mark}") for slip in slips)
    other = pad_of(district, 1, "du3")[0]
    assert other.serial == 1, "each office counts for itself"
    row = queries.load(district.scope("du1"), slips[-1].id)
    assert (row.given_to, row.slip.state) == ("陈玉兰", "blank")
    with pytest.raises(NotThere):
        queries.load(district.scope("du3"), slips[0].id)
    found = listing.page(district.scope("shenji1"), SlipFilters(number="1"))
    assert {one.slip.id for one in found.rows} == {slips[0].id, other.id}, (
        "an auditor of the district reads all offices'"
    )


@pytest.mark.parametrize("count", [None, 0, 201, -1])
def test_a_pad_that_cannot_be_is_refused_and_takes_no_number(app: Flask, district: District, count: int | None) -> None:
    said = _refused(lambda: actions.ask_pad(district.scope("du1"), count, None, ADDRESS))
    assert "1 到 200" in said
    stranger = district.cast.persons["jiedao1"]
    assert "请从名单里选" in _refused(lambda: actions.ask_pad(district.scope("du1"), 1, stranger, ADDRESS))
    assert "人大侧" in _refused(lambda: actions.ask_pad(district.scope("zheng1"), 1, None, ADDRESS))
    assert db.session.scalar(select(func.count()).select_from(SlipPad)) == 0
    assert pad_of(district, 1)[0].serial == 1


def test_two_who_ask_at_once_get_numbers_without_gap_or_double(town: Town) -> None:
    logins = ["du1", "du2"] * 3

    def ask(login: str) -> None:
        with town.app.app_context(), writing():
            actions.ask_pad(town.district.scope(login), 7, None, ADDRESS)

    at_once(town.app, [lambda login=login: ask(login) for login in logins])
    office = town.district.cast.offices["street_congress"]
    serials = db.session.scalars(
        select(BlankSlip.serial).where(BlankSlip.issuer_id == office).order_by(BlankSlip.serial)
    ).all()
    assert list(serials) == list(range(1, len(logins) * 7 + 1))
    assert all(pad.count == 7 for pad in db.session.scalars(select(SlipPad)))


def _bound_at_once(town: Town, first: Callable[[], object], second: Callable[[], object]) -> list[str]:
    """What two get who act at one moment: empty, or the sentence."""

    def said(act: Callable[[], object]) -> str:
        try:
            with town.app.app_context(), writing():
                act()
        except Refused as refusal:
            return refusal.message
        return ""

    return at_once(town.app, [lambda: said(first), lambda: said(second)])


def test_of_two_who_bind_one_slip_at_once_one_wins_and_the_other_is_told(town: Town) -> None:
    scope = town.district.scope("du1")
    for _ in range(4):
        with writing():
            slip_id = pad_of(town.district, 1)[0].id
            town_places = District(town.district.cast, (_new_place(town), _new_place(town)), town.district.versions)
            visits = [visited(town_places, place, finds=False).id for place in (0, 1)]
        said = _bound_at_once(
            town,
            lambda s=slip_id, v=visits[0]: binding.bind(scope, s, v),
            lambda s=slip_id, v=visits[1]: binding.bind(scope, s, v),
        )
        assert sorted(map(bool, said)) == [False, True]
        assert "已经记在另一次走访上了" in max(said)
        winner = visits[0] if said[0] == "" else visits[1]
        assert _state(db.session.get_one(BlankSlip, slip_id)) == ("bound", winner)
        deeds = db.session.scalars(select(SlipEvent.what).where(SlipEvent.slip_id == slip_id)).all()
        assert list(deeds) == ["bound"], "who lost has left nothing"
        db.session.rollback()


def _new_place(town: Town) -> UUID:
    """A place of its own, made in the transaction that is open."""
    row = premises.register(
        town.district.scope("du1"), name=f"面馆{new_id().hex[-8:]}", kind="small_restaurant", address="柳荫街",
        area_id=town.district.cast.communities[0], facts={},
    )  # fmt: skip
    return row.id


def test_a_slip_that_is_given_up_and_bound_at_one_moment_is_one_of_both(town: Town) -> None:
    scope, place = town.district.scope("du1"), new_place(town.district)
    with writing():
        here = District(town.district.cast, (place,), town.district.versions)
        visit_id = visited(here, finds=False).id
        slips = [(slip.id, slip.short) for slip in pad_of(town.district, 4)]
    for slip_id, number in slips:
        said = _bound_at_once(
            town, lambda s=slip_id: binding.bind(scope, s, visit_id), lambda n=number: actions.void(scope, n, "丢了")
        )
        assert sorted(map(bool, said)) == [False, True], said
        state, bound_to = _state(db.session.get_one(BlankSlip, slip_id))
        assert (state, bound_to) == (("bound", visit_id) if said[0] == "" else ("void", None))
        db.session.rollback()


def test_each_reason_not_to_bind_has_its_own_sentence_and_nothing_is_written(app: Flask, district: District) -> None:
    me = district.scope("du1")
    slip, used, lost = pad_of(district, 3)
    foreign = pad_of(district, 9, "du3")[-1]
    visit, other = visited(district, 0), visited(district, 1)
    binding.bind(me, used.id, other.id)
    actions.void(me, lost.short, "丢了")
    thrown = visited(district, 2, finds=False)
    thrown.outcome = VisitOutcome.VOID
    db.session.flush()
    events = db.session.scalar(select(func.count()).select_from(SlipEvent))
    said = {
        "unknown": _refused(lambda: queries.find(me, "2026-0999")),
        "no number": _refused(lambda: queries.find(me, "那一张")),
        "empty": _refused(lambda: queries.find(me, " ")),
        "foreign, typed": _refused(lambda: queries.find(me, foreign.number)),
        "foreign, scanned": _refused(lambda: binding.bind(me, foreign.id, visit.id)),
        "void": _refused(lambda: binding.bind(me, lost.id, visit.id)),
        "used": _refused(lambda: binding.bind(me, used.id, visit.id)),
        "here": _refused(lambda: binding.bind(me, used.id, other.id)),
        "no visit": _refused(lambda: binding.bind(me, slip.id, new_id())),
        "thrown away": _refused(lambda: binding.bind(me, slip.id, thrown.id)),
    }
    for why, words in {
        "unknown": "没有印过 2026-0999", "no number": "读不懂这个编号", "empty": "请写空白单上印的编号",
        "foreign, typed": "社会建设工作委员会印的", "foreign, scanned": "不是本单位的", "void": "已经作废", "used": "李家小炒",
        "here": "已经记在这次走访上了", "no visit": "没有找到这次走访", "thrown away": "这次走访作废了",
    }.items():  # fmt: skip
        assert words in said[why], why
    assert len(set(said.values())) == len(said) - 1, "a foreign one is the same sentence by number and by code"
    assert db.session.scalar(select(func.count()).select_from(SlipEvent)) == events
    assert _state(slip) == ("blank", None)


def test_a_deputy_binds_to_visits_of_their_own_team_and_to_no_others(app: Flask, district: District) -> None:
    slips, visit = pad_of(district, 2), visited(district, login="daibiao1")
    stranger = district.scope("daibiao2")
    assert "没有找到这次走访" in _refused(lambda: binding.bind(stranger, slips[0].id, visit.id))
    assert [one for one, _ in listing.recent_visits(stranger)] == []
    visit.companions = [{"person_id": str(stranger.person_id), "name": "周国平"}]
    db.session.flush()
    assert [one for one, _ in listing.recent_visits(stranger)] == [str(visit.id)]
    assert binding.bind(stranger, slips[0].id, visit.id).visit_id == visit.id
    log = queries.events_of(slips[0])
    assert [(line.who, line.what) for line in log] == [("林静", "打印"), ("周国平", "绑定到走访")]
    assert "王记面馆" in log[1].words


def test_lost_ones_are_given_up_by_list_and_range_all_or_none(app: Flask, district: District) -> None:
    me, slips = district.scope("du1"), pad_of(district, 12)
    binding.bind(me, slips[4].id, visited(district).id)
    said = _refused(lambda: actions.void(me, f"{slips[1].short}，{slips[3].short}到{slips[6].short}", "整本丢了"))
    assert f"{slips[4].short} 已经记在走访上" in said
    assert {_state(slip)[0] for slip in slips} == {"blank", "bound"}, "none of them"
    assert "为什么作废" in _refused(lambda: actions.void(me, slips[1].short, "  "))
    assert "没有印过" in _refused(lambda: actions.void(me, f"{slips[10].short}到2026-0020", "整本丢了"))
    given_up = actions.void(me, f"{slips[1].short}，6到8", "整本丢了")
    assert [slip.serial for slip in given_up] == [2, 6, 7, 8]
    assert {slip.void_reason for slip in given_up} == {"整本丢了"}
    assert "已经作废" in _refused(lambda: actions.void(me, "6", "又丢了"))
    assert listing.count(me, SlipFilters(state=SlipState.VOID)) == 4
    alone = actions.void_one(me, slips[4].id, "记错了走访")
    assert alone.state == "void"
    with pytest.raises(NotThere):
        actions.void_one(district.scope("du3"), slips[0].id, "不是我们的")


def _print(app: Flask, district: District, slips: Sequence[BlankSlip], tmp_path: Path) -> tuple[JobView, bytes]:
    app.extensions["prints"] = ResultStore(tmp_path / "prints")
    job = printing.ask(district.scope("du1"), "slip", "空白单", slip_kind.parts(slips))
    db.session.commit()
    journalling.enter_numbers(app.extensions["numbers"])
    assert work(app) is False
    return view_of(job), bytes_of(app, job, "pdf")


def test_a_pad_is_one_pdf_and_what_was_used_or_given_up_is_not_printed_again(
    app: Flask, district: District, tmp_path: Path
) -> None:
    me, slips = district.scope("du1"), pad_of(district, 3)
    view, pdf = _print(app, district, slips, tmp_path)
    assert (view.made, view.left_out) == (3, [])
    titles, at = zip(*bookmarks(pdf), strict=True)
    assert at == (1, 2, 3), "one after another, and the printer is told to print one side"
    assert _told_printer(pdf) == "/Simplex"
    assert all(slip.number in title for slip, title in zip(slips, titles, strict=True))
    assert pages_in(pdf) == 3
    binding.bind(me, slips[0].id, visited(district).id)
    actions.void(me, slips[1].short, "印坏了")
    again, pdf = _print(app, district, slips, tmp_path)
    assert [(part.number, part.why) for part in again.left_out] == [
        (slips[0].number, "已经用过，不再打印"), (slips[1].number, "已作废，不再打印"),
    ]  # fmt: skip
    assert [title.split()[-1] in slips[2].number or slips[2].number in title for title, _ in bookmarks(pdf)] == [True]


def _told_printer(pdf: bytes) -> str:
    return str(PdfReader(io.BytesIO(pdf)).root_object["/ViewerPreferences"]["/Duplex"])  # type: ignore[index]


def test_the_sheet_says_what_it_is_in_one_page_and_orders_nothing(app: Flask, district: District) -> None:
    slip = pad_of(district, 1)[0]
    reader = PdfReader(io.BytesIO(sheet_of(slip)))
    assert len(reader.pages) == 1
    text = "".join(reader.pages[0].extract_text().split())
    for words in ("".join(slip.number.split()), slip.code, slip.address, "非行政执法文书", "不是处罚", "第1页共1页"):
        assert words in text, words
    assert not [words for words in ("责令", "限期", "逾期", "罚款", "必须") if words in text]


def test_no_slip_is_printed_before_its_number_stands_in_the_journal(
    app: Flask, district: District, tmp_path: Path
) -> None:
    app.extensions["prints"] = ResultStore(tmp_path / "prints")
    slips = pad_of(district, 2)
    job = printing.ask(district.scope("du1"), "slip", "空白单", slip_kind.parts(slips))
    db.session.commit()
    work(app)
    assert view_of(job).made == 0
    journal = app.extensions["numbers"]
    assert (journalling.enter_numbers(journal), journalling.enter_numbers(journal)) == (1, 0)
    work(app)
    assert view_of(job).made == 2
    series = Series(district.cast.offices["street_congress"], SERIES, slips[0].year)
    assert journal.highest()[series] == 2
    storage, keys = app.extensions["storage"], app.extensions["keys"]
    assert audit.verify(storage.get, keys, proving.bearers())[0] == []
    assert audit.against_journal(journal, proving.bearers()) == []
    assert audit.verify(storage.get, keys)[0] != [], "without the slips their series has a gap"


def test_an_older_database_prints_no_number_twice(app: Flask, district: District) -> None:
    slips = pad_of(district, 2)
    journal = app.extensions["numbers"]
    db.session.commit()
    journalling.enter_numbers(journal)
    series = Series(district.cast.offices["street_congress"], SERIES, slips[0].year)
    with writing():  # as after a restore: the rows are gone, their numbers are out there
        for table in (SlipEvent, BlankSlip, SlipPad):
            db.session.query(table).delete()
        db.session.get_one(PaperSeries, tuple(series)).last = 0
    again = pad_of(district, 1)
    db.session.commit()
    journalling.enter_numbers(journal)
    assert _state(again[0])[0] == "void", "its number stands on another sheet"
    assert numbering.hold_behind(journal) == [series]
    assert "文号暂时不能取" in _refused(lambda: pad_of(district, 1))
    numbering.resume(series, 2, "核对过")
    assert pad_of(district, 1)[0].serial == 3


def _photo(slip: BlankSlip, **how: float) -> bytes:
    return photographed(sealed(drawn(sheet_of(slip))), quality=60, **how)  # type: ignore[arg-type]


def _brought(app: Flask, district: District, *files: bytes, login: str = "du1") -> Sequence[TrayLine]:
    scans.bring(app.extensions["storage"], district.scope(login), files)
    db.session.commit()
    reading.read_uploads(app.extensions["storage"], ADDRESS, seconds=600)
    db.session.expire_all()
    return tray.tray(district.scope(login))


def test_a_filled_slip_photographed_askew_comes_home_to_the_hazards_of_its_visit(
    app: Flask, district: District
) -> None:
    me, actor, slip, visit = district.scope("du1"), district.actor("du1"), pad_of(district, 1)[0], visited(district)
    binding.bind(me, slip.id, visit.id)
    shot = _photo(slip, turn=-9, tilt=0.1, shadow=0.5)
    (line,) = _brought(app, district, shot)
    assert (line.proposed, line.number, line.place, line.why) == (True, slip.number, "王记面馆", "")
    scans.file_slip(me, actor, line.page.id)
    (kept,) = queries.scans_of(slip.id)
    assert app.extensions["storage"].get(kept.received_sha256) == shot, "as it was received"
    assert _state(slip) == ("returned", visit.id)
    hazard = db.session.scalars(select(Hazard).where(Hazard.visit_id == visit.id)).one()
    event = newest(hazard)
    assert (event.step, event.body["facts"]["number"], event.body["facts"]["slip"]) == (
        "file_scan", slip.number, str(slip.id),
    )  # fmt: skip
    assert event.body["facts"]["scans"] == [kept.copy_sha256]
    assert [(one.slip.id, one.scans) for one in queries.of_visit(visit.id)] == [(slip.id, 1)]
    assert queries.scan(district.scope("daibiao1"), slip.id, 1).id == kept.id
    assert queries.scan(district.scope("shenji1"), slip.id, 1).id == kept.id
    with pytest.raises(NotThere):
        queries.scan(district.scope("ranqi1"), slip.id, 1)
    assert tray.tray(me) == []
    assert "填好的已经收回存档" in _refused(lambda: actions.void(me, slip.short, "丢了"))
    (again,) = _brought(app, district, shot)
    assert "已经收进" in _refused(lambda: scans.file_slip(me, actor, again.page.id))


def test_what_is_not_bound_or_was_given_up_waits_in_the_tray_with_its_sentence(app: Flask, district: District) -> None:
    me, actor = district.scope("du1"), district.actor("du1")
    blank, lost = pad_of(district, 2)
    actions.void(me, lost.short, "丢了")
    lines = _brought(app, district, _photo(blank), _photo(lost))
    assert [line.proposed for line in lines] == [False, False]
    assert [line.number for line in lines] == [blank.number, lost.number]
    assert "还没有记到一次走访上" in lines[0].why
    assert lines[0].wants_visit
    assert "已经作废" in lines[1].why
    assert not lines[1].wants_visit
    for line in lines:
        assert line.why in _refused(lambda line=line: scans.file_slip(me, actor, line.page.id))
    assert db.session.scalar(select(func.count()).select_from(SlipScan)) == 0
    visit = visited(district)
    scans.bind_slip(me, lines[0].page.id, visit.id)
    assert tray.load(me, lines[0].page.id).proposed
    assert scans.file_slip(me, actor, lines[0].page.id).state == "returned"
    assert "已经作废" in _refused(lambda: scans.bind_slip(me, lines[1].page.id, visit.id))


def test_another_offices_slip_waits_and_one_with_a_torn_code_is_named_by_its_number(
    app: Flask, district: District
) -> None:
    me, foreign, slip = district.scope("du1"), pad_of(district, 1, "du3")[0], pad_of(district, 1)[0]
    binding.bind(me, slip.id, visited(district).id)
    (line,) = _brought(app, district, _photo(foreign))
    assert (line.page.why, line.number) == ("elsewhere", ""), "no more is said of it"
    assert "区人大社建工委" not in line.why
    assert "社会建设工作委员会印的" in _refused(lambda: scans.assign(me, line.page.id, foreign.number))
    assert scans.assign(me, line.page.id, slip.number) == slip
    assert tray.load(me, line.page.id).proposed
    visit = db.session.get_one(Visit, slip.visit_id)
    assert queries.where(slip).endswith("王记面馆")
    assert visit.premises_id == district.places[0]
