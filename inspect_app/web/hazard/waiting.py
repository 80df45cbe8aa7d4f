"""What waits for somebody, by what is to be done: the card of verbs, and one page of the rows of one verb, the most dangerous
first. Shared by 今日 of the desk and the inbox of an office; the address holds all of it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from flask import request, url_for

from inspect_app.hazards import register, worklist
from inspect_app.hazards.filters import Filters, Sort
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.register import HazardRow
from inspect_app.hazards.rules import Step
from inspect_app.hazards.worklist import Pile, PileItem
from inspect_app.kernel import clock
from inspect_app.kernel.paging import Page
from inspect_app.people.rules import Scope

from ..fields import at, maybe_id, searched
from .batch import MOST, BatchForm, batch_form, kept_ids

SIZE = 20  # rows: a screen and a half
PAIRS = 12  # cards with two photos each


def silent(item: PileItem) -> str:
    """Of a row whose pile says all of it."""
    return ""


@dataclass(frozen=True)
class Verb:
    """What is done about the hazards of a pile: the word at the end of a row, which opens the hazard; what a row says beside
    its place; the step that is taken for many at once. `in_place`: a row has it as a button of its own."""

    label: str
    says: Callable[[PileItem], str] = silent
    step: Step | None = None
    in_place: bool = False
    size: int = SIZE


@dataclass(frozen=True)
class VerbCount:
    """A line of the card of verbs."""

    key: str
    name: str
    count: int
    href: str
    current: bool


def scans_line(count: int) -> list[VerbCount]:
    """收扫描件 with how many pages wait in the tray, to which it leads; no line where none does."""
    return [VerbCount("scans", "收扫描件", count, url_for("scans.tray"), current=False)] if count else []


@dataclass(frozen=True)
class WaitingRow:
    """A hazard that waits, as its row shows it. `pair`: how it was and how it is, where it is closed with one press."""

    row: HazardRow
    item: PileItem
    note: str
    verb: Verb
    picked: bool
    pair: tuple[UUID, UUID] | None = None

    @property
    def value(self) -> str:
        """What its checkbox sends: which hazard, and as which version it was seen."""
        return f"{self.row.id}:{self.row.version}"


@dataclass(frozen=True)
class Narrowing:
    """What the address narrows the rows of a verb to. `kept`: those that a batch could not do, and nothing else."""

    words: str = ""
    handler_id: UUID | None = None
    late: bool = False
    kept: tuple[UUID, ...] = ()

    @classmethod
    def asked(cls) -> "Narrowing":
        """As this request's address, or the form of a batch, says."""
        if request.method == "POST":
            return cls(
                request.form.get("q", ""), maybe_id(request.form.get("handler")), request.form.get("late") == "1"
            )
        kept = kept_ids(request.args.get("kept", ""))
        return cls(searched(), maybe_id(request.args.get("handler")), request.args.get("late") == "1", kept)

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left out."""
        return self == Narrowing()

    @property
    def here(self) -> dict[str, str]:
        """For an address, or a form, that means the same; what was kept is looked at once."""
        said = {"q": self.words, "handler": str(self.handler_id or ""), "late": "1" if self.late else ""}
        return {name: value for name, value in said.items() if value}

    def filters(self, pile: Pile) -> Filters:
        """The rows of a pile within it."""
        if self.kept:
            return Filters(narrowed=Hazard.id.in_(self.kept))
        before = clock.today() - timedelta(days=1) if self.late else None
        return Filters(narrowed=pile.condition, words=self.words, handler_id=self.handler_id, due_by=before)


@dataclass(frozen=True)
class WaitingPage:
    """One verb with a page of its rows."""

    pile: Pile
    verb: Verb
    endpoint: str
    narrowing: Narrowing
    page: Page[HazardRow]
    rows: Sequence[WaitingRow]
    total: int
    form: BatchForm | None = field(default=None)

    @property
    def here(self) -> dict[str, str]:
        """The address of these rows."""
        return {"do": self.pile.key} | self.narrowing.here

    @property
    def home(self) -> str:
        """The page that names no verb."""
        return at(self.endpoint, {})

    @property
    def hidden(self) -> dict[str, str]:
        """What the form of a batch says of these rows, so that a refusal shows them again."""
        where = request.form if request.method == "POST" else request.args
        return self.narrowing.here | {name: where[name] for name in ("after", "before") if where.get(name)}

    @property
    def at_once(self) -> int:
        """How many 全部 are; 0 where they are too many for one batch, or only what one left over."""
        return 0 if self.narrowing.kept or self.total > MOST else self.total

    @property
    def too_many(self) -> int:
        """How many a batch may hold, where these are more; else 0."""
        return MOST if self.total > MOST else 0

    @property
    def next(self) -> str:
        """The address of the page after."""
        return at(self.endpoint, self.here, after=self.page.after) if self.page.after else ""

    @property
    def back(self) -> str:
        """The address of the page before."""
        return at(self.endpoint, self.here, before=self.page.before) if self.page.before else ""

    @property
    def whole(self) -> str:
        """The address of all rows of the verb, where some are left out."""
        return "" if self.narrowing.is_whole else at(self.endpoint, {"do": self.pile.key})

    @property
    def late_or_not(self) -> str:
        """The address that shows only what is late, or all of it again."""
        here = {name: value for name, value in self.here.items() if name != "late"}
        return at(self.endpoint, here if self.narrowing.late else here | {"late": "1"})


def verbs_of(piles: Sequence[Pile], counts: Mapping[str, int], endpoint: str, current: str) -> list[VerbCount]:
    """The card of verbs, in the order of the piles."""
    return [
        VerbCount(pile.key, pile.name, counts[pile.key], at(endpoint, {"do": pile.key}), pile.key == current)
        for pile in piles
    ]


def chosen(piles: Sequence[Pile], counts: Mapping[str, int], others: Collection[str] = ()) -> Pile:
    """The pile that the address names; where it names none, the first with something to do in it, else the first. `others` are
    only opened by name: there is nothing to do in them."""
    named = next((pile for pile in piles if pile.key == request.args.get("do")), None)
    own = [pile for pile in piles if pile.key not in others]
    return named or next((pile for pile in own if counts[pile.key]), own[0])


def waiting(
    me: Scope, pile: Pile, verb: Verb, endpoint: str, count: int, *, typed: Mapping[str, str] | None = None
) -> WaitingPage:
    """The rows of a pile that this request's address asks for. `typed`: what a batch was refused with, which stays ticked and
    written."""
    narrowing = Narrowing.asked()
    filters = narrowing.filters(pile)
    where = request.form if typed is not None else request.args
    after, before = where.get("after"), where.get("before")
    page = register.page(me, filters, after, verb.size, before=before, sort=Sort.DANGER)
    items = worklist.items(row.id for row in page.rows)
    ticked = set(request.form.getlist("pick")) if typed is not None else set()
    rows = [
        WaitingRow(row, item, verb.says(item), verb, bool(narrowing.kept) or f"{row.id}:{row.version}" in ticked)
        for row in page.rows
        if (item := items.get(row.id))
    ]
    total = count if narrowing.is_whole else register.count(me, filters)
    form = batch_form(verb.step, typed) if verb.step and total else None
    return WaitingPage(pile, verb, endpoint, narrowing, page, rows, total, form)
