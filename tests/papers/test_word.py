"""The Word copy of a letter: the words of its sheet, its tables and photos; no code, no receipt, and on every page that it is none."""

import io
import shutil
import subprocess
from pathlib import Path

import pdfplumber
import pytest
from docx import Document

from inspect_app.casework.papers import KINDS
from inspect_app.papers import samples, word

WITH_WORD = [code for code, entry in KINDS.items() if entry.word]


def _text(document: object) -> str:
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]  # type: ignore[attr-defined]
    paragraphs = [one.text for one in document.paragraphs]  # type: ignore[attr-defined]
    return "".join("".join([*paragraphs, *cells]).split())


@pytest.mark.parametrize("kind", WITH_WORD)
def test_it_says_what_the_sheet_says_and_that_it_is_no_original(kind: str) -> None:
    made = samples.sample(kind, hazards=2, photos=4)
    document = Document(io.BytesIO(word.copy_of(kind, made, samples.picture)))
    text = _text(document)
    for words in (made["title"], made["number"], made["issuer"], *(line["title"] for line in made["lines"])):
        assert "".join(str(words).split()) in text
    assert f"不是发出的原件；以编号 {made['number']} 的原件为准" in document.sections[0].header.paragraphs[0].text
    for left_out in (made["code"], made["address"], "签名：", "本件共"):
        assert left_out not in text
    assert len(document.inline_shapes) == 4
    assert document.core_properties.author == ""


def test_a_photo_that_is_gone_or_no_picture_leaves_its_words() -> None:
    made = samples.sample("closure", photos=2)
    for broken in (lambda name: None, lambda name: b"<svg/>"):
        document = Document(io.BytesIO(word.copy_of("closure", made, broken)))
        assert len(document.inline_shapes) == 0
        assert "整改前1" in _text(document)


def test_what_xml_does_not_take_is_left_out() -> None:
    made = samples.sample("closure") | {"opinion": "看过\x00了\ufffe，\x0b改好了"}
    assert "看过了，改好了" in _text(Document(io.BytesIO(word.copy_of("closure", made, samples.picture))))


@pytest.mark.long
@pytest.mark.parametrize("kind", WITH_WORD)
def test_libreoffice_opens_it(kind: str, tmp_path: Path) -> None:
    """`make long` installs LibreOffice; what it makes of the copy reads like the copy."""
    soffice = shutil.which("soffice")
    assert soffice, "apt-get install libreoffice-writer-nogui"
    made = samples.sample(kind, hazards=2, photos=4)
    (tmp_path / "copy.docx").write_bytes(word.copy_of(kind, made, samples.picture))
    command = [soffice, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf"]
    subprocess.run([*command, "--outdir", str(tmp_path), str(tmp_path / "copy.docx")], check=True, capture_output=True)
    with pdfplumber.open(tmp_path / "copy.pdf") as pdf:
        text = "".join("".join((page.extract_text() or "").split()) for page in pdf.pages)
        assert sum(len(page.images) for page in pdf.pages) == 4
        assert text.count("不是发出的原件") == len(pdf.pages)
    assert "".join(str(made["number"]).split()) in text
