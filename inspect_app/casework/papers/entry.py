"""The entry of a kind of paper with all that making one takes: what its form asks, when it is offered, how it is gathered."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from inspect_app.casework.dossier.dossier import Dossier
from inspect_app.hazards.case import require_words
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Actor
from inspect_app.kernel import clock
from inspect_app.kernel.deadlines import check_deadline
from inspect_app.kernel.errors import Faults, Refused
from inspect_app.kernel.limits import whole
from inspect_app.papers.content import ContentPart, Head
from inspect_app.papers.kinds import PaperKindSpec, To
from inspect_app.papers.models import Paper
from inspect_app.people.models import Organisation
from inspect_app.people.rules import Scope
from inspect_app.premises.models import Premises

MOST_LINES = 30  # of one paper


class Asks(StrEnum):
    """What is written or chosen at a question of a form."""

    LINE = "line"
    WORDS = "words"
    DAY = "day"
    CHOICE = "choice"  # out of the offer's options; the kind checks it against its own list


@dataclass(frozen=True)
class PaperQuestion:
    """One field of the form that a paper is made from. `called` is its name in a refusal where the label says more."""

    name: str
    label: str
    asks: Asks = Asks.LINE
    hint: str = ""
    optional: bool = False
    called: str = ""
    counted: bool = False  # how far off the chosen day is stands beneath it
    each: bool = False  # asked of every hazard on the paper; what is answered for all holds where a line says nothing
    # Of papers made for many places at once it is never asked for all: for each holds what is proposed there.
    own: bool = False


@dataclass(frozen=True)
class QuestionGroup:
    """Questions that belong together."""

    legend: str
    questions: Sequence[PaperQuestion]
    hint: str = ""


@dataclass(frozen=True)
class Offer:
    """A kind of paper that somebody may make of a hazard now. `lacking` blocks it until an administrator has set it up."""

    button: str
    opens: str = ""  # what opens the form, where that is not the words of its button
    proposed: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    hints: Sequence[str] = ()
    lacking: Sequence[str] = ()
    replaces: str = ""  # the number of the paper whose place it takes
    likely: int = 0  # how likely it is what is wanted now; the likeliest stand open, those of 0 behind 更多文书


@dataclass(frozen=True)
class Wanted:
    """A paper that somebody wants of hazards at one premises, whose rows are locked."""

    hazards: Sequence[Hazard]
    premises: Premises
    issuer: Organisation
    scope: Scope
    actor: Actor
    head: Head
    typed: Mapping[str, str]

    @property
    def hazard(self) -> Hazard:
        """The one hazard of a kind that is made of one."""
        return self.hazards[0]


@dataclass(frozen=True)
class Gathered:
    """A paper's own content, and the date of each of its hazards in their order (`Wanted.hazards`); none: no date is printed.

    `then` takes the step that the paper is the sheet of, once it has a number.
    """

    content: ContentPart
    dates: Sequence[date | None] = ()
    replaces_id: UUID | None = None
    replaces: str = ""
    then: Callable[[Paper], None] | None = None


@dataclass(frozen=True, kw_only=True)
class PaperKind(PaperKindSpec):
    """The entry of a kind. `gather` makes its content of hazards, or refuses, also whoever sends a form that was not
    offered; None: it is not made on a hazard's page. `many`: one paper may carry several hazards of one premises.

    `offer` says what stands in the form for who looks at a hazard, None where they may not make one now; it is asked only
    for offices of the side that may issue it. `beside` names all hazards, in their order, that go on the paper which is made
    on the page of one: those of another paper that it is about; empty: that one alone.
    """

    form: Sequence[QuestionGroup] = ()
    offer: Callable[[Dossier], Offer | None] = field(default=lambda dossier: None)
    gather: Callable[[Wanted], Gathered] | None = None
    many: bool = False
    moving: frozenset[str] = frozenset()  # what of a line tells how long it waits: it is another each day
    for_many: bool = False  # made for many places at once: whoever does so answers what is asked once for all of them
    # Whether a further open hazard of the premises may stand on it too, as far as its row tells; `gather` decides.
    fits: Callable[[Hazard, Actor], bool] = field(default=lambda hazard, me: True)
    # What stands in the form beforehand for one hazard of many; several answers to what is asked once stand one under another.
    proposed_for: Callable[[Hazard], Mapping[str, str]] = field(default=lambda hazard: {})
    beside: Callable[[Hazard, Mapping[str, str]], Sequence[UUID]] | None = None

    @property
    def chooses(self) -> bool:
        """Whether whoever makes it chooses which hazards of the premises it carries."""
        return self.many and self.beside is None

    @property
    def asked_for_all(self) -> Sequence[QuestionGroup]:
        """What is asked once where it is made for many places: not what each hazard or each paper has of its own."""
        groups = ((group, [one for one in group.questions if not (one.each or one.own)]) for group in self.form)
        return [replace(group, questions=asked) for group, asked in groups if asked]

    def addressed_to_nobody(self, hazard: Hazard) -> bool:
        """Whether it goes to who answers for the place, and nobody was known to when the hazard was found (待查)."""
        return self.to is To.PARTY and hazard.party_id is None

    def offered(self, dossier: Dossier) -> Offer | None:
        """`offer`, which also says beforehand that it will be addressed to the place, because nobody is known to answer for it."""
        offer = self.offer(dossier)
        if offer is None or not self.addressed_to_nobody(dossier.hazard):
            return offer
        said = f"发现时责任主体待查：这份文书写给“{dossier.premises.name}”，不写人名。"
        return replace(offer, hints=[*offer.hints, said])

    def goes_with(self, first: Hazard, other: Hazard, me: Actor) -> bool:
        """Whether another open hazard of the premises may stand beside the one the form was opened from."""
        same = (first.state, first.handler_id, first.party_id) == (other.state, other.handler_id, other.party_id)
        return self.chooses and same and self.fits(other, me)


def read_form(
    form: Sequence[QuestionGroup], typed: Mapping[str, str], faults: Faults, hazards: Sequence[Hazard] = ()
) -> dict[str, str]:
    """What was typed at the questions of a form; what is asked of each hazard stands under `of_line(name, hazard)`.

    What is missing or no day goes into `faults`, once for each input; a choice is left to the kind.
    """
    said: dict[str, str] = {}
    for question in (question for group in form for question in group.questions):
        if not question.each:
            said[question.name] = faults.of(_read, question, question.name, typed) or ""
            continue
        inputs = {hazard: _input_of(question.name, hazard, typed) for hazard in hazards}
        read = {name: faults.of(_read, question, name, typed) or "" for name in dict.fromkeys(inputs.values())}
        said |= {of_line(question.name, hazard): read[name] for hazard, name in inputs.items()}
    return said


def ahead(said: Mapping[str, str], form: Sequence[QuestionGroup], faults: Faults, wanted: Wanted) -> None:
    """Days that something is to be done by (`counted`) are neither over nor years away; what is not so goes into `faults`.

    The step says so too, but only once the paper has its number: whoever makes many is to know before.
    """
    told: set[str] = set()
    for question in (question for group in form for question in group.questions if question.counted):
        for hazard in wanted.hazards if question.each else wanted.hazards[:1]:
            kept = of_line(question.name, hazard) if question.each else question.name
            name = _input_of(question.name, hazard, wanted.typed) if question.each else question.name
            if said.get(kept) and name not in told:
                told.add(name)
                called = question.called or question.label
                faults.of(check_deadline, date.fromisoformat(said[kept]), called, name, today=clock.today())


def of_line(name: str, hazard: Hazard) -> str:
    """The name of the input of a question where it is answered for one hazard alone."""
    return f"{name}:{hazard.id}"


def _input_of(name: str, hazard: Hazard, typed: Mapping[str, str]) -> str:
    own = of_line(name, hazard)
    return own if typed.get(own) or (own in typed and not typed.get(name)) else name


def _read(question: PaperQuestion, name: str, typed: Mapping[str, str]) -> str:
    words = whole(typed.get(name, ""), "line" if question.asks is Asks.CHOICE else "words", name)
    called = question.called or question.label
    if question.asks is Asks.DAY:
        return _day(words, called, name, optional=question.optional)
    if question.optional or question.asks is Asks.CHOICE:
        return words.strip()
    return require_words(words, called, name)


def _day(words: str, called: str, name: str, *, optional: bool) -> str:
    if not words and optional:
        return ""
    if not words:
        raise Refused(f"请选{called}。", field=name)
    try:
        return date.fromisoformat(words).isoformat()
    except ValueError:
        raise Refused(f"{called}不对，请重新选。", field=name) from None


def proposed(entry: PaperKind, offer: Offer, every: Iterable[Hazard], chosen: Sequence[Hazard]) -> Mapping[str, str]:
    """What stands in the form beforehand: each hazard's own answers, and of all that are chosen together what is asked once."""
    asked = {question.name: question for group in entry.form for question in group.questions}
    given = dict(offer.proposed)
    own = {hazard.id: entry.proposed_for(hazard) for hazard in every}
    for name, question in asked.items():
        if question.each:
            given |= {of_line(name, hazard): own[hazard.id].get(name, "") for hazard in every}
        elif len(chosen) > 1 and any(name in own[hazard.id] for hazard in chosen):
            given[name] = "\n".join(dict.fromkeys(own[hazard.id].get(name, "") for hazard in chosen))
    return given
