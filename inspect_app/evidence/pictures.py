"""Decoding pictures and making copies. Runs in a child process with limits: `python -m inspect_app.evidence.pictures`.

Reads the photo's bytes on stdin after one JSON line of watermark text; writes one JSON line and the copies on stdout.
"""

import io
import json
import resource
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

MOST_PIXELS = 60_000_000
SECONDS = 40
MEMORY = 1_500 * 1024 * 1024
SIZES = {"display": (1600, 82), "print": (900, 78), "thumb": (320, 70)}
_FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc",
)
_SC_FACE = 2  # face 0 of the collection is Japanese


@dataclass(frozen=True)
class Copies:
    """What became of a photo: its size upright and the JPEG copies, or why it cannot be decoded (Chinese)."""

    width: int
    height: int
    copies: dict[str, bytes]
    fault: str = ""


def make_copies(data: bytes, lines: list[str]) -> Copies:
    """Copies of a photo, made in a child process that may take 40 s and 1.5 GB at most."""
    head = json.dumps(lines, ensure_ascii=False).encode() + b"\n"
    try:
        done = subprocess.run(
            [sys.executable, "-m", "inspect_app.evidence.pictures"],
            input=head + data,
            capture_output=True,
            timeout=SECONDS + 10,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Copies(0, 0, {}, "这张照片打不开，处理超时。")
    if done.returncode != 0:
        return Copies(0, 0, {}, "这张照片没有存完整，打不开。")
    first, _, rest = done.stdout.partition(b"\n")
    answer = json.loads(first)
    copies, at = {}, 0
    for kind, size in answer["sizes"].items():
        copies[kind] = rest[at : at + size]
        at += size
    return Copies(answer["width"], answer["height"], copies, answer["fault"])


def _decode(data: bytes, lines: list[str]) -> Copies:
    from PIL import Image, ImageOps
    from pillow_heif import register_heif_opener

    register_heif_opener()
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    with Image.open(io.BytesIO(data), formats=["JPEG", "PNG", "WEBP", "HEIF"]) as raw:
        if raw.width * raw.height > MOST_PIXELS:
            return Copies(0, 0, {}, "这张照片的尺寸太大，打不开。")
        image = ImageOps.exif_transpose(raw).convert("RGB")
    made = {}
    for kind, (edge, quality) in SIZES.items():
        copy = image.copy()
        copy.thumbnail((edge, edge))
        if kind != "thumb" and lines:
            copy = _watermarked(copy, lines)  # type: ignore[no-untyped-call]
        out = io.BytesIO()
        copy.save(out, "JPEG", quality=quality, optimize=True)
        made[kind] = out.getvalue()
    return Copies(image.width, image.height, made)


def _watermarked(image, lines):  # type: ignore[no-untyped-def]  # Pillow is imported only in the child
    from PIL import Image, ImageDraw, ImageFont

    size = max(16, image.width // 40)
    path = next((path for path in _FONTS if Path(path).exists()), None)
    font = ImageFont.truetype(path, size, index=_SC_FACE) if path else ImageFont.load_default(size)
    strip = int(size * 1.5 * len(lines) + size * 0.6)
    layer = Image.new("RGB", (image.width, image.height + strip), (18, 23, 28))
    layer.paste(image, (0, 0))
    draw = ImageDraw.Draw(layer)
    for number, line in enumerate(lines):
        draw.text((size, image.height + int(size * (0.35 + 1.5 * number))), line, fill=(255, 255, 255), font=font)
    return layer


def main() -> int:
    """The child: limits first, then decode."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    head, _, data = sys.stdin.buffer.read().partition(b"\n")
    made = _decode(data, json.loads(head))
    sizes = {kind: len(copy) for kind, copy in made.copies.items()}
    answer = {"width": made.width, "height": made.height, "sizes": sizes, "fault": made.fault}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + b"".join(made.copies.values()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
