"""How large what a reader takes in at once may be: a module, a function."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import ROOT

MODULE, USUAL_FUNCTION = 350, 22  # lines


def _modules() -> Iterator[tuple[Path, str]]:
    for path in sorted((ROOT / "inspect_app").rglob("*.py")):
        yield path.relative_to(ROOT), path.read_text()


def test_no_module_is_longer_than_a_reader_holds() -> None:
    long = {str(path): lines for path, text in _modules() if (lines := text.count("\n")) > MODULE}
    assert long == {}, "split it by noun"


def test_nineteen_functions_of_twenty_are_seen_at_once() -> None:
    lines = sorted(
        (node.end_lineno or node.lineno) - node.lineno + 1
        for _, text in _modules()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef)
    )
    assert lines[int(len(lines) * 0.95)] <= USUAL_FUNCTION
