# ruff: noqa: F401, F811
"""Ids inside operations, forms and hidden fields are checked like ids in an address: a foreign one opens, links and changes
nothing. Made from the registered kinds of operations, the asks of every step, and what the source reads: a new one without
a case here fails."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from msgspec import structs
from sqlalchemy import func, inspect, select

from inspect_app.casework.field_operations.shapes import SHAPES
from inspect_app.evidence.models import Photo, PhotoMark
from inspect_app.evidence.queries import marked
from inspect_app.hazards.events import Event
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.photos import HazardPhoto
from inspect_app.hazards.rules import Ask
from inspect_app.kernel.database import Model, db
from inspect_app.papers.models import Paper
from inspect_app.people.models import Account, Area
from inspect_app.premises.models import Premises
from inspect_app.urgent_calls.models import UrgentCall
from inspect_app.visits.models import Assignment, Visit, VisitAnswers, VisitSignature
from inspect_app.web.hazard.steps import FORMS, ON_BEHALF
from inspect_app.web.hazard.steps.inputs import OfferedForm
from inspect_app.web.hazard.steps.offered import CHOICES
from tests.conftest import ROOT
from tests.operations import operation
from tests.support import District
from tests.web.test_access import Rows, foreign, own  # fixtures: rows of one's own street and of another
from tests.web.test_own_evidence import _send

Clients = Callable[[str], FlaskClient]
Payload = dict[str, Any]
WEB = ROOT / "inspect_app" / "web"


def _person(rows: Rows) -> str:
    return str(db.session.get_one(Account, UUID(rows.names["account"])).person_id)


# For each kind of operation: what it needs, with ids of one's own, and where ids stand in it.
KINDS: dict[str, tuple[Callable[[dict[str, str]], Payload], tuple[str, ...]]] = {
    "urgent.call": (lambda mine: {"danger": "gas", "where": "门口"}, ("photos",)),
    "premises.register": (lambda mine: {"name": "新店", "kind": "small_shop", "address": "街1号"}, ("premises",)),
    "visit.start": (
        lambda mine: {"visit": str(uuid4()), "premises": mine["place"], "versions": [mine["version"]]},
        ("visit", "premises", "versions", "companions"),
    ),
    "visit.facts": (lambda mine: {"visit": mine["visit"], "facts": {"seats": 99}}, ("visit",)),
    "visit.answer": (
        lambda mine: {"visit": mine["visit"], "item": "F-EXIT-02", "value": "fail", "fixed_now": True, "wordings": ["锁着"]},
        ("visit", "photos", "after_photos", "version"),
    ),
    "visit.zone": (
        lambda mine: {"visit": mine["visit"], "zone": "hall", "looked": True, "items": ["F-EXIT-02"]}, ("visit", "photos"),
    ),
    "photo.mark": (
        lambda mine: {"photo": mine["photo"], "marks": [{"shape": "arrow", "x": 0.9, "y": 0.9, "x2": 0.5, "y2": 0.2}]},
        ("photo",),
    ),
    "visit.outcome": (lambda mine: {"visit": mine["visit"], "outcome": "locked", "note": "锁着门"}, ("visit", "photos")),
    "visit.sign": (
        lambda mine: {"visit": mine["visit"], "part": "premises", "reason": "不方便签", "text_sha256": "a" * 64}, ("visit",),
    ),
    "visit.slip": (lambda mine: {"visit": mine["visit"], "slip": "0002"}, ("visit",)),
    "visit.submit": (lambda mine: {"visit": mine["visit"]}, ("visit",)),
    "hazard.look_back": (lambda mine: {"hazard": mine["hazard"], "mended": True, "words": "看过"}, ("hazard", "photos")),
}  # fmt: skip
CASES = [(kind, field) for kind, (_, fields) in KINDS.items() for field in fields]


def _foreign_value(field: str, rows: Rows) -> Any:
    names = rows.names
    return {
        "photos": [names["photo"]], "after_photos": [names["photo"]], "photo": names["photo"], "visit": names["visit"],
        "premises": names["place"], "hazard": names["hazard"], "versions": [names["draft"]], "version": names["draft"],
        "companions": [{"person_id": _person(rows), "name": "熟人"}],
    }[field]  # fmt: skip


def test_every_kind_and_every_id_that_is_read_has_a_case(app: Flask) -> None:
    assert set(KINDS) == set(app.extensions["appliers"].by_kind)
    named = {
        (kind, field.name)
        for kind, versions in SHAPES.items()
        for shape in versions.values()
        for field in structs.fields(shape.value)
        if "UUID" in str(field.type) or "Companion" in str(field.type)
    }
    assert named == set(CASES)


def _calls(path: Path, names: set[str]) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            function = node.func
            name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
            if name in names:
                yield node


def _state(rows: Rows) -> dict[str, Any]:
    """Everything of a foreign street that an operation or a form could touch."""
    db.session.expire_all()
    names = {name: UUID(value) for name, value in rows.names.items() if re.fullmatch("[0-9a-f-]{36}", value)}

    def row(model: type[Model], name: str) -> dict[str, Any]:
        found = db.session.get_one(model, names[name])
        return {field.key: getattr(found, field.key) for field in inspect(model).column_attrs}

    def count(model: type[Model], *where: Any) -> int:
        return int(db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0)

    photo, visit = names["photo"], names["visit"]
    return {
        "hazard": row(Hazard, "hazard"), "visit": row(Visit, "visit"), "place": row(Premises, "place"),
        "photo": row(Photo, "photo"), "call": row(UrgentCall, "call"), "assignment": row(Assignment, "assignment"),
        "events": count(Event, Event.hazard_id == names["hazard"]),
        "answers": count(VisitAnswers, VisitAnswers.visit_id == visit),
        "signatures": count(VisitSignature, VisitSignature.visit_id == visit),
        "visits there": count(Visit, Visit.premises_id == names["place"]),
        "found there": count(Hazard, Hazard.premises_id == names["place"]),
        "linked": count(HazardPhoto, HazardPhoto.photo_id == photo), "marked": bool(marked([photo])),
        "with them": [one.id for one in db.session.scalars(select(Visit)) if _person(rows) in str(one.companions)],
    }  # fmt: skip


READ_BY = {
    "daibiao1": ("/photos/<photo>/display", "/photos/<photo>/thumb", "/field/hazards/<hazard>", "/papers/<paper>.pdf",
                 "/field/data/visits/<visit>", "/field/visits/<visit>/answers", "/field/data/places/<place>",
                 "/field/urgent/<call>"),
    "du1": ("/photos/<photo>/display", "/desk/hazards/<hazard>", "/desk/places/<place>", "/papers/<paper>.pdf",
            "/desk/urgent/<call>"),
    "jiedao1": ("/photos/<photo>/display", "/inbox/<hazard>", "/papers/<paper>.pdf"),
}  # fmt: skip


def _opened(client_of: Clients, rows: Rows) -> list[str]:
    """What of the foreign street can be read by people of this one; nothing."""
    return [
        f"{login} {rule}"
        for login, rules in READ_BY.items()
        for client in [client_of(login)]
        for rule in rules
        if client.get(rows.address(rule)).status_code != 404
    ]


@pytest.mark.parametrize(("kind", "field"), CASES)
def test_a_foreign_id_in_an_operation_opens_links_and_changes_nothing(
    kind: str, field: str, own: Rows, foreign: Rows, client_of: Clients
) -> None:  # fmt: skip
    db.session.commit()
    client, before = client_of("daibiao1"), _state(foreign)
    assert _opened(client_of, foreign) == []
    payload = KINDS[kind][0](own.names)
    assert _send(client, operation(kind, payload, 1)) == ["applied"] or kind == "premises.register", (
        "with ids of one's own it goes"
    )
    named = payload | {field: _foreign_value(field, foreign)}
    if kind == "visit.start" and field != "visit":
        named["visit"] = str(uuid4())
    _send(client, operation(kind, named, 2, v=2 if field == "version" else 1))
    # Whatever was kept of it, handing in and late answers make nothing of it either.
    visit = named.get("visit")
    if visit:
        _send(
            client,
            operation(
                "visit.answer", {"visit": visit, "item": "F-EXIT-03", "value": "fail", "no_photo_reason": "x"}, 3
            ),
        )
        _send(client, operation("visit.submit", {"visit": visit}, 4))
    assert _state(foreign) == before
    assert _opened(client_of, foreign) == []


# --- forms ------------------------------------------------------------------------------------------------------------

PLAIN = {"text", "area", "date", "day", "days", "photos"}  # no list is offered: words, days, files
TYPED_NAMES = {("correct", "premises")}  # something of the district is named in words
# What no list may take: of another street, of another kind, or made up.
NOT_OFFERED: dict[str, Callable[[Rows], str]] = {
    "handler": lambda rows: rows.names["account"],
    "organisation": lambda rows: rows.names["account"],
    "verifier": _person,
    "sibling": lambda rows: rows.names["hazard"],
    "awaited": lambda rows: rows.names["photo"],
    "photo": lambda rows: rows.names["photo"],
    "paper": lambda rows: rows.names["paper"],
    "item": lambda rows: "F-NO-SUCH",
    "authority": lambda rows: rows.names["account"],
    "lister": lambda rows: rows.names["account"],
    "lifter": lambda rows: rows.names["account"],
    "officer": _person,
    "live_order": lambda rows: rows.names["paper"],
    "lower": lambda rows: "major",
    "asked_of_office": lambda rows: "nothing",
    "own_asked": lambda rows: "nothing",
    "party_asked": lambda rows: "nothing",
    "return_to": lambda rows: "closed",
    "yesno": lambda rows: "perhaps",
    "way": lambda rows: "look_back",
}


def _forms() -> list[tuple[str, OfferedForm]]:
    return [(str(step), form) for step, form in FORMS.items()] + [(slug, one.form) for slug, one in ON_BEHALF.items()]


def _selects() -> list[tuple[str, Ask]]:
    return [(slug, ask) for slug, form in _forms() for ask in form.asks if ask.kind in CHOICES]


def test_every_ask_is_plain_or_has_a_case() -> None:
    assert set(NOT_OFFERED) == set(CHOICES)
    assert {ask.kind for _, form in _forms() for ask in form.asks} <= PLAIN | set(CHOICES)


def test_a_form_takes_no_foreign_id(own: Rows, foreign: Rows, client_of: Clients) -> None:
    db.session.commit()
    desk, hazard = client_of("du1"), own.names["hazard"]
    before, mine = _state(foreign), _state(own)
    version = db.session.get_one(Hazard, UUID(hazard)).version
    wrong = []
    for slug, ask in _selects():
        data = {"version": version, ask.name: NOT_OFFERED[ask.kind](foreign)}
        answer = desk.post(f"/desk/hazards/{hazard}/steps/{slug}", data=data)
        if answer.status_code == 403 and slug in ON_BEHALF:
            continue  # nothing of the party's is asked, so there is nothing to take back
        if answer.status_code != 422 or f"请从名单里选：{ask.label}" not in answer.text:
            wrong.append(f"{slug} {ask.name}: {answer.status_code}")
    for slug, name in TYPED_NAMES:
        answer = desk.post(
            f"/desk/hazards/{hazard}/steps/{slug}", data={"version": version, name: "北桥面馆", "reason": "x"}
        )
        if answer.status_code != 422:
            wrong.append(f"{slug} {name}: {answer.status_code}")
    assert wrong == []
    assert (_state(foreign), _state(own)) == (before, mine)
    assert _opened(client_of, foreign) == []


REGISTERED = {"title": "楼梯间停电动车充电", "field": "fire", "source": "telephone"}
# Ids that other forms post: (module, field) → the address, what else is typed, the foreign value, and how it is refused.
POSTED: dict[tuple[str, str], tuple[str, Payload, Callable[[Rows], str], set[int]]] = {
    ("desk/assignments", "premises_id"): ("/desk/assignments", {}, lambda rows: rows.names["place"], {404, 422}),
    ("desk/assignments", "person_id"): ("/desk/assignments", {"premises_id": "<place>"}, _person, {422}),
    ("desk/calls", "premises_id"): ("/desk/urgent/<call>/end", {}, lambda rows: rows.names["place"], {404}),
    ("desk/places", "area_id"): (
        "/desk/places/new", {"name": "新店", "address": "1号", "kind": "small_shop"}, lambda rows: rows.names["area"], {422},
    ),
    ("desk/places", "same_as"): (
        "/desk/places/<place>/party", {"role": "operator", "name": "王福来"}, lambda rows: rows.names["party"], {422},
    ),
    ("desk/merging", "other"): (
        "/desk/places/<place>/merge", {"keep": "<place>", "reason": "x"}, lambda rows: rows.names["place"], {404},
    ),
    ("desk/registering", "area_id"): (
        "/desk/hazards/new", REGISTERED | {"name": "新店", "address": "1号", "kind": "small_shop"}, lambda rows: rows.names["area"], {422},
    ),
    ("desk/registering", "premises_id"): ("/desk/hazards/new", REGISTERED, lambda rows: rows.names["place"], {422}),
    ("desk/registering", "same_as"): ("/desk/hazards/new", REGISTERED, lambda rows: rows.names["place"], {422}),
    ("hazard/paperwork", "service"): ("/papers/<paper>/service/correct", {"reason": "x"}, lambda rows: rows.names["call"], {404, 422}),
    ("hazard/paperwork", "hazard"): ("/papers/<paper>/void", {"reason": ""}, lambda rows: rows.names["hazard"], {404, 422}),
    ("slips/binding", "visit"): ("/slips/bind", {"slip_number": "2"}, lambda rows: rows.names["visit"], {422}),
    ("slips/desk", "given_to"): ("/slips/pads", {"count": "1"}, _person, {422}),
    ("scans/tray", "visit"): ("/scans/<scan>/bind", {}, lambda rows: rows.names["visit"], {422}),
}  # fmt: skip
# Hidden inputs that name nothing of the district, or that stand in the two tables above.
HIDDEN = {
    "code",  # of the paper that the page shows: tests/web/test_portal.py
    "csrf_token",
    "do",  # a verb of 今日, by its key
    "goes_on",
    "kind",
    "on",
    "once",
    "only",
    "pick",  # what was ticked, once more: tests/web/test_exports.py
    "replaces",  # a choice of the form, `live_order` above
    "{{ name }}",  # what a second person was shown: tests/web/test_confirming.py
    "result",
    "tab",
    "token",  # of whoever holds a paper: of no other paper, tests/web/test_answering.py
    "version",
    "way",
    "what",  # which of the two forms of the map an administrator sent
    "where",
    "who",
    "hazard",
    "premises_id",
    "service",
    "other",
    "place",  # narrows the list of papers to one's own
}


def test_every_id_that_is_posted_has_a_case() -> None:
    hidden = {
        name
        for path in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r'<input type="hidden" name="([^"]+)"', path.read_text())
    }
    assert hidden <= HIDDEN
    read: set[tuple[str, str]] = set()
    for path in sorted(WEB.rglob("*.py")):
        module = str(path.relative_to(WEB).with_suffix(""))
        if module.startswith(("admin/", "hazard/steps/")):
            continue  # an administrator keeps the whole district; steps are above
        for call in _calls(path, {"posted_id", "ident", "maybe_ident"}):
            constant = next((arg for arg in call.args[:1] if isinstance(arg, ast.Constant)), None)
            if constant is not None:
                read.add((module, str(constant.value)))
        ways = (r'maybe_id\(request\.form\.get\("(\w+)"', r'maybe_id\(posted\("(\w+)"', r'\.of\(posted_id, "(\w+)"')
        read |= {(module, name) for way in ways for name in re.findall(way, path.read_text())}
    read.discard(("hazard/waiting", "handler"))  # narrows a pile to what one office has; the pile is one's own
    read.discard(("pressed", "once"))  # a key of one's own presses opens nothing: tests/web/test_twice_is_once.py
    elsewhere = {
        ("hazard/paperwork", "hazard"),
        ("desk/registering", "premises_id"),
        ("desk/registering", "same_as"),
        ("desk/places", "same_as"),
    }
    assert read | elsewhere == set(POSTED)


@pytest.mark.parametrize("case", list(POSTED), ids=lambda case: "-".join(case))
def test_a_foreign_id_that_is_posted_opens_links_and_changes_nothing(
    case: tuple[str, str], own: Rows, foreign: Rows, district: District, client_of: Clients
) -> None:  # fmt: skip
    db.session.commit()
    address, typed, value, statuses = POSTED[case]
    before = _state(foreign)
    data = {name: own.address(str(one)) for name, one in typed.items()} | {case[1]: value(foreign)}
    answer = client_of("du1").post(own.address(address), data=data)
    assert answer.status_code in statuses
    assert "北桥面馆" not in answer.text
    assert _state(foreign) == before
    assert _opened(client_of, foreign) == []
    assert db.session.scalar(select(func.count()).select_from(PhotoMark)) == 0
    assert db.session.scalar(select(Area.name).where(Area.id == UUID(foreign.names["area"]))) == "北桥街道"


# --- whoever holds a paper --------------------------------------------------------------------------------------------


def _behind_the_code(app: Flask, mark: str) -> list[tuple[str, str]]:
    """Every address under that of a paper, with each of its methods."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/z/<mark>/"):
            address = (
                rule.rule.replace("<mark>", mark).replace("<int:line>", "1").replace("<uuid:photo_id>", str(uuid4()))
            )
            found += [(method, address) for method in sorted((rule.methods or set()) - {"OPTIONS"})]
    return found


def test_the_code_of_one_paper_opens_no_other_and_nothing_inside(app: Flask, own: Rows, foreign: Rows) -> None:
    mine, theirs = (db.session.get_one(Paper, UUID(rows.names["paper"])) for rows in (own, foreign))
    marks = mine.mark, theirs.mark
    code = mine.code
    db.session.commit()
    holder, before = app.test_client(), (_state(own), _state(foreign))
    holder.get(f"/z/{marks[0]}")
    assert holder.post(f"/z/{marks[0]}", data={"code": code}).status_code == 303
    cookie = holder.get_cookie("holder", path=f"/z/{marks[0]}")
    assert cookie is not None
    holder.set_cookie("holder", cookie.value, path="/")
    opened = []
    for method, address in _behind_the_code(app, marks[1]):
        answer = holder.open(
            address,
            method=method,
            headers={"Tus-Resumable": "1.0.0"},
            data={"reason": "x"} if method == "POST" else None,
        )
        if answer.status_code not in (303, 401) or "北桥面馆" in answer.text:
            opened.append(f"{method} {address}: {answer.status_code}")
    assert opened == []
    assert "北桥面馆" not in holder.get(f"/z/{marks[1]}").text
    for rules in READ_BY.values():
        for rule in rules:
            for rows in (own, foreign):
                assert holder.get(rows.address(rule)).status_code in (302, 401), rule
    assert (_state(own), _state(foreign)) == before
