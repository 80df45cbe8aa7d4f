"""Lists of hazards: the same rows as a plain look at all of them, whatever is filtered, sorted, searched and turned; counts that
are kept equal a recount; and no list reads rows that it does not show."""

import random
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Select, delete, select, text, update

from inspect_app.evidence import queries as evidence
from inspect_app.hazards import list_orders, on_map, register, saved_views, searching, tally
from inspect_app.hazards.actions import correcting, handing
from inspect_app.hazards.filters import MARKS, Filters, Sort
from inspect_app.hazards.locking import lock
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Grade, Source, State
from inspect_app.kernel import clock
from inspect_app.kernel.database import db, writing
from inspect_app.kernel.errors import NotThere, Refused
from inspect_app.people.areas import areas_above, areas_below
from inspect_app.people.models import Area
from inspect_app.people.rules import Scope
from inspect_app.premises import actions as premises
from inspect_app.premises.models import Premises
from inspect_app.premises.queries import party_on
from tests.conftest import ROOT
from tests.originals import Town
from tests.support import District, accepted, closed, found, handed_over, to_be_verified, verified

ITEMS = [f"F-EXIT-0{number}" for number in range(1, 9)]


def _some(app: Flask, district: District, number: int = 30) -> list[Hazard]:
    """Hazards of every kind, drawn by lot with a seed; their rows are moved beside the rules, which lists do not ask."""
    lot = random.Random(number)
    rows = [found(district, item=lot.choice(ITEMS), place=lot.randrange(len(district.places))) for _ in range(number)]
    today = clock.today()
    for row in rows:
        row.due_on = lot.choice([None, today + timedelta(days=lot.randint(-9, 9))])
        row.grade = lot.choice(list(Grade))
        row.field = lot.choice(["fire", "gas", "site"])
        row.source = lot.choice(list(Source))
        row.found_at = clock.now() - timedelta(days=lot.randint(0, 40), minutes=lot.randint(0, 900))
        row.watched_at = lot.choice([None, clock.now()])
        row.round_number = lot.choice([1, 1, 2])
        if lot.random() < 0.3:
            row.state, row.settled_on = (
                lot.choice([State.CLOSED, State.VOID, State.ENDED]),
                today - timedelta(days=lot.randint(0, 9)),
            )
    db.session.flush()
    return rows


def _pages(scope: Scope, filters: Filters, sort: Sort, size: int = 7) -> list[UUID]:
    """All rows, page by page to the end and back again: both ways show the same, and say where they stand."""
    forth: list[list[UUID]] = []
    after: str | None = None
    while True:
        page = register.page(scope, filters, after, size, sort=sort)
        assert page.first == sum(map(len, forth)) + 1
        forth.append([row.id for row in page.rows])
        if page.after is None:
            break
        after = page.after
    back = [forth[-1]]
    while page.before is not None:
        page = register.page(scope, filters, None, size, before=page.before, sort=sort)
        assert page.first == sum(map(len, forth[: -len(back) - 1])) + 1
        back.insert(0, [row.id for row in page.rows])
    assert back == forth
    return [one for rows in forth for one in rows]


def _order_of(sort: Sort, settled: bool, row: Hazard) -> tuple[object, ...]:
    far = clock.today() + timedelta(days=9999)
    due = row.due_on or far
    danger = [Grade.MAJOR, Grade.SUSPECTED_MAJOR, Grade.GENERAL].index(Grade(row.grade))
    if settled:
        return (-row.settled_on.toordinal() if row.settled_on else 0,)
    return {
        Sort.DUE: (due,),
        Sort.DANGER: (danger, due),
        Sort.OLDEST: (row.found_at,),
        Sort.NEWEST: (-row.found_at.timestamp(),),
        Sort.PLACE: (),
    }[sort]


@pytest.mark.parametrize("sort", list(Sort))
def test_a_list_shows_what_a_look_at_every_row_finds_in_its_order_and_both_ways(
    app: Flask, district: District, sort: Sort
) -> None:
    rows, scope, today = {row.id: row for row in _some(app, district)}, district.scope("du1"), clock.today()
    chosen: list[tuple[Filters, list[UUID]]] = [
        (Filters(), [row.id for row in rows.values() if row.settled_on is None]),
        (Filters(tab="settled"), [row.id for row in rows.values() if row.settled_on]),
        (
            Filters(tab="overdue"),
            [row.id for row in rows.values() if not row.settled_on and row.due_on and row.due_on < today],
        ),
        (
            Filters(field="gas", marks=frozenset({"watched"}), due_by=today),
            [
                row.id
                for row in rows.values()
                if not row.settled_on and row.field == "gas" and row.watched_at and row.due_on and row.due_on <= today
            ],
        ),
        (
            Filters(source=Source.MEDIA, tab="settled"),
            [row.id for row in rows.values() if row.settled_on and row.source == Source.MEDIA],
        ),
        (
            Filters(found_from=today - timedelta(days=9), marks=frozenset({"again"})),
            [
                row.id
                for row in rows.values()
                if not row.settled_on
                and row.round_number > 1
                and clock.local_date(row.found_at) >= today - timedelta(days=9)
            ],
        ),
    ]
    for filters, wanted in chosen:
        shown = _pages(scope, filters, sort)
        assert sorted(shown) == sorted(wanted), filters
        assert register.count(scope, filters) == len(wanted)
        keys = [_order_of(sort, bool(filters.settled), rows[one]) for one in shown]
        assert keys == sorted(keys), (filters, sort)


def test_every_mark_and_every_kind_of_place_can_be_asked_for(app: Flask, district: District) -> None:
    rows = _some(app, district, 12)
    scope = district.scope("du1")
    for mark in MARKS:
        register.page(scope, Filters(marks=frozenset({mark})))
    kinds = {db.session.get_one(Premises, row.premises_id).kind for row in rows}
    found_by_kind = [
        row.id for kind in kinds for row in register.page(scope, Filters(premises_kind=kind), size=50).rows
    ]
    assert sorted(found_by_kind) == sorted(row.id for row in rows if row.settled_on is None)


def test_a_cursor_of_another_list_or_made_up_is_no_page(app: Flask, district: District) -> None:
    _some(app, district, 12)
    scope = district.scope("du1")
    of_due = register.page(scope, Filters(), size=2).after
    for sort, after in ((Sort.DANGER, of_due), (Sort.DUE, "x"), (Sort.DUE, "WzEsMl0="), (Sort.OLDEST, of_due)):
        with pytest.raises(NotThere):
            register.page(scope, Filters(), after, sort=sort)


# ---- counts


def test_what_is_counted_equals_a_recount_whatever_happened(app: Flask, district: District) -> None:
    lot = random.Random(4)
    rows = [found(district, item=item) for item in ITEMS[:5]]
    handed_over(district, rows[0])
    handing.decline(
        lock(rows[0].id), district.actor("jiedao1"), competent_id=None, competent="区城管局", reason="不归我们"
    )
    accepted(district, handed_over(district, rows[1]))
    closed(district, verified(district, to_be_verified(district, app.extensions["storage"])))
    assert tally.differences() == []
    streets = list(db.session.scalars(select(Area.id)))
    for _ in range(20):  # and past the session, as a bulk change would
        db.session.execute(
            update(Hazard).where(Hazard.id == lot.choice(rows).id).values(
                area_id=lot.choice(streets), grade=lot.choice(list(Grade)), declined_at=lot.choice([None, clock.now()])
            )
        )  # fmt: skip
        if lot.random() < 0.3:
            assert tally.gather(0) >= 0
        assert tally.differences() == []
    before = tally.tallied()
    assert tally.gather(0) > 0
    assert sorted(tally.tallied()) == sorted(before)
    assert tally.gather(0) >= 0
    db.session.execute(text("UPDATE hazard_tally SET n = n + 1 WHERE id = (SELECT max(id) FROM hazard_tally)"))
    assert [one.kept - one.there for one in tally.differences()] == [1], "the check finds a number that is wrong"


def test_tabs_say_what_their_lists_count(app: Flask, district: District) -> None:
    _some(app, district)
    for login in ("du1", "lingdao1", "jiedao1"):
        scope = district.scope(login)
        for tab, number in register.counts(scope).items():
            assert register.count(scope, Filters(tab=tab)) == number, (login, tab)
            assert len(register.page(scope, Filters(tab=tab), size=100).rows) == number, (login, tab)


def test_two_who_sum_up_at_once_lose_nothing(own_town: Town) -> None:
    district = own_town.district
    for item in ITEMS:
        found(district, item=item)
    db.session.commit()
    faults: list[BaseException] = []

    def gather(number: int) -> None:
        with own_town.app.app_context():
            try:
                with writing():
                    tally.gather(0) if number % 2 else handed_over(district, lock(ids[number // 2]))
            except BaseException as fault:
                faults.append(fault)
            finally:
                db.session.remove()

    ids = list(db.session.scalars(select(Hazard.id)))
    db.session.remove()
    threads = [threading.Thread(target=gather, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert tally.differences() == []


# ---- words


def _found_by(scope: Scope, words: str, tab: str = "all") -> Sequence[UUID]:
    return [row.id for row in register.page(scope, Filters(words=words, tab=tab), size=50).rows]


def test_words_in_any_order_pairs_initials_and_numbers_find_a_hazard(app: Flask, district: District) -> None:
    hazard, other = found(district, item=ITEMS[0]), found(district, item=ITEMS[1], place=1)
    place, scope = db.session.get_one(Premises, hazard.premises_id), district.scope("du1")
    premises.correct(
        scope, place, name="王记鸭血粉丝", kind=place.kind, address="望江里 47 号", area_id=place.area_id, phone="13800001234",
        status="open", facts={},
    )  # fmt: skip
    title = hazard.title[:2]
    for words in (
        "鸭血",
        f"{title} 王记",
        "望江里 粉丝",
        "望江里４７号",
        "wjyx",
        "WJL",
        hazard.number,
        hazard.number[-5:],
        "001234",
    ):
        assert hazard.id in _found_by(scope, words), words
        assert other.id not in _found_by(scope, words) or words == title
    for words in ("鸭血面", "王记 网吧", "，。", "江望", "鸭血粉王"):
        assert _found_by(scope, words) == [], words


def test_a_mobile_is_found_only_by_who_may_see_it(app: Flask, district: District) -> None:
    hazard = found(district, item=ITEMS[0])
    place = db.session.get_one(Premises, hazard.premises_id)
    premises.correct(
        district.scope("du1"), place, name=place.name, kind=place.kind, address=place.address, area_id=place.area_id,
        phone="13911112222", status="open", facts={},
    )  # fmt: skip
    assert _found_by(district.scope("du1"), "11112222") == [hazard.id]
    assert _found_by(district.scope("lingdao1"), "11112222") == []


def test_words_follow_what_is_corrected_moved_settled_and_taken_away(app: Flask, district: District) -> None:
    hazard, scope = found(district, item=ITEMS[0]), district.scope("du1")
    correcting.correct(
        lock(hazard.id), district.actor("du1"), correcting.Correction(title="煤气瓶放在楼梯间"), reason="写错了"
    )
    assert _found_by(scope, "楼梯间") == [hazard.id]
    db.session.execute(update(Hazard).where(Hazard.id == hazard.id).values(state=State.VOID, settled_on=clock.today()))
    assert _found_by(scope, "楼梯间") == []
    assert _found_by(scope, "楼梯间", "settled") == [hazard.id]
    db.session.execute(delete(searching.HazardWords))
    assert _found_by(scope, "楼梯间", "settled") == []
    assert searching.missing() > 0
    while searching.write_missing():
        pass
    assert searching.missing() == 0
    assert _found_by(scope, "楼梯间", "settled") == [hazard.id]


def test_a_place_renamed_past_the_session_is_not_found_by_its_old_name(app: Flask, district: District) -> None:
    hazard, scope = found(district, item=ITEMS[0]), district.scope("du1")
    db.session.execute(update(Premises).where(Premises.id == hazard.premises_id).values(name="胡辣汤铺子"))
    assert searching.missing() == 1
    assert searching.write_missing() == 1
    assert _found_by(scope, "辣汤") == [hazard.id]


@pytest.mark.parametrize("common", [False, True])
def test_words_are_looked_for_where_somebody_sees_and_where_they_ask(
    app: Flask, district: District, monkeypatch: pytest.MonkeyPatch, common: bool
) -> None:
    """Also where a hazard was moved past the session; what is counted is what is shown."""
    rows, scope = [found(district, item=ITEMS[0], place=place) for place in range(3)], district.scope("du1")
    if common:
        monkeypatch.setattr(searching, "COMMON", 0)
    here = rows[0].area_id
    around = areas_below(here) | areas_above(here)
    elsewhere = db.session.scalars(select(Area.id).where(Area.id.not_in(around))).first()
    assert elsewhere
    for row, area in zip(rows, (here, here, elsewhere), strict=True):
        db.session.execute(update(Hazard).where(Hazard.id == row.id).values(area_id=area))
    word = rows[0].title[:2]
    for seen, asked, expected in (
        (None, None, rows),
        (None, elsewhere, rows[2:]),
        ({here}, None, rows[:2]),
        ({here}, elsewhere, []),
        ({elsewhere}, elsewhere, rows[2:]),
        (set(), None, []),
    ):
        theirs = replace(scope, whole_district=seen is None, area_ids=frozenset(seen or ()))
        for words in (word, rows[0].title[:4]):
            filters = Filters(words=words, area_id=asked)
            assert {row.id for row in register.page(theirs, filters).rows} == {row.id for row in expected}
            assert register.count(theirs, filters) == len(expected)


@pytest.mark.slow
def test_words_are_the_same_after_the_way_down_and_up(own_town: Town) -> None:
    with writing():
        row = found(own_town.district, item=ITEMS[0])
    words, scope = row.title[:2], own_town.district.scope("du1")
    tokens = db.session.scalars(select(searching.HazardWords.tokens)).all()
    db.session.remove()
    downgrade(directory=str(ROOT / "migrations"), revision="0033")
    upgrade(directory=str(ROOT / "migrations"))
    assert db.session.scalars(select(searching.HazardWords.tokens)).all() == tokens
    assert _found_by(scope, words)
    db.session.remove()


def test_what_is_common_is_found_as_what_is_rare(
    app: Flask, district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, scope = _some(app, district, 20), district.scope("du1")
    words = db.session.get_one(Premises, rows[0].premises_id).name[:2]
    few = _found_by(scope, words)
    monkeypatch.setattr(searching, "COMMON", 0)
    assert _found_by(scope, words) == few
    assert few


@pytest.mark.parametrize(
    "words", ['面"馆" OR', "'; DROP TABLE hazard; --", "面馆*", "NEAR(面馆)", "(((", "a&b|!c", "面\\馆", "\x00面馆"]
)
def test_nothing_typed_is_an_operator(app: Flask, district: District, words: str) -> None:
    found(district)
    _found_by(district.scope("du1"), words)
    assert db.session.scalar(select(Hazard.id).limit(1)) is not None


# ---- nothing is read that is not shown


@pytest.mark.parametrize("sort", [Sort.DUE, Sort.DANGER, Sort.OLDEST, Sort.NEWEST])
def test_a_list_walks_its_index(app: Flask, district: District, sort: Sort) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL chooses by its statistics; the bench looks at its plans")
    _some(app, district, 12)
    scope = district.scope("du1")
    for filters in (
        Filters(),
        Filters(handler_id=district.cast.offices["street"]),
        Filters(tab="settled"),
        Filters(tab="overdue"),
    ):
        order = list_orders.BY_DAY if filters.settled else list_orders.ORDERS[sort]
        walked = register.walked(scope, filters, order).order_by(*order.columns).limit(26)
        plan = _plan(walked)
        assert order.index in plan, plan
        assert "TEMP B-TREE" not in plan, plan


def test_what_is_narrowed_to_a_place_or_a_party_is_read_by_it_and_not_by_the_area(
    app: Flask, district: District
) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL chooses by its statistics; the bench looks at its plans")
    scope, place = district.scope("du1"), district.places[0]
    party = party_on(place, clock.today())
    assert party is not None
    for filters in (
        Filters(premises_id=place),
        Filters(premises_id=place, tab="settled"),
        Filters(holder_id=party),
        Filters(party_id=party),
    ):
        for sort in Sort:
            order = register.order_of(filters, sort)
            assert filters.by in _plan(register.walked(scope, filters, order).order_by(*order.columns).limit(26))
        register.page(scope, filters, sort=Sort.PLACE)
        register.count(scope, filters)
        on_map.summary(scope, filters)


def test_refused_photos_are_read_from_the_index_that_holds_them_alone(app: Flask) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL chooses by its statistics; the bench looks at its plans")
    plan = _plan(evidence.newest_refused().limit(50))
    assert "ix_photo_refused" in plan, plan
    assert "TEMP B-TREE" not in plan, plan


def _plan(statement: Select[Any]) -> str:
    sql = str(statement.compile(db.engine, compile_kwargs={"literal_binds": True})).replace(":", "\\:")
    return " ".join(row[3] for row in db.session.execute(text("EXPLAIN QUERY PLAN " + sql)))


# ---- saved views


def test_a_view_is_ones_own_until_it_is_shared(app: Flask, district: District) -> None:
    mine, colleague, stranger = (district.scope(login) for login in ("du1", "du2", "jiedao1"))
    view = saved_views.save(mine, "燃气重大", {"field": "gas", "tab": "major"}, shared=False)
    assert [row.name for row in saved_views.of(mine)] == ["燃气重大"]
    assert saved_views.of(stranger) == []
    with pytest.raises(NotThere):
        saved_views.drop(colleague, view.id)
    saved_views.save(mine, "燃气重大", {"field": "gas"}, shared=True)
    assert [row.asked for row in saved_views.of(mine)] == [{"field": "gas"}]
    assert [row.name for row in saved_views.of(colleague)] == (
        ["燃气重大"] if colleague.organisation_id == mine.organisation_id else []
    )
    for name, asked in (("", {"field": "gas"}), ("空的", {})):
        with pytest.raises(Refused):
            saved_views.save(mine, name, asked, shared=False)
    assert saved_views.drop(mine, view.id) == "燃气重大"
    assert saved_views.of(mine) == []
