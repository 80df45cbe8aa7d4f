"""Reads of checklists. A parsed version is kept in the process: it can never change."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import aliased

from inspect_app.kernel.database import db, run, there
from inspect_app.kernel.errors import NotThere
from inspect_app.people.models import Person

from . import library
from .local import LocalRules, rule_here, sizing, within
from .models import BasisEnd, ChecklistDraft, ChecklistVersion, SharedChange
from .rules import Basis, Checklist
from .suspicion import SuspicionRule, on_day

_parsed: dict[UUID, Checklist] = {}
_asked: dict[tuple[UUID, str, date], Checklist] = {}  # a version, a district and a day say all of it
MOST_ASKED = 200
# The one district this process serves, said once at its start like the registered links and appliers.
_switched: dict[str, LocalRules | None] = {}


def switch_local(name: str) -> None:
    """Turn on the rules of a district, or none; called once by create_app(). Raises KeyError for an unknown one."""
    _switched["on"] = library.local_rules(name)


def local() -> LocalRules | None:
    """The district whose rules are switched on."""
    return _switched.get("on")


def sizes(kind: str, day: date) -> LocalRules | None:
    """Whose sizes of "small" hold here for a kind of place: the district's own, or else the country's."""
    return sizing(kind, day, local(), library.national())


def version(version_id: UUID) -> Checklist:
    """The list of a version, whole, as it was published. Raises NotThere."""
    if version_id not in _parsed:
        content = db.session.scalar(select(ChecklistVersion.content).where(ChecklistVersion.id == version_id))
        if content is None:
            raise NotThere
        _parsed[version_id] = Checklist.from_dict(content)
    return _parsed[version_id]


def asked(version_id: UUID, day: date) -> Checklist:
    """The list of a version as it is asked here on a day: without items and bases of other places. Raises NotThere."""
    district = local()
    key = version_id, district.code if district else "", day
    if key not in _asked:
        if len(_asked) >= MOST_ASKED:
            _asked.clear()
        _asked[key] = within(version(version_id), district, day)
    return _asked[key]


# (basis, its last day) of those that two administrators ended, in the order of their ids.
Ends = tuple[tuple[str, date | None], ...]


_ENDS = (
    select(BasisEnd.basis_id, BasisEnd.until)
    .where(BasisEnd.confirmed_at.is_not(None))
    .order_by(BasisEnd.confirmed_at, BasisEnd.id)
)


def confirmed_ends() -> Ends:
    """The ends that hold now. Beside the library they are all that bases and rules of suspicion rest on: whoever keeps
    what follows from those keeps it under these."""
    ends = {row.basis_id: row.until for row in run(_ENDS)}
    return tuple(sorted(ends.items()))


def known_bases(ends: Ends | None = None) -> dict[str, Basis]:
    """The legal bases as they are known today, or under ends that were read before: as the library writes them, ended
    where two administrators said so."""
    ended, known = dict(confirmed_ends() if ends is None else ends), library.bases()
    return {name: replace(one, until=end) if (end := ended.get(name)) else one for name, one in known.items()}


@dataclass(frozen=True)
class EndRow:
    """What was asked about the end of a basis, with the names of who asked and who confirmed or took it back."""

    end: BasisEnd
    asked_by: str
    settled_by: str


def ends_of(basis_id: str) -> list[EndRow]:
    """Everything asked about the end of a basis, the newest first."""
    asker, settler = aliased(Person), aliased(Person)
    settled_by = func.coalesce(BasisEnd.confirmed_by_person_id, BasisEnd.dropped_by_person_id)
    rows = db.session.execute(
        select(BasisEnd, asker.name, settler.name)
        .join(asker, asker.id == BasisEnd.asked_by_person_id)
        .outerjoin(settler, settler.id == settled_by)
        .where(BasisEnd.basis_id == basis_id)
        .order_by(BasisEnd.asked_at.desc(), BasisEnd.id.desc())
    )
    return [EndRow(row[0], row[1], row[2] or "") for row in rows]


def rules_on(day: date, ends: Ends | None = None) -> list[SuspicionRule]:
    """The rules of suspicion in force here on a day, their bases as they are known today."""
    district = local()
    return list(_rules_on(day, confirmed_ends() if ends is None else ends, district.code if district else ""))


@lru_cache(MOST_ASKED)
def _rules_on(day: date, ends: Ends, _district: str) -> tuple[SuspicionRule, ...]:
    """The same, kept: a day, the ends and the district say all of it."""
    known = known_bases(ends)
    rules = [replace(rule, basis=known[rule.basis.id]) if rule.basis else rule for rule in library.suspicion_rules()]
    return tuple(rule for rule in on_day(rules, day) if rule_here(rule, local(), day))


def codes_ever() -> set[str]:
    """The codes of all items that any version of any list ever held: none is given to anything else."""
    return {item.code for version_id, _ in every_version() for item in version(version_id).items}


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
    return [row for row in current() if kind in version(row.id).kinds]


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
class PublishedVersion:
    """A version with who uploaded it and who published it; empty names for those that came with the product."""

    version: ChecklistVersion
    uploaded_by: str
    published_by: str
    withdrawn_by: str
    with_list: str = ""  # the other list whose draft changed an item of both


def versions(code: str) -> list[PublishedVersion]:
    """Every version of a list, the newest first."""
    uploader, publisher, withdrawer = aliased(Person), aliased(Person), aliased(Person)
    rows = db.session.execute(
        select(
            ChecklistVersion, uploader.name, publisher.name, withdrawer.name, ChecklistDraft.title, ChecklistDraft.code
        )
        .outerjoin(SharedChange, SharedChange.version_id == ChecklistVersion.id)
        .outerjoin(
            ChecklistDraft,
            or_(ChecklistDraft.version_id == ChecklistVersion.id, ChecklistDraft.id == SharedChange.draft_id),
        )
        .outerjoin(uploader, uploader.id == ChecklistDraft.uploaded_by_person_id)
        .outerjoin(publisher, publisher.id == ChecklistDraft.published_by_person_id)
        .outerjoin(withdrawer, withdrawer.id == ChecklistVersion.withdrawn_by_person_id)
        .where(ChecklistVersion.code == code)
        .order_by(ChecklistVersion.number.desc())
    )
    return [
        PublishedVersion(row[0], row[1] or "", row[2] or "", row[3] or "", row[4] if row[5] not in (None, code) else "")
        for row in rows
    ]


def every_version() -> list[tuple[UUID, str]]:
    """(id, code of its list) of all versions, the older first: what hazards and visits may have been made under."""
    rows = db.session.execute(
        select(ChecklistVersion.id, ChecklistVersion.code).order_by(ChecklistVersion.code, ChecklistVersion.number)
    )
    return [(row[0], row[1]) for row in rows]


def load_version(version_id: UUID) -> ChecklistVersion:
    """A version by its id. Raises NotThere."""
    return there(ChecklistVersion, version_id)


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
