"""What goes wrong, said kindly: every refusal and fault is mapped to a page or a fragment here, once."""

import logging

from flask import Flask, current_app, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException

from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Refused

log = logging.getLogger(__name__)

WORDS = {
    400: ("这一次没有收清楚", "您填的都还在。请返回上一页再试一次。"),
    401: ("请再登录一次", "您填的都还在，登录后接着办。"),
    403: ("这一页您现在看不到", "可能任务改派给了别人。需要的话请问督办员。"),
    404: ("没有找到这一页", "可能地址不完整，或已并到另一件里。"),
    405: ("这一步不能这样办", "请回到上一页，用页面上的按钮。"),
    409: ("刚才有人改过", "您填的没有丢，请看过最新情况再决定。"),
    413: ("这个文件太大", "照片请用页面上的拍照按钮，会自动压小。您填的都还在。"),
    422: ("还差一点", "您填的都还在，补上就能接着办。"),
    429: ("发得有点密", "过一会儿会自动再试，您填的都还在。"),
    500: ("服务暂时没有回应", "您填的都还在。请过一会儿再试，还不行就告诉管理员。"),
    503: ("服务正忙", "您填的都还在，请过一会儿再试。"),
}


def register_errors(app: Flask) -> None:
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(IntegrityError, _collided)
    app.register_error_handler(OperationalError, _busy)
    app.register_error_handler(Exception, _fault)


def answer(status: int, message: str = "") -> ResponseReturnValue:
    """The error as JSON for the intake, as a notice fragment for htmx, else as a page. Never touches the database."""
    title, next_step = WORDS.get(status, WORDS[500] if status >= 500 else WORDS[400])
    if request.path.startswith("/intake/"):
        return {"error": message or title, "next": next_step}, status
    htmx = request.headers.get("HX-Request") == "true"
    template = "errors/_fragments/notice.html" if htmx else "errors/error.html"
    html = render_template(template, title=title, message=message, next_step=next_step, status=status)
    return html, status, {"Vary": "HX-Request"}


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
    log.warning("constraint held: %s", error.orig)
    return answer(409, "同时有人在办同一件事，您的这一次没有写入。请看过最新情况再试。")


def _busy(error: OperationalError) -> ResponseReturnValue:
    db.session.rollback()
    log.warning("database busy: %s", error.orig)
    return answer(503)


def _fault(error: Exception) -> ResponseReturnValue:
    db.session.rollback()
    log.exception("unhandled fault on %s %s", request.method, request.url_rule)
    if current_app.testing and current_app.config.get("PROPAGATE_FAULTS"):
        raise error
    return answer(500)
