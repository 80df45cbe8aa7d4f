"""Databases migrated once, and filled once, for a whole worker: a test that needs one of its own gets a copy of it."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy import create_engine, make_url, text

from inspect_app.kernel.database import db
from tests.support import District, seed


@dataclass(frozen=True)
class Town:
    """An application on a database of its own with a district in it; any number of connections at once."""

    app: Flask
    district: District


class Originals:
    """What copies are made of: made when the first of them is wanted, gone when the worker ends.

    `build` makes an application on a database of an address and migrates it.
    """

    def __init__(self, folder: Path, run_id: str, postgres: str, build: Callable[[Path, str], Flask]) -> None:
        self._folder, self._run_id, self._build = folder, run_id, build
        self._address = make_url(postgres)
        self._server = create_engine(postgres, isolation_level="AUTOCOMMIT")
        self._file = b""
        self._databases: dict[bool, str] = {}  # whether it is filled → its name
        self._districts: dict[str, District] = {}
        self._ends = ExitStack()

    def close(self) -> None:
        """Take the originals away."""
        self._ends.close()
        self._server.dispose()

    def district(self, backend: str) -> District:
        """Who and what there is in the filled copies."""
        return self._districts[backend]

    def sqlite(self, file: Path) -> str:
        """The address of a new file with the district in it. (Empty ones are copied by `build`.)"""
        if not self._file:
            original = self._folder / "filled.db"
            self._fill("sqlite", f"sqlite:///{original}")
            with closing(sqlite3.connect(original)) as reading:
                self._file = reading.serialize()
        file.write_bytes(self._file)
        return f"sqlite:///{file}"

    @contextmanager
    def postgres(self, name: str, *, filled: bool) -> Iterator[str]:
        """The address of a database of its own, migrated, with the district in it where it is to be `filled`."""
        if filled not in self._databases:
            self._databases[filled] = self._original(filled)
        with self._database(f"{name}_{self._run_id}", self._databases[filled]) as address:
            yield address

    def _original(self, filled: bool) -> str:
        name = f"{'filled' if filled else 'migrated'}"
        if filled:
            self._fill("postgresql", self._ends.enter_context(self.postgres(name, filled=False)))
        else:
            self._end(self._build(self._folder, self._ends.enter_context(self._database(f"{name}_{self._run_id}"))))
        return f"{name}_{self._run_id}"

    @contextmanager
    def _database(self, name: str, template: str = "template1") -> Iterator[str]:
        with self._server.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
            connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
        try:
            quick = self._address.update_query_dict({"options": "-csynchronous_commit=off"}).set(database=name)
            yield quick.render_as_string(hide_password=False)
        finally:
            with self._server.connect() as connection:
                connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))

    def _fill(self, backend: str, address: str) -> None:
        app = self._build(self._folder, address)
        with app.app_context():
            self._districts[backend] = seed()
        self._end(app)

    def _end(self, app: Flask) -> None:
        """Nobody may be connected to what is copied."""
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
