"""Sheets as they come back: the real page with a seal and a signature, photographed askew, or scanned into a PDF."""

import io
import random
from collections.abc import Sequence
from functools import lru_cache
from math import cos, pi, sin

import pypdfium2
from PIL import Image, ImageDraw, ImageFilter
from PIL.Image import Image as Picture

WOOD, GREY = (96, 72, 52), (70, 74, 80)


def drawn(pdf: bytes, page: int = -1, dpi: int = 200) -> Picture:
    """A page of a PDF as dots; the last one bears the code."""
    document = pypdfium2.PdfDocument(pdf)
    picture = document[page if page >= 0 else len(document) + page].render(scale=dpi / 72).to_pil().convert("RGB")
    document.close()
    return picture


def sealed(picture: Picture) -> Picture:
    """With a round red seal and a name written with a pen."""
    sheet = picture.copy()
    draw = ImageDraw.Draw(sheet)
    width, height = sheet.size
    x, y, r = int(width * 0.66), int(height * 0.62), int(width * 0.09)
    draw.ellipse((x - r, y - r, x + r, y + r), outline=(205, 30, 35), width=max(3, r // 12))
    star = [
        (x + r * 0.35 * (1 if n % 2 else 0.4) * sin(n * pi / 5), y + r * 0.35 * (1 if n % 2 else 0.4) * cos(n * pi / 5))
        for n in range(10)
    ]
    draw.polygon(star, fill=(205, 30, 35))
    pen = [(int(width * (0.2 + 0.02 * n)), int(height * (0.8 + 0.012 * sin(n * 1.7)))) for n in range(12)]
    draw.line(pen, fill=(25, 30, 90), width=max(3, width // 350), joint="curve")
    return sheet


def photographed(
    picture: Picture,
    *,
    turn: float = 0.0,
    tilt: float = 0.0,
    shadow: float = 0.0,
    quality: int = 85,
    ground: tuple[int, int, int] = WOOD,
    width: int = 2000,
) -> bytes:
    """A JPEG of a sheet on a table: turned by so many degrees clockwise, its far edge shorter by the part `tilt`, darker by
    the part `shadow` towards one corner."""
    sheet = picture.resize((width * 5 // 8, round(width * 5 / 8 * picture.height / picture.width)))
    side = round((sheet.width**2 + sheet.height**2) ** 0.5) + 120
    scene = _table(side, ground).copy()
    at = ((side - sheet.width) // 2, (side - sheet.height) // 2)
    scene.paste(sheet, at)
    scene = scene.rotate(-turn, resample=Image.Resampling.BICUBIC, fillcolor=ground)
    if tilt:
        cut = side * tilt / 2
        scene = scene.transform(
            (side, side), Image.Transform.QUAD, (-cut, 0, 0, side, side, side, side + cut, 0), Image.Resampling.BICUBIC, fillcolor=ground,
        )  # fmt: skip
    if shadow:
        shade = Image.linear_gradient("L").resize(scene.size).rotate(35)
        shade = shade.point(lambda tone: round(255 * (1 - shadow) + tone * shadow))
        scene = Image.composite(scene, Image.new("RGB", scene.size, "black"), shade)
    return jpeg(scene.filter(ImageFilter.GaussianBlur(0.6)), quality)


@lru_cache(maxsize=2)  # 16 MB each; making it costs as much as turning the picture
def _table(side: int, ground: tuple[int, int, int]) -> Picture:
    """What a sheet lies on, with the grain of a camera."""
    grain = Image.effect_noise((side, side), 18).convert("L")
    return Image.composite(Image.new("RGB", grain.size, ground), Image.new("RGB", grain.size, (40, 32, 26)), grain)


def jpeg(picture: Picture, quality: int = 85) -> bytes:
    """The bytes of a JPEG."""
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()


def scan_of(pictures: Sequence[Picture], turns: Sequence[float] = (), dpi: int = 200) -> bytes:
    """A PDF as a copier makes it: a picture on each page, each a little askew or upside down."""
    askew = [
        picture.rotate(-turn, resample=Image.Resampling.BICUBIC, fillcolor=(252, 252, 250)) if turn else picture
        for picture, turn in zip(pictures, [*turns, *[0.0] * len(pictures)], strict=False)
    ]
    out = io.BytesIO()
    askew[0].save(out, "PDF", save_all=True, append_images=askew[1:], resolution=dpi)
    return out.getvalue()


def noise(width: int = 900, height: int = 1200, seed: int = 7) -> Picture:
    """A picture of nothing in which no code can be read."""
    return (
        Image.frombytes("L", (width // 10, height // 10), random.Random(seed).randbytes(width * height // 100))
        .resize((width, height))
        .convert("RGB")
    )
