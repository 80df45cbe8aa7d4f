"""First passwords of accounts that an import has made. They stand nowhere: each is worked out again from the server's secret."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Refused
from inspect_app.kernel.spelling import login_key
from inspect_app.people.models import Account
from inspect_app.people.passwords import first_password_of, matches

from .models import ImportJob, ImportRow
from .rules import RowVerdict


@dataclass(frozen=True)
class PasswordSlip:
    """What is handed to somebody: their name, login and first password."""

    name: str
    login: str
    password: str


def password_slips(job: ImportJob, secret: str) -> Sequence[PasswordSlip]:
    """The slips of those who still have the password they were given, in the order of the sheet. Raises Refused where the server's
    secret is another one by now."""
    rows = select(ImportRow.said).where(ImportRow.job_id == job.id, ImportRow.verdict == RowVerdict.ADDED)
    said = {one["login"]: one for one in db.session.scalars(rows.order_by(ImportRow.number)) if one.get("hash")}
    given = select(Account.login, Account.password).where(
        Account.login.in_(list(said)), Account.must_change_password, Account.active
    )
    still = {login for login, kept in db.session.execute(given) if kept == said[login]["hash"]}
    slips = [
        PasswordSlip(one["name"], login, first_password_of(f"{secret} {job.id}", login_key(login)))
        for login, one in said.items()
        if login in still
    ]
    if slips and not matches(slips[0].password, said[slips[0].login]["hash"]):
        raise Refused("服务器的密钥换过，这些初始密码已经算不出来了。请在账号页面逐个重设密码。")
    return slips
