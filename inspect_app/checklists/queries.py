"""Reads of checklists. A parsed version is kept in the process: it can never change."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere

from . import library
from .local import LocalRules, rule_here, within
from .models import ChecklistVersion
from .rules import Checklist
from .suspicion import SuspicionRule, on_day

_parsed: dict[UUID, Checklist] = {}
# The one district this process serves, said once at its start like the registered links and appliers.
_switched: dict[str, LocalRules | None] = {}


def switch_local(name: str) -> None:
    """Turn on the rules of a district, or none; called once by create_app(). Raises KeyError for an unknown one."""
    _switched["on"] = library.local_rules(name)


def local() -> LocalRules | None:
    """The district whose rules are switched on."""
    return _switched.get("on")


def version(version_id: UUID) -> Checklist:
    """The list of a version, whole, as it was published. Raises NotThere."""
    if version_id not in _parsed:
        row = db.session.get(ChecklistVersion, version_id)
        if row is None:
            raise NotThere
        _parsed[version_id] = Checklist.from_dict(row.content)
    return _parsed[version_id]


def asked(version_id: UUID, day: date) -> Checklist:
    """The list of a version as it is asked here on a day: without items and bases of other places. Raises NotThere."""
    return within(version(version_id), local(), day)


def rules_on(day: date) -> list[SuspicionRule]:
    """The rules of suspicion in force here on a day."""
    return [rule for rule in on_day(library.suspicion_rules(), day) if rule_here(rule, local(), day)]


def current() -> Sequence[ChecklistVersion]:
    """The newest version of every list that is not withdrawn."""
    newest = (
        select(ChecklistVersion.code, func.max(ChecklistVersion.number).label("number"))
        .where(ChecklistVersion.withdrawn_at.is_(None))
        .group_by(ChecklistVersion.code)
        .subquery()
    )
    return db.session.scalars(
        select(ChecklistVersion)
        .join(newest, (newest.c.code == ChecklistVersion.code) & (newest.c.number == ChecklistVersion.number))
        .order_by(ChecklistVersion.code)
    ).all()


def current_for(kind: str) -> list[ChecklistVersion]:
    """The newest versions of the lists meant for a kind of place."""
    return [row for row in current() if kind in row.content["kinds"]]
