"""Tables of places and parties. Rows never move: a double names the place it was merged into."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Connection, ForeignKey, Index, event, text
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from inspect_app.kernel.columns import one_of
from inspect_app.kernel.database import Model, Shaped
from inspect_app.kernel.folding import Folded
from inspect_app.kernel.ids import new_code, new_id
from inspect_app.kernel.positions import on_map

from .rules import PARTY_ROLES, STATUS_NAMES, PremisesKind
from .shapes import Facts


class Premises(Folded, Model):
    """A place as it is registered; who answers for it stands beside it, dated, because tenants change and places
    stay."""

    FOLDS = ("name", "address")
    __tablename__ = "premises"
    __table_args__ = (
        CheckConstraint(one_of("kind", PremisesKind), "kind_known"),
        CheckConstraint("status IN ('open', 'closed', 'gone')", "status_known"),
        CheckConstraint("(lon IS NULL) = (crs IS NULL)", "position_names_its_system"),
        CheckConstraint("(lon IS NULL) = (map_lon IS NULL)", "position_is_on_the_map"),
        Index("ix_premises_on_map", "id", "map_lon", "map_lat"),
        Index("ix_premises_area", "area_id", "name"),
        Index("ix_premises_name", "name", "id"),
        Index(  # of the few alone: who looks for those that stand walks the others
            "ix_premises_merged_into_id",
            "merged_into_id",
            sqlite_where=text("merged_into_id IS NOT NULL"),
            postgresql_where=text("merged_into_id IS NOT NULL"),
        ),
        Index(
            "ix_premises_maybe_double",
            "maybe_double_of_id",
            sqlite_where=text("maybe_double_of_id IS NOT NULL"),
            postgresql_where=text("maybe_double_of_id IS NOT NULL"),
        ),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(unique=True, default=lambda: "CS" + new_code(8))
    name: Mapped[str]
    kind: Mapped[str]
    address: Mapped[str]
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    phone: Mapped[str] = mapped_column(default="")
    facts: Mapped[dict[str, Any]] = mapped_column(Shaped(Facts), default=dict)
    status: Mapped[str] = mapped_column(default="open")
    status_since: Mapped[date | None]  # None: nobody has said since when; how it was before: PremisesStatus
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    crs: Mapped[str | None]
    accuracy_m: Mapped[float | None]
    map_lon: Mapped[float | None]  # the same in WGS-84: what is searched by place in SQL
    map_lat: Mapped[float | None]
    door_code: Mapped[str] = mapped_column(unique=True, default=lambda: new_code(12))
    merged_into_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("premises.id")
    )  # the row that stands now (merged.py)
    confirmed: Mapped[bool] = mapped_column(default=True)  # made in the field: the desk looks at it once
    twin_key: Mapped[str] = mapped_column(index=True)  # name and address folded: the same for what reads the same
    maybe_double_of_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("premises.id")
    )  # 可能重复, until the desk has looked
    made_at: Mapped[datetime]

    @property
    def is_open(self) -> bool:
        """Whether it does business; a closed or vanished place stays in the register."""
        return self.status == "open"


@event.listens_for(Premises, "before_insert")
@event.listens_for(Premises, "before_update")
def _put_on_map(mapper: Mapper[Any], connection: Connection, row: Premises) -> None:
    row.map_lon, row.map_lat = on_map(row.lon, row.lat, row.crs)


class PremisesMerge(Model):
    """One place was found to be another one, by whom and why; undone or not, the row stays. Of those that hold,
    merged_into_id of the places is made."""

    __tablename__ = "premises_merge"
    __table_args__ = (
        CheckConstraint("premises_id <> into_id", "not_into_itself"),
        CheckConstraint("(undone_at IS NULL) = (undone_by_person_id IS NULL)", "undone_by_somebody"),
        Index(
            "uq_premises_merge_holds",
            "premises_id",
            unique=True,
            sqlite_where=text("undone_at IS NULL"),
            postgresql_where=text("undone_at IS NULL"),
        ),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    premises_id: Mapped[UUID] = mapped_column(ForeignKey("premises.id"), index=True)
    into_id: Mapped[UUID] = mapped_column(ForeignKey("premises.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    reason: Mapped[str]
    undone_at: Mapped[datetime | None]
    undone_by_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    undone_reason: Mapped[str] = mapped_column(default="")


class PremisesStatus(Model):
    """A change of what a place is: to what, from which day, and who told it when. Rows are added, never changed."""

    __tablename__ = "premises_status"
    __table_args__ = (CheckConstraint(one_of("status", STATUS_NAMES), "status_known"),)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    premises_id: Mapped[UUID] = mapped_column(ForeignKey("premises.id"), index=True)
    status: Mapped[str]
    since: Mapped[date]
    told_at: Mapped[datetime]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))


class PremisesChange(Model):
    """When a place changed last in an area, for phones that carry the places there; written by triggers alone (carried.py).

    A place that moved has a row in either area. The mark is no time: on PostgreSQL the number of the transaction, on SQLite a
    number that counts up.
    """

    __tablename__ = "premises_change"
    __table_args__ = (Index("ix_premises_change_area", "area_id", "changed"),)
    premises_id: Mapped[UUID] = mapped_column(primary_key=True)
    area_id: Mapped[UUID] = mapped_column(primary_key=True)
    changed: Mapped[int] = mapped_column(BigInteger, index=True)


class Party(Model):
    """责任主体: who answers for a place, as it was said. Rows with one credit code are one party (holders.py); none ever moves."""

    __tablename__ = "party"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    credit_code: Mapped[str | None] = mapped_column(index=True)
    phone: Mapped[str] = mapped_column(default="")


class PremisesParty(Model):
    """Which party answers for which place, in which part, from when to when."""

    __tablename__ = "premises_party"
    __table_args__ = (
        CheckConstraint(one_of("role", PARTY_ROLES), "role_known"),
        CheckConstraint("until IS NULL OR until >= since", "ends_after_it_begins"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    premises_id: Mapped[UUID] = mapped_column(ForeignKey("premises.id"), index=True)
    party_id: Mapped[UUID] = mapped_column(ForeignKey("party.id"), index=True)
    role: Mapped[str]
    since: Mapped[date]
    until: Mapped[date | None]
