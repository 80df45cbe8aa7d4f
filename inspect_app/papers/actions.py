"""Issuing in three steps, service, giving up a number. No lock is held while a page is drawn."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select

from inspect_app.kernel import clock
from inspect_app.kernel.database import db, put, put_object, run
from inspect_app.kernel.errors import NotAllowed, Refused
from inspect_app.kernel.hashing import content_hash
from inspect_app.kernel.ids import new_code
from inspect_app.kernel.keys import KeyRing
from inspect_app.kernel.limits import shortened
from inspect_app.messages import actions as messages
from inspect_app.people.models import Organisation

from . import sealing, validity
from .content import Issued
from .kinds import KINDS, PaperKindSpec, missing
from .models import MOST_ATTEMPTS, Paper, PaperLine, PaperSeal
from .numbering import take_serial
from .settings import number_of

GIVEN_TWICE = "这个文号已经在另一张发出的文书上。请作废这一张，接上文号后重新出。"


@dataclass(frozen=True)
class DraftLine:
    """A hazard on a paper and the date printed for it."""

    hazard_id: UUID
    due_on: date | None


@dataclass(frozen=True)
class Draft:
    """A paper before its number: content is plain JSON without number, date, address and code."""

    kind: str
    issuer_id: UUID
    premises_id: UUID
    content: dict[str, Any]
    lines: Sequence[DraftLine]
    visit_id: UUID | None = None
    replaces_id: UUID | None = None


def freeze(draft: Draft, *, powers: frozenset[str], made_by: UUID | None, address: str) -> Paper:
    """Step 1: check what is obligatory, freeze the content, take the number. `address` is the base of check pages.

    Raises NotAllowed if the issuer's powers lack this kind, Refused naming the missing fields.
    """
    spec = KINDS[draft.kind]
    issuer = db.session.get_one(Organisation, draft.issuer_id)
    check_power(spec, issuer, powers)
    issued = _issued(
        draft.content.get("title") or spec.title, address, spec, issuer
    )  # an office calls it what its law calls it
    lacking = missing(draft.kind, draft.content | issued.plain())
    if lacking:
        raise Refused(f"还差{'、'.join(lacking)}，补上就能出“{spec.title}”。")
    year = date.fromisoformat(issued.issued_on).year
    serial = take_serial(issuer.id, draft.kind, year)
    paper = _row_of(draft, serial, replace(issued, number=_number(issuer, draft.kind, year, serial)), made_by)
    db.session.flush()
    put_object(paper)
    if draft.lines:
        put(PaperLine, [_line(paper, at, line) for at, line in enumerate(draft.lines, start=1)])
    return paper


def _line(paper: Paper, position: int, line: DraftLine) -> dict[str, Any]:
    return {"paper_id": paper.id, "hazard_id": line.hazard_id, "position": position, "due_on": line.due_on}


def check_power(spec: PaperKindSpec, issuer: Organisation, powers: frozenset[str]) -> None:
    """Raises NotAllowed where an office may not issue a kind of paper."""
    if spec.side != "both" and spec.side != issuer.side:
        raise NotAllowed(f"“{spec.title}”不能由{issuer.name}出。")
    if spec.power and spec.power not in powers:
        raise NotAllowed(f"{issuer.name}的权责清单里没有“{spec.title}”这一项。")


def _issued(title: str, address: str, spec: PaperKindSpec, issuer: Organisation) -> Issued:
    """What issuing adds to a content: today's date, the marks of its check page; the number is not taken yet."""
    mark = new_code(10)
    return Issued(
        title=title,
        number="-",
        issued_on=clock.today().isoformat(),
        mark=mark,
        address=f"{address.rstrip('/')}/z/{mark}",
        code=new_code(6),
        letterhead=issuer.letterhead,
        seal_place=issuer.seal_place and spec.sealed,
    )


def _row_of(draft: Draft, serial: int, issued: Issued, made_by: UUID | None) -> Paper:
    """The row of a paper with its content frozen, waiting to be drawn."""
    content, day = draft.content | issued.plain(), date.fromisoformat(issued.issued_on)
    return Paper(
        kind=draft.kind,
        number=issued.number,
        issuer_id=draft.issuer_id,
        year=day.year,
        serial=serial,
        premises_id=draft.premises_id,
        visit_id=draft.visit_id,
        replaces_id=draft.replaces_id,
        issued_on=day,
        content=content,
        content_sha256=content_hash(content),
        state="issuing",
        frozen_at=clock.now(),
        made_by_person_id=made_by,
        mark=issued.mark,
        code=issued.code,
    )


_NUMBERED = select(Paper.id).where(Paper.number == bindparam("number"))


def _number(issuer: Organisation, kind: str, year: int, serial: int) -> str:
    numbering = number_of(issuer, kind)
    short, long = (
        numbering.number(name, issuer.letter_code, year, serial) for name in (issuer.short_name, issuer.name)
    )
    if short == long:
        return short
    # Two offices may be called the same for short; their names differ.
    return short if run(_NUMBERED, {"number": short}).first() is None else long


def attach(paper_id: UUID, *, file_sha256: str, key_id: str, signature: str) -> bool:
    """Step 3: the drawn file belongs to the paper now. False if it had one already or was given up meanwhile."""
    paper = db.session.scalars(select(Paper).where(Paper.id == paper_id).with_for_update()).one()
    if paper.state != "issuing":
        return False
    paper.file_sha256, paper.file_key_id, paper.file_signature = file_sha256, key_id, signature
    paper.state, paper.issued_at, paper.fault = "issued", clock.now(), ""
    db.session.flush()
    return True


def seal(paper_id: UUID, keys: KeyRing) -> None:
    """Sign what an issued paper says, all of it in one document; a paper has one seal and keeps it."""
    paper = db.session.get_one(Paper, paper_id)
    if db.session.get(PaperSeal, paper_id) is not None:
        return
    text = sealing.document(validity.sealed_facts(paper))
    key_id, signature = keys.sign(text.encode())
    db.session.add(
        PaperSeal(paper_id=paper_id, document=text, key_id=key_id, signature=signature, sealed_at=clock.now())
    )
    db.session.flush()


def note_fault(paper_id: UUID, fault: str) -> None:
    """Note a failed drawing: it is tried again from the frozen content under the same number.

    After the last attempt whoever made the paper is told; the number waits for `draw_again` or `make_void`.
    """
    paper = db.session.scalars(select(Paper).where(Paper.id == paper_id).with_for_update()).one()
    paper.attempts += 1
    paper.fault = shortened(fault, "reason")
    if paper.attempts == MOST_ATTEMPTS and paper.made_by_person_id is not None:
        words = f"{paper.title} {paper.number} 没有做成，号码还在。请打开隐患那一页，在“文书”里再做一次。"
        messages.tell(paper.made_by_person_id, words, about="paper", subject_id=paper.id)
    db.session.flush()


def refuse_number(paper_id: UUID) -> None:
    """Note that the number is on another sheet already: the paper is never drawn, whoever made it is told to give it up."""
    paper = db.session.get_one(Paper, paper_id, with_for_update=True)
    paper.attempts, paper.fault = MOST_ATTEMPTS, GIVEN_TWICE
    if paper.made_by_person_id is not None:
        words = f"{paper.title} {paper.number} 没有做：{GIVEN_TWICE}"
        messages.tell(paper.made_by_person_id, words, about="paper", subject_id=paper.id)
    db.session.flush()


def draw_again(paper: Paper) -> None:
    """再做一次 of a paper whose drawing failed too often, from the frozen content under its number."""
    hold(paper)
    if not paper.is_stuck or paper.fault == GIVEN_TWICE:
        raise Refused("这张单子不用再做：它已经做好、正在做，或已作废。")
    paper.attempts, paper.fault = 0, ""
    db.session.flush()


def make_void(paper: Paper, *, reason: str) -> None:
    """作废: gives up a number with a recorded reason; the number stays used and a file that was issued stays."""
    if not reason.strip():
        raise Refused("还差作废的理由，写一句就行。", field="reason")
    hold(paper)
    if paper.state == "void":
        raise Refused("这张单子已经作废。")
    paper.state, paper.void_reason = "void", reason.strip()
    db.session.flush()


def hold(paper: Paper) -> None:
    """Lock a paper and read it as it is now: of two who decide on it at once the second sees what the first has done."""
    db.session.refresh(paper, with_for_update={"key_share": True})
