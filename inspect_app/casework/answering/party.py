"""The steps of a party, whoever brings them: an officer who enters what was said (代录), or whoever holds a paper of it.

The rules judge who acted, which is the party through both doors; the chain also names who entered it, or the paper.
"""

from datetime import date
from uuid import UUID

from inspect_app.hazards.actions import hearing, mending, requesting
from inspect_app.hazards.clocks import ClockKind
from inspect_app.hazards.models import Hazard, HazardRequest
from inspect_app.hazards.rules import Actor, State, Who
from inspect_app.hazards.standing import newest_clock
from inspect_app.papers.models import Paper


def entered_by(hazard: Hazard, me: Actor, who: Who) -> Actor:
    """The party, or a citizen, as an officer enters for them what they said."""
    return Actor(
        who=who,
        party_id=hazard.party_id if who is Who.PARTY else None,
        account_id=me.account_id,
        recorded_by=me.person_id,
        name=f"{me.name}（代录）",
    )


def holding(hazard: Hazard, paper: Paper, receipt: str) -> Actor:
    """The party as whoever holds a paper of the hazard and its code; `receipt` is what they are given for it."""
    return Actor(Who.PARTY, party_id=hazard.party_id, paper_id=paper.id, receipt=receipt, name="店里（凭单子答复）")


def mended(hazard: Hazard, actor: Actor, *, photo_ids: tuple[UUID, ...], words: str) -> None:
    """It is done: after-photos and how it was done."""
    mending.submit(hazard, actor, photo_ids=photo_ids, words=words)


def withdraw(hazard: Hazard, actor: Actor, *, reason: str) -> None:
    """It is not done after all."""
    mending.withdraw(hazard, actor, reason=reason)


def later(hazard: Hazard, actor: Actor, *, until: date, reason: str, interim: str) -> HazardRequest | None:
    """More time. Returns what somebody is to decide; None where nobody has set a date yet, and the desk is told instead."""
    if hazard.state == State.RECTIFYING and newest_clock(hazard, ClockKind.MENDING) is not None:
        return requesting.ask_extension(hazard, actor, until=until, reason=reason, interim=interim)
    hearing.wants_later(hazard, actor, until=until, reason=reason, interim=interim)
    return None


def wrong(hazard: Hazard, actor: Actor, *, reason: str, paper: Paper | None) -> HazardRequest:
    """异议: answered by who issued the paper it is about; without a paper, by who ordered or handed over."""
    return requesting.dispute(hazard, actor, reason=reason, issuer_id=paper.issuer_id if paper else None)


def take_back(hazard: Hazard, actor: Actor, *, request_id: UUID, reason: str) -> None:
    """What was asked is asked no more."""
    requesting.take_back(hazard, actor, request_id=request_id, reason=reason)


def gone(hazard: Hazard, actor: Actor, *, reason: str) -> None:
    """The place has moved away, or is somebody else's now."""
    hearing.is_gone(hazard, actor, reason=reason)
