"""The sign-in library set up: sessions, password hashing, TOTP. Its own pages are not used; ours are in Chinese and
work inside an htmx page. See docs/decisions/0005-sign-in.md."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from flask import Flask
from flask_security.core import Security
from flask_security.datastore import SQLAlchemyUserDatastore
from flask_security.totp import Totp
from passlib.totp import TotpMatch
from sqlalchemy import Text, bindparam, select

from inspect_app.kernel import clock, stamps
from inspect_app.kernel.database import db
from inspect_app.people.models import Account

_BY_MARK = select(Account).where(Account.fs_uniquifier == bindparam("mark", type_=Text()))
PERIOD = 30  # seconds for which an authenticator shows a code


class AccountStore(SQLAlchemyUserDatastore):
    """Accounts for the library. It never commits: the edge does."""

    def find_user(self, case_insensitive: bool = False, **kwargs: Any) -> Account | None:
        """The account of what is asked for. With every request it is the session's mark: a statement kept for it."""
        if kwargs.keys() == {"fs_uniquifier"}:
            return db.session.scalar(_BY_MARK, {"mark": kwargs["fs_uniquifier"]})
        return cast("Account | None", super().find_user(case_insensitive, **kwargs))

    def commit(self) -> None:
        """Flush only: the one commit stands at the edge (ADR 4, 5)."""
        db.session.flush()


class OnceOnlyTotp(Totp):
    """A code that was read over a shoulder is worth nothing: each is taken once."""

    def get_last_counter(self, user: Account) -> int | None:  # type: ignore[override]
        """Of a clock that ran ahead it says nothing: every code until then would count as used."""
        last = user.tf_last_counter
        if last is not None and stamps.ahead(datetime.fromtimestamp(last * PERIOD, UTC), clock.now()):
            return None
        return last

    def set_last_counter(self, user: Account, tmatch: TotpMatch) -> None:  # type: ignore[override]
        """Remember which code was used, so that nobody uses it a second time."""
        user.tf_last_counter = tmatch.counter


def init_sign_in(app: Flask) -> None:
    """Give the app the library's session handling and hashing over our accounts."""
    app.config.setdefault("SECURITY_PASSWORD_HASH", "argon2")
    app.config["SECURITY_PASSWORD_SCHEMES"] = ["argon2"]
    app.config["SECURITY_PASSWORD_SINGLE_HASH"] = ["argon2"]
    # Second-factor secrets lie encrypted in the database; the key outlives a change of the session key.
    salt = str(app.config["SECURITY_PASSWORD_SALT"]).encode()
    app.extensions["totp"] = OnceOnlyTotp({"1": hashlib.sha256(b"totp " + salt).hexdigest()}, "隐患巡查")
    app.config["SECURITY_USER_IDENTITY_ATTRIBUTES"] = [
        {"login": {"mapper": str.strip}},
        {"mobile": {"mapper": str.strip}},
    ]
    app.config["SECURITY_FRESHNESS"] = timedelta(minutes=-1)
    app.config["PERMANENT_SESSION_LIFETIME"] = timedelta(days=30)
    app.config["SECURITY_JOIN_USER_ROLES"] = False
    app.config["SECURITY_REGISTER_BLUEPRINT"] = False
    # No role table: roles are terms.
    Security(app, AccountStore(db, Account, Account), register_blueprint=False)  # type: ignore[arg-type]
