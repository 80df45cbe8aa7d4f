"""Messages waiting or sent: queued in the transaction of what they tell about."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from inspect_app.kernel.database import Model
from inspect_app.kernel.ids import new_id


class Message(Model):
    """One message to one person, or to whoever works for an organisation. Links are made when it is shown."""

    __tablename__ = "message"
    __table_args__ = (
        CheckConstraint("(to_person_id IS NULL) <> (to_organisation_id IS NULL)", "one_receiver"),
        Index("ix_message_person", "to_person_id", "read_at"),
        Index("ix_message_organisation", "to_organisation_id", "read_at"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    to_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    to_organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    text: Mapped[str]
    made_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
