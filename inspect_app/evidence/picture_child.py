"""Decodes a picture and makes its copies, in a process of its own with limits; knows nothing of the application.

The child reads one JSON line and the photo's bytes on stdin; it writes one JSON line and the copies on stdout.
"""

import io
import json
import logging
import resource
import statistics
import struct
import sys
import traceback
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta, timezone
from math import cos, pi
from pathlib import Path
from typing import Any

SECONDS = 30  # of work, by the child's own clock: a busy machine takes none of it away
MEMORY = 1_200 * 1024 * 1024
SIZES = {"display": (1600, 82), "print": (900, 78), "thumb": (320, 70)}
TOO_LARGE = "这张照片的尺寸太大，打不开。"
# The fingerprint: side of the grey picture, its lowest frequencies in both directions, and how far (in tones of 256) they
# must spread. Measured: black, white, gradients, noise and vignettes stay at 1.0 and below, a dim photo is above 1.8.
_GREY, _WAVES, _LEAST_SPREAD = 32, 8, 1.25
# Of a picture that breaks off: up to here nobody sees it, beyond there is nothing to see.
_LEAST_MISSING, _MOST_MISSING = 0.02, 0.9
_END_OF_JPEG = b"\xff\xd9"  # with it the decoder fills what is missing
UNREADABLE = 3  # exit code: the picture's fault, not ours
NO_ROOM = 4
# These speak against the picture, where opening it raises them.
_BAD = (ArithmeticError, EOFError, LookupError, OSError, RuntimeError, SyntaxError, TypeError, ValueError, struct.error)
_SHANGHAI = timezone(timedelta(hours=8))
_FONTS = tuple(f"/usr/share/fonts/opentype/noto/NotoSansCJK-{weight}.ttc" for weight in ("Regular", "Bold"))
_SC_FACE = 2  # face 0 of the collection is Japanese

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Copies:
    """What became of a photo: its size upright, the JPEG copies, what its EXIF tells and what it is recognised by
    (evidence/likeness.py); or why it cannot be decoded."""

    width: int
    height: int
    copies: dict[str, bytes]
    fault: str = ""
    taken_at: datetime | None = None
    lon: float | None = None
    lat: float | None = None
    fingerprint: str = ""
    flaw: str = ""  # what is wrong with a picture that is shown all the same, in words
    moves: bool = False  # the copies show its first frame


@dataclass(frozen=True)
class Exif:
    """Time and place as the camera wrote them."""

    taken_at: datetime | None = None
    lon: float | None = None
    lat: float | None = None


NOTHING: dict[str, bytes] = {}


def _opened(data: bytes, head: dict[str, Any]) -> tuple[Any, Copies]:
    """The picture upright, and what is known of it before copies are made; no picture where it is too large.

    What this raises speaks against the picture, so nothing else may be done here.
    """
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = head["most_pixels"]
    with _begun(data) as raw:
        width, height = raw.size
        if width * height > head["most_pixels"]:
            return None, Copies(0, 0, NOTHING, TOO_LARGE)
        found = _exif(raw)
        moves = raw.format in ("GIF", "PNG", "WEBP", "AVIF") and getattr(raw, "n_frames", 1) > 1
    whole, flaw = _loaded(data)
    image = _as_shown(ImageOps.exif_transpose(whole))
    if (image.width < image.height) != (width < height):
        width, height = height, width
    known = Copies(width, height, NOTHING, taken_at=found.taken_at, lon=found.lon, lat=found.lat, flaw=flaw)
    return image, replace(known, moves=moves)


def _begun(data: bytes) -> Any:
    """The picture with its header read; a JPEG will be decoded no larger than the largest copy needs."""
    from PIL import Image

    boxed = ["AVIF"] if b"avif" in data[8:64] or b"avis" in data[8:64] else ["HEIF"]
    kinds = boxed if data[4:8] == b"ftyp" else ["JPEG", "PNG", "WEBP", "GIF", "BMP"]
    raw = Image.open(io.BytesIO(data), formats=kinds)
    raw.draft("RGB", (SIZES["display"][0],) * 2)
    return raw


def _loaded(data: bytes) -> tuple[Any, str]:
    """The picture decoded. One that breaks off is shown as a phone shows it, with what is wrong in words; where hardly
    anything of it is there, this raises."""
    from PIL import ImageFile

    raw = _begun(data)
    try:
        raw.load()
    except (OSError, SyntaxError, ValueError):
        if raw.format not in ("JPEG", "MPO", "PNG"):
            raise
    else:
        return raw, ""
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    there = _begun(data if raw.format == "PNG" else data + _END_OF_JPEG)
    there.load()
    lines = _lines_there(there)
    missing = 1 - lines / there.height
    if missing > _MOST_MISSING:
        raise OSError(f"{missing:.0%} of the picture is missing")
    if missing > _LEAST_MISSING:
        return _greyed(there, lines), f"没有存完整，下面缺约 {missing:.0%}"
    coarse = there.info.get("progressive") and not _scans_begun(data)
    return there, "没有存完整，可能不清楚" if coarse else ""


def _lines_there(image: Any) -> int:
    """How many lines were decoded before the data ended: what follows is grey in a JPEG and nothing in a PNG."""
    from PIL import Image, ImageChops

    if image.format == "PNG":
        box = image.convert("RGBA" if image.has_transparency_data else "RGB").getbbox(alpha_only=False)
    else:
        box = ImageChops.difference(image, Image.new(image.mode, image.size, (128,) * len(image.getbands()))).getbbox()
    return box[3] if box else 0


def _scans_begun(data: bytes) -> bool:
    """Whether a progressive JPEG came as far as the last bit of every component: what is missing then, nobody sees."""
    components, fine, at = set(), set(), data.find(b"\xff\xda")
    while at >= 0:
        count = data[at + 4] if at + 4 < len(data) else 0
        end = at + 5 + 2 * count
        if data[at + 2 : at + 4] == (6 + 2 * count).to_bytes(2, "big") and end + 2 < len(data):
            named = {data[at_byte] for at_byte in range(at + 5, end, 2)}
            components |= named
            if not data[end + 2] & 15:
                fine |= {(name, data[end] == 0) for name in named}
        at = data.find(b"\xff\xda", at + 2)
    return fine == {(name, first) for name in components for first in (True, False)}


def _greyed(image: Any, lines: int) -> Any:
    """What a PNG lacks is grey as in a JPEG, so that nobody takes it for a black floor."""
    if image.format != "PNG":
        return image
    shown = image.convert("RGBA")
    shown.paste((128, 128, 128, 255), (0, lines, *image.size))
    shown.info = {name: value for name, value in image.info.items() if name != "transparency"}
    return shown


def _as_shown(image: Any) -> Any:
    """RGB as a phone shows it: sixteen bits in eight, transparent on white, wide colours as their profile means them."""
    from PIL import Image

    profile = image.info.get("icc_profile")
    if image.mode.startswith("I"):
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    elif image.has_transparency_data:
        clear = image.convert("RGBA")
        image = Image.new("RGB", image.size, "white")
        image.paste(clear, mask=clear.getchannel("A"))
    elif image.mode not in ("RGB", "L", "CMYK"):
        image = image.convert("RGB")
    if profile:
        from PIL import ImageCms  # few pictures have one

        try:
            meant = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            return ImageCms.profileToProfile(image, meant, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
            log.info("a colour profile that means nothing is passed over, as phones do")
    return image.convert("RGB")


def _copied(image: Any, known: Copies, head: dict[str, Any]) -> Copies:
    from PIL import Image

    lines = _lines(head, Exif(known.taken_at, known.lon, known.lat))
    lines += [*([f"照片{known.flaw}"] if known.flaw else ()), *(["会动的图片，这是第一帧"] if known.moves else ())]
    made = {}
    for kind in head["kinds"]:
        edge, quality = SIZES[kind]
        copy = image.copy()
        copy.thumbnail((edge, edge))
        if kind != "thumb":
            copy = _watermarked(copy, lines)  # type: ignore[no-untyped-call]
        out = io.BytesIO()
        copy.save(out, "JPEG", quality=quality, optimize=True)
        made[kind] = out.getvalue()
    grey = image.convert("L").resize((_GREY, _GREY), Image.Resampling.LANCZOS).tobytes()
    return replace(known, copies=made, fingerprint=fingerprint(grey))


def fingerprint(grey: bytes) -> str:
    """64 bits of a grey picture of 32 × 32: which of its 8 × 8 lowest slanting waves are stronger than the middle one.

    Re-encoding, size and brightness hardly change them. Waves that run straight across or down are left out: they hold
    light and shade, which one wall shares with the next. Empty where all waves are about equally weak.
    """
    side = range(_GREY)
    waves = [[cos(pi * (2 * x + 1) * wave / (2 * _GREY)) for x in side] for wave in range(1, _WAVES + 1)]
    rows = [[sum(wave[x] * grey[y * _GREY + x] for x in side) for wave in waves] for y in side]
    strengths = [sum(down[y] * rows[y][across] for y in side) * 2 / _GREY for down in waves for across in range(_WAVES)]
    middle = statistics.median(strengths)
    if statistics.median(abs(strength - middle) for strength in strengths) < _LEAST_SPREAD:
        return ""
    return f"{int(''.join('1' if strength > middle else '0' for strength in strengths), 2):016x}"


def _exif(image: Any) -> Exif:
    """Time and place out of EXIF; what cannot be read is left out, a strange tag never spoils the photo."""
    try:
        tags = image.getexif()
        camera, gps = tags.get_ifd(0x8769), tags.get_ifd(0x8825)
        return Exif(_taken(camera.get(0x9003), camera.get(0x9011)), *_position(gps))
    except (ArithmeticError, AttributeError, IndexError, KeyError, OSError, SyntaxError, TypeError, ValueError):
        return Exif()


def _taken(text: Any, zone: Any) -> datetime | None:
    if not isinstance(text, str):
        return None
    offset = zone.strip("\0 ") if isinstance(zone, str) else "+08:00"  # set to the time of the place
    try:
        at = datetime.strptime(f"{text.strip(chr(0) + ' ')} {offset}", "%Y:%m:%d %H:%M:%S %z")
    except ValueError:
        return None
    return at if at.year >= 2000 and at <= datetime.now(UTC) + timedelta(days=1) else None


def _position(gps: Any) -> tuple[float | None, float | None]:
    if not {1, 2, 3, 4} <= set(gps):
        return None, None
    lat, lon = (sum(float(part) / 60**power for power, part in enumerate(gps[tag])) for tag in (2, 4))
    if not (0 < lat <= 90 and 0 < lon <= 180):
        return None, None
    return (-lon if str(gps[3]).startswith("W") else lon), (-lat if str(gps[1]).startswith("S") else lat)


def _lines(head: dict[str, Any], found: Exif) -> list[str]:
    """When, where, what. A time nobody gave is said to be missing; what only the picture says is marked so."""
    given = datetime.fromisoformat(head["taken_at"]) if head["taken_at"] else None
    received = datetime.fromisoformat(head["received_at"]) if head["received_at"] else None
    # Of what the picture says itself a time after its arrival, or of a camera nobody has set, tells nothing.
    own = found.taken_at if found.taken_at and found.taken_at.year >= 2000 else None
    if own and received and own > received + timedelta(minutes=10):
        own = None
    if given and not head["claimed"]:
        when = f"拍摄 {_minute(given)}"
    elif taken := given or own:
        when = f"拍摄 {_minute(taken)}（照片自带）"
    else:
        when = "拍摄时间不详" + (f"，收到 {_minute(received)}" if received else "")
    lon, lat = (head["lon"], head["lat"]) if head["lon"] is not None else (found.lon, found.lat)
    where = (
        []
        if lon is None or lat is None
        else [
            f"{'东' if lon >= 0 else '西'}经 {abs(lon):.5f}，{'北' if lat >= 0 else '南'}纬 {abs(lat):.5f}"
            + ("" if head["lon"] is not None else "（照片自带）")
        ]
    )
    return [when, *head["lines"], *where]


def _minute(instant: datetime) -> str:
    return f"{instant.astimezone(_SHANGHAI):%Y年%-m月%-d日 %H:%M}"


def _watermarked(image, lines):  # type: ignore[no-untyped-def]  # Pillow is imported only in the child
    """A strip of text beneath the picture, so that nothing of it is covered: 13 px where the copy is 350 px wide."""
    from PIL import Image, ImageDraw, ImageFont

    size = max(14, image.width // 27)
    path = next((path for path in _FONTS if Path(path).exists()), None)
    font = ImageFont.truetype(path, size, index=_SC_FACE) if path else ImageFont.load_default(size)
    margin, step = size // 2, int(size * 1.45)
    rows = [row for line in lines for row in _wrapped(line, font, image.width - 2 * margin)]
    layer = Image.new("RGB", (image.width, image.height + step * len(rows) + margin), (18, 23, 28))
    layer.paste(image, (0, 0))
    draw = ImageDraw.Draw(layer)
    for number, row in enumerate(rows):
        draw.text((margin, image.height + margin // 2 + step * number), row, fill=(255, 255, 255), font=font)
    return layer


def _wrapped(line: str, font: Any, width: int) -> list[str]:
    rows, row = [], ""
    for mark in line:
        if row and font.getlength(row + mark) > width:
            rows.append(row)
            row = ""
        row += mark
    return [*rows, row]


def main() -> int:
    """The child: limits first, then decode. Only 0 and 3 are verdicts: 3 tells that the picture cannot be read."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    line, _, data = sys.stdin.buffer.read().partition(b"\n")
    head = json.loads(line)
    import PIL.Image  # here, because a missing library is not the picture's fault

    if data[4:8] == b"ftyp":  # HEIC and AVIF, whose decoder takes longer to load than a JPEG to decode
        import pillow_heif

        pillow_heif.register_heif_opener()
    try:
        try:
            image, made = _opened(data, head)
        except (PIL.Image.DecompressionBombError, PIL.Image.DecompressionBombWarning):
            image, made = None, Copies(0, 0, NOTHING, TOO_LARGE)
        except _BAD:
            traceback.print_exc()
            return UNREADABLE
        if image is not None:
            made = _copied(image, made, head)
    except MemoryError:
        return NO_ROOM
    sys.stdout.buffer.write(_answer(made))
    return 0


def _answer(made: Copies) -> bytes:
    """One JSON line under the names of `Copies`, with sizes in place of the copies; the copies after it in that order."""
    told = {one.name: getattr(made, one.name) for one in fields(made) if one.name != "copies"}
    told["sizes"] = {kind: len(copy) for kind, copy in made.copies.items()}
    told["taken_at"] = made.taken_at.isoformat() if made.taken_at else None
    return json.dumps(told).encode() + b"\n" + b"".join(made.copies.values())


if __name__ == "__main__":
    sys.exit(main())
