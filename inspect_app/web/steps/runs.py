"""What each button of a hazard does with what was typed: the action it calls, and who is told."""

from collections.abc import Callable
from uuid import UUID

from inspect_app.evidence import queries as bundles
from inspect_app.hazards.actions import handing, mending, settling
from inspect_app.hazards.case import current_round
from inspect_app.hazards.clocks import Term
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Actor, Step, who_is
from inspect_app.kernel import clock
from inspect_app.kernel.errors import Refused
from inspect_app.messages import actions as telling
from inspect_app.people import queries as people
from inspect_app.people.rules import Role, Side

from .inputs import Given, Run


def hand_over(hazard: Hazard, actor: Actor, given: Given) -> None:
    handler = given.ident("handler_id", "承办单位")
    mend = given.maybe_day("mending_on")
    handing.hand_over(
        hazard, actor, handler_id=handler, reply=Term(given.days("reply_days", 5)),
        mending=Term(fixed=mend) if mend else None, paper=given.text("paper"), no_paper_reason=given.text("no_paper"),
    )  # fmt: skip
    telling.tell_organisation(handler, f"新交办：{hazard.title}，请签收。", about="hazard", subject_id=hazard.id)


def reassign(hazard: Hazard, actor: Actor, given: Given) -> None:
    handler = given.ident("handler_id", "承办单位")
    restart = given.text("restart") == "yes"
    handing.reassign(
        hazard, actor, handler_id=handler, restart=restart, reply=Term(given.days("reply_days", 5)),
        reason=given.text("reason"),
    )  # fmt: skip
    telling.tell_organisation(handler, f"改派到您单位：{hazard.title}，请签收。", about="hazard", subject_id=hazard.id)


def accept(hazard: Hazard, actor: Actor, given: Given) -> None:
    day = given.maybe_day("mending_on")
    if day is not None and day < clock.today():
        raise Refused("整改期限不能早于今天。", field="mending_on")
    handing.accept(hazard, actor, mending=Term(fixed=day) if day else None)


def decline(hazard: Hazard, actor: Actor, given: Given) -> None:
    handing.decline(hazard, actor, competent_id=None, competent=given.text("competent"), reason=given.text("reason"))
    desk = people.on_duty(hazard.area_id, clock.today())
    for person_id in desk:
        telling.tell(person_id, f"被退回：{hazard.title}。", about="hazard", subject_id=hazard.id)


def submit(hazard: Hazard, actor: Actor, given: Given) -> None:
    mending.submit(hazard, actor, photo_ids=given.photos(), words=given.text("words"))


def verify(passed: bool) -> Run:
    def run(hazard: Hazard, actor: Actor, given: Given) -> None:
        bundle = current_round(hazard).bundle_id
        complete = bundles.bundle_waiting(bundle).complete
        day = given.maybe_day("mending_on")
        settling.verify(
            hazard, actor, passed=passed, way=given.text("way") or "photos", opinion=given.text("opinion"),
            evidence_complete=complete, photo_ids=given.photos(), mending=Term(fixed=day) if day else None,
        )  # fmt: skip

    return run


def look_back(mended: bool) -> Run:
    def run(hazard: Hazard, actor: Actor, given: Given) -> None:
        mending.look_back(hazard, actor, mended=mended, photo_ids=given.photos(), words=given.text("words"))

    return run


def appoint(hazard: Hazard, actor: Actor, given: Given) -> None:
    person_id = given.ident("verifier", "核验的人")
    verifier = verifier_actor(person_id)
    settling.appoint(hazard, actor, verifier=verifier, on=given.day("on", "核验日期"))
    telling.tell(person_id, f"请您核验：{hazard.title}。", about="hazard", subject_id=hazard.id)


def verifier_actor(person_id: UUID) -> Actor:
    """A person as one who would verify, under the newest term."""
    for role in (Role.SUPERVISOR, Role.DEPUTY, Role.HANDLER):
        for person, term, organisation in people.people_with(role):
            if person.id == person_id:
                return Actor(
                    who=who_is(role, Side(organisation.side)), person_id=person.id, organisation_id=organisation.id,
                    side=Side(organisation.side), term_id=term.id, name=person.name,
                )  # fmt: skip
    raise Refused("没有找到这个人。", field="verifier")


def order(hazard: Hazard, actor: Actor, given: Given) -> None:
    officers = [name for name in (given.text("officer_1"), given.text("officer_2")) if name]
    handing.order(
        hazard, actor, title=given.text("title") or "整改通知书", number=given.text("number"), officers=officers,
        due_on=given.day("due_on", "整改期限"), remedies=given.text("remedies"),
    )  # fmt: skip


def extension(hazard: Hazard, actor: Actor, given: Given) -> None:
    until = given.day("until", "新的日期")
    mending.ask_extension(hazard, actor, until=until, reason=given.text("reason"), interim=given.text("interim"))


def grant(grant: bool) -> Run:
    return lambda hazard, actor, given: mending.decide_extension(
        hazard, actor, grant=grant, reason=given.text("reason")
    )


def urge(hazard: Hazard, actor: Actor, given: Given) -> None:
    handing.urge(hazard, actor, to_organisation_id=hazard.handler_id, channel="in_app", words=given.text("words"))
    if hazard.handler_id:
        text = f"催办：{hazard.title}。{given.text('words')}"
        telling.tell_organisation(hazard.handler_id, text, about="hazard", subject_id=hazard.id)


def escalate(hazard: Hazard, actor: Actor, given: Given) -> None:
    to = given.ident("organisation_id", "报给哪个单位")
    handing.escalate(hazard, actor, to_organisation_id=to, channel="in_app", reason=given.text("reason"))
    telling.tell_organisation(to, f"升级：{hazard.title}。{given.text('reason')}", about="hazard", subject_id=hazard.id)


def close(hazard: Hazard, actor: Actor, given: Given) -> None:
    complete = bundles.bundle_waiting(current_round(hazard).bundle_id).complete
    settling.close(
        hazard, actor, opinion_number=given.text("opinion_number"), opinion=given.text("opinion"),
        evidence_complete=complete,
    )  # fmt: skip


def ask(step: Step) -> Run:
    def run(hazard: Hazard, actor: Actor, given: Given) -> None:
        target = given.ident("target", "要并到的那一件") if step is Step.ASK_MERGE else None
        settling.ask(hazard, actor, step, reason=given.text("reason"), target_id=target)

    return run


def with_reason(action: Callable[..., None]) -> Run:
    return lambda hazard, actor, given: action(hazard, actor, reason=given.text("reason"))


def confirm(hazard: Hazard, actor: Actor, given: Given) -> None:
    settling.confirm(hazard, actor)


def reinspect(hazard: Hazard, actor: Actor, given: Given) -> None:
    settling.reinspect(
        hazard, actor, number=given.text("number"), on=given.day("on", "复查日期"),
        passed=given.text("passed") == "yes", conclusion=given.text("conclusion"),
    )  # fmt: skip


def refer(hazard: Hazard, actor: Actor, given: Given) -> None:
    to = given.ident("organisation_id", "认定机关")
    settling.refer(hazard, actor, authority_id=to, reason=given.text("reason"))


def determine(hazard: Hazard, actor: Actor, given: Given) -> None:
    settling.determine(
        hazard, actor, major=given.text("major") == "yes", authority=given.text("authority"),
        number=given.text("number"), on=given.day("on", "认定日期"),
    )  # fmt: skip


def list(hazard: Hazard, actor: Actor, given: Given) -> None:
    names = {"duty": "责任", "measures": "措施", "money": "资金", "time": "时限", "plan": "预案"}
    measures = {label: given.text(name) for name, label in names.items()}
    settling.put_under_list(hazard, actor, number=given.text("number"), measures=measures)


def answer_dispute(hazard: Hazard, actor: Actor, given: Given) -> None:
    mending.answer_dispute(hazard, actor, upheld=given.text("upheld") == "yes", reason=given.text("reason"))


def reopen(hazard: Hazard, actor: Actor, given: Given) -> None:
    settling.reopen(hazard, actor, reason=given.text("reason"), photo_ids=given.photos())


def correct(hazard: Hazard, actor: Actor, given: Given) -> None:
    settling.correct(
        hazard, actor, reason=given.text("reason"), title=given.text("title"), place_within=given.text("place_within")
    )  # fmt: skip
