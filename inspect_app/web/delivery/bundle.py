"""The field's modules in a few files: on a bad signal forty requests cost more than all their bytes.

Not a bundler for any JavaScript, only for the plain modules of this house, as the formatter writes them: each import and
export begins a line, one way, no cycles, no default exports, nothing exported that is assigned anew. Whatever else stands
there is refused at start. The files behave as the modules would; `modules` gives tests the very instances the page uses.

A module that is imported when it is needed (`import("./field/views/visit.js")`) begins a file of its own, which holds what
the first does not; what only that one imports when needed stands on both. What two of them need is in the first. Library
files stay files.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

_IMPORT = re.compile(r'^import (?P<what>\* as \w+|\{[^}]*\}) from "(?P<where>\.[^"]+)";\n', re.M)
_LATER = re.compile(r'\bimport\("(?P<where>\.[^"]+)"\)')
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function\*?|class|const) (\w+))", re.M)
_EXPORT_LIST = re.compile(r"^export \{\s([\w,\s]+)\};\n", re.M)
_COMMENT = re.compile(r"^[ \t]*//[^\n]*\n|^[ \t]*/\*\*(?:[^*]|\*(?!/))*\*/[ \t]*\n", re.M)
# The comma after the last of a broken list is the formatter's; the phone pays for it.
_LAST_COMMA = re.compile(r",(?=\n[ \t]*[)\]}])")
# Of several things exported at once only the first would be: `export const a = 1, b = 2;`, also over several lines
_SEVERAL = re.compile(r"""^export const \w+ = (?:[^;\n(\[{`"']|"[^"\n]*"|\([^()\n]*\))*,\s+\w+ = .*""", re.M)
_LEFT = re.compile(r"^(?:import|export)\b(?! ?\()", re.M)


class CannotBundle(Exception):  # noqa: N818  # read as a sentence
    """A module says something that this cannot put into one file."""


def whole(static: Path, entry: str) -> str:
    """`entry` with all it stands on in one script, also what it would fetch when needed: for a page that is opened once."""
    found = _Bundle(static, known=(), parts=False)
    found.add(PurePosixPath(entry))
    return "const modules = {};\n" + found.script()


def bundles(static: Path, entry: str) -> dict[str, str]:
    """File name → script: `entry` with all it stands on, and one file for each module that is fetched when needed."""
    first = _Bundle(static, known=())
    first.add(PurePosixPath(entry))
    name = f"{PurePosixPath(entry).stem}.bundle.js"
    while shared := _in_several(_parts(first, frozenset(), "")):
        for module in shared:
            first.add(PurePosixPath(module))
    made = {name: "const modules = {};\n" + first.script() + "export { modules };\n"}
    for module, part, heads in _parts(first, frozenset(), f'import {{ modules }} from "./{name}";\n'):
        made[bundle_of(module)] = heads + part.script()
    return made


def _parts(above: "_Bundle", others: frozenset[str], heads: str) -> Iterator[tuple[str, "_Bundle", str]]:
    """(module, its file, what that imports) of each module that is fetched when needed by what stands `above`; what only such
    a part fetches stands on that part too. `others` have their file already."""
    for module in sorted(above.later - others):
        part = _Bundle(above.static, known={*above.known, *above.names})
        part.add(PurePosixPath(module))
        yield module, part, heads
        yield from _parts(part, others | above.later, f'{heads}import "./{bundle_of(module)}";\n')


def _in_several(parts: Iterable[tuple[str, "_Bundle", str]]) -> list[str]:
    """What more than one part would bring: it belongs to the first file, as a page has one instance of each module."""
    found = Counter(name for _, part, _ in parts for name in part.names)
    return sorted(name for name, count in found.items() if count > 1)


def bundle_of(module: str) -> str:
    """The file of a module that is fetched when needed."""
    return f"{PurePosixPath(module).stem}.bundle.js"


class _Bundle:
    """Modules in the order in which they stand on each other."""

    def __init__(self, static: Path, known: Iterable[str], *, parts: bool = True) -> None:
        self.static, self.known, self.parts = static, frozenset(known), parts
        self.sources: dict[str, str] = {}
        self.later: set[str] = set()

    @property
    def names(self) -> Iterable[str]:
        return self.sources.keys()

    def script(self) -> str:
        return "".join(self.sources.values())

    def add(self, path: PurePosixPath, above: tuple[PurePosixPath, ...] = ()) -> None:
        """Add a module, after all it imports. Raises CannotBundle."""
        name = str(path)
        if path in above:
            raise CannotBundle(f"modules in a circle: {' > '.join(map(str, (*above, path)))}")
        if name in self.sources or name in self.known:
            return
        source = _LAST_COMMA.sub("", _COMMENT.sub("", (self.static / path).read_text()))
        if several := _SEVERAL.search(source):
            raise CannotBundle(f"{name}: one export on a line: {several[0]}")
        needs = [(found["what"], _resolved(path, found["where"])) for found in _IMPORT.finditer(source)]
        for _, other in needs:
            self.add(other, (*above, path))
        body, exported = _exports(
            _LATER.sub(lambda found: self._fetched(path, found["where"]), _IMPORT.sub("", source))
        )
        if left := _LEFT.search(body):
            raise CannotBundle(f"{name}: {body[left.start() :].splitlines()[0]}")
        heads = "".join(_bound(what, str(other)) for what, other in needs)
        self.sources[name] = (
            f'modules["{name}"] = (() => {{\n{heads}{body}return {{ {", ".join(exported)} }};\n}})();\n'
        )

    def _fetched(self, path: PurePosixPath, where: str) -> str:
        """What is fetched when needed: a library stays its own file, a module of ours comes in a bundle."""
        module = str(_resolved(path, where))
        if module.startswith("vendor/"):
            return f'import("./{module}")'
        if not self.parts:
            self.add(PurePosixPath(module))
            return f'Promise.resolve(modules["{module}"])'
        self.later.add(module)
        return f'import("./{bundle_of(module)}").then(() => modules["{module}"])'


def _exports(body: str) -> tuple[str, list[str]]:
    """The body without the word export, and the names it said it of."""
    exported = _EXPORT.findall(body)
    for names in _EXPORT_LIST.findall(body):
        exported += [one.strip() for one in names.split(",") if one.strip()]
    return _EXPORT_LIST.sub("", _EXPORT.sub("", body)), exported


def _resolved(path: PurePosixPath, where: str) -> PurePosixPath:
    parts: list[str] = []
    for part in (path.parent / where).parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return PurePosixPath(*parts)


def _bound(what: str, other: str) -> str:
    if what.startswith("*"):
        return f'const {what.removeprefix("* as ")} = modules["{other}"];\n'
    return f'const {what.replace(" as ", ": ")} = modules["{other}"];\n'
