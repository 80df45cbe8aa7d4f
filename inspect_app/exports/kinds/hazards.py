"""The list of hazards as a table: the same conditions, the same order, read on from the last row each time."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Date, literal, select

from inspect_app.hazards import register
from inspect_app.hazards.filters import SORT_NAMES, Filters, Sort
from inspect_app.hazards.models import Hazard
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.paging import beyond
from inspect_app.people.models import Area, Organisation, Person
from inspect_app.people.rules import Scope
from inspect_app.premises.merged import with_place
from inspect_app.premises.models import Party, Premises

_OWN = (
    Hazard.number, Hazard.title, Hazard.grade, Hazard.state, Hazard.unconfirmed, Hazard.premises_kind, Hazard.spot.label("spot"),
    Hazard.field, Hazard.item_code, Hazard.source, Hazard.found_at, Hazard.accepted_at, Hazard.declined_at, Hazard.reply_on,
    Hazard.mending_on, Hazard.due_on, Hazard.round_number, Hazard.reopened_count, Hazard.recurs_hazard_id, Hazard.watched_at,
    Hazard.listed_at, Hazard.referred_at, Hazard.determined_at, Hazard.order_number, Hazard.served_at, Hazard.reinspected_on,
    Hazard.opinion_number, Hazard.last_step, Hazard.last_event_at, Hazard.settled_on,
)  # fmt: skip
_BESIDE = (
    Premises.name.label("place"), Premises.code.label("place_code"), Premises.address, Premises.phone, Area.name.label("area"),
    Organisation.short_name.label("handler"), Person.name.label("finder"), Party.name.label("party"),
)  # fmt: skip


class HazardRows:
    """The hazards that a filter finds within scope, as the list shows them: its statement is built once, so that a day that ends
    meanwhile changes nothing about what is asked."""

    def __init__(self, scope: Scope, filters: Filters, sort: Sort) -> None:
        self._order = register.order_of(filters, sort)
        self._walked = register.walked(scope, filters, self._order)
        self._today: date = clock.today()

    def read(self, after: Sequence[Any] | None, most: int) -> Sequence[tuple[Sequence[Any], Any]]:
        """Up to so many rows after the values of the order of the last one, each with its own values."""
        columns, down = self._order.columns, self._order.down
        walked = self._walked if after is None else self._walked.where(beyond(columns, after, down=down))
        keys = walked.order_by(*(c.desc() if down else c.asc() for c in columns)).limit(most).subquery("walked")
        named = list(keys.columns)
        told = select(*named, *_OWN, *_BESIDE, literal(self._today, Date()).label("today"))
        statement = (
            with_place(told.join(Hazard, Hazard.id == named[-1]), Hazard.premises_id)
            .join(Area, Area.id == Hazard.area_id)
            .outerjoin(Organisation, Organisation.id == Hazard.handler_id)
            .outerjoin(Person, Person.id == Hazard.found_by_person_id)
            .outerjoin(Party, Party.id == Hazard.party_id)
            .order_by(*(c.desc() if down else c.asc() for c in named))
        )
        return [(tuple(row[: len(named)]), row) for row in db.session.execute(statement)]


def order_words(filters: Filters, sort: Sort) -> str:
    """The order of the list in words."""
    return "最近办结的在前" if filters.settled else SORT_NAMES[sort]
