"""What each button of a hazard does with what was typed: the action it calls, and who is told."""

from collections.abc import Callable
from uuid import UUID

from inspect_app.casework import orders
from inspect_app.casework.dossier import Dossier
from inspect_app.hazards import kin
from inspect_app.hazards.actions import correcting, finding, flagging, handing, mending, merging, ordering, settling
from inspect_app.hazards.case import from_row
from inspect_app.hazards.clocks import Term
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Actor, Grade, State, Step, needs_authority
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Refused
from inspect_app.kernel.workdays import Unit
from inspect_app.messages import actions as telling
from inspect_app.people import queries as people
from inspect_app.people.models import Organisation
from inspect_app.premises import queries as premises
from inspect_app.premises.models import Premises

from ..access import scope
from .inputs import Given, Run
from .offered import candidates
from .shown import still_so


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
    _tell_office(handler, hazard, "新交办", "请签收。")


def reassign(hazard: Hazard, actor: Actor, given: Given) -> None:
    handler = given.ident("handler_id", "承办单位")
    handing.reassign(
        hazard, actor, handler_id=handler, restart=given.yes("restart", "答复期限是否重新算"),
        reply=Term(given.days("reply_days", 5)), reason=given.text("reason"),
    )  # fmt: skip
    _tell_office(handler, hazard, "改派到您单位", "请签收。")


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


def fix_on_spot(hazard: Hazard, actor: Actor, given: Given) -> None:
    finding.fix_on_spot(hazard, actor, photo_ids=given.photos())


def sight(hazard: Hazard, actor: Actor, given: Given) -> None:
    finding.sight(hazard, actor, seen_at=clock.now(), photo_ids=given.photos(), words=given.text("words"))


def note_observed(hazard: Hazard, actor: Actor, given: Given) -> None:
    finding.note_observed(hazard, actor, words=given.text("words"))


def confirm_finding(hazard: Hazard, actor: Actor, given: Given) -> None:
    finding.confirm_finding(hazard, actor, words=given.text("words"))


def submit(hazard: Hazard, actor: Actor, given: Given) -> None:
    mending.submit(hazard, actor, photo_ids=given.photos(), words=given.text("words"))


def give_up_photo(hazard: Hazard, actor: Actor, given: Given) -> None:
    mending.give_up_photo(hazard, actor, photo_id=given.ident("photo", "哪一张"), reason=given.text("reason"))


def verify(passed: bool) -> Run:
    def run(hazard: Hazard, actor: Actor, given: Given) -> str | None:
        day = given.maybe_day("mending_on")
        settling.verify(
            hazard, actor, passed=passed, way=given.text("way"), opinion=given.text("opinion"),
            photo_ids=given.photos(), mending=Term(fixed=day) if day else None,
        )  # fmt: skip
        if hazard.state != State.AWAITING_CLOSURE:
            return None
        if needs_authority(from_row(hazard)):
            return "记下了：合格。还要主管部门的意见，由别的督办员销号。"
        return "记下了：合格。由交办的单位销号，办了会告诉您。"

    return run


def look_back(mended: bool) -> Run:
    def run(hazard: Hazard, actor: Actor, given: Given) -> None:
        mending.look_back(hazard, actor, mended=mended, photo_ids=given.photos(), words=given.text("words"))

    return run


def appoint(hazard: Hazard, actor: Actor, given: Given) -> None:
    person_id = given.ident("verifier", "核验的人")
    verifier = next((who for who in candidates(Dossier(scope(), hazard)) if who.person_id == person_id), None)
    if verifier is None:
        raise Refused("没有找到这个人。", field="verifier")
    settling.appoint(hazard, actor, verifier=verifier, on=given.day("on", "核验日期"))
    telling.tell(person_id, f"请您核验：{hazard.title}。", about="hazard", subject_id=hazard.id)


def extension(hazard: Hazard, actor: Actor, given: Given) -> None:
    until = given.day("until", "新的日期")
    mending.ask_extension(hazard, actor, until=until, reason=given.text("reason"), interim=given.text("interim"))


def grant(grant: bool) -> Run:
    def run(hazard: Hazard, actor: Actor, given: Given) -> None:
        mending.decide_extension(hazard, actor, grant=grant, reason=given.text("reason"))

    return run


def record_answer(hazard: Hazard, actor: Actor, given: Given) -> None:
    about, agrees = given.ident("about", "答复的是哪一件"), given.yes("agrees", "是否同意")
    mending.record_answer(
        hazard, actor, request_id=about, agrees=agrees, number=given.text("number"), on=given.day("on", "答复的日期"),
        photo_ids=given.photos(), words=given.text("words"),
    )  # fmt: skip


def take_back(hazard: Hazard, actor: Actor, given: Given) -> None:
    mending.take_back(hazard, actor, request_id=given.ident("about", "撤回哪一件"), reason=given.text("reason"))


def set_mending(hazard: Hazard, actor: Actor, given: Given) -> None:
    mending.set_mending(hazard, actor, until=given.day("until", "新的期限"), reason=given.text("reason"))


def answer_dispute(hazard: Hazard, actor: Actor, given: Given) -> None:
    mending.answer_dispute(
        hazard, actor, upheld=given.yes("upheld", "异议是否成立"), reason=given.text("reason")
    )  # fmt: skip


def urge(hazard: Hazard, actor: Actor, given: Given) -> str:
    """Whose turn it is, is urged: the appointed verifier, the handler, or before anybody has it those on duty."""
    words = given.text("words")
    handing.urge(hazard, actor, to_organisation_id=hazard.handler_id, channel="in_app", words=words)
    verifier = hazard.appointed_person_id
    if hazard.state == State.AWAITING_VERIFICATION and verifier is not None and verifier != actor.person_id:
        telling.tell(verifier, f"请您核验：{hazard.title}。{words}", about="hazard", subject_id=hazard.id)
        return "已提醒核验的人，站内消息已送达。"
    if hazard.state == State.AWAITING_CLOSURE:
        for person_id in kin.closers(hazard):
            telling.tell(person_id, f"催办，请您销号：{hazard.title}。{words}", about="hazard", subject_id=hazard.id)
        return "已提醒能销号的督办员。"
    if hazard.handler_id:
        _tell_office(hazard.handler_id, hazard, "催办", words)
        return "催办了，站内消息已送达。"
    for person_id in people.on_duty(hazard.area_id, clock.today()):
        telling.tell(person_id, f"催办：{hazard.title}，还没有交办。{words}", about="hazard", subject_id=hazard.id)
    return "还没有承办单位，已提醒值班的督办员。"


def escalate(hazard: Hazard, actor: Actor, given: Given) -> None:
    to = given.ident("organisation_id", "报给哪个单位")
    handing.escalate(hazard, actor, to_organisation_id=to, channel="in_app", reason=given.text("reason"))
    _tell_office(to, hazard, "升级", given.text("reason"))


def reinspect(hazard: Hazard, actor: Actor, given: Given) -> None:
    settling.reinspect(
        hazard, actor, authority=given.text("authority"), number=given.text("number"), on=given.day("on", "复查日期"),
        passed=given.yes("passed", "改好了没有"), conclusion=given.text("conclusion"),
    )  # fmt: skip


def opinion(hazard: Hazard, actor: Actor, given: Given) -> None:
    settling.record_opinion(
        hazard, actor, authority=given.text("authority"), number=given.text("number"), on=given.day("on", "意见日期"),
        agrees=given.yes("agrees", "是否同意销号"), opinion=given.text("opinion"),
    )  # fmt: skip


def close(hazard: Hazard, actor: Actor, given: Given) -> None:
    settling.close(hazard, actor, words=given.text("words"))


def send_back(hazard: Hazard, actor: Actor, given: Given) -> None:
    to = given.text("to")
    if to not in (State.AWAITING_VERIFICATION, State.RECTIFYING):
        raise Refused("请选退到哪一步。", field="to")
    settling.send_back(hazard, actor, reason=given.text("reason"), to=State(to))


def ask(step: Step) -> Run:
    def run(hazard: Hazard, actor: Actor, given: Given) -> None:
        settling.ask(hazard, actor, step, reason=given.text("reason"))

    return run


def ask_merge(hazard: Hazard, actor: Actor, given: Given) -> None:
    merging.ask_merge(
        hazard, actor, target_id=given.ident("target", "要并到的那一件"), reason=given.text("reason")
    )  # fmt: skip


def ask_lower(hazard: Hazard, actor: Actor, given: Given) -> None:
    if given.text("grade") not in set(Grade):
        raise Refused("请选调到哪一级。", field="grade")
    settling.ask_lower(hazard, actor, grade=Grade(given.text("grade")), reason=given.text("reason"))


def with_reason(action: Callable[..., None]) -> Run:
    return lambda hazard, actor, given: action(hazard, actor, reason=given.text("reason"))


def confirm(hazard: Hazard, actor: Actor, given: Given) -> None:
    still_so(hazard, given.form)
    settling.confirm(hazard, actor)


def merge(hazard: Hazard, actor: Actor, given: Given) -> str:
    still_so(hazard, given.form)
    target = merging.merge(hazard, actor)
    return f"并到 {target.number} 了，以后跟着那一件走。"


def restore(hazard: Hazard, actor: Actor, given: Given) -> None:
    still_so(hazard, given.form)
    merging.restore(hazard, actor)


def refer(hazard: Hazard, actor: Actor, given: Given) -> None:
    to = given.ident("authority_id", "认定机关")
    flagging.refer(hazard, actor, authority_id=to, reason=given.text("reason"))
    _tell_office(to, hazard, "提请认定", given.text("reason"))


def determine(hazard: Hazard, actor: Actor, given: Given) -> None:
    flagging.determine(
        hazard, actor, major=given.yes("major", "是否认定为重大"), authority_id=given.ident("authority_id", "认定机关"),
        number=given.text("number"), on=given.day("on", "认定日期"), scans=given.photos(),
    )  # fmt: skip


def put_under_list(hazard: Hazard, actor: Actor, given: Given) -> None:
    names = {"duty": "责任", "measures": "措施", "money": "资金", "time": "时限", "plan": "预案"}
    flagging.put_under_list(
        hazard, actor, authority_id=given.ident("authority_id", "挂牌的机关"), number=given.text("number"),
        on=given.day("on", "日期"),
        measures={label: given.text(name) for name, label in names.items()},
    )  # fmt: skip


def lift_from_list(hazard: Hazard, actor: Actor, given: Given) -> None:
    flagging.lift_from_list(
        hazard, actor, authority_id=given.ident("authority_id", "解除的机关"), number=given.text("number"),
        on=given.day("on", "日期"),
    )  # fmt: skip


def watch(hazard: Hazard, actor: Actor, given: Given) -> None:
    flagging.watch(
        hazard, actor, meeting=given.text("meeting"), on=given.day("on", "会议日期"), leader=given.text("leader"),
        reason=given.text("reason"),
    )  # fmt: skip


def transfer(hazard: Hazard, actor: Actor, given: Given) -> None:
    flagging.transfer(
        hazard, actor, to=given.text("to"), number=given.text("number"), on=given.day("on", "移送日期")
    )  # fmt: skip


def transfer_result(hazard: Hazard, actor: Actor, given: Given) -> None:
    flagging.transfer_result(
        hazard, actor, result=given.text("result"), number=given.text("number"), on=given.day("on", "日期")
    )  # fmt: skip


def reopen(hazard: Hazard, actor: Actor, given: Given) -> str | None:
    return said_of_reopening(
        hazard, settling.reopen(hazard, actor, reason=given.text("reason"), photo_ids=given.photos())
    )


def said_of_reopening(hazard: Hazard, standing: Hazard) -> str | None:
    """What to say when the reopening became a sighting of another hazard."""
    if standing.id == hazard.id:
        return None
    return f"同一处同一项已经有一件没办结，记成了那一件的“再次看到”：{standing.number}。"


def rearm(hazard: Hazard, actor: Actor, given: Given) -> None:
    finding.rearm(hazard, actor, words=given.text("reason"))


def correct(hazard: Hazard, actor: Actor, given: Given) -> None:
    correction = correcting.Correction(
        premises=place_named(given.text("premises")),
        item_code=given.text("item_code"),
        suspect=given.text("suspect") == "yes",
        wrong_photo=given.maybe_ident("wrong_photo"),
        photo_ids=given.photos(),
        title=given.text("title"),
        place_within=given.text("place_within"),
    )
    correcting.correct(hazard, actor, correction, reason=given.text("reason"))
    if hazard.handler_id:
        _tell_office(hazard.handler_id, hazard, "更正", given.text("reason"))
    if hazard.found_by_person_id:
        text = f"更正：{hazard.title}。{given.text('reason')}"
        telling.tell(hazard.found_by_person_id, text, about="hazard", subject_id=hazard.id)


def place_named(words: str) -> Premises | None:
    """The one place within scope that the words name; a place of another area is not found."""
    if not words:
        return None
    found = premises.search(scope(), words, limit=4)
    exact = [row for row in found if row.name == words]
    if len(exact) == 1 or len(found) == 1:
        return (exact or list(found))[0]
    if not found:
        raise Refused("您的片区里没有这家场所，请看一下名称。", field="premises")
    raise Refused(
        f"不止一家：{'、'.join(f'{row.name}（{row.address}）' for row in found[:3])}。请写全名或门牌号。",
        field="premises",
    )


def _tell_office(organisation_id: UUID, hazard: Hazard, what: str, words: str) -> None:
    telling.tell_organisation(organisation_id, f"{what}：{hazard.title}。{words}", about="hazard", subject_id=hazard.id)
