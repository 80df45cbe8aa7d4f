"""The kinds of papers that there are: every module of this package that holds an ENTRY."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from inspect_app.casework.dossier.dossier import Dossier
from inspect_app.hazards.case import actor_of
from inspect_app.hazards.models import Hazard
from inspect_app.papers.kinds import register
from inspect_app.people.rules import Scope

from .entry import Offer, PaperKind


def _entries() -> Iterator[PaperKind]:
    package = __name__.rpartition(".")[0]
    for module in iter_modules(import_module(package).__path__):
        entry = getattr(import_module(f"{package}.{module.name}"), "ENTRY", None)
        if isinstance(entry, PaperKind):
            yield entry


KINDS: Mapping[str, PaperKind] = MappingProxyType({entry.code: entry for entry in _entries()})
for _entry in KINDS.values():
    register(_entry)


def offers(dossier: Dossier) -> list[tuple[PaperKind, Offer]]:
    """The kinds that who looks at a hazard may make of it now, the likeliest first, each with what stands in its form
    beforehand."""
    side = dossier.scope.side
    open_to_me = [kind for kind in KINDS.values() if kind.gather and kind.side in ("both", side)]
    found = [(kind, offer) for kind in open_to_me if (offer := kind.offered(dossier)) is not None]
    return sorted(found, key=lambda one: -one[1].likely)


@dataclass(frozen=True)
class MadeTogether:
    """A kind of paper that one premises may get for several of its hazards at once: which it is opened from, and how many go on it."""

    kind: PaperKind
    first: Hazard
    lines: int


def together(scope: Scope, hazards: Sequence[Hazard]) -> list[MadeTogether]:
    """What may be made of two or more of the open hazards of a premises, in their order; each kind once, the likeliest first."""
    me, found = actor_of(scope), []
    # One of each group that goes together is asked, so that what is read grows with the groups and not with the hazards.
    firsts = list({(row.state, row.handler_id, row.party_id): row for row in reversed(hazards)}.values())[::-1]
    dossiers = {row.id: Dossier(scope, row) for row in firsts}
    for kind in (kind for kind in KINDS.values() if kind.chooses and kind.gather and kind.side in ("both", scope.side)):
        for first in firsts:
            lines = sum(kind.goes_with(first, row, me) for row in hazards)
            offer = kind.offer(dossiers[first.id]) if lines > 1 else None
            if offer is not None:
                found.append((offer.likely, MadeTogether(kind, first, lines)))
                break
    return [made for _, made in sorted(found, key=lambda one: -one[0])]
