"""What is circled lies over the photo wherever the photo is shown, and is said not to be in it."""

from collections.abc import Callable
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient

from inspect_app.evidence import actions as evidence
from inspect_app.evidence.marks import Drawn, Marking
from inspect_app.evidence.models import Photo
from inspect_app.hazards.actions.steps import add_photos
from inspect_app.hazards.locking import lock
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.own import own
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from tests.support import District, found, handed_over, photo

ARROW = {"shape": "arrow", "x": 0.9, "y": 0.9, "x2": 0.5, "y2": 0.25}


def _marked(app: Flask, district: District) -> Hazard:
    hazard = handed_over(district, found(district))
    taken = photo(app.extensions["storage"], district, "daibiao1")
    row = db.session.get_one(Photo, taken)
    row.width, row.height = 1200, 900
    add_photos(lock(hazard.id), own((taken,), district.actor("daibiao1")), "before")
    account = district.cast.accounts["daibiao1"]
    evidence.mark_photo(uuid4(), taken, Marking(marks=(Drawn(**ARROW),)), account_id=account, made_at=clock.now())
    db.session.flush()
    return hazard


def test_desk_responder_and_field_see_what_is_circled_as_a_layer(
    app: Flask, district: District, client_of: Callable[[str], FlaskClient]
) -> None:
    hazard = _marked(app, district)
    for login, address in (("du1", "desk/hazards"), ("jiedao1", "inbox"), ("daibiao1", "field/hazards")):
        page = client_of(login).get(f"/{address}/{hazard.id}").text
        assert (
            '<svg class="marks" viewBox="0 0 1000 750" preserveAspectRatio="xMinYMin meet" aria-hidden="true">' in page
        )
        assert "圈出：上方。圈注不在原照片里" in page
        assert 'alt="整改前的安全出口上锁打不开，' in page


def test_before_the_size_of_a_photo_is_known_nothing_is_drawn_over_it(
    app: Flask, district: District, client_of: Callable[[str], FlaskClient]
) -> None:
    hazard = _marked(app, district)
    for row in db.session.query(Photo):
        row.width = row.height = None
    db.session.flush()
    page = client_of("du1").get(f"/desk/hazards/{hazard.id}").text
    assert 'class="marks"' not in page
    assert "圈注不在原照片里" in page
