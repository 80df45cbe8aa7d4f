"""The library's files are reviewed as diffs when a law changes: one field a line, one code a line, in one order."""

import re
from pathlib import Path

from inspect_app.checklists import library

# A mapping or a filled list in one line; `[]` is how an empty one is written. Quoted and plain scalars begin otherwise.
FLOW = re.compile(r"^\s*(?:- )*(?:[\w-]+: +)?(?:\{|\[(?!\]))")
NAMED = re.compile(r"^- (?:code|id): (\S+)$", re.M)


def _files() -> list[Path]:
    return sorted(library.FOLDER.rglob("*.yaml"))


def test_every_field_of_the_library_stands_on_a_line_of_its_own() -> None:
    flowing = [
        f"{path.relative_to(library.FOLDER)}:{number}"
        for path in _files()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if FLOW.match(line)
    ]
    assert flowing == [], "write it in block style: one field a line, one entry of a list a line"


def test_every_entry_begins_with_its_name() -> None:
    """A diff shows the head of what changed; entries of these files are found by it."""
    for path in [library.FOLDER / "basis.yaml", library.FOLDER / "suspect.yaml", *library.FOLDER.glob("items/*.yaml")]:
        entries = [line for line in path.read_text("utf-8").splitlines() if line.startswith("- ")]
        assert len(NAMED.findall("\n".join(entries))) == len(entries), path.name


def test_items_of_one_series_stand_together_in_the_order_of_their_codes() -> None:
    """Whoever looks for F-EXIT-05 finds it after F-EXIT-04, and a new code has one place to go."""
    for path in library.FOLDER.glob("items/*.yaml"):
        codes = NAMED.findall(path.read_text("utf-8"))
        series = [code.rsplit("-", 1)[0] for code in codes]
        runs = [name for before, name in zip(["", *series], series, strict=False) if name != before]
        assert len(runs) == len(set(runs)), f"{path.name}: a series stands in two places"
        for name in runs:
            own = [code for code in codes if code.rsplit("-", 1)[0] == name]
            assert own == sorted(own), f"{path.name}: {name} is out of order"
