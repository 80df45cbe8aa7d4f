"""Values put into a form before it is opened: the last handler, the nearest sensible dates, one's own office."""

from collections.abc import Mapping
from datetime import timedelta

from inspect_app.casework import orders
from inspect_app.casework.dossier.dossier import Dossier
from inspect_app.casework.visit_submission import advised_date
from inspect_app.hazards.clocks import BINDING, ClockKind
from inspect_app.hazards.rules import PROPOSALS, Step
from inspect_app.kernel import clock
from inspect_app.people.rules import Side

from .inputs import Proposes
from .offered import asked_of_office, own_asked

WEEK = timedelta(days=7)


def hand_over(dossier: Dossier) -> dict[str, str]:
    """For 交办: after a reopening the last handler; the date the deputy's paper advised, if it lies ahead."""
    day = max(advised_date(dossier.hazard), clock.today() + timedelta(days=1))
    last = dossier.hazard.first_receiver_id
    return {"handler_id": str(last) if last else "", "reply_days": "5", "mending_on": day.isoformat()}


def reassign(dossier: Dossier) -> dict[str, str]:
    """For 改派: whom the one who sent it back named as competent."""
    line = dossier.newest(Step.DECLINE) if dossier.hazard.declined_at else None
    named = line.event.body["facts"].get("competent") if line else None
    return {"handler_id": str(named or ""), "restart": "yes", "reply_days": "5"}


def accept(dossier: Dossier) -> dict[str, str]:
    """For 签收: the proposed date; nothing where a formal order has set it or the day is past."""
    mending = dossier.records.clock(ClockKind.MENDING)
    if mending is None or mending.status in BINDING or mending.due_on < clock.today():
        return {}
    return {"mending_on": mending.due_on.isoformat()}


def order(dossier: Dossier) -> dict[str, str]:
    """For an order: the office's own title, the place, the advice as what to do; the number of the live order it would replace is
    chosen, never proposed."""
    office, premises, hazard = (
        dossier.register.organisations[dossier.scope.organisation_id],
        dossier.premises,
        dossier.hazard,
    )
    return {
        "title": office.order_title or orders.TITLE,
        "due_on": hazard.mending_on.isoformat() if hazard.mending_on else "",
        "inspected_at": f"{premises.address}{premises.name}",
        "requirement": "；".join(hazard.finding.get("advice") or []),
    }


def appoint(dossier: Dossier) -> dict[str, str]:
    """For 安排核验: the desk date of verification."""
    return {"on": max(dossier.hazard.due_on or clock.today(), clock.today()).isoformat()}


def ask_extension(dossier: Dossier) -> dict[str, str]:
    """For 申请延期: a week beyond the date that stands, or beyond today."""
    return {"until": (max(dossier.hazard.mending_on or clock.today(), clock.today()) + WEEK).isoformat()}


def record_answer(dossier: Dossier) -> dict[str, str]:
    """For an answer that is recorded: today, and the request where only one is open."""
    return today(dossier) | _only(asked_of_office(dossier))


def take_back(dossier: Dossier) -> dict[str, str]:
    """For a request that is taken back: the own one where there is only one."""
    return _only(own_asked(dossier))


def _only(options: list[tuple[str, str]]) -> dict[str, str]:
    """The choice made beforehand where there is only one."""
    return {"about": options[0][0]} if len(options) == 1 else {}


def set_mending(dossier: Dossier) -> dict[str, str]:
    """For a mending date that is set: the one that was put forward."""
    request = dossier.records.request(*PROPOSALS)
    return {"until": request.details["until"]} if request else {}


def today(dossier: Dossier) -> dict[str, str]:
    """For what is recorded with a day: today."""
    return {"on": clock.today().isoformat()}


def own_office(dossier: Dossier) -> dict[str, str]:
    """For 挂牌: today, and one's own office where it acts itself."""
    own = str(dossier.scope.organisation_id) if dossier.scope.side is Side.GOVERNMENT else ""
    return today(dossier) | {"authority_id": own}


def authority(dossier: Dossier) -> dict[str, str]:
    """For what an authority did: today, and one's own office where it acts itself; the congress side writes whose act it records."""
    own = dossier.scope.organisation_name if dossier.scope.side is Side.GOVERNMENT else ""
    return today(dossier) | {"authority": own}


# The values put into the form of a step; the others begin empty.
PROPOSED: Mapping[str, Proposes] = {
    Step.HAND_OVER: hand_over,
    Step.REASSIGN: reassign,
    Step.ACCEPT: accept,
    Step.ORDER: order,
    Step.SET_MENDING: set_mending,
    Step.ASK_EXTENSION: ask_extension,
    Step.RECORD_ANSWER: record_answer,
    Step.TAKE_BACK: take_back,
    Step.APPOINT: appoint,
    Step.REINSPECT: authority,
    Step.OPINION: authority,
    Step.DETERMINE: today,
    Step.LIST: own_office,
    Step.UNLIST: own_office,
    Step.TRANSFER: today,
    Step.TRANSFER_RESULT: today,
}
