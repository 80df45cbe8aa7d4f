"""The life of a hazard as one table. Buttons, permissions, checks, tests and the diagram follow from it.

Pure: values in, decision out. Who may order, determine or list comes from the powers of an organisation
(代表法 2025 第三十一条第二款: deputies do not handle problems directly).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from inspect_app.kernel.errors import NotAllowed, Refused
from inspect_app.people.rules import Role, Side

from .table import (
    GRADE_NAMES,
    OPEN,
    ROWS,
    STATE_NAMES,
    STEP_NAMES,
    TABLE,
    WHO_NAMES,
    Grade,
    Row,
    State,
    Step,
    Who,
)  # fmt: skip

__all__ = [
    "GRADE_NAMES", "OPEN", "ROWS", "STATE_NAMES", "STEP_NAMES", "TABLE", "WHO_NAMES", "Actor", "Case", "Decision", "Grade",
    "Request", "Round", "Row", "State", "Step", "Who", "decide", "needs_authority", "open_steps", "who_is",
    "why_not_verify",
]  # fmt: skip


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
    disputed: bool = False
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
        return State.RECTIFYING if case.handler else State.FOUND
    if row.step is Step.RETURN:
        return (
            State.AWAITING_VERIFICATION
            if case.round.submitted_by_person or case.round.by_party
            else (State.RECTIFYING if case.handler else State.FOUND)
        )
    if row.step is Step.PASS:
        return State.AWAITING_CLOSURE if needs_authority(case) else State.CLOSED
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
        return "这一件是您当场看着改的，或替店里报的，要由别人来核验。"
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


def _guard_reinspect(case: Case, actor: Actor) -> None:
    """The desk records a re-inspection from outside; a handler makes its own only with the power."""
    _guard_handler(case, actor)
    if actor.who is Who.HANDLER and not actor.may("reinspect"):
        raise NotAllowed("您单位的权责清单里没有复查这一项。")


def _guard_answer_dispute(case: Case, actor: Actor) -> None:
    _guard_handler(case, actor)
    if not case.disputed:
        raise Refused("没有等答复的异议。")


def _guard_dispute(case: Case, actor: Actor) -> None:
    if case.disputed:
        raise Refused("已经有一份异议在等答复。")


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
    Step.REINSPECT: _guard_reinspect,
    Step.SERVE: _guard_handler,
    Step.DISPUTE: _guard_dispute,
    Step.ANSWER_DISPUTE: _guard_answer_dispute,
}
