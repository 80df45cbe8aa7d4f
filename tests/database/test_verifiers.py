"""Who may verify, held by code and by the database itself; and who is kept away by a link to the place."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from inspect_app.hazards.actions import mending, verifying
from inspect_app.hazards.case import case_of
from inspect_app.hazards.locking import lock
from inspect_app.hazards.models import Hazard, MendingRound
from inspect_app.hazards.rules import why_not_verify
from inspect_app.hazards.standing import current_round
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotAllowed, Refused
from inspect_app.people import appointing
from inspect_app.people.models import Recusal, RoleTerm
from inspect_app.people.rules import Role
from inspect_app.premises import queries as premises
from tests.support import District, photo, submitted, verified

from .life import never_sent, rectifying


def _submitted(app: Flask, district: District) -> Hazard:
    return submitted(district, rectifying(district), app.extensions["storage"])


def _seen_mended(app: Flask, district: District) -> Hazard:
    """The party mended; a deputy saw it, a companion was with him."""
    hazard = rectifying(district)
    shot = photo(app.extensions["storage"], district, "daibiao4")
    mending.look_back(lock(hazard.id), district.actor("daibiao4"), mended=True, photo_ids=(shot,))
    return hazard


@pytest.mark.parametrize(
    ("login", "may"),
    [
        ("jiedao1", False),  # submitted it
        ("jiedao2", False),  # a colleague of the office that mended
        ("zheng1", False),  # a supervisor of that same office
        ("du2", True),  # the desk that handed over, from the pair of photos
        ("daibiao2", True),  # confirms
        ("xiaofang1", True),  # an authority that may re-inspect
    ],
)
def test_after_a_submission_by_an_office(app: Flask, district: District, login: str, may: bool) -> None:
    hazard = _submitted(app, district)
    assert (why_not_verify(case_of(hazard), district.actor(login)) is None) == may
    if may:
        verifying.verify(lock(hazard.id), district.actor(login), passed=True, way="photos", opinion="看得清")
        assert hazard.state == ("awaiting_closure" if login.startswith("daibiao") else "closed")


@pytest.mark.parametrize(("login", "may"), [("daibiao4", False), ("daibiao5", True), ("jiedao1", True), ("du1", True)])
def test_after_a_mending_by_the_party_before_a_witness(app: Flask, district: District, login: str, may: bool) -> None:
    """The companion (daibiao5) may; so may the authority's officer by its own look."""
    hazard = _seen_mended(app, district)
    assert (why_not_verify(case_of(hazard), district.actor(login)) is None) == may


def test_who_has_left_the_office_since_may_not_verify_what_it_submitted_then(app: Flask, district: District) -> None:
    day = clock.now()
    with clock.stopped_at(day - timedelta(days=20)):
        hazard = _submitted(app, district)
    term = db.session.scalars(select(RoleTerm).where(RoleTerm.person_id == district.cast.persons["jiedao2"])).one()
    term.until = clock.today() - timedelta(days=10)
    appointing.appoint(
        term.person_id, Role.HANDLER, organisation_id=district.cast.offices["gas"], area_id=term.area_id,
        since=clock.today() - timedelta(days=9),
    )  # fmt: skip
    mover = district.actor("jiedao2")
    assert mover.organisation_id == district.cast.offices["gas"]
    with pytest.raises(NotAllowed, match="当时"):
        verified(district, hazard, "jiedao2")


def test_who_joined_the_office_since_may_not_either(app: Flask, district: District) -> None:
    """The office that mended does not judge its own mending, whoever sits in it today."""
    with clock.stopped_at(clock.now() - timedelta(days=20)):
        hazard = _submitted(app, district)
    term = db.session.scalars(select(RoleTerm).where(RoleTerm.person_id == district.cast.persons["ranqi1"])).one()
    term.organisation_id = district.cast.offices["street"]
    with pytest.raises(NotAllowed):
        verified(district, hazard, "ranqi1")


@pytest.mark.parametrize("link", ["premises", "party"])
def test_a_linked_person_is_neither_appointed_nor_verifies(app: Flask, district: District, link: str) -> None:
    hazard = _submitted(app, district)
    party = premises.parties_of(hazard.premises_id)[0][1]
    linked = {"premises_id": hazard.premises_id} if link == "premises" else {"party_id": party.id}
    person = district.cast.persons["daibiao2"]
    db.session.add(Recusal(person_id=person, declared_at=clock.now(), reason="店主是亲戚", **linked))
    db.session.flush()
    assert premises.recused(hazard.premises_id) == {person}
    with pytest.raises(NotAllowed, match="回避"):
        verified(district, hazard, "daibiao2")
    with pytest.raises(Refused, match="回避"):
        verifying.appoint(lock(hazard.id), district.actor("du1"), verifier=district.actor("daibiao2"), on=clock.today())
    verifying.appoint(lock(hazard.id), district.actor("du1"), verifier=district.actor("daibiao3"), on=clock.today())
    assert hazard.appointed_person_id == district.cast.persons["daibiao3"]


def _verify_by_row(**columns: object) -> Callable[[MendingRound, District], None]:
    def write(row: MendingRound, district: District) -> None:
        row.outcome, row.verified_at = "pass", clock.now()
        for name, value in columns.items():
            setattr(row, name, district.cast.persons[value] if "person" in name else district.cast.offices[value])  # type: ignore[index]

    return write


def _unsubmitted(row: MendingRound, district: District) -> None:
    row.submitted_at = None
    _verify_by_row(verified_by_person_id="du2")(row, district)


def _closed_by_verifier(row: MendingRound, district: District) -> None:
    _verify_by_row(verified_by_person_id="du2", closed_by_person_id="du2")(row, district)


FORBIDDEN = {
    "verifier_is_not_submitter": _verify_by_row(verified_by_person_id="jiedao1"),
    "verifier_not_of_submitting_organisation": _verify_by_row(
        verified_by_person_id="du2", verified_by_organisation_id="street", mended_by_organisation_id="gas"
    ),
    "verifier_not_of_mending_organisation": _verify_by_row(
        verified_by_person_id="du2", verified_by_organisation_id="gas", mended_by_organisation_id="gas"
    ),
    "verifier_is_not_witness": _verify_by_row(witness_person_id="du2", verified_by_person_id="du2"),
    "verified_by_a_person": _verify_by_row(),
    "verified_was_submitted": _unsubmitted,
    "closer_is_not_verifier": _closed_by_verifier,
}


@pytest.mark.parametrize("name", FORBIDDEN)
def test_the_database_refuses_it_too(app: Flask, district: District, name: str) -> None:
    """Whoever writes past the code is stopped by the row itself."""
    hazard = _submitted(app, district)
    row = current_round(hazard)
    with db.session.begin_nested() as savepoint:
        FORBIDDEN[name](row, district)
        with pytest.raises(IntegrityError, match=f"ck_hazard_round_{name}"):
            db.session.flush()
        savepoint.rollback()


def test_the_database_holds_each_rule_with_the_null_case_spelt_out(app: Flask, district: District) -> None:
    hazard = _submitted(app, district)
    row = current_round(hazard)
    row.submitted_by_person_id = row.submitted_by_organisation_id = row.mended_by_organisation_id = None
    verified(district, hazard, "du2")  # a submitter who is unknown does not make the check pass or fail by accident
    assert db.session.scalar(text("SELECT count(*) FROM hazard_round WHERE outcome = 'pass'")) == 1


def test_nobody_is_passed_off_with_photos_that_are_only_announced(app: Flask, district: District) -> None:
    hazard = _submitted(app, district)
    with pytest.raises(Refused, match="照片没到"):
        verifying.verify(
            lock(hazard.id),
            district.actor("du2"),
            passed=True,
            way="on_site",
            opinion="看过",
            photo_ids=(never_sent(),),
        )
    assert hazard.state == "awaiting_verification"
