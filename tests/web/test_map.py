"""The map of a selection: nothing is asked of anybody before it is switched on, then of one host; what is brought is checked."""

import json
from collections.abc import Callable
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from inspect_app.kernel.database import db
from inspect_app.maps import queries
from inspect_app.people.acts import AdministratorAct
from tests.support import District, found

Enter = Callable[[str], FlaskClient]
VIEW = "west=118&south=31&east=120&north=33&zoom=14"
OWN = {"map_source": "own", "map_system": "GCJ02", "map_credit": "某图 审图号", "agreed": "yes"}


def _pictures(client: FlaskClient, address: str) -> str:
    policy = client.get(address).headers["Content-Security-Policy"]
    return next(part.strip() for part in policy.split(";") if part.strip().startswith("img-src"))


def test_one_host_is_named_on_the_map_alone_and_only_once_it_is_switched_on(
    district: District, client_of: Enter
) -> None:
    found(district, item="F-EXIT-01")
    db.session.commit()
    desk, admin = client_of("du1"), client_of("guanli1")
    own = "img-src 'self' blob: data:"
    assert _pictures(desk, "/desk/hazards/map") == own
    address = {"map_address": "https://ditu.example.gov.cn:8443/{z}/{x}/{y}.png"}
    assert admin.post("/admin/map", data=OWN | address | {"agreed": ""}).status_code == 422
    assert queries.setting() is None
    assert admin.post("/admin/map", data=OWN | address).status_code == 303
    assert _pictures(desk, "/desk/hazards/map") == f"{own} https://ditu.example.gov.cn:8443"
    assert _pictures(desk, "/desk/hazards") == own
    acts = db.session.scalars(select(AdministratorAct.subject_kind)).all()
    assert "map_setting" in acts, "who switched it on is in the log of administrators"


@pytest.mark.parametrize(
    "address",
    [
        "http://a.example/{z}/{x}/{y}", "https://a.example; script-src *//{z}/{x}/{y}", "https://a@b.example/{z}/{x}/{y}",
        "https://{z}.example/{x}/{y}", "https://{s}.a.example/{z}/{x}/{y}", "https://a.example/{z}/{x}", "javascript:{z}{x}{y}",
        "https://*.example/{z}/{x}/{y}", "https://a.example/{z}/{x}/{y} https://b.example", "",
    ],
)  # fmt: skip
def test_an_address_that_a_policy_could_not_name_is_refused(address: str, district: District, client_of: Enter) -> None:
    answer = client_of("guanli1").post("/admin/map", data=OWN | {"map_address": address})
    assert answer.status_code == 422
    assert 'id="map_address-fault"' in answer.text
    assert queries.setting() is None


RING = [[118.7, 32.0], [118.8, 32.0], [118.8, 32.1], [118.7, 32.0]]


def _file(name: object, kind: object = "Polygon", coordinates: object = None) -> bytes:
    shape = {"type": kind, "coordinates": [RING] if coordinates is None else coordinates}
    return json.dumps(
        {"type": "FeatureCollection", "features": [{"properties": {"name": name}, "geometry": shape}]}
    ).encode()


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"{", b"[" * 5000, b"null", b'{"type": "FeatureCollection", "features": []}', b'{"a": NaN}', _file("没有的街道"), _file(None),
        _file("柳荫街道", "Point"), _file("柳荫街道", "Polygon", []), _file("柳荫街道", "Polygon", [RING[:3]]),
        _file("柳荫街道", "Polygon", [[[32.0, 118.7], *RING]]), _file("柳荫街道", "Polygon", [["x"]]), _file("柳荫街道", "MultiPolygon", {"a": 1}),
    ],
)  # fmt: skip
def test_a_file_that_is_no_outline_of_a_street_is_refused(raw: bytes, district: District, client_of: Enter) -> None:
    sent = {"system": "WGS84", "outlines": (BytesIO(raw), "a.json")}
    answer = client_of("guanli1").post("/admin/map/outlines", data=sent)
    assert answer.status_code == 422
    assert queries.outlines() is None


def test_outlines_are_fetched_once(district: District, client_of: Enter) -> None:
    sent = {"system": "WGS84", "outlines": (BytesIO(_file("柳荫街道")), "a.json")}
    assert client_of("guanli1").post("/admin/map/outlines", data=sent).status_code == 303
    desk = client_of("du1")
    first = desk.get("/desk/map/outlines.json")
    assert json.loads(first.data)["features"][0]["geometry"]["coordinates"] == [[RING]]
    assert desk.get("/desk/map/outlines.json", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_the_map_and_the_list_are_one_selection(district: District, client_of: Enter) -> None:
    hazard = found(district, item="F-EXIT-01")
    db.session.commit()
    desk = client_of("du1")
    assert f"place={hazard.premises_id}" in desk.get("/desk/hazards/map?field=fire").text
    assert "field=fire" in desk.get("/desk/hazards/map?field=fire").text
    assert desk.get(f"/desk/hazards/map/places/{hazard.premises_id}").status_code == 200
    assert desk.get(f"/desk/hazards/map/places/{hazard.premises_id}?field=gas").status_code == 404
    assert desk.get(f"/desk/hazards/map/points?{VIEW}").status_code == 200
    for view in (
        "west=1",
        "west=a&south=1&east=2&north=3&zoom=4",
        "west=nan&south=1&east=2&north=3&zoom=4",
        VIEW + "9",
    ):
        assert desk.get(f"/desk/hazards/map/points?{view}").status_code == 404
