"""When a photo was taken: by the server's clock where its phone's clocks came with it, else a claim, judged as one."""

import json
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from inspect_app.casework.dossier.dossier import Dossier
from inspect_app.casework.papers import parts
from inspect_app.evidence import copying
from inspect_app.evidence.models import Photo
from inspect_app.evidence.picture_child import Exif, _lines
from inspect_app.hazards.actions.steps import add_photos
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.hashing import sha256_hex
from inspect_app.kernel.ids import new_id
from inspect_app.kernel.spoken_dates import datetime_full
from tests import operations
from tests.support import District, found

ClientOf = Callable[[str], FlaskClient]
MINUTE = timedelta(minutes=1)
MONO, PAGE = 5_000_000, 1_000_000


def _send(
    client: FlaskClient, taken: datetime | str, *, shows: datetime | None = None, source: str = "camera"
) -> Photo:
    """A photo sent whole; `shows` is what the phone's clock shows as it is announced, five minutes after it was taken."""
    picture, photo_id = BytesIO(), new_id()
    Image.effect_noise((64, 48), 60).convert("RGB").save(picture, "JPEG")
    data = picture.getvalue()
    said = {
        "photo": str(photo_id), "sha256": sha256_hex(data), "source": source,
        "captured_at": taken if isinstance(taken, str) else taken.isoformat(),
        "times": json.dumps({"mono_ms": MONO - 5 * 60_000, "page_opened_ms": PAGE}),
    }  # fmt: skip
    if shows is not None:
        said["clocks"] = json.dumps({"sent_at": shows.isoformat(), "mono_ms": MONO, "page_opened_ms": PAGE})
    headers = {
        "Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream", "Upload-Length": str(len(data)),
        "Upload-Metadata": ",".join(f"{name} {b64encode(value.encode()).decode()}" for name, value in said.items()),
    }  # fmt: skip
    assert client.post("/intake/uploads", data=data, headers=headers).status_code == 201
    return db.session.get_one(Photo, photo_id)


def _caption(district: District, photo: Photo) -> str:
    hazard = found(district)
    add_photos(hazard, {photo.id: (photo.account_id,)}, "before")
    return str(parts.photos_of(hazard, "before")[0]["caption"])


@pytest.mark.parametrize("ahead", [timedelta(days=-3), timedelta(days=400), timedelta(days=365 * 900)])
def test_the_clocks_of_the_phone_say_when_it_was_taken(
    district: District, client_of: ClientOf, ahead: timedelta
) -> None:
    shows = clock.now() + ahead
    photo = _send(client_of("daibiao1"), shows - 5 * MINUTE, shows=shows)
    assert photo.captured_at is not None
    assert abs(clock.now() - 5 * MINUTE - photo.captured_at) < MINUTE
    assert photo.times is not None
    assert (photo.times["captured_at"], photo.times["estimate"]["how"]) == (
        (shows - 5 * MINUTE).isoformat(),
        "clocks agree",
    )
    assert _caption(district, photo) == datetime_full(photo.captured_at)


def test_an_old_page_s_photo_is_a_claim_that_stands_while_it_can_be_so(district: District, client_of: ClientOf) -> None:
    client, taken = client_of("daibiao1"), clock.now() - 5 * MINUTE
    claim = _send(client, taken)
    assert (claim.captured_at, claim.times and "estimate" in claim.times) == (taken, False)
    assert _caption(district, claim) == datetime_full(taken)


@pytest.mark.parametrize("taken", ["2028-01-03T08:00:00+08:00", "9998-01-01T00:00:00Z", "0002-01-01T00:00:00Z"])
@pytest.mark.parametrize("source", ["camera", "album"])
def test_a_claim_that_cannot_be_so_is_kept_and_printed_nowhere(
    app: Flask, district: District, client_of: ClientOf, taken: str, source: str
) -> None:
    photo = _send(client_of("daibiao1"), taken, source=source)
    assert photo.captured_at == datetime.fromisoformat(taken), "the desk is asked about it"
    assert photo.known_at == photo.received_at
    hazard = found(district)
    add_photos(hazard, {photo.id: (photo.account_id,)}, "before")
    assert parts.photos_of(hazard, "before")[0]["caption"] == f"{datetime_full(photo.received_at)} 收到"
    (shot,) = Dossier(district.scope("du1"), hazard).gallery.shots
    assert (shot.taken_at, shot.time_unknown) == (photo.received_at, True)
    page = client_of("du1").get(f"/desk/hazards/{hazard.id}").text
    assert f"{clock.to_local(photo.received_at):%H:%M} 收到" in page
    assert copying.make_waiting_copies(app.extensions["storage"]) == 1


def test_a_camera_s_word_of_days_before_the_visit_is_not_printed(district: District, client_of: ClientOf) -> None:
    photo = _send(client_of("daibiao1"), clock.now() - timedelta(days=3))
    visit = str(new_id())
    app = client_of("daibiao1").application
    operations.taken(
        app,
        district,
        "daibiao1",
        [operations.start_of(district, visit), operations.answer_of(visit, "fail", 2, photos=[str(photo.id)])],
    )
    hazard = found(district)
    hazard.visit_id = UUID(visit)
    add_photos(hazard, {photo.id: (photo.account_id,)}, "before")
    assert parts.photos_of(hazard, "before")[0]["caption"] == f"{datetime_full(photo.received_at)} 收到"


def test_exif_is_the_picture_s_own_word_also_where_the_phone_s_clocks_are_known(
    district: District, client_of: ClientOf
) -> None:
    taken = datetime(2026, 3, 5, tzinfo=UTC)
    photo = _send(client_of("daibiao1"), taken, shows=clock.now() + timedelta(days=400), source="album")
    assert photo.captured_at == taken
    assert _caption(district, photo) == "2026年3月5日 08:00（照片自带）"


@pytest.mark.parametrize(
    "clocks", ["", "{", "[]", "7", '{"sent_at": "yesterday"}', '{"sent_at": 7, "mono_ms": "x"}', '{"a": 1}']
)
def test_clocks_that_cannot_be_read_leave_a_claim(district: District, client_of: ClientOf, clocks: str) -> None:
    client, photo_id, taken = client_of("daibiao1"), new_id(), clock.now() - 5 * MINUTE
    picture = BytesIO()
    Image.effect_noise((64, 48), 60).convert("RGB").save(picture, "JPEG")
    said = {"photo": str(photo_id), "sha256": sha256_hex(picture.getvalue()), "source": "camera",
            "captured_at": taken.isoformat(), "clocks": clocks}  # fmt: skip
    headers = {
        "Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream",
        "Upload-Length": str(len(picture.getvalue())),
        "Upload-Metadata": ",".join(f"{name} {b64encode(value.encode()).decode()}" for name, value in said.items()),
    }  # fmt: skip
    assert client.post("/intake/uploads", data=picture.getvalue(), headers=headers).status_code == 201
    assert db.session.get_one(Photo, photo_id).captured_at == taken


@pytest.mark.parametrize("taken", ["9999-12-31T23:30:00-05:00", "0001-01-01T00:00:00+08:00", "soon"])
def test_an_instant_outside_the_calendar_is_none(district: District, client_of: ClientOf, taken: str) -> None:
    assert _send(client_of("daibiao1"), taken, shows=clock.now()).captured_at is None


RECEIVED = datetime(2026, 11, 9, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "claimed", "exif", "printed"),
    [
        (RECEIVED - MINUTE, False, None, "拍摄 2026年11月9日 15:59"),
        (RECEIVED - MINUTE, True, None, "拍摄 2026年11月9日 15:59（照片自带）"),
        (None, False, RECEIVED - MINUTE, "拍摄 2026年11月9日 15:59（照片自带）"),
        (None, False, RECEIVED + timedelta(days=1), "拍摄时间不详，收到 2026年11月9日 16:00"),
        (None, False, datetime(1970, 1, 1, tzinfo=UTC), "拍摄时间不详，收到 2026年11月9日 16:00"),
    ],
)
def test_what_stands_under_a_copy(given: datetime | None, claimed: bool, exif: datetime | None, printed: str) -> None:
    head: dict[str, Any] = {
        "lines": [], "lon": None, "lat": None, "taken_at": given and given.isoformat(), "claimed": claimed,
        "received_at": RECEIVED.isoformat(),
    }  # fmt: skip
    assert _lines(head, Exif(exif)) == [printed]
