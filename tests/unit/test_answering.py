"""What whoever holds a paper is told of a line, in every state and after every answer."""

from datetime import date

import pytest

from inspect_app.casework.answering.rules import (
    ANSWERABLE,
    HeadingWords,
    HolderAnswer,
    LineCase,
    LineStands,
    LookVerdict,
    Tone,
    check_answerable,
    heading,
    nearest_due,
    stands,
)
from inspect_app.hazards.vocabulary import State
from inspect_app.kernel.errors import Refused

SENT = HolderAnswer("mended", "12月1日 10:20", "K7M3", round_number=1)
ASKED = HolderAnswer("later", "12月1日 10:20", "K7M4", 1, until="12月10日", asks=True)
TODAY = date(2026, 12, 1)


@pytest.mark.parametrize("state", State)
def test_a_line_is_offered_exactly_where_an_answer_is_taken(state: State) -> None:
    offered = stands(LineCase(state, 1))
    assert offered.may_send is (state in ANSWERABLE)
    assert offered.may_ask is offered.may_dispute is offered.may_send
    if state in ANSWERABLE:
        check_answerable(state)
    else:
        with pytest.raises(Refused, match=r"没有写进去"):
            check_answerable(state)


@pytest.mark.parametrize(
    ("case", "tone", "words"),
    [
        (LineCase(State.FOUND, 1), Tone.OPEN, []),
        (LineCase(State.AWAITING_VERIFICATION, 1, [SENT]), Tone.WAITING, ["回执 K7M3", "等人来看"]),
        (LineCase(State.AWAITING_VERIFICATION, 1, [SENT], unreadable=2), Tone.WAITING, ["回执 K7M3", "有 2 张照片打不开"]),
        (LineCase(State.AWAITING_VERIFICATION, 1), Tone.WAITING, ["已经报改好了"]),
        (LineCase(State.AWAITING_VERIFICATION, 2, [SENT]), Tone.WAITING, ["已经报改好了"]),
        (LineCase(State.RECTIFYING, 2, [SENT], LookVerdict(1, False, "还堆着箱子", "12月3日")), Tone.BACK, ["12月3日", "不合格：还堆着箱子"]),
        (LineCase(State.FOUND, 2, [SENT], LookVerdict(1, True, "照片不清楚", "12月3日")), Tone.BACK, ["还要再改", "照片不清楚"]),
        (LineCase(State.RECTIFYING, 1, [SENT]), Tone.BACK, ["撤回"]),
        (LineCase(State.RECTIFYING, 3, [SENT], LookVerdict(1, False, "x", "12月3日")), Tone.OPEN, []),
        (LineCase(State.AWAITING_CLOSURE, 1, [SENT], LookVerdict(1, True, "好", "12月3日")), Tone.WAITING, ["合格", "等办结"]),
        (LineCase(State.CLOSED, 1, [SENT], LookVerdict(1, True, "好", "12月3日")), Tone.DONE, ["合格", "谢谢您"]),
        (LineCase(State.VOID, 1, [SENT]), Tone.CLOSED, ["不用再处理"]),
        (LineCase(State.MERGED, 1), Tone.CLOSED, ["不用再处理"]),
    ],
)  # fmt: skip
def test_what_is_said_of_a_line(case: LineCase, tone: Tone, words: list[str]) -> None:
    found = stands(case)
    assert found.tone is tone
    said = "".join(found.said)
    assert [word for word in words if word not in said] == []
    assert bool(said) is bool(words)


def _asked(**changed: str) -> LineStands:
    base = {"what": "later", "at": "12月1日 10:20", "receipt": "K7M4", "until": "12月10日", "asks": True} | changed
    return stands(LineCase(State.RECTIFYING, 1, [HolderAnswer(**base)]))  # type: ignore[arg-type]


def test_what_came_of_a_request_is_said_and_it_may_be_asked_again_once_answered() -> None:
    waiting = _asked()
    assert "同意不同意，会写在这里" in "".join(waiting.said)
    assert (waiting.may_ask, waiting.may_dispute, waiting.may_send) == (False, True, True)
    for outcome, words in (
        ("granted", "同意晚到12月10日"),
        ("refused", "没有同意：太久"),
        ("withdrawn", ""),
        ("lapsed", ""),
    ):
        found = _asked(outcome=outcome, reply="太久")
        assert found.may_ask
        assert words in "".join(found.said)
        assert bool(found.said) is bool(words)
    assert "答复是：不是您家的" in "".join(_asked(what="wrong", outcome="granted", reply="不是您家的").said)
    assert not _asked(what="wrong").may_dispute


def _head(*lines: tuple[LineCase, date | None]) -> tuple[str, str, bool]:
    stand, due = [stands(case) for case, _ in lines], [day for _, day in lines]
    nearest = nearest_due(stand, due)
    said = f"{nearest.month}月{nearest.day}日" if nearest else ""
    found = heading(stand, due, TODAY, HeadingWords(said, "建议时间", "谢谢您。"))
    return found.first, found.then, found.late


OPEN, WAITING = LineCase(State.FOUND, 1), LineCase(State.AWAITING_VERIFICATION, 1, [SENT])
DONE, GONE = LineCase(State.CLOSED, 1), LineCase(State.VOID, 1)


@pytest.mark.parametrize(
    ("lines", "first", "then", "late"),
    [
        ([(OPEN, date(2026, 12, 8))], "请在12月8日前改好，改好了在这里拍给我们看。", "还有 7 天。共 1 件。", False),
        ([(OPEN, TODAY)], "请在12月1日前改好", "就是今天。", False),
        ([(OPEN, date(2026, 11, 28))], "改好了，在这里拍给我们看。", "建议时间已过 3 天。", True),
        ([(OPEN, date(2026, 12, 8)), (OPEN, date(2026, 12, 3))], "最早的一件请在12月3日前改好", "还有 2 天。共 2 件。", False),
        ([(OPEN, date(2026, 12, 8)), (WAITING, date(2026, 12, 2))], "请在12月8日前", "共 2 件，已经拍来 1 件。", False),
        ([(OPEN, None)], "改好了，在这里拍给我们看。", "共 1 件。", False),
        ([(WAITING, TODAY), (DONE, TODAY)], "您该做的都做了，谢谢您。等我们来看。", "已经拍来 2 件", False),
        ([(DONE, TODAY), (DONE, TODAY)], "谢谢您。", "共 2 件", False),
        ([(DONE, TODAY), (GONE, TODAY)], "都办结了，谢谢您。", "共 2 件", False),
    ],
)  # fmt: skip
def test_the_head_says_until_when_and_that_it_is_answered_here(
    lines: list[tuple[LineCase, date | None]], first: str, then: str, late: bool
) -> None:
    found = _head(*lines)
    assert first in found[0]
    assert then in found[1]
    assert found[2] is late


def test_an_order_says_who_orders_and_until_when() -> None:
    found = heading([stands(OPEN)], [date(2026, 12, 8)], TODAY, HeadingWords("12月8日", "期限", "", "消防救援大队"))
    assert found.first == "消防救援大队责令在12月8日前改正，改好了在这里拍给我们看。"
