"""Published versions. A published version never changes."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from inspect_app.kernel.database import Model
from inspect_app.kernel.ids import new_id


class ChecklistVersion(Model):
    __tablename__ = "checklist_version"
    __table_args__ = (UniqueConstraint("code", "number"), UniqueConstraint("code", "content_hash"))
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str]
    title: Mapped[str]
    field: Mapped[str]
    number: Mapped[int]
    content_hash: Mapped[str]
    content: Mapped[dict[str, Any]]
    published_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
