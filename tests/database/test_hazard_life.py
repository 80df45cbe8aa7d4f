"""The life of a hazard in the database: from 发现 to 销号, on both databases."""

import pytest
from flask import Flask
from sqlalchemy import select, text

from inspect_app.hazards import audit
from inspect_app.hazards.actions import mending, ordering
from inspect_app.hazards.events import Event
from inspect_app.hazards.locking import lock
from inspect_app.hazards.models import Hazard
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotAllowed, Refused, Stale
from tests.support import District, accepted, closed, found, handed_over, order_of, submitted, verified

from .life import without_triggers


def test_the_whole_loop_ends_closed_with_every_step_in_the_chain(app: Flask, district: District) -> None:
    storage = app.extensions["storage"]
    hazard = verified(
        district, submitted(district, accepted(district, handed_over(district, found(district))), storage)
    )
    assert (hazard.state, hazard.settled_on) == ("awaiting_closure", None)  # a deputy confirms
    closed(district, hazard)
    assert hazard.state == "closed"
    assert hazard.settled_on is not None
    steps = db.session.scalars(select(Event.step).where(Event.hazard_id == hazard.id).order_by(Event.seq)).all()
    assert steps == ["report", "hand_over", "accept", "submit", "pass", "close"]


@pytest.mark.parametrize("verifier", ["jiedao1", "jiedao2", "zheng1"])
def test_nobody_of_the_office_that_mended_may_verify(app: Flask, district: District, verifier: str) -> None:
    hazard = submitted(district, accepted(district, handed_over(district, found(district))), app.extensions["storage"])
    with pytest.raises(NotAllowed, match=r"别的单位|别人"):
        verified(district, hazard, verifier)
    assert db.session.get_one(Hazard, hazard.id).state == "awaiting_verification"


def test_the_witness_of_a_look_back_may_not_verify_it(app: Flask, district: District) -> None:
    from tests.support import photo

    hazard = accepted(district, handed_over(district, found(district)))
    shot = photo(app.extensions["storage"], district, "daibiao2")
    mending.look_back(lock(hazard.id), district.actor("daibiao2"), mended=True, photo_ids=(shot,))
    with pytest.raises(NotAllowed, match="当场看着改"):
        verified(district, hazard, "daibiao2")
    verified(district, hazard, "daibiao3")
    assert hazard.state == "awaiting_closure"


def test_a_suspected_major_hazard_waits_for_the_authority(app: Flask, district: District) -> None:
    hazard = found(district, major=True)
    verified(
        district, submitted(district, accepted(district, handed_over(district, hazard)), app.extensions["storage"])
    )
    assert hazard.state == "awaiting_closure"


def test_a_page_that_was_overtaken_changes_nothing(app: Flask, district: District) -> None:
    hazard = found(district)
    seen = hazard.version
    handed_over(district, hazard)
    with pytest.raises(Stale, match="没有丢"):
        lock(hazard.id, seen)


def test_an_office_without_the_power_cannot_order(app: Flask, district: District) -> None:
    hazard = accepted(district, handed_over(district, found(district), "market"), "shichang1")
    with pytest.raises(NotAllowed, match="权责清单"):
        ordering.order(lock(hazard.id), district.actor("shichang1"), order_of(district, "shichang1"))


def test_a_failed_verification_begins_a_new_round(app: Flask, district: District) -> None:
    hazard = submitted(district, accepted(district, handed_over(district, found(district))), app.extensions["storage"])
    verified(district, hazard, passed=False)
    assert (hazard.state, hazard.round_number) == ("rectifying", 2)


def test_a_refused_step_writes_nothing(app: Flask, district: District) -> None:
    hazard = found(district)
    before = hazard.version
    with pytest.raises(Refused):
        verified(district, hazard)
    assert db.session.scalars(select(Event.step).where(Event.hazard_id == hazard.id)).all() == ["report"]
    assert hazard.version == before


def test_events_cannot_be_changed_or_removed(app: Flask, district: District) -> None:
    hazard = found(district)
    for statement in ("UPDATE hazard_event SET step = 'close'", "DELETE FROM hazard_event"):
        with pytest.raises(Exception, match="never changed"), db.session.begin_nested():
            db.session.execute(text(statement + " WHERE hazard_id = :h").bindparams(h=_raw(hazard)))


def test_the_audit_names_the_first_wrong_event(app: Flask, district: District, backend: str) -> None:
    hazard = accepted(district, handed_over(district, found(district)))
    without_triggers()
    db.session.execute(
        text("UPDATE hazard_event SET step = 'decline' WHERE hazard_id = :h AND seq = 2").bindparams(h=_raw(hazard))
    )
    db.session.expire_all()
    faults, _ = audit.verify(
        app.extensions["settings"].data_dir / "no-heads", app.extensions["keys"], app.extensions["storage"]
    )
    assert len([fault for fault in faults if hazard.number in str(fault) or str(hazard.id) in str(fault)]) == 1
    assert "2" in str(faults[0])


def _raw(hazard: Hazard) -> object:
    return hazard.id.hex if db.session.connection().dialect.name == "sqlite" else hazard.id


def test_what_an_officer_enters_for_the_shop_stands_under_both_and_the_officer_may_not_verify_it(
    app: Flask, district: District
) -> None:
    from dataclasses import replace

    from inspect_app.hazards.rules import Who
    from tests.support import photo

    hazard = accepted(district, handed_over(district, found(district)))
    officer = district.actor("du1")
    party = replace(
        officer, who=Who.PARTY, person_id=None, organisation_id=None, term_id=None, recorded_by=officer.person_id
    )
    shot = photo(app.extensions["storage"], district, "du1")
    mending.submit(lock(hazard.id), party, photo_ids=(shot,), words="店长打电话说改好了")
    event = db.session.scalars(select(Event).where(Event.hazard_id == hazard.id).order_by(Event.seq.desc())).first()
    assert event is not None
    assert event.body["actor"] == {"who": "party", "recorded_by": str(officer.person_id)}
    with pytest.raises(NotAllowed, match="替店里报"):
        verified(district, hazard, "du1")
    verified(district, hazard, "du2")
    assert hazard.state == "closed"
