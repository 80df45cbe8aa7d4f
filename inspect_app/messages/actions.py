"""Telling people. In-app only: the row is the message, and reading it is its delivery."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select, update

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.people.rules import Scope

from .models import Message
from .queries import mine


def tell(person_id: UUID, text: str, *, about: str, subject_id: UUID) -> None:
    """Write a message to one person about a hazard, paper, visit or urgent call."""
    db.session.add(
        Message(to_person_id=person_id, subject_kind=about, subject_id=subject_id, text=text, made_at=clock.now())
    )


def tell_each(person_ids: Iterable[UUID], text: str, *, about: str, subject_id: UUID) -> None:
    """Write the same message to each of some people, once, in the order of their ids."""
    for person_id in sorted(set(person_ids)):
        tell(person_id, text, about=about, subject_id=subject_id)


def tell_instead(person_id: UUID, text: str, *, about: str, subject_id: UUID) -> None:
    """Write a message in place of the newest about the same, and have it unread again: what grows is told as one."""
    newest = db.session.scalar(
        select(Message)
        .where(Message.to_person_id == person_id, Message.subject_kind == about, Message.subject_id == subject_id)
        .order_by(Message.made_at.desc(), Message.id.desc())
        .limit(1)
    )
    if newest is None:
        tell(person_id, text, about=about, subject_id=subject_id)
    else:
        newest.text, newest.made_at, newest.read_at = text, clock.now(), None


def tell_organisation(organisation_id: UUID, text: str, *, about: str, subject_id: UUID) -> None:
    """Write a message to whoever works for an organisation."""
    db.session.add(
        Message(
            to_organisation_id=organisation_id,
            subject_kind=about,
            subject_id=subject_id,
            text=text,
            made_at=clock.now(),
        )
    )


def mark_read(scope: Scope) -> None:
    """Everything shown so far is read."""
    db.session.execute(update(Message).where(mine(scope), Message.read_at.is_(None)).values(read_at=clock.now()))
