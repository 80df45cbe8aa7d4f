"""Decoding pictures and making copies. Runs in a child process with limits, which knows nothing of the application.

The child reads one JSON line and the photo's bytes on stdin; it writes one JSON line and the copies on stdout.
"""

import io
import json
import logging
import resource
import signal
import statistics
import subprocess
import sys
import traceback
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from math import cos, pi
from pathlib import Path
from typing import Any

SECONDS = 30
MEMORY = 1_200 * 1024 * 1024
SIZES = {"display": (1600, 82), "print": (900, 78), "thumb": (320, 70)}
TOO_LARGE = "这张照片的尺寸太大，打不开。"
TOO_SLOW = "这张照片打不开，处理超时。"
# The fingerprint: side of the grey picture, its lowest frequencies in both directions, and how far (in tones of 256) they
# must spread. Measured: black, white, gradients, noise and vignettes stay at 1.0 and below, a dim photo is above 1.8.
_GREY, _WAVES, _LEAST_SPREAD = 32, 8, 1.25
BROKEN = "这张照片没有存完整，打不开。"
_UNREADABLE = 3  # exit code: the picture's fault, not ours
_SHANGHAI = timezone(timedelta(hours=8))
_FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc",
)
_SC_FACE = 2  # face 0 of the collection is Japanese

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Caption:
    """What the strip under a copy says. Time and position come from the phone; without them, from the picture itself.
    `claimed`: also the phone has the time from the picture."""

    lines: tuple[str, ...] = ()
    taken_at: datetime | None = None
    received_at: datetime | None = None
    lon: float | None = None
    lat: float | None = None
    claimed: bool = False


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


@dataclass(frozen=True)
class Exif:
    """Time and place as the camera wrote them."""

    taken_at: datetime | None = None
    lon: float | None = None
    lat: float | None = None


_NOTHING: dict[str, bytes] = {}


def make_copies(data: bytes, caption: Caption, *, only_fingerprint: bool = False) -> Copies:
    """Copies of a photo and its fingerprint, or the latter alone, made in a child that may take 30 s of work and 1.2 GB at most.

    A picture that breaks a limit or cannot be read is answered with a fault. Raises RuntimeError when the child itself
    is at fault (a missing library, say): then the photo is tried again later.
    """
    from .rules import MOST_PIXELS

    head = {
        "lines": caption.lines, "lon": caption.lon, "lat": caption.lat, "most_pixels": MOST_PIXELS,
        "kinds": [] if only_fingerprint else list(SIZES),
        "taken_at": caption.taken_at.isoformat() if caption.taken_at else None, "claimed": caption.claimed,
        "received_at": caption.received_at.isoformat() if caption.received_at else None,
    }  # fmt: skip
    try:
        # The file, not the module: importing the package would load the whole application into the child.
        done = subprocess.run(
            [sys.executable, "-P", "-E", "-s", __file__],
            input=json.dumps(head).encode() + b"\n" + data,
            capture_output=True, timeout=SECONDS + 15, check=False, env={"LANG": "C.UTF-8"},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Copies(0, 0, _NOTHING, TOO_SLOW)
    if done.returncode != 0:
        return Copies(0, 0, _NOTHING, _fault(done))
    first, _, rest = done.stdout.partition(b"\n")
    answer = json.loads(first)
    copies, at = {}, 0
    for kind, size in answer["sizes"].items():
        copies[kind] = rest[at : at + size]
        at += size
    taken = datetime.fromisoformat(answer["taken_at"]) if answer["taken_at"] else None
    return Copies(
        answer["width"], answer["height"], copies, answer["fault"], taken, lon=answer["lon"], lat=answer["lat"],
        fingerprint=answer["fingerprint"],
    )  # fmt: skip


def _fault(done: "subprocess.CompletedProcess[bytes]") -> str:
    last = done.stderr.decode(errors="replace").strip().rsplit("\n", 1)[-1]
    log.warning("the decoder ended with %s: %s", done.returncode, last)
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        return TOO_SLOW
    if done.returncode == _UNREADABLE or done.returncode < 0:
        return BROKEN
    raise RuntimeError(f"the decoder ended with {done.returncode}: {last}")


def _decode(data: bytes, head: dict[str, Any]) -> Copies:
    from PIL import Image, ImageOps
    from pillow_heif import register_heif_opener

    register_heif_opener()
    Image.MAX_IMAGE_PIXELS = head["most_pixels"]
    with Image.open(io.BytesIO(data), formats=["JPEG", "PNG", "WEBP", "HEIF"]) as raw:
        width, height = raw.size
        if width * height > head["most_pixels"]:
            return Copies(0, 0, _NOTHING, TOO_LARGE)
        found = _exif(raw)
        raw.draft("RGB", (SIZES["display"][0],) * 2)  # a JPEG is decoded no larger than the largest copy needs
        image = ImageOps.exif_transpose(raw).convert("RGB")
    if (image.width < image.height) != (width < height):
        width, height = height, width
    lines = _lines(head, found)
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
    return Copies(
        width, height, made, taken_at=found.taken_at, lon=found.lon, lat=found.lat, fingerprint=fingerprint(grey)
    )


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
        return Exif(_taken(camera.get(0x9003), camera.get(0x9011)), *_placed(gps))
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


def _placed(gps: Any) -> tuple[float | None, float | None]:
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
    where = [] if lon is None or lat is None else [
        f"{'东' if lon >= 0 else '西'}经 {abs(lon):.5f}，{'北' if lat >= 0 else '南'}纬 {abs(lat):.5f}"
        + ("" if head["lon"] is not None else "（照片自带）")
    ]  # fmt: skip
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
    """The child: limits first, then decode. 3 tells that the picture is at fault."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    head, _, data = sys.stdin.buffer.read().partition(b"\n")
    import PIL.Image
    import pillow_heif  # noqa: F401  a missing library is not the picture's fault

    try:
        made = _decode(data, json.loads(head))
    except (MemoryError, PIL.Image.DecompressionBombError, PIL.Image.DecompressionBombWarning):
        made = Copies(0, 0, _NOTHING, TOO_LARGE)
    except (ArithmeticError, EOFError, LookupError, OSError, RuntimeError, SyntaxError, TypeError, ValueError):
        traceback.print_exc()
        return _UNREADABLE
    answer = {
        "width": made.width, "height": made.height, "fault": made.fault, "lon": made.lon, "lat": made.lat,
        "fingerprint": made.fingerprint,
        "sizes": {kind: len(copy) for kind, copy in made.copies.items()},
        "taken_at": made.taken_at.isoformat() if made.taken_at else None,
    }  # fmt: skip
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + b"".join(made.copies.values()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
