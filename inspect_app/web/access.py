"""Who may open what: one table, refused by default.

Every view carries `@allowed(Permission.X)` or `@public`. A route with neither is refused to everybody, and a test says so.
Row by row scope is checked where a record is loaded (each room's queries), never here.
"""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Flask, Response, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, logout_user

from inspect_app.hazards.case import actor_of
from inspect_app.hazards.rules import Actor
from inspect_app.intake import queries as intake
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotAllowed
from inspect_app.kernel.spoken_dates import date_full
from inspect_app.people.queries import Ended, scope_after, scope_for, term_ended
from inspect_app.people.rules import Role, Scope

from . import demo_mark
from .errors import answer, came_from, is_data, is_htmx
from .signed_in import Sessions, browser_cookie, renew_session, session_is_over

WHOSE = "whose"
View = TypeVar("View", bound=Callable[..., Any])


class Permission(StrEnum):
    """What a page may ask of whoever opens it."""

    OWN_ACCOUNT = "own_account"  # one's own page, messages, sign-ins
    OWN_PASSWORD = "own_password"  # changing it: asks for no term, so that a reset password can always be changed
    FIELD = "field"  # the phone: visits, urgent calls, look-backs
    INTAKE = "intake"  # what a phone delivers: also after the term has ended under which it was written down
    OUTBOX = "outbox"  # the phone's page that delivers it, the same
    HAZARDS_READ = "hazards_read"  # hazard pages, photos, papers
    HAZARDS_LIST = "hazards_list"  # the desk's lists
    DESK = "desk"  # today's work of a supervisor
    HAZARD_REGISTER = "hazard_register"  # registering one that the desk was told of
    HAZARD_STEPS = "hazard_steps"  # taking steps; which ones is the lifecycle's word
    DESK_STEPS = "desk_steps"  # taking them on the desk's pages; a head answers what was asked of its office
    PAPERS = "papers"  # issuing and serving; which kinds is a matter of side and powers
    PAPERS_LIST = "papers_list"  # the list of papers, and printing many
    PRINTS = "prints"  # one's own print jobs
    EXPORTS = "exports"  # taking lists along as tables, one's own log of it; which lists is their pages' word
    EXPORTS_LOG = "exports_log"  # what everybody took along
    SLIPS_LIST = "slips_list"  # blank slips: what became of each
    SLIPS = "slips"  # having them printed, giving them up
    SLIP_BIND = "slip_bind"  # saying on which visit one was left
    INBOX = "inbox"  # what was handed to one's organisation
    ASSIGN = "assign"  # who goes where
    PREMISES = "premises"  # the register
    REGISTER = "register"  # writing in it
    IMPORTS = "imports"  # one's own imports; of which registers is the kind's word
    CHAIN = "chain"  # the log with its hashes
    LIBRARY_READ = "library_read"  # checklists, items, legal bases
    LIBRARY_REVIEW = "library_review"  # bases that end or change, and what stands on them
    LIBRARY_EDIT = "library_edit"  # drafts of checklists; uploading and publishing are two persons' work
    ADMINISTER = "administer"  # accounts, terms, organisations, duty
    ACTS = "acts"  # the log of what administrators changed


# What stays open when a term has ended: nothing else does.
AFTER_THE_TERM = frozenset({Permission.OWN_PASSWORD, Permission.INTAKE, Permission.OUTBOX})
_ALL = frozenset(Role)
_DESK = frozenset({Role.SUPERVISOR})
TABLE: dict[Permission, frozenset[Role]] = {
    Permission.OWN_ACCOUNT: _ALL,
    Permission.OWN_PASSWORD: _ALL,
    Permission.FIELD: frozenset({Role.DEPUTY}),
    Permission.INTAKE: frozenset({Role.DEPUTY}),
    Permission.OUTBOX: frozenset({Role.DEPUTY}),
    Permission.HAZARDS_READ: frozenset({Role.DEPUTY, Role.SUPERVISOR, Role.HANDLER, Role.LEADER, Role.AUDITOR}),
    Permission.HAZARDS_LIST: frozenset({Role.SUPERVISOR, Role.LEADER, Role.AUDITOR}),
    Permission.DESK: _DESK,
    Permission.HAZARD_REGISTER: _DESK,
    Permission.HAZARD_STEPS: frozenset({Role.DEPUTY, Role.SUPERVISOR, Role.HANDLER, Role.LEADER}),
    Permission.DESK_STEPS: frozenset({Role.SUPERVISOR, Role.LEADER}),
    Permission.PAPERS: frozenset({Role.SUPERVISOR, Role.HANDLER}),
    Permission.PAPERS_LIST: frozenset({Role.SUPERVISOR, Role.HANDLER, Role.LEADER, Role.AUDITOR}),
    Permission.PRINTS: frozenset({Role.SUPERVISOR, Role.HANDLER, Role.LEADER, Role.AUDITOR, Role.ADMINISTRATOR}),
    Permission.EXPORTS: frozenset({Role.SUPERVISOR, Role.HANDLER, Role.LEADER, Role.AUDITOR, Role.ADMINISTRATOR}),
    Permission.EXPORTS_LOG: frozenset({Role.ADMINISTRATOR, Role.AUDITOR}),
    Permission.SLIPS_LIST: frozenset({Role.SUPERVISOR, Role.LEADER, Role.AUDITOR}),
    Permission.SLIPS: _DESK,
    Permission.SLIP_BIND: frozenset({Role.DEPUTY, Role.SUPERVISOR}),
    Permission.INBOX: frozenset({Role.HANDLER}),
    Permission.ASSIGN: _DESK,
    Permission.PREMISES: frozenset({Role.SUPERVISOR, Role.LEADER, Role.ADMINISTRATOR}),
    Permission.REGISTER: frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR}),
    Permission.IMPORTS: frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR}),
    Permission.CHAIN: frozenset({Role.SUPERVISOR, Role.LEADER, Role.AUDITOR}),
    Permission.LIBRARY_READ: _ALL,
    Permission.LIBRARY_REVIEW: frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR}),
    Permission.LIBRARY_EDIT: frozenset({Role.ADMINISTRATOR}),
    Permission.ADMINISTER: frozenset({Role.ADMINISTRATOR}),
    Permission.ACTS: frozenset({Role.ADMINISTRATOR, Role.AUDITOR}),
}


def allowed(permission: Permission) -> Callable[[View], View]:
    """Mark a view as open to the roles that hold a permission."""

    def mark(view: View) -> View:
        @wraps(view)
        def checked(*args: Any, **kwargs: Any) -> Any:
            if permission is not Permission.OWN_PASSWORD and scope().role not in TABLE[permission]:
                raise NotAllowed("这一页不在您的职责里。")
            return view(*args, **kwargs)

        checked.permission = permission  # type: ignore[attr-defined]
        return cast(View, checked)

    return mark


def public(view: View) -> View:
    """Mark a view as open to anyone, signed in or not."""
    view.public = True  # type: ignore[attr-defined]
    return view


def scope() -> Scope:
    """Who is signed in and what they may see. Raises NotAllowed without a live term."""
    found = cast("Scope | None", g.get("scope"))
    if found is None:
        raise NotAllowed(without_a_term(g.get("ended")))
    return found


def without_a_term(ended: Ended | None) -> str:
    """Why nothing opens for somebody who holds no term today."""
    if ended is None:
        return "您现在没有在任的职务，请问管理员。"
    return f"您的任期到{date_full(ended.until)}为止，现在看不到这些了。要接着办，请问管理员。"


def actor() -> Actor:
    """The signed-in person as one who acts on a hazard, with the term acted under."""
    return actor_of(scope())


def register_access(app: Flask) -> None:
    """Have every request looked at before its page is."""
    app.session_interface = Sessions()
    app.before_request(_check)
    app.after_request(_say_whose)


def _say_whose(answer: Response) -> Response:
    """Beside the session stands whose it is, for the phone's own pages: they must know before anything is written down,
    and without a signal. An id that opens nothing; it stays when a session ends by itself and goes when one signs out."""
    known, endpoint, whose = request.cookies.get(WHOSE), request.endpoint, g.get("whose")
    if endpoint == "account.sign_out":
        answer.delete_cookie(WHOSE)
    elif endpoint != "static" and "scope" in g and whose is not None and known != str(whose):
        secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
        answer.set_cookie(WHOSE, str(whose), max_age=400 * 86400, samesite="Lax", secure=secure)
    if "browser" in g:
        answer.set_cookie(
            browser_cookie(),
            g.browser,
            max_age=400 * 86400,
            samesite="Lax",
            httponly=True,
            secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        )
    return answer


def _check() -> ResponseReturnValue | None:
    """Refuse by default; load the scope of whoever is signed in."""
    if request.endpoint in (None, "static", "health.healthz"):  # asks no database: it must tell when that is gone
        return None
    view = current_app.view_functions[request.endpoint]
    permission = getattr(view, "permission", None)
    signed_in = bool(current_user.is_authenticated)
    demo_mark.look(signed_in)
    g.scope = scope_for(current_user.id, clock.today()) if signed_in else None
    g.ended = term_ended(current_user.id, clock.today()) if signed_in and g.scope is None else None
    g.term_over = False
    if signed_in and session_is_over():
        logout_user()
        session.clear()
        signed_in, g.scope, g.ended = False, None, None
    if signed_in:
        renew_session()
    g.whose = current_user.id if signed_in else None  # said here once: after the commit the account would be read again
    if g.ended is not None and permission in AFTER_THE_TERM:
        # What was written down before the term ended may still be handed over; what comes of it is the intake's word.
        g.scope, g.term_over = scope_after(current_user.id, clock.today()), True
    if getattr(view, "public", False):
        return None
    if permission is None:
        raise NotAllowed("这一页不开放。")
    if signed_in:
        return _change_first_password() if current_user.must_change_password else _term_is_over(permission)
    if request.path.startswith("/intake/") and not is_htmx():
        return _sign_in_on_the_phone()
    if is_htmx() or is_data():
        return answer(401)
    # After a form that was posted one comes back to the page it stood on, not to an address that only takes posts.
    back = request.full_path.rstrip("?") if request.method == "GET" else came_from()
    return redirect(url_for("account.sign_in", next=back or None))


def _term_is_over(permission: Permission) -> ResponseReturnValue | None:
    """Who holds no term any more is told so, on a page that leads to what still opens."""
    if g.scope is not None or permission is Permission.OWN_PASSWORD:
        return None
    if is_data():
        body, status = cast("tuple[dict[str, Any], int]", answer(403, without_a_term(g.ended)))
        return body | {"ended": True}, status  # the phone puts away what it could fetch again, and says why
    if is_htmx() or request.method != "GET":
        raise NotAllowed(without_a_term(g.ended))
    return redirect(url_for("account.term_over"))


def _sign_in_on_the_phone() -> ResponseReturnValue:
    """A phone that was reported lost learns so without a session: what can be fetched again is wiped there."""
    device = request.headers.get("X-Device", "")
    lost = device.isprintable() and intake.is_lost(device)
    db.session.rollback()
    body, status = cast("tuple[dict[str, Any], int]", answer(401))
    return body | {"lost": lost}, status


def for_the_same_account() -> None:
    """Refuse entries of another account than the page names: who has signed in meanwhile sends nobody else's."""
    named = request.headers.get("X-Account")
    if named and named != str(scope().account_id):
        raise NotAllowed("现在登录的是另一个账号，要本人登录才能发。都还在手机里。")


def _change_first_password() -> ResponseReturnValue | None:
    """A first password was seen by whoever made the account: nothing else opens before it is changed."""
    if getattr(current_app.view_functions[request.endpoint or ""], "permission", None) is Permission.OWN_PASSWORD:
        return None
    if is_htmx() or is_data():
        raise NotAllowed("请先换掉初始密码，再接着办。")
    return redirect(url_for("account.password"))
