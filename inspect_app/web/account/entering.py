"""The way in, on a page or on the spot, and the way out. Every try is counted before it is looked at (ADR 23)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import segno
from flask import current_app, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_security import login_user, logout_user
from markupsafe import Markup
from sqlalchemy import select

from inspect_app.kernel import clock
from inspect_app.kernel.database import db, writing
from inspect_app.kernel.limits import LIMITS
from inspect_app.people import actions, passwords, queries, second_factor, sessions, tries
from inspect_app.people.models import Account
from inspect_app.people.rules import Role

from ..access import public
from ..errors import is_htmx, own_path
from ..signed_in import begin_session, browser_cookie, end_this_sign_in
from ..transaction import now_write, writes_late
from .pages import pages

SECOND_STEP_WITHIN = timedelta(minutes=10)
HOMES = {
    Role.DEPUTY: "field.today",
    Role.SUPERVISOR: "desk.today",
    Role.HANDLER: "responder.inbox",
    Role.LEADER: "desk.hazards",
    Role.AUDITOR: "desk.hazards",
    Role.ADMINISTRATOR: "admin.overview",
}


@pages.get("/")
@public
def home() -> ResponseReturnValue:
    """Everybody's own first page."""
    if not current_user.is_authenticated:
        return redirect(url_for("account.sign_in"))
    me = g.get("scope")
    return redirect(url_for(HOMES[me.role] if me else "account.term_over"))


@pages.route("/sign-in", methods=["GET", "POST"])
@public
@writes_late
def sign_in() -> ResponseReturnValue:
    """Name and password. The hash is computed before the write lock is taken: it is slow by design."""
    if request.method != "POST":
        return _sign_in_page("", {}, "", 200)
    typed, password = request.form.get("login", "").strip(), request.form.get("password", "")
    if faults := _blank(typed, password):
        return _sign_in_page(typed, faults, "", 422)
    if len(typed) > LIMITS["account"] or len(password) > LIMITS["password"]:
        # no account's: nothing is looked up or hashed, so no guess was made
        return _sign_in_page(typed, {}, "账号或密码不对，请再看一下。", 422)
    named = queries.by_login(typed)
    found, at = _Found.of(named), doors("password", named, typed)
    with writing():
        wait = tries.count(at)
    why = "locked" if wait else _why_not(found, password)
    now_write()
    account = db.session.get(Account, found.id) if found.id else None
    if account is not None and not why and (account.password != found.password or not account.active):
        why = "password"  # stopped or reset while the hash was computed
    if why:
        _log(typed, account, why)
        words = wait_words(wait) if wait else "账号或密码不对，请再看一下。"
        return _sign_in_page(typed, {}, words, 429 if wait else 422)
    assert account is not None
    tries.was_right(at)
    if _needs_second_factor(account):
        if account.tf_totp_secret is None:
            second_factor.propose(account, current_app.extensions["totp"].generate_totp_secret())
        session["half_signed_in"] = [account.fs_uniquifier, typed, clock.now().isoformat()]
        return redirect(url_for("account.second_factor", next=_next()))
    _log(typed, account, "")
    return _enter(account)


@dataclass(frozen=True)
class _Found:
    """An account as it was when its name was typed."""

    id: UUID | None
    password: str
    active: bool

    @classmethod
    def of(cls, account: Account | None) -> "_Found":
        return cls(account.id, account.password, account.active) if account else cls(None, "", False)


def doors(kind: str, account: Account | None, typed: str = "") -> tries.Doors:
    """Where this request's try is counted. A login and a mobile number lead to one account and are one name."""
    browser = request.cookies.get(browser_cookie(), "")
    known = account is not None and sessions.knows(account.id, browser)
    return tries.doors(
        kind,
        account.login if account else typed,
        address=request.remote_addr or "",
        known_browser=sessions.browser_hash(browser) if known else "",
    )


def wait_words(wait: timedelta) -> str:
    """What somebody reads who tried too often: how many minutes to wait, at least one."""
    minutes = max(1, round(wait.total_seconds() / 60))
    return f"试了太多次，{minutes} 分钟后再试，或请管理员帮您重设密码。"


def _blank(typed: str, password: str) -> dict[str, str]:
    words = {"login": "" if typed else "请写账号或手机号。", "password": "" if password else "请写密码。"}
    return {name: word for name, word in words.items() if word}


def _log(typed: str, account: Account | None, why: str) -> None:
    """The log keeps failures too, also where the answer is one."""
    actions.record_sign_in(
        typed=typed,
        account=account,
        ok=not why,
        why=why,
        address=request.remote_addr or "",
        agent=str(request.user_agent),
    )
    g.keep_writes = True


def _why_not(found: _Found, password: str) -> str:
    if found.id is None:
        passwords.hashed(password)  # as slow as a known name, so that the clock tells nothing
        return "unknown"
    if not passwords.matches(password, found.password):
        return "password"
    return "" if found.active else "inactive"


def _needs_second_factor(account: Account) -> bool:
    """By the role of today, or of the term that ended last."""
    found = queries.scope_for(account.id, clock.today()) or queries.term_ended(account.id, clock.today())
    return found is not None and second_factor.demanded(found.role, current_app.config["SECOND_FACTOR"])


def _enter(account: Account) -> ResponseReturnValue:
    end_this_sign_in()  # somebody else's, or an earlier one of one's own, on this browser
    if current_user.is_authenticated and current_user.id != account.id:
        _forget_token()  # a page that was drawn for somebody else is answered by nobody
    login_user(account, remember=False, authn_via=["password"])
    begin_session(account)
    if is_htmx():
        fragment = "change_first" if account.must_change_password else "signed_in"
        return render_template(f"account/_fragments/{fragment}.html", account_id=account.id)
    return redirect(url_for("account.password") if account.must_change_password else _next())


def _forget_token() -> None:
    session.pop("csrf_token", None)
    g.pop("csrf_token", None)


def _next() -> str:
    """Where to go after signing in: only a path of our own."""
    return own_path(request.args.get("next", "")) or url_for("account.home")


def _sign_in_page(login: str, faults: dict[str, str], message: str, status: int) -> ResponseReturnValue:
    template = "account/_fragments/sign_in.html" if is_htmx() else "account/sign_in.html"
    html = render_template(template, login=login, faults=faults, message=message)
    return html, status, {"Vary": "HX-Request"}


@pages.route("/second-factor", methods=["GET", "POST"], endpoint="second_factor")
@public
def second_step() -> ResponseReturnValue:
    """Six digits from the authenticator; the first time with the secret to be added to it."""
    account, typed = _half_signed_in()
    secret = (account.tf_totp_secret or account.tf_new_secret) if account else None
    if account is None or secret is None:
        return redirect(url_for("account.sign_in", next=_next()))
    message, status = "", 200
    if request.method == "POST":
        message, status = _check_code(account, typed)
        if not message:
            return _enter(account)
    context = {"message": message, "in_place": is_htmx(), "key": "", "qr": ""}
    if account.tf_totp_secret is None:
        totp = current_app.extensions["totp"]
        svg = segno.make(totp.get_totp_uri(account.login, secret), error="m").svg_inline(
            scale=5, border=3, title="验证器用的二维码"
        )
        context |= {"key": totp.get_totp_pretty_key(secret), "qr": Markup(svg)}  # the library drew it
    template = "account/_fragments/second_factor.html" if is_htmx() else "account/second_factor.html"
    return render_template(template, **context), status, {"Vary": "HX-Request"}


def _check_code(account: Account, typed: str) -> tuple[str, int]:
    """What is wrong with the code that was typed, and the status to say it with; nothing wrong: signed in."""
    code = "".join(request.form.get("code", "").split())
    if not code:
        return "请写验证器上的 6 位数字。", 422
    # Of two requests with one code the second waits here, and finds it taken.
    queries.hold_account(account.id)
    db.session.refresh(account)
    at = doors("code", account)
    wait = tries.count(at)
    if wait:
        _log(typed, account, "locked")
        return wait_words(wait), 429
    secret = account.tf_totp_secret or account.tf_new_secret
    if not current_app.extensions["totp"].verify_totp(token=code, totp_secret=secret, user=account, window=60):
        _log(typed, account, "code")
        return "验证码不对，请看验证器上的新数字再输。", 422
    tries.was_right(at)
    second_factor.prove(account)
    _log(typed, account, "")
    session.pop("half_signed_in")
    return "", 200


def _half_signed_in() -> tuple[Account | None, str]:
    """Whose password was right a moment ago, and the name that was typed; nobody's once it was reset meanwhile."""
    if "half_signed_in" not in session:
        return None, ""
    uniquifier, typed, since = session["half_signed_in"]
    if clock.now() - datetime.fromisoformat(since) > SECOND_STEP_WITHIN:
        return None, ""
    found = select(Account).where(Account.fs_uniquifier == uniquifier, Account.active)
    return db.session.scalar(found), typed


@pages.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """It ends here, and not only in the cookie: a copy of it opens nothing any more."""
    end_this_sign_in()
    if current_user.is_authenticated:
        logout_user()
    session.clear()
    return redirect(url_for("account.sign_in"))
