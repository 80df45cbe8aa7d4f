"""Sheets without a number: the whole register with its heads and page numbers, door codes that scan, the file of a place."""

import io
import re
from pathlib import Path

import pdfplumber
import pytest
import zxingcpp
from flask import Flask
from sqlalchemy import update

from inspect_app.hazards import register as hazards
from inspect_app.hazards.filters import Filters
from inspect_app.hazards.models import Hazard
from inspect_app.kernel.database import db
from inspect_app.papers.kinds import Geometry
from inspect_app.people.rules import Scope
from inspect_app.premises import merging
from inspect_app.premises import queries as premises
from inspect_app.premises.models import Premises
from inspect_app.printing import actions, drawing
from inspect_app.printing.entry import PartAsked, SheetToDraw
from inspect_app.printing.kinds import doors, place_file, register
from inspect_app.printing.models import PrintJob
from inspect_app.printing.results import ResultStore
from inspect_app.visits.staleness import FullWalkRule
from tests.database.prints import bytes_of, issued, view_of, work
from tests.support import District, closed, found, handed_over, to_be_verified, verified

A4, A3_ACROSS = (595, 842), (1191, 842)


@pytest.fixture(autouse=True)
def results(app: Flask, tmp_path: Path) -> None:
    app.extensions["prints"] = ResultStore(tmp_path / "prints")


def _printed(app: Flask, scope: Scope, part: PartAsked) -> bytes:
    job = actions.ask(scope, part.kind, part.title, [part])
    db.session.commit()
    work(app)
    assert view_of(job).job.state == "done", view_of(job).left_out
    return bytes_of(app, job, "pdf")


def _pages(pdf: bytes) -> list[str]:
    """The text of each page without white space; each is of one size."""
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        return [re.sub(r"\s", "", page.extract_text()) for page in document.pages]


def _size(pdf: bytes) -> set[tuple[int, int]]:
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        return {(round(page.width), round(page.height)) for page in document.pages}


def _rows(count: int) -> list[dict[str, str]]:
    """Rows of a register, some of them of several lines."""
    return [
        {
            "number": f"20261014X{number:05d}", "place": "王记面馆" * (1 + number % 3), "address": "柳荫街1号",
            "title": "安全出口上锁打不开" * (1 + number % 7), "spot": "大厅", "grade": "一般", "found": "2026-10-14",
            "office": "柳荫街道", "due": "2026-10-21", "state": "整改中", "step": "签收 2026-10-15", "settled": "",
        }
        for number in range(1, count + 1)
    ]  # fmt: skip


def test_a_long_register_is_whole_numbered_through_and_repeats_its_heads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Laid out in pieces: no row is lost or twice where two of them meet, and no page in the middle is left half empty."""
    monkeypatch.setattr(drawing, "PIECE", 40)
    values = {"office": "柳荫工委", "words": "未销号的隐患", "total": 130, "on": "2026-11-30"}
    pdf = drawing.draw(SheetToDraw("register", values, Geometry.WIDE, _rows(130)))
    pages = _pages(pdf)
    assert _size(pdf) == {A3_ACROSS}
    assert re.findall(r"20261014X(\d{5})", "".join(pages)) == [f"{number:05d}" for number in range(1, 131)]
    for number, page in enumerate(pages, start=1):
        assert f"第{number}页共{len(pages)}页" in page
        assert "序号编号场所问题级别发现承办单位期限状态最近一步办结" in page
        assert ("隐患台账" in page) == (number == 1)
    whole = _pages(drawing.draw(SheetToDraw("register", values, Geometry.WIDE, _rows(40))))
    per_page = [len(re.findall("20261014X", page)) for page in whole[:-1]]
    assert min(len(re.findall("20261014X", page)) for page in pages[:-1]) >= min(per_page) - 3, "a page is half empty"


def test_the_register_holds_every_hazard_of_the_selection(app: Flask, district: District) -> None:
    made = [found(district, item=f"F-EXIT-0{number}") for number in range(1, 4)]
    handed_over(district, made[0])
    mended = closed(district, verified(district, to_be_verified(district, app.extensions["storage"], place=2)))
    db.session.commit()
    scope = district.scope("du1")

    def printed(filters: Filters) -> str:
        ids = hazards.found_ids(scope, filters, 100)
        return "".join(_pages(_printed(app, scope, register.part(ids, "选出来的"))))

    open_ones, settled = printed(Filters()), printed(Filters(tab="settled"))
    assert all(hazard.number in open_ones for hazard in made)
    assert "共3件" in open_ones
    assert mended.number not in open_ones
    assert mended.number in settled
    assert "选出来的" in settled


def test_a_register_leaves_out_what_left_ones_sight(app: Flask, district: District) -> None:
    kept, gone = found(district, item="F-EXIT-01"), found(district, item="F-EXIT-02")
    db.session.commit()
    scope = district.scope("zheng1")
    part = register.part(hazards.found_ids(scope, Filters(), 10), "全部")
    job = actions.ask(scope, part.kind, "台账", [part])
    away = premises.load(district.scope("du3"), district.places[0]).area_id
    assert away in scope.area_ids
    area = next(iter(district.scope("du3").area_ids - scope.area_ids))
    db.session.execute(update(Hazard).where(Hazard.id == gone.id).values(area_id=area))
    db.session.commit()
    work(app)
    text = "".join(_pages(bytes_of(app, job, "pdf")))
    assert kept.number in text
    assert gone.number not in text
    db.session.execute(update(Hazard).values(area_id=area))
    again = actions.ask(scope, part.kind, "台账", [part])
    db.session.commit()
    work(app)
    assert [one.why for one in view_of(again).left_out] == ["这些隐患现在不在您能看的范围里了"]


def _scanned(pdf: bytes) -> list[str]:
    """What a phone reads off the pages."""
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        pictures = [page.to_image(resolution=150).original.convert("L") for page in document.pages]
    return [found.text for picture in pictures for found in zxingcpp.read_barcodes(picture)]


def test_every_door_code_scans_to_its_place(app: Flask, district: District) -> None:
    places = [db.session.get_one(Premises, identity) for identity in district.places]
    pdf = _printed(app, district.scope("du1"), doors.part(places, "https://liuyin.example"))
    assert _size(pdf) == {A4}
    text = "".join(_pages(pdf))
    assert "第1页共1页" in text
    for place in places:
        assert place.name in text
        assert place.code in text
    assert sorted(_scanned(pdf)) == sorted(f"https://liuyin.example/field/door/{place.door_code}" for place in places)


def test_doors_stand_six_to_a_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "PIECE", 10)
    rows = [
        {"name": f"第{number}家面馆" * 4, "address": "街" * 60, "code": f"CS{number:08d}"} for number in range(1, 21)
    ]
    pdf = drawing.draw(
        SheetToDraw("doors", {}, Geometry.SLIP, rows, [f"https://x/{number}" for number in range(1, 21)])
    )
    pages = _pages(pdf)
    assert [len(re.findall(r"CS\d{8}", page)) for page in pages] == [6, 6, 6, 2]
    assert sorted(re.findall(r"CS(\d{8})", "".join(pages))) == [f"{number:08d}" for number in range(1, 21)]
    assert sorted(_scanned(pdf)) == sorted(f"https://x/{number}" for number in range(1, 21))


def test_the_file_of_a_place_tells_all_of_it_and_nothing_of_another(app: Flask, district: District) -> None:
    (paper,) = issued(app, district, [1])
    other = found(district, place=1, item="F-EXIT-02")
    mended = closed(district, verified(district, to_be_verified(district, app.extensions["storage"], place=0)))
    db.session.commit()
    place = db.session.get_one(Premises, district.places[0])
    pdf = _printed(app, district.scope("du1"), place_file.part(place, FullWalkRule()))
    text = "".join(_pages(pdf))
    assert _size(pdf) == {A4}
    for words in (
        "一店一档", place.name, place.address, place.code, "瓶装气", "王记面馆（老板）", "隐患（2件）", mended.number,
        "已销号", "文书（1份）", paper.number, "有效", "还没有走访过", "用瓶装气", "还没有进门查过",
    ):  # fmt: skip
        assert words in text, words
    assert other.number not in text


def test_the_file_of_a_place_names_former_rows_and_says_what_it_leaves_out(
    app: Flask, district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Headings count all there is; of what is not printed stands how many and where they are to be found."""
    monkeypatch.setattr(place_file, "MOST_ROWS", 2)
    issued(app, district, [1, 1, 1])
    for number in range(2):
        found(district, item=f"F-X-{number}")
    merging.merge(district.scope("du1"), district.places[0], district.places[1], "同一块招牌")
    db.session.commit()
    place, old = (db.session.get_one(Premises, district.places[number]) for number in (1, 0))
    text = "".join(_pages(_printed(app, district.scope("du1"), place_file.part(place, FullWalkRule()))))
    for words in (
        "隐患（5件）", "文书（3份）", "这里印的是最近的2件，更早的3件没有印", "更早的1份没有印", "看全部", f"也登记过{old.name}（{old.code}）",
    ):  # fmt: skip
        assert words in text, words
    values = str(place_file.make(district.scope("du1"), place_file.part(place, FullWalkRule()).about))
    assert values.count(f"（原来登记在{old.name}（{old.code}））") == 5  # two hazards, two papers, who answered


def test_a_place_out_of_sight_has_no_file(app: Flask, district: District) -> None:
    place = db.session.get_one(Premises, district.places[0])
    job = actions.ask(district.scope("xiaofang1"), "place_file", "一店一档", [place_file.part(place, FullWalkRule())])
    db.session.commit()
    work(app)
    shown = view_of(db.session.get_one(PrintJob, job.id))
    assert [part.why for part in shown.left_out] == ["这一家现在不在您能看的范围里了"]
