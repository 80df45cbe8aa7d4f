"""What whoever holds a paper is told of each of its lines, and what they may still do there. Pure: values in, words out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from inspect_app.hazards.vocabulary import State
from inspect_app.kernel.errors import Refused


class Tone(StrEnum):
    """How a line stands for its holder: to be answered, answered and waiting, sent back, done, or nobody's any more."""

    OPEN = "open"
    WAITING = "waiting"
    BACK = "back"
    DONE = "done"
    CLOSED = "closed"


@dataclass(frozen=True)
class HolderAnswer:
    """One answer of the holder. `at` and `until` as they are said; `outcome` and `reply` are what became of a request."""

    what: str
    at: str
    receipt: str
    round_number: int | None = None
    until: str = ""
    asks: bool = False  # somebody is to decide it
    outcome: str = ""
    reply: str = ""


@dataclass(frozen=True)
class LookVerdict:
    """What was said of a round by whoever went to look, and on which day. Where it passed and was sent back afterwards,
    `opinion` is why."""

    round_number: int
    passed: bool
    opinion: str
    on: str


@dataclass(frozen=True)
class LineCase:
    """A line as it stands: its hazard's state and round, the holder's answers, newest first, and the newest verdict."""

    state: State
    round_number: int
    answers: Sequence[HolderAnswer] = ()
    verdict: LookVerdict | None = None
    unreadable: int = 0  # photos of the holder that came and turned out to be no picture


@dataclass(frozen=True)
class LineStands:
    """What is said of a line, and what is still offered there."""

    tone: Tone
    said: Sequence[str]
    may_send: bool = False
    may_ask: bool = False
    may_dispute: bool = False

    @property
    def is_answered(self) -> bool:
        """Whether it was reported as done, and nothing is left to its holder."""
        return self.tone in (Tone.WAITING, Tone.DONE)

    @property
    def is_over(self) -> bool:
        """Whether it is nobody's to do any more."""
        return self.tone is Tone.CLOSED

    @property
    def is_back(self) -> bool:
        """Whether it is to be done once more."""
        return self.tone is Tone.BACK

    @property
    def waits_for_holder(self) -> bool:
        """Whether it is the holder's turn."""
        return self.may_send


ANSWERABLE = (State.FOUND, State.RECTIFYING)
_UNDECIDED = ""


def stands(case: LineCase) -> LineStands:
    """How a line stands for its holder."""
    if case.state in ANSWERABLE:
        return _to_be_answered(case)
    said = _after_mending(case)
    if case.state is State.CLOSED:
        return LineStands(Tone.DONE, said)
    if case.state in (State.AWAITING_VERIFICATION, State.AWAITING_CLOSURE):
        return LineStands(Tone.WAITING, said)
    return LineStands(Tone.CLOSED, ["这一条现在不用再处理。"])


def _to_be_answered(case: LineCase) -> LineStands:
    back = _sent_back(case)
    asked = [words for words in (_request(_newest(case, what)) for what in ("later", "wrong")) if words]
    return LineStands(
        Tone.BACK if back else Tone.OPEN,
        [*back, *asked],
        may_send=True,
        may_ask=not _is_asked(_newest(case, "later")),
        may_dispute=not _is_asked(_newest(case, "wrong")),
    )


def _sent_back(case: LineCase) -> list[str]:
    """Why it is to be done again, where it was reported as done before."""
    verdict = case.verdict
    if verdict is not None and verdict.round_number == case.round_number - 1:
        if verdict.passed:
            return [f"{verdict.on}看过以后，还要再改一改。{verdict.opinion}".strip(), "改好了请再拍给我们看。"]
        return [f"{verdict.on}来看过了，不合格：{verdict.opinion}", "改好了请再拍给我们看。"]
    sent = _newest(case, "mended")
    if sent is not None and sent.round_number == case.round_number:
        return ["上次发来的撤回了，改好了请再拍给我们看。"]
    return []


def _after_mending(case: LineCase) -> list[str]:
    sent = _newest(case, "mended")
    mine = sent is not None and sent.round_number == case.round_number
    received = f"收到您的照片了，{sent.at}，回执 {sent.receipt}。" if mine and sent else "这一条已经报改好了。"
    verdict = case.verdict if case.verdict and case.verdict.round_number == case.round_number else None
    if case.state is State.AWAITING_VERIFICATION:
        broken = [f"有 {case.unreadable} 张照片打不开，请打电话问我们要不要再拍。"] if case.unreadable else []
        return [received, *broken, "等人来看，看过会在这里告诉您结果。"]
    passed = f"{verdict.on}看过了，合格。" if verdict else "看过了，合格。"
    if case.state is State.AWAITING_CLOSURE:
        return [received, passed, "不用再做什么，等办结手续。"]
    return [received, passed, "办结了，谢谢您。"]


def _request(answer: HolderAnswer | None) -> str:
    """What was asked, and what came of it."""
    if answer is None or answer.outcome in ("lapsed", "withdrawn"):
        return ""
    heard = f"收到您的话了，{answer.at}，回执 {answer.receipt}"
    if answer.what == "later":
        if answer.outcome == "granted":
            return f"同意晚到{answer.until}。"
        if answer.outcome == "refused":
            return f"晚到{answer.until}没有同意：{answer.reply}"
        after = "同意不同意，会写在这里。" if answer.asks else "已经告诉办这件事的人，会和您联系。"
        return f"{heard}：想晚到{answer.until}。{after}"
    if answer.outcome == _UNDECIDED:
        return f"{heard}：您说这一条不对。答复会写在这里。"
    return f"您说这一条不对，答复是：{answer.reply}" if answer.reply else "您说得对，已经记下。"


def _is_asked(answer: HolderAnswer | None) -> bool:
    return answer is not None and answer.asks and answer.outcome == _UNDECIDED


def _newest(case: LineCase, what: str) -> HolderAnswer | None:
    return next((answer for answer in case.answers if answer.what == what), None)


def check_answerable(state: State) -> None:
    """Raises Refused, in words for the holder, where a line takes no answer any more."""
    if state in ANSWERABLE:
        return
    if state is State.CLOSED:
        raise Refused("这一条已经办结了，不用再发。您的这一次没有写进去。")
    if state in (State.AWAITING_VERIFICATION, State.AWAITING_CLOSURE):
        raise Refused("这一条刚才已经报改好了，等人来看，不用再发。您的这一次没有写进去。")
    raise Refused("这一条现在不用再处理。您的这一次没有写进去。")


@dataclass(frozen=True)
class Heading:
    """The one sentence that matters, and the one beneath it."""

    first: str
    then: str
    late: bool = False


@dataclass(frozen=True)
class HeadingWords:
    """What the head of a page is made of: how the nearest date reads, what a date of this kind of paper is called, what is
    said once all is mended, and the office that orders, where it is an order."""

    nearest: str
    date: str
    done: str
    orders: str = ""


def heading(stand: Sequence[LineStands], due: Sequence[date | None], today: date, words: HeadingWords) -> Heading:
    """Until when, and that it is answered here; `due` is the date of each line."""
    mine = [day for line, day in zip(stand, due, strict=True) if line.waits_for_holder]
    count = _count(stand)
    if not mine:
        return Heading(_nothing_left({line.tone for line in stand}, words.done), count)
    nearest = min((day for day in mine if day), default=None)
    if nearest is None:
        return Heading("改好了，在这里拍给我们看。", count)
    left = (nearest - today).days
    if left < 0:
        return Heading("改好了，在这里拍给我们看。", f"{words.date}已过 {-left} 天。{count}", late=True)
    first = "最早的一件" if len({day for day in mine if day}) > 1 else ""
    days = f"还有 {left} 天。" if left else "就是今天。"
    asks = f"{words.orders}责令{first}在{words.nearest}前改正" if words.orders else f"{first}请在{words.nearest}前改好"
    return Heading(f"{asks}，改好了在这里拍给我们看。", days + count)


def _nothing_left(tones: set[Tone], done: str) -> str:
    if tones == {Tone.DONE}:
        return done
    return "都办结了，谢谢您。" if tones <= {Tone.DONE, Tone.CLOSED} else "您该做的都做了，谢谢您。等我们来看。"


def nearest_due(stand: Sequence[LineStands], due: Sequence[date | None]) -> date | None:
    """The first day by which the holder is to do something."""
    return min((day for line, day in zip(stand, due, strict=True) if line.waits_for_holder and day), default=None)


def _count(stand: Sequence[LineStands]) -> str:
    if all(line.tone is Tone.DONE for line in stand):
        return f"共 {len(stand)} 件。"
    done = sum(line.is_answered for line in stand)
    return f"共 {len(stand)} 件，已经拍来 {done} 件。" if done else f"共 {len(stand)} 件。"
