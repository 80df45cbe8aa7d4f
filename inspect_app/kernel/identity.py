"""Which installation this is: an id that the database and DATA_DIR both hold and that must be the same.

Keys and heads lie in the one, what they sign in the other: a database beside the folder of another installation, or an
empty one beside the folder of an old one, would give receipts and numbers that nobody can check.
"""

from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine, inspect, select
from sqlalchemy.orm import Mapped, mapped_column

from . import clock
from .database import Model, db
from .files import write_whole
from .ids import new_id

FILE = "installation"


class Installation(Model):
    """One row, made at the first start."""

    __tablename__ = "installation"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]


class Mismatch(Exception):  # noqa: N818  # read as a sentence
    """Database and folder do not belong together; one line that says what to do."""


def check(engine: Engine, folder: Path) -> None:
    """Raise Mismatch where the database cannot be that of the folder. Before migrating: changes nothing."""
    tables = set(inspect(engine).get_table_names())
    here, there = in_folder(folder), _in_database(engine) if Installation.__tablename__ in tables else None
    if not tables and (here or _used(folder)):
        raise Mismatch(
            f"{folder} holds keys or signed heads of an installation, but the database is empty: "
            "put its database back, or restore a backup into an empty DATA_DIR (flask --app wsgi restore FROM)"
        )
    if there and not here:
        raise Mismatch(
            f"the database belongs to installation {there}, but {folder} holds none: point DATA_DIR to its folder "
            f"(if this is the folder, write that id into {folder / FILE})"
        )
    if here and tables and here != there:
        raise Mismatch(
            f"{folder} belongs to installation {here}, the database to {there or 'none'}: "
            "one of DATA_DIR and DATABASE_URL is wrong"
        )


def settle(folder: Path) -> UUID:
    """The id of this installation, made where there is none; after migrating, in a transaction of the caller."""
    known = db.session.scalar(select(Installation.id)) or in_folder(folder)
    if known is None:
        known = new_id()
    if db.session.get(Installation, known) is None:
        db.session.add(Installation(id=known, made_at=clock.now()))
        db.session.flush()
    if in_folder(folder) != known:
        write_whole(folder / FILE, f"{known}\n".encode())
    return known


def in_folder(folder: Path) -> UUID | None:
    """The id that the folder holds; None where there is none or it cannot be read."""
    try:
        return UUID((folder / FILE).read_text().strip())
    except (OSError, ValueError):
        return None


def _used(folder: Path) -> bool:
    return any((folder / "keys").glob("*.key")) or any((folder / "heads").glob("*.json*"))


def _in_database(engine: Engine) -> UUID | None:
    with engine.connect() as connection:
        return connection.scalar(select(Installation.id))
