"""Checking what was issued: frozen content, lines, dates, code, state, stored file, and the signatures over them.

What a paper says is held against its seal, which is signed with a key outside the database; how it stands is held against
the chains of its hazards.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import func, select

from inspect_app.hazards.events import Event
from inspect_app.hazards.rules import Step
from inspect_app.kernel.database import db
from inspect_app.kernel.hashing import content_hash, sha256_hex
from inspect_app.kernel.keys import KeyRing
from inspect_app.people.models import Organisation

from . import queries, sealing, validity
from .journal import NumberJournal, Series
from .kinds import KINDS, list_name
from .models import Paper, PaperGap, PaperSeal, PaperSeries

# Numbers of a series and the id of whatever bears each.
Bearers = Mapping[tuple[Series, int], str]


def verify(
    stored: Callable[[str], bytes | None], keys: KeyRing, beside: Bearers = MappingProxyType({})
) -> tuple[list[str], int]:
    """(what is wrong in Chinese, how many papers were looked at). `stored` gives the bytes of a hash, or None; `beside` are
    the numbers that stand on no paper, but on slips that were printed empty."""
    faults: list[str] = []
    looked_at = 0
    since = db.session.scalar(select(func.min(PaperSeal.sealed_at)))
    for paper in db.session.scalars(select(Paper).order_by(Paper.frozen_at).execution_options(yield_per=200)):
        looked_at += 1
        found = [*_content(paper), *_file(paper, stored, keys), *_seal(paper, since, keys), *_state(paper)]
        faults += [f"{paper.number}：{fault}" for fault in dict.fromkeys(found)]
    return faults + _orphans() + _gaps(beside), looked_at


def _content(paper: Paper) -> Iterator[str]:
    """The content against its fingerprint, and against the columns that lists and pages read."""
    if content_hash(paper.content) != paper.content_sha256:
        yield "冻结的内容和它的指纹不一致"
    said = paper.content
    for field, value, name in (
        ("number", paper.number, "文号"),
        ("issued_on", paper.issued_on.isoformat(), "成文日期"),
        ("code", paper.code, "验证码"),
        ("mark", paper.mark, "核对网址"),
    ):
        if said.get(field) != value:
            yield f"登记的{name}和内容里的不一致"
    lines = validity.sealed_facts(paper)["lines"]
    written = [[line["hazard"], line["due_on"] or None] for line in said.get("lines") or ()]
    if [line[0] for line in lines] != [line[0] for line in written]:
        yield "登记的条目和内容里的不一致"
    elif lines != written:
        yield "登记的条目日期和内容里的不一致"


def _file(paper: Paper, stored: Callable[[str], bytes | None], keys: KeyRing) -> Iterator[str]:
    if paper.file_sha256 is None:
        if paper.state == "issued":
            yield "已经发出，却没有文件"
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
        f"{office.name} {KINDS[gap.kind].title if gap.kind in KINDS else list_name(gap.kind)} {gap.year}年 {gap.first}号"
        f"{f' 至 {gap.last}号' if gap.last > gap.first else ''} 留空：{gap.why}"
        for gap, office in rows
    ]


def against_journal(journal: NumberJournal, beside: Bearers = MappingProxyType({})) -> list[str]:
    """Numbers of the journal that are neither on a sheet nor left out on purpose, or are on another sheet."""
    rows = db.session.execute(select(Paper.issuer_id, Paper.kind, Paper.year, Paper.serial, Paper.id))
    papers = dict(beside)
    papers |= {(Series(issuer, kind, year), serial): str(paper) for issuer, kind, year, serial, paper in rows}
    left_out = {
        (Series(gap.organisation_id, gap.kind, gap.year), serial)
        for gap in db.session.scalars(select(PaperGap))
        for serial in range(gap.first, gap.last + 1)
    }
    lost = [key for key, paper in journal.papers().items() if papers.get(key) != paper and key not in left_out]
    return [
        f"{series.year}年{list_name(series.kind)} {serial}号：文号簿里是{'另一张文书' if (series, serial) in papers else '一张现在没有的文书'}"
        for series, serial in lost
    ]


def _seal(paper: Paper, since: datetime | None, keys: KeyRing) -> Iterator[str]:
    """Every fact against the signed document; a paper drawn before there were seals has none."""
    seal = db.session.get(PaperSeal, paper.id)
    if seal is None:
        if paper.issued_at is not None and since is not None and paper.issued_at >= since:
            yield "封存的记录不见了"
        return
    if not keys.verify(seal.key_id, seal.signature, seal.document.encode()):
        yield "封存的记录被改过，签名不对"
        return
    for name in sealing.changed(json.loads(seal.document), validity.sealed_facts(paper)):
        yield f"{name}和封存的不一样"


def _state(paper: Paper) -> Iterator[str]:
    """Whether the chains of its hazards say the same of it: issued with this content, given up or not."""
    hazards = [row.hazard_id for row, _ in queries.lines(paper)]
    events = db.session.scalars(
        select(Event).where(Event.hazard_id.in_(hazards), Event.step.in_([Step.ISSUE_PAPER, Step.VOID_PAPER]))
    )
    said = [event for event in events if event.body["facts"].get("paper") == str(paper.id)]
    void = any(event.step == Step.VOID_PAPER for event in said)
    if paper.state == "void" and not void:
        yield "登记为已作废，隐患的记录里没有作废这一步"
    if paper.state != "void" and void:
        yield "隐患的记录里已经作废，登记的却没有"
    for event in said:
        content = event.body["facts"].get("content")
        if content is not None and content != paper.content_sha256:
            yield "内容的指纹和隐患记录里的不一样"


def _orphans() -> list[str]:
    """Papers that a chain says were issued and that are not here."""
    known = {str(identity) for identity in db.session.scalars(select(Paper.id))}
    issued = select(Event).where(Event.step == Step.ISSUE_PAPER).execution_options(yield_per=500)
    lost = {
        event.body["facts"]["number"]: event.body["facts"]["paper"]
        for event in db.session.scalars(issued)
        if event.body["facts"].get("paper") not in known
    }
    return [f"{number}：隐患的记录里出过，登记的文书不见了" for number in lost]


def _gaps(beside: Bearers) -> list[str]:
    """A series whose serials are not 1, 2, 3 … up to the last one taken, those left out on purpose taken for there."""
    return [
        f"{series.year}年{series.kind}：取过 {series.last} 个号，登记了 {len(taken)} 个"
        for series in db.session.scalars(select(PaperSeries))
        if sorted((taken := _taken(series, beside)) + _left_out(series)) != list(range(1, series.last + 1))
    ]


def _left_out(series: PaperSeries) -> list[int]:
    gaps = db.session.scalars(
        select(PaperGap).filter_by(organisation_id=series.organisation_id, kind=series.kind, year=series.year)
    )
    return [serial for gap in gaps for serial in range(gap.first, gap.last + 1)]


def _taken(series: PaperSeries, beside: Bearers) -> list[int]:
    own = Series(series.organisation_id, series.kind, series.year)
    return [serial for of, serial in beside if of == own] + list(
        db.session.scalars(
            select(Paper.serial).where(
                Paper.issuer_id == series.organisation_id, Paper.kind == series.kind, Paper.year == series.year
            )
        )
    )
