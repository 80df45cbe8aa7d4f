"""样张 of a paper of hazards: the content as it would be frozen, and what it lacks, without a number and without a step."""

from collections.abc import Mapping, Sequence
from typing import Any

from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Actor
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.papers import actions
from inspect_app.papers.content import Issued
from inspect_app.papers.kinds import missing
from inspect_app.papers.proofs import PaperProof
from inspect_app.people.models import Organisation
from inspect_app.people.rules import Scope

from .papers.entry import of_line
from .papers.issuing import draft_of, gathered_for, powers_for
from .papers.registry import KINDS

UNNUMBERED = "（样张，未编号）"


def prove(
    kind: str, hazards: Sequence[Hazard], scope: Scope, actor: Actor, *, address: str, typed: Mapping[str, str]
) -> PaperProof:
    """A proof that the worker draws. Raises as issuing would, but for what the content lacks: that is kept and shown."""
    wanted, gathered = gathered_for(kind, hazards, scope, actor, typed)
    draft = draft_of(kind, wanted, gathered)
    actions.check_power(KINDS[kind], wanted.issuer, powers_for(hazards, actor))
    content = unnumbered(kind, draft.content, address, wanted.issuer)
    proof = PaperProof(
        kind=kind,
        account_id=scope.account_id,
        organisation_id=wanted.issuer.id,
        premises_id=wanted.premises.id,
        hazards=[str(hazard.id) for hazard in hazards],
        typed=asked(kind, hazards, typed),
        content=content,
        lacking=missing(kind, content),
        made_at=clock.now(),
    )
    db.session.add(proof)
    db.session.flush()
    return proof


def unnumbered(kind: str, content: Mapping[str, Any], address: str, issuer: Organisation) -> dict[str, Any]:
    """A content as it would be frozen, but for what only a numbered paper has. `address` is the base of check pages."""
    issued = Issued(
        title=content.get("title") or KINDS[kind].title,
        number=UNNUMBERED,
        issued_on=clock.today().isoformat(),
        mark="-",
        address=f"{address.rstrip('/')}/z/",
        code="样张",
        letterhead=issuer.letterhead,
        seal_place=issuer.seal_place and KINDS[kind].sealed,
    )
    return dict(content) | issued.plain()


def asked(kind: str, hazards: Sequence[Hazard], typed: Mapping[str, str]) -> dict[str, str]:
    """What was typed at the questions of the kind and was read with their limits; whatever else a form brings is not kept."""
    names = {"replaces"}
    for question in (question for group in KINDS[kind].form for question in group.questions):
        names |= {question.name, *(of_line(question.name, hazard) for hazard in hazards if question.each)}
    return {name: value for name, value in typed.items() if name in names}
