"""What the rules judge by: who acts, how the hazard stands, what was decided. Values only."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from inspect_app.people.rules import Held, Role, Side, holds

from .vocabulary import Grade, State, Step, Who


@dataclass(frozen=True)
class Actor:
    """Who acts: a person under a term, a party by its paper, a citizen, or the clock.

    `recorded_by` is set for 代录: somebody entered what another did; rules judge who acted. `paper_id` and `receipt` are
    set for 凭单子答复: whoever holds that paper and its code acted without an account, and was given that receipt.
    """

    who: Who
    person_id: UUID | None = None
    organisation_id: UUID | None = None
    side: Side | None = None
    powers: frozenset[Held] = frozenset()  # each with its field of law
    account_id: UUID | None = None
    term_id: UUID | None = None
    party_id: UUID | None = None
    recorded_by: UUID | None = None
    paper_id: UUID | None = None
    receipt: str = ""
    name: str = ""  # for showing who did it last; never part of the chain

    def may(self, power: str, hazard_field: str) -> bool:
        """Whether the organisation holds a power in a field of law the hazard falls into."""
        return holds(self.powers, power, hazard_field)


CLOCK = Actor(Who.CLOCK, name="时钟")


def who_is(role: Role, side: Side) -> Who:
    """The acting part of a role on a side."""
    if role is Role.SUPERVISOR:
        return Who.CONGRESS_SUPERVISOR if side is Side.CONGRESS else Who.GOVERNMENT_SUPERVISOR
    return Who(role.value)


@dataclass(frozen=True)
class Round:
    """One round of mending: who mended, who submitted, who witnessed.

    `witnessed`: a deputy saw it mended, nobody submitted. A witness without it entered for the party (代录).
    """

    number: int = 1
    mended_by_organisation: UUID | None = None
    submitted_by_person: UUID | None = None
    submitted_by_organisation: UUID | None = None
    witness_person: UUID | None = None
    by_party: bool = False
    witnessed: bool = False
    verified_by_person: UUID | None = None
    confirmed: bool = False  # 回访核实: verified by a look that closes nothing


@dataclass(frozen=True)
class Request:
    """Something asked by one person that another must decide: end, void, merge, close without opinion, extension."""

    step: Step
    asked_by_person: UUID | None
    asked_on: date
    asked_by_organisation: UUID | None = None


@dataclass(frozen=True)
class Case:
    """What the rules need to know of a hazard, read inside the step."""

    state: State
    grade: Grade = Grade.GENERAL
    hazard_field: str = "other"
    handler: UUID | None = None
    accepted: bool = False
    declined: bool = False
    may_fix_on_spot: bool = False
    has_order: bool = False
    order_reinspected: bool = False
    opinion_recorded: bool = False
    listed: bool = False
    watched: bool = False
    referred: bool = False
    transferred: bool = False  # and no result yet
    photos_awaited: int = 0
    request: Request | None = None
    extension: Request | None = None
    proposal: Request | None = None
    dispute: Request | None = None
    # Whose people answer: the office that was asked; where it has nobody but who asked, those above it too.
    date_answered_by: tuple[UUID, ...] = ()
    dispute_answered_by: tuple[UUID, ...] = ()
    answered_on_paper: bool = False  # the office that was asked has nobody left but who asked: its paper is recorded
    heads_confirm: tuple[UUID, ...] = ()  # the office of who asked for something of two persons, and those above it
    observations_waiting: bool = False
    unconfirmed: bool = False  # found by somebody who is linked to the place
    contested: bool = False  # two phones of its visit differ on it
    round: Round = field(default_factory=Round)
    state_before: State | None = None
    mending_set_by: UUID | None = None
    closure_wait_over: bool = False
    # Whose supervisors close: who handed over; where it has none but the verifier, those above it too. Empty: anybody's.
    closing_offices: tuple[UUID, ...] = ()
    silence_over: bool = False  # as many working days as the office's rule says have passed since it was confirmed
    objected: bool = False  # somebody saw it unmended since, or a photo is asked about
    recused: frozenset[UUID] = frozenset()
    insiders: frozenset[UUID] = frozenset()  # of the organisation that submitted or mended, at that time
    absorbed: int = 0  # hazards merged into this one

    @property
    def to_be_confirmed(self) -> bool:
        """Whether the desk is asked about the finding itself."""
        return self.unconfirmed or self.contested


@dataclass(frozen=True)
class Decision:
    """The state after the step, and whether a new round begins."""

    state: State
    new_round: bool = False
