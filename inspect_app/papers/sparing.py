"""What WeasyPrint 70 and pydyf do for a paper that need not be done. Touches internals of the pinned versions.

WeasyPrint keeps the number of each glyph when it cuts out of a face what a paper needs. Twenty characters of a Chinese face
then weigh half a megabyte of empty places, which are written in two passes, packed twice, and are two fifths of the time that
an order takes. A face whose glyphs bear numbers of their own (CID-keyed CFF, as the Chinese ones are) needs no empty places:
ISO 32000-1, 9.7.4.2, looks up the number in the face.

pydyf puts every object of a file into bytes twice, packed: once to write it and once for the fingerprint in its trailer.
"""

import io
import threading
from collections.abc import Iterable
from functools import cached_property
from typing import Any

import pydyf  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from weasyprint.pdf import fonts
from weasyprint.text.ffi import ffi, harfbuzz, harfbuzz_subset

ffi.cdef(
    """
    typedef ... hb_subset_plan_t;
    typedef ... hb_map_t;
    hb_subset_plan_t * hb_subset_plan_create_or_fail (hb_face_t *face, const hb_subset_input_t *input);
    hb_face_t * hb_subset_plan_execute_or_fail (hb_subset_plan_t *plan);
    hb_map_t * hb_subset_plan_new_to_old_glyph_mapping (const hb_subset_plan_t *plan);
    void hb_subset_plan_destroy (hb_subset_plan_t *plan);
    hb_codepoint_t hb_map_get (const hb_map_t *map, hb_codepoint_t key);
    """,
    override=True,
)

_copy_out = fonts.get_hb_object_data
_cut_keeping_places = fonts.Font.subset
_write = pydyf.PDF.write
_now = threading.local()
# Small cuts by face and glyphs: their bytes, and what holds the face.
_kept: dict[tuple[Any, ...], tuple[bytes, Any]] = {}
_FEW, _MOST_KEPT = 60, 100
_CFF = b"\x01\x00"  # how a CFF begins: version 1.0
# Tables for drawing text, of which none is left to draw in a finished page.
_DROPPED = (b"BASE", b"DSIG", b"GDEF", b"GPOS", b"GSUB", b"VORG", b"vhea", b"vmtx")


def install() -> None:
    """Replace WeasyPrint's cutting of faces and pydyf's writing of a file; doing it twice changes nothing."""
    fonts.get_hb_object_data = _face_bytes
    fonts.Font.subset = _cut
    fonts.Font.type = property(_type)
    pydyf.PDF.write = _write_once


def _face_bytes(hb_object: Any, ot_color: str | None = None, glyph: Any = None) -> Any:
    """The bytes of what was cut out of a face. Those of a whole one, some twenty megabytes, are not copied: all are cut."""
    if ot_color is None and not getattr(_now, "cutting", False):
        return b""
    return _copy_out(hb_object, ot_color, glyph)


def _cut(self: Any, to_unicode: dict[int, str], hinting: bool) -> None:
    """Leave of a face what one paper needs of it. Raises RuntimeError where nothing is left."""
    _now.cutting = True
    try:
        small = _without_places(self.hb_face, to_unicode, hinting) if to_unicode and not self.missing else b""
        if small:
            self.file_content = small
        else:
            _cut_keeping_places(self, to_unicode, hinting)
    finally:
        _now.cutting = False
    if not self.file_content:
        raise RuntimeError(f"nothing could be cut out of {self.family}")


def _without_places(face: Any, glyphs: Iterable[int], hinting: bool) -> bytes:
    """The glyphs of a face without empty places between them; nothing where their own numbers would not find them.

    Small cuts are kept: headings and feet of a kind of paper need the same few glyphs each time.
    """
    wanted = sorted({0, *glyphs})
    if len(wanted) > _FEW:
        return _cut_out(face, wanted, hinting)
    # Kept with the bytes of the face, so that no other one can come to lie in their place.
    blob = ffi.gc(harfbuzz.hb_face_reference_blob(face), harfbuzz.hb_blob_destroy)
    key = (int(ffi.cast("uintptr_t", blob)), int(harfbuzz.hb_face_get_index(face)), hinting, *wanted)
    if key not in _kept:
        while len(_kept) >= _MOST_KEPT:
            _kept.pop(next(iter(_kept)))
        _kept[key] = _cut_out(face, wanted, hinting), blob
    return _kept[key][0]


def _cut_out(face: Any, wanted: list[int], hinting: bool) -> bytes:
    given = ffi.gc(harfbuzz_subset.hb_subset_input_create_or_fail(), harfbuzz_subset.hb_subset_input_destroy)
    _add(harfbuzz_subset.hb_subset_input_glyph_set(given), wanted)
    dropped = harfbuzz_subset.hb_subset_input_set(given, harfbuzz_subset.HB_SUBSET_SETS_DROP_TABLE_TAG)
    _add(dropped, sorted(harfbuzz.hb_tag_from_string(name, -1) for name in _DROPPED))
    flags = harfbuzz_subset.HB_SUBSET_FLAGS_DESUBROUTINIZE | harfbuzz_subset.HB_SUBSET_FLAGS_NO_LAYOUT_CLOSURE
    if not hinting:
        flags |= harfbuzz_subset.HB_SUBSET_FLAGS_NO_HINTING
    harfbuzz_subset.hb_subset_input_set_flags(given, flags)
    plan = harfbuzz_subset.hb_subset_plan_create_or_fail(face, given)
    if not plan:
        return b""
    plan = ffi.gc(plan, harfbuzz_subset.hb_subset_plan_destroy)
    made = ffi.gc(harfbuzz_subset.hb_subset_plan_execute_or_fail(plan), harfbuzz.hb_face_destroy)
    data = bytes(_copy_out(made) or b"") if made else b""
    return _bare(data, plan) if data[:4] == b"OTTO" else b""


def _add(numbers: Any, more: list[int]) -> None:
    harfbuzz.hb_set_add_sorted_array(numbers, ffi.new(f"hb_codepoint_t[{len(more)}]", more), len(more))


def _bare(face: bytes, plan: Any) -> bytes:
    """The CFF in a face whose glyphs bear their former places as numbers; nothing where they bear others or none.

    In an OpenType file round it poppler and PDFium take the number of a glyph for its place.
    """
    came_from = harfbuzz_subset.hb_subset_plan_new_to_old_glyph_mapping(plan)
    with TTFont(io.BytesIO(face), lazy=True) as opened:
        top = opened["CFF "].cff[0]
        numbers = [0, *(int(name[3:]) for name in top.charset[1:])] if hasattr(top, "ROS") else []
        places = [harfbuzz.hb_map_get(came_from, at) for at in range(len(numbers))]
        return bytes(opened.reader["CFF "]) if numbers and numbers == places else b""


def _type(self: Any) -> str:
    return "otf" if self.file_content[:4] == b"OTTO" or self.file_content[:2] == _CFF else "ttf"


def _say_bare(one: Any) -> None:
    """Tell readers of a file that a face in it is a CFF without more (ISO 32000-1, tables 117 and 126)."""
    if isinstance(one, pydyf.Stream) and one.extra.get("Subtype") == "/OpenType" and one.stream[0][:2] == _CFF:
        one.extra["Subtype"] = "/CIDFontType0C"
    if isinstance(one, pydyf.Dictionary) and one.get("Subtype") == "/CIDFontType0":
        one.pop("CIDToGIDMap", None)


class _Written:
    """An object of a file that is finished: its bytes are made once."""

    def __init__(self, made: Any) -> None:
        self.number, self.generation, self.free, self.compressible = (
            made.number, made.generation, made.free, made.compressible,
        )  # fmt: skip
        self.offset = made.offset
        self.made = made

    @cached_property
    def data(self) -> bytes:
        return bytes(self.made.data)

    @property
    def indirect(self) -> bytes:
        return f"{self.number} {self.generation} obj\n".encode() + self.data + b"\nendobj"


def _write_once(self: Any, *said: Any, **named: Any) -> None:
    for one in self.objects:
        _say_bare(one)
    self.objects = [_Written(one) for one in self.objects]
    _write(self, *said, **named)
