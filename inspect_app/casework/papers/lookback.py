"""回访情况记录: what deputies saw when they came back, look by look with their photos. It confirms, and decides nothing.

A look of theirs is a 回访核实 (代表法 2025 第三十一条第二款): whether a hazard is mended is said by who verifies and closes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated, Any

from inspect_app.casework.dossier.dossier import Dossier
from inspect_app.hazards import queries as hazards
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.queries import LogLine
from inspect_app.hazards.rules import STATE_NAMES, State, Step, Who
from inspect_app.kernel.errors import Refused
from inspect_app.kernel.spoken_dates import datetime_full
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
)
from inspect_app.papers.kinds import Geometry, PublicWords, Sample, SlipNumber, To
from inspect_app.papers.sketch import Sketch
from inspect_app.people.rules import Role

from . import parts
from .entry import Gathered, Offer, PaperKind, Wanted

_SEEN = {
    Step.LOOK_BACK_MENDED: "看到已改",
    Step.LOOK_BACK_OPEN: "看到未改",
    Step.PASS: "回访核实，看到已改",
    Step.FAIL: "回访核实，看到未改",
}
_OF_DEPUTIES = frozenset({Step.PASS, Step.FAIL})  # by anybody else they are 核验
_PRINTED = 4  # photos of a hazard's looks, the newest


def _looks(value: Any) -> list[str]:
    return [
        f"{one['at']} {one['who']}：{one['said']}" + (f"（{one['words']}）" if one["words"] else "") for one in value
    ]


@dataclass(frozen=True)
class LookbackLine(HazardLine):
    """One hazard with the looks that were taken at it."""

    looks: Annotated[Sequence[Plain], Printed("回访", _looks, needed=True)] = field(kw_only=True)
    stands: Annotated[str, Printed("出具时")] = field(kw_only=True)


@dataclass(frozen=True)
class LookbackContent(ContentPart):
    """What a record of look-backs says."""

    issuer: Issuer
    side: Side
    addressee: Addressee
    place_name: PlaceName
    place_address: PlaceAddress
    lines: Annotated[Sequence[LookbackLine], Silent(lacking="隐患")]
    phone: Phone


def _gather(wanted: Wanted) -> Gathered:
    lines = [_line(hazard) for hazard in wanted.hazards]
    if not all(line.looks for line in lines):
        raise Refused("这里有还没有回访过的，没有什么可以记录。")
    return Gathered(LookbackContent(**wanted.head, lines=lines))


def _line(hazard: Hazard) -> LookbackLine:
    taken = list(_looked(hazards.log_of(hazard)))
    ids = {str(photo) for line in taken for photo in line.event.body["facts"].get("photos") or ()}
    shots = parts.photos_among(hazard, ids)
    line = LookbackLine(
        **parts.line_facts(hazard, None),
        looks=[_look(one) for one in reversed(taken)],
        stands=STATE_NAMES[State(hazard.state)],
    )
    return replace(line, photos=shots[-_PRINTED:], photos_not_printed=max(len(shots) - _PRINTED, 0))


def _looked(log: Iterable[LogLine]) -> Iterable[LogLine]:
    """The look-backs of a log, the newest first."""
    for line in log:
        step, who = line.event.step, line.event.body["actor"]["who"]
        if step == Step.OBSERVE or (step in _SEEN and (step not in _OF_DEPUTIES or who == Who.DEPUTY)):
            yield line


def _look(line: LogLine) -> dict[str, str]:
    event, words = line.event, line.words or {}
    facts, device = event.body["facts"], event.body.get("device") or {}
    seen = facts.get("seen_at") or (device.get("estimate") or {}).get("at")
    at = datetime.fromisoformat(str(seen)) if seen else event.at
    mended = "看到已改" if facts.get("mended") else "看到未改"
    return {
        "at": datetime_full(at),
        "who": parts.name_of(event.person_id),
        "said": mended if event.step == Step.OBSERVE else _SEEN[Step(event.step)],
        "words": str(words.get("words") or words.get("opinion") or "").strip(),
    }


def _offer(dossier: Dossier) -> Offer | None:
    """For the desk of the congress side, once somebody has looked back."""
    if dossier.scope.role is not Role.SUPERVISOR or not any(_looked(dossier.log)):
        return None
    return Offer("出回访情况记录")


def _sample_looks() -> list[Mapping[str, str]]:
    return [
        {"at": "2026年11月16日 10:12", "who": "陈玉兰", "said": "看到未改", "words": "配件还没到货"},
        {"at": "2026年11月23日 09:40", "who": "陈玉兰", "said": "回访核实，看到已改", "words": "已装好，能报警"},
    ]


def _sample(sketch: Sketch) -> LookbackContent:
    return LookbackContent(
        **sketch.head(),
        lines=sketch.lines(LookbackLine, looks=_sample_looks(), stands=STATE_NAMES[State.AWAITING_CLOSURE]),
    )


ENTRY = PaperKind(
    code="lookback",
    title="回访情况记录",
    list_name="回访记录",
    side="congress",
    numbering=SlipNumber("回访记录"),
    to=To.PLACE,
    content=LookbackContent,
    geometry=Geometry.SLIP,
    sealed=False,
    public=PublicWords(asks="有 {n} 处还没有办结。", closing="这是代表回访时看到的情况，不是核验结论，不收任何费用。"),
    sample=Sample(_sample, serial=4, hazards=1, photos=2),
    offer=_offer,
    gather=_gather,
    many=True,
)
