"""The QR code of a paper's permanent address: drawn for the sheet, and as an outline that a phone draws. Pure."""

import io

import segno

QUIET = 4  # cells of white around it that readers need


def _code(address: str, error: str = "m") -> segno.QRCode:
    return segno.make(address, error=error, micro=False)


def drawing(address: str, *, outdoors: bool = False) -> bytes:
    """The code as an SVG file. What hangs on a door gets dirty: `outdoors` a quarter of it may be unreadable."""
    out = io.BytesIO()
    _code(address, "q" if outdoors else "m").save(out, kind="svg", border=QUIET, xmldecl=False, omitsize=True)
    return out.getvalue()


def outline(address: str) -> tuple[int, str]:
    """How many cells wide the code is with its white edge, and the SVG path that fills its dark cells.

    >>> size, path = outline("HTTPS://EXAMPLE.CN/Z/ABC")
    >>> size, path[:18]
    (33, 'M4 4h7v1h-7zM13 4h')
    """
    rows = [bytes(row) for row in _code(address).matrix]
    path = "".join(
        f"M{QUIET + start} {QUIET + number}h{end - start}v1h-{end - start}z"
        for number, row in enumerate(rows)
        for start, end in _runs(row)
    )
    return len(rows) + 2 * QUIET, path


def _runs(row: bytes) -> list[tuple[int, int]]:
    """Where dark cells begin and end in a row."""
    edges = [at for at in range(len(row) + 1) if (at < len(row) and bool(row[at])) != (at > 0 and bool(row[at - 1]))]
    return list(zip(edges[::2], edges[1::2], strict=True))
