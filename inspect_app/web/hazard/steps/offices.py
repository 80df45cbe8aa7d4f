"""What the buttons between offices do: handing over, taking or declining, ordering, urging, escalating; who is told."""

from collections.abc import Sequence
from uuid import UUID

from inspect_app.casework import orders
from inspect_app.hazards import kin
from inspect_app.hazards.actions import handing, ordering
from inspect_app.hazards.clocks import Term
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Actor, State
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.workdays import Unit
from inspect_app.messages import actions as telling
from inspect_app.people import queries as people
from inspect_app.people.models import Organisation

from ...access import scope
from .inputs import Given


def hand_over(hazard: Hazard, actor: Actor, given: Given) -> None:
    """A number of days runs from service; a chosen day is fixed."""
    handler = given.ident("handler_id", "承办单位")
    if given.text("mending_days"):
        mend = Term(given.days("mending_days", 7), Unit.DAYS)
    else:
        mend = Term(fixed=given.day("mending_on", "建议整改期限"))
    handing.hand_over(
        hazard, actor, handler_id=handler, reply=Term(given.days("reply_days", 5)), mending=mend,
        paper=given.text("paper"), no_paper_reason=given.text("no_paper"),
    )  # fmt: skip
    tell_office(handler, hazard, "新交办", "请签收。")


def reassign(hazard: Hazard, actor: Actor, given: Given) -> None:
    handler = given.ident("handler_id", "承办单位")
    handing.reassign(
        hazard, actor, handler_id=handler, restart=given.yes("restart", "答复期限是否重新算"),
        reply=Term(given.days("reply_days", 5)), reason=given.text("reason"),
    )  # fmt: skip
    tell_office(handler, hazard, "改派到您单位", "请签收。")


def accept(hazard: Hazard, actor: Actor, given: Given) -> None:
    day = given.maybe_day("mending_on")
    handing.accept(hazard, actor, mending=Term(fixed=day) if day else None)


def decline(hazard: Hazard, actor: Actor, given: Given) -> None:
    handing.decline(
        hazard, actor, competent_id=given.maybe_ident("competent_id"), competent=given.text("competent"),
        reason=given.text("reason"),
    )  # fmt: skip
    for person_id in people.on_duty(hazard.area_id, clock.today()):
        telling.tell(person_id, f"被退回：{hazard.title}。", about="hazard", subject_id=hazard.id)


def order(hazard: Hazard, actor: Actor, given: Given) -> None:
    """An order made elsewhere, registered: the same demands as on one that is printed here."""
    office = db.session.get_one(Organisation, scope().organisation_id)
    inspection = ordering.Inspection(
        given.day("inspected_on", "检查日期"), given.text("inspected_at"), given.text("record")
    )
    made = ordering.Order(
        title=given.text("title"), number=given.text("number"), due_on=given.day("due_on", "整改期限"),
        officers=[given.ident("officer_1", "承办人员"), given.ident("officer_2", "承办人员")], inspection=inspection,
        requirement=given.text("requirement"), remedies=orders.remedies(office, given.text("title")),
        replaces=given.text("replaces"),
    )  # fmt: skip
    orders.register(hazard, actor, made)


def urge(hazard: Hazard, actor: Actor, given: Given) -> str:
    """Whose turn it is, is urged: the appointed verifier, the handler, or before anybody has it those on duty."""
    words = given.text("words")
    handing.urge(hazard, actor, to_organisation_id=hazard.handler_id, channel="in_app", words=words)
    verifier = hazard.appointed_person_id
    if hazard.state == State.AWAITING_VERIFICATION and verifier is not None and verifier != actor.person_id:
        telling.tell(verifier, f"请您核验：{hazard.title}。{words}", about="hazard", subject_id=hazard.id)
        return "已提醒核验的人，站内消息已送达。"
    if hazard.state == State.AWAITING_CLOSURE:
        closers = [person_id for person_id in kin.closers(hazard) if person_id != actor.person_id]
        told = _tell_each(closers, hazard, f"催办，请您销号：{hazard.title}。{words}")
        nobody = "催办记下了。现在没有别的督办员能销号，请管理员给交办的单位或上级单位增加督办员。"
        return "已提醒能销号的督办员。" if told else nobody
    if hazard.handler_id:
        tell_office(hazard.handler_id, hazard, "催办", words)
        return "催办了，站内消息已送达。"
    told = _tell_each(
        people.on_duty(hazard.area_id, clock.today()), hazard, f"催办：{hazard.title}，还没有交办。{words}"
    )
    nobody = "催办记下了。还没有承办单位，今天也没有人值班，请直接交办。"
    return "还没有承办单位，已提醒值班的督办员。" if told else nobody


def _tell_each(person_ids: Sequence[UUID], hazard: Hazard, text: str) -> bool:
    """Whether there was anybody to tell: what is said of it afterwards must be so."""
    for person_id in person_ids:
        telling.tell(person_id, text, about="hazard", subject_id=hazard.id)
    return bool(person_ids)


def escalate(hazard: Hazard, actor: Actor, given: Given) -> None:
    to = given.ident("organisation_id", "报给哪个单位")
    handing.escalate(hazard, actor, to_organisation_id=to, channel="in_app", reason=given.text("reason"))
    tell_office(to, hazard, "升级", given.text("reason"))


def tell_office(organisation_id: UUID, hazard: Hazard, what: str, words: str) -> None:
    telling.tell_organisation(organisation_id, f"{what}：{hazard.title}。{words}", about="hazard", subject_id=hazard.id)
