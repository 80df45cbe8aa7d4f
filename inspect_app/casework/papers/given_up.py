"""A letter of handing over that was given up while the hazard stays with its handler: it may be made anew, saying what holds now."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from inspect_app.casework.dossier.dossier import Dossier
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Actor, State, Who
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Faults, Refused
from inspect_app.kernel.spoken_dates import date_cn
from inspect_app.papers import queries, validity
from inspect_app.papers.models import Paper
from inspect_app.people.models import Organisation

from .entry import Offer, QuestionGroup, Wanted, of_line, read_form

_CODE = "handover"
_HANDS_OVER = frozenset({Who.CONGRESS_SUPERVISOR, Who.GOVERNMENT_SUPERVISOR})
_KEPT = "补出的函照原来的日子写：{}。要改日子，请在隐患上办。"


def letter_of(hazard: Hazard, office: UUID | None, me: Actor, sheets: Sequence[Paper] | None = None) -> Paper | None:
    """The newest letter of an office where it was given up, nothing took its place, and the hazard is still with the handler; for
    who hands over. `sheets` are the hazard's papers where they were read already."""
    if State(hazard.state) is not State.RECTIFYING or me.who not in _HANDS_OVER:
        return None
    rows = queries.of_hazard(hazard.id) if sheets is None else sheets
    newest = next((row for row in rows if row.kind == _CODE and row.issuer_id == office), None)
    if newest is None or not newest.is_void or validity.replaced_by(newest):
        return None
    return newest


def offer_again(dossier: Dossier, title: str) -> Offer | None:
    """What stands in the form of the letter anew; None where none was given up, or nobody can be asked by a day that is over."""
    hazard, office = dossier.hazard, dossier.scope.organisation_id
    if State(hazard.state) is not State.RECTIFYING or hazard.handler_id is None:
        return None
    old = letter_of(hazard, office, dossier.me, dossier.sheets)
    if old is None or min(days := _stood(old, hazard)) < clock.today():
        return None
    handler = db.session.get_one(Organisation, hazard.handler_id)
    return Offer(
        f"补出{title}",
        proposed={"handler_id": str(handler.id), "reply_on": days[0].isoformat(), "due_on": days[1].isoformat()},
        options={"handler_id": [(str(handler.id), handler.name)]},
        hints=[f"代替作废的{old.number}。交办没有撤，承办单位和日子照原来的写，不再记一次交办。"],
        likely=3,
    )


def restated(
    wanted: Wanted, old: Paper, form: Sequence[QuestionGroup]
) -> tuple[Organisation, Mapping[str, str], list[date]]:
    """(handler, what was typed, the day of each hazard) of the letter anew, which carries all that is still with the handler. Raises
    Refused where anything of it is not as it holds."""
    on_it = [row for _, row in queries.lines(old) if State(row.state) is State.RECTIFYING]
    left = sorted({row.number for row in on_it} ^ {row.number for row in wanted.hazards})
    if left:
        raise Refused(f"补出的函要照{old.number}写全，也只写它上面的：{'、'.join(left)}。")
    if len({row.handler_id for row in on_it}) != 1:
        raise Refused(f"{old.number}上的几件现在不是同一家在办，补不了一张。")
    handler, faults = db.session.get_one(Organisation, on_it[0].handler_id), Faults()
    said = read_form(form, wanted.typed, faults, wanted.hazards)
    same = said["handler_id"] == str(handler.id)
    faults.need(same, f"交办没有变，承办单位还是{handler.name}。要换单位，请办改派。", "handler_id")
    reply, days = _stood(old, wanted.hazards[0])[0], [_stood(old, hazard)[1] for hazard in wanted.hazards]
    faults.need(said["reply_on"] == reply.isoformat(), _KEPT.format(date_cn(reply)), "reply_on")
    for hazard, on in zip(wanted.hazards, days, strict=True):
        faults.need(said[of_line("due_on", hazard)] == on.isoformat(), _KEPT.format(date_cn(on)), "due_on")
    faults.refuse()
    return handler, said, days


def _stood(old: Paper, hazard: Hazard) -> tuple[date, date]:
    """(the day to answer by, the day to mend by) as they hold now; where none does, as the letter said."""
    said = next(line for line, row in queries.lines(old) if row.id == hazard.id)
    mending = hazard.mending_on or said.due_on
    assert mending is not None, "a letter of handing over has a day for each line"
    return hazard.reply_on or date.fromisoformat(old.content["reply_on"]), mending
