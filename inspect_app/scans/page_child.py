"""Opens one page of an upload, reads its QR and straightens it, in a process of its own with limits; knows nothing of the application.

The child reads one JSON line and the file's bytes on stdin; it writes one JSON line and the pictures on stdout.
"""

import io
import json
import resource
import struct
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from inspect_app.scans import page_edges
else:  # started as a file: its neighbour is no member of a package here
    sys.path.insert(0, str(Path(__file__).parent))
    import page_edges

SECONDS = 40  # of work, by the child's own clock
MEMORY = 1_500 * 1024 * 1024
UNREADABLE = 3  # exit code: the file's fault, not ours
NO_ROOM = 4
DPI = 200  # of a page of a PDF: a cell of the printed QR is six dots wide
MOST_DRAWN = 12_000_000  # dots of a page of a PDF, however large it says it is
EDGE = 3600  # a photo is made this large at most before it is looked at
QUALITY = 80
FACE_WIDTH = 1240
_LEAST_INK = 0.0015  # part of a page that is darker than its paper; below, the back of a sheet that nobody wrote on
_BAD = (ArithmeticError, EOFError, LookupError, OSError, RuntimeError, SyntaxError, TypeError, ValueError, struct.error)


class Fault(Exception):  # noqa: N818  # a verdict, no fault of the program
    """What is wrong with a file: encrypted, too_many, too_large."""


def _picture(data: bytes, head: dict[str, Any]) -> tuple[Any, int]:
    """(one page upright as it was taken, how many there are in the file)."""
    if b"%PDF-" in data[:1024]:
        return _drawn(data, head)
    from PIL import Image, ImageOps
    from pillow_heif import register_heif_opener

    register_heif_opener()
    Image.MAX_IMAGE_PIXELS = head["most_pixels"]
    raw = Image.open(io.BytesIO(data), formats=["JPEG", "PNG", "WEBP", "HEIF", "AVIF", "GIF", "BMP"])
    if raw.width * raw.height > head["most_pixels"]:
        raise Fault("too_large")
    raw.draft("RGB", (EDGE, EDGE))
    image = ImageOps.exif_transpose(raw)
    if image.has_transparency_data:
        clear = image.convert("RGBA")
        image = Image.new("RGB", clear.size, "white")
        image.paste(clear, mask=clear.getchannel("A"))
    image = image.convert("RGB")
    image.thumbnail((EDGE, EDGE))
    return image, 1


def _drawn(data: bytes, head: dict[str, Any]) -> tuple[Any, int]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as fault:
        if "password" in str(fault).lower():
            raise Fault("encrypted") from None
        raise
    if len(document) > head["most_pages"]:
        raise Fault("too_many")
    page = document[head["page"] - 1]
    width, height = page.get_size()
    scale = min(DPI / 72, (MOST_DRAWN / max(width * height, 1.0)) ** 0.5, 8000 / max(width, height, 1.0))
    return page.render(scale=scale).to_pil().convert("RGB"), len(document)


def _codes(image: Any) -> list[Any]:
    """The QR codes of a page; where none is found, once more with more contrast, and at other sizes."""
    import zxingcpp
    from PIL import ImageOps

    def read(picture: Any) -> list[Any]:
        found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
        return [code for code in found if code.valid and code.text]

    grey = image.convert("L")
    found = read(grey)
    if not found:
        found = read(ImageOps.autocontrast(grey, cutoff=2))
    for factor in (0.6, 1.6) if not found else ():
        sized = grey.resize((int(grey.width * factor), int(grey.height * factor)))
        if again := read(sized):
            return [_Code(code.text, [(x / factor, y / factor) for x, y in _corners(code)]) for code in again]
    return [_Code(code.text, _corners(code)) for code in found]


class _Code:
    """A code and its corners, from its own top left on clockwise."""

    def __init__(self, text: str, corners: list[tuple[float, float]]) -> None:
        self.text, self.corners = text, corners


def _corners(code: Any) -> list[tuple[float, float]]:
    at = code.position
    return [(float(one.x), float(one.y)) for one in (at.top_left, at.top_right, at.bottom_right, at.bottom_left)]


def _is_blank(image: Any) -> bool:
    """Whether hardly anything is darker than the paper: the back of a sheet."""
    grey = image.convert("L").resize((200, 280))
    counts = grey.histogram()
    total, seen, paper = sum(counts), 0, 255
    for tone, count in enumerate(counts):
        seen += count
        if seen > total / 2:
            paper = tone
            break
    return bool(sum(counts[: max(paper - 40, 0)]) / total < _LEAST_INK)


def _jpeg(image: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


def _looked_at(data: bytes, head: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    image, pages = _picture(data, head)
    codes = _codes(image)
    corners = codes[0].corners if len(codes) == 1 else None
    straight, turn, by = page_edges.straightened(image, corners, head["turn"])
    told = {
        "pages": pages,
        "codes": [code.text for code in codes],
        "turn": turn,
        "by": by,
        "blank": not codes and _is_blank(straight),
    }
    return told, [_jpeg(straight)]


def _faces(data: bytes, head: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    """The first pages of a paper's own file, to be shown beside a scan."""
    made, count = [], 1
    for number in range(1, head["faces"] + 1):
        if number > count:
            break
        image, count = _drawn(data, head | {"page": number})
        image.thumbnail((FACE_WIDTH, 2 * FACE_WIDTH))
        made.append(_jpeg(image))
    return {"pages": count}, made


def main() -> int:
    """The child: limits first, then look. Only 0 and 3 are verdicts: 3 tells that the file cannot be read."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    line, _, data = sys.stdin.buffer.read().partition(b"\n")
    head = json.loads(line)
    import PIL.Image
    import pypdfium2  # noqa: F401  a missing library is not the file's fault
    import zxingcpp  # noqa: F401

    try:
        told, pictures = _faces(data, head) if head.get("faces") else _looked_at(data, head)
    except Fault as fault:
        told, pictures = {"fault": str(fault)}, []
    except (PIL.Image.DecompressionBombError, PIL.Image.DecompressionBombWarning):
        told, pictures = {"fault": "too_large"}, []
    except _BAD:
        traceback.print_exc()
        return UNREADABLE
    except MemoryError:
        return NO_ROOM
    told["sizes"] = [len(picture) for picture in pictures]
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + b"".join(pictures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
