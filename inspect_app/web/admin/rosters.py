"""Who is on duty, who declared 回避, the sign-in log and the log of administrators."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from inspect_app.kernel import clock
from inspect_app.kernel.errors import Faults
from inspect_app.kernel.limits import whole
from inspect_app.people import actions, acts, directory, district, queries, records
from inspect_app.people.models import Duty, Recusal
from inspect_app.people.rules import Role
from inspect_app.premises import queries as premises

from ..access import Permission, allowed, scope
from ..fields import attempt, maybe_id, narrowed, page_of, pager, posted, posted_day, posted_id
from .pages import pages


@pages.route("/duty", methods=["GET", "POST"])
@allowed(Permission.ADMINISTER)
def duty() -> ResponseReturnValue:
    """Who is on duty for urgent calls, and the form that puts somebody on the list."""
    refusal = None
    if request.method == "POST":
        row, refusal = attempt(_set_duty)
        if row is not None:
            flash("值班排好了。")
            return redirect(url_for("admin.duty"), 303)
    return page_of(
        "admin/duty.html",
        refusal,
        rows=records.duties(clock.today()),
        supervisors=list(_supervisors().items()),
        areas=[(row.id, row.name) for row in district.live_areas()],
        day=clock.today(),
    )


@pages.post("/duty/<uuid:duty_id>/end")
@allowed(Permission.ADMINISTER)
def end_duty(duty_id: UUID) -> ResponseReturnValue:
    """Take somebody off the duty list from today on."""
    actions.end_duty(records.duty(duty_id), clock.today())
    flash("从今天起不排他了。")
    return redirect(url_for("admin.duty"), 303)


def _supervisors() -> dict[UUID, str]:
    """Who may be put on duty, with name and office: the supervisors of today."""
    return {
        person.id: f"{person.name}（{office.short_name}）" for person, _, office in queries.people_with(Role.SUPERVISOR)
    }


def _set_duty() -> Duty:
    faults = Faults()
    person_id, area_id = faults.of(posted_id, "person_id", "值班的人"), faults.of(posted_id, "area_id", "片区")
    since, until = faults.of(posted_day, "since", "从哪天"), faults.of(posted_day, "until", "到哪天")
    if person_id is not None and person_id not in _supervisors():
        faults.add("值班的人要是在任的督办员。", "person_id")
    faults.refuse()
    assert person_id is not None
    assert area_id is not None
    assert since is not None
    assert until is not None
    return actions.set_duty(area_id, person_id, since=since, until=until)


@pages.route("/recusals", methods=["GET", "POST"])
@allowed(Permission.ADMINISTER)
def recusals() -> ResponseReturnValue:
    """Declarations: a person and a place or one of its parties, each found by a few characters first."""
    refusal = None
    if request.method == "POST":
        row, refusal = attempt(_declare)
        if row is not None:
            flash("回避登记好了，这家的走访和核验都不会再派给这个人。")
            return redirect(url_for("admin.recusals"), 303)
    asked = request.form if request.method == "POST" else request.args
    who, where = (whole(asked.get(name, ""), "search", name) for name in ("who", "where"))
    places = premises.search(scope(), where, limit=20) if where else ()
    parties = {row.id: premises.parties_of(row.id) for row in places}
    return page_of(
        "admin/recusals.html",
        refusal,
        rows=[(row, name, *premises.name_of(row.premises_id, row.party_id)) for row, name in records.recusals()],
        who=who,
        where=where,
        people=[(person.id, f"{person.name}（{login}）") for person, login in directory.people_named(who)],
        ties=[
            tie
            for row in places
            for tie in (
                (f"place:{row.id}", f"{row.name}，{row.address}"),
                *((f"party:{party.id}", f"{party.name}，{row.name}的责任主体") for _, party in parties[row.id]),
            )
        ],
    )


@pages.post("/recusals/<uuid:recusal_id>/withdraw")
@allowed(Permission.ADMINISTER)
def withdraw_recusal(recusal_id: UUID) -> ResponseReturnValue:
    """Withdraw a recusal: from now on visits and verifications there may be given to that person again."""
    actions.withdraw_recusal(records.recusal(recusal_id))
    flash("这一条回避撤下了。")
    return redirect(url_for("admin.recusals"), 303)


def _declare() -> Recusal:
    faults = Faults()
    person_id = faults.of(posted_id, "person_id", "是谁要回避")
    kind, _, tie = posted("tie").partition(":")
    tied_to = maybe_id(tie)
    faults.need(tied_to, "请选回避哪一家，或哪个责任主体。", "tie")
    faults.need(posted("reason"), "请写一句为什么回避。", "reason")
    faults.refuse()
    assert person_id is not None
    return actions.declare_recusal(
        person_id,
        premises_id=tied_to if kind == "place" else None,
        party_id=tied_to if kind == "party" else None,
        reason=posted("reason"),
    )


@pages.get("/sign-ins")
@allowed(Permission.ADMINISTER)
def sign_ins() -> ResponseReturnValue:
    """The log of sign-ins and refused tries, narrowed by words and result."""
    here = narrowed("q", "result")
    page = records.sign_ins(here.get("q", ""), here.get("result", ""), request.args.get("after"))
    return render_template(
        "admin/sign_ins.html",
        page=page,
        here=here,
        **pager("admin.sign_ins", here, page.after),
    )


@pages.get("/acts")
@allowed(Permission.ACTS)
def acts_log() -> ResponseReturnValue:
    """管理记录: every act of an administrator, with before and after."""
    here = narrowed("q")
    page = records.acts(here.get("q", ""), request.args.get("after"))
    return render_template(
        "admin/acts.html",
        page=page,
        here=here,
        labels=acts.LABELS,
        subjects=acts.SUBJECTS,
        verbs=acts.VERBS,
        **pager("admin.acts_log", here, page.after),
    )
