"""The register as phones ask for it: who gets which places, what a mark is worth, and what it costs to be told nothing."""

import gzip
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from inspect_app.intake.epochs import begin_epoch
from inspect_app.kernel.database import db
from inspect_app.people.models import Area, RoleTerm
from inspect_app.premises.models import Premises
from inspect_app.web.field import register
from tests.statements import Counting
from tests.support import District

Clients = Callable[[str], FlaskClient]
ADDRESS = "/field/data/register"


@pytest.fixture(autouse=True)
def _nothing_packed(app: Flask) -> None:
    """What was packed in a test before is of a transaction that was rolled back, whose marks come again."""
    app.extensions.pop("registers", None)


def _read(client: FlaskClient, address: str = ADDRESS, since: str | None = None) -> dict[str, Any]:
    answer = client.get(address, query_string={} if since is None else {"since": since})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return dict(answer.get_json())


def _names(whole: dict[str, Any]) -> set[str]:
    """What the names of a whole say, letter by letter as the phone reads them."""
    from inspect_app.premises.compact import _marks

    letters, written = whole["names"]
    meant = dict(zip(map(chr, _marks()), letters, strict=False))
    return {"".join(meant[mark] for mark in name) for name in written.split(" ")}


def _elsewhere() -> Any:
    return db.session.scalars(select(Area.id).where(Area.kind == "district")).one()


def test_the_whole_comes_in_parts_that_lie_side_by_side(district: District, client_of: Clients) -> None:
    client = client_of("daibiao1")
    names, ids, more = (_read(client, f"{ADDRESS}{part}") for part in ("", "/ids", "/more"))
    assert "王记面馆" in _names(names)
    assert names["order"] == ids["order"] == more["order"]
    assert names["size"] == len(names["kinds"][1]) == len(more["lon"][1])
    assert {"names", "addresses"} & {*ids, *more} == set()


def test_it_is_packed_for_whoever_unpacks(client_of: Clients) -> None:
    client = client_of("daibiao1")
    packed, plain = (client.get(ADDRESS, headers={"Accept-Encoding": one}) for one in ("gzip", "identity"))
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(packed.data) == plain.data


def test_afterwards_only_what_changed_is_sent(district: District, client_of: Clients) -> None:
    client = client_of("daibiao1")
    since = _read(client)["cursor"]
    row = db.session.get_one(Premises, district.places[0])
    row.name, row.phone = "王记面馆二店", "02555550000"
    db.session.flush()
    told = _read(client, since=since)
    assert [one[:2] for one in told["rows"] if one[0] == str(row.id)] == [[str(row.id), "王记面馆二店"]]
    assert "02555550000" not in client.get(ADDRESS, query_string={"since": since}).text
    assert "kinds" not in told


def test_what_lies_in_another_area_by_now_is_taken_off_the_phone(district: District, client_of: Clients) -> None:
    client, row = client_of("daibiao1"), db.session.get_one(Premises, district.places[0])
    since = _read(client)["cursor"]
    row.area_id, row.name = _elsewhere(), "搬走以后的名字"
    db.session.flush()
    told = _read(client, since=since)
    assert str(row.id) in told["gone"]
    assert "搬走以后的名字" not in str(told)
    assert {"王记面馆", "搬走以后的名字"}.isdisjoint(_names(_read(client)))


def test_another_area_is_another_register(district: District, client_of: Clients) -> None:
    """A mark of the area before is worth nothing: what it did not hold would be missing, and what is no longer one's own would
    stay."""
    client = client_of("daibiao1")
    since, before = _read(client)["cursor"], _names(_read(client))
    term = db.session.get_one(RoleTerm, district.scope("daibiao1").term_id)
    term.area_id = district.cast.communities[1]
    db.session.flush()
    told = _read(client, since=since)
    assert "names" in told
    there = set(db.session.scalars(select(Premises.name).where(Premises.area_id == district.cast.communities[1])))
    assert _names(told) - {""} == there
    assert there < before


def test_a_restored_database_sends_all_anew(client_of: Clients) -> None:
    client = client_of("daibiao1")
    since = _read(client)["cursor"]
    assert "rows" in _read(client, since=since)
    begin_epoch()
    assert "names" in _read(client, since=since)


@pytest.mark.parametrize(
    "bad", ["", "x", "1.2.3.4", "…", "0", "{}.-1", "{}.1e3", "{}.٣", "{}." + "9" * 18, "{}." + "9" * 400, "{}.7;8"]
)
def test_a_mark_that_nobody_gave_is_none(client_of: Clients, bad: str) -> None:
    client = client_of("daibiao1")
    prefix = _read(client)["cursor"].rpartition(".")[0]
    assert "names" in _read(client, since=bad.format(prefix))


def test_more_than_can_be_told_one_by_one_comes_whole(
    district: District, client_of: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of("daibiao1")
    since = _read(client)["cursor"]
    monkeypatch.setattr(register, "MOST_CHANGES", 1)
    for place in district.places:
        db.session.get_one(Premises, place).name = f"改了{uuid4().hex[:4]}"
    db.session.flush()
    assert "names" in _read(client, since=since)


def test_what_it_costs_does_not_grow_with_the_street(
    district: District, client_of: Clients, counting: Counting
) -> None:
    """Epoch, mark and what has changed; the next phone of a street gets what was packed for the first."""
    first, second = client_of("daibiao1"), client_of("daibiao2")
    since = _read(first)["cursor"]
    for client, mark, most in ((first, since, 3), (second, None, 3 if db.engine.dialect.name == "sqlite" else 4)):
        with counting() as asked:
            _read(client, since=mark)
        assert len(asked) <= most, asked.said()
    row = db.session.get_one(Premises, district.places[0])
    row.name = "改了才有的名字"
    db.session.flush()
    assert "改了才有的名字" in _names(_read(second))
