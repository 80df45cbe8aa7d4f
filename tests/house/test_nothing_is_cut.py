"""What somebody typed or sent is taken whole or refused in words: no slice stands on it. The limits are in kernel/limits.py."""

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "inspect_app"
# What words from outside come out of: forms, addresses, payloads, headers, uploads.
SOURCES = {"strip", "get", "getlist", "read", "posted", "str", "text", "items"}
WORDS = {
    "reason",
    "words",
    "note",
    "phone",
    "name",
    "address",
    "title",
    "said",
    "agent",
    "typed",
    "remark",
    "photos",
    "files",
}
# Nobody's words: a door's address in a log without a name, the tail of a fault, the pages of a list.
MEANT = {"kernel/logs.py", "web/tracing.py"}


def _names(node: ast.expr) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Call):
            yield getattr(part.func, "attr", getattr(part.func, "id", ""))
    if isinstance(node, ast.Name | ast.Attribute):
        own = getattr(node, "attr", getattr(node, "id", ""))
        yield "strip" if own in WORDS else ""


def _cuts(source: str) -> list[str]:
    """Slices with an end and no beginning on what comes from outside."""
    return [
        ast.unparse(node)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice) and node.slice.upper is not None
        and node.slice.lower is None and set(_names(node.value)) & SOURCES
    ]  # fmt: skip


def test_no_slice_stands_on_what_somebody_typed_or_sent() -> None:
    found = {
        f"{path.relative_to(PACKAGE)}: {cut}"
        for path in PACKAGE.rglob("*.py")
        if str(path.relative_to(PACKAGE)) not in MEANT and "demo" not in path.parts
        for cut in _cuts(path.read_text())
    }
    assert found <= {
        "sheets/file_kinds.py: packed.read('mimetype')[:80]",  # a look at what a file says it is
        "jobs/nightly.py: [*state.get('left', []), *report.left][:MOST_KEPT]",  # an own list of faults
        "people/rules.py: phone[:3]",  # a number shown with its middle hidden
        "backup/manifest.py: name[:2]",  # folders of files that are named by their hash
        "backup/checking.py: name[:12]",
        "backup/restoring.py: name[:12]",
        "hazards/queries.py: photos[:most]",  # the first beside a title; all of them stand on its page
    }


def test_this_test_sees_a_cut() -> None:
    cuts = ["reason.strip()[:500]", "request.form.get('q', '')[:50]", "files[:12]", "row.note[:9]"]
    assert sorted(_cuts("; ".join(cuts))) == sorted(cuts)
    assert _cuts("sha256[:12]; found[:size]; on[:10]") == []
