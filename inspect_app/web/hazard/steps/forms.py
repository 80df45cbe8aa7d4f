"""The forms behind the buttons of a hazard. A new step is one row in the lifecycle table, one action, one entry here.

Not here: 送达 and 出文书 stand beside the paper; 并入、分出、随并案变化、回访补记 and what the clock does have no button.
"""

from collections.abc import Mapping

from inspect_app.hazards.actions import flagging, mending, settling
from inspect_app.hazards.rules import Step

from . import authorities, offices, runs
from . import proposals as put
from .inputs import Ask, StepForm
from .shown import of_request

_WHY = Ask("reason", "理由", "area")
_PHOTOS = Ask("photos", "照片", "photos")
_MORE_PHOTOS = Ask("photos", "照片", "photos", needed=False)
_HANDLER = Ask("handler_id", "承办单位", "handler")
_ONLY_COMPETENT = "只列在这个领域登记了这项职权的；没有要选的，请管理员先登记"
_NUMBER = Ask("number", "文号")
_TWO = "提出后要由第二个人确认；5 个工作日没有人确认就作废，别的事照常办。"
_SECOND = "您是第二个人，确认的就是下面写的这些。"
_CONGRESS_RECORDS = "人大侧只记录机关已经办了的：哪个机关、文号、日期。政府侧按自己的权责清单办。"

# Seldom needed: folded away under 其他办理, so that the next step is seen at once.
RARE = frozenset(
    {
        Step.ESCALATE, Step.REFER, Step.DETERMINE, Step.LIST, Step.UNLIST, Step.WATCH, Step.UNWATCH, Step.TRANSFER,
        Step.TRANSFER_RESULT, Step.ASK_END, Step.ASK_VOID, Step.ASK_MERGE, Step.CORRECT, Step.ASK_LOWER, Step.SIGHT,
        Step.ORDER,
    }
)  # fmt: skip
FORMS: Mapping[Step, StepForm] = {
    Step.FIX_ON_SPOT: StepForm(
        (_PHOTOS,), runs.fix_on_spot, about="店里当着您的面改好的才用。您是见证人，要由别人核验。"
    ),
    Step.HAND_OVER: StepForm(
        (
            _HANDLER,
            Ask("reply_days", "几个工作日内答复", "days"),
            Ask("mending_on", "建议整改期限", "date", hint="由承办单位签收时确定"),
            Ask(
                "mending_days",
                "或者写几天内整改",
                needed=False,
                hint="写了天数就从送达那天起算，没送达前按今天起算，暂定",
            ),
            Ask("paper", "转办函文号", needed=False),
            Ask("no_paper", "不另行文的理由", needed=False, hint="没有文号时写一句"),
        ),
        offices.hand_over,
        loud=True,
        proposes=put.hand_over,
    ),
    Step.REASSIGN: StepForm(
        (_HANDLER, Ask("restart", "答复期限重新算", "yesno"), Ask("reply_days", "几个工作日内答复", "days"), _WHY),
        offices.reassign,
        proposes=put.reassign,
        about="新的单位签收以前，最先接手的单位仍要答复。",
    ),
    Step.ACCEPT: StepForm(
        (Ask("mending_on", "整改期限", "date", needed=False, hint="不改就用建议的日期；下过正式文书的以文书为准"),),
        offices.accept,
        loud=True,
        proposes=put.accept,
    ),
    Step.DECLINE: StepForm(
        (
            Ask("competent_id", "应由哪个单位办", "organisation", needed=False),
            Ask("competent", "名单里没有的，写单位名称", needed=False),
            _WHY,
        ),
        offices.decline,
        about="退回不等于办完：别的单位签收以前，最先接手的单位仍要答复。",
    ),
    Step.ORDER: StepForm(
        (
            Ask("title", "文书名称"),
            _NUMBER,
            Ask("inspected_on", "检查日期", "date", hint="本单位自己到现场检查的那天"),
            Ask("inspected_at", "检查地点"),
            Ask("record", "检查记录编号"),
            Ask("officer_1", "承办人员一", "officer", hint="从本单位的执法人员名单里选"),
            Ask("officer_2", "承办人员二", "officer"),
            Ask("requirement", "整改要求", "area"),
            Ask("due_on", "整改期限", "date", hint="写在文书上的日期，定了就不再改，只能延期"),
            Ask(
                "replaces",
                "代替哪一份",
                "live_order",
                needed=False,
                hint="一件隐患只有一份有效的；代替后，原来那份不再有效",
            ),
        ),
        offices.order,
        proposes=put.order,
        about="文书已经在别处出好的，在这里登记；要在这里出的，到“文书”一栏。",
    ),
    Step.SET_MENDING: StepForm(
        (Ask("until", "新的整改期限", "date", hint="不能早于原来的期限"), Ask("reason", "说明", "area", needed=False)),
        runs.set_mending,
        loud=True,
        proposes=put.set_mending,
        about="核验人或迟到的送达提出了新期限。没有定以前，原来的期限照算。",
    ),
    Step.ASK_EXTENSION: StepForm(
        (
            Ask("until", "延到哪天", "date"),
            _WHY,
            Ask("interim", "这段时间怎么防范", "area", hint="例如：停用这一路线，每天打烊断电"),
        ),
        runs.extension,
        proposes=put.ask_extension,
    ),
    Step.GRANT_EXTENSION: StepForm((Ask("reason", "答复", "area", needed=False),), runs.grant(True), loud=True),
    Step.REFUSE_EXTENSION: StepForm((_WHY,), runs.grant(False)),
    Step.RECORD_ANSWER: StepForm(
        (
            Ask("about", "答复的是哪一件", "asked_of_office"),
            Ask("agrees", "同意", "yesno"),
            _NUMBER,
            Ask("on", "答复的日期", "date"),
            Ask("photos", "书面答复的照片或扫描件", "photos"),
            Ask("words", "答复要点", "area", needed=False),
        ),
        runs.record_answer,
        proposes=put.record_answer,
        about="被申请的单位书面答复了才记。同意的，期限就改到申请的那一天，仍算那个单位定的。",
    ),
    Step.TAKE_BACK: StepForm((Ask("about", "撤回哪一件", "own_asked"), _WHY), runs.take_back, proposes=put.take_back),
    Step.ANSWER_DISPUTE: StepForm((Ask("upheld", "异议成立", "yesno"), _WHY), runs.answer_dispute, loud=True),
    Step.LOOK_BACK_MENDED: StepForm(
        (_PHOTOS, Ask("words", "说明", "area", needed=False)),
        runs.look_back(True),
        about="从同一位置再拍一张。您是见证人，要由别人核验。",
    ),
    Step.LOOK_BACK_OPEN: StepForm((_PHOTOS, Ask("words", "还差什么", "area", needed=False)), runs.look_back(False)),
    Step.NOTE_OBSERVED: StepForm(
        (Ask("words", "怎么处理", "area", hint="例如：已按补记重开；情况和现在一致，不用再办"),),
        runs.note_observed,
        loud=True,
        about="手机发来的回访没有直接办成一步，原因写在上面。请看两边的情况，再决定接着办什么。",
    ),
    Step.CONFIRM_FINDING: StepForm(
        (Ask("words", "怎么核实的", "area", needed=False, hint="例如：请另一位代表去看过；照片看得清"),),
        runs.confirm_finding,
        loud=True,
        about="报的代表与这家场所有关联，按规定回避。您看过确认后再交办；不属实的申请撤销。",
    ),
    Step.APPOINT: StepForm(
        (
            Ask("verifier", "请谁核验", "verifier", hint="只列能核验的人：整改、报请、见证和要回避的不在里面"),
            Ask("on", "哪天前", "date"),
        ),
        runs.appoint,
        proposes=put.appoint,
    ),
    Step.URGE: StepForm((Ask("words", "说一句", "area", needed=False),), offices.urge),
    Step.ESCALATE: StepForm((Ask("organisation_id", "报给哪个单位", "organisation"), _WHY), offices.escalate),
    Step.SUBMIT: StepForm(
        (Ask("photos", "整改后的照片", "photos"), Ask("words", "怎么改的", "area")),
        runs.submit,
        loud=True,
        said="报上去了，等人来核验。",
    ),
    Step.WITHDRAW: StepForm((_WHY,), runs.with_reason(mending.withdraw)),
    Step.GIVE_UP_PHOTO: StepForm(
        (Ask("photo", "哪一张", "awaited"), _WHY),
        runs.give_up_photo,
        about="问清楚再也发不来了才用，例如手机丢了。照片后来又到了，照样会收下。",
    ),
    Step.PASS: StepForm(
        (Ask("way", "怎么看的", "way"), _MORE_PHOTOS, Ask("opinion", "核验意见", "area")), runs.verify(True), loud=True
    ),
    Step.FAIL: StepForm(
        (
            Ask("way", "怎么看的", "way"),
            _MORE_PHOTOS,
            Ask("opinion", "还差什么", "area"),
            Ask("mending_on", "建议的新期限", "date", needed=False, hint="由定期限的单位来定；没定以前原来的期限照算"),
        ),
        runs.verify(False),
    ),
    Step.REINSPECT: StepForm(
        (
            Ask("authority", "复查单位"),
            Ask("number", "复查文号"),
            Ask("on", "复查日期", "date"),
            Ask("passed", "已经改好", "yesno"),
            Ask("conclusion", "结论", "area"),
        ),
        authorities.reinspect,
        proposes=put.authority,
    ),
    Step.OPINION: StepForm(
        (
            Ask("authority", "哪个主管部门"),
            Ask("number", "意见文号"),
            Ask("on", "意见日期", "date"),
            Ask("agrees", "同意销号", "yesno"),
            Ask("opinion", "意见要点", "area", needed=False),
        ),
        authorities.opinion,
        proposes=put.authority,
    ),
    Step.CLOSE: StepForm(
        (Ask("words", "销号意见", "area", needed=False),),
        runs.close,
        loud=True,
        about="核验的人和您不是同一个人，照片到齐。要主管部门意见的，意见已经记录。",
    ),
    Step.RETURN: StepForm((Ask("to", "退到哪一步", "return_to"), _WHY), runs.send_back),
    Step.ASK_CLOSE_WITHOUT_OPINION: StepForm(
        (_WHY,),
        runs.ask(Step.ASK_CLOSE_WITHOUT_OPINION),
        about=f"主管部门的意见等了两轮还没有来。{_TWO}销号后列入例外。",
    ),
    Step.CLOSE_WITHOUT_OPINION: StepForm((), runs.confirm, about=f"{_SECOND}销号后列入例外。", shows=of_request),
    Step.REFER: StepForm((Ask("authority_id", "认定机关", "authority", hint=_ONLY_COMPETENT), _WHY), authorities.refer),
    Step.DETERMINE: StepForm(
        (
            Ask("major", "认定为重大", "yesno"),
            Ask("authority_id", "认定机关", "authority", hint=_ONLY_COMPETENT),
            Ask("number", "认定文号"),
            Ask("on", "认定日期", "date"),
            Ask("photos", "答复的照片或扫描件", "photos"),
        ),
        authorities.determine,
        proposes=put.today,
        about="只记录机关的答复。答复不是重大的，级别改为一般；已经认定为重大的，只有原认定机关的答复能调低。",
    ),
    Step.LIST: StepForm(
        (
            Ask("authority_id", "哪个机关", "lister", hint=_ONLY_COMPETENT),
            _NUMBER,
            Ask("on", "挂牌日期", "date"),
            Ask("duty", "责任"),
            Ask("measures", "措施"),
            Ask("money", "资金"),
            Ask("time", "时限"),
            Ask("plan", "预案"),
        ),
        authorities.put_under_list,
        proposes=put.own_office,
        about=f"已经认定为重大的才挂牌。{_CONGRESS_RECORDS}",
    ),
    Step.UNLIST: StepForm(
        (Ask("authority_id", "哪个机关", "lifter", hint="由挂牌的机关解除"), _NUMBER, Ask("on", "解除日期", "date")),
        authorities.lift_from_list,
        proposes=put.own_office,
        about=_CONGRESS_RECORDS,
    ),
    Step.WATCH: StepForm(
        (
            Ask("meeting", "哪次主任会议", hint="例如：区十八届人大常委会第 52 次主任会议"),
            Ask("on", "会议日期", "date"),
            Ask("leader", "领衔领导"),
            _WHY,
        ),
        authorities.watch,
        about="由主任会议决定，这里只记下来。不影响办理和销号。",
    ),
    Step.UNWATCH: StepForm((_WHY,), runs.with_reason(flagging.stop_watching)),
    Step.TRANSFER: StepForm(
        (Ask("to", "移送单位"), _NUMBER, Ask("on", "移送日期", "date")), authorities.transfer, proposes=put.today
    ),
    Step.TRANSFER_RESULT: StepForm(
        (Ask("result", "结果", "area"), _NUMBER, Ask("on", "日期", "date")),
        authorities.transfer_result,
        proposes=put.today,
    ),
    Step.ASK_END: StepForm(
        (_WHY,), runs.ask(Step.ASK_END), about=f"场所不在了才用，不算整改。场所又开了会重新立项。{_TWO}"
    ),
    Step.END: StepForm((), runs.confirm, about=_SECOND, shows=of_request),
    Step.ASK_VOID: StepForm((_WHY,), runs.ask(Step.ASK_VOID), about=f"记错了、不是隐患才用。{_TWO}"),
    Step.VOID: StepForm((), runs.confirm, about=_SECOND, shows=of_request),
    Step.ASK_MERGE: StepForm(
        (Ask("target", "并到哪一件", "sibling"), _WHY), runs.ask_merge, about=f"并案后跟着那一件走，级别从严。{_TWO}"
    ),
    Step.MERGE: StepForm((), runs.merge, about=_SECOND, shows=of_request),
    Step.ASK_RESTORE: StepForm((_WHY,), runs.ask(Step.ASK_RESTORE), about=f"回到撤销或并案以前的状态。{_TWO}"),
    Step.RESTORE: StepForm((), runs.restore, about=_SECOND, shows=of_request),
    Step.TURN_DOWN: StepForm((_WHY,), runs.with_reason(settling.turn_down)),
    Step.CORRECT: StepForm(
        (
            Ask("title", "问题改成", needed=False),
            Ask("place_within", "位置改成", needed=False),
            Ask("premises", "场所改成", needed=False, hint="写名称或门牌号，能认出一家就行；片区和责任主体跟着改"),
            Ask("item_code", "检查项改成", "item", needed=False),
            Ask("suspect", "调为疑似重大", "yesno", needed=False, hint="只能调高；调低要主管部门答复，或两个人办"),
            Ask("wrong_photo", "哪张照片放错了", "photo", needed=False),
            Ask("photos", "换上或补上的照片", "photos", needed=False),
            _WHY,
        ),
        runs.correct,
        about="原来的写法留在记录里。已经出的文书不会变，要作废后另出一张。",
    ),
    Step.ASK_LOWER: StepForm(
        (Ask("grade", "调到哪一级", "lower"), _WHY),
        runs.ask_lower,
        about=f"只调低疑似重大。主管部门答复了的，请办“记录认定”。没有答复要调低，{_TWO}调低后列入例外。",
    ),
    Step.LOWER: StepForm((), runs.confirm, about=f"{_SECOND}调低后列入例外。", shows=of_request),
    Step.REOPEN: StepForm((_PHOTOS, _WHY), runs.reopen),
    Step.REARM: StepForm((_WHY,), runs.rearm, about="场所又开了，这一件重新立项，等交办。"),
    Step.SIGHT: StepForm((_MORE_PHOTOS, Ask("words", "看到什么", "area", needed=False)), runs.sight),
}
