"""闭环（销号）报告: how a hazard was found, mended, verified and closed, with its dates, photos and every step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any
from uuid import UUID

from inspect_app.casework.dossier.dossier import Dossier
from inspect_app.hazards import queries as hazards
from inspect_app.hazards.clocks import CLOCK_NAMES, ClockKind, ClockStatus
from inspect_app.hazards.events import Event
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import CLOSINGS, WHO_NAMES, State, Step, Who, named
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Refused
from inspect_app.kernel.spoken_dates import datetime_full
from inspect_app.papers import queries, validity
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
    day,
    day_cn,
    each,
    photos,
)
from inspect_app.papers.kinds import DocumentNumber, Geometry, Sample, To
from inspect_app.papers.sketch import Sketch
from inspect_app.papers.standing import PaperStanding
from inspect_app.people.models import Organisation
from inspect_app.people.rules import Role

from . import parts
from .entry import Gathered, Offer, PaperKind, Wanted


def _clocks(value: Any) -> list[str]:
    return [f"{one['name']} {day_cn(one['due_on'])}（{day_cn(one['set_on'])}定，{one['words']}）" for one in value]


def _events(value: Any) -> list[str]:
    return [f"{one['seq']}. {one['at']} {one['step']} {one['who']}".strip() for one in value]


def _rounds(value: Any) -> list[str]:
    return [f"{value} 轮"]


def _confirmed(_value: Any) -> list[str]:
    return ["代表回访核实"]


@dataclass(frozen=True)
class ClosureLine(HazardLine):
    """One hazard on a paper of closure."""

    basis: Annotated[Sequence[str], Printed("参考依据", each)]
    due_on: Annotated[str, Printed("整改期限", day)]


@dataclass(frozen=True)
class ClosureContent(ContentPart):
    """What a paper of closure says."""

    issuer: Issuer
    side: Side
    addressee: Addressee
    place_name: PlaceName
    place_address: PlaceAddress
    found_at: Annotated[str, Printed("发现时间")]
    found_by: Annotated[str, Printed("发现人")]
    handler: Annotated[str, Printed("承办单位")]
    order_number: Annotated[str, Printed("正式文书")]
    reinspected_on: Annotated[str, Printed("主管部门复查", day)]
    lines: Annotated[Sequence[ClosureLine], Silent(lacking="隐患")]
    clocks: Annotated[Sequence[Plain], Printed("期限", _clocks)]
    before: Annotated[Sequence[Plain], Printed("整改前的照片", photos)]
    after: Annotated[Sequence[Plain], Printed("整改后的照片", photos)]
    no_photo_reason: Annotated[str, Printed("没有照片的理由")]
    confirmed: Annotated[bool, Printed("怎么核验的", _confirmed)]
    verified_by: Annotated[str, Printed("核验人", needed=True)]
    verified_at: Annotated[str, Printed("核验时间")]
    opinion: Annotated[str, Printed("核验意见")]
    rounds: Annotated[int, Printed("共整改", _rounds)]
    closed_on: Annotated[str, Printed("销号日期", day)]
    closed_by: Annotated[str, Printed("销号人")]
    closed_by_rule: Annotated[str, Printed("销号")]
    events: Annotated[Sequence[Plain], Printed("经过", _events, needed=True)]
    fingerprint: Annotated[str, Printed("记录指纹")]
    phone: Phone


def _gather(wanted: Wanted) -> Gathered:
    """One report stands at a time; a hazard that is not closed has none."""
    hazard = wanted.hazard
    sheets = queries.of_hazard(hazard.id)
    standings = validity.standings(row for row in sheets if row.kind == ENTRY.code)
    live = next((row for row in sheets if standings.get(row.id) is PaperStanding.STANDS), None)
    if live is not None:
        raise Refused(f"这一件已经有闭环报告{live.number}。要另出一份，先作废那一份。")
    if hazard.state != State.CLOSED:
        raise Refused("销号以后才能出闭环报告。")
    return Gathered(_content(wanted), [hazard.mending_on])


def _content(wanted: Wanted) -> ClosureContent:
    hazard = wanted.hazard
    rounds = list(hazards.rounds_of(hazard))
    last = next((row for row in reversed(rounds) if row.outcome == "pass"), None)
    handler = db.session.get(Organisation, hazard.handler_id) if hazard.handler_id else None
    log = hazards.log_of(hazard)
    # All of the photos are printed as pairs below the line.
    line = replace(ClosureLine(**parts.line_facts(hazard, hazard.mending_on)), photos=[], photos_not_printed=0)
    return ClosureContent(
        **wanted.head,
        lines=[line],
        found_at=datetime_full(hazard.found_at),
        found_by=parts.found_by(hazard),
        handler=handler.name if handler else "",
        order_number=hazard.order_number or "",
        reinspected_on=parts.iso(hazard.reinspected_on),
        closed_on=parts.iso(hazard.settled_on),
        verified_by=parts.name_of(last.verified_by_person_id) if last else "",
        verified_at=datetime_full(last.verified_at) if last and last.verified_at else "",
        opinion=last.opinion if last else "",
        confirmed=bool(last and last.confirmed),
        closed_by=parts.name_of(last.closed_by_person_id) if last else "",
        closed_by_rule=_rule_of([row.event for row in log]),
        rounds=len(rounds),
        clocks=clock_rows(hazard),
        before=parts.photos_of(hazard, "before"),
        after=parts.photos_of(hazard, "after"),
        no_photo_reason=str(hazard.finding.get("no_photo_reason") or ""),
        events=[_event_row(row.event) for row in reversed(log)],
        fingerprint=log[0].event.hash,
    )


def _rule_of(log: Sequence[Event]) -> str:
    """到期自动销号 named as what it is; empty where a person closed. The newest closing counts, the log is newest first."""
    closing = next((one for one in log if one.body["state"] == State.CLOSED and one.step in CLOSINGS), None)
    if closing is None or closing.step != Step.CLOSE_UNOPPOSED:
        return ""
    facts = closing.body["facts"]
    office = db.session.get(Organisation, UUID(facts["rule_of"]))
    return f"按{office.name if office else '交办单位'}的规定，{facts['working_days']} 个工作日没有异议，到期自动销号"


def _event_row(event: Event) -> dict[str, Any]:
    """One line of the log; who took part without an account is named by what they are."""
    who = parts.name_of(event.person_id) or WHO_NAMES.get(Who(event.body["actor"]["who"]), "")
    return {
        "seq": event.seq,
        "at": datetime_full(event.at),
        "step": named(event.step, Who(event.body["actor"]["who"])),
        "who": who,
    }


def clock_rows(hazard: Hazard) -> list[dict[str, str]]:
    """Both clocks with every date they ever had, oldest first: the chain of extensions."""
    rows, seen = [], set()
    for clock_row in reversed(hazards.clocks_of(hazard)):
        if clock_row.kind not in (ClockKind.REPLY, ClockKind.MENDING):
            continue
        by = (
            db.session.get(Organisation, clock_row.set_by_organisation_id) if clock_row.set_by_organisation_id else None
        )
        proposed = "（建议）" if clock_row.status == ClockStatus.PROPOSED else ""
        again = "（变更）" if clock_row.kind in seen and not proposed else ""
        if not proposed:
            seen.add(clock_row.kind)
        how = f"，{clock_row.origin_words}" if clock_row.origin else ""
        reason = f"。理由：{clock_row.reason}" if clock_row.reason else ""
        rows.append(
            {
                "name": CLOCK_NAMES[ClockKind(clock_row.kind)] + (proposed or again),
                "due_on": clock_row.due_on.isoformat(),
                "set_on": clock.local_date(clock_row.set_at).isoformat(),
                "words": (f"{by.name}，" if by else "") + clock_row.explanation + how + reason,
            }
        )
    return rows


def _offer(dossier: Dossier) -> Offer | None:
    """A button for the desk once a hazard is closed and no report of it stands."""
    standing = (row for row in dossier.sheets if dossier.standings[row.id] is PaperStanding.STANDS)
    reported = any(row.kind == ENTRY.code for row in standing)
    if dossier.scope.role is not Role.SUPERVISOR or dossier.hazard.state != State.CLOSED or reported:
        return None
    return Offer("出闭环报告", likely=3)


def _sample_event(row: tuple[str, str, str], seq: int) -> Mapping[str, Any]:
    at, step, who = row
    return {"seq": seq, "at": at, "step": step, "who": who}


_SAMPLE_EVENTS = [
    ("2026年11月9日 15:08", "发现", "陈玉兰"),
    ("2026年11月10日 09:20", "交办", "李敏"),
    ("2026年11月10日 15:31", "签收", "孙工"),
    ("2026年11月18日 09:02", "同意延期", "孙工"),
    ("2026年11月19日 16:20", "报请核验", "孙工"),
    ("2026年11月22日 10:05", "核验合格", "周海"),
]
_SAMPLE_CLOCKS = [
    ("答复期限", "2026-11-17", "2026-11-10", "青澜区人大常委会柳荫街道工作委员会，从11月10日起 5 个工作日"),
    ("整改期限", "2026-11-20", "2026-11-10", "青澜区城市管理局，定在11月20日"),
    ("整改期限（变更）", "2026-11-24", "2026-11-18", "青澜区城市管理局，定在11月24日。理由：配件要等三天"),
]


def _sample(sketch: Sketch) -> ClosureContent:
    cut = (len(sketch.shots) + 1) // 2
    return ClosureContent(
        **sketch.head(),
        found_at="2026年11月9日 15:08",
        found_by="陈玉兰（青澜区人大代表）",
        handler="青澜区城市管理局",
        order_number="",
        reinspected_on="",
        lines=sketch.lines(ClosureLine),
        clocks=[
            {"name": name, "due_on": due, "set_on": set_on, "words": words}
            for name, due, set_on, words in _SAMPLE_CLOCKS
        ],
        before=list(sketch.shots[:cut]),
        after=list(sketch.shots[cut:]),
        no_photo_reason="",
        confirmed=False,
        verified_by="周海",
        verified_at="2026年11月22日 10:05",
        opinion="现场看过，已经装好并能报警",
        rounds=1,
        closed_on="2026-11-23",
        closed_by="李敏",
        closed_by_rule="",
        events=[_sample_event(row, seq) for seq, row in enumerate(_SAMPLE_EVENTS, start=1)],
        fingerprint="9f3c51b00a94c2e877d18e3a5d6b9f3c51b00a94c2e877d18e3a5d6b9f3c51e1",
    )


ENTRY = PaperKind(
    code="closure",
    title="闭环（销号）报告",
    list_name="闭环报告",
    side="both",
    numbering=DocumentNumber("销"),
    to=To.PARTY,
    content=ClosureContent,
    geometry=Geometry.PLAIN,
    sealed=True,
    reports_end=True,
    word=True,
    sample=Sample(_sample, serial=5, hazards=1, photos=4),
    offer=_offer,
    gather=_gather,
)
