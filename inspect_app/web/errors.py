"""What goes wrong, said kindly: every refusal and fault is mapped to a page or a fragment here, once."""

import logging
from urllib.parse import urlsplit

from flask import Flask, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_security.utils import validate_redirect_url
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from werkzeug.exceptions import HTTPException

from inspect_app.kernel.database import DatabaseGone, db
from inspect_app.kernel.errors import Refused
from inspect_app.kernel.logs import number, plain

log = logging.getLogger(__name__)

WORDS = {
    400: ("这一次没有收清楚", "您填的都还在。请返回上一页，再发一次。"),
    401: ("请再登录一次", "您填的都还在，登录后接着办。"),
    403: ("这一页您现在看不到", "可能任务改派给了别人。需要的话请问督办员或管理员。"),
    404: ("没有找到这一页", "可能地址不完整，或已并到另一件里。"),
    405: ("这一步不能这样办", "请回到上一页，用页面上的按钮。"),
    409: ("刚才有人改过", "您填的都还在。看过最新的情况，再决定要不要办。"),
    413: ("这个文件太大", "照片请用页面上的拍照按钮，会自动压小；表格不超过 5 MB。您填的都还在。"),
    414: ("这个网址太长", "请从首页或名单里点进去，不要用这个网址。"),
    422: ("还差一点", "您填的都还在，补上就能接着办。"),
    429: ("发得有点密", "您填的都还在，过一会儿再发一次。"),
    500: ("服务暂时没有回应", "您填的都还在。请过一会儿再试，还不行就告诉管理员。"),
    503: ("服务正忙", "您填的都还在，请过一会儿再试。"),
}

NO_COOKIES = (
    "这个浏览器不让本站记住登录（Cookie 关掉了）。请在浏览器设置里允许本站的 Cookie，或换一个浏览器。遇险请直接打 119。"
)
SIGN_IN_AGAIN = "这一页开得太久了，还没有登录。请再写一次密码，再按登录。"
NOT_YOURS = ("这一步现在不由您来办", "您填的都还在，没有写进去。需要的话请问督办员或管理员。")


def register_errors(app: Flask) -> None:
    """Have every error answered in words that say what to do."""
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(CSRFError, _token_too_old)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(IntegrityError, _collided)
    app.register_error_handler(OperationalError, _busy)
    app.register_error_handler(NoConnection, _none_free)
    app.register_error_handler(DatabaseGone, _gone)
    app.register_error_handler(Exception, _fault)


def answer(status: int, message: str = "") -> ResponseReturnValue:
    """The error as JSON for the intake, as a fragment for htmx, else as a page. Never touches the database.

    A 401 for htmx is the way back in: the form to sign in with, shown beside what was typed.
    """
    title, next_step = WORDS.get(status, WORDS[500] if status >= 500 else WORDS[400])
    if status == 403 and request.method != "GET":
        title, next_step = NOT_YOURS
    if status >= 500:
        next_step += f"编号：{number()}。"
    if is_data():
        return {"error": message or title, "next": next_step}, status
    if not is_htmx():
        page = render_template(
            "errors/error.html",
            title=title,
            message=message,
            next_step=next_step,
            status=status,
            back=came_from(),
            number=number(),
        )
        return page, status, {"Vary": "HX-Request"}
    if status == 401:
        html = render_template("account/_fragments/sign_in.html", message=message, login="", faults={})
    else:
        html = render_template(
            "errors/_fragments/notice.html",
            title=title,
            message=message,
            next_step=next_step,
            status=status,
            back=came_from(),
        )
    headers = {"Vary": "HX-Request"}
    if status == 422:  # htmx would put a 422 into the page; one without a form of its own belongs beside it
        headers |= {"HX-Retarget": "#notice-area", "HX-Reswap": "innerHTML", "HX-Reselect": ".notice"}
    return html, status, headers


def is_htmx() -> bool:
    """Whether the page stays and only a part of it is asked for."""
    return request.headers.get("HX-Request") == "true"


def is_data() -> bool:
    """Whether a script of the phone asks: it is answered in JSON, whatever happens."""
    return request.path.startswith(("/intake/", "/field/data", "/field/lists/"))


def came_from() -> str:
    """The page of ours that the reader came from, as a path; empty if it is this very address."""
    came = urlsplit(request.headers.get("HX-Current-URL") or request.referrer or "")
    if came.netloc != request.host or came.path == request.path:
        return ""
    return own_path(came.path + (f"?{came.query}" if came.query else ""))


def own_path(target: str) -> str:
    """A path of our own to send somebody to, as it was asked for; empty for anything that a browser might read as another
    place, or that has no place in a header."""
    ours = target.startswith("/") and target.isprintable() and validate_redirect_url(target)
    return target if ours and not target.startswith(("//", "/\\")) else ""


def _token_too_old(error: CSRFError) -> ResponseReturnValue:
    """A page that outlived its session: sign in and go on. Signed in anew elsewhere meanwhile: here is the new token."""
    if not request.cookies and request.endpoint == "account.sign_in":  # its page has just given one
        return answer(400, NO_COOKIES)
    if request.endpoint == "account.sign_in" and not is_htmx():
        return _sign_in_again("account/sign_in.html"), 400, {"Vary": "HX-Request"}
    if not current_user.is_authenticated:
        if request.endpoint == "account.sign_in":
            return _sign_in_again("account/_fragments/sign_in.html"), 401, {"Vary": "HX-Request"}
        if is_htmx() or is_data():
            return answer(401)
        return redirect(url_for("account.sign_in", next=came_from() or None))
    if not is_htmx():
        return answer(400, "这一页开得太久了。请返回上一页，刷新后再办。")
    html = render_template("account/_fragments/signed_in.html", account_id=current_user.id)
    return html, 401, {"Vary": "HX-Request"}


def _sign_in_again(template: str) -> str:
    """The form with the name that was typed and a token that fits; a password is never sent back."""
    return render_template(template, login=request.form.get("login", ""), faults={}, message=SIGN_IN_AGAIN)


def _refused(refusal: Refused) -> ResponseReturnValue:
    return answer(refusal.status, refusal.message)


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None and error.code is not None and error.code < 400:
        return error.response
    if error.code is not None and error.code < 400:
        return error.get_response()
    return answer(error.code or 500)


def _collided(error: IntegrityError) -> ResponseReturnValue:
    db.session.rollback()
    log.warning("constraint held: %s", plain(error.orig or error))
    return answer(409, "同时有人在办同一件事，您的这一次没有写入。请看过最新情况再试。")


def _busy(error: OperationalError) -> ResponseReturnValue:
    db.session.rollback()
    log.warning("database busy: %s", plain(error.orig or error))
    return answer(503)


def _none_free(error: NoConnection) -> ResponseReturnValue:
    log.warning("no connection to the database became free: %s", error)
    return answer(503)


def _gone(error: DatabaseGone) -> ResponseReturnValue:
    db.session.rollback()
    log.error(
        "the database file %s was removed or exchanged: nothing is written until the server is started anew", error
    )
    return answer(503, "服务器的数据库文件不见了或被换过，现在不能写入。请告诉管理员。")


def _fault(error: Exception) -> ResponseReturnValue:
    db.session.rollback()
    log.exception("unhandled fault on %s %s", request.method, request.url_rule)
    if current_app.testing and current_app.config.get("PROPAGATE_FAULTS"):
        raise error
    return answer(500)
