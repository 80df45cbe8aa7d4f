"""The kinds of papers that there are: every module of this package that holds an ENTRY."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from inspect_app.casework.dossier.dossier import Dossier
from inspect_app.papers.kinds import register

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
    found = [(kind, offer) for kind in open_to_me if (offer := kind.offer(dossier)) is not None]
    return sorted(found, key=lambda one: -one[1].likely)
