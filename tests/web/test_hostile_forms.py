# ruff: noqa: F401, F811
"""Every address, every parameter and every field of every form with what nobody would type: 200, 3xx or 4xx, never a fault.
Made from the routes, from what the source reads out of addresses, and from the forms that the pages show."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import count
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient

from inspect_app.kernel.database import db
from inspect_app.kernel.limits import LIMITS
from inspect_app.serving import web
from inspect_app.web.hazard.steps import FORMS
from tests.conftest import ROOT
from tests.support import District
from tests.web.test_access import LOGINS, TABLE, Rows, own  # a fixture: rows of one's own street

Clients = Callable[[str], FlaskClient]
# As they stand in an address or a body: NUL, half an emoji, bytes that are no text, numbers no column holds.
ODD = (
    "%00", "a%00b", "%ED%A0%BD", "%FF%FE", quote("9" * 400), quote(str(2**63)), quote(str(2**70)), "-1", "1e400", "NaN", "%25",
    quote("长" * 5000), "9999-12-31", "0001-01-01", "2026-02-30", quote("１２"), "00000000-0000-0000-0000-000000000000",
    quote("'\"<>\\/_%"), quote("=?UTF-8?"), "%E2%80%AE",
)  # fmt: skip
READS = re.compile(r'(?:args\.get|searched|_number)\("([a-z_]+)"|narrowed\(([^)]*)\)')


LONGEST = web.limit_request_line - len("GET  HTTP/1.1")  # what is longer the web refuses by itself
ROLES = "CDHM"  # the others open the same pages


def _opens(rule: str) -> str:
    """Who of them opens a page in this test: one is enough."""
    return next((role for role in ROLES if role in TABLE["GET", rule][0]), "")


def _asking(names: list[str], odd: str) -> str:
    """All of them with the same value, or as many whole signs of it as come through the door."""
    room = (LONGEST // len(names) - 30) // 9 * 9  # beside each name and the path; a sign is at most nine characters
    return "&".join(f"{name}={odd[:room]}" for name in names)


def _parameters() -> set[str]:
    """What views read out of an address."""
    found = {"who", "where", "tab"}
    for path in (ROOT / "inspect_app" / "web").rglob("*.py"):
        for one, many in READS.findall(path.read_text()):
            found |= {one} if one else set(re.findall(r'"([a-z_]+)"', many))
    return found


class Forms(HTMLParser):
    """The forms of a page: where each is sent and what stands in its fields."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.inside: Form | None = None
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = Form(said.get("action", ""), said.get("method", "get").lower())
            self.found.append(self.inside)
        elif self.inside is not None and (name := said.get("name")) and name != "csrf_token":
            self.inside.fields.setdefault(name, said.get("value", ""))
            self.select = name if tag == "select" else ""
        elif tag == "option" and self.inside is not None and self.select and said.get("value"):
            self.inside.fields[self.select] = self.inside.fields[self.select] or said["value"]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = None


@dataclass
class Form:
    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


def _forms(client: FlaskClient, role: str, rows: Rows) -> Iterator[Form]:
    for method, rule in TABLE:
        if method != "GET" or _opens(rule) != role:
            continue
        answer = client.get(rows.address(rule))
        if answer.mimetype == "text/html":
            parser = Forms()
            parser.feed(answer.text)
            yield from (form for form in parser.found if form.method == "post" and form.action)


def _body(fields: dict[str, str], odd: dict[str, str]) -> str:
    """Fields as a browser sends them, some of them already written as bytes."""
    return "&".join(f"{quote(name)}={odd[name] if name in odd else quote(value)}" for name, value in fields.items())


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_every_parameter_and_path_of_every_page(role: str, app: Flask, own: Rows, client_of: Clients) -> None:
    db.session.commit()
    client, names, wrong, turn = client_of(LOGINS[role]), sorted(_parameters()), [], count()
    for rule in sorted(rule for method, rule in TABLE if method == "GET" and _opens(rule) == role):
        # Each page meets some of them, each of them many pages; every one stands in `q` of every list.
        for odd in ODD if rule in LISTS else [ODD[next(turn) % len(ODD)] for _ in range(3)]:
            for asked in (names, ["q"]):
                address = f"{own.address(rule)}?{_asking(asked, odd)}"
                if (status := client.get(address).status_code) >= 500:
                    wrong.append(f"{status} {address[:200]}")
        for odd in (ODD[0], ODD[2], ODD[3], ODD[4], ODD[11]):
            if "<" in rule and (status := client.get(re.sub("<[a-z_]+>", odd, rule)).status_code) >= 500:
                wrong.append(f"{status} {rule} {odd[:40]}")
    assert wrong == []


LISTS = {
    rule for _, rule in TABLE if rule in ("/desk/hazards", "/desk/places", "/inbox/all", "/admin/accounts", "/library/")
}


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_every_field_of_every_form(role: str, app: Flask, own: Rows, client_of: Clients) -> None:
    db.session.commit()
    client, seen, wrong, turn = client_of(LOGINS[role]), set(), [], count()
    for form in list(_forms(client, role, own)):
        shape = (re.sub("[0-9a-f-]{36}", "<id>", form.action), *sorted(form.fields))
        if shape in seen:
            continue
        seen.add(shape)
        tries = [dict.fromkeys(form.fields, ODD[next(turn) % len(ODD)]) for _ in range(2)]
        tries += [{name: ODD[next(turn) % len(ODD)]} for name in form.fields]
        for odd in tries:
            answer = client.post(
                form.action, data=_body(form.fields, odd), content_type="application/x-www-form-urlencoded"
            )  # fmt: skip
            if answer.status_code >= 500:
                wrong.append(f"{answer.status_code} {form.action} {str(odd)[:120]}")
    assert seen
    assert wrong == []


@pytest.mark.parametrize("name", ["login", "password", "code"])
def test_doors_that_are_open_to_anybody(app: Flask, own: Rows, name: str) -> None:
    db.session.commit()
    for odd in ODD:
        assert app.test_client().get(f"/static/{odd}").status_code < 500, odd
        for address in ("/sign-in", "/second-factor", f"/z/{odd}"):
            fields = {"login": "du1", "password": "x", "code": "1"}
            answer = app.test_client().post(
                address, data=_body(fields, {name: odd}), content_type="application/x-www-form-urlencoded"
            )
            assert answer.status_code < 500, (address, odd)
            assert app.test_client().get(f"{address}?next={odd}&q={odd}").status_code < 500, (address, odd)


@pytest.mark.parametrize("odd", ["%00", "a%00", "%ED%A0%BD"])
def test_what_no_database_keeps_is_said_so_kindly(client_of: Clients, odd: str) -> None:
    answer = client_of("du1").get(f"/desk/places?q={odd}")
    assert answer.status_code == (400 if "%00" in odd else 200)
    if "%00" in odd:
        assert "存不下的符号" in answer.text


def test_a_name_with_nul_is_refused_and_what_was_typed_stays(client_of: Clients) -> None:
    typed = {"name": "新店\x00", "kind": "small_shop", "address": "街1号"}
    answer = client_of("du1").post("/desk/places/new", data=typed, headers={"HX-Request": "true"})
    assert answer.status_code == 400
    assert "存不下的符号" in answer.text


@pytest.mark.parametrize(
    ("login", "address", "name", "limit"),
    [("du1", "/desk/places/new", "name", "place"), ("du1", "/desk/places/new", "address", "address"),
     ("guanli1", "/admin/stations", "name", "station")],
)  # fmt: skip
def test_a_field_takes_what_it_says_and_refuses_more_in_words(
    client_of: Clients, district: District, login: str, address: str, name: str, limit: str
) -> None:
    client, most, area = client_of(login), LIMITS[limit], str(district.cast.street)
    assert re.search(rf'name="{name}"[^>]*maxlength="{most}"', client.get(address).text)
    kind = "small_shop" if limit != "station" else "家站"
    typed = {"name": "新的", "address": "街1号", "kind": kind, "area_id": area}
    answer = client.post(address, data=typed | {name: "长" * (most + 1)})
    assert answer.status_code == 422
    assert f"最多写 {most} 个字，现在有 {most + 1} 个" in answer.text
    assert "长" * (most + 1) in answer.text


def test_the_words_of_steps_stand_under_a_limit_too() -> None:
    assert {ask.most for form in FORMS.values() for ask in form.asks if ask.kind == "area"} == {LIMITS["words"]}
