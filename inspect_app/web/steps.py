"""The forms behind the buttons of a hazard: what each step asks for, and the action it calls.

A new step is one row in the lifecycle table, one action, and one entry here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask import current_app, request
from sqlalchemy import select

from inspect_app.evidence import actions as evidence
from inspect_app.evidence import queries as bundles
from inspect_app.hazards import queries
from inspect_app.hazards.actions import handing, mending, settling
from inspect_app.hazards.case import current_round
from inspect_app.hazards.clocks import Term
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import STEP_NAMES, Actor, Step, who_is
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Refused
from inspect_app.kernel.ids import new_id
from inspect_app.messages import actions as telling
from inspect_app.people import queries as people
from inspect_app.people.models import Organisation, Person
from inspect_app.people.rules import Role, Side

from .access import scope


@dataclass(frozen=True)
class Ask:
    """One input of a step: kind is text, area, date, days, handler, verifier, sibling, yesno, photos."""

    name: str
    label: str
    kind: str = "text"
    needed: bool = True
    hint: str = ""


Values = Mapping[str, Any]
Run = Callable[[Hazard, Actor, "Given"], None]


@dataclass(frozen=True)
class StepForm:
    asks: tuple[Ask, ...]
    run: Run
    loud: bool = False
    said: str = ""


class Given:
    """What was typed, read kindly: each getter raises Refused naming the field."""

    def __init__(self, form: Values, files: list[Any], account_id: UUID | None) -> None:
        self.form, self.files, self.account_id = form, files, account_id

    def text(self, name: str) -> str:
        return str(self.form.get(name, "")).strip()[:4000]

    def day(self, name: str, label: str) -> date:
        found = self.maybe_day(name)
        if found is None:
            raise Refused(f"请选{label}。", field=name)
        return found

    def maybe_day(self, name: str) -> date | None:
        if not self.text(name):
            return None
        try:
            return date.fromisoformat(self.text(name))
        except ValueError:
            raise Refused("日期不对，请重新选。", field=name) from None

    def ident(self, name: str, label: str) -> UUID:
        try:
            return UUID(self.text(name))
        except ValueError:
            raise Refused(f"请选{label}。", field=name) from None

    def days(self, name: str, default: int) -> int:
        raw = self.text(name) or str(default)
        if not raw.isascii() or not raw.isdigit() or not 1 <= int(raw) <= 365:
            raise Refused("天数要写 1 到 365 的数字。", field=name)
        return int(raw)

    def photos(self) -> tuple[UUID, ...]:
        """Store the uploaded photos and return their ids."""
        storage = current_app.extensions["storage"]
        made = []
        for file in self.files[:12]:
            data = file.read()
            if data:
                meta = {"source": "album", "captured_at": None}
                photo = evidence.receive_photo(storage, data, photo_id=new_id(), account_id=self.account_id, meta=meta)
                made.append(photo.id)
        return tuple(made)


def _hand_over(hazard: Hazard, actor: Actor, given: Given) -> None:
    handler = given.ident("handler_id", "承办单位")
    mend = given.maybe_day("mending_on")
    handing.hand_over(
        hazard, actor, handler_id=handler, reply=Term(given.days("reply_days", 5)),
        mending=Term(fixed=mend) if mend else None, paper=given.text("paper"), no_paper_reason=given.text("no_paper"),
    )  # fmt: skip
    telling.tell_organisation(handler, f"新交办：{hazard.title}，请签收。", about="hazard", subject_id=hazard.id)


def _reassign(hazard: Hazard, actor: Actor, given: Given) -> None:
    handler = given.ident("handler_id", "承办单位")
    restart = given.text("restart") == "yes"
    handing.reassign(
        hazard, actor, handler_id=handler, restart=restart, reply=Term(given.days("reply_days", 5)),
        reason=given.text("reason"),
    )  # fmt: skip
    telling.tell_organisation(handler, f"改派到您单位：{hazard.title}，请签收。", about="hazard", subject_id=hazard.id)


def _accept(hazard: Hazard, actor: Actor, given: Given) -> None:
    day = given.maybe_day("mending_on")
    if day is not None and day < clock.today():
        raise Refused("整改期限不能早于今天。", field="mending_on")
    handing.accept(hazard, actor, mending=Term(fixed=day) if day else None)


def _decline(hazard: Hazard, actor: Actor, given: Given) -> None:
    handing.decline(hazard, actor, competent_id=None, competent=given.text("competent"), reason=given.text("reason"))
    desk = people.on_duty(hazard.area_id, clock.today())
    for person_id in desk:
        telling.tell(person_id, f"被退回：{hazard.title}。", about="hazard", subject_id=hazard.id)


def _submit(hazard: Hazard, actor: Actor, given: Given) -> None:
    mending.submit(hazard, actor, photo_ids=given.photos(), words=given.text("words"))


def _verify(passed: bool) -> Run:
    def run(hazard: Hazard, actor: Actor, given: Given) -> None:
        bundle = current_round(hazard).bundle_id
        complete = bundles.bundle_waiting(bundle).complete
        day = given.maybe_day("mending_on")
        settling.verify(
            hazard, actor, passed=passed, way=given.text("way") or "photos", opinion=given.text("opinion"),
            evidence_complete=complete, photo_ids=given.photos(), mending=Term(fixed=day) if day else None,
        )  # fmt: skip

    return run


def _look_back(mended: bool) -> Run:
    def run(hazard: Hazard, actor: Actor, given: Given) -> None:
        mending.look_back(hazard, actor, mended=mended, photo_ids=given.photos(), words=given.text("words"))

    return run


def _appoint(hazard: Hazard, actor: Actor, given: Given) -> None:
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


def _order(hazard: Hazard, actor: Actor, given: Given) -> None:
    officers = [name for name in (given.text("officer_1"), given.text("officer_2")) if name]
    handing.order(
        hazard, actor, title=given.text("title") or "整改通知书", number=given.text("number"), officers=officers,
        due_on=given.day("due_on", "整改期限"), remedies=given.text("remedies"),
    )  # fmt: skip


def _extension(hazard: Hazard, actor: Actor, given: Given) -> None:
    until = given.day("until", "新的日期")
    mending.ask_extension(hazard, actor, until=until, reason=given.text("reason"), interim=given.text("interim"))


def _grant(grant: bool) -> Run:
    return lambda hazard, actor, given: mending.decide_extension(
        hazard, actor, grant=grant, reason=given.text("reason")
    )


def _urge(hazard: Hazard, actor: Actor, given: Given) -> None:
    handing.urge(hazard, actor, to_organisation_id=hazard.handler_id, channel="in_app", words=given.text("words"))
    if hazard.handler_id:
        text = f"催办：{hazard.title}。{given.text('words')}"
        telling.tell_organisation(hazard.handler_id, text, about="hazard", subject_id=hazard.id)


def _escalate(hazard: Hazard, actor: Actor, given: Given) -> None:
    to = given.ident("organisation_id", "报给哪个单位")
    handing.escalate(hazard, actor, to_organisation_id=to, channel="in_app", reason=given.text("reason"))
    telling.tell_organisation(to, f"升级：{hazard.title}。{given.text('reason')}", about="hazard", subject_id=hazard.id)


def _close(hazard: Hazard, actor: Actor, given: Given) -> None:
    complete = bundles.bundle_waiting(current_round(hazard).bundle_id).complete
    settling.close(
        hazard, actor, opinion_number=given.text("opinion_number"), opinion=given.text("opinion"),
        evidence_complete=complete,
    )  # fmt: skip


def _ask(step: Step) -> Run:
    def run(hazard: Hazard, actor: Actor, given: Given) -> None:
        target = given.ident("target", "要并到的那一件") if step is Step.ASK_MERGE else None
        settling.ask(hazard, actor, step, reason=given.text("reason"), target_id=target)

    return run


def _reason(action: Callable[..., None]) -> Run:
    return lambda hazard, actor, given: action(hazard, actor, reason=given.text("reason"))


def _confirm(hazard: Hazard, actor: Actor, given: Given) -> None:
    settling.confirm(hazard, actor)


def _reinspect(hazard: Hazard, actor: Actor, given: Given) -> None:
    settling.reinspect(
        hazard, actor, number=given.text("number"), on=given.day("on", "复查日期"),
        passed=given.text("passed") == "yes", conclusion=given.text("conclusion"),
    )  # fmt: skip


def _refer(hazard: Hazard, actor: Actor, given: Given) -> None:
    to = given.ident("organisation_id", "认定机关")
    settling.refer(hazard, actor, authority_id=to, reason=given.text("reason"))


def _determine(hazard: Hazard, actor: Actor, given: Given) -> None:
    settling.determine(
        hazard, actor, major=given.text("major") == "yes", authority=given.text("authority"),
        number=given.text("number"), on=given.day("on", "认定日期"),
    )  # fmt: skip


def _list(hazard: Hazard, actor: Actor, given: Given) -> None:
    names = {"duty": "责任", "measures": "措施", "money": "资金", "time": "时限", "plan": "预案"}
    measures = {label: given.text(name) for name, label in names.items()}
    settling.put_under_list(hazard, actor, number=given.text("number"), measures=measures)


def _answer_dispute(hazard: Hazard, actor: Actor, given: Given) -> None:
    mending.answer_dispute(hazard, actor, upheld=given.text("upheld") == "yes", reason=given.text("reason"))


def _reopen(hazard: Hazard, actor: Actor, given: Given) -> None:
    settling.reopen(hazard, actor, reason=given.text("reason"), photo_ids=given.photos())


def _correct(hazard: Hazard, actor: Actor, given: Given) -> None:
    settling.correct(
        hazard, actor, reason=given.text("reason"), title=given.text("title"), place_within=given.text("place_within")
    )  # fmt: skip


_WHY = Ask("reason", "理由", "area")
_PHOTOS = Ask("photos", "照片", "photos")
_HANDLER = Ask("handler_id", "承办单位", "handler")
_MEND = Ask("mending_on", "整改期限", "date", needed=False)

FORMS: dict[Step, StepForm] = {
    Step.HAND_OVER: StepForm(
        (
            _HANDLER,
            Ask("reply_days", "几个工作日内答复", "days", hint="不填按 5 个工作日"),
            Ask("mending_on", "建议整改期限", "date", needed=False, hint="由承办单位签收时确定"),
            Ask("paper", "转办函文号", needed=False),
            Ask("no_paper", "不另行文的理由", needed=False, hint="没有文号时写一句"),
        ),
        _hand_over,
        loud=True,
    ),
    Step.REASSIGN: StepForm(
        (_HANDLER, Ask("restart", "答复期限重新算", "yesno"), Ask("reply_days", "几个工作日内答复", "days"), _WHY),
        _reassign,
    ),
    Step.ACCEPT: StepForm(
        (Ask("mending_on", "整改期限", "date", needed=False, hint="不选就用建议的日期"),), _accept, loud=True
    ),
    Step.DECLINE: StepForm((Ask("competent", "应由哪个单位办"), _WHY), _decline),
    Step.ORDER: StepForm(
        (
            Ask("title", "文书名称", hint="不填按整改通知书"),
            Ask("number", "文号"),
            Ask("officer_1", "承办人员一"),
            Ask("officer_2", "承办人员二"),
            Ask("due_on", "整改期限", "date"),
            Ask("remedies", "救济途径", "area"),
        ),
        _order,
    ),
    Step.SUBMIT: StepForm(
        (_PHOTOS, Ask("words", "怎么改的", "area")), _submit, loud=True, said="报上去了，等人来核验。"
    ),
    Step.WITHDRAW: StepForm((_WHY,), _reason(mending.withdraw)),
    Step.LOOK_BACK_MENDED: StepForm((_PHOTOS, Ask("words", "说明", "area", needed=False)), _look_back(True)),
    Step.LOOK_BACK_OPEN: StepForm((_PHOTOS, Ask("words", "还差什么", "area", needed=False)), _look_back(False)),
    Step.APPOINT: StepForm((Ask("verifier", "请谁核验", "verifier"), Ask("on", "哪天前", "date")), _appoint),
    Step.PASS: StepForm(
        (
            Ask("way", "怎么看的", "way"),
            Ask("photos", "照片", "photos", needed=False),
            Ask("opinion", "核验意见", "area"),
        ),
        _verify(True),
        loud=True,
    ),
    Step.FAIL: StepForm(
        (
            Ask("way", "怎么看的", "way"),
            Ask("photos", "照片", "photos", needed=False),
            Ask("opinion", "还差什么", "area"),
            Ask("mending_on", "建议的新期限", "date", needed=False),
        ),
        _verify(False),
    ),
    Step.REINSPECT: StepForm(
        (
            Ask("number", "复查文号"),
            Ask("on", "复查日期", "date"),
            Ask("passed", "已经改好", "yesno"),
            Ask("conclusion", "结论", "area"),
        ),
        _reinspect,
    ),
    Step.ASK_EXTENSION: StepForm(
        (Ask("until", "延到哪天", "date"), _WHY, Ask("interim", "这段时间怎么防范", "area")), _extension
    ),
    Step.GRANT_EXTENSION: StepForm((Ask("reason", "答复", "area", needed=False),), _grant(True), loud=True),
    Step.REFUSE_EXTENSION: StepForm((_WHY,), _grant(False)),
    Step.ANSWER_DISPUTE: StepForm((Ask("upheld", "异议成立", "yesno"), _WHY), _answer_dispute),
    Step.URGE: StepForm((Ask("words", "说一句", "area", needed=False),), _urge, said="催办了，站内消息已送达。"),
    Step.ESCALATE: StepForm((Ask("organisation_id", "报给哪个单位", "organisation"), _WHY), _escalate),
    Step.CLOSE: StepForm(
        (
            Ask("opinion_number", "主管部门意见文号", needed=False),
            Ask("opinion", "意见要点", "area", needed=False),
        ),
        _close,
        loud=True,
    ),
    Step.RETURN: StepForm((_WHY,), _reason(settling.send_back)),
    Step.ASK_CLOSE_WITHOUT_OPINION: StepForm((_WHY,), _ask(Step.ASK_CLOSE_WITHOUT_OPINION)),
    Step.CLOSE_WITHOUT_OPINION: StepForm((), _confirm),
    Step.REFER: StepForm((Ask("organisation_id", "认定机关", "handler_organisation"), _WHY), _refer),
    Step.DETERMINE: StepForm(
        (
            Ask("major", "认定为重大", "yesno"),
            Ask("authority", "认定机关"),
            Ask("number", "认定文号"),
            Ask("on", "认定日期", "date"),
        ),
        _determine,
    ),
    Step.LIST: StepForm(
        (
            Ask("number", "文号"),
            Ask("duty", "责任"),
            Ask("measures", "措施"),
            Ask("money", "资金"),
            Ask("time", "时限"),
            Ask("plan", "预案"),
        ),
        _list,
    ),
    Step.UNLIST: StepForm(
        (Ask("number", "文号"),), lambda h, a, given: settling.lift_from_list(h, a, number=given.text("number"))
    ),
    Step.TRANSFER: StepForm(
        (Ask("to", "移送单位"), Ask("number", "文号")),
        lambda h, a, given: settling.transfer(h, a, to=given.text("to"), number=given.text("number")),
    ),
    Step.ASK_END: StepForm((_WHY,), _ask(Step.ASK_END)),
    Step.END: StepForm((), _confirm),
    Step.ASK_VOID: StepForm((_WHY,), _ask(Step.ASK_VOID)),
    Step.VOID: StepForm((), _confirm),
    Step.ASK_MERGE: StepForm((Ask("target", "并到哪一件", "sibling"), _WHY), _ask(Step.ASK_MERGE)),
    Step.MERGE: StepForm((), _confirm),
    Step.TURN_DOWN: StepForm((_WHY,), _reason(settling.turn_down)),
    Step.RESTORE: StepForm((_WHY,), _reason(settling.restore)),
    Step.REOPEN: StepForm((_PHOTOS, _WHY), _reopen),
    Step.CORRECT: StepForm(
        (Ask("title", "问题改成", needed=False), Ask("place_within", "位置改成", needed=False), _WHY), _correct
    ),
}


def choices(kind: str, hazard: Hazard) -> list[tuple[str, str]]:
    """What a select of a step offers."""
    if kind in ("handler", "handler_organisation"):
        return [(str(row.id), row.name) for row in people.handlers()]
    if kind == "organisation":
        return [(str(row.id), row.name) for row in db.session.scalars(select(Organisation).order_by(Organisation.name))]
    if kind == "verifier":
        found = [*people.people_with(Role.SUPERVISOR), *people.people_with(Role.DEPUTY)]
        return [(str(person.id), f"{person.name}（{organisation.short_name}）") for person, _, organisation in found]
    if kind == "sibling":
        rows = queries.at_premises(scope(), hazard.premises_id)
        return [(str(row.id), f"{row.title} {row.number}") for row in rows if row.id != hazard.id]
    if kind == "yesno":
        return [("yes", "是"), ("no", "不是")]
    return [("look_back", "到现场看了"), ("photos", "看了照片"), ("reinspection", "复查")]


def run(step: Step, hazard: Hazard, actor: Actor) -> str:
    """Take the step with what was typed; returns the sentence to say afterwards."""
    form = FORMS.get(step)
    if form is None:
        raise Refused(f"“{STEP_NAMES[step]}”不在这一页办。")
    given = Given(request.form, request.files.getlist("photos"), actor.account_id)
    form.run(hazard, actor, given)
    return form.said or f"“{STEP_NAMES[step]}”办好了。"


def names_of(person_ids: set[UUID]) -> dict[UUID, str]:
    """Names for showing, in one query."""
    if not person_ids:
        return {}
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(person_ids)))
    return {row.id: row.name for row in rows}
