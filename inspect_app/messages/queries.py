"""Reads of messages: only one's own and those of one's own organisation."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, func, or_, select

from inspect_app.kernel.database import db
from inspect_app.people.rules import Scope

from .models import Message


def mine(scope: Scope) -> ColumnElement[bool]:
    """The condition for messages to this person or to the organisation they act for."""
    return or_(Message.to_person_id == scope.person_id, Message.to_organisation_id == scope.organisation_id)


def newest(scope: Scope, limit: int = 30) -> Sequence[Message]:
    """The newest messages to somebody, at most `limit`."""
    return db.session.scalars(select(Message).where(mine(scope)).order_by(Message.made_at.desc()).limit(limit)).all()


def told_about(kind: str, subject_id: UUID) -> bool:
    """Whether anybody was told anything about a subject."""
    found = select(Message.id).where(Message.subject_kind == kind, Message.subject_id == subject_id)
    return db.session.scalar(found.limit(1)) is not None


def number_unread(scope: Scope) -> ScalarSelect[int]:
    """How many messages to somebody have not been read, as a part of a statement."""
    return select(func.count()).select_from(Message).where(mine(scope), Message.read_at.is_(None)).scalar_subquery()


def unread(scope: Scope) -> int:
    """The same, asked by itself."""
    return db.session.scalar(select(number_unread(scope))) or 0


def was_told(organisation_id: UUID, about: str, subject_id: UUID) -> bool:
    """Whether an organisation has a message about this already."""
    known = select(Message.id).where(
        Message.to_organisation_id == organisation_id, Message.subject_kind == about, Message.subject_id == subject_id
    )
    return db.session.scalar(known.limit(1)) is not None
