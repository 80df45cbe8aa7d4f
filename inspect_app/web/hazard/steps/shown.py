"""What the second person sees before confirming, and the check that it is still so when the button is pressed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from inspect_app.casework.dossier.dossier import Dossier
from inspect_app.hazards import queries
from inspect_app.hazards.models import Hazard, HazardRequest
from inspect_app.hazards.offices import OfficeRegister
from inspect_app.hazards.rules import CONFIRMS, GRADE_NAMES, STATE_NAMES, Grade, State, Step
from inspect_app.hazards.standing import open_request
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Refused
from inspect_app.kernel.spoken_dates import date_full

Line = tuple[str, str]


@dataclass(frozen=True)
class PairSide:
    """One hazard of a pair that is put together, as it stands now."""

    name: str
    lines: Sequence[Line]
    photos: Sequence[UUID]


@dataclass(frozen=True)
class ShownBefore:
    """What is shown above the button; `holds` goes with the form and is compared with what stands when it comes back."""

    lines: Sequence[Line] = ()
    sides: Sequence[PairSide] = ()
    holds: Mapping[str, str] = field(default_factory=dict)


def of_request(dossier: Dossier) -> ShownBefore | None:
    """What is confirmed by whoever confirms the request that is open on a hazard."""
    request = dossier.records.request(*CONFIRMS)
    if request is None:
        return None
    lines, sides = _SHOWN[Step(request.step)](dossier, request)
    return ShownBefore([("理由", request.reason), *lines], sides, _holds(dossier.hazard, request))


def still_so(hazard: Hazard, typed: Mapping[str, str]) -> None:
    """Raises Refused where what the page showed is not what would be confirmed now."""
    request = open_request(hazard, *CONFIRMS)
    if request is not None and any(typed.get(name, "") != value for name, value in _holds(hazard, request).items()):
        raise Refused("您看过以后又有变化，还没有确认。请看清现在的情况，再确认一次。")


def _holds(hazard: Hazard, request: HazardRequest) -> dict[str, str]:
    held = {"request": str(request.id), "grade": hazard.grade}
    target = _target(request)
    return held | ({"target": str(target.id), "target_version": str(target.version)} if target else {})


def _target(request: HazardRequest) -> Hazard | None:
    target = request.details.get("target")
    return db.session.get(Hazard, UUID(target)) if target else None


def _merge(dossier: Dossier, request: HazardRequest) -> tuple[list[Line], list[PairSide]]:
    hazard, target = dossier.hazard, _target(request)
    if target is None:
        return [], []
    grade = max((Grade(hazard.grade), Grade(target.grade)), key=list(Grade).index)
    photos = queries.before_photos([hazard.id, target.id])
    sides = [
        PairSide(name, _standing(row, dossier.register), photos.get(row.id, []))
        for name, row in (("这一件", hazard), ("并到的那一件", target))
    ]
    what = "只跟着那一件走，自己的期限不再算"
    return [("确认以后", f"这一件{what}；那一件的级别是“{GRADE_NAMES[grade]}”")], sides


def _standing(row: Hazard, register: OfficeRegister) -> list[Line]:
    return [
        ("问题", row.title),
        ("编号", row.number),
        ("位置", row.spot or "店内"),
        ("状态", STATE_NAMES[State(row.state)]),
        ("级别", GRADE_NAMES[Grade(row.grade)]),
        ("发现", date_full(clock.local_date(row.found_at))),
        ("承办", register.short_name(row.handler_id) or "还没有交办"),
        ("整改期限", _day(row.mending_on)),
    ]


def _lower(dossier: Dossier, request: HazardRequest) -> tuple[list[Line], list[PairSide]]:
    hazard = dossier.hazard
    suspected = hazard.finding.get("suspicion") or []
    said = [f"{one.get('title', '')}（{'；'.join(one.get('because', []))}）" for one in suspected]
    said.append(str(hazard.finding.get("suspected_reason") or ""))
    lines = [
        ("现在的级别", GRADE_NAMES[Grade(hazard.grade)]),
        ("调到", GRADE_NAMES[Grade(request.details["grade"])]),
        ("当初为什么", "；".join(filter(None, said)) or "检查项本身按疑似重大算"),
    ]
    return lines, []


def _lost(dossier: Dossier, request: HazardRequest) -> tuple[list[Line], list[PairSide]]:
    """What ends with it: papers that stand, dates that run."""
    hazard = dossier.hazard
    stand = [f"{row.title} {row.number}" for row in dossier.sheets if row.state != "void"]
    lines = [
        ("问题", f"{hazard.title}（{GRADE_NAMES[Grade(hazard.grade)]}，{STATE_NAMES[State(hazard.state)]}）"),
        ("不再算的期限", _dates(hazard)),
        ("已经出的单子", f"{'、'.join(stand)}，不会跟着作废" if stand else "没有"),
    ]
    return lines, []


def _restore(dossier: Dossier, request: HazardRequest) -> tuple[list[Line], list[PairSide]]:
    hazard, target = dossier.hazard, dossier.target
    lines = [
        ("现在", STATE_NAMES[State(hazard.state)]),
        ("回到", STATE_NAMES[State(hazard.state_before)] if hazard.state_before else "不详"),
        ("当初的理由", _reason_then(hazard)),
    ]
    return lines + ([("从哪一件分出来", f"{target.title} {target.number}")] if target else []), []


def _reason_then(hazard: Hazard) -> str:
    rows = (
        db.session.query(HazardRequest)
        .filter_by(hazard_id=hazard.id, outcome="granted")
        .order_by(HazardRequest.decided_at.desc())
    )
    put_away = (Step.ASK_VOID, Step.ASK_MERGE)
    return next((row.reason for row in rows if row.step in put_away), "没有留下")


def _without_opinion(dossier: Dossier, request: HazardRequest) -> tuple[list[Line], list[PairSide]]:
    hazard = dossier.hazard
    lines = [
        ("级别", GRADE_NAMES[Grade(hazard.grade)]),
        ("缺什么", "主管部门的意见" if not hazard.opinion_number else "没有缺的"),
        (
            "等了多久",
            f"{date_full(clock.local_date(hazard.awaiting_closure_since))}起"
            if hazard.awaiting_closure_since
            else "不详",
        ),
    ]
    return lines, []


_SHOWN = {
    Step.ASK_MERGE: _merge,
    Step.ASK_LOWER: _lower,
    Step.ASK_VOID: _lost,
    Step.ASK_END: _lost,
    Step.ASK_RESTORE: _restore,
    Step.ASK_CLOSE_WITHOUT_OPINION: _without_opinion,
}


def _dates(hazard: Hazard) -> str:
    running = [("答复", hazard.reply_on), ("整改", hazard.mending_on)]
    return "、".join(f"{name} {date_full(on)}" for name, on in running if on) or "没有"


def _day(on: date | None) -> str:
    return date_full(on) if on else "还没有定"
