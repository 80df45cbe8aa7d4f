"""What is searched for stands folded beside the words it was folded from, kept by this one listener; the words stay as they
were written. A statement past the session (a bulk insert) folds nothing: it writes the column itself."""

from typing import Any, ClassVar

from sqlalchemy import Connection, event, inspect
from sqlalchemy.orm import Mapped, Mapper, mapped_column
from sqlalchemy.sql import ColumnElement

from .spelling import folded


class Folded:
    """A table that is searched; FOLDS names the columns whose words are looked through."""

    FOLDS: ClassVar[tuple[str, ...]] = ()
    folded: Mapped[str] = mapped_column(default="", deferred=True)

    @classmethod
    def holds(cls, words: str) -> ColumnElement[bool]:
        """Whether one of the words' columns holds what was typed, whatever its width, case and blanks."""
        return cls.folded.contains(folded(words), autoescape=True)


def fold(row: Any) -> str:
    """The words of a row as they are searched: each column in a line of its own, so that none runs into the next."""
    return "\n".join(folded(getattr(row, name) or "") for name in row.FOLDS)


def fold_words(*words: str) -> str:
    """`fold` of words that are no row yet, in the order of FOLDS: for a statement past the session."""
    return "\n".join(folded(word) for word in words)


@event.listens_for(Folded, "before_insert", propagate=True)
def _insert(mapper: Mapper[Any], connection: Connection, row: Any) -> None:
    row.folded = fold(row)


@event.listens_for(Folded, "before_update", propagate=True)
def _update(mapper: Mapper[Any], connection: Connection, row: Any) -> None:
    attributes = inspect(row).attrs
    if any(attributes[name].history.has_changes() for name in row.FOLDS):
        row.folded = fold(row)
