"""Photos as they come from phones and forms: judged by content, kept as received, shown upright and without EXIF."""

import signal
import struct
import subprocess
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from pillow_heif import register_heif_opener

from inspect_app.evidence import copying, pictures, rules
from inspect_app.evidence.models import Photo, StoredFile
from inspect_app.evidence.rules import CUT_SHORT, MOST_BYTES, TOO_HEAVY, TOO_LARGE, media_type
from inspect_app.evidence.senders import Sender
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Refused
from inspect_app.kernel.hashing import sha256_hex
from inspect_app.kernel.ids import new_id
from inspect_app.premises.models import Premises
from inspect_app.visits import actions as visits
from inspect_app.web import photos as photo_pages
from tests.support import District, rows_in

register_heif_opener()
KINDS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "HEIF": "image/heic", "AVIF": "image/avif"}
TAKEN = datetime(2026, 3, 4, 2, 11, 12, tzinfo=UTC)


def _exif() -> bytes:
    """A camera held upright: turned by 90°, taken at 10:11:12 in Nanjing."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8769)[0x9003] = "2026:03:04 10:11:12"
    exif.get_ifd(0x8825).update({1: "N", 2: (32.0, 2.0, 24.0), 3: "E", 4: (118.0, 46.0, 48.0)})
    return exif.tobytes()


def _photo(kind: str = "JPEG", size: tuple[int, int] = (800, 600), exif: bytes = b"") -> bytes:
    data = BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(data, kind, **({"exif": exif} if exif else {}))
    return data.getvalue()


def _png(width: int, height: int, pixels: bytes = b"") -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def _with_thumbnail_cut() -> bytes:
    """Cut before its scan, while the thumbnail in its EXIF ends as a JPEG should."""
    thumb = _photo(size=(40, 30))
    data = _photo()
    block = b"Exif\0\0" + thumb
    whole = data[:2] + b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block + data[2:]
    return whole[: whole.rfind(b"\xff\xda")]


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", rules.NO_PHOTO),
    "a PDF named .jpg": (lambda: b"%PDF-1.7\n%\xe2\xe3", rules.NO_PHOTO),
    "an SVG": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", rules.NO_PHOTO),
    "a GIF of nothing": (lambda: b"GIF89a" + bytes(40), CUT_SHORT),
    "a video": (lambda: b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(40), rules.NO_PHOTO),
    "a JPEG of its first bytes": (lambda: _photo()[:12], CUT_SHORT),
    "a JPEG cut before its picture, behind a whole thumbnail": (_with_thumbnail_cut, CUT_SHORT),
    "a PNG of its first bytes": (lambda: _photo("PNG")[:50], CUT_SHORT),
    "a WebP cut in two": (lambda: _photo("WEBP")[:-400], CUT_SHORT),
    "a HEIC cut in two": (lambda: _photo("HEIF")[:-400], CUT_SHORT),
    "a PNG of 1600 million pixels": (lambda: _png(40_000, 40_000), TOO_LARGE),
    "a PNG without pixels": (lambda: _png(0, 0), CUT_SHORT),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_whole_photo_is_refused_in_words(what: str) -> None:
    make, words = REFUSED[what]
    with pytest.raises(Refused) as refusal:
        media_type(make())
    assert refusal.value.message == words


@pytest.mark.parametrize("kind", KINDS)
def test_a_cut_anywhere_is_refused_and_never_a_fault(kind: str) -> None:
    """A JPEG or PNG once its picture has begun is taken: how much of it is there, the decoder sees."""
    data = _photo(kind, size=(64, 48))
    begun = {"JPEG": data.rfind(b"\xff\xda") + 14 + 16, "PNG": data.find(b"IDAT") + 4 + 16}.get(kind, len(data) - 2)
    for length in range(0, begun, 7):
        with pytest.raises(Refused, match="没有存完整"):
            media_type(data[:length])
    for length in range(begun + 1, len(data), 97) if kind in ("JPEG", "PNG") else ():
        assert media_type(data[:length]) == KINDS[kind]


def _put(client: FlaskClient, data: bytes, **headers: str) -> tuple[int, dict[str, str], str]:
    photo_id = str(new_id())
    answer = client.put(f"/intake/photos/{photo_id}", data=data, headers=headers)
    return answer.status_code, answer.get_json(), photo_id


def test_a_refused_photo_leaves_nothing_behind(
    app: Flask, district: District, client_of: Callable[[str], FlaskClient]
) -> None:
    client, before = client_of("daibiao1"), (rows_in(Photo), rows_in(StoredFile))
    for make, words in REFUSED.values():
        data = make()
        status, answer, _ = _put(client, data)
        assert (status, answer["error"]) == (422, words)
        assert app.extensions["storage"].get(sha256_hex(data)) is None
    status, answer, _ = _put(client, b"\xff\xd8\xff" + bytes(MOST_BYTES))
    assert (status, answer["error"]) == (413, TOO_HEAVY)
    status, _, _ = _put(client, _photo(), **{"X-Sha256": "0" * 64})
    assert status == 422
    assert (rows_in(Photo), rows_in(StoredFile)) == before


@pytest.mark.parametrize("kind", KINDS)
def test_bytes_are_kept_and_copies_are_upright_without_exif(
    kind: str, app: Flask, district: District, client_of: Callable[[str], FlaskClient]
) -> None:
    client, data = client_of("daibiao1"), _photo(kind, exif=_exif())
    status, answer, photo_id = _put(client, data)
    assert (status, answer) == (200, {"id": photo_id, "sha256": sha256_hex(data)})
    assert copying.make_waiting_copies(app.extensions["storage"]) == 1
    row = db.session.get_one(Photo, UUID(photo_id))
    assert (row.width, row.height) == (600, 800)
    assert (row.captured_at, round(row.lon or 0, 4), round(row.lat or 0, 4)) == (TAKEN, 118.78, 32.04)
    assert (row.crs, row.accuracy_m) == ("WGS84", None)
    assert app.extensions["storage"].get(row.sha256) == data
    shown = client.get(f"/photos/{photo_id}/display")
    with Image.open(BytesIO(shown.data)) as copy:
        assert copy.format == "JPEG"
        assert copy.width < copy.height
        assert not copy.getexif()


def test_what_the_phone_says_of_time_and_place_goes_before_the_picture_s_own(
    app: Flask, district: District, client_of: Callable[[str], FlaskClient]
) -> None:
    client = client_of("daibiao1")
    said = {"X-Captured-At": "2026-03-05T08:00:00+08:00", "X-Position": "118.7,32.1,12", "X-Source": "camera"}
    _, _, photo_id = _put(client, _photo(exif=_exif()), **said)
    copying.make_waiting_copies(app.extensions["storage"])
    row = db.session.get_one(Photo, UUID(photo_id))
    assert row.captured_at == datetime(2026, 3, 5, tzinfo=UTC)
    assert (row.lon, row.lat, row.accuracy_m, row.source) == (118.7, 32.1, 12, "camera")


def test_what_hides_behind_a_photo_is_never_served(
    app: Flask, district: District, client_of: Callable[[str], FlaskClient]
) -> None:
    client = client_of("daibiao1")
    status, _, photo_id = _put(client, _photo() + b"%PDF-1.7 <script>alert(1)</script>")
    copying.make_waiting_copies(app.extensions["storage"])
    shown = client.get(f"/photos/{photo_id}/display")
    assert status == 200
    assert b"%PDF" not in shown.data
    assert shown.headers["X-Content-Type-Options"] == "nosniff"


def test_a_photo_that_cannot_be_decoded_says_so_where_it_stands(
    app: Flask, district: District, client_of: Callable[[str], FlaskClient]
) -> None:
    client = client_of("daibiao1")
    body = b"VP8 " + struct.pack("<I", 90) + b"\x10\0\0\x9d\x01\x2a" + struct.pack("<HH", 40, 30) + b"\xff" * 80
    spoilt = b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body
    status, _, photo_id = _put(client, spoilt)
    copying.make_waiting_copies(app.extensions["storage"])
    assert status == 200
    assert "照片打不开" in client.get(f"/photos/{photo_id}/display").text
    assert "一张照片打不开，请补拍" in client.get("/messages").text


def test_a_photo_that_breaks_off_is_shown_and_its_taker_is_asked_to_look(
    app: Flask, district: District, client_of: Callable[[str], FlaskClient]
) -> None:
    client, data = client_of("daibiao1"), _photo()
    status, _, photo_id = _put(client, data[: len(data) * 2 // 3])
    for _ in range(2):  # copies that are made anew are not told anew
        copying.make_waiting_copies(app.extensions["storage"])
        db.session.get_one(Photo, UUID(photo_id)).copies_at = None
        db.session.commit()
    assert status == 200
    assert client.get(f"/photos/{photo_id}/display").mimetype == "image/jpeg"
    assert client.get("/messages").text.count("照片没有存完整，下面缺约") == 1
    whole, _, photo_id = _put(client, data[:-2])
    copying.make_waiting_copies(app.extensions["storage"])
    assert whole == 200
    assert client.get("/messages").text.count("没有存完整") == 1, "the end mark alone is nothing to speak of"


def test_the_lines_under_a_copy_name_the_place_also_for_a_companion_and_a_form(
    app: Flask, district: District, client_of: Callable[[str], FlaskClient]
) -> None:
    visit_id = new_id()
    mate = (district.cast.persons["daibiao2"], "周国平")
    visits.start(
        visit_id, district.scope("daibiao1"), premises_id=district.places[0],
        companions=[mate], captured_at=clock.now(), asked_on={}, times={},
    )  # fmt: skip
    db.session.commit()
    for login, lines in (
        ("daibiao1", ["王记面馆", "柳荫街1号"]),
        ("daibiao2", ["王记面馆", "柳荫街1号"]),
        ("daibiao3", []),
    ):
        _, _, photo_id = _put(client_of(login), _photo(), **{"X-Visit": str(visit_id)})
        assert db.session.get_one(Photo, UUID(photo_id)).lines == lines
    with app.test_request_context():
        place = db.session.get_one(Premises, district.places[0])
        row = db.session.get_one(Photo, photo_pages.keep_upload(_photo(), place, Sender()))
    assert (row.lines, row.captured_at) == (["王记面馆", "柳荫街1号"], None)


def test_the_strip_under_a_copy_is_legible_on_a_phone_and_covers_nothing() -> None:
    made = pictures.make_copies(_photo(size=(1600, 1200)), pictures.Caption(("王记面馆", "柳荫街 1 号"), TAKEN))
    with Image.open(BytesIO(made.copies["display"])) as copy:
        strip = copy.height - 1200
        assert copy.width == 1600
        # Three lines; at the 358 px of a phone's column each is 18 px apart, which is letters of 13 px.
        assert strip / 3 * 358 / 1600 >= 18
        dark = copy.crop((0, 1210, 1600, copy.height)).convert("L").getextrema()
        assert dark[0] < 40
        assert dark[1] > 220


def test_a_bomb_is_stopped_by_the_child_s_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind the check of the size stands the limit of memory: 900 million pixels out of 110 kB."""
    monkeypatch.setattr(rules, "MOST_PIXELS", 10**10)
    width = height = 30_000
    pack = zlib.compressobj(9)
    row = bytes(1 + width // 8)
    pixels = b"".join(pack.compress(row * 1000) for _ in range(height // 1000)) + pack.flush()
    bomb = _png(width, height, pixels)
    assert len(bomb) < 200_000
    with pytest.raises(pictures.Undecided, match="内存"):
        pictures.make_copies(bomb, pictures.Caption())


@pytest.mark.parametrize("code", [-signal.SIGXCPU, -signal.SIGKILL, -signal.SIGSEGV, 1])
def test_a_child_that_gave_no_verdict_is_not_the_picture_s_fault(code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = subprocess.CompletedProcess([], code, b"", b"ModuleNotFoundError: No module named 'PIL'")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: ended)
    with pytest.raises(pictures.Undecided):
        pictures.make_copies(b"", pictures.Caption())


def test_a_missing_font_is_not_the_picture_s_fault(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What goes wrong once the picture is open says nothing about the picture."""
    text = pictures.CHILD.read_text().replace(
        "font = ImageFont", "raise OSError('cannot open resource')\n    font = ImageFont"
    )
    (tmp_path / "child.py").write_text(text)
    monkeypatch.setattr(pictures, "CHILD", tmp_path / "child.py")
    with pytest.raises(pictures.Undecided, match="cannot open resource"):
        pictures.make_copies(_photo(), pictures.Caption())
