"""What came out of an uploaded file: a list or what is wrong with it, by cell. Pure; both formats end here."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from inspect_app.sheets.workbook import Problem

from .aliases import NO_ALIASES, Aliases
from .columns import ITEM_COLUMNS, ITEMS
from .faults import Severity
from .lint import LastPublished, lint
from .lint_beside import lint_beside
from .rules import Basis, Checklist
from .suspicion import SuspicionRule

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
    absent: tuple[str, ...] = ()  # fields of items that the file has no columns for, and therefore says nothing of


def completed(parsed: Parsed, base: Checklist | None) -> Parsed:
    """What a file has no columns for stays as the version has it that it is based on: a sheet from before the short walk, or
    one that another tool wrote anew, takes no 重点项 away. What stayed is noted."""
    if parsed.checklist is None or base is None or not parsed.absent:
        return parsed
    before = {item.code: {name: getattr(item, name) for name in parsed.absent} for item in base.items}
    items = tuple(replace(item, **before.get(item.code, {})) for item in parsed.checklist.items)
    titles = {column.name: column.title for column in ITEM_COLUMNS}
    kept = [titles[name] for name in parsed.absent if any(values[name] for values in before.values())]
    told = Problem(ITEMS, f"没有“{'”“'.join(kept)}”这{'几' if len(kept) > 1 else '一'}列，照原来那一版没有变")
    notes = (*parsed.notes, told) if kept else parsed.notes
    return replace(parsed, checklist=replace(parsed.checklist, items=items), notes=notes)


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
