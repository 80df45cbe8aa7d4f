"""The list of hazards with its filters, and one hazard."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import quote
from uuid import UUID

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from inspect_app.hazards import flags, log, queries, register, worklist
from inspect_app.hazards.register import Filters
from inspect_app.hazards.rules import GRADE_NAMES, OPEN, STATE_NAMES, Grade
from inspect_app.hazards.worklist import Pile
from inspect_app.kernel import clock
from inspect_app.people import areas
from inspect_app.people import queries as people
from inspect_app.people.rules import Role

from ..access import TABLE, Permission, actor, allowed, scope
from ..fields import at, attempt, maybe_id, pager, posted, searched
from ..hazard import page as hazard_page
from .pages import pages
from .today import PILE, piles_of

TABS = {
    "all": "全部",
    "overdue": "已逾期",
    "soon": "3 天内到期",
    "major": "重大或疑似",
    "found": "待交办",
    "verify": "待核验",
    "close": "待销号",
}
FIELDS = {"fire": "消防", "gas": "燃气", "site": "施工"}
DUE_BY = {"7": "7 天内到期", "30": "30 天内到期"}
MOST_PRINTED = 2000


@pages.get("/hazards")
@allowed(Permission.HAZARDS_LIST)
def hazards() -> ResponseReturnValue:
    """The list. The address holds every filter, so that it can be sent, kept and gone back to."""
    me, chosen = scope(), selection()
    filters, tab, asked, here = chosen.filters, chosen.tab, chosen.asked, chosen.here
    printing = request.args.get("print") == "1"
    page = (
        register.page(me, filters, size=MOST_PRINTED)
        if printing
        else register.page(me, filters, request.args.get("after"))
    )
    choices = _choices()
    return render_template(
        "desk/hazards.html",
        page=page,
        tab=tab,
        heading=chosen.heading,
        asked=asked,
        here=here,
        printing=printing,
        issues=me.role in TABLE[Permission.DESK],
        tabs=TABS,
        counts=register.counts(me, replace(filters, tab="all")),
        found=register.count(me, filters),
        choices=choices,
        chips=[
            (label, _said(choices, name, value), _without(here, name))
            for name, label in _LABELS.items()
            if (value := asked.get(name))
        ],
        **pager("desk.hazards", here, None if printing else page.after),
        nobody_open=chosen.pile is None and filters == Filters() and not page.rows,
    )


@dataclass(frozen=True)
class HazardSelection:
    """What the address narrows the list of hazards to. `asked` are its filters, `pile` the one of 今日 that was pressed."""

    filters: Filters
    asked: dict[str, str]
    pile: Pile | None

    @property
    def tab(self) -> str:
        """The tab, as it stands in the address."""
        return f"{PILE}{self.pile.key}" if self.pile else self.filters.tab

    @property
    def here(self) -> dict[str, str]:
        """All of it, for an address that means the same."""
        return {"tab": self.tab} | self.asked

    @property
    def heading(self) -> str:
        """What is selected, in words."""
        names = {"settled": "已办结的隐患", "exceptions": "例外办理的隐患", "flagged": "照片请核实的隐患"}
        return f"今日：{self.pile.name}" if self.pile else names.get(self.tab, "未销号的隐患")

    @property
    def words(self) -> str:
        """The same with every filter, for what is made of it."""
        choices = _choices()
        said = [TABS[self.tab]] if self.tab in TABS and self.tab != "all" else []
        said += [_said(choices, name, value) for name, value in self.asked.items()]
        return f"{self.heading}（{'，'.join(said)}）" if said else self.heading


def _said(choices: dict[str, dict[str, str]], name: str, value: str) -> str:
    """A filter's value in words."""
    return choices[name].get(value, value) if name in choices else value


def selection() -> HazardSelection:
    """The selection that this request's address names."""
    asked, (piles, pile) = _asked(), _piles()
    return HazardSelection(_filters(asked, piles, pile), asked, pile)


_LABELS = {
    "q": "查找", "area": "片区", "handler": "承办", "field": "类别", "grade": "级别", "state": "状态", "due": "期限", "on": "到期日",
}  # fmt: skip


def _asked() -> dict[str, str]:
    """The filters that stand in the address, each only with a value it can have."""
    known: dict[str, set[str]] = {
        "field": set(FIELDS),
        "grade": {str(one) for one in Grade},
        "state": {str(one) for one in OPEN},
        "due": set(DUE_BY),
    }
    found = {name: searched(name) for name in _LABELS}
    found["on"] = _day(found["on"])
    for name, values in known.items():
        if found[name] not in values:
            found[name] = ""
    for name in ("area", "handler"):
        found[name] = str(maybe_id(found[name]) or "")
    return {name: value for name, value in found.items() if value}


def _day(text: str) -> str:
    """A day as it stands in an address; what is none is left out."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""


def _piles() -> tuple[Sequence[Pile], Pile | None]:
    """The piles of 今日 and the one whose number was pressed; none where none is named, or by a role that has none."""
    key = request.args.get("tab", "").removeprefix(PILE) if request.args.get("tab", "").startswith(PILE) else ""
    if not key or scope().role is not Role.SUPERVISOR:
        return (), None
    piles = piles_of(scope(), clock.today())
    return piles, next((pile for pile in piles if pile.key == key), None)


def _filters(asked: dict[str, str], piles: Sequence[Pile], pile: Pile | None) -> Filters:
    tab = request.args.get("tab", "all")
    return Filters(
        narrowed=worklist.belonging(piles, pile.key) if pile else None,
        tab=tab if tab in {*TABS, "flagged", "settled", "exceptions"} else "all",
        words=asked.get("q", ""),
        area_id=maybe_id(asked.get("area")),
        handler_id=maybe_id(asked.get("handler")),
        field=asked.get("field", ""),
        grade=asked.get("grade", ""),
        state=asked.get("state", ""),
        due_by=clock.today() + timedelta(days=int(asked["due"])) if "due" in asked else None,
        due_on=date.fromisoformat(asked["on"]) if "on" in asked else None,
    )


def _choices() -> dict[str, dict[str, str]]:
    return {
        "area": {str(area.id): area.name for area in areas.areas_of(scope())},
        "handler": {str(row.id): row.short_name for row in people.handlers()},
        "field": FIELDS,
        "grade": {str(grade): name for grade, name in GRADE_NAMES.items()},
        "state": {str(state): name for state, name in STATE_NAMES.items() if state in OPEN},
        "due": DUE_BY,
    }


def _without(here: dict[str, str], name: str) -> str:
    return at("desk.hazards", {key: value for key, value in here.items() if key != name})


@pages.get("/hazards/<uuid:hazard_id>")
@allowed(Permission.HAZARDS_LIST)
def hazard(hazard_id: UUID) -> ResponseReturnValue:
    """One hazard, as the desk sees it."""
    return hazard_page.show(hazard_id)


@pages.get("/hazards/<uuid:hazard_id>/chain.json")
@allowed(Permission.CHAIN)
def chain(hazard_id: UUID) -> Response:
    """The log with its hashes as a file, to be checked by anybody without this program."""
    row = queries.load(scope(), hazard_id)
    name = quote(f"{row.number}-记录.json")
    text = json.dumps(log.exported(row), ensure_ascii=False, indent=1)
    head = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(text, mimetype="application/json", headers=head)


@pages.post("/hazards/<uuid:hazard_id>/flags/<uuid:flag_id>")
@allowed(Permission.DESK)
def look_at_photo(hazard_id: UUID, flag_id: UUID) -> ResponseReturnValue:
    """看过了: what a supervisor says about a photo that was asked about. It changes nothing else."""
    row = queries.lock(scope(), hazard_id, None)
    _, refused = attempt(lambda: flags.look_at(row, flag_id, actor(), words=posted("words")))
    if refused is not None:
        return hazard_page.show(hazard_id, refusal=refused, open_step=f"flag-{flag_id}")
    return hazard_page.after(hazard_id, "记下了，这张照片看过了。")


@pages.post("/hazards/<uuid:hazard_id>/steps/<slug>")
@allowed(Permission.DESK_STEPS)
def take_step(hazard_id: UUID, slug: str) -> ResponseReturnValue:
    """Take a step that the desk has a button for."""
    return hazard_page.take(hazard_id, slug)
