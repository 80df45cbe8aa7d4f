"""Operations as a phone sends them, built in one place, and the door they come in by. Whatever a test changes is a keyword."""

import json
from base64 import b64encode
from datetime import datetime
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from PIL import Image

from inspect_app.checklists import queries as checklists
from inspect_app.intake.actions import take_in
from inspect_app.intake.rules import parse
from inspect_app.kernel import clock
from tests.support import District

DEVICE = "phone-0001"


def operation(
    kind: str, payload: dict[str, Any], seq: int = 1, *, at: datetime | None = None, **said: Any
) -> dict[str, Any]:
    """One operation of version 1, said now or `at`; `said` takes the place of any of its fields: id, device, times, v."""
    usual = {
        "id": str(uuid4()), "kind": kind, "v": 1, "device": DEVICE, "seq": seq, "payload": payload,
        "captured_at": (at or clock.now()).isoformat(), "times": {},
    }  # fmt: skip
    return usual | said


def start_of(district: District, visit: str, *, mate: str = "", place: int = 0, seq: int = 1) -> dict[str, Any]:
    """The beginning of a visit to a small restaurant, with all its lists."""
    mates = [{"person_id": str(district.cast.persons[mate]), "name": "周国平"}] if mate else []
    versions = [str(row.id) for row in checklists.current_for("small_restaurant")]
    payload = {"visit": visit, "premises": str(district.places[place]), "versions": versions, "companions": mates}
    return operation("visit.start", payload, seq)


def walk_of(district: District, visit: str, *, depth: str = "short", **more: Any) -> dict[str, Any]:
    """The same by zones, with what is drawn and weighed; `more` as `start_of`."""
    started = start_of(district, visit, **more)
    return started | {
        "v": 2,
        "payload": started["payload"] | {"depth": depth, "deep": ["F-EXIT-03"], "weights": {"F-EXIT-03": 999}},
    }


def zone_of(visit: str, seq: int, *, looked: bool = True, device: str = DEVICE, **more: Any) -> dict[str, Any]:
    """A zone that is closed: the hall with three items, of which one needs more than an eye."""
    said = {
        "zone": "hall",
        "items": ["F-EXIT-01", "F-EXIT-02"],
        "not_looked": ["F-EXIT-04"],
        "reason": "",
        "seconds": 40,
    }
    payload = {"visit": visit, "looked": looked, "photos": []} | said | more
    return operation("visit.zone", payload, seq, device=device)


def end_of(visit: str, outcome: str, seq: int, *, device: str = DEVICE, **more: Any) -> dict[str, Any]:
    """How a visit went, with a reason, as a phone says it that knows 提前结束 and 作废."""
    payload = {"visit": visit, "outcome": outcome, "note": "有急事", "photos": [], **more}
    return operation("visit.outcome", payload, seq, v=2, device=device)


def submit_of(visit: str, seq: int, *, device: str = DEVICE) -> dict[str, Any]:
    """Handing in without a text."""
    return operation("visit.submit", {"visit": visit}, seq, device=device)


def stroke() -> str:
    """The picture of a signature as a phone sends it: a PNG in base64."""
    picture = BytesIO()
    Image.new("RGB", (60, 20), "white").save(picture, "PNG")
    return b64encode(picture.getvalue()).decode()


def answer_of(visit: str, value: str, seq: int, *, device: str = DEVICE, **more: Any) -> dict[str, Any]:
    """An answer to F-EXIT-01, or to the `item` that is named."""
    return operation("visit.answer", {"visit": visit, "item": "F-EXIT-01", "value": value, **more}, seq, device=device)


def whole_visit(district: District, fails: int = 2) -> list[dict[str, Any]]:
    """Start, sixty answers of which some fail, submit."""
    visit = str(uuid4())
    versions = [str(row.id) for row in checklists.current_for("small_restaurant")]
    start = {"visit": visit, "premises": str(district.places[0]), "versions": versions}
    codes = [item.code for row in versions for item in checklists.version(UUID(row)).items]
    failing = ["F-EXIT-01", "F-EXIT-02", "G-HOSE-02"][:fails]
    answers = [
        answer_of(visit, "fail" if code in failing else "pass", 2 + n, item=code) for n, code in enumerate(codes[:60])
    ]
    return [operation("visit.start", start), *answers, operation("visit.submit", {"visit": visit}, 99)]


def receipt_of(app: Flask, district: District, raw: list[dict[str, Any]], login: str = "daibiao1") -> dict[str, Any]:
    """The signed receipt for what somebody's phone sends in one request."""
    with app.test_request_context():
        return take_in(
            [parse(one) for one in raw], district.scope(login), app.extensions["appliers"], app.extensions["keys"]
        )


def lines(receipt: dict[str, Any]) -> list[dict[str, Any]]:
    """What the signed document says of each operation, in the order they were sent."""
    return list(json.loads(receipt["document"])["operations"])


def outcomes(receipt: dict[str, Any]) -> list[str]:
    """What became of each operation, in the order they were sent."""
    return [str(line["outcome"]) for line in lines(receipt)]


def taken(app: Flask, district: District, login: str, raw: list[dict[str, Any]]) -> list[str]:
    """What became of each operation that somebody's phone sends in one request."""
    return outcomes(receipt_of(app, district, raw, login))
