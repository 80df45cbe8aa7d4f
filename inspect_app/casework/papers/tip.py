"""代表提示单: what a deputy saw on a visit, one line for each hazard. It informs and recommends, and is no order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

from inspect_app.casework.dossier.dossier import Dossier
from inspect_app.casework.visit_submission import Judged, Submitted, advised_date
from inspect_app.evidence.models import Signature
from inspect_app.hazards.models import Hazard
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Faults, Refused
from inspect_app.kernel.spoken_dates import datetime_full
from inspect_app.papers import actions, queries, validity
from inspect_app.papers.actions import Draft, DraftLine
from inspect_app.papers.content import (
    Addressee,
    ContentPart,
    Copies,
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
    each,
)
from inspect_app.papers.kinds import Geometry, PublicWords, Sample, SlipNumber, To
from inspect_app.papers.models import Paper
from inspect_app.papers.sketch import Sketch
from inspect_app.people.models import Organisation
from inspect_app.people.rules import Role, Scope
from inspect_app.premises.models import Premises
from inspect_app.visits import queries as visits
from inspect_app.visits.models import Visit
from inspect_app.visits.tally import named, tally

from . import parts
from .entry import Gathered, Offer, PaperKind, QuestionGroup, Wanted, read_form
from .letters import COPIES, names

_PARTS = {"deputy": "走访代表", "companion": "同行人", "premises": "场所"}


def signatures_said(value: Any) -> list[str]:
    """The signatures of a visit as the page behind a paper says them."""
    return [_signature(one) for one in value]


def _signature(one: Mapping[str, str]) -> str:
    who = _PARTS.get(one["part"], "")
    if one["reason"]:
        return f"{who}未签收（{one['reason']}），{one['at']}"
    return f"{who} {one['name']} {one['at']}".strip()


def _service(end: Mapping[str, str]) -> list[str]:
    """What the end of the visit was for the premises, as the receipt prints it."""
    if end["result"] == "served":
        return [f"当场告知：{end['name']} {end['at']}，在走访代表的手机上看过上面的问题，当场签名"]
    told = f"{end['by']}当面告知，" if end["result"] == "told" else ""
    return [f"{told}未签收（{end['reason']}），{end['at']}"]


@dataclass(frozen=True)
class TipLine(HazardLine):
    """One hazard on a 提示单."""

    advice: Annotated[str, Printed("建议", needed=True)]
    basis: Annotated[Sequence[str], Printed("参考依据", each)]
    due_on: Annotated[str, Printed("建议完成时间", day, needed=True)]


@dataclass(frozen=True)
class TipContent(ContentPart):
    """What a 提示单 says."""

    issuer: Issuer
    side: Side
    addressee: Addressee
    place_name: PlaceName
    place_address: PlaceAddress
    visited_at: Annotated[str, Printed("走访时间", needed=True)]
    visitors: Annotated[Sequence[str], Printed("走访的代表", needed=True)]
    walked: Annotated[str, Printed("走访方式", if_any=True)] = field(default="", kw_only=True)
    lines: Annotated[Sequence[TipLine], Silent(lacking="发现的问题")]
    signatures: Annotated[Sequence[Plain], Printed("签名", signatures_said)]
    service: Annotated[Plain | None, Printed("场所签收", _service)]
    phone: Phone
    replaces: Annotated[str, Printed("代替", if_any=True)] = field(default="", kw_only=True)
    copies: Copies = field(default=(), kw_only=True)


def issue_tip(
    visit: Visit,
    became: Submitted,
    scope: Scope,
    *,
    address: str,
    signatures: Sequence[dict[str, str]],
    service: dict[str, Any] | None = None,
) -> Paper | None:
    """The deputy's paper of a visit, frozen under its number. None if nothing was found.

    `signatures` are those of the visit (`signed`), `service` is what its end was for the premises, as the receipt prints it.
    """
    made = became.hazards
    if not made:
        return None
    premises = db.session.get_one(Premises, visit.premises_id)
    issuer = db.session.get_one(Organisation, scope.organisation_id)
    content = TipContent(
        **parts.head(issuer, premises, premises.name),
        visited_at=datetime_full(visit.started_at),
        visitors=[scope.person_name] + [str(mate["name"]) for mate in visit.companions if mate.get("name")],
        walked=_walked(visit, became.judged),
        lines=[TipLine(**parts.line_facts(hazard, advised_date(hazard))) for hazard in made],
        signatures=signatures,
        service=service,
    )
    lines = [DraftLine(hazard.id, advised_date(hazard)) for hazard in made]
    draft = Draft(ENTRY.code, issuer.id, premises.id, content.plain(), lines, visit_id=visit.id)
    return actions.freeze(draft, powers=frozenset(), made_by=scope.person_id, address=address)


FORM = (QuestionGroup("重新出一张", (COPIES,), hint="代替作废的那一张，走访时的情况照写，签收栏留空请场所再签。"),)


def _gather(wanted: Wanted) -> Gathered:
    """Another 提示单 in the place of one that was given up, of what is still open on it. Raises Refused where none was.

    Who signed the old sheet signed the old text: the new one leaves room for the pen.
    """
    old = _given_up(wanted.hazard, queries.of_hazard(wanted.hazard.id))
    on_it = set(queries.hazards_on(old.id)) if old else set()
    if old is None or old.issuer_id != wanted.issuer.id or not all(hazard.id in on_it for hazard in wanted.hazards):
        raise Refused("只有本单位作废了的提示单，才能重新出一张。")
    faults = Faults()
    said = read_form(FORM, wanted.typed, faults)
    faults.refuse()
    content = TipContent(
        **wanted.head,
        visited_at=old.content["visited_at"],
        visitors=old.content["visitors"],
        walked=old.content.get("walked") or "",
        lines=[TipLine(**parts.line_facts(hazard, _advised(hazard))) for hazard in wanted.hazards],
        signatures=[],
        service=None,
        replaces=old.number,
        copies=names(said["copies"]),
    )
    return Gathered(content, [_advised(hazard) for hazard in wanted.hazards], old.id, old.number)


def _advised(hazard: Hazard) -> date:
    """By when it is advised to be mended: never a day that is over already."""
    advised: date = advised_date(hazard)
    return max(advised, clock.today() + timedelta(days=1))


def _given_up(hazard: Hazard, sheets: Sequence[Paper]) -> Paper | None:
    """The newest 提示单 of a hazard where it was given up and nothing took its place; None where one stands."""
    newest = next((row for row in sheets if row.kind == ENTRY.code), None)
    replaced = newest is not None and validity.replaced_by(newest) is not None
    return newest if newest is not None and newest.is_void and not replaced else None


def _beside(hazard: Hazard, _typed: Mapping[str, str]) -> Sequence[UUID]:
    """What is still open of what stood on the sheet that was given up."""
    old = _given_up(hazard, queries.of_hazard(hazard.id))
    return [row.id for _, row in queries.lines(old) if row.settled_on is None] if old else ()


def _offer(dossier: Dossier) -> Offer | None:
    """For the desk, where its 提示单 of the hazard was given up and none stands."""
    old = _given_up(dossier.hazard, dossier.sheets)
    mine = old is not None and old.issuer_id == dossier.scope.organisation_id
    if dossier.scope.role is not Role.SUPERVISOR or old is None or not mine or dossier.hazard.settled_on is not None:
        return None
    return Offer("重新出提示单", opens="重新出提示单", hints=[f"代替作废的{old.number}。"], likely=3)


def _walked(visit: Visit, judged: Judged) -> str:
    """短查 or 全查, and how much of it was looked at: nobody is to take a short walk for a whole one."""
    counted = tally(judged.lists, judged.facts, judged.answers)
    return "，".join(part for part in (named(visit.depth, visit.outcome, visit.outcome_note), counted.words) if part)


def signed(visit_id: UUID) -> list[dict[str, str]]:
    """The signatures of a visit as its paper prints them."""
    rows = []
    for link in visits.signatures(visit_id):
        signature = db.session.get_one(Signature, link.signature_id)
        rows.append(
            {
                "part": link.part,
                "name": signature.name,
                "sha256": signature.file_sha256 or "",
                "reason": signature.reason,
                "at": signed_at(signature),
            }
        )
    return rows


def signed_at(signature: Signature) -> str:
    """When it was signed; beside it the day that stood on the screen then, where that was another one."""
    at, shown = datetime_full(signature.captured_at), signature.shown_on
    if shown is None or shown == clock.local_date(signature.captured_at):
        return at
    return f"{at}（签字时手机显示的日期：{shown.year}年{shown.month}月{shown.day}日）"


def _sample(sketch: Sketch) -> TipContent:
    nobody = "2026年11月9日 15:41"
    return TipContent(
        **sketch.head(),
        visited_at="2026年11月9日 15:08",
        visitors=["陈玉兰", "王喆堃"],
        walked="短查，逐项看 22 项，看过（未见异常）61 项，没看 18 项",
        lines=sketch.lines(TipLine),
        signatures=[
            {"part": "deputy", "name": "陈玉兰", "sha256": "", "reason": "", "at": "2026年11月9日 15:40"},
            {"part": "premises", "name": "", "sha256": "", "reason": "不在场", "at": nobody},
        ],
        service={"result": "not_met", "name": "", "sha256": "", "reason": "不在场", "at": nobody, "by": "陈玉兰"},
    )


ENTRY = PaperKind(
    code="tip",
    title="代表提示单",
    list_name="提示单",
    side="congress",
    numbering=SlipNumber("提示单"),
    to=To.PLACE,
    content=TipContent,
    geometry=Geometry.SLIP,
    sealed=False,
    ways=("in_person", "post", "forwarded", "scan", "on_phone"),
    tells=True,
    former_title="安全隐患提示（告知）单",  # while it bore a 发文字号 that nobody had signed off
    public=PublicWords(date="建议时间", closing="这是提醒和建议，不是处罚，不收任何费用。"),
    sample=Sample(_sample, serial=37),
    form=FORM,
    offer=_offer,
    gather=_gather,
    word=True,
    many=True,
    for_many=True,
    beside=_beside,
)
