"""提请认定, 认定, 挂牌督办, 重点督办, 移送. An authority performs within its powers; the desk records what it did."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from inspect_app.kernel import clock
from inspect_app.kernel.errors import Refused
from inspect_app.people import powers
from inspect_app.people import queries as people
from inspect_app.people.models import Organisation
from inspect_app.people.rules import Power, Side

from ..case import require_words
from ..models import Hazard
from ..rules import Actor, Grade, Step
from .settling import not_ahead
from .steps import take

# The five things a listing lays down, as the chain calls them, and the field in which each is asked.
MEASURES = {"责任": "duty", "措施": "measures", "资金": "money", "时限": "time", "预案": "plan"}


def refer(hazard: Hazard, actor: Actor, *, authority_id: UUID, reason: str) -> None:
    """提请认定 as suspected major, to an authority that may determine in this field: we only suspect."""
    authority = _named(authorities(hazard), authority_id)
    words = {"reason": require_words(reason, "提请的理由", "reason")}
    change = {"referred_at": clock.now(), "determined_at": None, "grade": Grade.SUSPECTED_MAJOR}
    take(hazard, Step.REFER, actor, facts={"authority": authority.id}, words=words, change=change)


def determine(
    hazard: Hazard, actor: Actor, *, major: bool, authority_id: UUID, number: str, on: date, scans: tuple[UUID, ...]
) -> None:
    """记录认定: what the competent authority answered, with number, date and a photo of the answer.

    Recorded by the desk, never performed here. An answer that is not major lowers the grade; once an authority has
    determined it as major, only its own answer does.
    """
    authority = _named(authorities(hazard), authority_id)
    number = require_words(number, "认定文号", "number")
    not_ahead(on, "认定日期")
    if not scans:
        raise Refused("请附上答复的照片或扫描件。", field="photos")
    change = {
        "determined_at": clock.now(),
        "determined_by_id": authority.id,
        "grade": Grade.MAJOR if major else Grade.GENERAL,
    }
    take(
        hazard,
        Step.DETERMINE,
        actor,
        facts={"major": major, "authority": authority.id, "number": number, "on": on},
        change=change,
        photos=scans,
        slot="document",
    )


def authorities(hazard: Hazard) -> list[Organisation]:
    """Who may determine in the field of this hazard; once it is determined as major, who did."""
    may = list(powers.competent_offices(Power.DETERMINE_MAJOR, hazard.field, clock.today()))
    if hazard.grade == Grade.MAJOR and hazard.determined_by_id is not None:
        own = [row for row in people.handlers() if row.id == hazard.determined_by_id]
        return own or may
    return may


def put_under_list(
    hazard: Hazard, actor: Actor, *, authority_id: UUID, number: str, on: date, measures: dict[str, str]
) -> None:
    """挂牌督办 of a determined major, with 责任、措施、资金、时限、预案. Performed by who holds the power in this field, or
    recorded by the congress side: which authority, number, date."""
    authority = _named(listers(hazard, actor), authority_id)
    words = {name: require_words(measures.get(name, ""), name, field) for name, field in MEASURES.items()}
    take(
        hazard,
        Step.LIST,
        actor,
        facts=_dated(number, on) | {"authority": authority.id},
        words=words,
        change={"listed_at": clock.now(), "listed_by_id": authority.id},
    )


def listers(hazard: Hazard, actor: Actor) -> list[Organisation]:
    """Whose 挂牌 this actor may enter: one's own on the government side, every competent one's on the congress side."""
    may = powers.competent_offices(Power.LIST_SUPERVISION, hazard.field, clock.today())
    return [row for row in may if actor.side is not Side.GOVERNMENT or row.id == actor.organisation_id]


def lift_from_list(hazard: Hazard, actor: Actor, *, authority_id: UUID, number: str, on: date) -> None:
    """解除挂牌 by the authority that listed it: number, date."""
    authority = _named(lifters(hazard, actor), authority_id)
    change = {"listed_at": None, "listed_by_id": None}
    take(hazard, Step.UNLIST, actor, facts=_dated(number, on) | {"authority": authority.id}, change=change)


def lifters(hazard: Hazard, actor: Actor) -> list[Organisation]:
    """Who may lift a 挂牌: who listed it. One recorded by a name alone may have been any office's of the government."""
    if hazard.listed_by_id is None and actor.side is Side.CONGRESS:
        return list(people.handlers())
    may = people.handlers() if hazard.listed_by_id else listers(hazard, actor)
    return [row for row in may if hazard.listed_by_id in (None, row.id)]


def watch(hazard: Hazard, actor: Actor, *, meeting: str, on: date, leader: str, reason: str) -> None:
    """重点督办 of the congress side's own: which 主任会议 decided it, on which day, who leads (代表法 2025 第五十二条第二款
    speaks so of suggestions). It closes nothing and holds nothing open."""
    words = {
        "meeting": require_words(meeting, "哪次主任会议", "meeting"),
        "leader": require_words(leader, "领衔领导", "leader"),
        "reason": require_words(reason, "理由", "reason"),
    }
    not_ahead(on, "会议日期")
    take(hazard, Step.WATCH, actor, facts={"on": on}, words=words, change={"watched_at": clock.now()})


def stop_watching(hazard: Hazard, actor: Actor, *, reason: str) -> None:
    """解除重点督办: the hazard is watched no more than others."""
    words = {"reason": require_words(reason, "理由", "reason")}
    take(hazard, Step.UNWATCH, actor, words=words, change={"watched_at": None})


def transfer(hazard: Hazard, actor: Actor, *, to: str, number: str, on: date) -> None:
    """移送 to enforcement by an organisation with that power."""
    words = {"to": require_words(to, "移送单位", "to")}
    change = {"transferred_at": clock.now(), "transfer_result_at": None}
    take(hazard, Step.TRANSFER, actor, facts=_dated(number, on), words=words, change=change)


def transfer_result(hazard: Hazard, actor: Actor, *, result: str, number: str, on: date) -> None:
    """Record what came of a 移送, as the receiving authority said; also after the hazard is settled."""
    words = {"result": require_words(result, "移送的结果", "result")}
    change = {"transfer_result_at": clock.now()}
    take(hazard, Step.TRANSFER_RESULT, actor, facts=_dated(number, on), words=words, change=change)


def _named(may: Iterable[Organisation], authority_id: UUID) -> Organisation:
    """The one named, if it is among those that may; raises Refused for any other id."""
    found = next((row for row in may if row.id == authority_id), None)
    if found is None:
        raise Refused(
            "请选一个在这个领域有这项职权的机关。名单里没有的，请管理员先登记它的职权。", field="authority_id"
        )
    return found


def _dated(number: str, on: date) -> dict[str, object]:
    not_ahead(on, "日期")
    if not number.strip():
        raise Refused("还差文号。", field="number")
    return {"number": number.strip(), "on": on}
