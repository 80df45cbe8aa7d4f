"""One's own account: sign-ins and their ends, the password, messages, and what is left when the term is over."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_security import login_user

from inspect_app.intake import devices
from inspect_app.kernel import clock
from inspect_app.kernel.database import db, writing
from inspect_app.kernel.errors import Locked, Refused
from inspect_app.kernel.limits import LIMITS
from inspect_app.messages import actions as telling
from inspect_app.messages import queries as messages
from inspect_app.people import actions, passwords, queries, sessions, tries
from inspect_app.people.models import Account
from inspect_app.people.rules import Role, session_lasts

from ..access import Permission, allowed, scope
from ..links import links_to
from ..signed_in import begin_session, signed_in_at, this_sign_in
from ..transaction import now_write, writes_late
from .agents import device_words
from .entering import doors, wait_words
from .pages import pages


@pages.get("/account")
@allowed(Permission.OWN_ACCOUNT)
def mine() -> ResponseReturnValue:
    """Who I am here, how the pages look on this device, where I am signed in, and the password."""
    me = scope()
    here, _ = this_sign_in()
    return render_template(
        "account/mine.html",
        account=db.session.get_one(Account, me.account_id),
        here=here,
        sign_ins=[(row, device_words(row.agent)) for row in sessions.open_ones(me.account_id, session_lasts(me.role))],
    )


@pages.post("/account/sign-ins/<uuid:sign_in_id>/end")
@allowed(Permission.OWN_ACCOUNT)
def end_sign_in(sign_in_id: UUID) -> ResponseReturnValue:
    """One of one's own sign-ins, from wherever one is."""
    sessions.end_one(scope().account_id, sign_in_id)
    flash("那边的登录结束了。不认得那台设备的话，请再改一次密码。")
    return redirect(url_for("account.mine"), 303)


@pages.post("/account/lost")
@allowed(Permission.OWN_ACCOUNT)
def phone_lost() -> ResponseReturnValue:
    """挂失, from any browser: every session of the account ends, this one goes on."""
    account = db.session.get_one(Account, scope().account_id)
    since = signed_in_at()
    actions.end_sessions(account, forget_browsers=True)
    devices.report_lost(account.id)
    login_user(account, authn_via=["password"])
    begin_session(account, since=since)  # since when stays what it was: a lost phone is not found by this
    flash("挂失好了。别处的登录都结束了，那部手机一连上网就会清掉能清的内容。手机找到后，在上面再登录一次就恢复。")
    return redirect(url_for("account.mine"), 303)


@pages.route("/password", methods=["GET", "POST"])
@allowed(Permission.OWN_PASSWORD)
@writes_late
def password() -> ResponseReturnValue:
    """One's own password; also for whoever holds no term any more, or not yet."""
    account = db.session.get_one(Account, current_user.id)
    refusal = None
    if request.method == "POST":
        try:
            new_hash = _new_hash(account)
        except Refused as problem:
            refusal = problem
        else:
            now_write()
            actions.set_password(account, new_hash)
            login_user(account, authn_via=["password"])
            begin_session(account)
            return redirect(url_for("account.home"))
    page = render_template("account/password.html", refusal=refusal, first=account.must_change_password)
    return page, refusal.status if refusal else 200


def _new_hash(account: Account) -> str:
    """The hash of the new password, the old one being right. Guesses at it count like those at the way in."""
    old, new, again = (request.form.get(name, "") for name in ("old", "new", "again"))
    if len(new) > LIMITS["password"]:
        raise Refused(f"新密码最多 {LIMITS['password']} 个字，请短一点。", field="new")
    if new != again:
        raise Refused("两遍新密码不一样，请再写一遍。", field="again")
    at = doors("password", account)
    with writing():
        wait = tries.count(at)
    if wait:
        raise Locked(wait_words(wait), field="old")
    if not passwords.matches(old, account.password):
        raise Refused("现在的密码不对。", field="old")
    with writing():
        tries.was_right(at)
    return actions.checked_password(account, new=new)


@pages.get("/term-over")
@allowed(Permission.OWN_PASSWORD)
def term_over() -> ResponseReturnValue:
    """For whoever holds no term today: until when it ran, whom to ask, and what still opens."""
    if queries.scope_for(current_user.id, clock.today()) is not None:
        return redirect(url_for("account.home"))
    ended = queries.term_ended(current_user.id, clock.today())
    return render_template(
        "account/term_over.html",
        ended=ended,
        administrators=[person.name for person, _, _ in queries.people_with(Role.ADMINISTRATOR)][:5],
        has_outbox=ended is not None and ended.role is Role.DEPUTY,
    )


@pages.get("/messages")
@allowed(Permission.OWN_ACCOUNT)
def inbox() -> ResponseReturnValue:
    """One's messages, each with the way to what it is about; the link is made now, for who reads it."""
    rows = messages.newest(scope())
    links = links_to([(row.subject_kind, row.subject_id) for row in rows])
    return render_template("account/messages.html", messages=list(zip(rows, links, strict=True)))


@pages.post("/messages/read")
@allowed(Permission.OWN_ACCOUNT)
def read_all() -> ResponseReturnValue:
    """Mark all messages of the reader as read."""
    telling.mark_read(scope())
    return redirect(url_for("account.inbox"), 303)
