"""Many PDFs put behind one another into one, for a printer that prints on both sides, or on one. Memory holds one of them at a time.

pypdf's own writer keeps everything until the end: two hundred papers with photos are half a gigabyte there. Here the objects of
a document are renumbered and written as soon as it is read, and only their places are kept.
"""

import hashlib
import io
from collections.abc import Callable, Iterator

from pypdf import PageObject, PdfReader
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NumberObject,
    PdfObject,
    StreamObject,
    TextStringObject,
    create_string_object,
)

_CATALOGUE, _PAGES = 1, 2
_ONE_SIDE, _BOTH_SIDES = "/Simplex", "/DuplexFlipLongEdge"
# What a page takes along. Its place in the structure of its own document and its links stay behind: this is for paper.
_KEPT = ("/MediaBox", "/CropBox", "/TrimBox", "/BleedBox", "/Rotate", "/Resources", "/Contents", "/Group")


class JoinedPdf:
    """A PDF that grows by whole documents; `write` takes its bytes in order. `one_sided`: each page is a sheet of its own, so
    that none is left blank, and the printer is told."""

    def __init__(self, write: Callable[[bytes], object], *, one_sided: bool = False) -> None:
        self._write, self._at = write, 0
        self._one_sided = one_sided
        self._places: dict[int, int] = {}
        self._last = _PAGES
        self._pages: list[int] = []
        self._begins: list[tuple[str, int]] = []
        self._known: dict[bytes, int] = {}  # pictures and faces that several documents have in common stand there once
        self._put(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    def add(self, data: bytes, title: str = "", *, on_odd: bool = True) -> int:
        """Put a document behind the others, after a blank page where these end on an odd one and both sides are printed; returns
        how many pages it has. A title makes a bookmark. One that goes on where the last ended is not `on_odd`.

        Raises pypdf's PdfReadError where it cannot be read; nothing of it that was written is on any page then.
        """
        with PdfReader(
            io.BytesIO(data)
        ) as reader:  # what it read refers to itself in a ring: closed, it is let go at once
            document = _Document(self, reader)
            pages = [document.page(page) for page in reader.pages]
            if on_odd and not self._one_sided and len(self._pages) % 2 and pages:
                self._pages.append(self._blank(reader.pages[0]))
        self._begins += [(title, pages[0])] if pages and title else []
        self._pages += pages
        return len(pages)

    def end(self) -> int:
        """Write the contents, the bookmarks and where everything stands; returns the number of pages."""
        pages = ArrayObject(_reference(number) for number in self._pages)
        tree: dict[str, PdfObject] = {"/Type": NameObject("/Pages"), "/Kids": pages, "/Count": NumberObject(len(pages))}
        self.put_object(_PAGES, _dictionary(tree))
        root: dict[str, PdfObject] = {
            "/Type": NameObject("/Catalog"),
            "/Pages": _reference(_PAGES),
            "/Outlines": _reference(self._outlines()),
            "/Lang": TextStringObject("zh-CN"),
            "/ViewerPreferences": _dictionary({"/Duplex": NameObject(_ONE_SIDE if self._one_sided else _BOTH_SIDES)}),
        }
        self.put_object(_CATALOGUE, _dictionary(root))
        self._put_places()
        return len(self._pages)

    def number(self) -> int:
        """A number that no object has yet."""
        self._last += 1
        return self._last

    def put_object(self, number: int, thing: PdfObject) -> None:
        """Write an object whose references are ours already."""
        self._put_whole(number, _bytes_of(thing))

    def put_shared(self, stream: StreamObject) -> int:
        """Write a stream that refers to nothing, or find the one written before that is the same; returns its number."""
        data = _bytes_of(stream)
        key = hashlib.sha256(data).digest()
        if key not in self._known:
            self._known[key] = self.number()
            self._put_whole(self._known[key], data)
        return self._known[key]

    def _blank(self, like: PageObject) -> int:
        number, box = self.number(), ArrayObject(NumberObject(round(float(edge))) for edge in like.mediabox)
        page = {"/Type": NameObject("/Page"), "/Parent": _reference(_PAGES), "/MediaBox": box}
        self.put_object(number, _dictionary(page | {"/Resources": DictionaryObject()}))
        return number

    def _outlines(self) -> int:
        root, numbers = self.number(), [self.number() for _ in self._begins]
        for at, (title, page) in enumerate(self._begins):
            entry: dict[str, PdfObject] = {
                "/Title": create_string_object(title),
                "/Parent": _reference(root),
                "/Dest": ArrayObject([_reference(page), NameObject("/Fit")]),
            }
            entry |= {"/Prev": _reference(numbers[at - 1])} if at else {}
            entry |= {"/Next": _reference(numbers[at + 1])} if at + 1 < len(numbers) else {}
            self.put_object(numbers[at], _dictionary(entry))
        ends = {"/First": _reference(numbers[0]), "/Last": _reference(numbers[-1])} if numbers else {}
        counted = {"/Type": NameObject("/Outlines"), "/Count": NumberObject(len(numbers))}
        self.put_object(root, _dictionary(counted | ends))
        return root

    def _put_places(self) -> None:
        start, size = self._at, self._last + 1
        lines = [f"xref\n0 {size}\n0000000000 65535 f \n"]
        # A number that was given and never written is free, as in any file that was edited.
        lines += [
            f"{self._places[number]:010d} 00000 n \n" if number in self._places else "0000000000 65535 f \n"
            for number in range(1, size)
        ]
        lines.append(f"trailer\n<< /Size {size} /Root {_CATALOGUE} 0 R >>\nstartxref\n{start}\n%%EOF\n")
        self._put("".join(lines).encode())

    def _put_whole(self, number: int, data: bytes) -> None:
        self._places[number] = self._at
        self._put(b"%d 0 obj\n%b\nendobj\n" % (number, data))

    def _put(self, data: bytes) -> None:
        self._write(data)
        self._at += len(data)


class _Document:
    """One of the documents, while it is written: the numbers of its objects, and the ones they have now."""

    def __init__(self, joined: JoinedPdf, reader: PdfReader) -> None:
        self._joined, self._reader = joined, reader
        self._numbers: dict[tuple[int, int], int] = {}
        self._waiting: list[tuple[int, PdfObject]] = []

    def page(self, page: PageObject) -> int:
        """Write a page with everything it shows; returns its number."""
        number = self._joined.number()
        kept = {name: self._moved(page.raw_get(name)) for name in _KEPT if name in page}
        whole = _dictionary({"/Type": NameObject("/Page"), "/Parent": _reference(_PAGES)} | kept)
        self._joined.put_object(number, whole)
        while self._waiting:
            inner, thing = self._waiting.pop()
            self._joined.put_object(inner, self._moved(thing))
        return number

    def _moved(self, thing: PdfObject) -> PdfObject:
        """The same with our numbers. What was read is changed: the reader is done with it."""
        if isinstance(thing, IndirectObject):
            return _reference(self._number_of(thing))
        if isinstance(thing, DictionaryObject):
            for name in list(thing):
                thing[NameObject(name)] = self._moved(thing.raw_get(name))
        elif isinstance(thing, ArrayObject):
            thing[:] = [self._moved(one) for one in thing]
        return thing

    def _number_of(self, reference: IndirectObject) -> int:
        key = reference.idnum, reference.generation
        if key not in self._numbers:
            thing = self._reader.get_object(reference)
            if isinstance(thing, StreamObject) and not any(_references(thing)):
                self._numbers[key] = self._joined.put_shared(thing)
            else:
                self._numbers[key] = self._joined.number()
                if thing is not None:
                    self._waiting.append((self._numbers[key], thing))
        return self._numbers[key]


def _references(thing: PdfObject) -> Iterator[IndirectObject]:
    if isinstance(thing, IndirectObject):
        yield thing
    elif isinstance(thing, DictionaryObject):
        for name in thing:
            yield from _references(thing.raw_get(name))
    elif isinstance(thing, ArrayObject):
        for one in thing:
            yield from _references(one)


def _reference(number: int) -> IndirectObject:
    return IndirectObject(number, 0, None)


def _dictionary(values: dict[str, PdfObject]) -> DictionaryObject:
    return DictionaryObject({NameObject(name): value for name, value in values.items()})


def _bytes_of(thing: PdfObject) -> bytes:
    out = io.BytesIO()
    thing.write_to_stream(out)
    return out.getvalue()
