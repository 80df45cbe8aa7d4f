"""What may be asked about a short walk, as plain sentences for the desk. They ask; they accuse nobody. Pure."""

from dataclasses import dataclass

from inspect_app.checklists.answers import VERDICT_NAMES
from inspect_app.checklists.zones import ZONES
from inspect_app.kernel.spoken_dates import date_cn
from inspect_app.visits.honesty import Asked, Compared, FoundSince, VisitQuestion


@dataclass(frozen=True)
class QuestionAsked:
    """A question with what it rests on, a line each."""

    question: str
    because: tuple[str, ...]


def worded(question: VisitQuestion) -> QuestionAsked:
    """A question in words."""
    match question.asked:
        case Asked.QUICK_ZONES:
            lines = tuple(f"“{ZONES.get(one.what, one.what)}”{_beside(one)}" for one in question.compared)
            return QuestionAsked(f"有 {len(lines)} 区用的时间比平时短，请问一问是不是都走到了", lines)
        case Asked.QUICK_TAPS:
            return QuestionAsked(
                "每看一项用的时间比平时短，请问一问是怎么看的",
                tuple(f"每一项{_beside(one)}" for one in question.compared),
            )
        case Asked.NO_EXCEPTION:
            own, others = question.zones
            told = f"最近看过的 {own} 区都没有一处不对；别的代表在同类场所每 100 区里有 {others} 区看到不对"
            return QuestionAsked("一直没有看到不对的，请问一问看的时候有没有难处", (told,))
        case Asked.FOUND_SINCE:
            return QuestionAsked(
                "后来有人在这里看到了不对的，请问一问当时是什么样", tuple(_since(one) for one in question.found)
            )
        case Asked.OTHER_DEEP:
            told = "手机的日期、检查表的版本和这里不一样时，会抽到别的项"
            return QuestionAsked("仔细查的两项和抽到的不一样，请问一问是怎么回事", (told,))


def _beside(one: Compared) -> str:
    usual = [("本人平时", one.own), ("别的代表平时", one.others)]
    told = "，".join(f"{who} {_seconds(number)}" for who, number in usual if number is not None)
    return f"用了 {_seconds(one.here)}，{told}"


def _seconds(number: float) -> str:
    return f"{number:.0f} 秒" if number >= 10 else f"{number:.1f} 秒"


def _since(one: FoundSince) -> str:
    return f"{date_cn(one.on)} {one.by}看到：{one.title}。这一次写的是“{VERDICT_NAMES[one.said_here]}”"
