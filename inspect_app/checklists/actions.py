"""Publishing versions."""

from collections.abc import Iterable

from sqlalchemy import func, select

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.hashing import content_hash

from . import library
from .lint import errors, lint
from .models import ChecklistVersion
from .rules import Checklist


def publish(checklists: Iterable[Checklist]) -> list[ChecklistVersion]:
    """A new version of every list whose content is new; the others stay as they are.

    Raises ValueError where the lint finds an error; its warnings hinder nothing.
    """
    made = []
    for checklist in checklists:
        faults = errors(lint(checklist, on=clock.today(), rules=library.suspicion_rules()))
        if faults:
            raise ValueError("; ".join(map(str, faults)))
        row = add_version(checklist)
        if row is not None:
            made.append(row)
    return made


def add_version(checklist: Checklist) -> ChecklistVersion | None:
    """The next version of a list that was linted; none where a version of it says the same already."""
    content = checklist.to_dict()
    digest = content_hash(content)
    known = select(ChecklistVersion.id).where(
        ChecklistVersion.code == checklist.code, ChecklistVersion.content_hash == digest
    )
    if db.session.scalar(known) is not None:
        return None
    last = db.session.scalar(select(func.max(ChecklistVersion.number)).where(ChecklistVersion.code == checklist.code))
    row = ChecklistVersion(
        code=checklist.code,
        title=checklist.title,
        field=checklist.field,
        number=(last or 0) + 1,
        content_hash=digest,
        content=content,
        published_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    return row
