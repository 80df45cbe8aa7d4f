"""导入账号和任期: rows held against the accounts by login; who is called the same is asked about; first passwords for slips."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from inspect_app.kernel.errors import Faults, NotAllowed
from inspect_app.kernel.spelling import folded, login_key
from inspect_app.people.appointing import check_term, not_oneself
from inspect_app.people.enrolling import AccountChange, AccountSaid, ManyAccounts, PeopleMoved
from inspect_app.people.passwords import first_password_of, hashed
from inspect_app.people.rules import ROLE_NAMES, Role, Scope
from inspect_app.people.standing import StandingAccount, StandingTerm, TermSaid, standing_accounts, standing_accounts_of

from ..entry import CheckedRow, Decided, ImportKind, LikelyDouble, Overtaken, Preparing, RowToWrite, compared
from ..rules import CellFault, RowChoice, RowVerdict
from .account_columns import COLUMNS, NamedOffices
from .named_areas import NamedAreas

_COLUMN_OF = {"organisation_id": "organisation", "area_id": "area", "station_id": "station"}
_TERM = ("role", "organisation_id", "area_id", "level", "congress_term", "station_id", "since", "until")


class AccountChecker:
    """The accounts as they stand, found by what rows may name."""

    def __init__(self, scope: Scope, secret: str) -> None:
        self._scope, self._secret, self._known = scope, secret, NamedOffices(NamedAreas(scope))
        accounts = standing_accounts()
        self._ids = {one.id: one for one in accounts}
        self._logins: dict[str, list[StandingAccount]] = {}
        self._names: dict[str, list[StandingAccount]] = {}
        self._mobiles = {one.mobile: one for one in accounts if one.mobile}
        for one in accounts:
            self._logins.setdefault(login_key(one.login), []).append(one)
            self._names.setdefault(folded(one.name), []).append(one)

    def check(self, cells: Mapping[str, str], decided: Decided | None) -> CheckedRow:
        """What a row comes to: an account it names or that somebody chose, a new one, or one to be asked about."""
        faults = Faults()
        said = self._known.read(cells, faults)
        found = self._account(said, decided, faults)
        there = _same_term(found, said) if found else None
        if there is not None and "level" not in cells:
            said["level"] = there.said.level
        if not faults.found:
            self._check_term(said, found, faults)
        if faults.found:
            told = [CellFault(_COLUMN_OF.get(one.field or "", one.field or ""), one.message) for one in faults.found]
            return CheckedRow(verdict=RowVerdict.FAULTY, faults=told)
        plain, key = _plain(said), login_key(said["login"])
        if found is not None:
            return self._compared(found, said, plain, key)
        same = self._names.get(folded(said["name"]), []) if decided is None else []
        if same:
            doubles = [LikelyDouble(one.id, self._side(one), ("姓名一样",)) for one in same[:3]]
            return CheckedRow(verdict=RowVerdict.ASKED, said=plain, key=key, doubles=doubles)
        plain["hash"] = hashed(first_password_of(self._secret, key))
        return CheckedRow(verdict=RowVerdict.ADDED, said=plain, key=key)

    def _account(self, said: Mapping[str, Any], decided: Decided | None, faults: Faults) -> StandingAccount | None:
        """The account that a row means; faults where its login or number is somebody else's."""
        found = (
            self._ids.get(decided.chosen_id)
            if decided and decided.choice is RowChoice.SAME and decided.chosen_id
            else None
        )
        if found is None and said["login"]:
            alike = self._logins.get(login_key(said["login"]), [])
            found = alike[0] if len(alike) == 1 else None
            faults.need(len(alike) < 2, "有两个账号只差大小写或全半角，分不清是哪一个，请先更正。", "login")
            if found is not None and said["name"] and folded(found.name) != folded(said["name"]):
                faults.add(f"这个账号是{found.name}的，和姓名对不上。", "login")
        holder = self._mobiles.get(said["mobile"] or "")
        if holder is not None and (found is None or holder.id != found.id):
            faults.add(f"这个手机号是{holder.name}在用。", "mobile")
        return found

    def _check_term(self, said: Mapping[str, Any], found: StandingAccount | None, faults: Faults) -> None:
        check_term(
            faults, said["role"], said["organisation_id"], said["area_id"], said["since"], said["until"], said["level"],
            said["station_id"],
        )  # fmt: skip
        if found is not None and self._term_changes(found, said):
            try:
                not_oneself(found.person_id, self._scope.person_id)
            except NotAllowed as refusal:
                faults.add(refusal.message, "role")

    def _compared(self, found: StandingAccount, said: Mapping[str, Any], plain: dict[str, Any], key: str) -> CheckedRow:
        changes = [*self._term_changes(found, said)]
        if said["mobile"] and said["mobile"] != found.mobile:
            changes.append(("手机号", found.mobile or "", said["mobile"]))
        return compared(found, plain, key, changes)

    def _term_changes(self, found: StandingAccount, said: Mapping[str, Any]) -> list[tuple[str, str, str]]:
        there = _same_term(found, said)
        after = self._words(_term_of(said))
        if there is None:
            return [("任期", "", after)]
        now = _corrected(there, _term_of(said))
        return [] if now == there.said else [("任期", self._words(there.said), self._words(now))]

    def _words(self, term: TermSaid) -> str:
        parts = [
            ROLE_NAMES[Role(term.role)], self._known.names.get(term.organisation_id, ""),
            self._known.areas.names.get(term.area_id, ""), term.level, term.congress_term,
            self._known.stations.get(term.station_id, "") if term.station_id else "",
            f"{term.since}起" + (f"到{term.until}" if term.until else ""),
        ]  # fmt: skip
        return "，".join(part for part in parts if part)

    def _side(self, one: StandingAccount) -> dict[str, str]:
        newest = max(one.terms, key=lambda term: term.said.since, default=None)
        shown = {"姓名": one.name, "账号": one.login, "手机号": one.mobile or ""}
        if newest is None:
            return shown
        return shown | {
            "角色": ROLE_NAMES[Role(newest.said.role)], "单位": self._known.names.get(newest.said.organisation_id, ""),
            "从哪天起": newest.said.since.isoformat(), "到哪天止": newest.said.until.isoformat() if newest.said.until else "",
        }  # fmt: skip


def _plain(said: Mapping[str, Any]) -> dict[str, Any]:
    """The values as JSON keeps them."""
    return {
        name: value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, UUID) else value
        for name, value in said.items()
    }


def _term_of(said: Mapping[str, Any]) -> TermSaid:
    return TermSaid(*(said[name] for name in _TERM))


def _read_back(said: Mapping[str, Any]) -> dict[str, Any]:
    """What `_plain` has made, as it was before."""
    ids = {name: UUID(said[name]) if said[name] else None for name in ("organisation_id", "area_id", "station_id")}
    return {**said, **ids} | {
        name: date.fromisoformat(said[name]) if said[name] else None for name in ("since", "until")
    }


def _same_term(found: StandingAccount, said: Mapping[str, Any]) -> StandingTerm | None:
    """The term that a row speaks of: of the same role, office and first day, which never change."""
    same = [
        one
        for one in found.terms
        if all(getattr(one.said, name) == said[name] for name in ("role", "organisation_id", "since"))
    ]
    return same[0] if same else None


def _corrected(there: StandingTerm, said: TermSaid) -> TermSaid:
    """A term as it is to stand: what the row leaves empty stays."""
    return TermSaid(
        said.role, said.organisation_id, said.area_id, said.level or there.said.level, said.congress_term or there.said.congress_term,
        said.station_id or there.said.station_id, said.since, said.until or there.said.until,
    )  # fmt: skip


def prepare(scope: Scope, rows: Sequence[RowToWrite]) -> Preparing:
    """New accounts, and what changes of those that are there."""
    new = [
        AccountSaid(
            row.said["name"], row.said["login"], row.said["mobile"], row.said["hash"], _term_of(_read_back(row.said))
        )
        for row in rows
        if row.verdict is RowVerdict.ADDED
    ]
    changed = [row for row in rows if row.verdict is RowVerdict.CHANGED]
    now = standing_accounts_of([row.match_id for row in changed if row.match_id is not None])
    if any(row.match_id not in now for row in changed):
        raise Overtaken
    return _Accounts(ManyAccounts(scope.person_id, new, list(_changes(changed, now))))


def _changes(rows: Sequence[RowToWrite], now: Mapping[UUID, StandingAccount]) -> Iterator[AccountChange]:
    for row in rows:
        assert row.match_id is not None
        found, said = now[row.match_id], _read_back(row.said)
        there = _same_term(found, said)
        term = _corrected(there, _term_of(said)) if there else None
        mobile = said["mobile"] if said["mobile"] and said["mobile"] != found.mobile else None
        yield AccountChange(
            found.id, row.stood, mobile, None if there else _term_of(said),
            there.id if there and term != there.said else None, term,
        )  # fmt: skip


class _Accounts:
    def __init__(self, accounts: ManyAccounts) -> None:
        self._accounts = accounts

    def write(self) -> None:
        try:
            self._accounts.write(lambda ids: {key: one.seal() for key, one in standing_accounts_of(ids).items()})
        except PeopleMoved:
            raise Overtaken from None


ENTRY = ImportKind(
    code="accounts",
    title="导入账号和任期",
    register="账号",
    unit="个",
    roles=frozenset({Role.ADMINISTRATOR}),
    columns=COLUMNS,
    home="admin.accounts",
    shown=("name", "login", "role", "organisation"),
    key_says="账号一样",
    checker=AccountChecker,
    prepare=prepare,
    alone={"mobile": "手机号"},
    lot=20,
    slips=True,
)
