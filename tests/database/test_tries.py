"""Guesses at one door from several connections: none is lost, none is a fault, nobody waits in a circle."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from inspect_app.kernel import clock
from inspect_app.kernel.database import db, writing
from inspect_app.people import tries
from inspect_app.people.signing_in import Tries
from tests.database.crowd import in_the_middle

AT = tries.doors("password", "daibiao5", address="198.51.100.1", known_browser="")
OWN = tries.doors("password", "daibiao5", address="198.51.100.1", known_browser="known")


@pytest.fixture
def postgres(own_database: Flask, backend: str) -> Flask:
    if backend != "postgresql":
        pytest.skip("SQLite has one writer: nobody comes between")
    return own_database


def _guess(at: tries.Doors) -> timedelta:
    with writing():
        return tries.count(at)


def _right(at: tries.Doors) -> None:
    with writing():
        tries.was_right(at)


def _counts() -> dict[str, int]:
    db.session.rollback()
    return {row.door: row.count for row in db.session.scalars(select(Tries))}


def _tidy() -> None:
    with clock.stopped_at(clock.now() + timedelta(days=2)), writing():
        tries.drop_old()


@pytest.mark.parametrize("goes", [lambda: _right(OWN), _tidy])
def test_a_door_that_opens_while_somebody_tries_at_it_is_there_to_be_counted(
    postgres: Flask, goes: Callable[[], None]
) -> None:
    """Before: the row was made, gone, and then looked for."""
    _guess(OWN)
    assert in_the_middle(postgres, "INSERT INTO tries", lambda: _guess(OWN), goes)[0] == timedelta(0)


def test_codes_of_a_paper_that_come_while_one_was_right_are_counted(postgres: Flask) -> None:
    def wrong() -> int:
        with writing():
            return tries.count_today("paper X 198.51.100.1", 5)

    def right() -> None:
        with writing():
            tries.forget("paper X 198.51.100.1")

    wrong()
    assert in_the_middle(postgres, "INSERT INTO tries", wrong, right)[0] == 2


def test_one_who_was_right_and_one_who_tries_do_not_wait_for_each_other(postgres: Flask) -> None:
    _guess(AT)
    assert in_the_middle(postgres, "tries", lambda: _right(AT), lambda: _guess(AT)) == [None, timedelta(0)]
    assert set(_counts().values()) == {1}


def test_tidying_up_leaves_alone_where_somebody_is_trying(postgres: Flask) -> None:
    _guess(OWN)
    _guess(AT)
    assert in_the_middle(postgres, "INSERT INTO tries", lambda: _guess(AT), _tidy)[0] == timedelta(0)
    counts = _counts()
    assert set(counts) == set(AT.all)
    assert counts[min(AT.all)] == 2, "the one that was held"
