"""The kinds that there are: every module of this package that holds an ENTRY."""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from ..entry import ImportKind


def _entries() -> dict[str, ImportKind]:
    package = __name__.rpartition(".")[0]
    modules = [import_module(f"{package}.{found.name}") for found in iter_modules(import_module(package).__path__)]
    entries = [entry for module in modules if isinstance(entry := getattr(module, "ENTRY", None), ImportKind)]
    return {entry.code: entry for entry in entries}


KINDS: Mapping[str, ImportKind] = MappingProxyType(_entries())
