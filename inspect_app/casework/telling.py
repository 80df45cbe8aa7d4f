"""Who is told of a step of a hazard, in which words and how urgently: the one table, asked after every step whatever
door it came through. Pure: `casework.step_taken` reads what it needs and writes the messages.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from uuid import UUID

from inspect_app.hazards.table import ROWS
from inspect_app.hazards.vocabulary import Step
from inspect_app.kernel.spelling import as_sentence

from .audiences import (
    Audience,
    Scene,
    appointed,
    asked,
    asker,
    closers,
    desk,
    duty_if_by_paper,
    finder,
    handler,
    handler_if_by_paper,
    heads,
    named_office,
    on_duty,
    verifier,
)
from .led_to import LedTo


class MessageUrgency(IntEnum):
    """How urgent a message is, the most urgent first: who is in two audiences of a step is told as the more urgent one."""

    PRESSING = 1  # something is late, or lies with the wrong people
    TO_DO = 2  # it is theirs to act now
    TO_KNOW = 3  # what came of what they did


@dataclass(frozen=True)
class Notice:
    """One audience of a step and its words. `otherwise`: only where nobody before it in the entry could be told.

    `said` is what whoever took the step is answered where these were the first who could be told.
    """

    audience: Audience
    words: str
    urgency: MessageUrgency
    otherwise: bool = False
    said: str = ""


@dataclass(frozen=True)
class StepEntry:
    """Whom a step is told, the most urgent first, or why nobody; `unheard` is the answer where nobody could be told."""

    notices: Sequence[Notice] = ()
    unheard: str = ""
    why_nobody: str = ""


def _told(*notices: Notice, unheard: str = "") -> StepEntry:
    return StepEntry(notices, unheard=unheard)


def _nobody(why: str) -> StepEntry:
    return StepEntry(why_nobody=why)


def _do(audience: Audience, words: str, *, otherwise: bool = False) -> Notice:
    return Notice(audience, words, MessageUrgency.TO_DO, otherwise)


def _know(audience: Audience, words: str) -> Notice:
    return Notice(audience, words, MessageUrgency.TO_KNOW)


def _press(audience: Audience, words: str, said: str = "", *, otherwise: bool = False) -> Notice:
    return Notice(audience, words, MessageUrgency.PRESSING, otherwise, said)


_IN_PILE = "it stands in the pile of today of whoever acts next"
_ON_RECORD = "an authority's word, recorded: it stands in the log, and nobody has to act on it"
_PAPER = "told by its paper; what goes wrong with drawing it is told to who made it, by the papers themselves"
_MACHINE = "a line that the machine writes beside another step, of which people are told"

_ASKED = (
    _do(asked, "请您答复：{what}，{title}。"),
    _do(desk, "{what}没有人能在这里答复，请联系被申请的单位书面答复：{title}。", otherwise=True),
)
_ASKED_OF_A_SECOND = _told(_do(heads, "请您答复：{what}，{title}。"))
_AGREED = _know(asker, "{what}，同意了：{title}。")
_NOT_AGREED = _know(asker, "{what}，没有同意：{title}。")
_CLOSED = (_know(finder, "{title}：已销号。"), _know(verifier, "{title}：已销号。"))
_SENT_BACK = "{title}：没有销号，退回再查。{reason}"
_URGED_TO_CLOSE = _told(
    _press(closers, "催办，请您销号：{title}。{words}", "已提醒能销号的督办员。"),
    unheard="催办记下了。现在没有别的督办员能销号，请管理员给交办的单位或上级单位增加督办员。",
)
_ESCALATED = _press(named_office, "升级：{title}。{reason}")
_WAITING = "升级记下了，已提醒值班的督办员。报给的单位现在没有人能在站内收到，请打电话告诉他们。"
_UNHEARD = "升级记下了。报给的单位现在没有别的人能在站内收到，请打电话告诉他们。"

# A step without an outcome beside it is told alike whatever it leads to.
TELLING: Mapping[tuple[str, LedTo | None], StepEntry] = {
    (Step.REPORT, None): _nobody(f"{_IN_PILE}; what cannot wait is an urgent call"),
    (Step.FIX_ON_SPOT, None): _nobody(_IN_PILE),
    (Step.HAND_OVER, None): _told(_do(handler, "新交办：{title}。请签收。")),
    (Step.REASSIGN, None): _told(_do(handler, "改派到您单位：{title}。请签收。")),
    (Step.ACCEPT, None): _nobody("nobody has to act but the handler itself"),
    (Step.DECLINE, None): _told(_press(on_duty, "被退回：{title}。")),
    (Step.ORDER, None): _nobody(_PAPER),
    (Step.SERVE, None): _nobody(_PAPER),
    (Step.SERVE, LedTo.PUT_FORWARD): _told(*_ASKED),
    (Step.TELL, None): _nobody(_PAPER),
    (Step.MISS, None): _nobody(_PAPER),
    (Step.UNSERVE, None): _nobody(_PAPER),
    (Step.FILE_SCAN, None): _nobody("the sealed sheet of a paper that everybody knows of; it stands beside the paper"),
    (Step.SET_MENDING, None): _told(_AGREED),
    (Step.ASK_EXTENSION, None): _told(*_ASKED),
    (Step.GRANT_EXTENSION, None): _told(_AGREED),
    (Step.REFUSE_EXTENSION, None): _told(_NOT_AGREED),
    (Step.RECORD_ANSWER, LedTo.AGREED): _told(_AGREED),
    (Step.RECORD_ANSWER, LedTo.NOT_AGREED): _told(_NOT_AGREED),
    (Step.PARTY_SAYS, None): _told(
        _do(on_duty, "店里来话，请联系核实：{title}。{reason}"), _know(handler, "店里来话：{title}。{reason}")
    ),
    (Step.TAKE_BACK, None): _nobody("who asked takes it back; nothing is left to answer, and the page says so"),
    (Step.DISPUTE, None): _told(*_ASKED),
    (Step.ANSWER_DISPUTE, LedTo.AGREED): _told(_AGREED),
    (Step.ANSWER_DISPUTE, LedTo.NOT_AGREED): _told(_NOT_AGREED),
    (Step.LOOK_BACK_MENDED, None): _nobody(_IN_PILE),
    (Step.LOOK_BACK_OPEN, None): _nobody("the mending goes on as it was"),
    (Step.OBSERVE, None): _nobody(_IN_PILE),
    (Step.NOTE_OBSERVED, None): _nobody("the desk's own note on what it has looked at"),
    (Step.CONFIRM_FINDING, None): _nobody(_IN_PILE),
    (Step.APPOINT, None): _told(_do(appointed, "请您核验：{title}。")),
    (Step.URGE, LedTo.FOUND): _told(
        _press(on_duty, "催办：{title}，还没有交办。{words}", "还没有承办单位，已提醒值班的督办员。"),
        unheard="催办记下了。还没有承办单位，今天也没有别的人值班，请直接交办。",
    ),
    (Step.URGE, LedTo.RECTIFYING): _told(
        _press(handler, "催办：{title}。{words}", "催办了，站内消息已送达。"),
        unheard="催办记下了。承办单位现在没有别的人能在站内收到，请打电话催办。",
    ),
    (Step.URGE, LedTo.AWAITING_VERIFICATION): _told(
        _press(appointed, "请您核验：{title}。{words}", "已提醒核验的人，站内消息已送达。"),
        _press(on_duty, "催办，请安排核验：{title}。{words}", "已提醒值班的督办员安排核验。", otherwise=True),
        unheard="催办记下了。今天没有别的人值班，请直接安排核验。",
    ),
    (Step.URGE, LedTo.AWAITING_CLOSURE): _URGED_TO_CLOSE,
    (Step.URGE, LedTo.AWAITING_OPINION): _URGED_TO_CLOSE,
    (Step.ESCALATE, None): _told(_ESCALATED, unheard=_UNHEARD),
    (Step.ESCALATE, LedTo.AWAITING_CLOSURE): _told(
        _ESCALATED,
        Notice(on_duty, "已升级：{title}，还在等销号。", MessageUrgency.TO_KNOW, said=_WAITING),
        unheard=_UNHEARD,
    ),
    (Step.ESCALATE, LedTo.AWAITING_OPINION): _told(
        _ESCALATED,
        Notice(on_duty, "已升级：{title}，还在等主管部门意见。", MessageUrgency.TO_KNOW, said=_WAITING),
        unheard=_UNHEARD,
    ),
    (Step.SUBMIT, None): _told(
        _do(duty_if_by_paper, "店里凭单子说改好了，请安排核验：{title}。"),
        _know(handler_if_by_paper, "店里凭单子说改好了，等人核验：{title}。"),
    ),
    (Step.WITHDRAW, None): _nobody("who reported it mended takes that back and goes on mending"),
    (Step.GIVE_UP_PHOTO, None): _nobody("decided by the desk, which acts next itself"),
    (Step.PASS, LedTo.CLOSED): _told(_know(finder, "{title}：已销号。")),
    (Step.PASS, LedTo.AWAITING_CLOSURE): _told(_do(closers, "请您销号，看过的人说改好了：{title}。")),
    (Step.PASS, LedTo.AWAITING_OPINION): _told(_do(closers, "请您审核销号：{title}。")),
    (Step.FAIL, LedTo.FOUND): _nobody(_IN_PILE),
    (Step.FAIL, LedTo.RECTIFYING): _told(_do(handler, "核验不合格，请继续整改：{title}。{opinion}")),
    (Step.FAIL, LedTo.PUT_FORWARD): _told(*_ASKED, _do(handler, "核验不合格，请继续整改：{title}。{opinion}")),
    (Step.REINSPECT, None): _nobody(_ON_RECORD),
    (Step.OPINION, None): _nobody(_ON_RECORD),
    (Step.CLOSE, None): _told(*_CLOSED),
    (Step.CLOSE_UNOPPOSED, None): _told(
        *(_know(who, "{title}：{days} 个工作日没有异议，已到期自动销号。") for who in (finder, verifier))
    ),
    (Step.RETURN, None): _told(_know(finder, _SENT_BACK), _know(verifier, _SENT_BACK)),
    (Step.RETURN, LedTo.RECTIFYING): _told(
        _do(handler, "没有销号，请继续整改：{title}。{reason}"), _know(finder, _SENT_BACK), _know(verifier, _SENT_BACK)
    ),
    (Step.ASK_CLOSE_WITHOUT_OPINION, None): _ASKED_OF_A_SECOND,
    (Step.CLOSE_WITHOUT_OPINION, None): _told(_AGREED, *_CLOSED),
    (Step.REFER, None): _told(_do(named_office, "提请认定：{title}。{reason}")),
    (Step.DETERMINE, None): _nobody(_ON_RECORD),
    (Step.LIST, None): _nobody(_ON_RECORD),
    (Step.UNLIST, None): _nobody(_ON_RECORD),
    (Step.WATCH, None): _nobody("a meeting decided it; who leads it learned so there"),
    (Step.UNWATCH, None): _nobody("a meeting decided it; who leads it learned so there"),
    (Step.TRANSFER, None): _nobody(_ON_RECORD),
    (Step.TRANSFER_RESULT, None): _nobody(_ON_RECORD),
    (Step.ASK_END, None): _ASKED_OF_A_SECOND,
    (Step.END, None): _told(_AGREED),
    (Step.ASK_VOID, None): _ASKED_OF_A_SECOND,
    (Step.VOID, None): _told(_AGREED),
    (Step.ASK_MERGE, None): _ASKED_OF_A_SECOND,
    (Step.MERGE, None): _told(_AGREED),
    (Step.ASK_RESTORE, None): _ASKED_OF_A_SECOND,
    (Step.RESTORE, None): _told(_AGREED),
    (Step.TURN_DOWN, None): _told(_NOT_AGREED),
    (Step.LAPSE, None): _told(_know(asker, "{what}没有人确认，已经过期：{title}。")),
    (Step.ABSORB, None): _nobody(_MACHINE),
    (Step.RELEASE, None): _nobody(_MACHINE),
    (Step.FOLLOW, None): _nobody(_MACHINE),
    (Step.CORRECT, None): _told(*(_know(who, "更正：{title}。{reason}") for who in (handler, finder))),
    (Step.ASK_LOWER, None): _ASKED_OF_A_SECOND,
    (Step.LOWER, None): _told(_AGREED),
    (Step.REOPEN, None): _nobody(_IN_PILE),
    (Step.REARM, None): _nobody(_IN_PILE),
    (Step.SIGHT, None): _nobody("seen once more; whoever has it goes on"),
    (Step.RECOMPUTE, None): _nobody("a date became later by itself; the page shows both"),
    (Step.RECONCILE, None): _nobody(_MACHINE),
    (Step.ISSUE_PAPER, None): _nobody(_PAPER),
    (Step.VOID_PAPER, None): _nobody(_PAPER),
}


def entry_of(step: str, outcome: LedTo) -> StepEntry:
    """Whom a step with this outcome is told. A row that says itself why nobody is told of it needs no line here.
    Raises LookupError for a step of which neither says anything."""
    entry = TELLING.get((step, outcome)) or TELLING.get((step, None))
    if entry is None and step in ROWS and ROWS[step].told_nobody:
        return _nobody(ROWS[step].told_nobody)
    if entry is None:
        raise LookupError(f"casework.telling does not say who is told of {step} with {outcome}")
    return entry


def notices(entry: StepEntry, scene: Scene) -> list[tuple[Notice, frozenset[UUID]]]:
    """The notices of an entry that reach somebody, each with whom: nobody is told of what they did themselves, and
    nobody twice."""
    found: list[tuple[Notice, frozenset[UUID]]] = []
    told = {scene.actor}
    for notice in entry.notices:
        if notice.otherwise and found:
            continue
        people = notice.audience(scene) - told
        if people:
            found.append((notice, people))
            told |= people
    return found


def worded(notice: Notice, scene: Scene) -> str:
    """A notice's text; what was written with the step ends as a sentence."""
    words = {name: as_sentence(text) for name, text in scene.words.items()}
    return notice.words.format_map(
        defaultdict(str, words, title=scene.title, what=scene.what, days=str(scene.days or ""))
    )
