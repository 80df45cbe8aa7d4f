"""What WeasyPrint 70 does again for every paper although it stays the same. Touches internals of the pinned version.

For each paper it copies every face it uses out of HarfBuzz, of which the Chinese ones hold some twenty megabytes each: an
eighth of the time that an order takes. What it cuts out of a face for one paper is another each time, and is not kept.
"""

import threading
from typing import Any

from weasyprint.pdf import fonts
from weasyprint.text.ffi import ffi, harfbuzz

_copy_out = fonts.get_hb_object_data
_cut = fonts.Font.subset
_now = threading.local()
# By where a face lies and how long it is: its bytes, and the blob that keeps it lying there.
_copied: dict[tuple[int, int], tuple[bytes, Any]] = {}


def install() -> None:
    """Replace WeasyPrint's reading of a face's bytes; doing it twice changes nothing."""
    fonts.get_hb_object_data = _face_bytes
    fonts.Font.subset = _cut_unkept


def _cut_unkept(self: Any, *said: Any) -> None:
    """The part of a face that one paper needs, whose bytes are read past the copies that are kept."""
    _now.cutting = True
    try:
        _cut(self, *said)
    finally:
        _now.cutting = False


def _face_bytes(hb_object: Any, ot_color: str | None = None, glyph: Any = None) -> Any:
    """The bytes of a whole face, copied once; a coloured glyph as WeasyPrint reads it."""
    if ot_color is not None or getattr(_now, "cutting", False):
        return _copy_out(hb_object, ot_color, glyph)
    blob = ffi.gc(harfbuzz.hb_face_reference_blob(hb_object), harfbuzz.hb_blob_destroy)
    with ffi.new("unsigned int *") as length:
        data = harfbuzz.hb_blob_get_data(blob, length)
        size = int(length[0])
    if data == ffi.NULL:
        return None
    key = (int(ffi.cast("uintptr_t", data)), size)
    if key not in _copied:
        _copied[key] = ffi.unpack(data, size), blob
    return _copied[key][0]
