"""Who is told that something is asked of them, and what came of what they asked."""

from inspect_app.kernel.database import db
from inspect_app.messages import actions as messages
from inspect_app.people.queries import areas_above, people_with
from inspect_app.people.rules import Role

from .. import offices
from ..models import Hazard, HazardRequest
from ..rules import ASKED_NAMES, Actor, Step

_OUTCOMES = {"granted": "同意了", "refused": "没有同意"}


def tell_asked(hazard: Hazard, request: HazardRequest) -> None:
    """Those who can answer, but for who asked: the office's people, else those above it, else the desk on its behalf.

    What a second person at the desk confirms lies in their pile; only where there is none, the heads are told.
    """
    known, asker, what = offices.today(), request.asked_by_person_id, ASKED_NAMES[Step(request.step)]
    desk = known.desk_of(hazard.area_id)
    text = f"请您答复：{what}，{hazard.title}。"
    if request.asked_of_id is not None:
        told = known.anybody(*known.answering(request.asked_of_id, asker)) - {asker}
        if not told and desk is not None:
            told = known.holding(Role.SUPERVISOR, desk) - {asker}
            text = f"{what}没有人能在这里答复，请联系被申请的单位书面答复：{hazard.title}。"
    elif any(person.id != asker for person, *_ in people_with(Role.SUPERVISOR, areas_above(hazard.area_id))):
        return  # it lies in the pile of somebody who sees it
    else:
        told = known.holding(Role.LEADER, *known.above_asker(request.asked_by_organisation_id, hazard.area_id))
    for person_id in sorted(told):
        messages.tell(person_id, text, about="hazard", subject_id=hazard.id)


def tell_asker(request: HazardRequest, actor: Actor) -> None:
    """Who asked learns the answer."""
    outcome, asker = _OUTCOMES.get(request.outcome or ""), request.asked_by_person_id
    if outcome is None or asker is None or asker == actor.person_id:
        return
    hazard = db.session.get_one(Hazard, request.hazard_id)
    text = f"{ASKED_NAMES[Step(request.step)]}，{outcome}：{hazard.title}。"
    messages.tell(asker, text, about="hazard", subject_id=hazard.id)
