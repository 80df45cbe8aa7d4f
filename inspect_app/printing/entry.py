"""The entry of a kind of thing that is printed in jobs, and what making one of them comes to. Plain values."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from inspect_app.papers.kinds import Geometry
from inspect_app.people.rules import Scope

from .rules import Form


@dataclass(frozen=True)
class Stored:
    """The part is a file that lies in evidence, and goes into the job as it is."""

    sha256: str


@dataclass(frozen=True)
class SheetToDraw:
    """The part is drawn for the job: a sheet without a number, of a template in templates/papers/sheets/.

    `rows` of any number are laid out some at a time and stand on pages that are numbered through; `codes` are the addresses
    of QR codes, one for each row; a sheet without rows shows those it names.
    """

    template: str
    values: Mapping[str, Any]
    geometry: Geometry
    rows: Sequence[Mapping[str, Any]] = ()
    codes: Sequence[str] = ()


class LeftOut(Exception):  # noqa: N818  # no fault: it is said beside the result
    """The part does not go into the job; the words say why, in Chinese."""


class PartWaits(Exception):  # noqa: N818  # no fault: the sweep comes again
    """What the part shows is still being made."""


@dataclass(frozen=True)
class PartAsked:
    """A part as somebody asks for it: what it is about, and how it is listed."""

    kind: str
    about: Mapping[str, Any]
    title: str
    number: str = ""
    place: str = ""
    day: date | None = None


@dataclass(frozen=True, kw_only=True)
class PrintKind:
    """The entry of a kind. `make` finds what a part shows, seen by whoever asked as they may see it now; it only reads."""

    code: str
    unit: str  # 200 份, 3 张: how its parts are counted
    make: Callable[[Scope, Mapping[str, Any]], Stored | SheetToDraw]
    one_sided: bool = False  # each page is given away or cut up: nothing else may stand on its back
    forms: Sequence[Form] = field(default=(Form.PDF,))
