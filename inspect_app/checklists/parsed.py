"""What came out of an uploaded file: a list or what is wrong with it, by cell. Pure; both formats end here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from .rules import Basis, Checklist, lint
from .workbook import Problem


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


def linted(parsed: Parsed, today: date) -> Parsed:
    """With what the library's lint says of the list, at the cells of its items. The one place that calls the lint."""
    if parsed.checklist is None:
        return parsed
    found = [*_ended(parsed, today)]
    told = {problem.where for problem in (*parsed.problems, *found)}
    for fault in lint(parsed.checklist):
        code, _, words = fault.partition(": ")
        where = parsed.cells.get(code, code)
        if where not in told and not (words.endswith("has ended")):
            found.append(Problem(where, f"检查规则指出：{words or fault}"))
    return replace(parsed, problems=(*parsed.problems, *found))


def _ended(parsed: Parsed, today: date) -> list[Problem]:
    assert parsed.checklist is not None
    return [
        Problem(
            parsed.cells.get(item.code, item.code),
            f"依据 {basis.id}《{basis.document}》已在 {basis.until} 失效，请换成现行的",
        )
        for item in parsed.checklist.items
        for basis in item.bases
        if basis.until is not None and basis.until < today
    ]


def cited(ids: Sequence[str], bases: Mapping[str, Basis], where: str) -> tuple[list[Basis], list[Problem]]:
    """Bases by their ids in basis.yaml; any other is a problem, because an upload brings no law of its own."""
    unknown = [name for name in ids if name not in bases]
    problems = [Problem(where, f"没有编号为“{name}”的依据，请从“依据”那一页里选") for name in unknown]
    return [bases[name] for name in ids if name in bases], problems
