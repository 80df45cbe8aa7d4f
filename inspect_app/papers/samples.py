"""Sample content of each kind, for looking at and measuring a page. The people and places are invented."""

import io
from collections.abc import Mapping
from typing import Any

import yaml

from inspect_app.kernel.errors import Refused

from . import cases
from .content import Issued
from .kinds import KINDS
from .sketch import office, sketch


def sample(
    kind: str,
    body: str | None = None,
    *,
    hazards: int | None = None,
    photos: int | None = None,
    long: bool = False,
    side: str = "",
) -> dict[str, Any]:
    """Complete content of a kind, of as many hazards and photos as its entry shows unless said otherwise; with `body` the
    paper's text is that text and nothing else. `long` takes long names and addresses, `side` whose office issues a kind
    that both sides may issue: the congress side's unless said."""
    entry = KINDS[kind]
    shown, side = entry.sample, side if entry.side == "both" and side else entry.side
    drawn = sketch(side, hazards or shown.hazards, photos if photos is not None else shown.photos, long=long)
    content = shown.make(drawn).plain()
    short, letter = office(side)
    issued = Issued(
        title=content.get("title") or entry.title,
        number=entry.numbering.number(short, letter, 2026, shown.serial),
        issued_on="2026-11-24",
        mark="7K3MPQ2XBD",
        address="https://example.invalid/z/7K3MPQ2XBD",
        code="H4TK9R",
    )
    return content | issued.plain() | ({"body": body} if body is not None else {})


def sample_of(
    kind: str,
    case: Mapping[str, Any],
    body: str | None = None,
    *,
    hazards: int | None = None,
    photos: int | None = None,
) -> dict[str, Any]:
    """A sample with the fields of a case in the place of its own; it has at least as many lines as the case writes.

    Raises Refused naming what of the case cannot be.
    """
    entry, written = KINDS[kind], cases.lines_in(case)
    many = max(hazards or 0, written) or entry.sample.hazards
    content = sample(kind, body, hazards=many, photos=photos, side=cases.sides(kind, case))
    return cases.overridden(kind, content, case)


MOST_BYTES = 1_000_000


def case_of(data: bytes) -> dict[str, Any]:
    """The fields of a case as its YAML file holds them. Raises Refused where it is none."""
    if len(data) > MOST_BYTES:
        raise Refused("这个文件太大，最多 1 MB。")
    try:
        read = yaml.safe_load(text_of(data))
    except (yaml.YAMLError, ValueError, RecursionError):
        raise Refused("读不懂这个文件，它不是 YAML。请一行写一个字段。") from None
    if not isinstance(read, dict) or not all(isinstance(name, str) for name in read):
        raise Refused("请一行写一个字段，名称后面跟英文的冒号和空格。")
    return read


def text_of(data: bytes) -> str:
    """A body text as people save it: UTF-8 with or without its mark, or GB 18030."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", errors="replace")


def picture(name: str) -> bytes:
    """A drawn stand-in for a photo; every third is upright, every seventh a panorama."""
    from PIL import Image, ImageDraw

    number = int(name.removeprefix("photo/").replace("-", ""), 16) if name.startswith("photo/") else 0
    wide, high = (675, 900) if number % 3 == 1 else (1200, 300) if number % 7 == 6 else (900, 675)
    image = Image.new("RGB", (wide, high), (214, 219, 223))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, int(high * 0.7), wide, high), fill=(150, 158, 164))
    draw.rectangle((int(wide * 0.37), int(high * 0.18), int(wide * 0.63), int(high * 0.83)), fill=(120, 150, 150))
    draw.rectangle((int(wide * 0.58), int(high * 0.56), int(wide * 0.8), int(high * 0.89)), fill=(190, 140, 90))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()
