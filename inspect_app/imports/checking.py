"""Rows are held against the register, some at a time, each lot in a transaction of its own; then against one another."""

import time
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select, update

from inspect_app.kernel.database import db, run, writing
from inspect_app.people.rules import Scope

from .entry import CheckedRow, Decided, ImportKind, RowChecker
from .kinds.registry import KINDS
from .models import ImportJob, ImportRow
from .rules import CellFault, ImportState, RowChoice, RowVerdict

_OF = (ImportRow.job_id == bindparam("job")) & (ImportRow.number == bindparam("row"))
_SETTLED = ("verdict", "faults", "said", "key", "match_id", "stood", "changes")
_SETTLE = update(ImportRow).where(_OF).values({name: bindparam(f"new_{name}") for name in _SETTLED})
_ASK = update(ImportRow).where(_OF).values(doubles=bindparam("new_doubles"))


_STILL_THERE = "您填的都还在。"  # said of a form


class Checking:
    """One import, held against the register as it stood when this was made."""

    def __init__(self, job_id: UUID, scope: Scope, secret: str) -> None:
        self._job_id, self._scope, self._secret = job_id, scope, secret

    def go_on(self, until: float) -> None:
        """Check rows until a moment of the monotonic clock, one lot at least; when none is left, see what they come to together."""
        kind = KINDS[db.session.get_one(ImportJob, self._job_id).kind]
        checker = kind.checker(self._scope, f"{self._secret} {self._job_id}")
        db.session.rollback()
        while rows := self._waiting(kind.lot):
            self._keep(rows, [_checked(checker, row) for row in rows])
            if time.monotonic() >= until:
                return
        self._finish(kind)

    def _waiting(self, lot: int) -> Sequence[ImportRow]:
        waiting = select(ImportRow).where(ImportRow.job_id == self._job_id, ImportRow.verdict == "")
        found = db.session.scalars(waiting.order_by(ImportRow.number).limit(lot)).all()
        for row in found:
            db.session.expunge(row)  # only read from now on, while transactions come and go
        db.session.rollback()
        return found

    def _keep(self, rows: Sequence[ImportRow], checked: Sequence[CheckedRow]) -> None:
        with writing():
            job = db.session.get_one(ImportJob, self._job_id, with_for_update=True)
            if job.state != ImportState.CHECKING:
                return
            run(_SETTLE, [_settled(row, one) for row, one in zip(rows, checked, strict=True)])
            # Those that are asked about keep what they were asked: whoever has chosen may choose again.
            asked = [(row, one) for row, one in zip(rows, checked, strict=True) if one.verdict is RowVerdict.ASKED]
            if asked:
                run(_ASK, [{"job": row.job_id, "row": row.number, "new_doubles": _doubles(one)} for row, one in asked])
            job.checked, job.attempts = min(job.total, job.checked + len(rows)), 0

    def _finish(self, kind: ImportKind) -> None:
        """What the rows come to. Two rows of one sheet that mean the same are both wrong."""
        with writing():
            job = db.session.get_one(ImportJob, self._job_id, with_for_update=True)
            if job.state != ImportState.CHECKING:
                return
            self._refuse_twice(ImportRow.key, ImportRow.key != "", kind.key_says)
            self._refuse_twice(ImportRow.match_id, ImportRow.match_id.is_not(None), "对上的是同一条")
            for name, called in kind.alone.items():
                self._refuse_shared(name, called)
            db.session.flush()
            counted = select(ImportRow.verdict, func.count()).where(ImportRow.job_id == job.id)
            counts = {row[0]: row[1] for row in db.session.execute(counted.group_by(ImportRow.verdict))}
            for verdict in RowVerdict:
                setattr(job, verdict, counts.get(verdict, 0))
            job.state = ImportState.FAULTY if job.faulty else ImportState.READY
            job.checked, job.attempts = job.total, 0

    def _refuse_twice(self, column: Any, counts: Any, why: str) -> None:
        mine = (ImportRow.job_id == self._job_id) & counts
        twice = select(column).where(mine).group_by(column).having(func.count() > 1)
        rows = db.session.scalars(select(ImportRow).where(mine, column.in_(twice)).order_by(ImportRow.number)).all()
        first: dict[Any, int] = {}
        for row in rows:
            value = getattr(row, column.key)
            other = first.setdefault(value, row.number)
            if other != row.number and row.verdict != RowVerdict.FAULTY:
                row.verdict, row.faults = RowVerdict.FAULTY, [*row.faults, ["", f"和第 {other} 行重复：{why}。"]]

    def _refuse_shared(self, name: str, called: str) -> None:
        """Of a value that belongs to one alone: whoever names it again is wrong."""
        first: dict[str, int] = {}
        rows = select(ImportRow).where(ImportRow.job_id == self._job_id, ImportRow.verdict != RowVerdict.FAULTY)
        for row in db.session.scalars(rows.order_by(ImportRow.number)).all():
            other = first.setdefault(row.said[name], row.number) if row.said.get(name) else row.number
            if other != row.number:
                row.verdict, row.faults = RowVerdict.FAULTY, [*row.faults, [name, f"和第 {other} 行的{called}一样。"]]


def _checked(checker: RowChecker, row: ImportRow) -> CheckedRow:
    if row.told:
        faults = [CellFault(column, said) for column, said in row.told]
        return CheckedRow(verdict=RowVerdict.FAULTY, faults=faults)
    decided = Decided(RowChoice(row.choice), row.chosen_id) if row.choice else None
    return checker.check(row.cells, decided)


def _settled(row: ImportRow, one: CheckedRow) -> Mapping[str, Any]:
    return {
        "job": row.job_id,
        "row": row.number,
        "new_verdict": str(one.verdict),
        "new_faults": [[fault.column, fault.said.removesuffix(_STILL_THERE)] for fault in one.faults],
        "new_said": dict(one.said),
        "new_key": one.key,
        "new_match_id": one.match_id,
        "new_stood": one.stood,
        "new_changes": [list(change) for change in one.changes],
    }


def _doubles(one: CheckedRow) -> list[dict[str, Any]]:
    return [{"id": str(double.id), "shown": dict(double.shown), "why": list(double.why)} for double in one.doubles]
