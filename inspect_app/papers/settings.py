"""What an office sets for its papers, kind by kind: the 代字 in their numbers, and whether a second account signs them off.

What was issued keeps what it printed. Without a row everything is as the kind says.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import ForeignKey, and_, not_, select
from sqlalchemy.orm import Mapped, mapped_column

from inspect_app.kernel import spelling
from inspect_app.kernel.database import Model, db
from inspect_app.kernel.errors import Faults, Refused
from inspect_app.kernel.limits import whole
from inspect_app.people.models import Organisation

from .kinds import KINDS, DocumentNumber, PaperKindSpec, SlipNumber
from .models import Paper

Numbering = DocumentNumber | SlipNumber


class PaperSetting(Model):
    """How an office does with one kind of paper."""

    __tablename__ = "paper_setting"
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    paper_kind: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]  # what the kind was called when it was set, for the log of administrators
    letter: Mapped[str] = mapped_column(default="")  # in the place of the kind's own
    signed_off: Mapped[bool] = mapped_column(default=False)


def settings_of(organisation_id: UUID) -> Mapping[str, PaperSetting]:
    """Everything an office has set, by kind."""
    rows = db.session.scalars(select(PaperSetting).where(PaperSetting.organisation_id == organisation_id))
    return {row.paper_kind: row for row in rows}


def signed_off_kinds(organisation_id: UUID) -> frozenset[str]:
    """The kinds that a second account of the office signs off before they get a number."""
    return frozenset(kind for kind, row in settings_of(organisation_id).items() if row.signed_off)


def may_be_set(kind: PaperKindSpec, side: str) -> bool:
    """Whether an office sets anything for a kind: it may issue it, and it has a 发文字号 that somebody signs off."""
    return kind.side in ("both", side) and isinstance(kind.numbering, DocumentNumber)


def number_of(issuer: Organisation, kind: str) -> Numbering:
    """How an office numbers a kind: with the 代字 that it has set, else with the kind's own."""
    own = KINDS[kind].numbering
    row = db.session.get(PaperSetting, (issuer.id, kind)) if isinstance(own, DocumentNumber) else None
    return DocumentNumber(row.letter) if row is not None and row.letter else own


def set_kinds(issuer: Organisation, letters: Mapping[str, str], signed_off: Collection[str]) -> None:
    """Set what an office does with each kind. `letters` holds 代字 by kind; empty or as the kind's own: the kind's own.

    Raises Refused, all at once, for what is too long or would give two kinds the same numbers.
    """
    faults, before = Faults(), settings_of(issuer.id)
    kinds = [kind for kind in KINDS.values() if may_be_set(kind, issuer.side)]
    wanted = {kind.code: faults.of(_letter, kind, letters.get(kind.code, "")) or "" for kind in kinds}
    taken = Counter(issuer.letter_code + (wanted[kind.code] or _own(kind)) for kind in kinds)
    elsewhere = _heads_of_others(issuer)
    for kind in kinds:
        head = issuer.letter_code + (wanted[kind.code] or _own(kind))
        if taken[head] > 1 or head in elsewhere or _issued_by_another(issuer, kind, head):
            faults.add(f"“{kind.list_name}”的代字和别的文书一样，文号会重，请换一个。", f"letter-{kind.code}")
    faults.refuse()
    for kind in kinds:
        row = before.get(kind.code)
        if row is None:
            if not (wanted[kind.code] or kind.code in signed_off):
                continue
            row = PaperSetting(organisation_id=issuer.id, paper_kind=kind.code, name=kind.list_name)
            db.session.add(row)
        row.letter, row.signed_off = wanted[kind.code], kind.code in signed_off
    db.session.flush()


def _own(kind: PaperKindSpec) -> str:
    return kind.numbering.letter if isinstance(kind.numbering, DocumentNumber) else ""


def _letter(kind: PaperKindSpec, typed: str) -> str:
    """A 代字 as it is kept; empty for the kind's own."""
    field = f"letter-{kind.code}"
    letter = whole(spelling.plain(typed), "kind_letter", field)
    if letter and not all("\u4e00" <= mark <= "\u9fff" for mark in letter):
        raise Refused("代字只用汉字。", field=field)
    return "" if letter == _own(kind) else letter


def _heads_of_others(issuer: Organisation) -> set[str]:
    """What stands before the year in the numbers of other offices."""
    rows = db.session.scalars(select(Organisation).where(Organisation.id != issuer.id)).all()
    set_there = {(row.organisation_id, row.paper_kind): row.letter for row in db.session.scalars(select(PaperSetting))}
    return {
        row.letter_code + (set_there.get((row.id, kind.code)) or _own(kind))
        for row in rows
        for kind in KINDS.values()
        if may_be_set(kind, row.side)
    }


def _issued_by_another(issuer: Organisation, kind: PaperKindSpec, head: str) -> bool:
    """Whether numbers that begin so were issued before, as another kind or by another office: they are on paper."""
    same = and_(Paper.issuer_id == issuer.id, Paper.kind == kind.code)
    issued = select(Paper.id).where(Paper.number.startswith(f"{head}〔", autoescape=True), not_(same))
    return db.session.scalar(issued.limit(1)) is not None
