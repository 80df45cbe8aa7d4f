"""What may be a photo, judged by its bytes without decoding them. Pure and cheap: decoding happens in the worker's child.

Whoever sends a photo learns at once that it is none, cut short, or a bomb: the phone still has it and can take another.
Bytes behind the picture (motion photos carry a film there) are allowed; originals are kept and never served.
"""

import re
import struct
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from inspect_app.kernel.errors import Refused
from inspect_app.kernel.shapes import Misfit, read

from .shapes import Position

MOST_BYTES = 25 * 1024 * 1024
MOST_PIXELS = 60_000_000
_HEIC = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim", b"heis")
_SIZE_MARKERS = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}

NO_PHOTO = "这个文件不是照片，或没有存完整。请重新拍一张，其他内容不受影响。"
CUT_SHORT = "这张照片没有存完整，打不开。请补拍一张，其他内容不受影响。"
TOO_HEAVY = "这张照片太大，正在压小重发。"
TOO_LARGE = "这张照片的尺寸太大，打不开。请用手机相机的普通模式再拍一张。"
MOVES = "这是会动的图片，不能当照片用。请补拍一张。"


class TooHeavy(Refused):
    """More bytes than are taken; the phone makes it smaller and sends it again."""

    status = 413


def read_position(text: str) -> dict[str, float]:
    """`lon,lat,accuracy` of a phone, WGS-84; anything else is no position. From a picture's EXIF there is no accuracy."""
    names, parts = ("lon", "lat", "accuracy_m"), text.split(",")
    try:
        said = {name: float(part) for name, part in zip(names, parts, strict=False) if part}
        found = read(said, Position)
    except (ValueError, Misfit):
        return {}
    return {name: value for name in names if (value := getattr(found, name)) is not None}


CLOCK_SLACK = timedelta(minutes=10)  # how wrong a clock may be without a question
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


def can_be(taken_at: datetime | None, received_at: datetime) -> bool:
    """Whether a photo can have been taken when its phone, or its EXIF, says so: nobody sends one from the future."""
    return taken_at is not None and EARLIEST <= taken_at <= received_at + CLOCK_SLACK


def read_times(raw: Any) -> dict[str, Any]:
    """A phone's clocks as it took a photo: a few numbers; what is no number says nothing."""
    return {
        name: value
        for name, value in (raw.items() if isinstance(raw, dict) else ())
        if type(value) in (int, float) and abs(value) < 2**53 and name.isprintable()
    }


def read_sha256(text: Any) -> str | None:
    """A hash as a phone names it; None for anything else."""
    return text if isinstance(text, str) and re.fullmatch("[0-9a-f]{64}", text) else None


def read_source(text: Any) -> str:
    """Where a photo is from: camera, album, or nobody knows."""
    return text if text in ("camera", "album") else "unknown"


def media_type(data: bytes) -> str:
    """image/jpeg, image/png, image/webp or image/heic by content; raises Refused for anything else.

    Refused too: what was cut short, moves, or would unfold to more than MOST_PIXELS.
    """
    if len(data) > MOST_BYTES:
        raise TooHeavy(TOO_HEAVY)
    kind, look = _kind(data)
    try:
        width, height = look(data)
    except (struct.error, IndexError, StopIteration):
        raise Refused(CUT_SHORT) from None
    if width * height > MOST_PIXELS:
        raise Refused(TOO_LARGE)
    if width < 1 or height < 1:
        raise Refused(CUT_SHORT)
    return kind


def _kind(data: bytes) -> tuple[str, Callable[[bytes], tuple[int, int]]]:
    if data[:3] == b"\xff\xd8\xff":
        return "image/jpeg", _jpeg
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return "image/png", _png
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp", _webp
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC:
        return "image/heic", _heic
    raise Refused(NO_PHOTO)


def _jpeg(data: bytes) -> tuple[int, int]:
    """Size from the frame header. The end marker must follow the scan: one inside an EXIF thumbnail proves nothing."""
    at, size = 2, (0, 0)
    while True:
        while data[at] == 0xFF and data[at + 1] == 0xFF:
            at += 1
        if data[at] != 0xFF:
            raise Refused(CUT_SHORT)
        marker, (length,) = data[at + 1], struct.unpack_from(">H", data, at + 2)
        if marker in _SIZE_MARKERS:
            height, width = struct.unpack_from(">HH", data, at + 5)
            size = (width, height)
        if marker == 0xDA:
            if data.find(b"\xff\xd9", at) < 0:
                raise Refused(CUT_SHORT)
            return size
        at += 2 + max(length, 2)


def _png(data: bytes) -> tuple[int, int]:
    size, at = struct.unpack_from(">II", data, 16), 8
    while True:
        length, name = struct.unpack_from(">I4s", data, at)
        if name == b"acTL":
            raise Refused(MOVES)
        at += 12 + length
        if at > len(data):
            raise Refused(CUT_SHORT)
        if name == b"IEND":
            return size


def _webp(data: bytes) -> tuple[int, int]:
    (length,) = struct.unpack_from("<I", data, 4)
    if 8 + length > len(data):
        raise Refused(CUT_SHORT)
    name = data[12:16]
    if name == b"VP8X":
        if data[20] & 2:
            raise Refused(MOVES)
        return tuple(int.from_bytes(data[at : at + 3], "little") + 1 for at in (24, 27))  # type: ignore[return-value]
    if name == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack_from("<HH", data, 26)
    return width & 0x3FFF, height & 0x3FFF


def _heic(data: bytes) -> tuple[int, int]:
    """The largest image of the file; its outer boxes must fill it exactly."""
    sizes = [(0, 0)]
    for name, start, end in _boxes(data, 0, len(data)):
        if name == b"meta":
            at = data.find(b"ispe", start, end)
            while at >= 0:
                width, height = struct.unpack_from(">II", data, at + 8)
                sizes.append((width, height))
                at = data.find(b"ispe", at + 4, end)
    return max(sizes, key=lambda size: size[0] * size[1])


def _boxes(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    while at < end:
        length, name = struct.unpack_from(">I4s", data, at)
        if length == 1:
            (length,) = struct.unpack_from(">Q", data, at + 8)
        stop = end if length == 0 else at + length
        if 0 < length < 8 or stop > end:
            raise Refused(CUT_SHORT)
        yield name, at + 8, stop
        at = stop
