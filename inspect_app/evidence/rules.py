"""What may be a photo, judged by its bytes without decoding them. Pure and cheap: decoding happens in the worker's child.

Whoever sends a photo learns at once that it is none, cut short, or a bomb: the phone still has it and can take another.
Bytes behind the picture (motion photos carry a film there) are allowed; originals are kept and never served.
"""

import re
import struct
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from inspect_app.kernel.errors import Refused
from inspect_app.kernel.shapes import Misfit, read

from .shapes import PhonePosition, SaidOfPhoto

MOST_BYTES = 25 * 1024 * 1024
MOST_PIXELS = 60_000_000
_HEIC = {b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim", b"heis"}
_AVIF = {b"avif", b"avis"}
_PNG = b"\x89PNG\r\n\x1a\n"
_LEAST_SCAN = 16  # bytes of the picture itself, so that anything of it can be seen; a whole one may have fewer
_SIZE_MARKERS = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}

NO_PHOTO = "这个文件不是照片，或没有存完整。请重新拍一张，其他内容不受影响。"
CUT_SHORT = "这张照片没有存完整，打不开。请补拍一张，其他内容不受影响。"
TOO_HEAVY = "这张照片太大，正在压小重发。"
TOO_LARGE = "这张照片的尺寸太大，打不开。请用手机相机的普通模式再拍一张。"


class TooHeavy(Refused):
    """More bytes than are taken; the phone makes it smaller and sends it again."""

    status = 413


def said_of(raw: Mapping[str, Any]) -> SaidOfPhoto:
    """What a phone says of a photo, in headers, in the metadata of an upload or in the list of a backup file. What of it cannot
    be read is as if it had not been said: no photo is lost over it."""
    captured_at = raw.get("captured_at")
    return SaidOfPhoto(
        captured_at=captured_at if isinstance(captured_at, str) else None,
        source=read_source(raw.get("source")),
        original_sha256=read_sha256(raw.get("original_sha256")),
        position=read_position(raw.get("position")),
        times=read_times(raw.get("times")),
        visit=_ident(raw.get("visit")),
    )


def said_before(kept: Mapping[str, Any]) -> SaidOfPhoto:
    """What was said as the upload began, with what the server made of its time."""
    return replace(said_of(kept), times=kept.get("times") or {})


def _ident(value: Any) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def read_position(said: Any) -> PhonePosition | None:
    """`lon,lat,accuracy` of a phone, WGS-84, or the same as an object; anything else is no position. From a picture's EXIF
    there is no accuracy."""
    try:
        if isinstance(said, str):
            parts = zip(("lon", "lat", "accuracy_m"), said.split(","), strict=False)
            said = {name: float(part) for name, part in parts if part}
        return read(said, PhonePosition)
    except (ValueError, Misfit):
        return None


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
    """image/jpeg, image/png … by content: whatever a phone's browser shows. Raises Refused for anything else.

    Refused too: what is cut short before anything of it could be seen, or would unfold to more than MOST_PIXELS. A JPEG or a
    PNG that breaks off later is taken: a phone shows the part that is there, and the decoder says how much is missing.
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


def is_whole_png(data: bytes) -> bool:
    """Whether a drawing of the phone's own (a signature) came to its end."""
    return data.startswith(_PNG) and data.endswith(b"IEND\xaeB`\x82")


def _kind(data: bytes) -> tuple[str, Callable[[bytes], tuple[int, int]]]:
    if data[:3] == b"\xff\xd8\xff":
        return "image/jpeg", _jpeg
    if data.startswith(_PNG):
        return "image/png", _png
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp", _webp
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return "image/gif", _gif
    if data[:2] == b"BM" and data[6:10] == bytes(4):
        return "image/bmp", _bmp
    if data[4:8] == b"ftyp":
        brands = _brands(data)
        if brands & _AVIF:
            return "image/avif", _boxed
        if brands & _HEIC:
            return "image/heic", _boxed
    raise Refused(NO_PHOTO)


def _brands(data: bytes) -> set[bytes]:
    """The major brand of a boxed picture and those it is compatible with."""
    end = min(int.from_bytes(data[:4], "big"), 512)
    return {data[8:12], *(data[at : at + 4] for at in range(16, end, 4))}


def _jpeg(data: bytes) -> tuple[int, int]:
    """Size from the frame header, as far as the scan begins: what was cut off behind it is for the decoder to see. Bytes
    between the segments are passed over, as phones do."""
    at, size = 2, (0, 0)
    while True:
        while data[at] != 0xFF or data[at + 1] in (0x00, 0xFF):
            at += 1
        marker = data[at + 1]
        if marker == 0x01 or 0xD0 <= marker <= 0xD8:  # they stand alone
            at += 2
            continue
        (length,) = struct.unpack_from(">H", data, at + 2)
        if marker in _SIZE_MARKERS:
            height, width = struct.unpack_from(">HH", data, at + 5)
            size = (width, height)
        if marker == 0xDA:
            if data.rfind(b"\xff\xd9", at) < 0:  # an end that is there stands at the end
                _ = data[at + length + 2 + _LEAST_SCAN]
            return size
        at += 2 + max(length, 2)


def _png(data: bytes) -> tuple[int, int]:
    size, at = struct.unpack_from(">II", data, 16), 8
    while True:
        length, name = struct.unpack_from(">I4s", data, at)
        if name in (b"IDAT", b"IEND"):
            _ = data[at + 8 + min(length, _LEAST_SCAN)]
            return size
        at += 12 + length


def _gif(data: bytes) -> tuple[int, int]:
    return struct.unpack_from("<HH", data, 6)


def _bmp(data: bytes) -> tuple[int, int]:
    (head,) = struct.unpack_from("<I", data, 14)
    width, height = struct.unpack_from("<HH" if head == 12 else "<ii", data, 18)
    return width, abs(height)  # below zero: drawn from the top


def _webp(data: bytes) -> tuple[int, int]:
    (length,) = struct.unpack_from("<I", data, 4)
    if 8 + length > len(data) + 1:  # an odd one may lack its last, empty byte
        raise Refused(CUT_SHORT)
    name = data[12:16]
    if name == b"VP8X":
        return tuple(int.from_bytes(data[at : at + 3], "little") + 1 for at in (24, 27))  # type: ignore[return-value]
    if name == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack_from("<HH", data, 26)
    return width & 0x3FFF, height & 0x3FFF


def _boxed(data: bytes) -> tuple[int, int]:
    """The largest image of a HEIC or AVIF; its description and its pixels must be there to the end."""
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
    seen: set[bytes] = set()
    while at < end:
        name = b""  # of fewer bytes than a box begins with there is none
        try:
            length, name = struct.unpack_from(">I4s", data, at)
            if length == 1:
                (length,) = struct.unpack_from(">Q", data, at + 8)
            stop = end if length == 0 else at + length
            if 0 < length < 8 or stop > end:
                raise Refused(CUT_SHORT)
        except (Refused, struct.error):
            # Some makers write bytes of their own behind the boxes of the picture.
            if {b"meta", b"mdat"} <= seen and name not in (b"meta", b"mdat"):
                return
            raise
        seen.add(name)
        yield name, at + 8, stop
        at = stop
