"""What the address of the list of hazards narrows it to: read, said in words, and given back as an address that means the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from flask import request

from inspect_app.hazards import worklist
from inspect_app.hazards.chosen_names import chosen_names
from inspect_app.hazards.filters import MARKS, SORT_NAMES, WAITS, Filters, Sort
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import GRADE_NAMES, OPEN, SOURCE_NAMES, STATE_NAMES
from inspect_app.hazards.worklist import Pile
from inspect_app.kernel import clock
from inspect_app.people import areas
from inspect_app.people import queries as people
from inspect_app.people.rules import Role
from inspect_app.premises.rules import KIND_NAMES

from ..access import scope
from ..fields import YEARS, at, maybe_id, searched
from ..hazard.batch import PICKED, kept_ids, kept_text
from .today import PILE, piles_of

TABS = {
    "all": "全部",
    "overdue": "已逾期",
    "soon": "3 天内到期",
    "major": "重大或疑似",
    "found": "待交办",
    "verify": "待核验",
    "close": "待销号",
    "watched": "重点督办",
}
_MORE_TABS = {"flagged": "照片请核实的隐患", "settled": "已办结的隐患", "exceptions": "例外办理的隐患"}
FIELDS = {"fire": "消防", "gas": "燃气", "site": "施工", "other": "其他"}
DUE_BY = {"late": "已逾期", "7": "7 天内到期", "30": "30 天内到期"}
# What may stand in the address, and what it is called: each is one filter.
LABELS = {
    "q": "查找", "area": "片区", "handler": "承办", "field": "类别", "grade": "级别", "state": "状态", "due": "期限", "on": "到期日",
    "kind": "场所类别", "item": "检查项", "finder": "发现人", "source": "来源", "since": "发现不早于", "until": "发现不晚于", "party": "责任主体", "holder": "名下场所", "place": "这一家", "waits": "等谁",
    **dict.fromkeys(MARKS, "标记"),
}  # fmt: skip
_LINKED = ("finder", "party", "holder", "place")  # chosen by a link beside the name itself
_SAID_WITH_LABEL = ("on", "since", "until", "item", "finder", "party", "holder", "waits")
_DAYS = ("on", "since", "until")
_IDS = ("area", "handler", *_LINKED)


@dataclass(frozen=True)
class HazardSelection:
    """What the address narrows the list of hazards to. `asked` are its filters, `pile` the one of 今日 that was pressed,
    `picked` those that were ticked on one page: then nothing else narrows it."""

    filters: Filters
    asked: dict[str, str]
    pile: Pile | None
    sort: Sort = Sort.DUE
    picked: tuple[UUID, ...] = ()

    @property
    def tab(self) -> str:
        """The tab, as it stands in the address."""
        if self.picked:
            return PICKED
        return f"{PILE}{self.pile.key}" if self.pile else self.filters.tab

    @property
    def here(self) -> dict[str, str]:
        """All of it, for an address that means the same."""
        if self.picked:
            return {PICKED: kept_text(self.picked)}
        return {"tab": self.tab} | self.asked | ({"sort": str(self.sort)} if self.sort is not Sort.DUE else {})

    @property
    def kept_as(self) -> dict[str, str]:
        """The same as a saved view keeps it: the first tab goes without saying."""
        return {name: value for name, value in self.here.items() if (name, value) != ("tab", "all")}

    @property
    def heading(self) -> str:
        """What is selected, in words."""
        if self.picked:
            return f"勾选的 {len(self.picked)} 件"
        return f"今日：{self.pile.name}" if self.pile else _MORE_TABS.get(self.tab, "未销号的隐患")

    def words(self, choices: Mapping[str, Mapping[str, str]]) -> str:
        """The same with every filter, for what is made of it."""
        said = [TABS[self.tab]] if self.tab in TABS and self.tab != "all" else []
        said += [said_of(choices, name, value) for name, value in self.asked.items()]
        return f"{self.heading}（{'，'.join(said)}）" if said else self.heading


def said_of(choices: Mapping[str, Mapping[str, str]], name: str, value: str) -> str:
    """A filter's value in words."""
    if name in MARKS:
        return MARKS[name][0]
    said = choices[name].get(value, "这里没有的") if name in choices else value
    return f"{LABELS[name]} {said}" if name in _SAID_WITH_LABEL else said


def selection() -> HazardSelection:
    """The selection that this request's address names; what it cannot mean is left out."""
    if picked := kept_ids(request.args.get(PICKED, "")):
        return HazardSelection(Filters(narrowed=Hazard.id.in_(picked)), {}, None, picked=picked)
    asked, (piles, pile) = _asked(), _piles()
    sort = request.args.get("sort", "")
    return HazardSelection(_filters(asked, piles, pile), asked, pile, Sort(sort) if sort in set(Sort) else Sort.DUE)


def choices() -> dict[str, dict[str, str]]:
    """What each filter can be, with its words; states are those of the tab. Of what is chosen by a link, what was chosen."""
    chosen = {name: maybe_id(request.args.get(name)) for name in _LINKED}
    linked = chosen_names(scope(), chosen)
    settled = request.args.get("tab") == "settled"
    return {
        "area": {str(area.id): area.name for area in areas.areas_of(scope())},
        "handler": {str(row.id): row.short_name for row in people.handlers()},
        "field": FIELDS,
        "grade": {str(grade): name for grade, name in GRADE_NAMES.items()},
        "state": {str(state): name for state, name in STATE_NAMES.items() if (state in OPEN) is not settled},
        "due": DUE_BY,
        "kind": {str(kind): name for kind, name in KIND_NAMES.items()},
        "source": {str(source): name for source, name in SOURCE_NAMES.items()},
        "waits": {key: name for key, (name, _) in WAITS.items()},
        "sort": {str(sort): name for sort, name in SORT_NAMES.items()},
        **{name: {str(chosen[name]): linked[name]} if name in linked else {} for name in _LINKED},
    }


def chips(chosen: HazardSelection, known: Mapping[str, Mapping[str, str]], endpoint: str) -> list[tuple[str, str, str]]:
    """(what is narrowed, to what, the address without it) for each filter, on the page that shows the selection."""
    return [
        (
            LABELS[name],
            said_of(known, name, value),
            at(endpoint, {key: word for key, word in chosen.here.items() if key != name}),
        )
        for name, value in chosen.asked.items()
    ]


def _asked() -> dict[str, str]:
    """The filters that stand in the address, each only with a value it can have."""
    known: dict[str, set[str]] = {
        "field": set(FIELDS),
        "grade": {str(one) for one in GRADE_NAMES},
        "state": {str(one) for one in STATE_NAMES},
        "due": set(DUE_BY),
        "kind": {str(one) for one in KIND_NAMES},
        "source": {str(one) for one in SOURCE_NAMES},
        "waits": set(WAITS),
        **{mark: {"1"} for mark in MARKS},
    }
    found = {name: searched(name) for name in LABELS}
    found |= {name: _day(found[name]) for name in _DAYS} | {name: str(maybe_id(found[name]) or "") for name in _IDS}
    return {name: value for name, value in found.items() if value and value in known.get(name, {value})}


def _day(text: str) -> str:
    """A day as it stands in an address; what is none is left out."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return ""
    return day.isoformat() if YEARS[0] <= day.year <= YEARS[1] else ""


def _piles() -> tuple[Sequence[Pile], Pile | None]:
    """The piles of 今日 and the one whose number was pressed; none where none is named, or by a role that has none."""
    key = request.args.get("tab", "").removeprefix(PILE) if request.args.get("tab", "").startswith(PILE) else ""
    if not key or scope().role is not Role.SUPERVISOR:
        return (), None
    piles = piles_of(scope(), clock.today())
    return piles, next((pile for pile in piles if pile.key == key), None)


def _filters(asked: dict[str, str], piles: Sequence[Pile], pile: Pile | None) -> Filters:
    tab, today = request.args.get("tab", "all"), clock.today()
    due, on, since, until = (asked.get(name, "") for name in ("due", *_DAYS))
    return Filters(
        narrowed=worklist.belonging(piles, pile.key) if pile else None,
        tab=tab if tab in {*TABS, *_MORE_TABS} else "all",
        words=asked.get("q", ""),
        area_id=maybe_id(asked.get("area")),
        handler_id=maybe_id(asked.get("handler")),
        field=asked.get("field", ""),
        grade=asked.get("grade", ""),
        state=asked.get("state", ""),
        due_from=today if due.isdigit() else None,
        due_by=today + timedelta(days=int(due)) if due.isdigit() else today - timedelta(days=1) if due else None,
        due_on=date.fromisoformat(on) if on else None,
        premises_kind=asked.get("kind", ""),
        item_code=asked.get("item", "").upper(),
        finder_id=maybe_id(asked.get("finder")),
        party_id=maybe_id(asked.get("party")),
        holder_id=maybe_id(asked.get("holder")),
        premises_id=maybe_id(asked.get("place")),
        source=asked.get("source", ""),
        waits=asked.get("waits", ""),
        found_from=date.fromisoformat(since) if since else None,
        found_to=date.fromisoformat(until) if until else None,
        marks=frozenset(asked) & frozenset(MARKS),
    )
