"""Sealed sheets come home: real papers, photographed and scanned, read by the worker, filed by a tap; and all that is none."""

import io
from collections.abc import Callable, Sequence
from datetime import timedelta

import pillow_heif
import pytest
import zxingcpp
from flask import Flask
from PIL import Image
from pypdf import PdfReader, PdfWriter
from sqlalchemy import func, select, update

from inspect_app.casework import papers as casework
from inspect_app.evidence.actions import keep
from inspect_app.evidence.models import StoredFile
from inspect_app.hazards.models import Hazard
from inspect_app.jobs import sweeps
from inspect_app.kernel import clock
from inspect_app.kernel.database import db, writing
from inspect_app.kernel.errors import NotThere, Refused
from inspect_app.papers import queries as papers
from inspect_app.papers.archived import ArchivedAs, archived_as
from inspect_app.papers.filed import filed_of
from inspect_app.papers.models import Paper
from inspect_app.papers.service import Delivery
from inspect_app.scans import actions, looking, queries, reading
from inspect_app.scans.models import ScannedPage, ScanUpload
from inspect_app.scans.queries import TrayLine
from inspect_app.scans.rules import MOST_ATTEMPTS, MOST_FILES, MOST_PAGES, MOST_UNREAD
from tests.database.conftest import Town
from tests.database.crowd import at_once
from tests.database.life import newest, steps_of
from tests.database.paperwork import ADDRESS, ordered
from tests.database.prints import issued
from tests.scanned import drawn, jpeg, noise, photographed, scan_of, sealed
from tests.support import District

OFFICE = "xiaofang1"


def _issued(app: Flask, district: District, count: int = 1) -> list[Paper]:
    """Orders whose real pages are drawn."""
    made = [ordered(district)[1] for _ in range(count)]
    db.session.commit()
    sweeps.enter_numbers()
    sweeps.draw_papers()
    db.session.expire_all()
    return [db.session.get_one(Paper, paper.id) for paper in made]


def _pdf(app: Flask, paper: Paper) -> bytes:
    data: bytes | None = app.extensions["storage"].get(paper.file_sha256)
    assert data is not None
    return data


def _last(app: Flask, paper: Paper) -> Image.Image:
    """The sealed page with the code."""
    return sealed(drawn(_pdf(app, paper)))


def _brought(app: Flask, district: District, *files: bytes, login: str = OFFICE) -> Sequence[TrayLine]:
    """The tray after the worker has read these files."""
    actions.bring(app.extensions["storage"], district.scope(login), files)
    db.session.commit()
    assert _work(app) is False
    return queries.tray(district.scope(login))


def _work(app: Flask, seconds: float = 600) -> bool:
    more = reading.read_uploads(app.extensions["storage"], ADDRESS, seconds=seconds)
    db.session.expire_all()
    return more


def _found(lines: Sequence[TrayLine]) -> list[tuple[str, str]]:
    return [(line.page.why or str(line.page.state), line.paper.number if line.paper else "") for line in lines]


def _file(district: District, line: TrayLine) -> Paper:
    return actions.file_sheet(district.scope(OFFICE), district.actor(OFFICE), line.page.id)


WAYS_TO_LIE = [
    {"turn": -9, "tilt": 0.12, "shadow": 0.6},
    {"turn": 88, "tilt": 0.08, "shadow": 0.5},
    {"turn": 180, "tilt": 0.1, "shadow": 0.6},
    {"turn": 137, "shadow": 0.5},
]


def test_a_sealed_sheet_photographed_askew_comes_home_and_is_filed_by_a_tap(
    app: Flask, district: District, backend: str
) -> None:
    (paper,) = _issued(app, district)
    sheet = _last(app, paper)
    # How a sheet lies is the reader's concern, which knows no database: every way beside one of them, two beside the other.
    ways = WAYS_TO_LIE if backend == "sqlite" else WAYS_TO_LIE[:2]
    shots = [photographed(sheet, quality=60, **way) for way in ways]
    lines = _brought(app, district, *shots)
    assert _found(lines) == [("proposed", paper.number)] * len(shots)
    storage = app.extensions["storage"]
    for line in lines:
        straight = looking.look_at(storage.get(line.page.copy_sha256), 1)
        assert abs(straight.turn) < 2.5, "the copy lies upright"
        assert straight.codes == (paper.content["address"],)
        picture = Image.open(io.BytesIO(storage.get(line.page.copy_sha256)))
        assert 1.2 < picture.height / picture.width < 1.65, "cut at the edges of the sheet"
    assert filed_of([paper.id])[paper.id] == []
    _file(district, lines[0])
    (kept,) = filed_of([paper.id])[paper.id]
    assert storage.get(kept.received_sha256) == shots[0], "as it was received"
    assert archived_as(paper, kept.received_sha256) is ArchivedAs.FILED
    assert archived_as(paper, kept.copy_sha256) is ArchivedAs.FILED
    hazard = papers.lines(paper)[0][1]
    event = newest(hazard)
    assert (event.step, event.body["facts"]["number"]) == ("file_scan", paper.number)
    assert event.body["facts"]["scans"] == [kept.copy_sha256]
    assert queries.tray(district.scope(OFFICE))[0].page.id == lines[1].page.id
    with pytest.raises(Refused, match="已经处理过了"):
        _file(district, lines[0])


def test_a_scanned_pile_is_parted_by_its_codes_and_lies_upright(app: Flask, district: District) -> None:
    one, two = _issued(app, district, 2)
    pages = [drawn(_pdf(app, one), at) for at in range(len(PdfReader(io.BytesIO(_pdf(app, one))).pages) - 1)]
    assert pages, "an order has more than one page"
    blank = Image.new("RGB", pages[0].size, (250, 250, 248))
    pile = scan_of(
        [*pages, _last(app, one), blank, noise(seed=1), noise(seed=2), _last(app, two)],
        [*[180.0] * len(pages), 178.0, 0.0, 0.0, 0.0, 2.0],
    )
    lines = _brought(app, district, pile)
    assert _found(lines) == [("proposed", one.number), ("unreadable", ""), ("proposed", two.number)]
    assert lines[0].with_it == len(pages), "the pages before a code belong to it, as many as its paper has"
    sheet = queries.sheet(lines[0].page)
    assert [row.page for row in sheet] == list(range(1, len(pages) + 2))
    _file(district, lines[0])
    assert [row.position for row in filed_of([one.id])[one.id]] == list(range(1, len(pages) + 2))
    assert lines[2].with_it == len(pages) == 1, "what stands before a code may be its first page: a person looks"
    strange = queries.sheet(lines[2].page)[0]
    assert actions.take_apart(district.scope(OFFICE), strange.id) == lines[2].page.id
    assert _found(queries.tray(district.scope(OFFICE))) == [
        ("unreadable", ""), ("unreadable", ""), ("proposed", two.number),
    ]  # fmt: skip
    face = queries.face(one.id)
    assert face is not None
    assert face.pages == len(pages) + 1


def test_two_sheets_in_one_picture_and_codes_that_are_not_ours_wait_with_their_sentence(
    app: Flask, district: District
) -> None:
    paper, fallen, replaced = _issued(app, district, 3)
    sheet = _last(app, paper)
    both = Image.new("RGB", (sheet.width * 2 + 80, sheet.height + 80), (80, 70, 60))
    both.paste(sheet, (20, 40))
    both.paste(_last(app, fallen), (sheet.width + 60, 40))
    casework.void(fallen, district.scope(OFFICE), district.actor(OFFICE), reason="写错了")
    db.session.execute(update(Paper).where(Paper.id == paper.id).values(replaces_id=replaced.id))
    db.session.commit()
    elsewhere, unknown = (
        _coded(address) for address in ("https://other.example/z/7K3MPQ2XBD", f"{ADDRESS}/z/7K3MPQ2XBD")
    )
    lines = _brought(
        app, district, jpeg(both, 80), jpeg(_last(app, fallen)), jpeg(_last(app, replaced)), elsewhere, unknown,
        _coded("https://weixin.qq.com/r/abc"), jpeg(noise()),
    )  # fmt: skip
    assert _found(lines) == [
        ("two", ""), ("void", fallen.number), ("replaced", replaced.number), ("foreign", ""), ("no_such", ""), ("foreign", ""),
        ("unreadable", ""),
    ]  # fmt: skip
    assert len({line.why for line in lines}) == 6
    with pytest.raises(Refused, match="先写文号"):
        _file(district, lines[1])


def _coded(address: str, quality: int = 85) -> bytes:
    """A sheet with a code of any address and nothing else: enough where it is not about how a sheet is read."""
    code = memoryview(zxingcpp.create_barcode(address, zxingcpp.BarcodeFormat.QRCode).to_image(scale=8))
    sheet = Image.new("RGB", (1200, 1700), "white")
    sheet.paste(Image.frombytes("L", (code.shape[1], code.shape[0]), code.tobytes()), (700, 1200))
    return jpeg(sheet, quality)


def test_a_paper_of_another_office_is_said_and_neither_filed_nor_shown(app: Flask, district: District) -> None:
    (paper,) = issued(app, district, [1])
    shot = _coded(paper.content["address"])
    (line,) = _brought(app, district, shot, login="jiedao1")
    assert (line.page.why, line.paper) == ("elsewhere", None)
    assert "别的单位" in line.why
    assert queries.tray(district.scope(OFFICE)) == [], "the tray is the office's own"
    mine, theirs = district.scope("jiedao1"), district.scope(OFFICE)
    with pytest.raises(Refused, match="没有找到本单位出的这一号"):
        actions.assign(mine, line.page.id, paper.number)
    for act in (
        lambda: actions.assign(theirs, line.page.id, paper.number),
        lambda: actions.drop(theirs, line.page.id, "x"),
        lambda: actions.file_sheet(theirs, district.actor(OFFICE), line.page.id),
    ):
        with pytest.raises(NotThere):
            act()


def test_what_cannot_be_read_is_assigned_by_number_and_filed_or_dropped_with_a_reason(
    app: Flask, district: District
) -> None:
    (paper,) = _issued(app, district)
    torn = _last(app, paper)
    torn.paste((255, 255, 255), (torn.width // 2, 0, torn.width, torn.height))
    first, second = _brought(app, district, jpeg(torn), jpeg(noise()))
    assert [first.page.why, second.page.why] == ["unreadable", "unreadable"]
    scope = district.scope(OFFICE)
    for number, words in (("", "请写单子上的文号"), ("某某〔2026〕9号", "没有找到")):
        with pytest.raises(Refused, match=words):
            actions.assign(scope, first.page.id, number)
    typed = paper.number.replace("〔", " [").replace("〕", "] ")
    assert actions.assign(scope, first.page.id, typed) == paper
    db.session.commit()
    _work(app)
    assert queries.face(paper.id) is not None, "drawn to be compared"
    _file(district, first)
    with pytest.raises(Refused, match="为什么去掉"):
        actions.drop(scope, second.page.id, "  ")
    actions.drop(scope, second.page.id, "拍糊了")
    db.session.commit()
    assert queries.tray(scope) == []
    kept = db.session.get_one(ScannedPage, second.page.id)
    assert (kept.state, kept.drop_reason, kept.settled_by_person_id) == ("dropped", "拍糊了", scope.person_id)


def test_a_receipt_on_the_sheet_is_recorded_with_all_that_holds_for_service(app: Flask, district: District) -> None:
    (paper,) = issued(app, district, [1])
    (line,) = _brought(app, district, _coded(paper.content["address"]))
    hazard = papers.lines(paper)[0][1]
    scope, actor = district.scope(OFFICE), district.actor(OFFICE)

    def said(**words: object) -> Delivery:
        return Delivery(**({"way": "in_person", "served_at": clock.now(), "received_by": "王老板"} | words))  # type: ignore[arg-type]

    for words, why in (
        ({"received_by": ""}, "当面送达还差签收人"),
        ({"way": "post"}, "邮寄送达还差邮件单号"),
        ({"served_at": clock.now() + timedelta(hours=1)}, "不能晚于现在"),
    ):
        with pytest.raises(Refused, match=why), db.session.begin_nested():
            actions.file_sheet(scope, actor, line.page.id, lambda *_, words=words: said(**words))
        assert filed_of([paper.id])[paper.id] == [], "refused, nothing is filed"
        assert "file_scan" not in steps_of(hazard)
    actions.file_sheet(scope, actor, line.page.id, lambda *_: said())
    db.session.commit()
    assert steps_of(hazard)[-2:] == ["file_scan", "serve"]
    served = papers.served(paper.id)
    assert served is not None
    assert served.received_by == "王老板"
    (again,) = _brought(app, district, _coded(paper.content["address"], quality=70))
    with pytest.raises(Refused, match="已经送达过了"), db.session.begin_nested():
        actions.file_sheet(scope, actor, again.page.id, lambda *_: said())
    _file(district, again)
    assert len(filed_of([paper.id])[paper.id]) == 2, "a second one, signed later, may stand beside it"


def test_a_paper_given_up_while_its_scan_waits_is_not_filed(app: Flask, district: District) -> None:
    (paper,) = issued(app, district, [1])
    (line,) = _brought(app, district, _coded(paper.content["address"]))
    casework.void(paper, district.scope(OFFICE), district.actor(OFFICE), reason="写错了")
    db.session.commit()
    with pytest.raises(Refused, match="已作废，不能收"), db.session.begin_nested():
        _file(district, line)
    assert filed_of([paper.id])[paper.id] == []


def test_the_same_scan_is_filed_once(app: Flask, district: District) -> None:
    (paper,) = issued(app, district, [1])
    shot = _coded(paper.content["address"])
    one, two = _brought(app, district, shot, shot)
    _file(district, one)
    with pytest.raises(Refused, match="已经收进"), db.session.begin_nested():
        _file(district, two)


def test_a_worker_killed_in_between_goes_on_and_reads_nothing_twice(
    app: Flask, district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    (paper,) = issued(app, district, [1])
    pile = scan_of([noise(seed=1), noise(seed=2), Image.open(io.BytesIO(_coded(paper.content["address"])))])
    upload = actions.bring(app.extensions["storage"], district.scope(OFFICE), [pile])
    db.session.commit()
    asked: list[int] = []
    look_at = looking.look_at

    def killed_at_the_third(data: bytes, page: int, turn: float | None = None) -> looking.PageLooked:
        asked.append(page)
        if asked == [1, 2, 3]:
            raise SystemExit
        return look_at(data, page, turn)

    monkeypatch.setattr(looking, "look_at", killed_at_the_third)
    with pytest.raises(SystemExit):
        _work(app)
    db.session.rollback()
    (progress,) = queries.being_read(district.scope(OFFICE))
    assert (progress.done, progress.total) == (2, 3)
    assert queries.tray(district.scope(OFFICE)) == []
    _work(app)
    assert asked[:4] == [1, 2, 3, 3]
    assert [line.page.state for line in queries.tray(district.scope(OFFICE))][-1] == "proposed"
    before = db.session.scalar(select(func.count()).select_from(ScannedPage))
    _work(app)
    assert db.session.scalar(select(func.count()).select_from(ScannedPage)) == before == 3
    assert db.session.get_one(ScanUpload, upload.id).read_at is not None


def test_a_page_on_which_the_reader_falls_again_and_again_is_given_up_in_words(
    app: Flask, district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions.bring(app.extensions["storage"], district.scope(OFFICE), [jpeg(noise())])
    db.session.commit()

    def falls(data: bytes, page: int, turn: float | None = None) -> looking.PageLooked:
        raise looking.NoVerdict

    monkeypatch.setattr(looking, "look_at", falls)
    for _ in range(MOST_ATTEMPTS):
        _work(app)
        assert queries.tray(district.scope(OFFICE)) == []
    _work(app)
    (line,) = queries.tray(district.scope(OFFICE))
    assert (line.page.why, line.has_picture) == ("broken", False)


def test_hostile_pdfs_are_said_and_cost_no_more_than_is_allowed(app: Flask, district: District) -> None:
    bomb = _empty_pages(1, 14_000)
    lines = _brought(
        app, district, _empty_pages(MOST_PAGES + 1), _locked(), b"%PDF-1.7 not really", bomb, _empty_pages(1, 0.001)
    )  # fmt: skip
    assert [line.page.why for line in lines] == [
        "too_many",
        "encrypted",
        "broken",
        *(line.page.why for line in lines[3:]),
    ]
    assert all(line.page.why in ("broken", "unreadable", "too_large") for line in lines[3:])
    with pytest.raises(Refused, match="打不开，没有东西可以归进去"):
        actions.assign(district.scope(OFFICE), lines[1].page.id, "x")


@pytest.mark.parametrize("kind", ["HEIF", "PNG", "WEBP", "TIFF"])
def test_what_phones_take_is_read_and_nothing_else(kind: str) -> None:
    pillow_heif.register_heif_opener()
    out = io.BytesIO()
    Image.open(io.BytesIO(_coded(f"{ADDRESS}/z/7K3MPQ2XBD"))).save(out, kind)
    looked = looking.look_at(out.getvalue(), 1)
    assert (looked.codes, looked.why) == (((), "broken") if kind == "TIFF" else ((f"{ADDRESS}/z/7K3MPQ2XBD",), ""))


def _empty_pages(count: int, side: float = 595) -> bytes:
    writer = PdfWriter()
    for _ in range(count):
        writer.add_blank_page(side, side)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _locked() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    writer.encrypt("geheim", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_what_is_no_sheet_is_refused_at_the_door_and_nothing_is_kept(app: Flask, district: District) -> None:
    scope, storage = district.scope(OFFICE), app.extensions["storage"]
    good = jpeg(noise())
    before = db.session.scalar(select(func.count()).select_from(StoredFile))
    for files, words in (
        ([], "还没有选文件"),
        ([good, b""], "第 2 个文件是空的"),
        ([b"MZ not a picture", good, b"<html>"], "第 1 个文件不是照片，也不是 PDF"),
        ([good] * (MOST_FILES + 1), f"一次最多传 {MOST_FILES} 个文件"),
        ([b"%PDF-1.7" + bytes(26 * 1024 * 1024)], "第 1 个文件超过 25 MB"),
    ):
        with pytest.raises(Refused, match=words):
            actions.bring(storage, scope, files)
    assert db.session.scalar(select(func.count()).select_from(StoredFile)) == before
    assert db.session.scalar(select(func.count()).select_from(ScanUpload)) == 0
    for _ in range(MOST_UNREAD):
        actions.bring(storage, scope, [good])
    with pytest.raises(Refused, match="还没有读完"):
        actions.bring(storage, scope, [good])


def test_of_two_officers_who_tap_at_once_one_files_it(town: Town) -> None:
    (paper,) = issued(town.app, town.district, [1])
    sha256 = keep(town.app.extensions["storage"], jpeg(noise()), "image/jpeg")
    scope = town.district.scope(OFFICE)
    upload = ScanUpload(
        organisation_id=scope.organisation_id, account_id=scope.account_id, received_at=clock.now(), files=[sha256],
        read_at=clock.now(),
    )  # fmt: skip
    db.session.add(upload)
    db.session.flush()
    page = ScannedPage(
        upload_id=upload.id, file=0, page=1, of_pages=1, state="proposed", copy_sha256=sha256, paper_id=paper.id
    )
    db.session.add(page)
    db.session.commit()
    page_id, paper_id, hazard_id = page.id, paper.id, papers.lines(paper)[0][1].id

    def tap(login: str) -> Callable[[], str]:
        def act() -> str:
            with town.app.app_context():
                try:
                    with writing():
                        actions.file_sheet(town.district.scope(login), town.district.actor(login), page_id)
                except Refused as refusal:
                    return refusal.message
                return ""

        return act

    said = at_once(town.app, [tap(OFFICE), tap("xiaofang2")])
    assert sorted(said) == ["", "这一页已经处理过了，请回收件盘看一看。"]
    assert len(filed_of([paper_id])[paper_id]) == 1
    assert steps_of(db.session.get_one(Hazard, hazard_id)).count("file_scan") == 1
