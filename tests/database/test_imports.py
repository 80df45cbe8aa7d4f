"""A register of places that comes as a workbook: all of it or nothing, once, beside people who go on registering."""

import io
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import func, select, update

from inspect_app.imports import actions, checking, queries, sheets_out
from inspect_app.imports.kinds.registry import KINDS
from inspect_app.imports.models import ImportJob, ImportRow
from inspect_app.imports.rules import KEPT_FOR, MOST_AT_ONCE, RowVerdict
from inspect_app.imports.working import go_on
from inspect_app.jobs import imports as jobs
from inspect_app.kernel import clock
from inspect_app.kernel.database import db, writing
from inspect_app.kernel.errors import NotThere, Refused, Stale
from inspect_app.people.models import RoleTerm
from inspect_app.premises import actions as premises
from inspect_app.premises import many
from inspect_app.premises.doubles import likely_doubles
from inspect_app.premises.listing import PlaceFilters, listed
from inspect_app.premises.models import Premises, PremisesParty
from inspect_app.premises.queries import parties_of, status_history
from tests.database.importing import bring, confirmed, counts, decided, faults, register, tools, work
from tests.sheets import book, credit_code, place
from tests.support import District, rows_in


def _named(name: str) -> Premises:
    return db.session.scalars(select(Premises).where(Premises.name == name)).one()


def test_places_are_shown_first_and_written_once_they_are_confirmed(app: Flask, district: District) -> None:
    before = register()
    job = bring(app, district, [place(n) for n in range(1, 301)])
    assert (job.state, counts(job), register()) == ("ready", {"added": 300}, before)
    job = confirmed(app, district, job)
    assert (job.state, job.added) == ("done", 300)
    assert register() == {name: count + 300 for name, count in before.items()}
    row = _named("第7号示例铺")
    assert (row.kind, row.area_id, row.phone) == ("small_shop", district.cast.communities[0], "13900000007")
    assert (row.confirmed, row.status) == (True, "open")
    assert row.facts == {"floor_area": 67, "storeys": 1, "gas_kind": "none", "people_sleeping": False}
    ((link, party),) = parties_of(row.id)
    assert (link.role, link.since, party.name, party.credit_code) == (
        "operator",
        clock.today(),
        "示例7经营部",
        credit_code(7),
    )
    found = select(func.count()).select_from(Premises).where(Premises.holds("第２９９号示例"))
    assert db.session.scalar(found) == 1, "what is searched stands folded"
    with pytest.raises(Stale), writing():
        actions.confirm(district.scope("du1"), job.id)


@pytest.mark.long
def test_ten_thousand_places_are_one_import(app: Flask, district: District) -> None:
    before = register()
    rows = [place(n) for n in range(1, 10_001)]
    job = confirmed(app, district, bring(app, district, rows))
    assert (job.state, job.added) == ("done", 10_000)
    assert register() == {name: count + 10_000 for name, count in before.items()}
    assert counts(bring(app, district, rows)) == {"same": 10_000}


# what is done to a row, the column it is told under, and words of the sentence
WRONG: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"name": None}, "name", "请写场所名称"),
    ({"name": "\u202e\u200b"}, "name", "请写场所名称"),
    ({"name": "长" * 500}, "name", "最多写 100 个字，现在有 500 个"),
    ({"kind": None}, "kind", "请写类别"),
    ({"kind": "小饭馆"}, "kind", "“小饭馆”不认识，请写一种：小学校或幼儿园"),
    ({"address": None}, "address", "请写地址"),
    ({"address": "x" * 201}, "address", "最多写 200 个字"),
    ({"area": None}, "area", "请写街道或社区"),
    ({"area": "没有的社区"}, "area", "没有“没有的社区”这个片区"),
    ({"area": "青江区"}, "area", "不在您的片区里"),
    ({"phone": "老王有"}, "phone", "电话要写数字"),
    ({"credit_code": "91320199MA0000001"}, "credit_code", "18 位"),
    ({"credit_code": credit_code(3)[:17] + ("0" if credit_code(3)[17] != "0" else "1")}, "credit_code", "校验位对不上"),
    ({"party": None}, "party", "责任主体的名称也写上"),
    ({"party_phone": "?"}, "party_phone", "电话要写数字"),
    ({"role": "老板"}, "role", "“老板”不认识"),
    ({"floor_area": "很大"}, "floor_area", "要写数字"),
    ({"floor_area": -3}, "floor_area", "数字不对"),
    ({"storeys": "nan"}, "storeys", "数字不对"),
    ({"beds": "1e9"}, "beds", "数字不对"),
    ({"people_sleeping": "也许"}, "people_sleeping", "要写是或否"),
    ({"gas_kind": "煤气"}, "gas_kind", "“煤气”不认识，请写一种：管道气"),
    ({"year_built": 20055}, "year_built", "建成年份要在"),
    ({"year_built": "2005-01-01"}, "year_built", "要写数字"),
    ({"lon": 118.7}, "lat", "要么都写，要么都空着"),
    ({"lon": 118.7, "lat": 32.0}, "crs", "要么都写，要么都空着"),
    ({"lon": 118.7, "lat": 32.0, "crs": "北京54"}, "crs", "“北京54”不认识"),
    ({"lon": 32.0, "lat": 118.7, "crs": "WGS84"}, "lon", "写反了"),
    ({"lon": 0.5, "lat": 1.0, "crs": "WGS84"}, "lon", "不在国内"),
    ({"lon": "东经", "lat": 32.0, "crs": "WGS84"}, "lon", "要写小数"),
    ({"status": "装修"}, "status", "“装修”不认识"),
    ({"code": "CS22222222"}, "code", "没有这个编号"),
    ({"name": "=1+1"}, "name", "公式"),
)  # fmt: skip


def test_with_37_faults_nothing_is_imported_and_each_is_named_by_its_cell(app: Flask, district: District) -> None:
    before = register()
    rows = [place(n) for n in range(1, 101)]
    wrong: dict[int, tuple[str, str]] = {}
    for at, (said, column, words) in enumerate(WRONG):
        rows[at * 2] |= said
        wrong[at * 2 + 2] = (column, words)
    for at in range(4):
        rows[90 + at] = place(1 + at * 2 + 1)  # a row again
        wrong[92 + at] = ("", f"和第 {at * 2 + 3} 行重复")
    assert len(wrong) == 37
    job = bring(app, district, rows)
    assert (job.state, job.faulty, register()) == ("faulty", 37, before)
    told = faults(job)
    assert set(told) == set(wrong)
    for number, (column, words) in wrong.items():
        assert any(one == column and words in said for one, said in told[number]), (number, told[number], words)
    with pytest.raises(Stale), writing():
        actions.confirm(district.scope("du1"), job.id)
    assert register() == before


def test_the_faulty_rows_come_back_as_a_sheet_that_can_be_put_right_and_sent_again(
    app: Flask, district: District
) -> None:
    job = bring(app, district, [place(1), place(2, kind="小饭馆", phone="老王有"), place(3)])
    data = sheets_out.faulty_rows(KINDS["places"], queries.all_rows(job.id, RowVerdict.FAULTY))
    page = load_workbook(io.BytesIO(data))["场所"]
    (heading, line) = [[cell.value for cell in row] for row in page.iter_rows()]
    said = dict(zip(heading, line, strict=True))
    assert said["名称"] == "第2号示例铺"
    assert "类别：类别“小饭馆”不认识" in said["哪里不对"]
    assert "电话：电话要写数字" in said["哪里不对"]
    assert "原来的第 3 行" in said["哪里不对"]
    page.cell(2, heading.index("类别") + 1).value = "小餐饮"
    page.cell(2, heading.index("电话") + 1).value = "０１０－88886666"
    right = io.BytesIO()
    page.parent.save(right)
    with writing():
        actions.cancel(district.scope("du1"), job.id)
    job = confirmed(app, district, bring(app, district, right.getvalue()))
    assert (job.state, job.added) == ("done", 1)
    assert _named("第2号示例铺").phone == "010-88886666"


def test_the_same_file_again_changes_nothing(app: Flask, district: District) -> None:
    rows = [place(n) for n in range(1, 41)]
    confirmed(app, district, bring(app, district, rows))
    before = register()
    job = bring(app, district, rows)
    assert (job.state, counts(job)) == ("ready", {"same": 40})
    with pytest.raises(Refused, match="没有要导入的"), writing():
        actions.confirm(district.scope("du1"), job.id)
    assert register() == before


def test_changed_cells_update_and_empty_ones_leave_what_is_there(app: Flask, district: District) -> None:
    confirmed(app, district, bring(app, district, [place(n) for n in (1, 2, 3)]))
    codes = {n: _named(f"第{n}号示例铺").code for n in (1, 2, 3)}
    with time_machine.travel(clock.now() + timedelta(days=3), tick=True):
        job = bring(
            app, district,
            [
                place(1, floor_area=200, gas_kind=None, phone=None),
                {"code": codes[2], "name": "改了名的铺", "kind": "小餐饮", "address": "示例路 2 号", "area": "东关头社区"},
                place(3, party="新来的店主", credit_code="无照"),
            ],
        )  # fmt: skip
        assert counts(job) == {"changed": 3}
        changes = {row.number: row.changes for row in queries.all_rows(job.id, RowVerdict.CHANGED)}
        assert changes[2] == [["建筑面积（平方米）", "61", "200"]]
        assert changes[3] == [
            ["名称", "第2号示例铺", "改了名的铺"], ["类别", "小商店", "小餐饮"], ["街道或社区", "柳荫桥社区", "东关头社区"],
        ]  # fmt: skip
        assert changes[4] == [["经营者", f"示例3经营部，{credit_code(3)}", "新来的店主"]]
        assert confirmed(app, district, job).state == "done"
        first, second, third = (
            db.session.scalars(select(Premises).where(Premises.code == codes[n])).one() for n in (1, 2, 3)
        )
        assert first.facts == {"floor_area": 200, "storeys": 1, "gas_kind": "none", "people_sleeping": False}
        assert first.phone == "13900000001"
        assert (second.name, second.area_id) == ("改了名的铺", district.cast.communities[1])
        ((link, party),) = parties_of(third.id)
        assert (party.name, party.credit_code, link.since) == ("新来的店主", None, clock.today())
        old = db.session.scalars(
            select(PremisesParty).where(PremisesParty.premises_id == third.id, PremisesParty.until.is_not(None))
        )
        assert [row.until for row in old] == [clock.today() - timedelta(days=1)]


def test_likely_doubles_are_asked_about_and_become_what_somebody_says(app: Flask, district: District) -> None:
    confirmed(app, district, bring(app, district, [
        place(1, name="老李面馆", address="柳荫巷 8 号", phone="13911112222"), place(2, name="福来超市", address="柳荫巷 10 号"),
    ]))  # fmt: skip
    lao_li, fu_lai = _named("老李面馆"), _named("福来超市")
    rows = [
        place(11, name="柳荫老李面馆", address="柳荫巷8号一楼", phone="139 1111 2222", floor_area=90),
        place(12, name="福来超市（柳荫店）", address="柳荫巷10号", credit_code=credit_code(2)),
        place(13, name="老李面馆", address="柳荫巷 18 号"),
    ]
    job = bring(app, district, rows)
    assert counts(job) == {"asked": 2, "added": 1}, "another house number is another place"
    asked = {row.number: row.doubles for row in queries.all_rows(job.id, RowVerdict.ASKED)}
    assert [[double["id"] for double in doubles] for doubles in asked.values()] == [[str(lao_li.id)], [str(fu_lai.id)]]
    assert "电话一样" in asked[2][0]["why"]
    assert "信用代码一样" in asked[3][0]["why"]
    with pytest.raises(Refused, match="还有 2 行"), writing():
        actions.confirm(district.scope("du1"), job.id)
    with pytest.raises(Refused, match="第 2 行请重新选"), writing():
        actions.decide(district.scope("du1"), job.id, {2: str(fu_lai.id)})
    job = decided(app, district, job, {2: str(lao_li.id), 3: "another"})
    assert counts(job) == {"changed": 1, "added": 2}
    before = rows_in(Premises)
    assert confirmed(app, district, job).state == "done"
    assert rows_in(Premises) == before + 2
    row = db.session.get_one(Premises, lao_li.id)
    assert (row.name, row.facts["floor_area"]) == ("柳荫老李面馆", 90)


def test_what_the_desk_registers_meanwhile_is_no_twin(app: Flask, district: District) -> None:
    job = bring(app, district, [place(n) for n in range(1, 11)])
    with writing():
        premises.register(
            district.scope("du1"), name="第4号示例铺", kind="small_shop", address="示例路4号", area_id=district.cast.communities[0],
            facts={},
        )  # fmt: skip
    before = register()
    job = confirmed(app, district, job)
    assert (job.state, job.overtaken, register()) == ("ready", True, before), "nothing of it was written"
    assert counts(job) == {"added": 9, "changed": 1}
    assert confirmed(app, district, job).state == "done"
    assert db.session.scalar(select(func.count()).select_from(Premises).where(Premises.name == "第4号示例铺")) == 1


def test_what_the_desk_changes_meanwhile_is_not_overwritten_unseen(app: Flask, district: District) -> None:
    confirmed(app, district, bring(app, district, [place(1)]))
    job = bring(app, district, [place(1, floor_area=99), place(2)])
    row, before = _named("第1号示例铺"), register()
    with writing():
        premises.correct_facts(row, {"floor_area": "70"})
    job = confirmed(app, district, job)
    assert (job.state, job.overtaken, register()) == ("ready", True, before)
    (changed,) = queries.all_rows(job.id, RowVerdict.CHANGED)
    assert changed.changes == [["建筑面积（平方米）", "70", "99"]]


def test_one_s_own_area_and_one_s_own_import(app: Flask, district: District) -> None:
    job = bring(app, district, [place(1)])
    for login in ("du2", "guanli1"):
        with pytest.raises(NotThere):
            queries.load(district.scope(login), job.id)
        with pytest.raises(NotThere), writing():
            actions.confirm(district.scope(login), job.id)
    assert [view.job.id for view in queries.history(district.scope("du2"), "places")] == [job.id], "of the same office"
    assert queries.history(district.scope("zheng1"), "places") == []
    assert [view.by for view in queries.history(district.scope("guanli1"), "places")] == ["林静"]


def test_whoever_holds_the_term_no_more_imports_nothing(app: Flask, district: District) -> None:
    job, before = bring(app, district, [place(1)]), register()
    with writing():
        actions.confirm(district.scope("du1"), job.id)
        over = clock.today() - timedelta(days=1)
        db.session.execute(update(RoleTerm).where(RoleTerm.id == job.term_id).values(until=over))
    job = work(app, job.id)
    assert (job.state, job.why, register()) == ("failed", "您已经不在那个职务上了", before)


def test_so_many_at_once_and_no_more_and_the_rest_can_be_cancelled(app: Flask, district: District) -> None:
    jobs = [bring(app, district, [place(n)]) for n in range(MOST_AT_ONCE)]
    with pytest.raises(Refused, match="还没有办完"):
        bring(app, district, [place(9)])
    with writing():
        actions.cancel(district.scope("du1"), jobs[0].id)
    assert (db.session.get_one(ImportJob, jobs[0].id).state, queries.all_rows(jobs[0].id, RowVerdict.ADDED)) == (
        "cancelled",
        [],
    )
    bring(app, district, [place(9)])


def test_after_some_days_rows_go_and_that_there_was_an_import_stays(app: Flask, district: District) -> None:
    waiting = bring(app, district, [place(1)])
    done = confirmed(app, district, bring(app, district, [place(2)]))
    with time_machine.travel(clock.now() + KEPT_FOR + timedelta(hours=1), tick=True):
        jobs.drop_old_imports()
        db.session.expire_all()
        assert rows_in(ImportRow) == 0
        assert {job.id: job.state for job in db.session.scalars(select(ImportJob))} == {
            waiting.id: "cancelled",
            done.id: "done",
        }
        assert (done.added, len(done.file_sha256)) == (1, 64)


def test_a_worker_that_falls_goes_on_where_it_was(
    app: Flask, district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before a lot of rows is kept, again and again, and with everything written but the end of it."""
    data = book([place(n) for n in range(1, 451)])
    app.extensions["imports"].put(data)
    with writing():
        job_id = actions.bring(district.scope("du1"), "places", data, "x.xlsx").id
    before, falls = register(), iter(range(1, 100))

    class Fell(BaseException):
        pass

    def falling(act: Any) -> Any:
        def once(*given: Any, **more: Any) -> Any:
            if next(falls) % 3 == 0:
                raise Fell
            return act(*given, **more)

        return once

    monkeypatch.setattr(checking.Checking, "_keep", falling(checking.Checking._keep))
    for _ in range(20):
        try:
            if not go_on(tools(app), seconds=60):
                break
        except Fell:
            db.session.rollback()
    db.session.expire_all()
    job = db.session.get_one(ImportJob, job_id)
    assert (job.state, counts(job), rows_in(ImportRow), register()) == ("ready", {"added": 450}, 450, before)
    with writing():
        actions.confirm(district.scope("du1"), job_id)
    write = many.ManyPlaces.write

    def written_and_fell(places: many.ManyPlaces) -> None:
        write(places)
        raise Fell

    monkeypatch.setattr(many.ManyPlaces, "write", written_and_fell)
    with pytest.raises(Fell):
        go_on(tools(app), seconds=60)
    db.session.rollback()
    assert register() == before
    monkeypatch.setattr(many.ManyPlaces, "write", write)
    assert work(app, job_id).state == "done"
    assert register() == {name: count + 450 for name, count in before.items()}


def test_what_kills_the_worker_again_and_again_is_given_up_in_words(
    app: Flask, district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "_checked", lambda *given: 1 / 0)
    job = bring(app, district, [place(1)])
    assert (job.state, job.why) == ("failed", "试了几次没有做成，请告诉管理员")


def _hostile() -> Mapping[str, tuple[bytes, str]]:
    from openpyxl import Workbook

    def sheet(*lines: list[Any], merge: str = "") -> bytes:
        made, out = Workbook(), io.BytesIO()
        page = made.active
        assert page is not None
        for line in lines:
            page.append(line)
        if merge:
            page.merge_cells(merge)
        made.save(out)
        return out.getvalue()

    titles = ["名称", "类别", "地址", "街道或社区"]
    row = ["小店", "小商店", "东头", "柳荫桥社区"]
    return {
        "nothing in it": (sheet(), "是空的"),
        "a heading alone": (sheet(titles), "下面是空的"),
        "other columns": (sheet(["姓名", "年龄"], ["甲", "3"]), "没有认出表头"),
        "a column that lacks": (sheet(titles[:3], row[:3]), "少了街道或社区"),
        "a column that nobody knows": (sheet([*titles, "老板生日"], [*row, "1"]), "E1 的“老板生日”不认识"),
        "a column twice": (sheet([*titles, "名称"], [*row, "x"]), "A 列和 E 列都是“名称”"),
        "merged headings": (sheet([*titles, "电话", None], [*row, "1", "2"], merge="E1:F1"), "横着合并"),
        "too many rows": (book([place(1)] * 10_006), "一次最多导入 10,000 行"),
        "a column at the end of the world": (sheet(titles, [*row, *[None] * 300, "x"]), "太远"),
    }  # fmt: skip


@pytest.mark.parametrize("what", list(_hostile()))
def test_a_sheet_that_is_none_of_ours_is_refused_in_words(app: Flask, district: District, what: str) -> None:
    data, words = _hostile()[what]
    job = bring(app, district, data)
    assert job.state == "failed"
    assert words in job.why
    assert rows_in(ImportRow) == 0


def test_a_cell_says_that_nobody_is_known_and_since_when_a_place_is_closed(app: Flask, district: District) -> None:
    confirmed(app, district, bring(app, district, [place(n) for n in (1, 2)]))
    rows = [
        place(1, party="待查", credit_code=None, status="停业了", status_since="2026-09-01"),
        place(2, status="搬走或没有了"),
        place(3, party="待查", credit_code=None),
        place(4, status="停业了", status_since="2026-10-05"),
    ]
    with time_machine.travel(clock.now() + timedelta(days=3), tick=True):
        job = bring(app, district, rows)
        assert counts(job) == {"changed": 2, "added": 2}
        changes = {row.number: row.changes for row in queries.all_rows(job.id, RowVerdict.CHANGED)}
        assert changes[2] == [
            ["现在", "在营业", "停业了"], ["何时起", "", "2026-09-01"], ["经营者", f"示例1经营部，{credit_code(1)}", "待查"],
        ]  # fmt: skip
        assert confirmed(app, district, job).state == "done"
        first, second, third, fourth = (_named(f"第{n}号示例铺") for n in (1, 2, 3, 4))
        assert [(row.status, row.status_since) for row in (first, second, third, fourth)] == [
            ("closed", date(2026, 9, 1)), ("gone", clock.today()), ("open", None), ("closed", date(2026, 10, 5)),
        ]  # fmt: skip
        assert [len(parties_of(row.id)) for row in (first, second, third)] == [0, 1, 0]
        assert [(one.status, one.since, who) for one, who in status_history(first.id)] == [
            ("closed", date(2026, 9, 1), "林静")
        ]
        assert [len(status_history(row.id)) for row in (second, third, fourth)] == [1, 0, 1]
        assert {row.id for row in listed(district.scope("du1"), PlaceFilters(only="unknown")).rows} == {
            first.id,
            third.id,
        }
        before = register()
        assert counts(bring(app, district, rows)) == {"same": 4}
        assert register() == before


def test_a_day_to_come_or_without_a_status_and_a_code_of_nobody_are_faults(app: Flask, district: District) -> None:
    told = faults(
        bring(
            app, district,
            [
                place(1, status="停业了", status_since="2999-01-01"), place(2, status_since="2026-01-01"),
                place(3, party="待查"),
            ],
        )
    )  # fmt: skip
    assert [told[number][0][0] for number in (2, 3, 4)] == ["status_since", "status", "party"]


def test_a_code_that_three_share_is_no_sign_and_of_two_it_is(app: Flask, district: District) -> None:
    chain = [place(n, name="好吃点", address=f"示例路 {n} 号", credit_code=credit_code(1)) for n in (1, 2)]
    confirmed(app, district, bring(app, district, chain[:1]))
    job = bring(app, district, chain[1:])
    assert counts(job) == {"asked": 1}
    assert confirmed(app, district, decided(app, district, job, {2: "another"})).state == "done"
    third = [place(3, name="好吃点", address="示例路 3 号", credit_code=credit_code(1))]
    job = decided(app, district, bring(app, district, third), {2: "another"})
    assert confirmed(app, district, job).state == "done"
    fourth = [place(4, name="好吃点", address="示例路 4 号", credit_code=credit_code(1))]
    assert counts(bring(app, district, fourth)) == {"added": 1}
    assert likely_doubles(district.scope("du1"), _named_at("示例路 3 号")) == []


def _named_at(address: str) -> Premises:
    return db.session.scalars(select(Premises).where(Premises.address == address)).one()
