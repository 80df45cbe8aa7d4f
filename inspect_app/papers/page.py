"""The one door to WeasyPrint: plain values in, the bytes of a PDF out. Only the worker and commands import this."""

import io
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import escape
from PIL import Image
from weasyprint import CSS, HTML
from weasyprint.text.ffi import harfbuzz_subset
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from inspect_app.evidence.marks import Mark, drawing
from inspect_app.kernel.errors import Refused

from . import faces, justify, lettering, qr, sparing, swift, tagging
from .kinds import KINDS, Geometry
from .linebreaks import keeping
from .wording import html_of, sheet_of, style_of

if not harfbuzz_subset:
    # Without it every page takes thirty times as long, and nobody would know why.
    raise RuntimeError("libharfbuzz-subset0 is missing: apt-get install libharfbuzz-subset0")
justify.install()
sparing.install()
swift.install()

_local = threading.local()


class _Fetcher(URLFetcher):  # type: ignore[misc]
    """Serves evidence by hash, the paper's own QR code and the fonts in our folders; everything else is refused."""

    def __init__(
        self,
        picture: Callable[[str], bytes | None],
        fonts: Mapping[str, Path],
        code: bytes = b"",
        marked: Mapping[str, tuple[list[Mark], float]] | None = None,
        codes: Sequence[str] = (),
    ) -> None:
        super().__init__()
        self.codes = codes
        self.picture, self.fonts, self.code, self.marked = picture, fonts, code, marked or {}

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        if url == "qr:":
            return URLFetcherResponse(url, self.code, {"Content-Type": "image/svg+xml"})
        if url.startswith("qr:"):
            drawn = qr.drawing(self.codes[int(url.removeprefix("qr:"))], outdoors=True)
            return URLFetcherResponse(url, drawn, {"Content-Type": "image/svg+xml"})
        if url.startswith("evidence:"):
            name = url.removeprefix("evidence:")
            data = self.picture(name.removeprefix("bare/"))
            if data is None or not _is_whole(data):
                # Anything less than fatal is logged by WeasyPrint and leaves a hole in the paper that nobody notices.
                raise FatalURLFetchingError(url)
            if name in self.marked and data[:4] != b"<svg":
                data = _with_marks(name, data, *self.marked[name])
            return URLFetcherResponse(url, data, {"Content-Type": _media_type(data)})
        if url.startswith("font:") and url.removeprefix("font:") in self.fonts:
            return URLFetcherResponse(url, self.fonts[url.removeprefix("font:")].read_bytes(), {})
        raise ValueError(f"a paper may not fetch {url!r}")


def render(
    kind: str,
    content: Mapping[str, Any],
    picture: Callable[[str], bytes | None],
    font_dir: Path | None = None,
    ratios: Mapping[str, float] | None = None,
) -> bytes:
    """The PDF of a frozen paper. `picture` gives the bytes of each name in pictures_in(), `ratios` the height of a photo's
    picture as a part of its width: a print copy is taller by its watermark. Without it what is circled is not drawn.

    Same content, same bytes within one process. Raises Refused when a photo or a signature is gone or broken.
    """
    fonts = faces.found(font_dir)
    content = lettering.printable_all(content, lettering.drawable(tuple(fonts.values())))
    body = html_of(kind, content)
    fetcher = _Fetcher(picture, fonts, qr.drawing(content["address"]), _marked(content, ratios or {}))
    configuration = _configuration(fonts, fetcher)
    html = HTML(string=body, base_url="paper:", url_fetcher=fetcher)
    style = _style(KINDS[kind].geometry)
    try:
        with keeping(_offices(content)):
            drawn = html.render(font_config=configuration, stylesheets=[style], pdf_variant="pdf/a-3b", pdf_tags=True)
        return bytes(drawn.write_pdf(finisher=tagging.say_scope, pdf_variant="pdf/a-3b", pdf_tags=True))
    except FatalURLFetchingError as lost:
        raise Refused("单子上的一张照片或签名不在了，或者打不开。") from lost


def undrawable(content: Mapping[str, Any], font_dir: Path | None = None) -> str:
    """The characters of a content that no face has; they are printed as 〓."""
    return lettering.undrawable(content, lettering.drawable(tuple(faces.found(font_dir).values())))


def lay_out(
    template: str,
    values: Mapping[str, Any],
    geometry: Geometry,
    font_dir: Path | None = None,
    codes: Sequence[str] = (),
) -> Any:
    """A sheet without a number, laid out in pages (a WeasyPrint document) and not yet written.

    `values` are what its template in templates/papers/sheets/ shows; `codes` the addresses of its QR codes, `qr:0` and on.
    """
    fonts = faces.found(font_dir)
    shown = lettering.printable_all(values, lettering.drawable(tuple(fonts.values())))
    fetcher = _Fetcher(_nothing, fonts, codes=codes)
    configuration = _configuration(fonts, fetcher)
    return HTML(string=sheet_of(template, shown), base_url="paper:", url_fetcher=fetcher).render(
        font_config=configuration, stylesheets=[_style(geometry)]
    )


def _offices(content: Mapping[str, Any]) -> list[str]:
    """The names of offices in a paper: they stand in one line each where they can."""
    named = [str(content[name]) for name in ("letterhead", "issuer", "handler", "addressee") if content.get(name)]
    return [*named, *map(str, content.get("copies") or [])]


def stamp(words: str) -> bytes:
    """The PDF of one transparent A4 page with words across it in the red of a seal, to be laid over a page of a paper."""
    size = min(110.0, 500.0 / max(len(words), 1))
    style = (
        "@page { size: A4; margin: 0 } html { height: 297mm } p { position: absolute; top: 118mm; left: 0; width: 210mm;"
        " margin: 0; text-align: center; white-space: nowrap; transform: rotate(-32deg); color: rgba(179, 21, 29, .55);"
        f" font: bold {size}pt 'Noto Serif CJK SC' }} span {{ border: 5pt solid rgba(179, 21, 29, .55); padding: 4pt 18pt }}"
    )
    html = HTML(string=f"<p><span>{escape(words)}</span></p>", base_url="paper:", url_fetcher=_Fetcher(_nothing, {}))
    return bytes(html.write_pdf(stylesheets=[CSS(string=style)]))


def _nothing(name: str) -> bytes | None:
    return None


def pictures_in(content: Any) -> set[str]:
    """Names of the pictures a paper shows, as `picture` is asked for them: `photo/<id>`, or a signature's hash."""
    if isinstance(content, Mapping):
        own = {f"photo/{content['photo']}"} if content.get("photo") else set()
        own |= {str(content["sha256"])} if content.get("sha256") else set()
        return own.union(*(pictures_in(value) for value in content.values()))
    if isinstance(content, list):
        return set().union(*(pictures_in(value) for value in content))
    return set()


def _marked(content: Any, ratios: Mapping[str, float]) -> dict[str, tuple[list[Mark], float]]:
    """What is circled on the photos of a paper, and the shape of each, by the name of its picture."""
    if isinstance(content, list):
        content = dict(enumerate(content))
    if not isinstance(content, Mapping):
        return {}
    name = f"photo/{content.get('photo')}"
    found = {name: (content["marks"], ratios[name])} if content.get("marks") and name in ratios else {}
    for value in content.values():
        found |= _marked(value, ratios)
    return found


def _with_marks(name: str, data: bytes, marks: list[Mark], ratio: float) -> bytes:
    """A drawing of the same size that shows the copy as it is and the marks over it."""
    with Image.open(io.BytesIO(data)) as copy:
        width, height = copy.size
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f'<image href="evidence:bare/{name}" width="{width}" height="{height}"/>{drawing(marks, width, width * ratio)}</svg>'
    ).encode()


def _is_whole(data: bytes) -> bool:
    if data[:4] == b"<svg":
        return True
    try:
        with Image.open(io.BytesIO(data)) as image:
            image.verify()
    except (OSError, SyntaxError, ValueError):
        return False
    return True


def _media_type(data: bytes) -> str:
    if data[:4] == b"<svg":
        return "image/svg+xml"
    return "image/png" if data[:4] == b"\x89PNG" else "image/jpeg"


@cache
def _style(geometry: Geometry) -> CSS:
    """The style of a geometry, read once: it fetches nothing and brings no faces along."""
    return CSS(string=style_of(geometry), url_fetcher=_Fetcher(_nothing, {}))


def _configuration(fonts: Mapping[str, Path], fetcher: _Fetcher) -> FontConfiguration:
    """One per thread and kept: sharing one between threads corrupts the heap, making one each time leaks."""
    if getattr(_local, "configuration", None) is None:
        _local.configuration = FontConfiguration()
        for rule in faces.rules(fonts):
            CSS(string=rule, font_config=_local.configuration, url_fetcher=fetcher)
    configuration: FontConfiguration = _local.configuration
    return configuration
