"""Questions about photos as the worker finds them and the desk answers them, on both databases."""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from inspect_app.casework import photo_flags
from inspect_app.demo.pictures import picture
from inspect_app.evidence import actions as evidence
from inspect_app.evidence.marks import Marking
from inspect_app.evidence.models import Photo, PhotoCopy
from inspect_app.evidence.rules import said_of
from inspect_app.hazards import flags, records
from inspect_app.hazards.actions import mending
from inspect_app.hazards.locking import lock
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.photos import HazardPhoto, PhotoFlag
from inspect_app.jobs import sweeps
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere, Refused
from inspect_app.kernel.ids import new_id
from inspect_app.premises.models import Premises
from tests.conftest import ROOT
from tests.originals import Town
from tests.support import District, accepted, found, handed_over, piles, rows_in

ClientOf = Callable[[str], FlaskClient]
ITEMS = ("F-EXIT-01", "F-EXIT-02", "F-EXIT-03")


def _shrunk(data: bytes) -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.open(io.BytesIO(data)).resize((480, 360)).save(out, "JPEG", quality=60)
    return out.getvalue()


def _data(number: int, *, wrong: bool = True) -> bytes:
    return picture("exit", wrong=wrong, variant=number, room=number)


def _photo(app: Flask, district: District, data: bytes, login: str = "jiedao1", **meta: Any) -> UUID:
    row = evidence.receive_photo(
        app.extensions["storage"], data, photo_id=new_id(), account_id=district.cast.accounts[login],
        said=said_of({"captured_at": clock.now().isoformat(), "source": "camera"} | meta),
    )  # fmt: skip
    return row.id


def _found(district: District, *photos: UUID, place: int = 0, item: str = ITEMS[0]) -> Hazard:
    return found(
        district, place=place, item=item, photo_ids=photos, senders=dict.fromkeys(photos, (district.cast.accounts["jiedao1"],)),
        details={"wordings": ["门上了锁"], "advice": ["打开"], "basis": [], "days": 7},
    )  # fmt: skip


def _mended(district: District, hazard: Hazard, *photos: UUID) -> Hazard:
    accepted(district, handed_over(district, hazard))
    mending.submit(lock(hazard.id), district.actor("jiedao1"), photo_ids=photos, words="改好了")
    return hazard


def _sweep() -> None:
    db.session.commit()
    sweeps.make_photo_copies()
    sweeps.judge_photos()


def _flags(hazard: Hazard | None = None) -> list[str]:
    rows = select(PhotoFlag.kind).order_by(PhotoFlag.kind)
    return list(db.session.scalars(rows.where(PhotoFlag.hazard_id == hazard.id) if hazard else rows))


def test_honest_photos_raise_no_question_and_are_judged_once(app: Flask, district: District) -> None:
    hazard = _found(district, _photo(app, district, _data(1)))
    _mended(district, hazard, _photo(app, district, _data(1, wrong=False)))
    _sweep()
    assert _flags() == []
    assert db.session.scalars(select(HazardPhoto.judged_at)).all().count(None) == 0
    assert photo_flags.judge_waiting(300) == 0


@pytest.mark.parametrize(
    ("change", "kind"), [(lambda data: data, "same_picture"), (_shrunk, "alike")], ids=["bytes", "picture"]
)
def test_a_picture_of_another_shop_is_found_and_only_once(
    change: Callable[[bytes], bytes], kind: str, app: Flask, district: District
) -> None:
    first = _found(district, _photo(app, district, _data(1)))
    second = _found(district, _photo(app, district, change(_data(1))), place=1)
    _sweep()
    assert (_flags(first), _flags(second)) == ([], [kind])
    row = db.session.scalars(select(PhotoFlag)).one()
    assert row.other_hazard_id == first.id
    db.session.execute(sa.update(HazardPhoto).values(judged_at=None))
    _sweep()
    assert rows_in(PhotoFlag) == 1, "a second run adds nothing"


def test_what_the_phone_says_of_the_original_counts_as_well(app: Flask, district: District) -> None:
    original = {"original_sha256": "a" * 64}
    _found(district, _photo(app, district, _data(1), **original))
    other = _found(district, _photo(app, district, _data(2), **original), place=1)
    _sweep()
    assert _flags(other) == ["same_picture"]


@pytest.mark.parametrize(("change", "kind"), [(lambda data: data, "same_picture"), (_shrunk, "alike")])
def test_an_after_photo_that_shows_the_before_photo(
    change: Callable[[bytes], bytes], kind: str, app: Flask, district: District
) -> None:
    hazard, after = _found(district, _photo(app, district, _data(1))), new_id()
    _mended(district, hazard, after)  # named before it comes: one that is here already is refused as it stands
    evidence.receive_photo(
        app.extensions["storage"], change(_data(1)), photo_id=after, account_id=district.cast.accounts["jiedao1"],
        said=said_of({"captured_at": clock.now().isoformat()}),
    )  # fmt: skip
    _sweep()
    assert _flags() == [kind]
    assert db.session.scalars(select(PhotoFlag.photo_id)).one() == after


def test_two_photos_of_one_finding_may_be_alike(app: Flask, district: District) -> None:
    _found(district, _photo(app, district, _data(1)), _photo(app, district, _shrunk(_data(1))))
    _sweep()
    assert _flags() == []


def test_black_pictures_are_not_all_one(app: Flask, district: District) -> None:
    from PIL import Image

    for place in (0, 1):
        out = io.BytesIO()
        Image.new("RGB", (640 + place, 480), (place, place, place)).save(out, "JPEG")
        _found(district, _photo(app, district, out.getvalue()), place=place)
    _sweep()
    assert _flags() == []
    assert set(db.session.scalars(select(Photo.fingerprint))) == {""}


def test_a_photo_that_comes_before_its_link_or_after_it_is_judged_all_the_same(app: Flask, district: District) -> None:
    shot, late = _photo(app, district, _data(1)), new_id()
    _sweep()
    hazard = _found(district, shot)
    other = _found(district, late, place=1)
    _sweep()
    assert _flags() == []
    evidence.receive_photo(
        app.extensions["storage"], _data(1), photo_id=late, account_id=district.cast.accounts["jiedao1"]
    )
    _sweep()
    assert (_flags(hazard), _flags(other)) == ([], ["same_picture"])


def test_an_older_photo_gets_its_fingerprint_later_and_then_questions_the_newer(app: Flask, district: District) -> None:
    old = _photo(app, district, _data(1))
    _found(district, old)
    _sweep()
    db.session.execute(sa.update(Photo).values(fingerprint=None, band_1=None, band_2=None, band_3=None, band_4=None))
    db.session.execute(sa.update(HazardPhoto).values(judged_at=None))
    newer = _found(district, _photo(app, district, _shrunk(_data(1))), place=1)
    _sweep()
    assert _flags() == []
    copies = rows_in(PhotoCopy)
    assert (sweeps.recognise_photos(), sweeps.recognise_photos()) == (1, 0)
    assert rows_in(PhotoCopy) == copies
    _sweep()
    assert _flags(newer) == ["alike"]


def test_a_photo_taken_before_the_finding(app: Flask, district: District) -> None:
    hazard = _found(district, _photo(app, district, _data(1)))
    taken = (clock.now() - timedelta(days=3)).isoformat()
    _mended(district, hazard, _photo(app, district, _data(1, wrong=False), captured_at=taken, source="album"))
    _sweep()
    assert _flags() == ["older_than_paper"]


@pytest.mark.parametrize(("north", "crs", "metres"), [(0.0081, "WGS84", 901), (0.0081, "GCJ02", 834), (0.001, "WGS84", None)])  # fmt: skip
def test_a_photo_taken_far_from_the_place(
    north: float, crs: str, metres: int | None, app: Flask, district: District
) -> None:
    place = db.session.get_one(Premises, district.places[0])
    place.lon, place.lat, place.crs, place.accuracy_m = 118.78, 32.04, crs, 10
    _found(district, _photo(app, district, _data(1), position={"lon": 118.78, "lat": 32.04 + north, "accuracy_m": 20}))
    _sweep()
    assert _flags() == (["far_from_place"] if metres else [])
    if metres:
        assert db.session.scalars(select(PhotoFlag.details)).one() == {"metres": metres, "error": 30}


def test_the_desk_reads_what_the_taker_answered_about_where_it_was_taken(
    app: Flask, district: District, client_of: ClientOf
) -> None:
    place = db.session.get_one(Premises, district.places[0])
    place.lon, place.lat, place.crs, place.accuracy_m = 118.78, 32.04, "WGS84", 10
    position = {"lon": 118.78, "lat": 32.0481, "accuracy_m": 20}
    photo_id, account = _photo(app, district, _data(1), position=position), district.cast.accounts["jiedao1"]
    hazard = _found(district, photo_id)
    _sweep()
    page = client_of("du1").get(f"/desk/hazards/{hazard.id}").text
    assert "拍摄地离场所约" in page
    assert "拍的人说" not in page
    for here, words in ((False, "拍的人说不是在这家店拍的"), (True, "拍的人说是在这家店拍的")):
        evidence.mark_photo(new_id(), photo_id, Marking(marks=(), here=here), account_id=account, made_at=clock.now())
        assert words in client_of("du1").get(f"/desk/hazards/{hazard.id}").text


def test_a_photo_without_a_position_is_no_question_and_one_without_a_time_only_from_the_album(
    app: Flask, district: District
) -> None:
    camera = _found(district, _photo(app, district, _data(1), captured_at=None))
    album = _found(district, _photo(app, district, _data(2), captured_at=None, source="album"), place=1)
    ahead = (clock.now() + timedelta(hours=1)).isoformat()
    future = _found(district, _photo(app, district, _data(3), captured_at=ahead), place=2)
    _sweep()
    assert (_flags(camera), _flags(album), _flags(future)) == ([], ["no_time"], ["impossible_time"])


def _reused(app: Flask, district: District) -> tuple[Hazard, Hazard, PhotoFlag]:
    first = _found(district, _photo(app, district, _data(1)))
    second = _found(district, _photo(app, district, _data(1)), place=1)
    _mended(district, second, _photo(app, district, _data(2, wrong=False)))
    _sweep()
    return first, second, db.session.scalars(select(PhotoFlag)).one()


def test_the_desk_reads_the_question_answers_it_once_and_both_stay(
    app: Flask, district: District, client_of: ClientOf
) -> None:
    first, second, flag = _reused(app, district)
    desk, address, version = client_of("du1"), f"/desk/hazards/{second.id}", second.version
    page = desk.get(address).text
    assert f'和<a href="/desk/hazards/{first.id}">今天 王记面馆那一件</a>的照片是同一张' in page
    assert "没有发现重复使用的照片。共 1 张" in desk.get(f"/desk/hazards/{first.id}").text
    assert piles(district)["flagged"] == {second.id}
    assert "照片和另一张是同一张" in desk.get("/desk/?do=flagged").text
    assert str(second.id) in desk.get("/desk/hazards?tab=flagged").text
    assert "照片有 1 处请先核实" in page, "who verifies is told before"
    refused = desk.post(f"{address}/flags/{flag.id}", data={"words": " "})
    assert refused.status_code == 422
    assert "还差看到的情况" in refused.text
    assert desk.post(f"{address}/flags/{flag.id}", data={"words": "两家共用一个门"}).status_code == 303
    assert desk.post(f"{address}/flags/{flag.id}", data={"words": "别的话"}).status_code == 303
    assert "两家共用一个门" in desk.get(address).text
    assert "别的话" not in desk.get(address).text
    assert piles(district)["verify"] == {second.id}
    assert "请先核实" not in desk.get(address).text
    assert db.session.get_one(Hazard, second.id).version == version, "it blocks nothing and moves nothing"


def test_nobody_but_the_desk_reads_or_answers_it(app: Flask, district: District, client_of: ClientOf) -> None:
    first, second, flag = _reused(app, district)
    for login, room in (("daibiao1", "field/hazards"), ("jiedao1", "inbox")):
        page = client_of(login).get(f"/{room}/{second.id}")
        assert page.status_code == 200, login
        assert not re.search("同一张|请核实|重复使用|看过了", page.text), login
        answer = client_of(login).post(f"/desk/hazards/{second.id}/flags/{flag.id}", data={"words": "好"})
        assert answer.status_code == 403
    with pytest.raises(NotThere):
        flags.look_at(lock(first.id), flag.id, district.actor("du1"), words="不是这一件的")
    with pytest.raises(Refused):
        flags.look_at(lock(second.id), flag.id, district.actor("du1"), words="")


def test_what_lies_in_another_area_is_neither_named_nor_listed(
    app: Flask, district: District, client_of: ClientOf
) -> None:
    from dataclasses import replace

    _, second, _ = _reused(app, district)
    scope = district.scope("du1")
    here = replace(scope, whole_district=False, area_ids=frozenset({second.area_id}))
    there = replace(scope, whole_district=False, area_ids=frozenset({district.cast.communities[2]}))
    other = flags.of_hazard(here, second, records.photos_of(second)).questions[0].other
    assert other is not None
    assert (other.hazard_id, other.premises_name, other.at) == (None, "", None)
    from inspect_app.hazards import queries, worklist

    here_now = worklist.counted(here, worklist.desk_piles(here, clock.today()))
    assert {key: number for key, number in here_now.items() if number} == {"verify": 1, "flagged": 1}
    assert not any(worklist.counted(there, worklist.desk_piles(there, clock.today())).values())
    with pytest.raises(NotThere):
        queries.load(there, second.id)


@pytest.mark.slow
def test_the_migration_goes_down_and_up_again_with_photos_in_it(own_town: Town) -> None:
    from flask_migrate import downgrade, upgrade

    district = own_town.district
    _found(district, _photo(own_town.app, district, _data(1)))
    _sweep()
    db.session.remove()
    downgrade(directory=str(ROOT / "migrations"), revision="0005")
    names = {column["name"] for column in sa.inspect(db.engine).get_columns("photo")}
    assert "fingerprint" not in names
    upgrade(directory=str(ROOT / "migrations"))
    assert db.session.scalars(select(Photo.fingerprint)).all() == [None]
    assert sweeps.recognise_photos() == 1
    assert sweeps.judge_photos() == 1


def test_what_waits_for_something_else_first_says_so_in_its_row(
    app: Flask, district: District, client_of: ClientOf
) -> None:
    _found(district, _photo(app, district, _data(1)))
    second = _found(district, _photo(app, district, _data(1)), place=1)
    _sweep()
    assert second.id in piles(district)["assign"]
    assert client_of("du1").get("/desk/").text.count("照片请核实") == 1
