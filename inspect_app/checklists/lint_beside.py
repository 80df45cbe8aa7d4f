"""What is wrong with a list beside the lists that are used with it: a place must be asked each thing once. Pure.

Of a list somebody uploads these are warnings: whoever publishes reads them and decides.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence

from .aliases import Aliases
from .faults import LintFault, warning
from .lint import LIKE_LIMIT, likeness
from .rules import Checklist, Item


def lint_beside(checklist: Checklist, beside: Iterable[Checklist], aliases: Aliases) -> list[LintFault]:
    """Codes that were given up, and items that look at what a list of the same kind of place looks at already."""
    others = {
        item.code: (one, item)
        for one in beside
        if one.code != checklist.code and set(one.kinds) & set(checklist.kinds)
        for item in one.items
    }
    faults = [*_given_up(checklist.items, aliases)]
    own = {item.code for item in checklist.items}
    theirs = [(one, item) for code, (one, item) in others.items() if code not in own]
    for item in checklist.items:
        faults += _asked_twice(item, theirs, aliases)
    return faults


def _given_up(items: Sequence[Item], aliases: Aliases) -> Iterator[LintFault]:
    for item in items:
        if (now := aliases.now(item.code)) != item.code:
            yield warning(item.code, "code", f"编号 {item.code} 已经停用，这件事现在是 {now}，请用新的编号")


def _asked_twice(item: Item, theirs: Sequence[tuple[Checklist, Item]], aliases: Aliases) -> Iterator[LintFault]:
    alike = aliases.alike(item.code)
    for one, other in theirs:
        if other.code in alike:
            yield warning(item.code, "code", f"和“{one.title}”的 {other.code} 看的是同一件事，一起用时会问两遍")
        elif likeness(item.question + item.title, other.question + other.title) >= LIKE_LIMIT:
            yield warning(item.code, "question", f"和“{one.title}”的 {other.code} 只是说法不同，一起用时会问两遍")


def lint_aliases(lists: Sequence[Checklist], items: Collection[str], aliases: Aliases) -> list[LintFault]:
    """Of the whole library: items of lists used together at one kind of place that look at the same thing, codes that were
    given up and are asked still, and what became something that is no item."""
    asked = {item.code for checklist in lists for item in checklist.items}
    found = [LintFault(code, "code", "已经停用，表里还在问") for code in sorted(asked & set(aliases.replaced))]
    named = {aliases.now(code) for code in aliases.replaced}.union(*aliases.same)
    found += [LintFault(code, "code", "aliases.yaml 里写了，却没有这一项") for code in sorted(named - set(items))]
    for kind in dict.fromkeys(kind for checklist in lists for kind in checklist.kinds):
        codes = {item.code for checklist in lists if kind in checklist.kinds for item in checklist.items}
        for clash in aliases.same_thing(codes):
            found.append(LintFault(clash[-1], "code", f"和 {'、'.join(clash[:-1])} 看的是同一件事，一处只问一次"))
    return list(dict.fromkeys(found))
