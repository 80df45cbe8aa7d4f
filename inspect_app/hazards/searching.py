"""What hazards are searched by: their words beside them, written in the transaction that changes them, and how one asks.

The words that anybody may search who sees the hazard stand apart from those of persons (names, mobiles), which match only for
who may see them. SQLite asks FTS5, PostgreSQL a GIN index; both hold the same pairs of characters (kernel/bigrams.py).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Integer,
    Select,
    and_,
    bindparam,
    cast,
    column,
    event,
    func,
    inspect,
    literal,
    literal_column,
    or_,
    select,
    table,
    true,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from inspect_app.kernel.bigrams import initials, pairs, pairs_in, runs, words
from inspect_app.kernel.database import Model, db, run_within, slices
from inspect_app.people.areas import areas_below
from inspect_app.people.models import Person
from inspect_app.people.rules import Role, Scope
from inspect_app.premises.merged import FOUND_AT, with_place
from inspect_app.premises.models import Party, Premises

from .models import Hazard
from .tally import tallied

OPEN, SETTLED = "zo", "zs"  # the first token of each, kept by the database (migration 0032)
AREA = "a"  # before the area in hexadecimal, the second token of each
OF_PERSONS = "q"  # before a pair of a person's name or number
COMMON = 2_000  # hits; what is commoner is walked in the order of the list, each row held against the words
BY_AREA = frozenset(
    {Role.SUPERVISOR, Role.LEADER, Role.AUDITOR}
)  # of a hazard, these are asked where it is and no more
SEES_PERSONS = frozenset({Role.SUPERVISOR, Role.HANDLER})


class HazardWords(Model):
    """The words of one hazard, in full to hold a hit against, and as tokens."""

    __tablename__ = "hazard_words"
    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)
    hazard_id: Mapped[UUID] = mapped_column(unique=True)
    words: Mapped[str]
    personal: Mapped[str]
    tokens: Mapped[str]


_WORDS = (
    select(
        Hazard.id, Hazard.area_id, Hazard.number, Hazard.title, Hazard.spot.label("spot"), Hazard.item_code, Hazard.finding, Hazard.settled_on,
        Premises.name.label("place"), Premises.address, Premises.code, Premises.phone,
        FOUND_AT.name.label("found_place"), FOUND_AT.address.label("found_address"), FOUND_AT.code.label("found_code"),
        FOUND_AT.phone.label("found_phone"),
        Party.name.label("party"), Party.phone.label("party_phone"), Person.name.label("finder"),
    )
    .select_from(Hazard)
    .outerjoin(Party, Party.id == Hazard.party_id)
    .outerjoin(Person, Person.id == Hazard.found_by_person_id)
)  # fmt: skip
# Found by what the place is called now, and was called then.
_READ = with_place(_WORDS, Hazard.premises_id).where(Hazard.id.in_(bindparam("ids", expanding=True)))


def write(hazard_ids: Iterable[UUID], connection: Connection | None = None) -> int:
    """Write the words of hazards anew as they stand now; returns of how many. Within a flush, give its connection."""
    within = connection or db.session.connection()
    done = 0
    for some in slices(hazard_ids):
        if rows := [_words_of(row) for row in run_within(within, _READ, {"ids": some})]:
            run_within(within, _upsert(within.dialect.name), rows)
        done += len(rows)
    return done


def _words_of(row: Any) -> dict[str, Any]:
    frozen = row.finding or {}
    said = [row.title, row.spot, row.item_code, row.number, *frozen.get("wordings", ()), frozen.get("note", "")]
    where = [row.place, row.address]
    if row.found_code != row.code:
        where += [row.found_place, row.found_address]
    said += [frozen.get("work_order", ""), *where, *dict.fromkeys((row.code, row.found_code))]
    text = "\n".join(part for part in said if part)
    text += "\n" + "\n".join(initials(part) for part in (row.title, *where))
    phones = dict.fromkeys((row.phone, row.found_phone))
    personal = "\n".join(part for part in (row.party, row.party_phone, *phones, row.finder) if part)
    found, of_persons, stands = runs(text), runs(personal), SETTLED if row.settled_on else OPEN
    pairs_of_both = [*pairs_in(found), *(OF_PERSONS + pair for pair in pairs_in(of_persons))]
    return {
        "hazard_id": row.id,
        "words": " ".join(found),
        "personal": " ".join(of_persons),
        "tokens": " ".join([stands, AREA + row.area_id.hex, *pairs_of_both]),
    }


@cache
def _upsert(dialect: str) -> Any:
    insert = postgres_insert if dialect == "postgresql" else sqlite_insert
    statement = insert(HazardWords.__table__)  # type: ignore[arg-type]
    changed = {name: statement.excluded[name] for name in ("words", "personal", "tokens")}
    return statement.inline().on_conflict_do_update(index_elements=["hazard_id"], set_=changed)


def missing() -> int:
    """How many hazards have no words yet."""
    there = sum(number for _state, _grade, number in tallied())
    return there - (db.session.scalar(select(func.count()).select_from(HazardWords)) or 0)


def write_missing(most: int = 2_000) -> int:
    """Write the words of hazards that have none yet: after an upgrade, or rows that came past the session."""
    known = select(HazardWords.id).where(HazardWords.hazard_id == Hazard.id).exists()
    return write(db.session.scalars(select(Hazard.id).where(~known).limit(most)).all())


@event.listens_for(Hazard, "after_insert")
def _made(mapper: Mapper[Any], connection: Connection, row: Hazard) -> None:
    write([row.id], connection)


@event.listens_for(Hazard, "after_update")
def _changed(mapper: Mapper[Any], connection: Connection, row: Hazard) -> None:
    if _any_changed(row, "title", "spot", "item_code", "finding", "premises_id", "area_id", "party_id"):
        write([row.id], connection)


@event.listens_for(Premises, "after_update")
def _place_changed(mapper: Mapper[Any], connection: Connection, row: Premises) -> None:
    if _any_changed(row, "name", "address", "phone", "merged_into_id"):
        rows = select(Premises.id).where(or_(Premises.id == row.id, Premises.merged_into_id == row.id))
        write(connection.scalars(select(Hazard.id).where(Hazard.premises_id.in_(rows))).all(), connection)


@event.listens_for(Party, "after_update")
def _party_changed(mapper: Mapper[Any], connection: Connection, row: Party) -> None:
    if _any_changed(row, "name", "phone"):
        write(connection.scalars(select(Hazard.id).where(Hazard.party_id == row.id)).all(), connection)


def _any_changed(row: Model, *names: str) -> bool:
    attributes = inspect(row).attrs
    return any(attributes[name].history.has_changes() for name in names)


@dataclass(frozen=True)
class Search:
    """What somebody looks for: its words, whether those of persons count, the areas it is looked for in; None: wherever."""

    words: tuple[str, ...]
    persons: bool
    areas: frozenset[UUID] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing can be found by it: it holds no letter, no digit."""
        return not self.words

    def hits(self, *, settled: bool | None, most: int | None = None) -> Select[int]:
        """The keys of HazardWords that hold every pair of every word, `most` at most; a word of one character has none."""
        within = [] if settled is None else [_quoted(SETTLED if settled else OPEN)]
        if self.areas is not None:
            within.append(f"({' OR '.join(_quoted(AREA + area.hex) for area in sorted(self.areas)) or _quoted(AREA)})")
        asked = " AND ".join([*within, *(self._asked(word) for word in self.words if len(word) > 1)])
        if db.engine.dialect.name == "postgresql":
            tokens = func.array_to_tsvector(func.string_to_array(HazardWords.tokens, literal_column("' '")))
            query = cast(literal(asked.replace(" AND ", " & ").replace(" OR ", " | ").replace('"', "'")), TSQUERY)
            found = select(HazardWords.id).where(tokens.op("@@")(query) if asked else true())
        else:
            index = table("hazard_words_index", column("rowid"), column("hazard_words_index"))
            found = select(index.c.rowid)
            found = found.where(index.c.hazard_words_index.op("MATCH")(literal(asked)) if asked else true())
        return found.limit(most) if most else found

    def _asked(self, word: str) -> str:
        found = pairs(word)
        plain = " AND ".join(_quoted(pair) for pair in found)
        if not self.persons:
            return plain
        return f"(({plain}) OR ({' AND '.join(_quoted(OF_PERSONS + pair) for pair in found)}))"

    def condition(self, *, settled: bool | None) -> tuple[ColumnElement[bool], bool]:
        """(which hazards are found, whether they are few): few are read first and sorted, many are held against the words
        one by one, in the order of the list."""
        few = self._are_few(settled)
        there = select(HazardWords.hazard_id)
        if few:
            return Hazard.id.in_(there.where(HazardWords.id.in_(self.hits(settled=settled)), self._holds_all())), True
        return there.where(HazardWords.hazard_id == Hazard.id, self._holds_all()).exists(), False

    def number(self, *, settled: bool | None, most: int) -> int:
        """How many hazards of its areas hold every word; `most` stands for that many and more.

        A word of two characters is a pair; what is longer is held against the words.
        """
        if self.is_empty:
            return 0
        if all(len(word) == 2 for word in self.words):
            capped = self.hits(settled=settled, most=most).subquery()
        else:
            there = select(HazardWords.id).where(HazardWords.id.in_(self.hits(settled=settled)), self._holds_all())
            capped = there.limit(most).subquery()
        return db.session.scalar(select(func.count()).select_from(capped)) or 0

    def _are_few(self, settled: bool | None) -> bool:
        if all(len(word) == 1 for word in self.words):
            return False
        capped = self.hits(settled=settled, most=COMMON + 1).subquery()
        return (db.session.scalar(select(func.count()).select_from(capped)) or 0) <= COMMON

    def _holds_all(self) -> ColumnElement[bool]:
        return and_(*(self._holds(word) for word in self.words))

    def _holds(self, word: str) -> ColumnElement[bool]:
        plain = HazardWords.words.contains(word, autoescape=True)
        return or_(plain, HazardWords.personal.contains(word, autoescape=True)) if self.persons else plain


def search(scope: Scope, typed: str, area_id: UUID | None = None) -> Search:
    """What somebody typed, as it is looked for: within an area, and within their own where areas say what they see."""
    areas = scope.area_ids if scope.role in BY_AREA and not scope.whole_district else None
    if area_id:
        areas = areas_below(area_id) if areas is None else areas & areas_below(area_id)
    return Search(tuple(words(typed)), scope.role in SEES_PERSONS, areas)


def _quoted(token: str) -> str:
    """A token inside a question: letters and digits alone, so that nothing in it can be read as an operator."""
    return f'"{token}"'
