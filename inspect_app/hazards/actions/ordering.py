"""正式文书: the order of the competent handler. One is live on a hazard; another only replaces it by name.

An order rests on the issuer's own inspection with its written record (安全生产法 第六十八条), on a confirmed power in the
hazard's field with its article, and names two officers out of the issuer's list.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from inspect_app.kernel import clock
from inspect_app.kernel.deadlines import check_deadline
from inspect_app.kernel.errors import NotAllowed, Refused
from inspect_app.people import powers
from inspect_app.people.models import OrganisationOfficer, OrganisationPower
from inspect_app.people.rules import Power

from ..case import case_of, require_words
from ..clocks import ClockKind, ClockStatus, DateOrigin, TimeLimit
from ..models import Hazard
from ..rules import Actor, Step, decide
from .setting_clocks import ClockSetting
from .settling import not_ahead
from .steps import take


@dataclass(frozen=True)
class Inspection:
    """The issuer's own look that an order rests on: day, place, number of its written record."""

    on: date
    place: str
    record: str


@dataclass(frozen=True)
class Order:
    """An order as it is made here or was made elsewhere. `replaces` is the number of the live one it takes the place of."""

    title: str
    number: str
    due_on: date
    officers: Sequence[UUID]
    inspection: Inspection
    requirement: str
    remedies: str = ""
    replaces: str = ""


def order(hazard: Hazard, actor: Actor, made: Order) -> None:
    """正式文书 of the handler; its date replaces the mending date and is printed, so it is final.

    Raises NotAllowed where the office is not the handler or holds no such power, Refused naming what is missing.
    """
    decide(case_of(hazard), Step.ORDER, actor)  # who may not is told so before what is missing
    power = power_of(hazard, actor)
    check_replacement(hazard, made.replaces)
    officers = chosen_officers(actor.organisation_id, made.officers)
    check_deadline(made.due_on, "整改期限", "due_on", today=clock.today())
    not_ahead(made.inspection.on, "检查日期", "inspected_on")
    words = _words_of(made, power, officers)
    number = require_words(made.number, "文号", "number")
    facts = _facts_of(made, number, power, officers)
    date_ = ClockSetting(
        ClockKind.MENDING,
        TimeLimit(fixed=made.due_on),
        clock.today(),
        ClockStatus.ORDERED,
        origin=DateOrigin.ORDER,
        document=number,
    )
    take(
        hazard,
        Step.ORDER,
        actor,
        facts=facts,
        words=words,
        change={"order_number": number, "reinspected_on": None},
        clocks=(date_,),
    )


def _words_of(made: Order, power: OrganisationPower, officers: Sequence[OrganisationOfficer]) -> dict[str, Any]:
    """What an order says, for the chain; Refused naming what is missing."""
    return {
        "title": require_words(made.title, "文书名称", "title"),
        "inspected_at": require_words(made.inspection.place, "检查地点", "inspected_at"),
        "requirement": require_words(made.requirement, "整改要求", "requirement"),
        "officers": [f"{row.name}（执法证号 {row.card_number}）" for row in officers],
        "basis": power.basis,
        "remedies": made.remedies.strip(),
    }


def _facts_of(
    made: Order, number: str, power: OrganisationPower, officers: Sequence[OrganisationOfficer]
) -> dict[str, Any]:
    """What an order rests on, for the chain; Refused without the number of the inspection's record."""
    return {
        "number": number,
        "due_on": made.due_on,
        "power": power.id,
        "officers": [row.id for row in officers],
        "inspected_on": made.inspection.on,
        "record": require_words(made.inspection.record, "检查记录编号", "record"),
    } | ({"replaces": made.replaces} if made.replaces else {})


def power_of(hazard: Hazard, actor: Actor) -> OrganisationPower:
    """The confirmed power an order on this hazard rests on, with its article. Raises NotAllowed without one."""
    found = actor.organisation_id and powers.power_held(
        actor.organisation_id, Power.ORDER_NOTICE, hazard.field, clock.today()
    )
    if not found:
        raise NotAllowed("您单位的权责清单里，在这一件的领域没有签发整改通知书这一项，请转给有职权的单位。")
    return found


def check_replacement(hazard: Hazard, replaces: str) -> None:
    """Refuse a second live order that does not name the one it replaces. The caller holds the hazard's row locked."""
    live = hazard.order_number
    if live is None and replaces:
        raise Refused(f"{replaces}现在不是有效的文书，不用代替。", field="replaces")
    if live is not None and replaces != live:
        raise Refused(f"这一件已经有{live}。要另出一份，请选“代替{live}”，原来那份就不再有效。", field="replaces")


def chosen_officers(organisation_id: UUID | None, chosen: Sequence[UUID | None]) -> list[OrganisationOfficer]:
    """Two different officers out of the issuer's own list of today; raises Refused for any other id."""
    listed = {row.id: row for row in powers.officers(organisation_id, clock.today())} if organisation_id else {}
    for number, one in enumerate((*chosen, None, None)[:2], start=1):
        if one not in listed:
            raise Refused("请从本单位的执法人员名单里选两个人。", field=f"officer_{number}")
    found = [listed[one] for one in chosen[:2] if one is not None]
    if found[0].id == found[1].id or found[0].card_number == found[1].card_number:
        raise Refused("两名承办人员不能是同一个人。", field="officer_2")
    return found
