"""A paper of one hazard, frozen under its number with its step in the chain; giving one up."""

from collections.abc import Mapping
from typing import Any

from inspect_app.hazards.actions import steps
from inspect_app.hazards.locking import lock_all
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Actor, State, Step
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotAllowed, Refused
from inspect_app.papers import actions, queries
from inspect_app.papers.actions import Draft, DraftLine
from inspect_app.papers.models import Paper
from inspect_app.people.models import Organisation
from inspect_app.people.rules import Power, Scope
from inspect_app.premises.models import Premises

from . import parts
from .entry import PaperKind, Wanted
from .registry import KINDS


def issue_for_hazard(
    kind: str, hazard: Hazard, scope: Scope, actor: Actor, *, address: str, typed: Mapping[str, str]
) -> Paper:
    """A paper of a kind for one hazard, whose row is locked; the event stands in its chain.

    Raises Refused naming what is missing, NotAllowed where the organisation lacks the power.
    """
    entry = KINDS.get(kind)
    if entry is None or entry.gather is None:
        raise Refused("没有这种文书。")
    wanted = _wanted(entry, hazard, scope, actor, typed)
    gathered = entry.gather(wanted)
    draft = Draft(
        kind,
        wanted.issuer.id,
        wanted.premises.id,
        gathered.content.plain(),
        [DraftLine(hazard.id, gathered.due_on)],
        replaces_id=gathered.replaces_id,
    )
    powers = frozenset(str(power) for power in Power if actor.may(power, hazard.field))
    paper = actions.freeze(draft, powers=powers, made_by=scope.person_id, address=address)
    steps.take(hazard, Step.ISSUE_PAPER, actor, facts=_facts(paper, gathered.replaces))
    if gathered.then is not None:
        gathered.then(paper)
    return paper


def _wanted(entry: PaperKind, hazard: Hazard, scope: Scope, actor: Actor, typed: Mapping[str, str]) -> Wanted:
    premises = db.session.get_one(Premises, hazard.premises_id)
    issuer = db.session.get_one(Organisation, scope.organisation_id)
    head = parts.head(issuer, premises, parts.addressee(entry.to, hazard, premises))
    return Wanted(hazard, premises, issuer, scope, actor, head, typed)


def _facts(paper: Paper, replaces: str) -> dict[str, Any]:
    facts = {"paper": paper.id, "kind": paper.kind, "number": paper.number, "content": paper.content_sha256}
    return facts | ({"replaces": replaces} if replaces else {})


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
