"""Which sign-in a browser holds, since when, and whether it is over; the cookies that say so."""

from datetime import datetime
from uuid import UUID

from flask import Flask, Response, current_app, g, request, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_login import current_user

from inspect_app.kernel import clock
from inspect_app.people import sessions
from inspect_app.people.models import Account
from inspect_app.people.rules import session_lasts

from .fields import maybe_id


class Sessions(SecureCookieSessionInterface):
    """A phone has many answers on their way when somebody signs out: one that comes after the next page must not put back
    the session that ended, nor take away the new one, or that page's form to sign in would be refused. So an answer carries
    the cookie only where something changed in it, and nothing but signing out takes it away. A static file carries none: it
    is the same for everybody."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        ended = not session and request.endpoint != "account.sign_out"
        if session.modified and not ended:
            super().save_session(app, session, response)
        elif session.accessed and request.endpoint != "static":
            response.vary.add("Cookie")


def begin_session(account: Account, *, since: datetime | None = None) -> None:
    """Note when somebody signed in, in the cookie and here: the cookie is renewed each day, the sign-in is not."""
    began = since or clock.now()
    session.permanent = True
    g.whose = account.id
    session["signed_in_at"], session["renewed_on"] = began.isoformat(), clock.today().isoformat()
    g.browser = request.cookies.get(browser_cookie(), "") or sessions.new_browser()
    session["sign_in"] = str(
        sessions.begin(
            account, since=began, address=request.remote_addr or "", agent=str(request.user_agent), browser=g.browser
        )
    )


def renew_session() -> None:
    """Begin the cookie's thirty days anew with the first answer of each day. Not with that of an upload, which may take
    minutes: by then another may have signed in on this phone, whose session it would take away."""
    today = clock.today().isoformat()
    if request.method == "GET" and session.get("renewed_on") != today:
        session["renewed_on"] = today


def end_this_sign_in() -> None:
    """End the sign-in of this browser, where there is one."""
    if current_user.is_authenticated and "signed_in_at" in session:
        signed_in, _ = this_sign_in()
        sessions.end(signed_in, current_user.id, signed_in_at())


def browser_cookie() -> str:
    """What a browser keeps to be known as its person's own."""
    return "__Host-browser" if current_app.extensions["settings"].production else "browser"


def signed_in_at() -> datetime:
    """When whoever is signed in here typed the password."""
    return datetime.fromisoformat(session["signed_in_at"])


def this_sign_in() -> tuple[UUID, bool]:
    """Which sign-in the cookie names, and whether it is one that is kept here: cookies from before name none."""
    named = maybe_id(session.get("sign_in"))
    if named is not None:
        return named, True
    return sessions.before_they_were_kept(current_user.fs_uniquifier, session["signed_in_at"]), False


def session_is_over() -> bool:
    if "signed_in_at" not in session:
        return True
    known = g.scope or g.ended
    signed_in, kept = this_sign_in()
    too_long = clock.now() - signed_in_at() > session_lasts(known.role if known else None)
    return too_long or sessions.is_over(signed_in, kept=kept)
