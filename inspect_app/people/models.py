"""Tables of areas, organisations with powers, people, accounts and terms."""

from datetime import date, datetime
from uuid import UUID

from flask_security.core import UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from inspect_app.kernel.database import Model
from inspect_app.kernel.folding import Folded
from inspect_app.kernel.ids import new_id
from inspect_app.kernel.spelling import login_key

from .rules import Role, Side


class Area(Model):
    """A tree of 区, 街道, 社区. The code carries the year of its table; a merged street names its successor."""

    __tablename__ = "area"
    __table_args__ = (
        UniqueConstraint("code", "code_year"),
        CheckConstraint("kind IN ('district', 'street', 'community')", "kind_known"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str]
    code_year: Mapped[int]
    name: Mapped[str]
    kind: Mapped[str]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("area.id"), index=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    successor_id: Mapped[UUID | None] = mapped_column(ForeignKey("area.id"))
    # Numbers behind the red button on every field screen.
    duty_phone: Mapped[str] = mapped_column(default="")
    gas_phone: Mapped[str] = mapped_column(default="")


class Organisation(Model):
    """An office of the congress or of the government side, with what stands on its papers."""

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint("side IN ('congress', 'government')", "side_known"),
        CheckConstraint("close_unopposed_days >= 1 AND close_unopposed_days <= 60", "close_unopposed_days_sane"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(unique=True)
    short_name: Mapped[str]
    side: Mapped[str]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), index=True)
    letter_code: Mapped[str]  # 机关代字
    phone: Mapped[str] = mapped_column(default="")
    is_desk: Mapped[bool] = mapped_column(default=False)  # answers for hazards that nobody has yet
    # What stands on its orders, set once: title, where to reply, what follows if nothing is done, where to turn.
    order_title: Mapped[str] = mapped_column(default="")
    section: Mapped[str] = mapped_column(default="")  # 承办机构 printed beside the name
    address: Mapped[str] = mapped_column(default="")
    consequence: Mapped[str] = mapped_column(default="")
    review_body: Mapped[str] = mapped_column(default="")  # 复议机关, 60 days
    court: Mapped[str] = mapped_column(default="")  # 人民法院, 6 months
    letterhead: Mapped[str] = mapped_column(default="")  # 发文机关标志 where it is not the name
    seal_place: Mapped[bool] = mapped_column(default=False)  # whether papers mark where the seal is put
    close_unopposed_days: Mapped[int | None]  # 到期自动销号 of what it handed over; None: not switched on

    @property
    def enforces(self) -> bool:
        """Whether it is an office of the government side, which holds powers and signs orders."""
        return self.side == Side.GOVERNMENT


class OrganisationPower(Model):
    """A power in one field of law, with the article it rests on; usable once a second administrator has confirmed it.

    A row from before fields were kept has none and opens nothing until it is completed and confirmed.
    """

    __tablename__ = "organisation_power"
    __table_args__ = (
        UniqueConstraint("organisation_id", "power", "field", "since"),
        CheckConstraint(
            "confirmed_by_person_id IS NULL"
            " OR (entered_by_person_id IS NOT NULL AND entered_by_person_id <> confirmed_by_person_id)",
            "confirmed_by_a_second",
        ),
        CheckConstraint(
            "confirmed_by_person_id IS NULL OR (field <> '' AND document <> '' AND article <> '')", "confirmed_is_whole"
        ),
        CheckConstraint("(confirmed_by_person_id IS NULL) = (confirmed_at IS NULL)", "confirmed_at_by"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    power: Mapped[str]
    field: Mapped[str] = mapped_column(default="")
    document: Mapped[str] = mapped_column(default="")  # the law, without 《》
    article: Mapped[str] = mapped_column(default="")  # 第五十四条
    since: Mapped[date]
    until: Mapped[date | None]
    source: Mapped[str]  # the list it was taken from: 权责清单, 赋权决定
    entered_by_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime | None]
    confirmed_by_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None]
    ended_by_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None]

    @property
    def basis(self) -> str:
        """The article as a paper prints it: 《中华人民共和国消防法》第五十四条."""
        return f"《{self.document}》{self.article}"


class OrganisationOfficer(Model):
    """An officer with a certificate, whom an order may name. Chosen from this list, never typed."""

    __tablename__ = "organisation_officer"
    __table_args__ = (
        UniqueConstraint("organisation_id", "card_number", "since"),
        CheckConstraint("until IS NULL OR until >= since", "ends_after_it_begins"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    name: Mapped[str]
    card_number: Mapped[str]
    since: Mapped[date]
    until: Mapped[date | None]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    entered_by_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    ended_by_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))


class OrganisationSignatory(Model):
    """签发人: a person of an office who signs its papers off; another than whoever drafted them."""

    __tablename__ = "organisation_signatory"
    __table_args__ = (CheckConstraint("until IS NULL OR until >= since", "ends_after_it_begins"),)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    duty: Mapped[str]  # 职务, printed behind the name; may be empty
    since: Mapped[date]
    until: Mapped[date | None]


class Station(Model):
    """家站点 and the like: where deputies meet citizens."""

    __tablename__ = "station"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    kind: Mapped[str]
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))


class Person(Folded, Model):
    """One human being, however many accounts and terms they have held."""

    FOLDS = ("name",)
    __tablename__ = "person"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    phone: Mapped[str] = mapped_column(default="")


class Account(Model, UserMixin):
    """What a person signs in with. Password hash and second factor are written by the sign-in library."""

    __tablename__ = "account"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)  # type: ignore[assignment]  # theirs is int
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    login: Mapped[str] = mapped_column(unique=True)
    # What logins have in common that nobody could tell apart; two of before may share one (kernel/spelling.py).
    login_key: Mapped[str] = mapped_column(index=True)
    mobile: Mapped[str | None] = mapped_column(unique=True)
    password: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(unique=True)
    must_change_password: Mapped[bool] = mapped_column(default=True)
    tf_totp_secret: Mapped[str | None]
    tf_new_secret: Mapped[str | None]  # shown as a QR, not yet proved by a first code
    tf_last_counter: Mapped[int | None]
    is_demo: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime]

    person: Mapped[Person] = relationship()

    @validates("login")
    def _keep_key(self, _name: str, login: str) -> str:
        self.login_key = login_key(login)
        return login

    @property
    def roles(self) -> list[object]:  # type: ignore[override]
        """Roles are terms here; the sign-in library's own role table is not used."""
        return []


class RoleTerm(Model):
    """A role or deputyship from a date to a date."""

    __tablename__ = "term"
    __table_args__ = (
        CheckConstraint(
            "role IN ('deputy', 'supervisor', 'handler', 'leader', 'auditor', 'administrator')", "role_known"
        ),
        CheckConstraint("until IS NULL OR until >= since", "ends_after_it_begins"),
        Index("ix_term_person", "person_id", "since"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    level: Mapped[str] = mapped_column(default="")  # 市 or 区 for deputies
    congress_term: Mapped[str] = mapped_column(default="")  # 届
    station_id: Mapped[UUID | None] = mapped_column(ForeignKey("station.id"))
    since: Mapped[date]
    until: Mapped[date | None]

    @property
    def is_deputyship(self) -> bool:
        """Whether it has a level, a congress and a station."""
        return self.role == Role.DEPUTY


class Duty(Model):
    """Who is on duty for an area on a day."""

    __tablename__ = "duty"
    __table_args__ = (UniqueConstraint("area_id", "person_id", "since"),)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    since: Mapped[date]
    until: Mapped[date]


class Recusal(Model):
    """回避: a person linked to a party or a place is given neither visit nor verification there."""

    __tablename__ = "recusal"
    __table_args__ = (CheckConstraint("premises_id IS NOT NULL OR party_id IS NOT NULL", "names_something"),)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    premises_id: Mapped[UUID | None] = mapped_column(index=True)
    party_id: Mapped[UUID | None] = mapped_column(index=True)
    declared_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(default="")
