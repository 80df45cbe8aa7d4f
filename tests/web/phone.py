"""A phone as the tests of the intake play it: what it records, what it says of itself, what it is answered."""

import json
from datetime import datetime
from typing import Any
from uuid import uuid4

from flask.testing import FlaskClient

from inspect_app.kernel import clock
from tests import operations
from tests.support import District

DEVICE = "phone-of-daibiao1"


def operation(kind: str, payload: dict[str, Any], seq: int, at: datetime | None = None, **more: Any) -> dict[str, Any]:
    """One operation of this phone; `more` takes the place of any of its fields."""
    return operations.operation(kind, payload, seq, at=at, **{"device": DEVICE} | more)


def visit_of(district: District, seq: int = 1, at: datetime | None = None) -> list[dict[str, Any]]:
    """Started, one item failed, handed in: a hazard and a paper."""
    visit, place = str(uuid4()), str(district.places[0])
    versions = [str(version) for version in district.versions]
    return [
        operation("visit.start", {"visit": visit, "premises": place, "versions": versions}, seq, at),
        operation(
            "visit.answer",
            {"visit": visit, "item": "F-EXIT-01", "value": "fail", "wordings": ["门上了锁"]},
            seq + 1,
            at,
        ),
        operation("visit.submit", {"visit": visit}, seq + 2, at),
    ]


def phone_says(counter: int, held: list[list[int]] | None = None, **more: Any) -> dict[str, Any]:
    return {"device": DEVICE, "sent_at": clock.now().isoformat(), "counter": counter, "held": held or []} | more


def send(
    client: FlaskClient, operations: list[dict[str, Any]], phone: dict[str, Any] | None = None
) -> list[dict[str, Any]]:
    body = {"operations": operations} | ({"phone": phone} if phone else {})
    answer = client.post("/intake/operations", json=body)
    assert answer.status_code == 200, answer.text
    return list(json.loads(answer.get_json()["document"])["operations"])


def outcomes(lines: list[dict[str, Any]]) -> list[str]:
    return [str(line["outcome"]) for line in lines]


def photo_receipts(client: FlaskClient, ids: list[str]) -> dict[str, Any]:
    answer = client.post("/intake/photos/receipts", json={"photos": ids, "phone": phone_says(0)})
    assert answer.status_code == 200, answer.text
    return dict(answer.get_json())
