"""Filed scans held against their files and the chains: lost, changed, moved to another paper, taken out of the register."""

from collections.abc import Callable
from uuid import UUID

from flask import Flask
from sqlalchemy import delete, select, update

from inspect_app.evidence import actions as evidence
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.papers import audit_scans
from inspect_app.papers.filed import FiledScan
from inspect_app.papers.models import Paper
from inspect_app.scans import actions
from inspect_app.scans.models import ScannedPage, ScanUpload
from inspect_app.slips import actions as slips
from inspect_app.slips import binding, proving, queries
from tests.database.prints import issued
from tests.database.slips import pad_of, visited
from tests.scanned import jpeg, noise
from tests.support import District

OFFICE = "xiaofang1"


def _filed(app: Flask, district: District, paper: Paper, seed: int) -> FiledScan:
    """A page of a paper that was recognised, and the tap that files it."""
    storage, me = app.extensions["storage"], district.scope(OFFICE)
    shot, copy = (evidence.keep(storage, jpeg(noise(seed=seed + n)), "image/jpeg") for n in (0, 1))
    upload = ScanUpload(
        organisation_id=me.organisation_id, account_id=me.account_id, received_at=clock.now(), files=[shot], read_at=clock.now()
    )  # fmt: skip
    db.session.add(upload)
    db.session.flush()
    page = ScannedPage(
        upload_id=upload.id, file=0, page=1, of_pages=1, state="proposed", paper_id=paper.id, copy_sha256=copy
    )
    db.session.add(page)
    db.session.flush()
    actions.file_sheet(me, district.actor(OFFICE), page.id)
    return db.session.scalars(select(FiledScan).where(FiledScan.copy_sha256 == copy)).one()


def _faults(stored: Callable[[str], bytes | None]) -> list[str]:
    db.session.expire_all()
    return audit_scans.verify([*audit_scans.of_papers(), *proving.kept_scans()], stored)[0]


def test_a_scan_that_is_lost_changed_or_moved_is_named_with_its_paper(app: Flask, district: District) -> None:
    papers = issued(app, district, [1, 1, 1])
    scans = [_filed(app, district, paper, 10 * number) for number, paper in enumerate(papers)]
    stored = app.extensions["storage"].get
    assert audit_scans.verify(audit_scans.of_papers(), stored) == ([], 3)
    lost, changed = scans[0].received_sha256, scans[1].copy_sha256

    def worn(sha256: str) -> bytes | None:
        return None if sha256 == lost else b"another" if sha256 == changed else stored(sha256)

    assert _faults(worn) == [
        f"{papers[0].number} 的扫描件第 1 页：收到的原件不在了", f"{papers[1].number} 的扫描件第 1 页：摆正的那一份被改过",
    ]  # fmt: skip
    db.session.execute(update(FiledScan).where(FiledScan.id == scans[2].id).values(paper_id=papers[0].id))
    assert _faults(stored) == [
        f"{papers[0].number} 的扫描件第 1 页：隐患的记录里没有收过这一页",
        f"{papers[2].number}：隐患的记录里收过的扫描件，登记里不见了",
    ]
    db.session.execute(delete(FiledScan).where(FiledScan.id == scans[2].id))
    assert _faults(stored) == [f"{papers[2].number}：隐患的记录里收过的扫描件，登记里不见了"]


def test_the_scan_of_a_slip_is_looked_at_too_and_the_command_says_so(app: Flask, district: District) -> None:
    storage, desk = app.extensions["storage"], district.scope("du1")
    numbers = [slip.id for slip in pad_of(district, 2)]
    for slip_id, finds in zip(numbers, (True, False), strict=True):
        binding.bind(desk, slip_id, visited(district, int(finds), finds=finds).id)
        _came_back(app, district, slip_id)
    assert _faults(storage.get) == [], "where nothing was found no chain knows of it"
    db.session.commit()
    said = app.test_cli_runner().invoke(args=["papers", "verify"])
    assert "2 页收下的扫描件" in said.output
    first = queries.scans_of(numbers[0])[0]
    number = queries.by_id(numbers[0])[0].number
    assert _faults(lambda sha256: None if sha256 == first.copy_sha256 else storage.get(sha256)) == [
        f"{number} 的扫描件第 1 页：{name}不在了" for name in ("收到的原件", "摆正的那一份")
    ]


def _came_back(app: Flask, district: District, slip_id: UUID) -> None:
    shot = evidence.keep(app.extensions["storage"], jpeg(noise(seed=slip_id.int % 1000)), "image/jpeg")
    slips.file_pages(district.scope("du1"), district.actor("du1"), slip_id, [slips.PageBack(shot, 1, shot)])
