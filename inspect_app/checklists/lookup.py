"""Finding items and bases by a few characters. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from inspect_app.kernel.spelling import folded

from .rules import Basis, Checklist, Item


@dataclass(frozen=True)
class FoundItem:
    """An item once, with every list that holds it."""

    item: Item
    lists: tuple[Checklist, ...]


def items(lists: Iterable[Checklist], asked: str, limit: int = 60) -> list[FoundItem]:
    """Items whose code, question, look, title, wordings or bases hold all the words, in the order of the lists."""
    words = _words(asked)
    found: dict[str, tuple[Item, list[Checklist]]] = {}
    for checklist in lists:
        for item in checklist.items:
            if item.code in found:
                found[item.code][1].append(checklist)
            elif len(found) < limit and _holds(item, words):
                found[item.code] = (item, [checklist])
    return [FoundItem(item, tuple(holders)) for item, holders in found.values()]


def _holds(item: Item, words: list[str]) -> bool:
    texts = (item.code, item.question, item.look, item.title, *item.wordings, *item.advice, *map(_of_basis, item.bases))
    return _all_in("\n".join(texts), words)


def bases(known: Iterable[Basis], asked: str) -> list[Basis]:
    """Bases whose document, number, article or words hold all that was asked."""
    words = _words(asked)
    return [basis for basis in known if _all_in(_of_basis(basis), words)]


def _of_basis(basis: Basis) -> str:
    return f"{basis.id}\n{basis.cited}\n{basis.document}{basis.article}\n{basis.number}\n{basis.edition}\n{basis.issuer}\n{basis.says}"


def _words(asked: str) -> list[str]:
    return [word for word in map(folded, asked.split()) if word]


def _all_in(text: str, words: list[str]) -> bool:
    lines = _lines(text)
    return all(word in lines for word in words)


@lru_cache(maxsize=8192)
def _lines(text: str) -> str:
    """The lines of a text as they are searched; the library is the same for hours."""
    return "\n".join(map(folded, text.split("\n")))
