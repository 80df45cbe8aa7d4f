"""还看到别的: items that none of a visit's lists asks, and that somebody saw wrong there all the same. Each is judged by the
version of the list that its answer names (docs/decisions/0033)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from inspect_app.checklists import queries as checklists
from inspect_app.checklists.answers import verdict
from inspect_app.checklists.conditions import Verdict
from inspect_app.checklists.rules import Checklist, Item
from inspect_app.kernel.errors import NotThere, Refused

from .rules import Elsewhere, Merged

NOT_HERE = "这一项所在的检查表这里没有，这一条没有收。请打开一次“今日”更新检查表，再到“还看到别的”里点一次。"


def named(version_id: UUID, on: date, code: str) -> Elsewhere:
    """The list that an answer names for its item. Raises Refused where that version, as it is asked here on that day, is
    not there or does not hold the item: nothing could judge the answer."""
    try:
        known = any(item.code == code for item in checklists.asked(version_id, on).items)
    except NotThere:
        known = False
    if not known:
        raise Refused(NOT_HERE)
    return Elsewhere(version_id, on)


def with_found(
    lists: Sequence[tuple[UUID, Checklist]],
    given: Mapping[str, Merged],
    asked: Callable[[UUID, date], Checklist] = checklists.asked,
) -> list[tuple[UUID, Checklist]]:
    """The lists of a visit and, of other lists, the items alone that somebody answered although none of these asks them
    (docs/decisions/0033): nothing else of those lists is asked, or counts as not looked at."""
    own = {item.code for _, checklist in lists for item in checklist.items}
    codes: dict[Elsewhere, list[str]] = {}
    for code, merged in given.items():
        if merged.answer.elsewhere is not None and code not in own:
            codes.setdefault(merged.answer.elsewhere, []).append(code)
    found = [*lists]
    for one in sorted(codes, key=lambda one: (str(one.version_id), one.on)):
        whole = asked(one.version_id, one.on)
        items = tuple(item for item in whole.items if item.code in codes[one] and _is_said(item, given[item.code]))
        found += [(one.version_id, replace(whole, items=items))] if items else []
    return found


def _is_said(item: Item, merged: Merged) -> bool:
    return verdict(item, merged.answer.body) is not Verdict.NONE
