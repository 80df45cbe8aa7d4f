"""A demo says on every page that it is one; a real district never does."""

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from inspect_app.kernel.database import db
from inspect_app.people.models import OrganisationPower
from tests.support import District

WORDS = "演示数据，人和事都是编的"
PAGES = {"du1": "/desk/", "daibiao1": "/field/mine", "jiedao1": "/inbox/", "guanli1": "/admin/"}


def test_each_page_of_a_demo_says_so(app: Flask, district: District, client_of: Callable[[str], FlaskClient]) -> None:
    assert all(WORDS in client_of(login).get(address).text for login, address in PAGES.items())
    assert WORDS in app.test_client().get("/sign-in").text
    db.session.execute(update(OrganisationPower).values(source="区城管局权责清单"))
    db.session.commit()
    for known in ("shows_demo", "shells"):  # as another process, which looks by itself
        app.extensions.pop(known)
    assert all(WORDS not in client_of(login).get(address).text for login, address in PAGES.items())
    assert WORDS not in app.test_client().get("/sign-in").text
