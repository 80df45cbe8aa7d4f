"""The forms behind the buttons of a hazard. A new step is one row in the lifecycle table, one action, one entry here."""

from inspect_app.hazards.actions import mending, settling
from inspect_app.hazards.rules import Step

from . import runs
from .inputs import Ask, StepForm

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
        runs.hand_over,
        loud=True,
    ),
    Step.REASSIGN: StepForm(
        (_HANDLER, Ask("restart", "答复期限重新算", "yesno"), Ask("reply_days", "几个工作日内答复", "days"), _WHY),
        runs.reassign,
    ),
    Step.ACCEPT: StepForm(
        (Ask("mending_on", "整改期限", "date", needed=False, hint="不选就用建议的日期"),), runs.accept, loud=True
    ),
    Step.DECLINE: StepForm((Ask("competent", "应由哪个单位办"), _WHY), runs.decline),
    Step.ORDER: StepForm(
        (
            Ask("title", "文书名称", hint="不填按整改通知书"),
            Ask("number", "文号"),
            Ask("officer_1", "承办人员一"),
            Ask("officer_2", "承办人员二"),
            Ask("due_on", "整改期限", "date"),
            Ask("remedies", "救济途径", "area"),
        ),
        runs.order,
    ),
    Step.SUBMIT: StepForm(
        (_PHOTOS, Ask("words", "怎么改的", "area")), runs.submit, loud=True, said="报上去了，等人来核验。"
    ),
    Step.WITHDRAW: StepForm((_WHY,), runs.with_reason(mending.withdraw)),
    Step.LOOK_BACK_MENDED: StepForm((_PHOTOS, Ask("words", "说明", "area", needed=False)), runs.look_back(True)),
    Step.LOOK_BACK_OPEN: StepForm((_PHOTOS, Ask("words", "还差什么", "area", needed=False)), runs.look_back(False)),
    Step.APPOINT: StepForm((Ask("verifier", "请谁核验", "verifier"), Ask("on", "哪天前", "date")), runs.appoint),
    Step.PASS: StepForm(
        (
            Ask("way", "怎么看的", "way"),
            Ask("photos", "照片", "photos", needed=False),
            Ask("opinion", "核验意见", "area"),
        ),
        runs.verify(True),
        loud=True,
    ),
    Step.FAIL: StepForm(
        (
            Ask("way", "怎么看的", "way"),
            Ask("photos", "照片", "photos", needed=False),
            Ask("opinion", "还差什么", "area"),
            Ask("mending_on", "建议的新期限", "date", needed=False),
        ),
        runs.verify(False),
    ),
    Step.REINSPECT: StepForm(
        (
            Ask("number", "复查文号"),
            Ask("on", "复查日期", "date"),
            Ask("passed", "已经改好", "yesno"),
            Ask("conclusion", "结论", "area"),
        ),
        runs.reinspect,
    ),
    Step.ASK_EXTENSION: StepForm(
        (Ask("until", "延到哪天", "date"), _WHY, Ask("interim", "这段时间怎么防范", "area")), runs.extension
    ),
    Step.GRANT_EXTENSION: StepForm((Ask("reason", "答复", "area", needed=False),), runs.grant(True), loud=True),
    Step.REFUSE_EXTENSION: StepForm((_WHY,), runs.grant(False)),
    Step.ANSWER_DISPUTE: StepForm((Ask("upheld", "异议成立", "yesno"), _WHY), runs.answer_dispute),
    Step.URGE: StepForm((Ask("words", "说一句", "area", needed=False),), runs.urge, said="催办了，站内消息已送达。"),
    Step.ESCALATE: StepForm((Ask("organisation_id", "报给哪个单位", "organisation"), _WHY), runs.escalate),
    Step.CLOSE: StepForm(
        (
            Ask("opinion_number", "主管部门意见文号", needed=False),
            Ask("opinion", "意见要点", "area", needed=False),
        ),
        runs.close,
        loud=True,
    ),
    Step.RETURN: StepForm((_WHY,), runs.with_reason(settling.send_back)),
    Step.ASK_CLOSE_WITHOUT_OPINION: StepForm((_WHY,), runs.ask(Step.ASK_CLOSE_WITHOUT_OPINION)),
    Step.CLOSE_WITHOUT_OPINION: StepForm((), runs.confirm),
    Step.REFER: StepForm((Ask("organisation_id", "认定机关", "handler_organisation"), _WHY), runs.refer),
    Step.DETERMINE: StepForm(
        (
            Ask("major", "认定为重大", "yesno"),
            Ask("authority", "认定机关"),
            Ask("number", "认定文号"),
            Ask("on", "认定日期", "date"),
        ),
        runs.determine,
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
        runs.list,
    ),
    Step.UNLIST: StepForm(
        (Ask("number", "文号"),), lambda h, a, given: settling.lift_from_list(h, a, number=given.text("number"))
    ),
    Step.TRANSFER: StepForm(
        (Ask("to", "移送单位"), Ask("number", "文号")),
        lambda h, a, given: settling.transfer(h, a, to=given.text("to"), number=given.text("number")),
    ),
    Step.ASK_END: StepForm((_WHY,), runs.ask(Step.ASK_END)),
    Step.END: StepForm((), runs.confirm),
    Step.ASK_VOID: StepForm((_WHY,), runs.ask(Step.ASK_VOID)),
    Step.VOID: StepForm((), runs.confirm),
    Step.ASK_MERGE: StepForm((Ask("target", "并到哪一件", "sibling"), _WHY), runs.ask(Step.ASK_MERGE)),
    Step.MERGE: StepForm((), runs.confirm),
    Step.TURN_DOWN: StepForm((_WHY,), runs.with_reason(settling.turn_down)),
    Step.RESTORE: StepForm((_WHY,), runs.with_reason(settling.restore)),
    Step.REOPEN: StepForm((_PHOTOS, _WHY), runs.reopen),
    Step.CORRECT: StepForm(
        (Ask("title", "问题改成", needed=False), Ask("place_within", "位置改成", needed=False), _WHY), runs.correct
    ),
}
