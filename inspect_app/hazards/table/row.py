"""What one step is: its place in the life, what its event carries and how that is said, and what its form asks. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from inspect_app.kernel.limits import LIMITS

from ..vocabulary import State, Who


class StepGroup(StrEnum):
    """Under which heading of a hazard's page a step stands where it is not the next one."""

    HANDLING = "办理"
    ON_RECORD = "文书、认定和督办的记录"
    TWO_PERSONS = "要两个人办的"


class SaidAs(StrEnum):
    """How the log says the value of a fact."""

    TEXT = "text"
    DAY = "day"
    MENDING_DAY = "mending_day"  # only where the event sets no clock, which says the day and how it came about
    TIME = "time"
    OFFICE = "office"
    PERSON = "person"
    HAZARD = "hazard"
    YES = "yes"  # one of the two words of the fact
    WAY = "way"  # of looking or of serving
    TRIED = "tried"  # a way of serving that did not serve
    GRADE = "grade"
    SOURCE = "source"
    STATE = "state"
    STEP = "step"
    ASKED = "asked"  # a step as it is called while it waits for an answer
    COUNT = "count"
    CLOCKS = "clocks"
    NEVER = "never"  # ids that only programs read


@dataclass(frozen=True)
class Fact:
    """One fact that an event may carry in clear, the label it has everywhere, and how its value is said."""

    name: str
    label: str
    said: SaidAs = SaidAs.TEXT
    words: tuple[str, str] = ("是", "不是")  # of a fact that is said as YES


def kept(*names: str) -> tuple[Fact, ...]:
    """Facts that stand in the chain for programs and auditors; no reader of the log would know an id from another."""
    return tuple(Fact(name, "", SaidAs.NEVER) for name in names)


@dataclass(frozen=True)
class Word:
    """Words that an event may commit to, with the label they have everywhere; without a label they are shown elsewhere."""

    name: str
    label: str


@dataclass(frozen=True)
class Ask:
    """One input of a form. `kind`: text, area, date (by when), day (that was), days, photos, or the name of a list in
    `web.hazard.steps.offered.CHOICES`. `to` is what the action calls it where that is not its name."""

    name: str
    label: str
    kind: str = "text"
    needed: bool = True
    hint: str = ""
    to: str = ""

    @property
    def most(self) -> int:
        """How many characters it takes."""
        return LIMITS["words" if self.kind == "area" else "line"]


@dataclass(frozen=True)
class StepForm:
    """What a step asks for. `action` is the function of `hazards.actions` that takes the inputs as they are, with `fixed`
    beside them; without one the web says what becomes of them (`web.hazard.steps.forms.RUNS`)."""

    asks: tuple[Ask, ...] = ()
    action: str = ""
    fixed: Mapping[str, object] = field(default_factory=dict)
    about: str = ""  # a line above the inputs, where an officer would hesitate
    loud: bool = False  # before the others
    said: str = ""  # what is said afterwards, where that is not the step's name


@dataclass(frozen=True)
class StepRow:
    """One step: where it may start, where it leads (None: the state stays), who may take it, what is needed; what its
    event carries, where its button stands, and its form where a person presses one.

    `step` is a constant of `Step` where other code speaks of the step, else its name.
    """

    step: str
    label: str
    starts: frozenset[State]
    ends: tuple[State | None, ...]
    who: frozenset[Who]
    needs: str = ""
    facts: tuple[Fact, ...] = ()
    words: tuple[Word, ...] = ()
    group: StepGroup = StepGroup.HANDLING
    marks: bool = False  # a move along the life in the log though the state stays
    form: StepForm | None = None
    told_nobody: str = ""  # why nobody is told of it; a step that somebody is told of stands in casework.telling

    @property
    def moves(self) -> bool:
        """Whether the log draws it as a move along the life, not as a note."""
        return self.marks or self.ends != (None,)
