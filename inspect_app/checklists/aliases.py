"""Codes of items that were given up, and what they became; items that look at the same thing. Pure.

A code that is given up stays for ever: hazards, answers and local lists name it. Whoever asks what happened to an item asks
under all its names.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any


@dataclass(frozen=True)
class Aliases:
    """`replaced`: code that was given up → the code that asks for it since. `same`: groups of items that look at the same
    thing, of which one place is asked only one."""

    replaced: Mapping[str, str]
    same: tuple[frozenset[str], ...] = ()

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]]) -> "Aliases":
        """From what aliases.yaml says; raises ValueError for a circle, a double, or a row that says neither."""
        replaced: dict[str, str] = {}
        same = []
        for row in rows:
            if set(row) == {"same_as"}:
                same.append(frozenset(row["same_as"]))
            elif set(row) != {"code", "replaced_by"} or row["code"] in replaced:
                raise ValueError(f"aliases.yaml: {dict(row)} says nothing, or is said twice")
            else:
                replaced[row["code"]] = row["replaced_by"]
        found = cls(replaced, tuple(same))
        for code in replaced:
            found.later(code)
        return found

    def now(self, code: str) -> str:
        """The code that asks for it by now; its own where it was never given up."""
        later = self.later(code)
        return later[-1] if later else code

    def later(self, code: str) -> tuple[str, ...]:
        """What a code became, step by step. Raises ValueError for a circle."""
        chain = [code]
        while chain[-1] in self.replaced:
            if (after := self.replaced[chain[-1]]) in chain:
                raise ValueError(f"aliases.yaml: {code} becomes itself again")
            chain.append(after)
        return tuple(chain[1:])

    def before(self, code: str) -> tuple[str, ...]:
        """All codes that became this one, however many steps ago."""
        return self._before.get(code, ())

    def kin(self, code: str) -> tuple[str, ...]:
        """The code itself and all under which the same thing may stand: what it was and what it became. Two codes that
        became one stay apart among themselves."""
        return (code, *self.later(code), *self.before(code))

    def alike(self, code: str) -> frozenset[str]:
        """Every code that looks at the same thing as this one: declared so, or one became the other."""
        declared = (group for group in self.same if code in group)
        return frozenset(self.kin(code)).union(*declared) - {code}

    @cached_property
    def _before(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for code in self.replaced:
            for after in self.later(code):
                found.setdefault(after, []).append(code)
        return {code: tuple(sorted(codes)) for code, codes in found.items()}

    def same_thing(self, codes: Iterable[str]) -> list[tuple[str, ...]]:
        """Which of these codes look at the same thing as another of them: declared so, or one became the other."""
        there = {*codes}
        declared = [tuple(sorted(group & there)) for group in self.same]
        became = [(code, after) for code in sorted(there) for after in self.later(code) if after in there]
        return [clash for clash in (*declared, *became) if len(clash) > 1]


NO_ALIASES = Aliases({})
