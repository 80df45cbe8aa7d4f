"""Drawn photos of the demo: six scenes, each once wrong and once mended. Nobody's real shop is shown."""

import io
import random

from PIL import Image, ImageDraw

SIZE = (1280, 960)
_WALL, _FLOOR, _INK = (232, 227, 214), (176, 166, 150), (70, 66, 60)
Draw = ImageDraw.ImageDraw


def picture(scene: str, *, wrong: bool, variant: int = 0, room: int = 0) -> bytes:
    """JPEG bytes of a scene (exit, wires, extinguisher, stove, cylinder, hose).

    `room` is where it hangs: what else is on the wall and from where one looks; `variant` is the shot, so that no two
    shots are alike and two of one room show the same things.
    """
    image = Image.new("RGB", SIZE, tuple(max(0, tone - 6 * (variant % 5)) for tone in _WALL))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 700, 1280, 960), fill=tuple(tone - 4 * (variant % 4) for tone in _FLOOR))
    for x in range(-400 + 40 * (variant % 6), 1700, 170):
        draw.line((x, 960, 640 + (x - 640) // 3, 700), fill=(150, 140, 126), width=3)
    walls = random.Random(room)
    _things(draw, walls)
    _SCENES[scene](draw, wrong)
    out = io.BytesIO()
    _seen_from(image, walls, random.Random(variant)).save(out, "JPEG", quality=82)
    return out.getvalue()


def _things(draw: Draw, chance: random.Random) -> None:
    """Posters, shelves and crates that differ from room to room."""
    for _ in range(7):
        left, top = chance.randrange(-60, 1200), chance.randrange(20, 620)
        colour = tuple(chance.randrange(140, 220) for _ in range(3))
        size = chance.randrange(70, 260), chance.randrange(60, 220)
        draw.rectangle((left, top, left + size[0], top + size[1]), fill=colour, outline=_INK, width=3)


def _seen_from(image: Image.Image, room: random.Random, shot: random.Random) -> Image.Image:
    """The part of the scene the camera took in: nearly the same for each shot of a room, and never quite."""
    share = room.uniform(0.82, 0.9) + shot.uniform(-0.04, 0.04)
    left = (1 - share) * min(1, max(0, room.random() + shot.uniform(-0.3, 0.3))) * SIZE[0]
    top = (1 - share) * min(1, max(0, room.random() + shot.uniform(-0.3, 0.3))) * SIZE[1]
    return image.crop((int(left), int(top), int(left + share * SIZE[0]), int(top + share * SIZE[1])))


def signature(strokes: int) -> bytes:
    """PNG bytes of a signature in ink."""
    image = Image.new("RGB", (480, 180), "white")
    draw = ImageDraw.Draw(image)
    for stroke in range(2):
        left = 60 + 190 * stroke
        points = [(left + 26 * n, 90 + ((strokes * 37 + n * 53 + stroke * 29) % 90) - 45) for n in range(6)]
        draw.line(points, fill=(20, 26, 60), width=6, joint="curve")
        draw.line((left, 60, left + 140, 50 + strokes % 20), fill=(20, 26, 60), width=5)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _exit(draw: Draw, wrong: bool) -> None:
    draw.rectangle((460, 200, 800, 740), fill=(196, 204, 206), outline=_INK, width=8)
    draw.rectangle((540, 110, 720, 170), fill=(30, 140, 70))
    draw.polygon(((560, 140), (590, 122), (590, 158)), fill="white")
    draw.ellipse((740, 460, 770, 490), fill=_INK)
    if wrong:
        draw.arc((715, 490, 795, 580), 180, 360, fill=(60, 60, 60), width=14)
        draw.rectangle((705, 535, 805, 620), fill=(190, 150, 40), outline=_INK, width=6)
        _boxes(draw, 420, 740)


def _wires(draw: Draw, wrong: bool) -> None:
    draw.rectangle((160, 300, 420, 480), fill=(240, 240, 236), outline=_INK, width=6)
    for x in (220, 290, 360):
        draw.rectangle((x - 14, 370, x + 14, 410), fill=_INK)
    if wrong:
        points = ((360, 390), (520, 560), (640, 470), (760, 640), (900, 590), (1040, 720))
        draw.line(points, fill=(40, 40, 40), width=10, joint="curve")
        draw.line(((290, 390), (420, 640), (700, 730), (960, 690)), fill=(170, 60, 40), width=9, joint="curve")
        draw.rectangle((930, 690, 1180, 750), fill="white", outline=_INK, width=5)
    else:
        draw.rectangle((420, 378, 1120, 406), fill=(250, 250, 248), outline=_INK, width=4)
        draw.rectangle((1080, 406, 1112, 690), fill=(250, 250, 248), outline=_INK, width=4)


def _extinguisher(draw: Draw, wrong: bool) -> None:
    draw.rounded_rectangle((560, 330, 740, 800), 60, fill=(196, 32, 32), outline=_INK, width=6)
    draw.rectangle((620, 270, 680, 330), fill=(60, 60, 60))
    draw.ellipse((820, 300, 1020, 500), fill="white", outline=_INK, width=8)
    for start, colour in ((150, (196, 32, 32)), (220, (40, 140, 70)), (290, (210, 170, 40))):
        draw.arc((845, 325, 995, 475), start, start + 70, fill=colour, width=22)
    draw.line((920, 400, 866 if wrong else 920, 372 if wrong else 338), fill=_INK, width=8)
    if wrong:
        _boxes(draw, 430, 800)


def _stove(draw: Draw, wrong: bool) -> None:
    draw.polygon(((320, 120), (960, 120), (1040, 300), (240, 300)), fill=(188, 194, 198), outline=_INK)
    draw.rectangle((240, 520, 1040, 840), fill=(206, 210, 212), outline=_INK, width=6)
    for x in (400, 640, 880):
        draw.ellipse((x - 80, 490, x + 80, 550), fill=(60, 60, 60))
    if wrong:
        for x in range(300, 1000, 60):
            draw.line((x, 300, x, 330 + (x * 7) % 60), fill=(120, 84, 24), width=10)
        _boxes(draw, 60, 840)


def _cylinder(draw: Draw, wrong: bool) -> None:
    for x in (420, 640, 860) if wrong else (640,):
        draw.rounded_rectangle((x - 85, 420, x + 85, 820), 60, fill=(150, 158, 164), outline=_INK, width=6)
        draw.rectangle((x - 30, 370, x + 30, 420), fill=(90, 96, 100))
    if wrong:
        draw.ellipse((90, 640, 360, 720), fill=(150, 98, 58), outline=_INK, width=6)
        draw.rectangle((210, 716, 240, 880), fill=(120, 78, 46))
    else:
        draw.rectangle((480, 330, 800, 850), outline=(60, 110, 80), width=10)


def _hose(draw: Draw, wrong: bool) -> None:
    draw.rectangle((820, 360, 1180, 470), fill=(206, 210, 212), outline=_INK, width=6)
    draw.rectangle((120, 500, 200, 560), fill=(196, 160, 40), outline=_INK, width=5)
    if wrong:
        points = ((200, 530), (360, 760), (520, 560), (640, 800), (760, 600), (860, 780), (940, 470))
        draw.line(points, fill=(216, 120, 40), width=26, joint="curve")
        draw.rectangle((610, 640, 690, 700), fill=(240, 240, 236), outline=_INK, width=4)
    else:
        draw.line(((200, 530), (880, 500), (940, 470)), fill=(210, 180, 60), width=26, joint="curve")
        draw.rectangle((860, 470, 900, 540), fill=(150, 150, 150), outline=_INK, width=4)


def _boxes(draw: Draw, left: int, bottom: int) -> None:
    for column, row in ((0, 0), (1, 0), (0, 1)):
        x, y = left + 150 * column, bottom - 120 * (row + 1)
        draw.rectangle((x, y, x + 140, y + 112), fill=(190, 148, 96), outline=(120, 90, 56), width=5)
        draw.line((x, y + 40, x + 140, y + 40), fill=(160, 120, 74), width=6)


_SCENES = {
    "exit": _exit,
    "wires": _wires,
    "extinguisher": _extinguisher,
    "stove": _stove,
    "cylinder": _cylinder,
    "hose": _hose,
}
