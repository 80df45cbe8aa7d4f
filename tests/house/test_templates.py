"""Templates are seen whole, say no rule, and every component tells what it takes."""

import re
from statistics import median

from tests.conftest import ROOT

TEMPLATES = ROOT / "templates"
LINE = 160
# Lines of a page (median, nineteen of twenty) and of a fragment, style of the house.
PAGE_MEDIAN, PAGE_USUAL, FRAGMENT = 40, 120, 45


def _read() -> dict[str, str]:
    return {path.relative_to(TEMPLATES).as_posix(): path.read_text() for path in sorted(TEMPLATES.rglob("*.html"))}


def _is_part(name: str) -> bool:
    return "/_" in name or name.startswith("components/")


def test_no_line_is_longer_than_a_reader_takes_in() -> None:
    long = [
        (name, number)
        for name, text in _read().items()
        for number, line in enumerate(text.split("\n"), 1)
        if len(line) > LINE
    ]
    assert long == [], f"at most {LINE} characters; break where white space means nothing, or with {{%- … -%}}"


def test_a_page_is_seen_whole() -> None:
    lines = sorted(text.count("\n") for name, text in _read().items() if not _is_part(name))
    assert median(lines) <= PAGE_MEDIAN
    assert lines[int(len(lines) * 0.95)] <= PAGE_USUAL, "move a part into _fragments/, which the page includes"


def test_a_part_of_a_page_is_seen_at_once() -> None:
    long = {name: lines for name, text in _read().items() if _is_part(name) and (lines := text.count("\n")) > FRAGMENT}
    assert set(long) <= LONG, "split it; the list of what is longer only gets shorter"
    assert set(long) >= LONG, "shorter by now: take it off the list"


# What is longer still, for a reason: the blocks of papers are one file, and an item of the phone is one thing.
LONG = {"field/_item.html", "papers/_parts.html"}


def test_every_component_says_what_it_takes() -> None:
    silent = []
    for path in sorted((TEMPLATES / "components").glob("*.html")):
        text = path.read_text()
        head = re.match(r"\{#(.*?)#\}", text, re.S)
        named = head.group(1) if head else ""
        silent += [f"{path.name}: {name}" for name in re.findall(r"\{% macro (\w+)", text) if name not in named]
    assert [one for one in silent if not one.endswith("refused_all")] == []


# Values of the domain: what follows from them is told by the code that draws the page, or by web/looks.py.
VALUES = (
    "deputy|supervisor|handler|leader|auditor|administrator|congress|government|found|rectifying|awaiting_verification|"
    "awaiting_closure|closed|ended|void|merged|general|suspected_major|major|issued|issuing|judge|number|count|choice|"
    "overdue|today|soon|proposed|open"
)
COMPARED = re.compile(rf"(?:==|!=|\bin)\s*\(?\s*[\"'](?:{VALUES})[\"']")


def test_no_template_says_a_rule() -> None:
    found = {name: len(hits) for name, text in _read().items() if (hits := COMPARED.findall(text))}
    assert found == {}, "give the template a finished value"


def test_the_gallery_draws_every_component() -> None:
    gallery = "".join(path.read_text() for path in sorted((TEMPLATES / "patterns").rglob("*.html")))
    macros = set(re.findall(r"\{% set (\w+) = \w+_file", (TEMPLATES / "components" / "ui.html").read_text()))
    # Parts of other components, or markup that only makes sense beside an input drawn by hand.
    parts = {"refused_all", "said_first", "invalid", "csrf", "label_of", "described"}
    assert {name for name in macros - parts if f"ui.{name}(" not in gallery} == set()
