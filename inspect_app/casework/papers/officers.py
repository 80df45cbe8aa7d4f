"""Two officers sign what rests on an inspection, each with the number of a certificate (安全生产法 第六十七条、第六十八条)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from inspect_app.kernel import clock
from inspect_app.people import powers
from inspect_app.people.models import OrganisationOfficer

from .entry import Asks, PaperQuestion

QUESTIONS = (
    PaperQuestion("officer_1", "承办人员一", Asks.CHOICE),
    PaperQuestion("officer_2", "承办人员二", Asks.CHOICE),
)


def said(value: Any) -> list[str]:
    """Officers as the page behind a paper names them."""
    return [one["name"] + (f"（执法证号 {one['card']}）" if one.get("card") else "") for one in value]


def lacking(content: Mapping[str, Any]) -> list[str]:
    """What a content lacks of its officers, where it names any."""
    officers = content.get("officers") or []
    if not officers:
        return []
    short = [] if len(officers) > 1 else ["第二位承办人员"]
    return short + [f"{officer['name']}的执法证号" for officer in officers if not officer.get("card")]


def options(office: UUID) -> dict[str, list[tuple[str, str]]]:
    """Whom the two questions offer: the office's own list of today."""
    listed = powers.officers(office, clock.today())
    offered = [(str(row.id), f"{row.name}（执法证号 {row.card_number}）") for row in listed]
    return {question.name: offered for question in QUESTIONS}


def chosen(typed: Mapping[str, str]) -> list[UUID | None]:
    """The ids that were chosen; None for what is no id."""
    return [_id(typed[question.name]) for question in QUESTIONS]


def frozen(rows: list[OrganisationOfficer]) -> list[dict[str, str]]:
    """Officers as content keeps them."""
    return [{"name": row.name, "card": row.card_number} for row in rows]


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
