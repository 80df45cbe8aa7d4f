"""Which code opens a paper: the printed one, until the office that issued it gives another."""

import hmac
from collections.abc import Iterable, Sequence
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotAllowed, Refused
from inspect_app.kernel.ids import new_code
from inspect_app.kernel.limits import whole
from inspect_app.people import tries
from inspect_app.people.rules import Scope

from .holders import PaperCode
from .models import Paper

CODE_LENGTH = 6
PRINTED = "printed"


class Given(StrEnum):
    """What a typed code is."""

    RIGHT = "right"
    OLD = "old"  # it opened the paper once, and another was given in its place
    WRONG = "wrong"


def issued_anew(paper_ids: Iterable[UUID]) -> dict[UUID, list[PaperCode]]:
    """The codes that were given in place of the printed ones, by paper, newest first."""
    found: dict[UUID, list[PaperCode]] = {}
    rows = select(PaperCode).where(PaperCode.paper_id.in_(set(paper_ids)))
    for row in db.session.scalars(rows.order_by(PaperCode.made_at.desc(), PaperCode.id.desc())):
        found.setdefault(row.paper_id, []).append(row)
    return found


def of(paper: Paper) -> Sequence[PaperCode]:
    """The same of one paper."""
    return issued_anew([paper.id]).get(paper.id, [])


def current(paper: Paper, newer: Sequence[PaperCode]) -> tuple[str, str]:
    """The code that counts, and the name of its time: whoever was let in by one that counts no more is out again."""
    return (newer[0].code, newer[0].id.hex) if newer else (paper.code, PRINTED)


def given(paper: Paper, newer: Sequence[PaperCode], typed: str) -> Given:
    """What a typed code is. Every code is looked at, so that the time tells nothing."""
    counts, _ = current(paper, newer)
    right = hmac.compare_digest(typed.encode(), counts.encode())
    former = [paper.code, *(row.code for row in newer)]
    old = [hmac.compare_digest(typed.encode(), code.encode()) for code in former if code != counts]
    return Given.RIGHT if right else Given.OLD if any(old) else Given.WRONG


def give_anew(paper: Paper, scope: Scope, *, reason: str) -> PaperCode:
    """换验证码 by the office that issued the paper: the code before opens nothing any more, who is in is out, and tries begin
    anew. Raises NotAllowed for other offices, Refused without a reason or for a paper that was given up."""
    if paper.issuer_id != scope.organisation_id:
        raise NotAllowed("换验证码由出这张单子的单位来办。")
    if paper.is_void:
        raise Refused("这张单子已经作废，不用换验证码。")
    reason = whole(reason, "short_reason", "reason")
    if not reason:
        raise Refused("还差为什么换，写一句就行。", field="reason")
    row = PaperCode(
        paper_id=paper.id,
        code=new_code(CODE_LENGTH),
        reason=reason,
        made_at=clock.now(),
        made_by_person_id=scope.person_id,
    )
    db.session.add(row)
    tries.forget_all(f"paper {paper.mark} ")
    db.session.flush()
    return row
