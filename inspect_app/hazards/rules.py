"""The life of a hazard as one table. Buttons, permissions, checks, tests and the diagram follow from it.

Pure: values in, decision out. Who may order, determine or list comes from the powers of an organisation
(代表法 2025 第三十一条第二款: deputies do not handle problems directly).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from inspect_app.kernel.errors import NotAllowed, Refused
from inspect_app.people.rules import Role, Side


class State(StrEnum):
    FOUND = "found"
    RECTIFYING = "rectifying"
    AWAITING_VERIFICATION = "awaiting_verification"
    AWAITING_CLOSURE = "awaiting_closure"
    CLOSED = "closed"
    ENDED = "ended"
    VOID = "void"
    MERGED = "merged"

    @property
    def is_open(self) -> bool:
        return self in OPEN


OPEN = frozenset({State.FOUND, State.RECTIFYING, State.AWAITING_VERIFICATION, State.AWAITING_CLOSURE})
STATE_NAMES = {
    State.FOUND: "待交办",
    State.RECTIFYING: "整改中",
    State.AWAITING_VERIFICATION: "待核验",
    State.AWAITING_CLOSURE: "待销号",
    State.CLOSED: "已销号",
    State.ENDED: "终结",
    State.VOID: "撤销",
    State.MERGED: "并案",
}


class Grade(StrEnum):
    GENERAL = "general"
    SUSPECTED_MAJOR = "suspected_major"
    MAJOR = "major"


GRADE_NAMES = {Grade.GENERAL: "一般", Grade.SUSPECTED_MAJOR: "疑似重大", Grade.MAJOR: "重大（已认定）"}


class Step(StrEnum):
    REPORT = "report"
    FIX_ON_SPOT = "fix_on_spot"
    HAND_OVER = "hand_over"
    REASSIGN = "reassign"
    ACCEPT = "accept"
    DECLINE = "decline"
    ORDER = "order"
    SERVE = "serve"
    ASK_EXTENSION = "ask_extension"
    GRANT_EXTENSION = "grant_extension"
    REFUSE_EXTENSION = "refuse_extension"
    DISPUTE = "dispute"
    ANSWER_DISPUTE = "answer_dispute"
    LOOK_BACK_MENDED = "look_back_mended"
    LOOK_BACK_OPEN = "look_back_open"
    APPOINT = "appoint"
    URGE = "urge"
    ESCALATE = "escalate"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    PASS = "pass"
    FAIL = "fail"
    REINSPECT = "reinspect"
    CLOSE = "close"
    RETURN = "return"
    ASK_CLOSE_WITHOUT_OPINION = "ask_close_without_opinion"
    CLOSE_WITHOUT_OPINION = "close_without_opinion"
    REFER = "refer"
    DETERMINE = "determine"
    LIST = "list"
    UNLIST = "unlist"
    TRANSFER = "transfer"
    TRANSFER_RESULT = "transfer_result"
    ASK_END = "ask_end"
    END = "end"
    ASK_VOID = "ask_void"
    VOID = "void"
    ASK_MERGE = "ask_merge"
    MERGE = "merge"
    TURN_DOWN = "turn_down"
    RESTORE = "restore"
    CORRECT = "correct"
    REOPEN = "reopen"
    SIGHT = "sight"
    ISSUE_PAPER = "issue_paper"


class Who(StrEnum):
    """An acting part: a role with its side, or one who acts without an account."""

    DEPUTY = "deputy"
    CONGRESS_SUPERVISOR = "congress_supervisor"
    GOVERNMENT_SUPERVISOR = "government_supervisor"
    HANDLER = "handler"
    PARTY = "party"
    CITIZEN = "citizen"
    CLOCK = "clock"
    LEADER = "leader"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


WHO_NAMES = {
    Who.DEPUTY: "代表",
    Who.CONGRESS_SUPERVISOR: "督办员（人大侧）",
    Who.GOVERNMENT_SUPERVISOR: "督办员（政府侧）",
    Who.HANDLER: "承办人",
    Who.PARTY: "场所负责人",
    Who.CITIZEN: "群众",
    Who.CLOCK: "时钟",
    Who.LEADER: "领导",
    Who.AUDITOR: "审计",
    Who.ADMINISTRATOR: "管理员",
}

_DESK = frozenset({Who.CONGRESS_SUPERVISOR, Who.GOVERNMENT_SUPERVISOR})
_WITNESS = frozenset({Who.DEPUTY, Who.CONGRESS_SUPERVISOR})
_ANSWERABLE = frozenset({Who.HANDLER, Who.PARTY})
_GOVERNMENT = frozenset({Who.GOVERNMENT_SUPERVISOR, Who.HANDLER})
_LIVE = OPEN
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
    Row(Step.ACCEPT, "签收", _only(_R), (None,), frozenset({Who.HANDLER}), "整改期限"),
    Row(Step.DECLINE, "退回", _only(_R), (None,), frozenset({Who.HANDLER}), "谁有职权、为什么"),
    Row(Step.ORDER, "正式文书", _only(_R), (None,), _GOVERNMENT, "签发职权、名称、文号、承办人员、期限、救济途径"),
    Row(Step.SERVE, "送达", _LIVE, (None,), _DESK | {Who.DEPUTY, Who.HANDLER}, "方式、签收人或未签收的理由"),
    Row(Step.ASK_EXTENSION, "申请延期", _only(_R), (None,), _ANSWERABLE, "理由、新日期、期间的防范措施"),
    Row(Step.GRANT_EXTENSION, "同意延期", _only(_R), (None,), _DESK | {Who.HANDLER}, "由定期限的单位决定"),
    Row(Step.REFUSE_EXTENSION, "不同意延期", _only(_R), (None,), _DESK | {Who.HANDLER}, "理由"),
    Row(Step.DISPUTE, "异议", _only(_R), (None,), frozenset({Who.PARTY}), "理由"),
    Row(Step.ANSWER_DISPUTE, "答复异议", _only(_R), (None,), _DESK | {Who.HANDLER}, "理由"),
    Row(Step.LOOK_BACK_MENDED, "回访：已改", _only(_R), (_V,), _WITNESS, "前后照片"),
    Row(Step.LOOK_BACK_OPEN, "回访：未改", _only(_R), (None,), _WITNESS, "照片"),
    Row(Step.APPOINT, "安排核验", _only(_V), (None,), _DESK, "能核验的人、日期"),
    Row(Step.URGE, "催办", _LIVE, (None,), _DESK | {Who.CLOCK}, "催谁、怎么催"),
    Row(Step.ESCALATE, "升级", _LIVE, (None,), _DESK | {Who.CLOCK}, "报给谁、怎么报"),
    Row(Step.SUBMIT, "报请核验", _only(_R), (_V,), _ANSWERABLE, "整改后照片、说明"),
    Row(Step.WITHDRAW, "撤回", _only(_V), (_R, _F), _ANSWERABLE | _WITNESS, "只有报请的人能撤回"),
    Row(Step.PASS, "核验合格", _only(_V), (State.CLOSED, _C), _WITNESS | _GOVERNMENT, "看过的证据、意见"),
    Row(Step.FAIL, "核验不合格", _only(_V), (_R, _F), _WITNESS | _GOVERNMENT, "理由、建议的新期限"),
    Row(Step.REINSPECT, "复查（主管部门）", _only(_R, _V, _C), (None,), _DESK | {Who.HANDLER}, "复查文号、日期、结论"),
    Row(Step.CLOSE, "销号", _only(_C), (State.CLOSED,), _DESK, "主管部门意见"),
    Row(Step.RETURN, "退回再查", _only(_C), (_V, _R, _F), _DESK, "理由"),
    Row(Step.ASK_CLOSE_WITHOUT_OPINION, "申请例外销号", _only(_C), (None,), _DESK, "书面理由，意见超过两个期限没有来"),
    Row(Step.CLOSE_WITHOUT_OPINION, "例外销号", _only(_C), (State.CLOSED,), _DESK, "第二个人确认"),
    Row(Step.REFER, "提请认定", _LIVE, (None,), _DESK, "疑似重大的理由"),
    Row(Step.DETERMINE, "记录认定", _LIVE, (None,), _DESK, "认定机关、文号、日期、结论"),
    Row(Step.LIST, "挂牌督办", _LIVE, (None,), _DESK, "责任、措施、资金、时限、预案"),
    Row(Step.UNLIST, "解除挂牌", _LIVE, (None,), _DESK, "文号、日期"),
    Row(Step.TRANSFER, "移送", _LIVE, (None,), _GOVERNMENT, "移送单位、文号"),
    Row(Step.TRANSFER_RESULT, "移送结果", _LIVE, (None,), _DESK | {Who.HANDLER}, "结果、文号"),
    Row(Step.ASK_END, "申请终结", _LIVE, (None,), _DESK, "场所不在了的理由"),
    Row(Step.END, "终结", _LIVE, (State.ENDED,), _DESK, "第二个人确认"),
    Row(Step.ASK_VOID, "申请撤销", _LIVE, (None,), _DESK, "理由"),
    Row(Step.VOID, "撤销", _LIVE, (State.VOID,), _DESK, "第二个人确认"),
    Row(Step.ASK_MERGE, "申请并案", _LIVE, (None,), _DESK, "并到哪一件"),
    Row(Step.MERGE, "并案", _LIVE, (State.MERGED,), _DESK, "第二个人确认"),
    Row(Step.TURN_DOWN, "不同意", _LIVE, (None,), _DESK, "理由"),
    Row(Step.RESTORE, "恢复", _only(State.VOID, State.MERGED), tuple(sorted(OPEN)), _DESK, "理由"),
    Row(Step.CORRECT, "更正", frozenset(State), (None,), _DESK, "改了什么、理由"),
    Row(
        Step.REOPEN,
        "重开",
        _only(State.CLOSED, State.ENDED),
        (_F,),
        _WITNESS | _GOVERNMENT | {Who.CITIZEN},
        "理由、照片",
    ),
    Row(Step.SIGHT, "再次看到", _LIVE, (None,), _DESK | {Who.DEPUTY, Who.HANDLER}, "时间、照片"),
    Row(Step.ISSUE_PAPER, "出文书", frozenset(State), (None,), _DESK | {Who.DEPUTY, Who.HANDLER}, "文书种类"),
)
ROWS: dict[Step, Row] = {row.step: row for row in TABLE}
STEP_NAMES: dict[Step, str] = {Step.REPORT: "发现"} | {row.step: row.label for row in TABLE}


@dataclass(frozen=True)
class Actor:
    """Who acts: a person under a term, a party by its paper, a citizen, or the clock.

    `recorded_by` is set for 代录: somebody entered what another did; rules judge who acted.
    """

    who: Who
    person_id: UUID | None = None
    organisation_id: UUID | None = None
    parent_organisation_id: UUID | None = None
    side: Side | None = None
    powers: frozenset[str] = frozenset()
    account_id: UUID | None = None
    term_id: UUID | None = None
    party_id: UUID | None = None
    recorded_by: UUID | None = None
    name: str = ""  # for showing who did it last; never part of the chain

    def may(self, power: str) -> bool:
        return power in self.powers


def who_is(role: Role, side: Side) -> Who:
    """The acting part of a role on a side."""
    if role is Role.SUPERVISOR:
        return Who.CONGRESS_SUPERVISOR if side is Side.CONGRESS else Who.GOVERNMENT_SUPERVISOR
    return Who(role.value)


@dataclass(frozen=True)
class Round:
    """One round of mending: who mended, who submitted, who witnessed."""

    number: int = 1
    mended_by_organisation: UUID | None = None
    submitted_by_person: UUID | None = None
    submitted_by_organisation: UUID | None = None
    witness_person: UUID | None = None
    by_party: bool = False
    verified_by_person: UUID | None = None
    verified_by_organisation: UUID | None = None


@dataclass(frozen=True)
class Case:
    """What the rules need to know of a hazard, read inside the step."""

    state: State
    grade: Grade = Grade.GENERAL
    handler: UUID | None = None
    first_receiver: UUID | None = None
    accepted: bool = False
    declined: bool = False
    has_order: bool = False
    order_reinspected: bool = False
    opinion_recorded: bool = False
    listed: bool = False
    referred: bool = False
    evidence_complete: bool = True
    request: "Request | None" = None
    extension: "Request | None" = None
    round: Round = field(default_factory=Round)
    closed_by_person: UUID | None = None
    state_before: State | None = None
    mending_set_by: UUID | None = None
    closure_wait_over: bool = False
    linked_persons: frozenset[UUID] = frozenset()
    found_by_person: UUID | None = None
    only_supervisor: bool = False


@dataclass(frozen=True)
class Request:
    """Something asked by one person that another must decide: end, void, merge, close without opinion, extension."""

    step: Step
    asked_by_person: UUID | None
    asked_on: date


@dataclass(frozen=True)
class Decision:
    """The state after the step, and whether a new round begins."""

    state: State
    new_round: bool = False


def decide(case: Case, step: Step, actor: Actor) -> Decision:
    """Whether the actor may take the step now, and where it leads.

    Raises NotAllowed when the step belongs to others, Refused when it is not open from this state or something is missing.
    """
    row = ROWS[step]
    if actor.who not in row.who:
        raise NotAllowed(f"“{row.label}”要由{'、'.join(WHO_NAMES[w] for w in sorted(row.who))}来办。")
    if case.state not in row.starts:
        raise Refused(f"这一件现在是“{STATE_NAMES[case.state]}”，不能办“{row.label}”。请看最新情况再决定。")
    guard = GUARDS.get(step)
    if guard is not None:
        guard(case, actor)
    return Decision(_target(case, row), new_round=step is Step.FAIL)


def open_steps(case: Case, actor: Actor) -> list[Step]:
    """The steps this actor may take now, in the order of the table: the buttons of a page."""
    return [row.step for row in TABLE if _allowed(case, row.step, actor)]


def _allowed(case: Case, step: Step, actor: Actor) -> bool:
    try:
        decide(case, step, actor)
    except Refused:
        return False
    return True


def _target(case: Case, row: Row) -> State:
    if row.step in (Step.FAIL, Step.WITHDRAW):
        return _R if case.handler else _F
    if row.step is Step.RETURN:
        return _V if case.round.submitted_by_person or case.round.by_party else (_R if case.handler else _F)
    if row.step is Step.PASS:
        return _C if needs_authority(case) else State.CLOSED
    if row.step is Step.RESTORE:
        if case.state_before is None:
            raise Refused("没有找到撤销或并案之前的状态，请联系管理员。")
        return case.state_before
    return row.ends[0] or case.state


def needs_authority(case: Case) -> bool:
    """Whether a pass leads to 待销号 instead of 已销号: major in any way, an order not yet re-inspected, or listed."""
    return case.grade is not Grade.GENERAL or (case.has_order and not case.order_reinspected) or case.listed


def why_not_verify(case: Case, actor: Actor) -> str | None:
    """Why this actor may not verify the present round, in Chinese; None if they may.

    The verifier is not the submitter, not of the organisation that submitted or mended, not the witness of a mending
    on the spot, and not linked to a party of the place (回避).
    """
    current = case.round
    if actor.person_id is None:
        return "核验要记在具体的人名下。"
    if actor.person_id == current.submitted_by_person:
        return "这一件是您报改好的，要由别人来核验。"
    if actor.person_id == current.witness_person:
        return "这一件是您当场看着改的，要由别人来核验。"
    if actor.person_id in case.linked_persons:
        return "您与这家场所有关联，按规定回避，要由别人来核验。"
    mine = {current.submitted_by_organisation, current.mended_by_organisation} - {None}
    if actor.organisation_id in mine:
        return "这一件由您所在单位整改或报改好，要由别的单位来核验。"
    return None


def _guard_verify(case: Case, actor: Actor) -> None:
    reason = why_not_verify(case, actor)
    if reason:
        raise NotAllowed(reason)


def _guard_pass(case: Case, actor: Actor) -> None:
    _guard_verify(case, actor)
    _need_evidence(case)


def _need_evidence(case: Case) -> None:
    if not case.evidence_complete:
        raise Refused("还有照片没到，先不能办结。照片到齐后再办，或写明理由放弃缺的照片。")


def _guard_handler(case: Case, actor: Actor) -> None:
    if actor.who is Who.HANDLER and actor.organisation_id != case.handler:
        raise NotAllowed("这一件不是交给您单位的。")


def _guard_answer(case: Case, actor: Actor) -> None:
    _guard_handler(case, actor)
    if case.accepted:
        raise Refused("这一件已经签收。")
    if case.declined:
        raise Refused("这一件已经退回，等督办员改派。")


def _guard_order(case: Case, actor: Actor) -> None:
    _guard_handler(case, actor)
    if not actor.may("order_notice"):
        raise NotAllowed("您单位的权责清单里没有签发整改通知书这一项，可以转给有职权的单位。")


def _guard_submit(case: Case, actor: Actor) -> None:
    _guard_handler(case, actor)
    if actor.who is Who.HANDLER and not case.accepted:
        raise Refused("请先签收，再报请核验。")


def _guard_extension(case: Case, actor: Actor) -> None:
    if case.extension is None:
        raise Refused("没有等您答复的延期申请。")
    if actor.organisation_id != case.mending_set_by:
        raise NotAllowed("期限由谁定，延期就由谁答复。")
    if actor.person_id is not None and actor.person_id == case.extension.asked_by_person:
        raise NotAllowed("延期是您申请的，要由别人答复。")


def _guard_ask_extension(case: Case, actor: Actor) -> None:
    _guard_handler(case, actor)
    if case.extension is not None:
        raise Refused("已经有一份延期申请在等答复。")


def _guard_withdraw(case: Case, actor: Actor) -> None:
    current = case.round
    if actor.who is Who.PARTY:
        if not current.by_party:
            raise NotAllowed("只有报请核验的人能撤回。")
        return
    if actor.person_id not in {current.submitted_by_person, current.witness_person}:
        raise NotAllowed("只有报请核验的人能撤回。")


def _guard_close(case: Case, actor: Actor) -> None:
    if actor.person_id == case.round.verified_by_person:
        raise NotAllowed("这一件是您核验的，要由别人销号。")
    _need_evidence(case)
    if case.grade is not Grade.GENERAL and not case.opinion_recorded:
        raise Refused("主管部门的意见还没有记录，先不能销号。")
    if case.has_order and not case.order_reinspected:
        raise Refused("下过整改通知书，要先记录主管部门的复查结论。")
    if case.listed:
        raise Refused("还在挂牌督办，解除以后才能销号。")


def _guard_ask_close_without_opinion(case: Case, actor: Actor) -> None:
    if not case.closure_wait_over:
        raise Refused("等待主管部门意见的期限还没有满两轮，先催办或升级。")
    _guard_ask(case, actor)
    if actor.person_id == case.round.verified_by_person:
        raise NotAllowed("这一件是您核验的，要由别人来办。")


def _guard_ask(case: Case, actor: Actor) -> None:
    if case.request is not None:
        raise Refused(f"已经有一份“{STEP_NAMES[case.request.step]}”在等确认。")


def _confirm(asked: Step) -> Callable[[Case, Actor], None]:
    def guard(case: Case, actor: Actor) -> None:
        if case.request is None or case.request.step is not asked:
            raise Refused(f"没有等确认的“{STEP_NAMES[asked]}”。")
        if actor.person_id is None or actor.person_id == case.request.asked_by_person:
            raise NotAllowed("这是您提出的，要由第二个人确认。")

    return guard


def _guard_close_without_opinion(case: Case, actor: Actor) -> None:
    _confirm(Step.ASK_CLOSE_WITHOUT_OPINION)(case, actor)
    _need_evidence(case)
    if actor.person_id == case.round.verified_by_person:
        raise NotAllowed("这一件是您核验的，要由别人确认。")


def _guard_turn_down(case: Case, actor: Actor) -> None:
    if case.request is None:
        raise Refused("没有等确认的申请。")


def _guard_refer(case: Case, actor: Actor) -> None:
    if case.referred:
        raise Refused("已经提请认定，正在等主管部门答复。")


def _guard_listed(case: Case, actor: Actor) -> None:
    if not case.listed:
        raise Refused("这一件没有挂牌督办。")


def _guard_not_listed(case: Case, actor: Actor) -> None:
    if case.listed:
        raise Refused("这一件已经挂牌督办。")


def _guard_transfer(case: Case, actor: Actor) -> None:
    _guard_handler(case, actor)
    if not actor.may("transfer_enforcement"):
        raise NotAllowed("您单位的权责清单里没有移送这一项。")


GUARDS: dict[Step, Callable[[Case, Actor], None]] = {
    Step.ACCEPT: _guard_answer,
    Step.DECLINE: _guard_answer,
    Step.ORDER: _guard_order,
    Step.ASK_EXTENSION: _guard_ask_extension,
    Step.GRANT_EXTENSION: _guard_extension,
    Step.REFUSE_EXTENSION: _guard_extension,
    Step.SUBMIT: _guard_submit,
    Step.WITHDRAW: _guard_withdraw,
    Step.PASS: _guard_pass,
    Step.FAIL: _guard_verify,
    Step.CLOSE: _guard_close,
    Step.ASK_CLOSE_WITHOUT_OPINION: _guard_ask_close_without_opinion,
    Step.CLOSE_WITHOUT_OPINION: _guard_close_without_opinion,
    Step.ASK_END: _guard_ask,
    Step.ASK_VOID: _guard_ask,
    Step.ASK_MERGE: _guard_ask,
    Step.END: _confirm(Step.ASK_END),
    Step.VOID: _confirm(Step.ASK_VOID),
    Step.MERGE: _confirm(Step.ASK_MERGE),
    Step.TURN_DOWN: _guard_turn_down,
    Step.REFER: _guard_refer,
    Step.LIST: _guard_not_listed,
    Step.UNLIST: _guard_listed,
    Step.TRANSFER: _guard_transfer,
    Step.REINSPECT: _guard_handler,
    Step.SERVE: _guard_handler,
}
