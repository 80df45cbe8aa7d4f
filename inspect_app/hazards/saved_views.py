"""常用视图: a list of hazards with its filters, kept under a name, for oneself or for everybody of the office."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint, func, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from inspect_app.kernel import clock, spelling
from inspect_app.kernel.database import Model, db
from inspect_app.kernel.errors import NotThere, Refused
from inspect_app.kernel.ids import new_id
from inspect_app.people.rules import Scope

MOST = 20  # of one person: more are no help in finding anything


class SavedView(Model):
    """A name for what the address of the list holds. Who opens it sees what they may see, whoever saved it."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("account_id", "name"),)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    name: Mapped[str]
    filters: Mapped[str]  # as an address holds them
    shared: Mapped[bool]
    made_at: Mapped[datetime]

    @property
    def asked(self) -> dict[str, str]:
        """The filters, each by its name in the address."""
        return dict(parse_qsl(self.filters))


def of(scope: Scope) -> Sequence[SavedView]:
    """One's own views and those shared in the office acted for, by their names."""
    shared = SavedView.shared.is_(True) & (SavedView.organisation_id == scope.organisation_id)
    seen = or_(SavedView.account_id == scope.account_id, shared)
    return db.session.scalars(select(SavedView).where(seen).order_by(SavedView.name, SavedView.id)).all()


def save(scope: Scope, name: str, asked: dict[str, str], *, shared: bool) -> SavedView:
    """Keep filters under a name; a view of one's own with that name is set anew. Raises Refused without a name, without
    filters, and for more than MOST."""
    clean = spelling.name(name, lack="请给这个视图起个名字。", limit="line")
    filters = urlencode(sorted((key, value) for key, value in asked.items() if value))
    if not filters:
        raise Refused("还没有筛选，没有可存的。请先选条件。", field="name")
    own = select(SavedView).where(SavedView.account_id == scope.account_id)
    row = db.session.scalar(own.where(SavedView.name == clean))
    if row is None:
        if (db.session.scalar(select(func.count()).select_from(own.subquery())) or 0) >= MOST:
            raise Refused(f"最多存 {MOST} 个。请先删去不用的。", field="name")
        row = SavedView(account_id=scope.account_id, name=clean, made_at=clock.now())
        db.session.add(row)
    row.organisation_id, row.filters, row.shared = scope.organisation_id, filters, shared
    db.session.flush()
    return row


def drop(scope: Scope, view_id: UUID) -> str:
    """Take away a view of one's own; returns its name. Raises NotThere for anybody else's."""
    row = db.session.get(SavedView, view_id)
    if row is None or row.account_id != scope.account_id:
        raise NotThere
    db.session.delete(row)
    db.session.flush()
    return row.name
