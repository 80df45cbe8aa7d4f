"""Tables of signing in: what was typed, who is in on which browser, how often somebody tried, who shows a second factor."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from inspect_app.kernel.database import Model
from inspect_app.kernel.ids import new_id


class SignIn(Model):
    """The sign-in log: what was typed, from where, whether it worked and why not."""

    __tablename__ = "sign_in"
    __table_args__ = (Index("ix_sign_in_tries", "typed", "address", "at"),)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    typed: Mapped[str]
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    ok: Mapped[bool]
    why: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    address: Mapped[str]
    agent: Mapped[str] = mapped_column(default="")


class Tries(Model):
    """How often somebody has tried at a door since it last opened. A try is counted before it is looked at, so that many
    at once are no more than may be (docs/decisions/0023)."""

    __tablename__ = "tries"
    __table_args__ = (CheckConstraint("count >= 0", "count_sane"),)
    door: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(index=True)


class SignedIn(Model):
    """One sign-in of an account on one browser, until it is ended: the cookie names it, and it ends here."""

    __tablename__ = "signed_in"
    __table_args__ = (Index("ix_signed_in_account", "account_id", "began_at"),)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    address: Mapped[str]
    agent: Mapped[str] = mapped_column(default="")
    browser: Mapped[str] = mapped_column(default="", index=True)  # hash of what the browser keeps; empty: forgotten


class SecondFactorRule(Model):
    """Whether a role must show a second factor, as an administrator has set it."""

    __tablename__ = "second_factor_rule"
    role: Mapped[str] = mapped_column(primary_key=True)
    demanded: Mapped[bool]
    set_by_person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    set_at: Mapped[datetime]
