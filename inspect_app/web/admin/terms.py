"""办理时限: how long the desk may take at each of its own steps. On no paper; what waits already keeps its date."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from inspect_app.hazards.actions import clockwork
from inspect_app.hazards.clocks import CLOCK_NAMES, DESK_CLOCKS, ClockKind
from inspect_app.hazards.dates import DeskTerm
from inspect_app.hazards.standing import desk_term
from inspect_app.kernel.errors import Faults
from inspect_app.kernel.workdays import Unit

from ..access import Permission, allowed
from ..fields import attempt, page_of, posted
from .pages import pages

UNITS = {Unit.WORKING_DAYS: "工作日", Unit.DAYS: "自然日", Unit.MONTHS: "月"}
ABOUT = {
    ClockKind.TRIAGE: "发现以后，多久交办出去",
    ClockKind.VERIFICATION: "报改好以后，多久核验",
    ClockKind.CLOSURE: "核验合格以后，等主管部门意见多久；过了就升级，再过一次可以申请例外销号",
}


@pages.route("/terms", methods=["GET", "POST"])
@allowed(Permission.ADMINISTER)
def desk_terms() -> ResponseReturnValue:
    """How long the desk gives itself at each state (办理时限); a change holds for what comes after it."""
    refusal = None
    if request.method == "POST":
        row, refusal = attempt(_set)
        if row is not None:
            flash(f"{CLOCK_NAMES[ClockKind(row.kind)]}改好了，新来的照这个算。")
            return redirect(url_for("admin.desk_terms"), 303)
    return page_of(
        "admin/terms.html",
        refusal,
        terms=[(kind, CLOCK_NAMES[kind], ABOUT[kind], desk_term(kind)) for kind in DESK_CLOCKS],
        units=UNITS,
    )


def _set() -> DeskTerm:
    faults = Faults()
    amount = posted("amount")
    known = posted("kind") in set(ClockKind) and posted("unit") in set(Unit)
    faults.need(known, "请选是哪一个时限、按什么算。", "unit")
    number = amount.isascii() and amount.isdigit() and len(amount) < 4
    faults.need(number, "办理时限要写 1 到 365 的数字。", "amount")
    faults.refuse()
    return clockwork.set_desk_term(ClockKind(posted("kind")), int(amount), Unit(posted("unit")))
