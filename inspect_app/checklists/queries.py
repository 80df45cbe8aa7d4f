"""Reads of checklists. A parsed version is kept in the process: it can never change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere
from inspect_app.people.models import Person

from . import library
from .local import LocalRules, rule_here, within
from .models import ChecklistDraft, ChecklistVersion
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


def newest(code: str) -> ChecklistVersion | None:
    """The version with the highest number, withdrawn or not: what the next one is made from."""
    return db.session.scalar(
        select(ChecklistVersion).where(ChecklistVersion.code == code).order_by(ChecklistVersion.number.desc()).limit(1)
    )


def in_force(code: str, number: int | None = None) -> ChecklistVersion:
    """The version of a list that new visits are filled under, or the one of a number. Raises NotThere."""
    wanted = select(ChecklistVersion).where(ChecklistVersion.code == code)
    if number is not None:
        wanted = wanted.where(ChecklistVersion.number == number)
    order = (ChecklistVersion.withdrawn_at.is_not(None), ChecklistVersion.number.desc())
    row = db.session.scalar(wanted.order_by(*order).limit(1))
    if row is None:
        raise NotThere("没有这张检查表，或没有这一版。")
    return row


@dataclass(frozen=True)
class Published:
    """A version with who uploaded it and who published it; empty names for those that came with the product."""

    version: ChecklistVersion
    uploaded_by: str
    published_by: str
    withdrawn_by: str


def versions(code: str) -> list[Published]:
    """Every version of a list, the newest first."""
    uploader, publisher, withdrawer = aliased(Person), aliased(Person), aliased(Person)
    rows = db.session.execute(
        select(ChecklistVersion, uploader.name, publisher.name, withdrawer.name)
        .outerjoin(ChecklistDraft, ChecklistDraft.version_id == ChecklistVersion.id)
        .outerjoin(uploader, uploader.id == ChecklistDraft.uploaded_by_person_id)
        .outerjoin(publisher, publisher.id == ChecklistDraft.published_by_person_id)
        .outerjoin(withdrawer, withdrawer.id == ChecklistVersion.withdrawn_by_person_id)
        .where(ChecklistVersion.code == code)
        .order_by(ChecklistVersion.number.desc())
    )
    return [Published(row[0], row[1] or "", row[2] or "", row[3] or "") for row in rows]


def every_version() -> list[tuple[UUID, str]]:
    """(id, code of its list) of all versions, the older first: what hazards and visits may have been made under."""
    rows = db.session.execute(
        select(ChecklistVersion.id, ChecklistVersion.code).order_by(ChecklistVersion.code, ChecklistVersion.number)
    )
    return [(row[0], row[1]) for row in rows]


def load_version(version_id: UUID) -> ChecklistVersion:
    """A version by its id. Raises NotThere."""
    row = db.session.get(ChecklistVersion, version_id)
    if row is None:
        raise NotThere
    return row


@dataclass(frozen=True)
class DraftRow:
    """A draft with the names of who did what."""

    draft: ChecklistDraft
    uploaded_by: str
    tried_by: str
    ended_by: str


def drafts(*, open_only: bool = False, limit: int = 50) -> list[DraftRow]:
    """Drafts, the newest first."""
    live = (ChecklistDraft.published_at.is_(None), ChecklistDraft.dropped_at.is_(None)) if open_only else ()
    return _draft_rows(*live, limit=limit)


def draft(draft_id: UUID) -> DraftRow:
    """A draft by its id. Raises NotThere."""
    found = _draft_rows(ChecklistDraft.id == draft_id, limit=1)
    if not found:
        raise NotThere
    return found[0]


def _draft_rows(*where: ColumnElement[bool], limit: int) -> list[DraftRow]:
    uploader, trier, ender = aliased(Person), aliased(Person), aliased(Person)
    ended_by = func.coalesce(ChecklistDraft.published_by_person_id, ChecklistDraft.dropped_by_person_id)
    rows = db.session.execute(
        select(ChecklistDraft, uploader.name, trier.name, ender.name)
        .join(uploader, uploader.id == ChecklistDraft.uploaded_by_person_id)
        .outerjoin(trier, trier.id == ChecklistDraft.tried_by_person_id)
        .outerjoin(ender, ender.id == ended_by)
        .where(*where)
        .order_by(ChecklistDraft.uploaded_at.desc())
        .limit(limit)
    )
    return [DraftRow(row[0], row[1], row[2] or "", row[3] or "") for row in rows]
