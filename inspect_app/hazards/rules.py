"""The life of a hazard as one table. Buttons, permissions, checks, tests and the diagram follow from it.

Pure: values in, decision out. Who may order, determine or list comes from the powers of an organisation
(代表法 2025 第三十一条第二款: deputies do not handle problems directly).
"""

from inspect_app.kernel.errors import NotAllowed, Refused

from .asked import recordable, retractable
from .closing import closing_lacks, confirms_only, needs_authority, why_not_close, why_not_verify
from .guards import GUARDS
from .table import (
    ASKED_NAMES,
    CLOSINGS,
    CONFIRMED_NAMES,
    CONFIRMS,
    EVENTS,
    EXCEPTIONS,
    OF_THE_DATE,
    PROPOSALS,
    ROWS,
    STEP_NAMES,
    TABLE,
    UNNAMED,
    Ask,
    Fact,
    SaidAs,
    StepForm,
    StepGroup,
    StepRow,
    Word,
)
from .values import CLOCK, Actor, Case, Decision, Request, Round, who_is
from .vocabulary import GRADE_NAMES, OPEN, SOURCE_NAMES, STATE_NAMES, WHO_NAMES, Grade, Source, State, Step, Who

__all__ = [
    "ASKED_NAMES", "CLOCK", "CLOSINGS", "CONFIRMED_NAMES", "CONFIRMS", "EVENTS", "EXCEPTIONS", "GRADE_NAMES", "OF_THE_DATE", "OPEN", "PROPOSALS", "ROWS", "SOURCE_NAMES", "STATE_NAMES", "STEP_NAMES", "TABLE",
    "UNNAMED", "WHO_NAMES", "Actor", "Ask", "Case", "Decision", "Fact", "Grade", "Request", "Round", "SaidAs", "Source", "State", "Step", "StepForm", "StepGroup", "StepRow", "Who", "Word", "closing_lacks", "confirms_only",
    "decide", "named", "needs_authority", "open_steps", "recordable", "retractable", "who_is", "why_not_close", "why_not_verify",
]  # fmt: skip


def decide(case: Case, step: str, actor: Actor, wish: State | None = None) -> Decision:
    """Whether the actor may take the step now, and where it leads; `wish` chooses where a return goes.

    Raises NotAllowed when the step belongs to others, Refused when it is not open from this state or something is missing.
    """
    row = ROWS[step]
    if actor.who not in row.who:
        raise NotAllowed(f"“{row.label}”要由{'、'.join(WHO_NAMES[w] for w in sorted(row.who))}来办。")
    if case.state not in row.starts:
        raise Refused(f"这一件现在是“{STATE_NAMES[case.state]}”，不能办“{row.label}”。请看最新情况再决定。")
    for guard in GUARDS.get(step, ()):
        guard(case, actor)
    return Decision(_target(case, row, actor, wish), new_round=step in (Step.FAIL, Step.RETURN))


def named(step: str, who: Who) -> str:
    """What a step is called when this part takes it: a deputy's 核验 is a 回访核实. One of an older program that no row
    knows any more is 其他记录."""
    name = STEP_NAMES.get(step, UNNAMED)
    return CONFIRMED_NAMES.get(step, name) if who is Who.DEPUTY else name


def open_steps(case: Case, actor: Actor) -> list[str]:
    """The steps this actor may take now, in the order of the table: the buttons of a page."""
    return [row.step for row in TABLE if _allowed(case, row.step, actor)]


def _allowed(case: Case, step: str, actor: Actor) -> bool:
    try:
        decide(case, step, actor)
    except Refused:
        return False
    return True


def _target(case: Case, row: StepRow, actor: Actor, wish: State | None) -> State:
    answerable = State.RECTIFYING if case.handler else State.FOUND
    if row.step in (Step.FAIL, Step.WITHDRAW):
        return answerable
    if row.step is Step.RETURN:
        return answerable if wish in (State.RECTIFYING, State.FOUND) else State.AWAITING_VERIFICATION
    if row.step is Step.PASS:
        return State.AWAITING_CLOSURE if needs_authority(case) or confirms_only(case, actor) else State.CLOSED
    if row.step is Step.RESTORE:
        if case.state_before is None:
            raise Refused("没有找到撤销或并案之前的状态，请联系管理员。")
        return case.state_before
    return row.ends[0] or case.state
