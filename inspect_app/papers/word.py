"""A Word copy of a letter: its words, tables and photos, to be worked on or kept. It is no original, and says so on every page.

Set from the same template as the sheet, so that both say the same. Code, receipt and page numbers of the sheet stay out: they
belong to the original alone.
"""

import io
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.image.exceptions import UnrecognizedImageError
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt, RGBColor
from lxml import html as lxml_html

from .kinds import title_of
from .wording import html_of

NOT_THE_ORIGINAL = "Word 副本，供办理和存档参考，不是发出的原件；以编号 {number} 的原件为准。"
_BREAK = "\ue000"  # stands for a line end while blanks are closed up
_LEFT_OUT = ("check", "receipt")
# Widths of the sheet's columns in mm, by the class of their heading (paper.css).
_COLUMNS = {
    "n": 12, "where": 22, "due": 34, "basis": 40, "advice": 33, "clock": 34, "clock-day": 36, "instant": 44, "step": 36, "row": 26,
}  # fmt: skip
_LINE, _WIDTH = Pt(29), Mm(156)
_ALIGNED = {
    "number": WD_ALIGN_PARAGRAPH.CENTER,
    "subtitle": WD_ALIGN_PARAGRAPH.CENTER,
    "mark": WD_ALIGN_PARAGRAPH.CENTER,
}


def copy_of(kind: str, content: Mapping[str, Any], picture: Callable[[str], bytes | None]) -> bytes:
    """The DOCX of a frozen paper. `picture` gives the bytes of a photo by its name (`photo/<id>`); one that is not there, or is no
    picture that Word takes, is named by its words."""
    document = _blank(title_of(kind, content), str(content["number"]))
    _Writer(document, picture).write(lxml_html.fromstring(html_of(kind, _without_controls(content))).find("body"))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _blank(title: str, number: str) -> Any:
    """An empty document with the margins of an official letter (GB/T 9704-2012, 5.2), its faces, and what it is in its head."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = (
        Mm(37),
        Mm(35),
        Mm(28),
        Mm(26),
    )
    document.core_properties.title, document.core_properties.author = f"{title} {number}", ""
    document.core_properties.language = "zh-CN"
    style = document.styles["Normal"]
    _face(style, "Times New Roman", "仿宋", 16)
    language = OxmlElement("w:lang")
    language.set(qn("w:eastAsia"), "zh-CN")
    style.element.get_or_add_rPr().append(language)
    style.paragraph_format.space_after, style.paragraph_format.line_spacing = Pt(0), _LINE
    said = section.header.paragraphs[0]
    said.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _face(said.add_run(NOT_THE_ORIGINAL.format(number=number)), "Times New Roman", "黑体", 9)
    return document


def _face(styled: Any, latin: str, chinese: str, size: float) -> None:
    """Set the faces of a run or a style: Word keeps one for letters and one for Chinese."""
    styled.font.name, styled.font.size = latin, Pt(size)
    styled.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), chinese)


class _Writer:
    """Walks the sheet from top to bottom."""

    def __init__(self, document: Any, picture: Callable[[str], bytes | None]) -> None:
        self.document, self.picture = document, picture

    def write(self, element: Any) -> None:
        """Everything below an element, in order."""
        for child in element:
            kinds = (child.get("class") or "").split()
            counts = child.tag == "p" and child.find(".//span[@class='pages']") is not None
            if counts or any(left in kinds for left in _LEFT_OUT):
                continue
            if child.tag in ("h1", "h2"):
                self._heading(child)
            elif child.tag == "p":
                self._paragraph(child, kinds)
            elif child.tag == "table":
                self._table(child)
            elif child.tag in ("section", "header", "div"):
                self.write(child)

    def _heading(self, element: Any) -> None:
        is_title = element.tag == "h1"
        paragraph = self.document.add_paragraph()
        run = paragraph.add_run(_words(element))
        _face(run, "Times New Roman", "宋体" if is_title else "黑体", 22 if is_title else 16)
        run.bold = is_title
        if is_title:
            paragraph.alignment, paragraph.paragraph_format.line_spacing = WD_ALIGN_PARAGRAPH.CENTER, Pt(36)
            paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(12)

    def _paragraph(self, element: Any, kinds: list[str]) -> None:
        paragraph = self.document.add_paragraph()
        run = paragraph.add_run(_words(element))
        in_sign = "sign" in (element.getparent().get("class") or "")
        if in_sign:
            paragraph.alignment, paragraph.paragraph_format.right_indent = WD_ALIGN_PARAGRAPH.RIGHT, Pt(32)
        elif kinds and kinds[0] in _ALIGNED:
            paragraph.alignment = _ALIGNED[kinds[0]]
        elif "flush" not in kinds:
            paragraph.paragraph_format.first_line_indent = Pt(32)
        if "mark" in kinds:
            _face(run, "Times New Roman", "宋体", 26)
            run.bold, run.font.color.rgb = True, RGBColor(0xCC, 0, 0)
            paragraph.paragraph_format.line_spacing = Pt(40)

    def _table(self, element: Any) -> None:
        rows = element.findall(".//tr")
        columns = max((len(row) for row in rows), default=0)
        if not columns:
            return
        table = self.document.add_table(len(rows), columns)
        table.autofit = False
        if "photos" not in (element.get("class") or ""):
            table.style = "Table Grid"
        widths = _widths(rows[0], columns)
        for column, width in zip(table.columns, widths, strict=True):
            column.width = width
        for down, row in enumerate(rows):
            _keep_whole(table.rows[down], is_head=row.getparent().tag == "thead")
            for across, cell in enumerate(row):
                target = table.cell(down, across)
                target.width = widths[across]
                self._cell(target, cell, columns)

    def _cell(self, target: Any, cell: Any, columns: int) -> None:
        paragraph = target.paragraphs[0]
        paragraph.paragraph_format.line_spacing = Pt(18)
        for image in cell.findall(".//img"):
            self._image(paragraph, image.get("src") or "", columns)
        run = paragraph.add_run(_words(cell))
        _face(run, "Times New Roman", "黑体" if cell.tag == "th" else "仿宋", 12)

    def _image(self, paragraph: Any, source: str, columns: int) -> None:
        data = self.picture(source.removeprefix("evidence:"))
        paragraph.paragraph_format.line_spacing = 1.0
        try:
            if data is not None:
                shown = paragraph.add_run().add_picture(io.BytesIO(data), width=Emu(int(_WIDTH / columns * 0.92)))
                if shown.height > Mm(60):
                    shown.width, shown.height = Emu(int(shown.width * Mm(60) / shown.height)), Mm(60)
                paragraph.add_run("\n")
        except UnrecognizedImageError:
            return


def _widths(first: Any, columns: int) -> list[Any]:
    """How wide each column is: as the style of the sheet has it by the class of its heading; the others share the rest."""
    given = [_COLUMNS.get(cell.get("class") or ("row" if cell.get("scope") == "row" else ""), 0) for cell in first]
    given += [0] * (columns - len(given))
    rest = (_WIDTH - sum(Mm(width) for width in given)) / max(given.count(0), 1)
    return [Mm(width) if width else Emu(int(rest)) for width in given]


def _keep_whole(row: Any, *, is_head: bool) -> None:
    """A row is not cut by the end of a page; a row of headings comes again on the next."""
    properties = row._tr.get_or_add_trPr()
    for name in ("w:cantSplit", *(("w:tblHeader",) if is_head else ())):
        properties.append(OxmlElement(name))


def _words(element: Any) -> str:
    """The text of an element as it reads: breaks as line ends, white space between words as one blank."""
    for line in element.iter("br"):
        line.tail = _BREAK + (line.tail or "")
    return "\n".join(" ".join(part.split()) for part in element.text_content().split(_BREAK)).strip()


def _without_controls(value: Any) -> Any:
    """The texts of a content without characters that XML does not take."""
    if isinstance(value, str):
        return "".join(mark for mark in value if mark == "\n" or unicodedata.category(mark) not in ("Cc", "Cs", "Cn"))
    if isinstance(value, Mapping):
        return {name: _without_controls(one) for name, one in value.items()}
    return [_without_controls(one) for one in value] if isinstance(value, list) else value
