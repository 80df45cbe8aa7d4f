"""How large what a reader takes in at once may be, a module, a function; and how much of what others call says what it is."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import ROOT

MODULE, USUAL_MODULE, FUNCTION, USUAL_FUNCTION = 350, 250, 40, 22  # lines
DOCUMENTED = 0.955  # of all public names; what is reached is not given up again


def _modules() -> Iterator[tuple[Path, str]]:
    for path in sorted((ROOT / "inspect_app").rglob("*.py")):
        yield path.relative_to(ROOT), path.read_text()


def test_no_module_is_longer_than_a_reader_holds() -> None:
    long = {str(path): lines for path, text in _modules() if (lines := text.count("\n")) > MODULE}
    assert long == {}, "split it by noun"


def test_nineteen_modules_of_twenty_speak_of_one_thing() -> None:
    lines = sorted((text.count("\n"), str(path)) for path, text in _modules())
    usual = int(len(lines) * 0.95)
    assert lines[usual][0] <= USUAL_MODULE, f"split by what people do with it: {lines[usual:]}"


def test_nineteen_functions_of_twenty_are_seen_at_once() -> None:
    lines = sorted(
        (node.end_lineno or node.lineno) - node.lineno + 1
        for _, text in _modules()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef)
    )
    assert lines[int(len(lines) * 0.95)] <= USUAL_FUNCTION
    assert lines[-1] <= FUNCTION, "name its parts"


def _public(node: ast.Module | ast.ClassDef, within: str) -> Iterator[tuple[str, ast.AST]]:
    """Functions and classes that others may call, by name, those of public classes among them."""
    for child in node.body:
        if isinstance(child, ast.FunctionDef | ast.ClassDef) and not child.name.startswith("_"):
            yield f"{within}:{child.name}", child
            if isinstance(child, ast.ClassDef):
                yield from _public(child, f"{within}:{child.name}")


def test_public_names_say_what_a_reader_cannot_see_from_the_signature() -> None:
    trees = {str(path): ast.parse(text) for path, text in _modules()}
    names = [*trees.items(), *(found for path, tree in trees.items() for found in _public(tree, path))]
    silent = [name for name, node in names if not ast.get_docstring(node)]  # type: ignore[arg-type]
    share = 1 - len(silent) / len(names)
    assert share >= DOCUMENTED, f"{share:.1%} have a docstring; these have none:\n" + "\n".join(silent)


def test_a_public_class_has_its_name_alone() -> None:
    homes: dict[str, list[str]] = {}
    for path, text in _modules():
        for node in ast.parse(text).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes.setdefault(node.name, []).append(str(path))
    assert {name: where for name, where in homes.items() if len(where) > 1} == {}, "say which of them it is"
