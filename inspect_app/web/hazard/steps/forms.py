"""The forms behind the buttons of a hazard: each is the form of its row. A new step needs nothing here.

Not here: 送达 and 出文书 stand beside the paper; 并入、分出、随并案变化、回访补记 and what the clock does have no button.
"""

from collections.abc import Mapping

from inspect_app.hazards.rules import CONFIRMS, TABLE, Step, StepForm, StepRow

from . import authorities, offices, proposals, runs
from .inputs import OfferedForm, Run, nothing, shows_nothing
from .shown import of_request
from .straight import straight

# What a button does that is more than its action with what was typed.
RUNS: Mapping[str, Run] = {
    **dict.fromkeys(CONFIRMS.values(), runs.confirm),
    Step.HAND_OVER: offices.hand_over,
    Step.REASSIGN: offices.reassign,
    Step.ACCEPT: offices.accept,
    Step.DECLINE: offices.decline,
    Step.ORDER: offices.order,
    Step.URGE: offices.urge,
    Step.ESCALATE: offices.escalate,
    Step.APPOINT: runs.appoint,
    Step.PASS: runs.verify(True),
    Step.FAIL: runs.verify(False),
    Step.REFER: authorities.refer,
    Step.LIST: authorities.put_under_list,
    Step.MERGE: runs.merge,
    Step.RESTORE: runs.restore,
    Step.CORRECT: runs.correct,
    Step.REOPEN: runs.reopen,
    Step.SIGHT: runs.sight,
}


def _form(row: StepRow, form: StepForm) -> OfferedForm:
    return OfferedForm(
        form.asks,
        straight(form) if form.action else RUNS[row.step],
        loud=form.loud,
        said=form.said,
        proposes=proposals.PROPOSED.get(row.step, nothing),
        about=form.about,
        shows=of_request if row.step in CONFIRMS.values() else shows_nothing,
    )


FORMS: Mapping[str, OfferedForm] = {row.step: _form(row, row.form) for row in TABLE if row.form is not None}
