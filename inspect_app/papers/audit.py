"""Checking what was issued: frozen content, stored file, the signature over its hash."""

from collections.abc import Callable, Iterator

from sqlalchemy import select

from inspect_app.kernel.database import db
from inspect_app.kernel.hashing import content_hash, sha256_hex
from inspect_app.kernel.keys import KeyRing
from inspect_app.people.models import Organisation

from .journal import NumberJournal, Series
from .kinds import KINDS
from .models import Paper, PaperGap, PaperSeries


def verify(stored: Callable[[str], bytes | None], keys: KeyRing) -> tuple[list[str], int]:
    """(what is wrong in Chinese, how many papers were looked at). `stored` gives the bytes of a hash, or None."""
    faults: list[str] = []
    looked_at = 0
    for paper in db.session.scalars(select(Paper).order_by(Paper.frozen_at).execution_options(yield_per=200)):
        looked_at += 1
        faults += [f"{paper.number}：{fault}" for fault in _faults(paper, stored, keys)]
    return faults + _gaps(), looked_at


def _faults(paper: Paper, stored: Callable[[str], bytes | None], keys: KeyRing) -> Iterator[str]:
    if content_hash(paper.content) != paper.content_sha256:
        yield "冻结的内容和它的指纹不一致"
    if paper.content.get("number") != paper.number:
        yield "内容里的号码和登记的不一致"
    if paper.file_sha256 is None:
        return
    data = stored(paper.file_sha256)
    if data is None:
        yield "存的文件不在了"
    elif sha256_hex(data) != paper.file_sha256:
        yield "存的文件被改过"
    if not keys.verify(paper.file_key_id or "", paper.file_signature or "", bytes.fromhex(paper.file_sha256)):
        yield "文件指纹的签名不对"


def explained() -> list[str]:
    """Numbers that were left out on purpose, and why (Chinese, one line each)."""
    rows = db.session.execute(
        select(PaperGap, Organisation)
        .join(Organisation, Organisation.id == PaperGap.organisation_id)
        .order_by(PaperGap.made_at, PaperGap.first)
    )
    return [
        f"{office.name} {KINDS[gap.kind].title} {gap.year}年 {gap.first}号"
        f"{f' 至 {gap.last}号' if gap.last > gap.first else ''} 留空：{gap.why}"
        for gap, office in rows
    ]


def against_journal(journal: NumberJournal) -> list[str]:
    """Numbers of the journal that are neither on a paper nor left out on purpose, or are on another paper."""
    rows = db.session.execute(select(Paper.issuer_id, Paper.kind, Paper.year, Paper.serial, Paper.id))
    papers = {(Series(issuer, kind, year), serial): str(paper) for issuer, kind, year, serial, paper in rows}
    left_out = {
        (Series(gap.organisation_id, gap.kind, gap.year), serial)
        for gap in db.session.scalars(select(PaperGap))
        for serial in range(gap.first, gap.last + 1)
    }
    lost = [key for key, paper in journal.papers().items() if papers.get(key) != paper and key not in left_out]
    return [
        f"{series.year}年{series.kind} {serial}号：文号簿里是{'另一张文书' if (series, serial) in papers else '一张现在没有的文书'}"
        for series, serial in lost
    ]


def _gaps() -> list[str]:
    """A series whose serials are not 1, 2, 3 … up to the last one taken, those left out on purpose taken for there."""
    return [
        f"{series.year}年{series.kind}：取过 {series.last} 个号，登记了 {len(taken)} 个"
        for series in db.session.scalars(select(PaperSeries))
        if sorted((taken := _taken(series)) + _left_out(series)) != list(range(1, series.last + 1))
    ]


def _left_out(series: PaperSeries) -> list[int]:
    gaps = db.session.scalars(
        select(PaperGap).filter_by(organisation_id=series.organisation_id, kind=series.kind, year=series.year)
    )
    return [serial for gap in gaps for serial in range(gap.first, gap.last + 1)]


def _taken(series: PaperSeries) -> list[int]:
    return list(
        db.session.scalars(
            select(Paper.serial).where(
                Paper.issuer_id == series.organisation_id, Paper.kind == series.kind, Paper.year == series.year
            )
        )
    )
