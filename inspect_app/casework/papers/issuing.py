"""A paper of hazards at one premises, frozen under its number with its step in the chain; giving one up."""

from collections.abc import Mapping, Sequence

from inspect_app.hazards.actions import steps
from inspect_app.hazards.locking import lock_all
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Actor, State, Step
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotAllowed, Refused
from inspect_app.papers import actions, queries
from inspect_app.papers.actions import Draft, DraftLine
from inspect_app.papers.models import Paper
from inspect_app.papers.settings import signed_off_kinds
from inspect_app.people.models import Organisation
from inspect_app.people.rules import Power, Scope
from inspect_app.premises.models import Premises

from . import parts
from .entry import Gathered, PaperKind, Wanted
from .registry import KINDS


def issue_for_hazard(
    kind: str, hazard: Hazard, scope: Scope, actor: Actor, *, address: str, typed: Mapping[str, str]
) -> Paper:
    """A paper of a kind made of one hazard, as `issue_for_hazards` makes it; the hazard's row is locked, or none yet."""
    return issue_for_hazards(kind, together(kind, hazard, typed), scope, actor, address=address, typed=typed)


def together(kind: str, hazard: Hazard, typed: Mapping[str, str]) -> list[Hazard]:
    """The hazards that go on a paper made of one of them, in their order, their rows locked."""
    entry = KINDS.get(kind)
    wanted = (entry.beside(hazard, typed) if entry and entry.beside else ()) or [hazard.id]
    held = {row.id: row for row in lock_all([hazard.id, *wanted])}
    return [held[identity] for identity in wanted]


def issue_for_hazards(
    kind: str,
    hazards: Sequence[Hazard],
    scope: Scope,
    actor: Actor,
    *,
    address: str,
    typed: Mapping[str, str],
    signed_off: bool = False,
) -> Paper:
    """A paper of a kind for hazards of one premises, whose rows are locked; the event stands in the chain of each.

    Raises Refused naming what is missing or why they do not go on one paper, also where the office has its papers of this
    kind signed off by a second account and nobody did; NotAllowed where the organisation lacks the power.
    """
    if not signed_off and kind in signed_off_kinds(scope.organisation_id):
        raise Refused(f"本单位的“{KINDS[kind].title}”须经签发，请先拟好送签。")
    wanted, gathered = gathered_for(kind, hazards, scope, actor, typed)
    paper = actions.freeze(
        draft_of(kind, wanted, gathered), powers=powers_for(hazards, actor), made_by=scope.person_id, address=address
    )
    parts.into_chains(paper, hazards, actor, gathered.replaces)
    if gathered.then is not None:
        gathered.then(paper)
    return paper


def gathered_for(
    kind: str, hazards: Sequence[Hazard], scope: Scope, actor: Actor, typed: Mapping[str, str]
) -> tuple[Wanted, Gathered]:
    """The content that a paper would have, without making it. Raises as `issue_for_hazards` does."""
    entry = KINDS.get(kind)
    if entry is None or entry.gather is None:
        raise Refused("没有这种文书。")
    if len(hazards) > 1 and not entry.many:
        raise Refused(f"“{entry.title}”一张只写一件，请一件一件出。")
    wanted = _wanted(entry, hazards, scope, actor, typed)
    return wanted, entry.gather(wanted)


def draft_of(kind: str, wanted: Wanted, gathered: Gathered) -> Draft:
    """What is frozen of a paper: its content and, in their order, its hazards with their dates."""
    dates = gathered.dates or [None] * len(wanted.hazards)
    lines = [DraftLine(hazard.id, due_on) for hazard, due_on in zip(wanted.hazards, dates, strict=True)]
    content = gathered.content.plain()
    return Draft(kind, wanted.issuer.id, wanted.premises.id, content, lines, replaces_id=gathered.replaces_id)


def powers_for(hazards: Sequence[Hazard], actor: Actor) -> frozenset[str]:
    """The powers that hold for the field of every one of them."""
    fields = {hazard.field for hazard in hazards}
    return frozenset(str(power) for power in Power if all(actor.may(power, field) for field in fields))


def _wanted(
    entry: PaperKind, hazards: Sequence[Hazard], scope: Scope, actor: Actor, typed: Mapping[str, str]
) -> Wanted:
    if len({hazard.premises_id for hazard in hazards}) != 1:
        raise Refused("一张文书只能写同一家场所的隐患，请分开出。")
    premises = db.session.get_one(Premises, hazards[0].premises_id)
    issuer = db.session.get_one(Organisation, scope.organisation_id)
    addressees = {parts.addressee(entry.to, hazard, premises) for hazard in hazards}
    if len(addressees) > 1:
        raise Refused(f"这几条要送的不是同一家（{'、'.join(sorted(addressees))}），请分开出。")
    return Wanted(hazards, premises, issuer, scope, actor, parts.head(issuer, premises, addressees.pop()), typed)


def void(paper: Paper, scope: Scope, actor: Actor, *, reason: str) -> None:
    """作废 by who issued it: number and file stay, and every hazard on it says so in its chain.

    An order that is given up no longer stands on its hazard, so that another may be issued; its date stays until then.
    """
    if paper.issuer_id != scope.organisation_id:
        raise NotAllowed("只有出这张单子的单位能作废它。")
    actions.make_void(paper, reason=reason)
    is_order = KINDS[paper.kind].is_order
    for hazard in locked(paper):
        order_gone = is_order and hazard.order_number == paper.number and State(hazard.state).is_open
        steps.take(
            hazard,
            Step.VOID_PAPER,
            actor,
            facts={"paper": paper.id, "kind": paper.kind, "number": paper.number},
            words={"reason": reason.strip()},
            change={"order_number": None} if order_gone else None,
        )


def locked(paper: Paper) -> list[Hazard]:
    """The hazards on a paper, their rows locked in the order of their ids."""
    ids = {hazard.id for _, hazard in queries.lines(paper)}
    return [hazard for hazard in lock_all(ids) if hazard.id in ids]
