"""Whatever arrives at the intake: 2xx with a verdict for each entry, or 4xx for a body that is no batch; and every page that
shows what came of it opens. HOSTILE_EXAMPLES=1000 looks longer, and elsewhere each time."""

import json
import os
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from inspect_app.checklists import queries as checklists
from inspect_app.hazards.models import Hazard
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.hashing import content_hash
from inspect_app.people.models import Account, RoleTerm
from inspect_app.premises.models import Premises
from inspect_app.urgent_calls.models import UrgentCall
from inspect_app.visits.models import Visit
from tests.database.slips import pad_of
from tests.operations import operation
from tests.support import District, found

Clients = Callable[[str], FlaskClient]
Op = dict[str, Any]
EXAMPLES = os.environ.get("HOSTILE_EXAMPLES", "")
quick = settings(
    max_examples=int(EXAMPLES or 12), deadline=None, derandomize=not EXAMPLES, print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip


def _nested(depth: int) -> list[Any]:
    inner: list[Any] = []
    for _ in range(depth):
        inner = [inner]
    return inner


ODD = st.sampled_from([
    None, True, False, 0, -1, 1.5, 2**31, 2**63, 2**70, 10**400, float("nan"), float("inf"), -float("inf"), 1e308, "", " ",
    "\x00", "a\x00b", "\ud83d", "长" * 5000, "2026-02-30", "9999-12-31", "0001-01-01T00:00:00+14:00", "/", "%", "7", [], {},
    [None], [[]], {"a": None}, [1, "x"], {"lon": 118.7, "lat": None}, {"": ""}, {"\x00": 1}, str(UUID(int=1)),
    [str(UUID(int=1))] * 200, _nested(40), _nested(900),
])  # fmt: skip
JUNK = st.recursive(
    ODD | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def _op(kind: str, payload: Op, seq: int) -> Op:
    kind, _, version = kind.partition("@")
    return operation(
        kind, payload, seq, v=int(version or 1), times={"mono_ms": 5, "page_opened_ms": 1, "zone_minutes": 480}
    )


def _day(district: District, hazard: UUID) -> list[Op]:
    """One of every kind, as a phone sends them."""
    slip = pad_of(district, 1)[0].short
    visit, walk, place = str(uuid4()), str(uuid4()), str(district.places[0])
    versions = [str(row.id) for row in checklists.current_for("small_restaurant")]
    answer = {
        "visit": visit, "item": "F-EXIT-01", "value": "fail", "wordings": ["门上了锁"], "photos": [str(uuid4())], "days": 7,
        "after_photos": [], "fixed_now": False, "no_photo_reason": "", "place": "后门", "suspected_reason": "", "note": "锁着",
        "number": 3, "rows": [{"name": "一楼", "number": 2}], "choice": "a", "text": "写了", "chosen": False,
    }  # fmt: skip
    said: list[tuple[str, Op]] = [
        ("urgent.call", {"danger": "gas", "where": "门口", "place": {"lon": 118.7, "lat": 32.0, "accuracy_m": 9}, "photos": []}),
        ("premises.register", {"premises": str(uuid4()), "name": "新店", "kind": "small_shop", "address": "街9号",
                               "facts": {"gas_kind": "piped"}, "position": {"lon": 118.7, "lat": 32.0, "accuracy_m": 9}}),
        ("visit.start", {"visit": visit, "premises": place, "versions": versions, "how": "with_card", "arranged_by": "",
                         "companions": [{"person_id": str(district.cast.persons["daibiao2"]), "name": "周国平"}],
                         "facts": {"seats": 30}, "asked_on": dict.fromkeys(versions, clock.today().isoformat())}),
        ("visit.facts", {"visit": visit, "facts": {"staff": 4, "people_sleeping": True}}),
        ("visit.answer", answer),
        ("visit.answer", answer | {"item": "G-HOSE-02", "photos": [], "no_photo_reason": "光线太暗"}),
        ("photo.mark", {"photo": str(uuid4()), "marks": [{"shape": "oval", "x": 0.1, "y": 0.1, "x2": 0.2, "y2": 0.2}]}),
        ("visit.outcome", {"visit": visit, "outcome": "inspected", "photos": [], "note": "", "next_try_on": None,
                           "shown_on": clock.today().isoformat()}),
        ("visit.sign", {"visit": visit, "part": "premises", "name": "王老板", "image": "", "reason": "不在场", "text_sha256": "",
                        "shown_on": clock.today().isoformat()}),
        ("visit.submit", {"visit": visit, "text_sha256": "", "text": "", "after": []}),
        ("hazard.look_back", {"hazard": str(hazard), "version": 1, "mended": True, "photos": [str(uuid4())], "words": "好了"}),
        ("visit.start@2", {"visit": walk, "premises": place, "versions": versions, "how": "with_card", "arranged_by": "",
                           "companions": [], "facts": {"seats": 30}, "asked_on": clock.today().isoformat(), "depth": "short",
                           "deep": ["F-EXIT-03", "F-EXIT-04"], "weights": {"F-EXIT-03": 999, "F-EXIT-04": 3}}),
        ("visit.answer", answer | {"visit": walk, "item": "F-EXIT-03", "photos": [str(uuid4())]}),
        ("visit.answer@2", answer | {"visit": walk, "item": "S-SPACE-03", "photos": [],
                                     "version": str(checklists.in_force("site-work").id), "asked_on": clock.today().isoformat()}),
        ("visit.zone", {"visit": walk, "zone": "hall", "looked": True, "items": ["F-EXIT-01", "F-EXIT-02"],
                        "not_looked": ["F-DOC-01"], "reason": "", "seconds": 41, "photos": [str(uuid4())]}),
        ("visit.zone", {"visit": walk, "zone": "kitchen", "looked": False, "items": ["G-HOSE-02"], "not_looked": [],
                        "reason": "门锁着", "seconds": 0.4, "photos": []}),
        ("visit.outcome@2", {"visit": walk, "outcome": "ended_early", "photos": [], "note": "被请出来了", "next_try_on": None,
                             "shown_on": clock.today().isoformat()}),
        ("visit.submit", {"visit": walk, "text_sha256": "", "text": "", "after": []}),
        ("visit.slip", {"visit": visit, "slip": slip}),
        ("visit.slip", {"visit": visit, "slip": slip, "off": "写坏了", "written": True}),
    ]  # fmt: skip
    return [_op(kind, payload, seq) for seq, (kind, payload) in enumerate(said, 1)]


def _changed(op: Op, data: st.DataObject) -> None:
    """One part of an operation, of its payload most often, left out or something else."""
    part: Any = op
    if data.draw(st.integers(0, 5)):
        part = op["payload"]
    name = data.draw(st.sampled_from([*part, "new"]))
    inner = part.get(name)
    if isinstance(inner, list) and inner and isinstance(inner[0], dict) and data.draw(st.booleans()):
        inner = inner[0]
    if isinstance(inner, dict) and inner and data.draw(st.booleans()):
        part, name = inner, data.draw(st.sampled_from([*inner]))
    if data.draw(st.integers(0, 9)):
        part[name] = data.draw(JUNK)
    else:
        part.pop(name, None)


def _send(client: FlaskClient, body: Any) -> Any:
    return client.post("/intake/operations", data=json.dumps(body), content_type="application/json")


def _pages(sent: list[Op]) -> Iterator[tuple[str, str]]:
    """Who opens what to see what came of it."""
    for address in (
        "/desk/",
        "/desk/pending",
        "/desk/phones",
        "/desk/urgent",
        "/desk/hazards",
        "/desk/places?only=unconfirmed",
    ):
        yield "du1", address
    yield "daibiao1", "/field/data"
    yield "daibiao1", "/field/data/places"
    for part in ("", "/ids", "/more", "/open"):
        yield "daibiao1", f"/field/data/register{part}"
    named = {word for op in sent for word in re.findall("[0-9a-f-]{36}", json.dumps(op))}
    ids = {UUID(word) for word in named if word.count("-") == 4}
    for call in db.session.scalars(select(UrgentCall.id).where(UrgentCall.id.in_(ids))):
        yield "du1", f"/desk/urgent/{call}"
        yield "daibiao1", f"/field/urgent/{call}"
    for visit in db.session.scalars(select(Visit.id).where(Visit.id.in_(ids))):
        yield "daibiao1", f"/field/data/visits/{visit}"
        yield "daibiao1", f"/field/visits/{visit}/answers"
    for hazard in db.session.scalars(select(Hazard.id).where(Hazard.id.in_(ids) | Hazard.visit_id.in_(ids))):
        yield "du1", f"/desk/hazards/{hazard}"
        yield "daibiao1", f"/field/hazards/{hazard}"
    for place in db.session.scalars(select(Premises.id).where(Premises.id.in_(ids))):
        yield "du1", f"/desk/places/{place}"
        yield "daibiao1", f"/field/data/places/{place}"


def _all_open(clients: dict[str, FlaskClient], sent: list[Op]) -> None:
    for login, address in list(_pages(sent)):
        assert clients[login].get(address).status_code == 200, address


@pytest.fixture
def clients(client_of: Clients, district: District) -> dict[str, FlaskClient]:
    return {login: client_of(login) for login in ("daibiao1", "du1")}


@quick
@given(data=st.data())
def test_each_entry_gets_its_verdict_and_every_page_opens(
    app: Flask, district: District, clients: dict[str, FlaskClient], data: st.DataObject
) -> None:
    sent = _day(district, found(district).id)
    db.session.commit()
    for op in data.draw(st.lists(st.sampled_from(sent), min_size=1, max_size=3, unique_by=id)):
        _changed(op, data)
    answer = _send(clients["daibiao1"], {"operations": sent, "phone": data.draw(JUNK)})
    assert answer.status_code == 200
    lines = json.loads(answer.json["document"])["operations"]
    assert len(lines) == len(sent)
    assert all(line["outcome"] in ("applied", "waiting", "later") or line["words"] for line in lines)
    whole = {line["id"]: line["outcome"] for line in lines}
    assert all(op["id"] in whole for op in sent if isinstance(op.get("id"), str) and len(op["id"]) == 36)
    _all_open(clients, sent)


@quick
@given(
    body=JUNK | st.dictionaries(st.sampled_from(["operations", "phone"]), JUNK | st.lists(JUNK, min_size=1, max_size=4))
)
def test_any_json_is_a_batch_with_verdicts_or_a_4xx(clients: dict[str, FlaskClient], body: Any) -> None:
    answer = _send(clients["daibiao1"], body)
    batch = body.get("operations") if isinstance(body, dict) else None
    if isinstance(batch, list) and batch and answer.status_code == 200:
        lines = json.loads(answer.json["document"])["operations"]
        assert [line["outcome"] for line in lines] == ["refused"] * len(batch)
    else:
        assert answer.status_code == 422
        assert "已留在手机里" in answer.json["error"]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000, b'{"operations": ' + b"[" * 100_000, b"9" * 5000])
def test_what_is_no_json_is_a_4xx(clients: dict[str, FlaskClient], body: bytes) -> None:
    answer = clients["daibiao1"].post("/intake/operations", data=body, content_type="application/json")
    assert answer.status_code == 422
    assert (
        clients["daibiao1"].post("/intake/photos/receipts", data=body, content_type="application/json").status_code
        == 422
    )


@pytest.mark.parametrize("place", [{"lon": 118.7, "lat": None}, {"lon": "x"}, [], {"lon": 1e308, "lat": 2**70}, 3])
def test_a_danger_is_taken_whatever_is_wrong_with_it_and_its_page_opens(
    clients: dict[str, FlaskClient], district: District, place: Any
) -> None:
    photo = str(uuid4())
    call = _op("urgent.call", {"danger": 7, "where": ["x"], "place": place, "photos": [photo, None, "7"]}, 1)
    receipt = json.loads(_send(clients["daibiao1"], {"operations": [call]}).json["document"])
    assert [line["outcome"] for line in receipt["operations"]] == ["applied"]
    row = db.session.get_one(UrgentCall, UUID(call["id"]))
    assert (row.danger, row.where_words, row.lon, row.lat, row.photos) == ("other", "", None, None, [photo])
    _all_open(clients, [call])


@pytest.mark.parametrize("number", [3, 2**70, 0.5, 1e21, -0.0, 1.0, 5e-324])
def test_the_hash_in_the_receipt_is_that_of_what_came_whatever_number_is_in_it(
    clients: dict[str, FlaskClient], district: District, number: float
) -> None:
    sent = [
        operation("visit.answer", {"visit": str(uuid4()), "item": "F-EXIT-04", "number": one, "note": "\x7f乙😀"}, seq)
        for seq, one in enumerate((number, 7), start=1)
    ]
    lines = json.loads(_send(clients["daibiao1"], {"operations": sent}).json["document"])["operations"]
    hashed = [{name: value for name, value in one.items() if name != "times"} for one in sent]
    assert [line["hash"] for line in lines] == [content_hash(one) for one in hashed]


def test_a_half_filled_value_refuses_its_entry_alone_and_a_repeat_hears_the_same(
    clients: dict[str, FlaskClient], district: District
) -> None:
    sent = _day(district, found(district).id)
    db.session.commit()
    sent[4]["payload"]["days"] = 2**70
    sent[10]["payload"]["mended"] = "yes"
    answers = [json.loads(_send(clients["daibiao1"], {"operations": sent}).json["document"]) for _ in range(2)]
    assert answers[0]["operations"] == answers[1]["operations"]
    refused = {line["id"]: line["words"] for line in answers[0]["operations"] if line["outcome"] == "refused"}
    assert set(refused) == {sent[4]["id"], sent[10]["id"]}
    assert "建议几天完成" in refused[sent[4]["id"]]
    assert "改好没有" in refused[sent[10]["id"]]


def test_what_an_old_phone_has_queued_is_taken_whole(clients: dict[str, FlaskClient], district: District) -> None:
    """15 wordings, 15 photos, words as long as its fields were."""
    sent = _day(district, found(district).id)
    db.session.commit()
    photos, wordings = [str(uuid4()) for _ in range(15)], [f"第 {number} 处" for number in range(15)]
    sent[4]["payload"] |= {"photos": photos, "wordings": wordings, "note": "长" * 2000, "place": "位" * 100}
    sent[10]["payload"] |= {"photos": photos, "words": f"还差：{'、'.join(wordings)}。{'长' * 2000}"}
    receipt = json.loads(_send(clients["daibiao1"], {"operations": sent}).json["document"])
    assert {line["outcome"] for line in receipt["operations"]} == {"applied"}
    visit = UUID(sent[2]["payload"]["visit"])
    made = db.session.scalars(select(Hazard).where(Hazard.visit_id == visit, Hazard.item_code == "F-EXIT-01")).all()
    seen = made or db.session.scalars(select(Hazard).where(Hazard.item_code == "F-EXIT-01")).all()
    assert len(seen) == 1
    body = json.loads(clients["daibiao1"].get(f"/field/data/visits/{visit}").text)["answers"]["F-EXIT-01"]
    assert (body["photos"], body["wordings"], len(body["note"])) == (photos, wordings, 2000)


def test_a_term_that_ended_keeps_what_came_and_the_desk_opens(
    clients: dict[str, FlaskClient], district: District
) -> None:
    """Kept records with everything a newer phone may add stand at the desk, and those that cannot be read do not."""
    sent = _day(district, found(district).id)
    account = db.session.get_one(Account, district.cast.accounts["daibiao1"])
    term = db.session.scalars(select(RoleTerm).where(RoleTerm.person_id == account.person_id)).one()
    term.until = clock.today() - timedelta(days=1)
    db.session.commit()
    for op in sent:
        op["captured_at"] = (clock.now() - timedelta(days=2)).isoformat()
        op["payload"]["added later"] = _nested(20)
    sent[5]["payload"]["rows"] = 3
    receipt = json.loads(_send(clients["daibiao1"], {"operations": sent}).json["document"])
    outcomes = [line["outcome"] for line in receipt["operations"]]
    assert outcomes.count("refused") == 1
    assert outcomes[5] == "refused"
    assert clients["du1"].get("/desk/pending").status_code == 200
