"""What about a photo is to be looked at, as one plain sentence for the desk. It asks; it accuses nobody."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from inspect_app.hazards.flags import Looked, PhotoQuestion
from inspect_app.hazards.gallery import SLOT_NAMES
from inspect_app.hazards.honesty import LIKENESS, Flag
from inspect_app.hazards.photos import PhotoFlag
from inspect_app.kernel.spoken_dates import date_cn, datetime_cn

# How a row of 今日 says it.
_SHORT = {
    Flag.SAME_PICTURE: "照片和另一张是同一张",
    Flag.ALIKE: "照片和另一张很像",
    Flag.OLDER_THAN_PAPER: "整改后的照片拍得太早",
    Flag.FAR_FROM_PLACE: "拍摄地离场所有点远",
    Flag.NO_TIME: "照片没有拍摄时间",
    Flag.IMPOSSIBLE_TIME: "拍摄时间对不上",
}


@dataclass(frozen=True)
class QuestionLine:
    """A sentence in three parts, the middle one leading to the other hazard where the reader may see it."""

    flag: PhotoFlag
    photo: str
    before: str
    link: str = ""
    after: str = ""
    hazard_id: UUID | None = None
    looked_by: str = ""


def situation(kinds: Sequence[str]) -> str:
    """What 今日 says of a hazard's photos."""
    if len(kinds) == 1:
        return _SHORT[Flag(kinds[0])]
    return f"照片有 {len(kinds)} 处请核实"


def lines(looked: Looked) -> list[QuestionLine]:
    return [_line(question) for question in looked.questions]


def _line(question: PhotoQuestion) -> QuestionLine:
    flag = question.flag
    photo = f"{SLOT_NAMES[question.stands]}的照片" + ("（已经撤下）" if question.taken_down else "")
    if flag.kind in LIKENESS:
        before, link, after = _likeness(question)
        hazard_id = question.other.hazard_id if question.other and not _within(flag) else None
        return QuestionLine(flag, photo, before, link, after, hazard_id, question.looked_by)
    sentence = _SENTENCES[Flag(flag.kind)](flag.details) + _ANSWERED[question.here]
    return QuestionLine(flag, photo, sentence, looked_by=question.looked_by)


def _within(flag: PhotoFlag) -> bool:
    return flag.other_hazard_id == flag.hazard_id


def _likeness(question: PhotoQuestion) -> tuple[str, str, str]:
    flag, other = question.flag, question.other
    how = "是同一张" if flag.kind == Flag.SAME_PICTURE else "几乎一样"
    if _within(flag):
        return f"和这一件里{date_cn(other.at) if other and other.at else ''}的另一张{how}", "", ""
    if other is None or other.hazard_id is None:
        return f"和另一件的照片{how}，那一件不在您的片区", "", ""
    more = int(flag.details.get("times", 1)) - 1
    tail = f"，另外还有 {more} 处" if more > 0 else ""
    return "和", f"{date_cn(other.at)} {other.premises_name}那一件", f"的照片{how}{tail}"


def _older(details: Mapping[str, Any]) -> str:
    taken = datetime_cn(_at(details["taken"]))
    if "found" in details:
        return f"拍摄时间早于发现时间（{taken}拍的，{datetime_cn(_at(details['found']))}才发现）"
    return f"拍摄时间早于{details['paper']}（{taken}拍的，{datetime_cn(_at(details['issued']))}才交到店里）"


def _impossible(details: Mapping[str, Any]) -> str:
    taken = _at(details["taken"])
    if details["why"] == "future":
        return f"拍摄时间晚于收到时间（写的是{datetime_cn(taken)}，{datetime_cn(_at(details['received']))}就收到了）"
    if details["why"] == "before_visit":
        days = (_at(details["began"]) - taken).days
        return f"拍摄时间比巡查早 {days} 天（{datetime_cn(taken)}拍的，{datetime_cn(_at(details['began']))}才开始巡查）"
    return "拍摄时间早于 2000 年，手机的日期可能没有调好"


# What whoever took it answered on the phone, asked whether it was taken at the place.
_ANSWERED = {None: "", True: "，拍的人说是在这家店拍的", False: "，拍的人说不是在这家店拍的"}

_SENTENCES: dict[Flag, Callable[[Mapping[str, Any]], str]] = {
    Flag.OLDER_THAN_PAPER: _older,
    Flag.FAR_FROM_PLACE: lambda details: f"拍摄地离场所约 {_metres(details['metres'])}（误差 {details['error']} 米）",
    Flag.NO_TIME: lambda _: "是从相册选的，没有拍摄时间",
    Flag.IMPOSSIBLE_TIME: _impossible,
}


def _metres(metres: int) -> str:
    """Ten metres are as exact as a phone is; above ten kilometres nobody needs the rest."""
    if metres >= 10_000:
        return f"{round(metres / 1000)} 公里"
    return f"{round(metres, -1) if metres >= 100 else metres} 米"


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)
