"""The same paper for Typst and for docxtpl with LibreOffice: words, tables and pictures are those of our own sheet.

Typst: a template in our faces and sizes, tagged, PDF/A-3b. It does not set 22 lines of 28 characters, keeps no name in one
line, holds no ending together and writes no foot with a number. LibreOffice: a Word template that docxtpl fills in, then
`soffice --convert-to pdf`, plain PDF. Neither is needed by anything but the benchmark; what is not installed is said.
"""

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from subprocess import run
from typing import Any

from lxml import html as lxml_html

from inspect_app.papers import qr
from inspect_app.papers.wording import html_of

ROOT = Path(__file__).parents[2]
_HEAD = """
#set document(title: "paper", author: "issuer")
#set page("a4", margin: (top: 37mm, bottom: 35mm, left: 28mm, right: 26mm), footer: context align(right, counter(page).display()))
#set text(font: ("Liberation Serif", "FandolFang R", "Noto Serif CJK SC"), size: 15.75pt, lang: "zh")
#set par(justify: true, leading: 13.8pt, spacing: 13.8pt, first-line-indent: (amount: 2em, all: true))
#show heading.where(level: 1): it => align(center, text(font: "Noto Serif CJK SC", size: 22pt, it.body))
#show heading.where(level: 2): it => text(font: "Noto Sans CJK SC", size: 15.75pt, weight: "regular", it.body)
#show table.cell.where(y: 0): set text(font: "Noto Sans CJK SC")
#show table: set par(justify: false, leading: 6pt, first-line-indent: 0em)
#show table: set text(size: 12pt)
"""


@dataclass(frozen=True)
class Part:
    """A piece of a sheet: `kind` is h1, h2, p, table or photos; rows of a table are rows of words, of photos (file, words)."""

    kind: str
    words: str = ""
    rows: tuple[tuple[Any, ...], ...] = ()


def parts(kind: str, content: Mapping[str, Any]) -> list[Part]:
    """A paper in order, as its sheet says it."""
    return list(_walk(lxml_html.fromstring(html_of(kind, content)).find("body")))


def _walk(parent: Any) -> Iterator[Part]:
    for one in parent:
        if one.tag == "table" and "photos" in (one.get("class") or ""):
            yield Part("photos", rows=tuple(tuple(map(_photo, row.iter("td"))) for row in one.iter("tr")))
        elif one.tag == "table":
            yield Part("table", rows=tuple(tuple(map(_words, row.iter("td", "th"))) for row in one.iter("tr")))
        elif one.tag == "img":
            yield Part("code")
        elif one.tag in ("h1", "h2", "p"):
            yield Part(one.tag, _words(one))
        else:
            yield from _walk(one)


def _words(one: Any) -> str:
    return " ".join(one.text_content().split())


def _photo(cell: Any) -> tuple[str, str]:
    image = cell.find(".//img")
    return ("", "") if image is None else (image.get("src").removeprefix("evidence:"), _words(cell))


def lay_pictures(folder: Path, content: Mapping[str, Any], pictures: Mapping[str, bytes]) -> None:
    """Write photos and the code where both find them."""
    for name, data in pictures.items():
        (folder / f"{name.replace('/', '-')}.jpg").write_bytes(data)
    (folder / "qr.svg").write_bytes(qr.drawing(content["address"]))


def typst(folder: Path) -> Callable[[str, Mapping[str, Any]], bytes] | str:
    """What draws a paper with Typst, in this process; or why it cannot."""
    if find_spec("typst") is None:
        return "skipped: typst is not installed (.venv/bin/pip install typst)"
    compiler: Any = import_module("typst")

    def draw(kind: str, content: Mapping[str, Any]) -> bytes:
        source = folder / "paper.typ"
        source.write_text(_HEAD + "\n\n".join(map(_typeset, parts(kind, content))), "utf-8")
        return bytes(compiler.compile(str(source), font_paths=[str(ROOT / ".fonts")], pdf_standards="a-3b"))

    return draw


def _typeset(part: Part) -> str:
    if part.kind == "photos":
        cells = "".join(
            f'[#image("{name.replace("/", "-")}.jpg", width: 62mm, alt: "{_t(words)}")\\\n{_t(words)}],'
            if name
            else "[],"
            for row in part.rows
            for name, words in row
        )
        return f"#align(center, grid(columns: {len(part.rows[0])}, gutter: 4mm, {cells}))"
    if part.kind == "table":
        wide = max(map(len, part.rows))
        cells = "".join(f"[{_t(words)}]," for row in part.rows for words in (*row, *[""] * (wide - len(row))))
        return f"#table(columns: ({'1fr,' * wide}), {cells})"
    if part.kind == "code":
        return '#image("qr.svg", width: 25mm, alt: "code")'
    return {"h1": "= ", "h2": "== ", "p": ""}[part.kind] + _t(part.words)


def _t(words: str) -> str:
    """Words as Typst takes them literally."""
    return "".join("\\" + mark if mark in '\\#*_$@<>`~[]=+-/"' else mark for mark in words)


def libreoffice(folder: Path) -> Callable[[str, Mapping[str, Any]], bytes] | str:
    """What draws a paper with docxtpl and LibreOffice, the latter a new process each time; or why it cannot."""
    program = which("soffice")
    if program is None or find_spec("docxtpl") is None:
        return "skipped: soffice (.ci/install long) or docxtpl (.venv/bin/pip install docxtpl) is not installed"
    filler: Any = import_module("docxtpl")
    command = [
        program, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "pdf", "--outdir",
        str(folder), str(folder / "paper.docx"),
    ]  # fmt: skip
    template: dict[str, bytes] = {}

    def draw(kind: str, content: Mapping[str, Any]) -> bytes:
        sheet = parts(kind, content)
        if kind not in template:
            template[kind] = _template(sheet)
        document = filler.DocxTemplate(io.BytesIO(template[kind]))
        document.render({f"part{at}": _filled(document, part, folder, filler) for at, part in enumerate(sheet)})
        document.save(folder / "paper.docx")
        run(command, capture_output=True, check=True, timeout=300)
        return (folder / "paper.pdf").read_bytes()

    return draw


def _filled(document: Any, part: Part, folder: Path, filler: Any) -> Any:
    if part.kind != "photos":
        return [list(row) for row in part.rows] if part.kind == "table" else part.words
    from docx.shared import Mm

    return [
        [
            [
                filler.InlineImage(document, str(folder / f"{name.replace('/', '-')}.jpg"), width=Mm(62))
                if name
                else "",
                words,
            ]
            for name, words in row
        ]
        for row in part.rows
    ]


def _template(sheet: list[Part]) -> bytes:
    """A Word template in which every word, cell and picture of such a sheet is a place to be filled."""
    from docx import Document

    document = Document()
    for at, part in enumerate(sheet):
        if part.kind in ("table", "photos"):
            wide = max(map(len, part.rows))
            table = document.add_table(rows=3, cols=wide, style="Table Grid" if part.kind == "table" else None)
            table.rows[0].cells[0].text = f"{{%tr for row in part{at} %}}"
            for column, cell in enumerate(table.rows[1].cells):
                cell.text = f"{{{{ row[{column}]{'[0]' if part.kind == 'photos' else ''} }}}}"
                if part.kind == "photos":
                    cell.add_paragraph(f"{{{{ row[{column}][1] }}}}")
            table.rows[2].cells[0].text = "{%tr endfor %}"
        elif part.kind != "code":
            document.add_paragraph(f"{{{{ part{at} }}}}", style={"h1": "Heading 1", "h2": "Heading 2"}.get(part.kind))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
