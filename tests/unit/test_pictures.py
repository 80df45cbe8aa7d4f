"""Every picture that a phone shows is taken, and its copy looks as it does there."""

import struct
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageCms, ImageDraw

from inspect_app.evidence import pictures
from inspect_app.evidence.picture_child import _as_shown
from inspect_app.evidence.rules import CUT_SHORT, media_type
from inspect_app.kernel.errors import Refused

PAPER, RED, GREEN = (200, 220, 240), (200, 30, 30), (30, 160, 60)
SIZE = (400, 300)


def _drawn(mode: str = "RGB") -> Image.Image:
    """Red at the upper left, green at the lower right."""
    image = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((20, 20, 180, 130), fill=RED)
    draw.rectangle((220, 170, 380, 280), fill=GREEN)
    return image.convert(mode)


def _ink() -> Image.Image:
    """Black writing on nothing."""
    image = Image.new("RGBA", SIZE, (0, 0, 0, 0))
    ImageDraw.Draw(image).rectangle((20, 20, 180, 130), fill=(0, 0, 0, 255))
    return image


def _saved(image: Image.Image, kind: str, **more: Any) -> bytes:
    data = BytesIO()
    image.save(data, kind, **more)
    return data.getvalue()


def _moving(kind: str) -> bytes:
    return _saved(_drawn(), kind, save_all=True, append_images=[Image.new("RGB", SIZE, "blue")], duration=100)


def _sixteen(mode: str = "I;16") -> Image.Image:
    return _drawn("L").convert("I").point(lambda value: value * 257).convert(mode)


def _turned(kind: str, turn: int) -> bytes:
    """Red at the upper left for who looks at it, whatever way the camera was held."""
    held = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[turn]  # what undoes each turn
    exif = Image.Exif()
    exif[0x0112] = turn
    image = _drawn() if held is None else _drawn().transpose(Image.Transpose(held))
    return _saved(image, kind, exif=exif)


def _shown(data: bytes) -> Image.Image:
    """The copy as it is shown, without the strip."""
    media_type(data)
    made = pictures.make_copies(data, pictures.Caption())
    assert made.fault == ""
    with Image.open(BytesIO(made.copies["display"])) as copy:
        return copy.convert("RGB").crop((0, 0, made.width, made.height))


def _near(one: tuple[int, ...], other: tuple[int, ...], by: int = 12) -> bool:
    return all(abs(a - b) <= by for a, b in zip(one, other, strict=True))


JPEG = _saved(_drawn(), "JPEG")
COLOURED: dict[str, Callable[[], bytes]] = {
    "JPEG": lambda: JPEG,
    "JPEG without its last two bytes": lambda: JPEG[:-2],
    "JPEG with bytes between its segments": lambda: JPEG[:20] + b"\0\1\2" + JPEG[20:],
    "progressive JPEG": lambda: _saved(_drawn(), "JPEG", progressive=True),
    "progressive JPEG without its end": lambda: _saved(_drawn(), "JPEG", progressive=True)[:-2],
    "JPEG in four inks": lambda: _saved(_drawn("CMYK"), "JPEG"),
    "two pictures in a JPEG": lambda: _saved(_drawn(), "MPO", save_all=True, append_images=[Image.new("RGB", SIZE)]),
    "PNG": lambda: _saved(_drawn(), "PNG"),
    "PNG without its end": lambda: _saved(_drawn(), "PNG")[:-12],
    "PNG with a palette": lambda: _saved(_drawn().quantize(16), "PNG"),
    "moving PNG": lambda: _moving("PNG"),
    "WebP": lambda: _saved(_drawn(), "WEBP", lossless=True),
    "moving WebP": lambda: _moving("WEBP"),
    "GIF": lambda: _saved(_drawn(), "GIF"),
    "moving GIF": lambda: _moving("GIF"),
    "BMP": lambda: _saved(_drawn(), "BMP"),
    "AVIF": lambda: _saved(_drawn(), "AVIF", quality=90),
    "moving AVIF": lambda: _moving("AVIF"),
    **{f"JPEG turned {turn}": lambda turn=turn: _turned("JPEG", turn) for turn in range(2, 9)},  # type: ignore[misc]
    "PNG turned 6": lambda: _turned("PNG", 6),
    "WebP turned 8": lambda: _turned("WEBP", 8),
}


@pytest.mark.parametrize("what", COLOURED)
def test_a_copy_looks_as_the_picture_does_on_a_phone(what: str) -> None:
    copy = _shown(COLOURED[what]())
    assert copy.size == SIZE
    seen = {place: copy.getpixel(place) for place in ((100, 75), (300, 225), (300, 75))}
    for place, colour in (((100, 75), RED), ((300, 225), GREEN), ((300, 75), PAPER)):
        assert _near(seen[place], colour, by=30), seen  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "AVIF"])
@pytest.mark.parametrize("byte", [b"\0", b"\1", b"\xff"])
def test_bytes_of_a_makers_own_behind_a_picture_hinder_nothing(kind: str, byte: bytes) -> None:
    """Before: fewer than eight behind the last box of an AVIF or a HEIC were taken for a picture that breaks off."""
    data = _saved(_drawn(), kind)
    assert {media_type(data + byte * more) for more in range(20)} == {media_type(data)}


def test_a_boxed_picture_without_its_pixels_breaks_off_also_in_the_middle_of_a_boxs_head() -> None:
    data = _saved(_drawn(), "AVIF")
    pixels = data.index(b"mdat") - 4
    for more in range(1, 8):
        with pytest.raises(Refused, match=CUT_SHORT):
            media_type(data[: pixels + more])


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_black_writing_on_nothing_stands_on_white(kind: str, mode: str) -> None:
    copy = _shown(_saved(_ink().convert(mode), kind, **({"lossless": True} if kind == "WEBP" else {})))
    assert _near(copy.getpixel((100, 75)), (0, 0, 0))  # type: ignore[arg-type]
    assert _near(copy.getpixel((300, 225)), (255, 255, 255))  # type: ignore[arg-type]


def test_a_colour_that_means_nothing_there_is_white() -> None:
    copy = _shown(_saved(_drawn("RGB"), "PNG", transparency=PAPER))
    assert _near(copy.getpixel((300, 75)), (255, 255, 255))  # type: ignore[arg-type]


def test_sixteen_bits_are_no_white_sheet() -> None:
    copy = _shown(_saved(_sixteen(), "PNG"))
    red, paper = (_drawn("L").getpixel(place) for place in ((100, 75), (300, 75)))
    assert _near(copy.getpixel((100, 75)), (red,) * 3)  # type: ignore[arg-type]
    assert _near(copy.getpixel((300, 75)), (paper,) * 3)  # type: ignore[arg-type]


def _wide() -> bytes:
    """sRGB with the primaries of Display P3 in their place: what iPhones and new Androids write."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    wider = {
        b"rXYZ": (0.51512, 0.24120, -0.00105),
        b"gXYZ": (0.29198, 0.69225, 0.04189),
        b"bXYZ": (0.15710, 0.06657, 0.78407),
    }
    for at in range(132, 132 + 12 * int.from_bytes(profile[128:132], "big"), 12):
        if (name := bytes(profile[at : at + 4])) in wider:
            (place,) = struct.unpack_from(">I", profile, at + 4)
            struct.pack_into(">3i", profile, place + 8, *(round(value * 65536) for value in wider[name]))
    return bytes(profile)


def test_wide_colours_are_shown_as_their_profile_means_them() -> None:
    red, plain = (
        _shown(_saved(_drawn(), "PNG", **more)).getpixel((100, 75)) for more in ({"icc_profile": _wide()}, {})
    )
    assert red[0] > plain[0] + 8, "the same numbers mean a redder red"  # type: ignore[index]
    assert red[1] < plain[1]  # type: ignore[index]


@pytest.mark.parametrize("profile", ["sRGB", "LAB", ""])
def test_a_profile_that_does_not_fit_is_passed_over(profile: str) -> None:
    named = ImageCms.ImageCmsProfile(ImageCms.createProfile(profile)).tobytes() if profile else b"nonsense"  # type: ignore[arg-type]
    image = _drawn()
    image.info["icc_profile"] = named
    assert _near(_as_shown(image).getpixel((100, 75)), RED, by=2)


def test_a_picture_that_moves_says_so_under_its_copy() -> None:
    still = pictures.make_copies(_saved(_drawn(), "WEBP"), pictures.Caption())
    moving = pictures.make_copies(_moving("WEBP"), pictures.Caption())
    assert (still.moves, moving.moves) == (False, True)
    heights = [Image.open(BytesIO(made.copies["display"])).height for made in (still, moving)]
    assert heights[0] < heights[1], "a line more"


NOISE = Image.effect_noise(SIZE, 60).convert("RGB")


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_that_breaks_off_shows_what_is_there_and_says_how_much_is_not(kind: str) -> None:
    data = _saved(NOISE, kind)
    made = pictures.make_copies(data[: len(data) // 2], pictures.Caption())
    assert made.fault == ""
    share = int(made.flaw.removeprefix("没有存完整，下面缺约 ").removesuffix("%"))
    assert 40 <= share <= 60
    with Image.open(BytesIO(made.copies["display"])) as copy:
        assert _near(copy.convert("RGB").getpixel((200, 290)), (128, 128, 128))  # type: ignore[arg-type]


def test_a_progressive_jpeg_that_breaks_off_is_said_to_be_coarse() -> None:
    data = _saved(NOISE, "JPEG", progressive=True)
    assert pictures.make_copies(data[: len(data) // 2], pictures.Caption()).flaw == "没有存完整，可能不清楚"


def test_a_picture_of_which_hardly_anything_is_there_is_broken() -> None:
    data = _saved(NOISE, "JPEG")
    begun = data.rfind(b"\xff\xda") + 60
    assert media_type(data[:begun]) == "image/jpeg"
    assert pictures.make_copies(data[:begun], pictures.Caption()).fault == pictures.BROKEN
    with pytest.raises(Refused, match=CUT_SHORT):
        media_type(data[: begun - 50])
