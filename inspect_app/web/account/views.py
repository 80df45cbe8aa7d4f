"""Sign in on a page or on the spot, sign out, change the password, second factor, one's messages."""

from datetime import datetime, timedelta
from uuid import UUID

import segno
from flask import Blueprint, current_app, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_security import login_user, logout_user
from flask_security.utils import hash_password, verify_password
from markupsafe import Markup

from inspect_app.intake import devices
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Refused
from inspect_app.kernel.limits import LIMITS
from inspect_app.messages import actions as telling
from inspect_app.messages import queries as messages
from inspect_app.people import actions, queries
from inspect_app.people.models import Account
from inspect_app.people.rules import Role, locked_for

from ..access import Permission, allowed, begin_session, public, scope
from ..errors import is_htmx
from ..links import link_to
from ..transaction import now_write, writes_late

pages = Blueprint("account", __name__)

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
    if g.get("scope") is None:
        return redirect(url_for("account.sign_in"))
    return redirect(url_for(HOMES[scope().role]))


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
    if (
        len(typed) > LIMITS["account"] or len(password) > LIMITS["password"]
    ):  # no account's: nothing is looked up or hashed
        return _sign_in_page(typed, {}, "账号或密码不对，请再看一下。", 422)
    account = queries.by_login(typed)
    wait = _locked(typed)
    why = "locked" if wait else _why_not(account, password)
    seen = account.password if account else ""
    now_write()
    if account is not None and not why and (account.password != seen or not account.active):
        why = "password"  # stopped or reset while the hash was computed
    if why:
        _log(typed, account, why)
        words = _wait_words(wait) if wait else "账号或密码不对，请再看一下。"
        return _sign_in_page(typed, {}, words, 429 if wait else 422)
    assert account is not None
    if _needs_second_factor(account):
        session["half_signed_in"] = [str(account.id), typed, clock.now().isoformat()]
        return redirect(url_for("account.second_factor", next=_next()))
    _log(typed, account, "")
    return _enter(account)


def _blank(typed: str, password: str) -> dict[str, str]:
    words = {"login": "" if typed else "请写账号或手机号。", "password": "" if password else "请写密码。"}
    return {name: word for name, word in words.items() if word}


def _locked(typed: str) -> timedelta:
    failed = queries.failures(typed, request.remote_addr or "")
    return locked_for(len(failed), failed[0].at if failed else None, clock.now())


def _wait_words(wait: timedelta) -> str:
    minutes = max(1, round(wait.total_seconds() / 60))
    return f"试了太多次，{minutes} 分钟后再试，或请管理员帮您重设密码。"


def _log(typed: str, account: Account | None, why: str) -> None:
    """The log keeps failures too, also where the answer is one."""
    actions.record_sign_in(
        typed=typed, account=account, ok=not why, why=why,
        address=request.remote_addr or "", agent=str(request.user_agent),
    )  # fmt: skip
    g.keep_writes = True


def _why_not(account: Account | None, password: str) -> str:
    if account is None:
        hash_password(password)  # as slow as a known name, so that the clock tells nothing
        return "unknown"
    if not verify_password(password, account.password):
        return "password"
    return "" if account.active else "inactive"


def _needs_second_factor(account: Account) -> bool:
    if not current_app.config["SECOND_FACTOR"]:
        return False
    found = queries.scope_for(account.id, clock.today())
    return found is not None and found.role in (Role.SUPERVISOR, Role.ADMINISTRATOR)


def _enter(account: Account) -> ResponseReturnValue:
    login_user(account, remember=False, authn_via=["password"])
    begin_session()
    if is_htmx():
        fragment = "change_first" if account.must_change_password else "signed_in"
        return render_template(f"account/_fragments/{fragment}.html", account_id=account.id)
    return redirect(url_for("account.password") if account.must_change_password else _next())


def _next() -> str:
    """Where to go after signing in: only a path of our own."""
    target = request.args.get("next", "")
    return target if target.startswith("/") and not target.startswith(("//", "/\\")) else url_for("account.home")


def _sign_in_page(login: str, faults: dict[str, str], message: str, status: int) -> ResponseReturnValue:
    template = "account/_fragments/sign_in.html" if is_htmx() else "account/sign_in.html"
    html = render_template(template, login=login, faults=faults, message=message)
    return html, status, {"Vary": "HX-Request"}


@pages.route("/second-factor", methods=["GET", "POST"])
@public
def second_factor() -> ResponseReturnValue:
    """Six digits from the authenticator; the first time with the secret to be added to it."""
    account, typed = _half_signed_in()
    if account is None:
        return redirect(url_for("account.sign_in", next=_next()))
    enrolling = account.tf_totp_secret is None
    totp = current_app.extensions["totp"]
    secret = session.setdefault("new_totp", totp.generate_totp_secret()) if enrolling else account.tf_totp_secret
    message, status = "", 200
    if request.method == "POST":
        message, status = _check_code(account, typed, str(secret))
        if not message:
            return _enter(account)
    context = {"message": message, "in_place": is_htmx(), "key": "", "qr": ""}
    if enrolling:
        uri = totp.get_totp_uri(account.login, secret)
        svg = segno.make(uri, error="m").svg_inline(scale=5, border=3, title="验证器用的二维码")
        context |= {"key": totp.get_totp_pretty_key(secret), "qr": Markup(svg)}  # the library drew it
    template = "account/_fragments/second_factor.html" if is_htmx() else "account/second_factor.html"
    return render_template(template, **context), status, {"Vary": "HX-Request"}


def _check_code(account: Account, typed: str, secret: str) -> tuple[str, int]:
    """What is wrong with the code that was typed, and the status to say it with; nothing wrong: signed in."""
    code = "".join(request.form.get("code", "").split())
    if not code or len(code) > LIMITS["number"]:
        return "请写验证器上的 6 位数字。", 422
    wait = _locked(typed)
    if wait:
        _log(typed, account, "locked")
        return _wait_words(wait), 429
    totp = current_app.extensions["totp"]
    if not totp.verify_totp(token=code, totp_secret=secret, user=account, window=60):
        _log(typed, account, "code")
        return "验证码不对，请看验证器上的新数字再输。", 422
    account.tf_totp_secret = secret
    _log(typed, account, "")
    session.pop("half_signed_in")
    session.pop("new_totp", None)
    return "", 200


def _half_signed_in() -> tuple[Account | None, str]:
    """Whose password was right a moment ago, and the name that was typed."""
    if "half_signed_in" not in session:
        return None, ""
    account_id, typed, since = session["half_signed_in"]
    if clock.now() - datetime.fromisoformat(since) > SECOND_STEP_WITHIN:
        return None, ""
    return db.session.get(Account, UUID(account_id)), typed


@pages.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    if current_user.is_authenticated:
        logout_user()
    session.clear()
    return redirect(url_for("account.sign_in"))


@pages.get("/account")
@allowed(Permission.OWN_ACCOUNT)
def mine() -> ResponseReturnValue:
    """Who I am here, how the pages look on this device, and the password."""
    return render_template("account/mine.html", account=db.session.get_one(Account, scope().account_id))


@pages.post("/account/lost")
@allowed(Permission.OWN_ACCOUNT)
def phone_lost() -> ResponseReturnValue:
    """挂失, from any browser: every session of the account ends, this one goes on."""
    account = db.session.get_one(Account, scope().account_id)
    actions.end_sessions(account)
    devices.report_lost(account.id)
    login_user(account, authn_via=["password"])  # since when stays what it was: a lost phone is not found by this
    flash("挂失好了。别处的登录都结束了，那部手机一连上网就会清掉能清的内容。手机找到后，在上面再登录一次就恢复。")
    return redirect(url_for("account.mine"), 303)


@pages.route("/password", methods=["GET", "POST"])
@allowed(Permission.OWN_ACCOUNT)
@writes_late
def password() -> ResponseReturnValue:
    account = db.session.get_one(Account, scope().account_id)
    refusal = None
    if request.method == "POST":
        old, new, again = (request.form.get(name, "") for name in ("old", "new", "again"))
        try:
            if len(new) > LIMITS["password"]:
                raise Refused(f"新密码最多 {LIMITS['password']} 个字，请短一点。", field="new")
            if new != again:
                raise Refused("两遍新密码不一样，请再写一遍。", field="again")
            hashed = actions.checked_password(account, old=old, new=new)
        except Refused as problem:
            refusal = problem
        else:
            now_write()
            actions.set_password(account, hashed)
            login_user(account, authn_via=["password"])
            begin_session()
            return redirect(url_for("account.home"))
    page = render_template("account/password.html", refusal=refusal, first=account.must_change_password)
    return page, 422 if refusal else 200


@pages.get("/messages")
@allowed(Permission.OWN_ACCOUNT)
def inbox() -> ResponseReturnValue:
    """One's messages, each with the way to what it is about; the link is made now, for who reads it."""
    rows = [(message, link_to(message.subject_kind, message.subject_id)) for message in messages.newest(scope())]
    return render_template("account/messages.html", messages=rows)


@pages.post("/messages/read")
@allowed(Permission.OWN_ACCOUNT)
def read_all() -> ResponseReturnValue:
    telling.mark_read(scope())
    return redirect(url_for("account.inbox"), 303)
