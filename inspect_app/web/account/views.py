"""Sign in on a page or on the spot, sign out, change the password, second factor, one's messages."""

from datetime import datetime, timedelta
from uuid import UUID

from flask import Blueprint, current_app, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_security import login_user, logout_user
from flask_security.utils import hash_password, verify_password

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Refused
from inspect_app.messages import actions as telling
from inspect_app.messages import queries as messages
from inspect_app.people import actions, queries
from inspect_app.people.models import Account
from inspect_app.people.rules import Role, locked_for

from ..access import Permission, allowed, public, scope
from .forms import CodeForm, PasswordForm, SignInForm

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
def sign_in() -> ResponseReturnValue:
    form = SignInForm()
    if request.method != "POST":
        return _sign_in_page(form, "", 200)
    if not form.validate():
        return _sign_in_page(form, "", 422)
    typed, address = (form.login.data or "").strip(), request.remote_addr or ""
    account = queries.by_login(typed)
    wait = _locked(typed, address)
    why = "locked" if wait else _why_not(account, form.password.data or "")
    if why:
        _log(typed, account, why)
        words = _wait_words(wait) if wait else "账号或密码不对，请再看一下。"
        return _sign_in_page(form, words, 429 if wait else 422)
    assert account is not None
    if _needs_second_factor(account):
        session["half_signed_in"] = [str(account.id), typed, clock.now().isoformat()]
        return redirect(url_for("account.second_factor", next=_next()))
    _log(typed, account, "")
    return _enter(account)


def _locked(typed: str, address: str) -> timedelta:
    failed = queries.failures(typed, address)
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
    session.permanent = True
    if account.must_change_password:
        return redirect(url_for("account.password"))
    if _is_htmx():
        return render_template("account/_fragments/signed_in.html")
    return redirect(_next())


def _is_htmx() -> bool:
    return request.headers.get("HX-Request") == "true"


def _next() -> str:
    """Where to go after signing in: only a path of our own."""
    target = request.args.get("next", "")
    return target if target.startswith("/") and not target.startswith(("//", "/\\")) else url_for("account.home")


def _sign_in_page(form: SignInForm, message: str, status: int) -> ResponseReturnValue:
    template = "account/_fragments/sign_in.html" if _is_htmx() else "account/sign_in.html"
    return render_template(template, form=form, message=message), status, {"Vary": "HX-Request"}


@pages.route("/second-factor", methods=["GET", "POST"])
@public
def second_factor() -> ResponseReturnValue:
    """Six digits from the authenticator; the first time with the secret to be added to it."""
    account, typed = _half_signed_in()
    if account is None:
        return redirect(url_for("account.sign_in", next=_next()))
    totp = current_app.extensions["totp"]
    enrolling = account.tf_totp_secret is None
    secret = session.setdefault("new_totp", totp.generate_totp_secret()) if enrolling else account.tf_totp_secret
    form, message, status = CodeForm(), "", 200
    if request.method == "POST" and form.validate():
        wait = _locked(typed, request.remote_addr or "")
        code = "".join((form.code.data or "").split())
        if wait:
            message, status = _wait_words(wait), 429
        elif totp.verify_totp(token=code, totp_secret=secret, user=account, window=60):
            account.tf_totp_secret = secret
            _log(typed, account, "")
            session.pop("half_signed_in"), session.pop("new_totp", None)
            return _enter(account)
        else:
            message, status = "验证码不对，请看验证器上的新数字再输。", 422
        _log(typed, account, "locked" if wait else "code")
    key = totp.get_totp_pretty_key(secret) if enrolling else ""
    template = "account/_fragments/second_factor.html" if _is_htmx() else "account/second_factor.html"
    return render_template(template, form=form, key=key, message=message), status, {"Vary": "HX-Request"}


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


@pages.route("/password", methods=["GET", "POST"])
@allowed(Permission.OWN_ACCOUNT)
def password() -> ResponseReturnValue:
    form, message, status = PasswordForm(), "", 200
    account = db.session.get_one(Account, scope().account_id)
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                if form.new.data != form.again.data:
                    raise Refused("两遍新密码不一样。", field="again")
                actions.change_password(account, old=form.old.data or "", new=form.new.data or "")
            except Refused as refusal:
                message = refusal.message
            else:
                login_user(account, authn_via=["password"])
                session.permanent = True
                return redirect(url_for("account.home"))
    return render_template(
        "account/password.html", form=form, message=message, first=account.must_change_password
    ), status


@pages.get("/messages")
@allowed(Permission.OWN_ACCOUNT)
def inbox() -> ResponseReturnValue:
    return render_template("account/messages.html", messages=messages.newest(scope()))


@pages.post("/messages/read")
@allowed(Permission.OWN_ACCOUNT)
def read_all() -> ResponseReturnValue:
    telling.mark_read(scope())
    return redirect(url_for("account.inbox"), 303)
