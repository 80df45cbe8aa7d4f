"""Values put into a form before it is opened: the last handler, the nearest sensible dates, one's own office."""

from datetime import timedelta

from inspect_app.casework import orders
from inspect_app.casework.visit_submission import advised_date
from inspect_app.hazards import kin
from inspect_app.hazards.clocks import BINDING, ClockKind
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import PROPOSALS
from inspect_app.hazards.standing import newest_clock, open_request
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.people.models import Organisation
from inspect_app.people.rules import Side
from inspect_app.premises.models import Premises

from ..access import scope
from .inputs import asked_of_office, own_asked

WEEK = timedelta(days=7)


def hand_over(hazard: Hazard) -> dict[str, str]:
    """After a reopening the last handler; the date the deputy's paper advised, if it lies ahead."""
    day = max(advised_date(hazard), clock.today() + timedelta(days=1))
    last = hazard.first_receiver_id
    return {"handler_id": str(last) if last else "", "reply_days": "5", "mending_on": day.isoformat()}


def reassign(hazard: Hazard) -> dict[str, str]:
    """Whom the one who sent it back named as competent."""
    named = kin.named_competent(hazard) if hazard.declined_at else None
    return {"handler_id": str(named) if named else "", "restart": "yes", "reply_days": "5"}


def accept(hazard: Hazard) -> dict[str, str]:
    """The proposed date; nothing where a formal order has set it or the day is past."""
    mending = newest_clock(hazard, ClockKind.MENDING)
    if mending is None or mending.status in BINDING or mending.due_on < clock.today():
        return {}
    return {"mending_on": mending.due_on.isoformat()}


def order(hazard: Hazard) -> dict[str, str]:
    """The office's own title, the place, the advice as what to do; the number of the live order it would replace is
    chosen, never proposed."""
    office = db.session.get_one(Organisation, scope().organisation_id)
    place = db.session.get_one(Premises, hazard.premises_id)
    return {
        "title": office.order_title or orders.TITLE,
        "due_on": hazard.mending_on.isoformat() if hazard.mending_on else "",
        "inspected_at": f"{place.address}{place.name}",
        "requirement": "；".join(hazard.finding.get("advice") or []),
    }


def appoint(hazard: Hazard) -> dict[str, str]:
    """The desk date of verification."""
    return {"on": max(hazard.due_on or clock.today(), clock.today()).isoformat()}


def ask_extension(hazard: Hazard) -> dict[str, str]:
    return {"until": (max(hazard.mending_on or clock.today(), clock.today()) + WEEK).isoformat()}


def record_answer(hazard: Hazard) -> dict[str, str]:
    return today(hazard) | _only(asked_of_office(hazard))


def take_back(hazard: Hazard) -> dict[str, str]:
    return _only(own_asked(hazard))


def _only(options: list[tuple[str, str]]) -> dict[str, str]:
    """The one there is needs no choosing."""
    return {"about": options[0][0]} if len(options) == 1 else {}


def set_mending(hazard: Hazard) -> dict[str, str]:
    """The date that was put forward."""
    request = open_request(hazard, *PROPOSALS)
    return {"until": request.details["until"]} if request else {}


def today(hazard: Hazard) -> dict[str, str]:
    return {"on": clock.today().isoformat()}


def own_office(hazard: Hazard) -> dict[str, str]:
    """Today, and one's own office where it acts itself."""
    own = str(scope().organisation_id) if scope().side is Side.GOVERNMENT else ""
    return today(hazard) | {"authority_id": own}


def authority(hazard: Hazard) -> dict[str, str]:
    """One's own office where it acts itself; the congress side writes whose act it records."""
    own = scope().organisation_name if scope().side is Side.GOVERNMENT else ""
    return today(hazard) | {"authority": own}
