"""提请认定, 认定, 挂牌督办, 重点督办, 移送. Who may perform stands in the powers; the congress side records."""

from datetime import date
from uuid import UUID

from inspect_app.kernel import clock
from inspect_app.kernel.errors import Refused

from ..case import require_words
from ..models import Hazard
from ..rules import Actor, Grade, Step
from .settling import not_ahead
from .steps import take

MEASURES = ("责任", "措施", "资金", "时限", "预案")


def refer(hazard: Hazard, actor: Actor, *, authority_id: UUID, reason: str) -> None:
    """提请认定 as suspected major: the competent authority determines, we only suspect."""
    words = {"reason": require_words(reason, "提请的理由", "reason")}
    change = {"referred_at": clock.now(), "determined_at": None, "grade": Grade.SUSPECTED_MAJOR}
    take(hazard, Step.REFER, actor, facts={"authority": authority_id}, words=words, change=change)


def determine(hazard: Hazard, actor: Actor, *, major: bool, authority: str, number: str, on: date) -> None:
    """记录认定: which authority answered what, with its number and date. One answer that lowers a suspicion."""
    facts = {"major": major, "number": require_words(number, "认定文号", "number"), "on": on}
    words = {"authority": require_words(authority, "认定机关", "authority")}
    not_ahead(on, "认定日期")
    change = {"determined_at": clock.now(), "grade": Grade.MAJOR if major else Grade.GENERAL}
    take(hazard, Step.DETERMINE, actor, facts=facts, words=words, change=change)


def put_under_list(
    hazard: Hazard, actor: Actor, *, authority: str, number: str, on: date, measures: dict[str, str]
) -> None:
    """挂牌督办 with 责任、措施、资金、时限、预案. Performed or recorded: which authority, number, date."""
    words = {"authority": require_words(authority, "挂牌的机关", "authority")}
    for name in MEASURES:
        words[name] = require_words(measures.get(name, ""), name, name)
    take(hazard, Step.LIST, actor, facts=_dated(number, on), words=words, change={"listed_at": clock.now()})


def lift_from_list(hazard: Hazard, actor: Actor, *, authority: str, number: str, on: date) -> None:
    """解除挂牌: which authority, number, date."""
    words = {"authority": require_words(authority, "解除的机关", "authority")}
    take(hazard, Step.UNLIST, actor, facts=_dated(number, on), words=words, change={"listed_at": None})


def watch(hazard: Hazard, actor: Actor, *, on: bool, reason: str) -> None:
    """重点督办 of the congress side's own, and its end. It closes nothing and holds nothing open."""
    words = {"reason": require_words(reason, "理由", "reason")}
    step = Step.WATCH if on else Step.UNWATCH
    take(hazard, step, actor, words=words, change={"watched_at": clock.now() if on else None})


def transfer(hazard: Hazard, actor: Actor, *, to: str, number: str, on: date) -> None:
    """移送 to enforcement by an organisation with that power."""
    words = {"to": require_words(to, "移送单位", "to")}
    change = {"transferred_at": clock.now(), "transfer_result_at": None}
    take(hazard, Step.TRANSFER, actor, facts=_dated(number, on), words=words, change=change)


def transfer_result(hazard: Hazard, actor: Actor, *, result: str, number: str, on: date) -> None:
    """What came of a 移送, as the receiving authority said; also after the hazard is settled."""
    words = {"result": require_words(result, "移送的结果", "result")}
    change = {"transfer_result_at": clock.now()}
    take(hazard, Step.TRANSFER_RESULT, actor, facts=_dated(number, on), words=words, change=change)


def _dated(number: str, on: date) -> dict[str, object]:
    not_ahead(on, "日期")
    if not number.strip():
        raise Refused("还差文号。", field="number")
    return {"number": number.strip(), "on": on}
