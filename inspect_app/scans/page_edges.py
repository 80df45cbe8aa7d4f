"""Straightens a photographed sheet: by its own edges where they are seen, else by the turn of its code. Only the child imports this.

Corners are pairs of x and y from the sheet's own top left on, clockwise; a turn is in degrees, clockwise, 0 where it lies upright.
"""

from collections import deque
from math import atan2, cos, degrees, dist, radians, sin
from typing import Any

Corner = tuple[float, float]
SMALL = 420  # longest side of the picture in which edges are looked for
TALLEST = 2339  # of a straightened copy: A4 at 200 dots an inch
# What can be a sheet: how much of the picture, how well its outline is filled, how much longer than broad.
_LEAST_AREA, _LEAST_FILLED, _LONGEST = 0.15, 0.82, 1.85
_SHADES = (1.0, 0.8, 0.62)  # of the tone that parts bright from dark: a corner in the shadow belongs to the sheet
_LEAST_SQUARE = 0.85  # see _squareness
_MOST_BORDER = 0.5  # a sheet that meets more than this of the picture's rim has no edges to be seen


def straightened(image: Any, code: list[Corner] | None, turn: float | None) -> tuple[Any, float, str]:
    """(the sheet upright, how far it was turned, by what: "edges", "code" or "" where it stays as it came).

    `code` are the corners of its QR; without one, `turn` may tell how its neighbour in the same file lay.
    """
    # Each page of a pile lies a little differently: of its neighbour it takes over which way is up, no more.
    angle = _turn_of(code) if code else 90.0 * round((turn or 0.0) / 90)
    corners = _sheet(image, code, angle)
    if corners is not None:
        return _flattened(image, corners), angle, "edges"
    if abs(angle) < 0.2:
        return _fitted(image), angle, ""
    from PIL import Image

    quarter = round(angle / 90) % 4
    if abs((angle - quarter * 90 + 180) % 360 - 180) < 0.2:
        ways = (None, Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270)
        way = ways[quarter]
        return _fitted(image.transpose(way) if way is not None else image), angle, "code"
    turned = image.rotate(angle, resample=Image.Resampling.BICUBIC, expand=True, fillcolor=(255, 255, 255))
    return _fitted(turned), angle, "code"


def _turn_of(code: list[Corner]) -> float:
    (left, top), (right, beside) = code[0], code[1]
    return degrees(atan2(beside - top, right - left))


def _fitted(image: Any) -> Any:
    copy = image.copy()
    copy.thumbnail((TALLEST, TALLEST))
    return copy


def _sheet(image: Any, code: list[Corner] | None, angle: float) -> list[Corner] | None:
    """The corners of the sheet, where it is seen as a bright thing before something darker."""
    from PIL import ImageFilter

    small = image.convert("L")
    small.thumbnail((SMALL, SMALL))
    small = small.filter(ImageFilter.MedianFilter(5))
    scale = image.width / small.width
    width, height = small.size
    tones = small.tobytes()
    bright = _threshold(small.histogram())
    middle = _middle([(x / scale, y / scale) for x, y in code]) if code else (width / 2, height / 2)
    best: tuple[float, list[Corner] | None] = (_LEAST_SQUARE, None)
    for shade in _SHADES:
        found = _filled(tones, width, height, round(bright * shade), middle)
        if len(found) < _LEAST_AREA * width * height or _on_rim(found, width, height) > _MOST_BORDER:
            continue
        corners = _extremes(found, width, angle)
        large = [((x + 0.5) * scale, (y + 0.5) * scale) for x, y in corners]
        if not _can_be_a_sheet(corners, len(found)):
            continue
        if code is None:
            return large
        best = max(best, (_squareness(large, code), large), key=lambda one: one[0])
    return best[1]


def _middle(corners: list[Corner]) -> Corner:
    return sum(x for x, _ in corners) / len(corners), sum(y for _, y in corners) / len(corners)


def _threshold(counts: list[int]) -> int:
    """The tone that parts bright from dark best (Otsu)."""
    total, whole = sum(counts), sum(tone * count for tone, count in enumerate(counts))
    best, parted, below, sum_below = 127, -1.0, 0, 0
    for tone, count in enumerate(counts):
        below, sum_below = below + count, sum_below + tone * count
        if not below or below == total:
            continue
        gap = sum_below / below - (whole - sum_below) / (total - below)
        spread = below * (total - below) * gap * gap
        if spread > parted:
            best, parted = tone, spread
    return best


def _filled(tones: bytes, width: int, height: int, bright: int, middle: Corner) -> list[int]:
    """The bright dots that hang together with the first one near `middle`, by their place in the picture."""
    start = _first_bright(tones, width, height, bright, middle)
    if start is None:
        return []
    seen = bytearray(width * height)
    seen[start] = 1
    found, waiting = [start], deque((start,))
    while waiting:
        at = waiting.popleft()
        column = at % width
        beside = (at - width, at + width, at - 1 if column else -1, at + 1 if column < width - 1 else -1)
        for near in beside:
            if 0 <= near < width * height and not seen[near] and tones[near] > bright:
                seen[near] = 1
                found.append(near)
                waiting.append(near)
    return found


def _first_bright(tones: bytes, width: int, height: int, bright: int, middle: Corner) -> int | None:
    """A bright dot on growing rings about the middle; a code's own cells are passed over, as they hang together with nothing."""
    for far in range(SMALL // 12, SMALL // 2, 3):
        for step in range(16):
            x = int(middle[0] + far * cos(radians(step * 22.5)))
            y = int(middle[1] + far * sin(radians(step * 22.5)))
            if 0 <= x < width and 0 <= y < height and tones[y * width + x] > bright:
                return y * width + x
    return None


def _on_rim(found: list[int], width: int, height: int) -> float:
    """Which part of the picture's rim they take."""
    rim = sum(1 for at in found if at % width in (0, width - 1) or at < width or at >= width * (height - 1))
    return rim / (2 * (width + height) - 4)


def _extremes(found: list[int], width: int, angle: float) -> list[Corner]:
    """The four dots farthest out towards the sheet's own corners."""
    right = (cos(radians(angle)), sin(radians(angle)))
    down = (-right[1], right[0])
    corners = []
    for across, along in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        x, y = across * right[0] + along * down[0], across * right[1] + along * down[1]
        at = max(found, key=lambda one: (one % width) * x + (one // width) * y)
        corners.append((float(at % width), float(at // width)))
    return corners


def _can_be_a_sheet(corners: list[Corner], dots: int) -> bool:
    pairs = list(zip(corners, [*corners[1:], corners[0]], strict=True))
    area = sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs) / 2
    if area <= 0 or dots / area < _LEAST_FILLED or dots / area > 1.25:
        return False
    sides = [dist(*pair) for pair in pairs]
    across, along = (sides[0] + sides[2]) / 2, (sides[1] + sides[3]) / 2
    return min(across, along) > 0 and max(across, along) / min(across, along) <= _LONGEST


def _squareness(corners: list[Corner], code: list[Corner]) -> float:
    """How near to a square (1.0) the code is in the sheet that these corners make: else one of them is none of the sheet's."""
    width = (dist(corners[0], corners[1]) + dist(corners[3], corners[2])) / 2
    height = (dist(corners[0], corners[3]) + dist(corners[1], corners[2])) / 2
    seen = _perspective(corners, [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)])
    square = [_through(seen, one) for one in code]
    sides = [dist(square[at], square[(at + 1) % 4]) for at in range(4)]
    across = [dist(square[0], square[2]), dist(square[1], square[3])]
    return min(min(sides) / max(sides), min(across) / max(across))


def _through(by: list[float], at: Corner) -> Corner:
    (x, y), far = at, by[6] * at[0] + by[7] * at[1] + 1
    return (by[0] * x + by[1] * y + by[2]) / far, (by[3] * x + by[4] * y + by[5]) / far


def _flattened(image: Any, corners: list[Corner]) -> Any:
    """The part of the picture within the corners as a rectangle."""
    from PIL import Image

    top, right, bottom, left = (dist(corners[at], corners[(at + 1) % 4]) for at in range(4))
    width, height = max(top, bottom), max(left, right)
    scale = min(1.0, TALLEST / max(width, height))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    goal = [(0.0, 0.0), (size[0], 0.0), (size[0], size[1]), (0.0, size[1])]
    return image.transform(size, Image.Transform.PERSPECTIVE, _perspective(goal, corners), Image.Resampling.BICUBIC)


def _perspective(goal: list[Corner], corners: list[Corner]) -> list[float]:
    """The eight numbers by which Pillow finds the dot of the picture for a dot of the goal."""
    rows = []
    for (x, y), (u, v) in zip(goal, corners, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    for at in range(8):
        pivot = max(range(at, 8), key=lambda row: abs(rows[row][at]))
        rows[at], rows[pivot] = rows[pivot], rows[at]
        lead = rows[at][at]
        rows[at] = [value / lead for value in rows[at]]
        for other in range(8):
            if other != at and rows[other][at]:
                factor = rows[other][at]
                rows[other] = [one - factor * two for one, two in zip(rows[other], rows[at], strict=True)]
    return [row[8] for row in rows]
