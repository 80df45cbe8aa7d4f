"""Trial fill: a draft as a phone would show it. Its page may send nothing: its own policy forbids every connection."""

from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from inspect_app.checklists import drafts as writing
from inspect_app.checklists import queries as checklists
from inspect_app.checklists.rules import Checklist
from inspect_app.kernel import clock
from inspect_app.kernel.errors import NotThere, Refused
from inspect_app.kernel.limits import on_the_phone
from inspect_app.premises.rules import clean_facts

from ..access import Permission, allowed, scope
from ..phone.lists import facts_asked, phone_list
from .pages import pages

# No fetch, no beacon: whatever a script of this page might do, nothing of a trial can reach the intake.
POLICY = (
    "default-src 'self'; connect-src 'none'; img-src 'self' blob: data:; object-src 'none'; base-uri 'none';"
    " frame-ancestors 'none'; form-action 'self'"
)


@pages.get("/drafts/<uuid:draft_id>/trial")
@allowed(Permission.LIBRARY_EDIT)
def trial(draft_id: UUID) -> ResponseReturnValue:
    """The draft in the layout of the field, for a place that is described above it."""
    row = checklists.draft(draft_id).draft
    if row.content is None or row.problems or not row.is_open:
        raise NotThere("这份草稿现在不能试填：要么还有要改的，要么已经办完。")
    checklist = Checklist.from_dict(row.content)
    try:
        facts = clean_facts(request.args)
    except Refused:
        facts = {}  # a number that is none describes no place; the field shows it again
    me = scope()
    page = render_template(
        "library/trial.html",
        draft=row,
        checklist=checklist,
        facts=facts_asked([checklist], facts, checklists.rules_on(clock.today())),
        typed=request.args,
        page={
            "account": str(me.account_id),
            "name": me.person_name,
            "visit": f"trial-{row.id}",
            "facts": facts,
            "limits": on_the_phone(),
            "lists": [phone_list(checklist, checklists.rules_on(clock.today()))],
        },
    )
    answer = make_response(page)
    answer.headers["Content-Security-Policy"] = POLICY
    return answer


@pages.post("/drafts/<uuid:draft_id>/trial")
@allowed(Permission.LIBRARY_EDIT)
def tried(draft_id: UUID) -> ResponseReturnValue:
    """Note who filled the draft on trial, and when."""
    row = writing.note_trial(draft_id, scope().person_id)
    flash("记下了：您试填过这份草稿。")
    return redirect(url_for("library.draft", draft_id=row.id), 303)
