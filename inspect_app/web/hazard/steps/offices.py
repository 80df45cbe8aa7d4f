"""What the buttons between offices do: handing over, taking or declining, ordering, urging, escalating."""

from inspect_app.casework import orders
from inspect_app.hazards.actions import handing, ordering
from inspect_app.hazards.clocks import TimeLimit
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Actor
from inspect_app.kernel.database import db
from inspect_app.kernel.workdays import Unit
from inspect_app.people.models import Organisation

from ...access import scope
from .inputs import TypedInputs


def hand_over(hazard: Hazard, actor: Actor, given: TypedInputs) -> None:
    """交办 as its form was filled: a number of days runs from service; a chosen day is fixed."""
    handler = given.ident("handler_id", "承办单位")
    if given.text("mending_days"):
        mend = TimeLimit(given.days("mending_days", 7), Unit.DAYS)
    else:
        mend = TimeLimit(fixed=given.day("mending_on", "建议整改期限"))
    handing.hand_over(
        hazard,
        actor,
        handler_id=handler,
        reply=TimeLimit(given.days("reply_days", 5)),
        mending=mend,
        paper=given.text("paper"),
        no_paper_reason=given.text("no_paper"),
    )


def reassign(hazard: Hazard, actor: Actor, given: TypedInputs) -> None:
    """Give a hazard to another office."""
    handler = given.ident("handler_id", "承办单位")
    handing.reassign(
        hazard,
        actor,
        handler_id=handler,
        restart=given.yes("restart", "答复期限是否重新算"),
        reply=TimeLimit(given.days("reply_days", 5)),
        reason=given.text("reason"),
    )


def accept(hazard: Hazard, actor: Actor, given: TypedInputs) -> None:
    """签收: take the hazard on for the office."""
    day = given.maybe_day("mending_on")
    handing.accept(hazard, actor, mending=TimeLimit(fixed=day) if day else None)


def decline(hazard: Hazard, actor: Actor, given: TypedInputs) -> None:
    """退回: say for the office that it is not competent."""
    handing.decline(
        hazard,
        actor,
        competent_id=given.maybe_ident("competent_id"),
        competent=given.text("competent"),
        reason=given.text("reason"),
    )


def order(hazard: Hazard, actor: Actor, given: TypedInputs) -> None:
    """Register an order made elsewhere, with the same demands as on one that is printed here."""
    office = db.session.get_one(Organisation, scope().organisation_id)
    inspection = ordering.Inspection(
        given.day("inspected_on", "检查日期"), given.text("inspected_at"), given.text("record")
    )
    made = ordering.Order(
        title=given.text("title"),
        number=given.text("number"),
        due_on=given.day("due_on", "整改期限"),
        officers=[given.ident("officer_1", "承办人员"), given.ident("officer_2", "承办人员")],
        inspection=inspection,
        requirement=given.text("requirement"),
        remedies=orders.remedies(office, given.text("title")),
        replaces=given.text("replaces"),
    )
    orders.register(hazard, actor, made)


def urge(hazard: Hazard, actor: Actor, given: TypedInputs) -> str:
    """Whose turn it is, is urged; what is said of it is who that was, or that nobody was there."""
    told = handing.urge(
        hazard, actor, to_organisation_id=hazard.handler_id, channel="in_app", words=given.text("words")
    )
    return told.said


def escalate(hazard: Hazard, actor: Actor, given: TypedInputs) -> str:
    """Bring a hazard before a higher office."""
    to = given.ident("organisation_id", "报给哪个单位")
    told = handing.escalate(hazard, actor, to_organisation_id=to, channel="in_app", reason=given.text("reason"))
    return told.said
