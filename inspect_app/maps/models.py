"""What an administrator has set for maps: where the ground comes from, and the outlines of streets. One row each, or none."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from inspect_app.kernel.columns import one_of
from inspect_app.kernel.database import Model
from inspect_app.kernel.positions import ReferenceSystem

from .rules import MapSaid, MapSource

ONLY = 1


class MapSetting(Model):
    """Where tiles come from, who said so and when. Without a row nobody is asked for any."""

    __tablename__ = "map_setting"
    __table_args__ = (
        CheckConstraint("id = 1", "only_one"),
        CheckConstraint(one_of("map_source", MapSource), "source_known"),
    )
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=ONLY)
    name: Mapped[str] = mapped_column(default="地图")  # for the log of administrators
    map_source: Mapped[str]
    map_key: Mapped[str] = mapped_column(default="")
    map_address: Mapped[str] = mapped_column(default="")
    map_system: Mapped[str]
    map_credit: Mapped[str] = mapped_column(default="")
    set_by_person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    set_at: Mapped[datetime]

    @property
    def said(self) -> MapSaid:
        """The same as rules read it."""
        system = ReferenceSystem(self.map_system)
        return MapSaid(MapSource(self.map_source), self.map_key, self.map_address, system, self.map_credit)


class MapOutlines(Model):
    """Outlines of streets, GeoJSON in WGS-84, with the hash they are known by to browsers."""

    __tablename__ = "map_outlines"
    __table_args__ = (CheckConstraint("id = 1", "only_one"),)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=ONLY)
    name: Mapped[str] = mapped_column(default="街道轮廓")
    number: Mapped[int]
    content: Mapped[str]
    sha256: Mapped[str]
    credit: Mapped[str] = mapped_column(default="")
    set_by_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))  # None: drawn by the demo
    set_at: Mapped[datetime]
