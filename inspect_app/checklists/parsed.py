"""What came out of an uploaded file: a list or what is wrong with it, by cell. Pure; both formats end here."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from .aliases import NO_ALIASES, Aliases
from .lint import LastPublished, Severity, lint
from .lint_beside import lint_beside
from .rules import Basis, Checklist
from .suspicion import SuspicionRule
from .workbook import Problem

LIST_CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
ITEM_CODE = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)+")


@dataclass(frozen=True)
class Parsed:
    """`problems` keep a draft from being published; `notes` are worth knowing, such as what could not be carried."""

    checklist: Checklist | None
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    cells: Mapping[str, str] = field(default_factory=dict)  # item code → the cell of its code
    code: str = ""  # of the list, as far as it could be read
    title: str = ""
    based_on: str = ""  # the content hash of the version that was downloaded, as the file says it


def linted(
    parsed: Parsed,
    today: date,
    rules: Iterable[SuspicionRule],
    published: LastPublished | None = None,
    *,
    beside: Iterable[Checklist] = (),
    aliases: Aliases = NO_ALIASES,
) -> Parsed:
    """With what the lint says of the list, at the cells of its items: errors are problems, warnings are notes. `beside` are
    the lists in force, some of which are used together with it."""
    if parsed.checklist is None:
        return parsed
    told = {problem.where for problem in parsed.problems}
    problems, notes = [*parsed.problems], [*parsed.notes]
    faults = lint(parsed.checklist, on=today, rules=rules, published=published)
    for fault in (*faults, *lint_beside(parsed.checklist, beside, aliases)):
        where = parsed.cells.get(fault.code, fault.code)
        if where not in told:
            (problems if fault.severity is Severity.ERROR else notes).append(Problem(where, fault.what))
    return replace(parsed, problems=tuple(problems), notes=tuple(notes))


def cited(ids: Sequence[str], bases: Mapping[str, Basis], where: str) -> tuple[list[Basis], list[Problem]]:
    """Bases by their ids in basis.yaml; any other is a problem, because an upload brings no law of its own."""
    unknown = [name for name in ids if name not in bases]
    problems = [Problem(where, f"没有编号为“{name}”的依据，请从“依据”那一页里选") for name in unknown]
    return [bases[name] for name in ids if name in bases], problems
