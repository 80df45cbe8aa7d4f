# ruff: noqa: F401, F811
"""No page fails on what is stored: rows that an earlier version left half filled open everywhere they are shown."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from inspect_app.hazards.models import Hazard
from inspect_app.intake.models import PendingOperation
from inspect_app.kernel.database import db
from inspect_app.premises.models import Premises
from inspect_app.urgent_calls.models import UrgentCall
from inspect_app.visits.models import Visit, VisitAnswers
from tests.operations import operation
from tests.support import District, accepted, found, handed_over
from tests.web.test_access import Rows, own  # a fixture: a row of each kind

Clients = Callable[[str], FlaskClient]
ODD = (None, 3, "x", [], [None], {}, {"a": [1]}, True)
HALF_FILLED = {
    "wordings": "锁着", "advice": None, "measured": [1], "days": "x", "basis": [{"document": "消防法"}, None, 7],
    "suspicion": [{"rule": "r"}, {"title": 3, "because": "x", "basis": []}], "suspected_reason": {"a": 1}, "not_own": "x",
}  # fmt: skip


@pytest.mark.parametrize("finding", [{}, HALF_FILLED, dict.fromkeys(HALF_FILLED)])
def test_a_hazard_that_an_earlier_version_left_half_filled_opens_everywhere(
    app: Flask, district: District, client_of: Clients, finding: dict[str, Any]
) -> None:
    hazard = accepted(district, handed_over(district, found(district)))
    hazard.finding = finding
    db.session.commit()
    for login, address in (
        ("du1", "/desk/hazards/{}"), ("jiedao1", "/inbox/{}"), ("daibiao1", "/field/hazards/{}"), ("xiaofang1", "/inbox/{}"),
        ("daibiao1", "/field/data"), ("du1", "/desk/hazards"), ("du1", "/desk/"),
    ):  # fmt: skip
        assert client_of(login).get(address.format(hazard.id)).status_code in (200, 404), address


def _bodies() -> list[Any]:
    names = ("value", "number", "choice", "text", "rows", "wordings", "photos", "after_photos", "fixed_now", "days", "place",
             "no_photo_reason", "suspected_reason", "note")  # fmt: skip
    return [None, [], {}, *({"value": "fail"} | dict.fromkeys(names, odd) for odd in ODD)]


def test_a_visit_opens_and_is_handed_in_whatever_its_taps_hold(
    app: Flask,
    district: District,
    own: Rows,
    client_of: Clients,
) -> None:
    visit = UUID(own.names["visit"])
    row = db.session.scalars(select(VisitAnswers).where(VisitAnswers.visit_id == visit)).one()
    codes = ("F-EXIT-01", "F-EXIT-02", "F-ELEC-03", "G-HOSE-02", "G-HOSE-01", "G-VALVE-01")
    row.taps = [
        row.taps[0] | {"item": codes[number % len(codes)], "seq": number, "body": body}
        for number, body in enumerate(_bodies(), 2)
    ]
    db.session.execute(
        update(Visit).where(Visit.id == visit).values(
            companions=[None, {}, {"person_id": 7, "name": None}, {"name": "周"}], facts={"seats": [], "gas_kind": {}},
            outcome_photos=["x", None], times={"facts": 3, "outcome": [1]}, submitted_at=None,
        )
    )  # fmt: skip
    db.session.commit()
    for login, address in (("daibiao1", "/field/data"), ("daibiao1", f"/field/data/visits/{visit}"),
                           ("daibiao1", f"/field/visits/{visit}/answers"), ("du1", "/desk/")):  # fmt: skip
        assert client_of(login).get(address).status_code == 200, address
    said = [("visit.facts", {"visit": str(visit), "facts": {"seats": 9}}), ("visit.submit", {"visit": str(visit)})]
    operations = [operation(kind, payload, 90 + number) for number, (kind, payload) in enumerate(said)]
    answer = client_of("daibiao1").post("/intake/operations", json={"operations": operations})
    assert [line["outcome"] for line in json.loads(answer.json["document"])["operations"]] == ["applied", "applied"]
    for hazard in db.session.scalars(select(Hazard.id).where(Hazard.visit_id == visit)):
        assert client_of("du1").get(f"/desk/hazards/{hazard}").status_code == 200


@pytest.mark.parametrize("odd", [value for value in ODD if value is not None])
def test_places_calls_and_kept_records_open_whatever_they_hold(
    app: Flask,
    district: District,
    own: Rows,
    client_of: Clients,
    odd: Any,
) -> None:
    place, call = UUID(own.names["place"]), UUID(own.names["call"])
    facts = odd if isinstance(odd, dict) else {"seats": odd, "gas_kind": odd, "high_rise": odd}
    db.session.execute(update(Premises).where(Premises.id == place).values(facts=facts))
    db.session.execute(update(UrgentCall).where(UrgentCall.id == call).values(photos=[odd, str(call)]))
    kept = db.session.scalars(select(PendingOperation)).first()
    assert kept is not None
    kept.raw = kept.raw | {"captured_at": odd, "payload": odd}
    db.session.commit()
    for login, address in (("du1", f"/desk/places/{place}"), ("du1", f"/desk/places/{place}/change"), ("du1", "/desk/urgent"),
                           ("du1", f"/desk/urgent/{call}"), ("daibiao1", f"/field/urgent/{call}"), ("du1", "/desk/pending"),
                           ("daibiao1", f"/field/data/places/{place}"), ("daibiao1", "/field/data")):  # fmt: skip
        assert client_of(login).get(address).status_code == 200, address
