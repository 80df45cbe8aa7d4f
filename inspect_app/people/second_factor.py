"""The second factor of accounts: proposed, proved by a first code, forgotten, and which roles must show one."""

from uuid import UUID

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Refused

from .actions import end_sessions
from .models import Account
from .rules import ROLE_NAMES, SECOND_FACTOR_ROLES, Role
from .signing_in import SecondFactorRule


def propose(account: Account, secret: str) -> None:
    """Make the secret that the sign-in page shows until a code of it was right; an earlier one counts no more."""
    account.tf_new_secret = secret
    db.session.flush()


def prove(account: Account) -> None:
    """Put the proposed secret into force: a code of it was right."""
    if account.tf_totp_secret is None:
        account.tf_totp_secret, account.tf_new_secret = account.tf_new_secret, None
    db.session.flush()


def forget(account: Account) -> None:
    """Forget a lost authenticator: the next sign-in sets up a new one; every session of the account ends."""
    account.tf_totp_secret, account.tf_new_secret, account.tf_last_counter = None, None, None
    end_sessions(account)


def demanded(role: Role, by_default: bool) -> bool:
    """Whether a role shows a second factor: as an administrator has set it, else as this installation is run."""
    row = db.session.get(SecondFactorRule, role)
    return by_default and role in SECOND_FACTOR_ROLES if row is None else row.demanded


def demand(wanted: frozenset[Role], set_by: UUID, by_default: bool) -> list[str]:
    """Demand a second factor of these roles alone, from their next sign-in on; returns in words what changed. An administrator's own is
    never given up."""
    changed = []
    for role in Role:
        if demanded(role, by_default) == (role in wanted):
            continue
        if role is Role.ADMINISTRATOR and role not in wanted:
            raise Refused("管理员的第二步验证不能取消：账号和权限都在管理员手里。", field="role-administrator")
        row = db.session.get(SecondFactorRule, role) or SecondFactorRule(role=role)
        row.demanded, row.set_by_person_id, row.set_at = role in wanted, set_by, clock.now()
        db.session.add(row)
        changed.append(f"{ROLE_NAMES[role]}{'要' if row.demanded else '不用'}")
    db.session.flush()
    return changed
