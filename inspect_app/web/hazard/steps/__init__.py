"""The steps of a hazard as forms on its page, shared by desk, responder and field."""

from collections.abc import Sequence

from flask import request

from inspect_app.casework.dossier.dossier import Dossier
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Actor, named
from inspect_app.kernel.errors import Refused

from ...access import scope
from .forms import FORMS
from .inputs import TypedInputs, asked_as, lacking
from .offered import check_offered, choices
from .on_behalf import ON_BEHALF, may_record
from .on_behalf import run as record
from .runs import premises_named

__all__ = [
    "FORMS", "ON_BEHALF", "asked_as", "choices", "lacking", "may_record", "premises_named", "record",
    "run",
]  # fmt: skip


def run(step: str, hazard: Hazard, actor: Actor, batch: Sequence[str] | None = None) -> str:
    """Take the step with what was typed; returns the sentence to say afterwards.

    `batch`: only these inputs were typed, once for many hazards; what was left empty of a choice that is each one's own, and
    what was not asked, is what this hazard's own form proposes.
    """
    form = FORMS.get(step)
    if form is None:
        raise Refused(f"“{named(step, actor.who)}”不在这一页办。")
    dossier = Dossier(scope(), hazard)
    typed = request.form if batch is None else form.proposes(dossier) | _typed(batch)
    given = TypedInputs(typed, request.files.getlist("photos"), actor.account_id, hazard.premises_id)
    check_offered(form, given, dossier)
    said = form.run(hazard, actor, given)
    return said or form.said or f"“{named(step, actor.who)}”办好了。"


def _typed(names: Sequence[str]) -> dict[str, str]:
    return {name: value for name in names if (value := request.form.get(name, "").strip())}
