"""The table of a hazard's life, a row for each step: who may take it from where, what its event carries, what its form asks.

The rows stand by subject in the modules beside this one, in the order in which a page offers them. Values only.
"""

from ..vocabulary import State, Step
from . import correcting, ending, flagging, handing, mending, requesting, settling
from .parts import COMMON, EARLIER_FACTS, EARLIER_WORDS, RECONCILED, TOLD
from .row import Ask, Fact, SaidAs, StepForm, StepGroup, StepRow, Word, kept

__all__ = [
    "ASKED_NAMES",
    "CLOSINGS",
    "COMMON",
    "CONFIRMED_NAMES",
    "CONFIRMS",
    "EARLIER_FACTS",
    "EARLIER_WORDS",
    "EVENTS",
    "EXCEPTIONS",
    "OF_THE_DATE",
    "PROPOSALS",
    "ROWS",
    "STEP_NAMES",
    "TABLE",
    "UNNAMED",
    "Ask",
    "Fact",
    "SaidAs",
    "StepForm",
    "StepGroup",
    "StepRow",
    "Word",
    "strange",
]  # fmt: skip

TABLE: tuple[StepRow, ...] = (
    *handing.ROWS,
    *requesting.ROWS,
    *mending.ROWS,
    *settling.ROWS,
    *flagging.ROWS,
    *ending.ROWS,
    *correcting.ROWS,
)
ROWS: dict[str, StepRow] = {row.step: row for row in TABLE}
# The finding is no step from one state to another; its event is one of the chain like the others.
_FOUND = StepRow(
    Step.REPORT,
    "发现",
    frozenset(),
    (State.FOUND,),
    frozenset(),
    facts=(*TOLD, RECONCILED, *kept("checklist_version")),
    words=(Word("title", "问题"), Word("place", "位置"), Word("details", "")),
)
# Everything that a chain tells of, by the name under which its events stand.
EVENTS: dict[str, StepRow] = {_FOUND.step: _FOUND} | ROWS
STEP_NAMES: dict[str, str] = {step: row.label for step, row in EVENTS.items()}
# How something stands in the log that an older program wrote and no row knows any more.
UNNAMED = "其他记录"
# What a deputy's look is called: they confirm what they saw, which decides nothing (代表法 2025 第三十一条第二款).
CONFIRMED_NAMES: dict[str, str] = {Step.PASS: "回访核实：合格", Step.FAIL: "回访核实：不合格"}

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
ASKED_NAMES: dict[str, str] = STEP_NAMES | {Step.FAIL: "核验人提出的新期限", Step.SERVE: "可以延后的期限"}


def strange(step: str, facts: frozenset[str], words: frozenset[str]) -> list[str]:
    """The names of facts and words that the row of a step does not know: whoever reads its log would not learn of them."""
    row = EVENTS[step]
    known_facts = {fact.name for fact in (*row.facts, *COMMON)}
    return sorted((facts - known_facts) | (words - {word.name for word in row.words}))
