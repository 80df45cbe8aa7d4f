"""The blueprint of the library, the words it speaks, and the layout of whoever reads."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, g

from inspect_app.checklists import queries as checklists
from inspect_app.checklists.columns import MARK_WORDS
from inspect_app.checklists.phrases import FIELDS, GRADES, KINDS, Vocabulary, tell
from inspect_app.checklists.rules import NEEDS, Basis, Checklist, figure
from inspect_app.checklists.zones import ZONES
from inspect_app.people.rules import Role
from inspect_app.premises.rules import FACT_NAMES, GAS_KINDS, KIND_NAMES, YES_NO

from ..access import TABLE, Permission
from ..looks import item_grade_look

# In a sentence: how it is said when it is so, and when it is not.
_TOLD = {
    ("gas_kind", "piped"): ("用管道气", "不用管道气"),
    ("gas_kind", "bottled"): ("用瓶装气", "不用瓶装气"),
    ("gas_kind", "none"): ("不用气", "用气"),
    ("people_sleeping", True): ("有人住", "没有人住"),
    ("high_rise", True): ("是高层", "不是高层"),
    ("below_ground", True): ("在地下或半地下", "不在地下或半地下"),
}
# How an item is answered, where that is more than sound or not.
_ANSWERS = {kind: words for kind, words in KINDS.items() if kind != "judge"}
pages = Blueprint("library", __name__, url_prefix="/library")

WORDS = Vocabulary(
    kinds={str(kind): name for kind, name in KIND_NAMES.items()},
    facts={name: label.partition("（")[0] for name, label in FACT_NAMES.items()},
    values={"gas_kind": GAS_KINDS} | {name: {True: "是", False: "否"} for name in YES_NO},
    told=_TOLD | {(name, False): (no, yes) for (name, value), (yes, no) in _TOLD.items() if value is True},
)
# A basis may bind places of some kinds only; which kinds an item is asked of stands with its list instead.
_BINDS = replace(
    WORDS, told={**WORDS.told, **{("kind", kind): (name, f"不是{name}") for kind, name in WORDS.kinds.items()}}
)


def in_force() -> list[Checklist]:
    """The lists that new visits are filled under."""
    return [checklists.version(row.id) for row in checklists.current()]


def known_bases() -> dict[str, Basis]:
    """The legal bases as the library holds them today."""
    return checklists.known_bases()


@pages.context_processor
def _shown() -> dict[str, Any]:
    me = g.get("scope")
    role = me.role if me else None
    return {
        # A deputy reads on the phone, everybody else at the desk.
        "layout": "layouts/field.html" if role is Role.DEPUTY else "layouts/desk.html",
        "may_edit": role in TABLE[Permission.LIBRARY_EDIT],
        "may_review": role in TABLE[Permission.LIBRARY_REVIEW],
        "sees_hazards": role in TABLE[Permission.HAZARDS_LIST],
        "FIELDS": FIELDS,
        "ANSWERS": _ANSWERS,
        "GRADES": GRADES,
        "grade_look": item_grade_look,
        "MARKS": MARK_WORDS,
        "NEEDS": NEEDS,
        "ZONES": ZONES,
        "figure": figure,
        # The day of a law is said with its year, whatever day it is today.
        "law_day": lambda day: f"{day.year}年{day.month}月{day.day}日",
        "tell": lambda condition: tell(condition, WORDS),
        "binds": lambda condition: tell(condition, _BINDS),
    }
