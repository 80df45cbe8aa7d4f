"""The log leaves the house as a file that a stranger can check with nothing but a hash function."""

import hashlib
import hmac
import json
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from inspect_app.hazards.events import EventWords
from inspect_app.kernel.database import db
from tests.support import District, accepted, found, handed_over, submitted, verified


def _canonical(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def test_a_stranger_can_check_the_exported_log(
    app: Flask, district: District, client_of: Callable[[str], FlaskClient]
) -> None:
    storage = app.extensions["storage"]
    hazard = verified(
        district, submitted(district, accepted(district, handed_over(district, found(district))), storage)
    )
    db.session.commit()
    answer = client_of("shenji1").get(f"/desk/hazards/{hazard.id}/chain.json")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    told = json.loads(answer.text)
    previous, said = "0" * 64, 0
    for event in told["events"]:
        sealed = {"algorithm": told["algorithm"], "body": event["body"], "previous": previous}
        assert event["previous"] == previous
        assert event["hash"] == hashlib.sha256(_canonical(sealed)).hexdigest()
        if event["words"]:
            said += 1
            proof = hmac.new(bytes.fromhex(event["salt"]), _canonical(event["words"]), hashlib.sha256).hexdigest()
            assert event["body"]["words"] == proof
        previous = event["hash"]
    assert [event["body"]["step"] for event in told["events"]] == ["report", "hand_over", "accept", "submit", "pass"]
    assert said >= 4


def test_words_withheld_by_a_decision_do_not_leave_and_the_chain_still_holds(
    app: Flask, district: District, client_of: Callable[[str], FlaskClient]
) -> None:
    hazard = found(district)
    words = db.session.query(EventWords).one()
    words.words, words.withheld_reason = None, "依决定删除"
    db.session.commit()
    told = json.loads(client_of("shenji1").get(f"/desk/hazards/{hazard.id}/chain.json").text)
    event = told["events"][0]
    assert (event["words"], event["salt"], event["withheld"]) == (None, None, "依决定删除")
    sealed = {"algorithm": told["algorithm"], "body": event["body"], "previous": "0" * 64}
    assert event["hash"] == hashlib.sha256(_canonical(sealed)).hexdigest()
