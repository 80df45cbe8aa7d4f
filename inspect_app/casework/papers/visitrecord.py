"""巡查记录表: how one visit was walked and what it says, zone by zone, made at the desk from the record of the visit.

What the items came to is counted apart, value by value: 看过（未见异常） is no 合格, and nothing is added together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any
from uuid import UUID

from inspect_app.casework.visit_record import VisitRecord, record
from inspect_app.hazards.locking import lock_all
from inspect_app.hazards.rules import Actor
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotAllowed, Refused
from inspect_app.kernel.spoken_dates import datetime_full
from inspect_app.papers import actions, queries, validity
from inspect_app.papers.actions import Draft, DraftLine
from inspect_app.papers.content import (
    Addressee,
    ContentPart,
    HazardLine,
    Issuer,
    Phone,
    PlaceAddress,
    PlaceName,
    Plain,
    Printed,
    Side,
    Silent,
    each,
)
from inspect_app.papers.kinds import Geometry, PublicWords, Sample, SlipNumber, To
from inspect_app.papers.models import Paper
from inspect_app.papers.sketch import Sketch
from inspect_app.papers.standing import PaperStanding
from inspect_app.people.models import Organisation
from inspect_app.people.rules import Role, Scope
from inspect_app.visits.rules import HOW_NAMES, HowStarted

from . import parts, tip
from .entry import PaperKind


def _counts(value: Any) -> list[str]:
    return [f"{one['name']} {one['number']} 项" for one in value]


def _zones(value: Any) -> list[str]:
    return [
        "，".join(part for part in (one["name"], one["said"], one["counts"], f"全景照片{one['wide']}") if part)
        for one in value
    ]


@dataclass(frozen=True)
class VisitLine(HazardLine):
    """One finding of the visit."""


@dataclass(frozen=True)
class VisitRecordContent(ContentPart):
    """What the record of a visit says on paper."""

    issuer: Issuer
    side: Side
    addressee: Addressee
    place_name: PlaceName
    place_address: PlaceAddress
    visited_at: Annotated[str, Printed("走访时间", needed=True)]
    visitors: Annotated[Sequence[str], Printed("走访的代表", needed=True)]
    how_started: Annotated[str, Printed("怎么安排的")]
    walked: Annotated[str, Printed("走访方式", needed=True)]
    checklists: Annotated[Sequence[str], Printed("用的检查表", each)]
    counts: Annotated[Sequence[Plain], Printed("各项结果", _counts)]
    zones: Annotated[Sequence[Plain], Printed("各区", _zones)]
    deep: Annotated[Sequence[str], Printed("抽到仔细查的", each)]
    lines: Annotated[Sequence[VisitLine], Silent()]
    signatures: Annotated[Sequence[Plain], Printed("签名", tip.signatures_said)]
    phone: Phone
    replaces: Annotated[str, Printed("代替", if_any=True)] = field(default="", kw_only=True)


def may_issue(read: VisitRecord, scope: Scope) -> bool:
    """Whether somebody may make the paper of a visit now: for the button on its page."""
    return _of_the_desk(scope) and not _why_not(read)


def _of_the_desk(scope: Scope) -> bool:
    return scope.role is Role.SUPERVISOR and scope.side == ENTRY.side


def _why_not(read: VisitRecord) -> str:
    """What speaks against a paper of this visit; empty where nothing does."""
    if read.is_void:
        return "这一次走访作废了，不出巡查记录表。"
    if read.visit.submitted_at is None:
        return "这一次走访还没有交上来，交了再出巡查记录表。"
    return "走访的代表与这家场所有关联，按规定回避，不出巡查记录表。" if read.visit.recused else ""


def issue(visit_id: UUID, scope: Scope, actor: Actor, *, address: str) -> Paper:
    """The paper of a visit within scope, frozen under its number; it takes the place of the office's earlier one.

    Raises NotAllowed for who makes none, NotThere for a visit out of reach, Refused for one that has none.
    """
    if not _of_the_desk(scope):
        raise NotAllowed("巡查记录表由人大侧的督办员出。")
    read = record(scope, visit_id)
    if why_not := _why_not(read):
        raise Refused(why_not)
    wanted = {hazard.id for hazard in read.found}
    found = [row for row in lock_all(wanted) if row.id in wanted]
    old = _standing(visit_id, scope)
    content = _content(read, scope, old.number if old else "")
    draft = Draft(
        ENTRY.code,
        scope.organisation_id,
        read.premises.id,
        content.plain(),
        [DraftLine(hazard.id, None) for hazard in read.found],
        visit_id=visit_id,
        replaces_id=old.id if old else None,
    )
    paper = actions.freeze(draft, powers=frozenset(), made_by=scope.person_id, address=address)
    parts.into_chains(paper, found, actor, content.replaces)
    return paper


def _standing(visit_id: UUID, scope: Scope) -> Paper | None:
    """The record of the same visit by this office that still stands."""
    rows = [
        row for row in queries.of_visit(visit_id) if row.kind == ENTRY.code and row.issuer_id == scope.organisation_id
    ]
    standings = validity.standings(rows)
    return next((row for row in rows if standings[row.id] is PaperStanding.STANDS), None)


def _content(read: VisitRecord, scope: Scope, replaces: str) -> VisitRecordContent:
    visit, premises = read.visit, read.premises
    issuer = db.session.get_one(Organisation, scope.organisation_id)
    return VisitRecordContent(
        **parts.head(issuer, premises, premises.name),
        visited_at=datetime_full(visit.started_at),
        visitors=list(read.team),
        how_started=HOW_NAMES[HowStarted(visit.how_started)],
        walked=read.name,
        checklists=list(read.titles),
        counts=[{"name": name, "number": number} for name, number in read.tally.rows] if read.tally else [],
        zones=[{"name": zone.name, "said": zone.said, "counts": zone.counts, "wide": zone.wide} for zone in read.zones],
        deep=[f"{one.words}：{one.said}" for one in read.deep],
        lines=[VisitLine(**parts.line_facts(hazard, None)) for hazard in read.found],
        signatures=tip.signed(visit.id),
        replaces=replaces,
    )


_SAMPLE_COUNTS = (("合格", 18), ("不合格", 3), ("不适用", 1), ("看不准", 0), ("看过（未见异常）", 61), ("没看", 18))
_SAMPLE_ZONES = (
    ("门口和外面", "看了", "看过（未见异常） 12 项", "1 张"),
    ("大堂", "看了", "合格 6 项，看过（未见异常） 20 项", "2 张"),
    ("厨房", "看了", "合格 12 项，不合格 2 项，看过（未见异常） 29 项", "1 张"),
    ("楼上和宿舍", "没看（锁着）", "没看 18 项", "没有"),
)


def _sample_zone(row: Sequence[str]) -> Mapping[str, str]:
    return dict(zip(("name", "said", "counts", "wide"), row, strict=True))


def _sample(sketch: Sketch) -> VisitRecordContent:
    return VisitRecordContent(
        **sketch.head(),
        visited_at="2026年11月9日 15:08",
        visitors=["陈玉兰", "王喆堃"],
        how_started="统一安排",
        walked="短查",
        checklists=["消防（小餐饮）", "燃气（餐饮厨房）"],
        counts=[{"name": name, "number": number} for name, number in _SAMPLE_COUNTS],
        zones=[_sample_zone(row) for row in _SAMPLE_ZONES],
        deep=["燃气报警器：不合格", "灭火器压力表：合格"],
        lines=sketch.lines(VisitLine, due_on=""),
        signatures=[
            {"part": "deputy", "name": "陈玉兰", "sha256": "", "reason": "", "at": "2026年11月9日 15:40"},
            {"part": "premises", "name": "", "sha256": "", "reason": "不在场", "at": "2026年11月9日 15:41"},
        ],
    )


ENTRY = PaperKind(
    code="visitrecord",
    title="巡查记录表",
    list_name="巡查记录表",
    side="congress",
    numbering=SlipNumber("巡查记录"),
    to=To.PLACE,
    content=VisitRecordContent,
    geometry=Geometry.SLIP,
    sealed=False,
    public=PublicWords(asks="看到的有 {n} 处还没有办结。", closing="这是代表走访的记录，不是检查结论，不收任何费用。"),
    sample=Sample(_sample, serial=21, hazards=2, photos=2),
)
