"""The table of a hazard's life: who may take which step from where, and what follows from the rows. Values only."""

from dataclasses import dataclass

from .vocabulary import OPEN, State, Step, Who

_DESK = frozenset({Who.CONGRESS_SUPERVISOR, Who.GOVERNMENT_SUPERVISOR})
_WITNESS = frozenset({Who.DEPUTY, Who.CONGRESS_SUPERVISOR})
_ANSWERABLE = frozenset({Who.HANDLER, Who.PARTY})
_GOVERNMENT = frozenset({Who.GOVERNMENT_SUPERVISOR, Who.HANDLER})
# Who answers what was asked of an office: its officers and its head; of which office is the guards' word.
_ANSWERING = _DESK | {Who.HANDLER, Who.LEADER}
_SECOND = _DESK | {Who.LEADER}
_CONGRESS = frozenset({Who.CONGRESS_SUPERVISOR})
_CLOCK = frozenset({Who.CLOCK})
_LIVE = OPEN
_ANY = frozenset(State)
_PUT_AWAY = frozenset({State.VOID, State.MERGED})
_R, _V, _C, _F = State.RECTIFYING, State.AWAITING_VERIFICATION, State.AWAITING_CLOSURE, State.FOUND


def _only(*states: State) -> frozenset[State]:
    return frozenset(states)


@dataclass(frozen=True)
class Row:
    """One step: where it may start, where it leads (None: the state stays), who may take it."""

    step: Step
    label: str
    starts: frozenset[State]
    ends: tuple[State | None, ...]
    who: frozenset[Who]
    needs: str = ""


TABLE: tuple[Row, ...] = (
    Row(Step.FIX_ON_SPOT, "当场整改", _only(_F), (_V,), frozenset({Who.DEPUTY}), "整改后照片，只限允许当场改的项"),
    Row(Step.HAND_OVER, "交办", _only(_F), (_R,), _DESK, "承办单位、答复期限、建议整改期限、文号或不另行文的理由"),
    Row(Step.REASSIGN, "改派", _only(_R), (None,), _DESK, "新的承办单位、期限怎么算"),
    Row(Step.ACCEPT, "签收", _only(_R), (None,), frozenset({Who.HANDLER}), "整改期限；下过正式文书的，以文书为准"),
    Row(Step.DECLINE, "退回", _only(_R), (None,), frozenset({Who.HANDLER}), "谁有职权、为什么"),
    Row(
        Step.ORDER,
        "正式文书",
        _only(_R),
        (None,),
        _GOVERNMENT,
        "承办单位，在这个领域有签发职权；本单位的检查记录、文号、两名承办人员、期限；已有一张的，写明代替哪一张",
    ),
    Row(
        Step.SERVE,
        "送达",
        _LIVE,
        (None,),
        _DESK | {Who.DEPUTY, Who.HANDLER},
        "出单的单位或带单的代表，方式、签收人；留置的写见证人或拍照",
    ),
    Row(
        Step.TELL,
        "告知",
        _LIVE,
        (None,),
        _DESK | {Who.DEPUTY, Who.HANDLER},
        "当面看过没有签收的理由；不是送达，期限不从这天算",
    ),
    Row(Step.MISS, "没有送到", _LIVE, (None,), _DESK | {Who.DEPUTY, Who.HANDLER}, "没有送到的原因；不是送达"),
    Row(Step.UNSERVE, "更正送达", _ANY, (None,), _DESK | {Who.HANDLER}, "哪一次送达不算、理由；期限又是暂定，不缩短"),
    Row(
        Step.SET_MENDING,
        "重定整改期限",
        _only(_R),
        (None,),
        _ANSWERING,
        "核验人或迟到的送达提出新期限，由定期限的单位定",
    ),
    Row(Step.ASK_EXTENSION, "申请延期", _only(_R), (None,), _ANSWERABLE, "理由、新日期、期间的防范措施"),
    Row(Step.GRANT_EXTENSION, "同意延期", _only(_R), (None,), _ANSWERING, "由定期限的单位决定，不是申请的人"),
    Row(Step.REFUSE_EXTENSION, "不同意延期", _only(_R), (None,), _ANSWERING, "由定期限的单位决定，写明理由"),
    Row(
        Step.RECORD_ANSWER,
        "记录机关答复",
        _ANY,
        (None,),
        _DESK,
        "定期限或出单的单位书面答复了延期、新期限或异议：文号、日期、扫描件；不是申请的单位",
    ),
    Row(
        Step.TAKE_BACK,
        "撤回申请",
        _ANY,
        (None,),
        _DESK | {Who.HANDLER, Who.PARTY},
        "只有申请的一方能撤回；答复以前",
    ),
    Row(Step.DISPUTE, "异议", _only(_R), (None,), frozenset({Who.PARTY}), "对哪张单子或交办，理由"),
    Row(Step.ANSWER_DISPUTE, "答复异议", _ANY, (None,), _ANSWERING, "由出单或交办的单位答复，写明理由"),
    Row(Step.LOOK_BACK_MENDED, "回访：已改", _only(_R), (_V,), _WITNESS, "前后照片"),
    Row(Step.LOOK_BACK_OPEN, "回访：未改", _only(_R), (None,), _WITNESS, "照片"),
    Row(Step.OBSERVE, "回访补记", _ANY, (None,), _WITNESS, "到得晚、这一步办不了的回访，照样记下，等督办员看"),
    Row(Step.NOTE_OBSERVED, "看过补记", _ANY, (None,), _DESK, "怎么处理"),
    Row(Step.CONFIRM_FINDING, "确认发现", _LIVE, (None,), _DESK, "与场所有关联、要回避的代表报的，由督办员看过"),
    Row(Step.APPOINT, "安排核验", _only(_V), (None,), _DESK, "能核验的人、日期"),
    Row(Step.URGE, "催办", _LIVE, (None,), _DESK | _CLOCK, "催谁、怎么催"),
    Row(Step.ESCALATE, "升级", _LIVE, (None,), _DESK | _CLOCK, "报给谁、怎么报"),
    Row(Step.SUBMIT, "报请核验", _only(_R), (_V,), _ANSWERABLE, "整改后照片、说明"),
    Row(Step.WITHDRAW, "撤回", _only(_V), (_R, _F), _ANSWERABLE | _WITNESS, "只有报请的一方或当场见证的人能撤回"),
    Row(Step.GIVE_UP_PHOTO, "不等照片", _LIVE, (None,), _DESK, "哪一张、理由"),
    Row(Step.PASS, "核验合格", _only(_V), (State.CLOSED, _C), _WITNESS | _GOVERNMENT, "照片到齐、看过的证据、意见"),
    Row(Step.FAIL, "核验不合格", _only(_V), (_R, _F), _WITNESS | _GOVERNMENT, "理由、建议的新期限"),
    Row(
        Step.REINSPECT,
        "复查（主管部门）",
        _only(_R, _V, _C),
        (None,),
        _DESK | {Who.HANDLER},
        "复查单位、文号、日期、结论",
    ),
    Row(
        Step.OPINION,
        "记录主管部门意见",
        _only(_V, _C),
        (None,),
        _DESK | {Who.HANDLER},
        "哪个部门、文号、日期、是否同意销号",
    ),
    Row(
        Step.CLOSE,
        "销号",
        _only(_C),
        (State.CLOSED,),
        _DESK,
        "交办的单位来办，不是核验的人；照片到齐；要主管部门意见的，意见已记录",
    ),
    Row(
        Step.CLOSE_UNOPPOSED,
        "到期自动销号",
        _only(_C),
        (State.CLOSED,),
        _CLOCK,
        "交办的单位开了这一条，平时不开；回访核实合格后满几个工作日没有异议，照片到齐",
    ),
    Row(Step.RETURN, "退回再查", _only(_C), (_V, _R, _F), _DESK, "退到哪一步、理由"),
    Row(Step.ASK_CLOSE_WITHOUT_OPINION, "申请例外销号", _only(_C), (None,), _DESK, "书面理由，意见超过两个期限没有来"),
    Row(Step.CLOSE_WITHOUT_OPINION, "例外销号", _only(_C), (State.CLOSED,), _SECOND, "第二个人确认，列入例外"),
    Row(Step.REFER, "提请认定", _LIVE, (None,), _DESK, "在这个领域有认定职权的机关、疑似重大的理由"),
    Row(
        Step.DETERMINE,
        "记录认定",
        _LIVE,
        (None,),
        _DESK,
        "有认定职权的机关、文号、日期、答复的照片、结论；已认定为重大的，只凭原认定机关的答复调低",
    ),
    Row(
        Step.LIST,
        "挂牌督办",
        _LIVE,
        (None,),
        _DESK,
        "已认定为重大；责任、措施、资金、时限、预案；人大侧只记录哪个机关、文号、日期",
    ),
    Row(Step.UNLIST, "解除挂牌", _LIVE, (None,), _DESK, "哪个机关、文号、日期"),
    Row(Step.WATCH, "重点督办", _LIVE, (None,), _CONGRESS, "哪次主任会议、日期、领衔领导、理由"),
    Row(Step.UNWATCH, "解除重点督办", _LIVE, (None,), _CONGRESS, "理由"),
    Row(Step.TRANSFER, "移送", _LIVE, (None,), _GOVERNMENT, "在这个领域有移送职权、移送单位、文号、日期"),
    Row(Step.TRANSFER_RESULT, "移送结果", _ANY, (None,), _DESK | {Who.HANDLER}, "结果、文号、日期"),
    Row(Step.ASK_END, "申请终结", _LIVE, (None,), _DESK, "场所不在了的理由"),
    Row(Step.END, "终结", _LIVE, (State.ENDED,), _SECOND, "第二个人确认"),
    Row(Step.ASK_VOID, "申请撤销", _LIVE, (None,), _DESK, "理由；有并进来的先恢复"),
    Row(Step.VOID, "撤销", _LIVE, (State.VOID,), _SECOND, "第二个人确认"),
    Row(Step.ASK_MERGE, "申请并案", _LIVE, (None,), _DESK, "并到哪一件：同一场所、没有办结"),
    Row(Step.MERGE, "并案", _LIVE, (State.MERGED,), _SECOND, "第二个人确认"),
    Row(Step.ASK_RESTORE, "申请恢复", _PUT_AWAY, (None,), _DESK, "理由"),
    Row(Step.RESTORE, "恢复", _PUT_AWAY, tuple(sorted(OPEN)), _SECOND, "第二个人确认，回到原来的状态"),
    Row(Step.TURN_DOWN, "不同意", _LIVE | _PUT_AWAY, (None,), _SECOND, "理由"),
    Row(Step.LAPSE, "申请过期", _LIVE | _PUT_AWAY, (None,), _CLOCK, "5 个工作日没有人确认"),
    Row(Step.ABSORB, "并入一件", _LIVE, (None,), _DESK, "并进来的那一件；级别从严"),
    Row(Step.RELEASE, "分出一件", _ANY, (None,), _DESK, "恢复出去的那一件"),
    Row(Step.FOLLOW, "随并案变化", _only(State.MERGED), (None,), _CLOCK, "并到的那一件销号、终结、重开或再并案"),
    Row(Step.CORRECT, "更正", _ANY, (None,), _DESK, "改了什么、理由；级别在这里只能调高"),
    Row(Step.ASK_LOWER, "申请调低级别", _LIVE, (None,), _DESK, "只调低疑似重大；理由"),
    Row(Step.LOWER, "调低级别", _LIVE, (None,), _SECOND, "第二个人确认，列入例外"),
    Row(
        Step.REOPEN,
        "重开",
        _only(State.CLOSED, State.ENDED),
        (_F,),
        _WITNESS | _GOVERNMENT | {Who.CITIZEN},
        "理由、照片；承办人只能重开自己核验的",
    ),
    Row(Step.REARM, "重新立项", _only(State.ENDED), (_F,), _DESK | _CLOCK, "场所又开了"),
    Row(Step.SIGHT, "再次看到", _LIVE, (None,), _DESK | {Who.DEPUTY, Who.HANDLER, Who.CITIZEN}, "时间、照片"),
    Row(Step.RECOMPUTE, "期限重算", _LIVE, (None,), _CLOCK, "放假安排公布，暂定的日期定下来，只会延后"),
    Row(Step.RECONCILE, "对账补记", _ANY, (None,), _CLOCK, "走访里记过、没有连上的照片或再次看到，夜里对账时补上"),
    Row(Step.ISSUE_PAPER, "出文书", _ANY, (None,), _DESK | {Who.DEPUTY, Who.HANDLER}, "文书种类"),
    Row(Step.VOID_PAPER, "作废文书", _ANY, (None,), _DESK | {Who.HANDLER}, "由出文书的单位写明理由"),
)
ROWS: dict[Step, Row] = {row.step: row for row in TABLE}
STEP_NAMES: dict[Step, str] = {Step.REPORT: "发现"} | {row.step: row.label for row in TABLE}
# What a deputy's look is called: they confirm what they saw, which decides nothing (代表法 2025 第三十一条第二款).
CONFIRMED_NAMES: dict[Step, str] = {Step.PASS: "回访核实：合格", Step.FAIL: "回访核实：不合格"}

# What one person asks and a second confirms.
CONFIRMS: dict[Step, Step] = {
    Step.ASK_END: Step.END,
    Step.ASK_VOID: Step.VOID,
    Step.ASK_MERGE: Step.MERGE,
    Step.ASK_RESTORE: Step.RESTORE,
    Step.ASK_LOWER: Step.LOWER,
    Step.ASK_CLOSE_WITHOUT_OPINION: Step.CLOSE_WITHOUT_OPINION,
}
# A later mending date that somebody put forward: the verifier after 不合格, or a service that came late.
PROPOSALS = frozenset({Step.FAIL, Step.SERVE})
# What is asked of who set the mending date; an office may also answer these and disputes on paper.
OF_THE_DATE = frozenset({Step.ASK_EXTENSION, *PROPOSALS})
# How a hazard comes to be closed.
CLOSINGS = frozenset({Step.PASS, Step.CLOSE, Step.CLOSE_UNOPPOSED, Step.CLOSE_WITHOUT_OPINION})
# Steps that stand in the list of exceptions.
EXCEPTIONS = (Step.CLOSE_WITHOUT_OPINION, Step.LOWER)
# What a request is called while it waits: a proposed date is kept under the step that brought it.
ASKED_NAMES: dict[Step, str] = STEP_NAMES | {Step.FAIL: "核验人提出的新期限", Step.SERVE: "可以延后的期限"}
