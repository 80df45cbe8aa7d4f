"""One kind of paper for many hazards at once: which sheets that makes, what is asked once for all, what stands in the way of each.

Nothing is written here: a sheet that is planned is issued by itself later, and asked everything again then.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from inspect_app.hazards.case import actor_of
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.register import RegisterRow
from inspect_app.hazards.rules import Actor
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Refused
from inspect_app.kernel.hashing import sha256_hex
from inspect_app.papers.actions import check_power
from inspect_app.papers.kinds import missing
from inspect_app.papers.settings import signed_off_kinds
from inspect_app.people.rules import Scope

from .dossier.dossier import Dossier
from .papers.entry import MOST_LINES, Offer, PaperKind, QuestionGroup, proposed
from .papers.issuing import draft_of, gathered_for, powers_for
from .papers.letters import SIGNED_OFF
from .papers.registry import KINDS
from .proofing import unnumbered
from .signing_off import UNSIGNED

MOST_SHEETS = 100  # what somebody can look over before pressing once


@dataclass(frozen=True)
class SheetPlanned:
    """A paper of one place that would be made: its hazards, what is written on it, and why it cannot be, in words; empty: it can."""

    hazards: Sequence[Hazard]
    place: str
    typed: Mapping[str, str]
    why: str

    @property
    def key(self) -> str:
        """What a form calls it: the same while it carries the same hazards."""
        return _key_of(self.hazards)


def _key_of(hazards: Iterable[Hazard]) -> str:
    return sha256_hex(" ".join(sorted(str(row.id) for row in hazards)).encode())


def kinds_for(scope: Scope) -> list[PaperKind]:
    """The kinds that somebody's office may make for many places at once."""
    return [kind for kind in KINDS.values() if kind.for_many and kind.side in ("both", scope.side)]


def asked_once(kind: PaperKind, *, drafted: bool) -> list[QuestionGroup]:
    """What is asked once for all of them; who signs them off is not asked where somebody will (`drafted`)."""
    left_out = {SIGNED_OFF.name} if drafted else set()
    groups = ((group, [one for one in group.questions if one.name not in left_out]) for group in kind.asked_for_all)
    return [replace(group, questions=asked) for group, asked in groups if asked]


def first_offer(scope: Scope, kind: PaperKind, rows: Iterable[RegisterRow]) -> Offer | None:
    """What stands in the form for the first of the hazards that such a paper may be made of; None where there is none."""
    groups = _groups(kind, [row.hazard for row in rows], actor_of(scope))
    return next((offer for group in groups if (offer := kind.offer(Dossier(scope, group[0]))) is not None), None)


def planned(
    scope: Scope,
    kind: PaperKind,
    rows: Sequence[RegisterRow],
    given: Mapping[str, str],
    address: str,
    only: Collection[str] | None = None,
) -> list[SheetPlanned]:
    """The papers of these hazards, one for each place and who answers there, each tried without being made. `given` is
    what was answered once for all; `only` the keys of those that are wanted, all where there is none."""
    if kind.code in signed_off_kinds(scope.organisation_id):
        given = {**given, SIGNED_OFF.name: UNSIGNED}
    actor, places = actor_of(scope), {row.hazard.premises_id: row.place for row in rows}
    groups = _groups(kind, [row.hazard for row in rows], actor)
    wanted = (group for group in groups if only is None or _key_of(group) in only)
    return [_planned(scope, actor, kind, group, given, places, address) for group in wanted]


def _groups(kind: PaperKind, hazards: Sequence[Hazard], actor: Actor) -> Iterator[list[Hazard]]:
    """The hazards that go on one paper each, in their order; what another paper names is on it, chosen or not."""
    left = {row.id: row for row in hazards}
    at_place: dict[UUID, list[Hazard]] = {}
    for row in hazards:
        at_place.setdefault(row.premises_id, []).append(row)
    for row in hazards:
        if row.id not in left:
            continue
        if kind.beside:
            group = [db.session.get_one(Hazard, one) for one in kind.beside(row, {})] or [row]
        else:
            beside = (one for one in at_place[row.premises_id] if one.id in left and one is not row)
            group = [row, *(one for one in beside if kind.goes_with(row, one, actor))]
        for other in group:
            left.pop(other.id, None)
        left.pop(row.id, None)
        yield from (group[at : at + MOST_LINES] for at in range(0, len(group), MOST_LINES))


def _planned(
    scope: Scope,
    actor: Actor,
    kind: PaperKind,
    group: list[Hazard],
    given: Mapping[str, str],
    places: Mapping[UUID, str],
    address: str,
) -> SheetPlanned:
    place, offer = places[group[0].premises_id], kind.offer(Dossier(scope, group[0]))
    asked = {one.name for part in kind.asked_for_all for one in part.questions}
    answers = {name: given.get(name, "") for name in asked}
    if offer is None:
        why = _why_not(kind, group, scope, actor, answers, address)
        return SheetPlanned(group, place, {}, why or f"现在不能由您出“{kind.title}”")
    if offer.lacking:
        return SheetPlanned(group, place, {}, f"还差{'、'.join(offer.lacking)}，请管理员在“单位和职权”里填好")
    if offer.replaces:
        return SheetPlanned(group, place, {}, f"已经有{offer.replaces}，要代替它，请一件一件出")
    typed = dict(proposed(kind, offer, group, group)) | answers
    return SheetPlanned(group, place, typed, _why_not(kind, group, scope, actor, typed, address))


def _why_not(
    kind: PaperKind, group: Sequence[Hazard], scope: Scope, actor: Actor, typed: Mapping[str, str], address: str
) -> str:
    """What issuing would refuse, without the full stop; empty for nothing."""
    try:
        wanted, gathered = gathered_for(kind.code, group, scope, actor, typed)
        draft = draft_of(kind.code, wanted, gathered)
        check_power(kind, wanted.issuer, powers_for(group, actor))
    except Refused as refusal:
        return refusal.message.rstrip("。")
    lacking = missing(kind.code, unnumbered(kind.code, draft.content, address, wanted.issuer))
    return f"还差{'、'.join(lacking)}" if lacking else ""
