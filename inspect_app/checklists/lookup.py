"""Finding items and bases by a few characters. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from .rules import Basis, Checklist, Item


@dataclass(frozen=True)
class FoundItem:
    """An item once, with every list that holds it."""

    item: Item
    lists: tuple[Checklist, ...]


def items(lists: Iterable[Checklist], asked: str, limit: int = 60) -> list[FoundItem]:
    """Items whose code, question, look, title, wordings or bases hold all the words, in the order of the lists."""
    words = asked.lower().split()
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
    words = asked.lower().split()
    return [basis for basis in known if _all_in(_of_basis(basis), words)]


def _of_basis(basis: Basis) -> str:
    return f"{basis.id}\n《{basis.document}》{basis.article}\n{basis.number}\n{basis.edition}\n{basis.issuer}\n{basis.says}"


def _all_in(text: str, words: list[str]) -> bool:
    low = text.lower()
    return all(word in low for word in words)
