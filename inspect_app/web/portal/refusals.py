"""What whoever holds a paper is told where something is not taken: why, the telephone of the office, the way back."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere, Refused
from inspect_app.papers import queries
from inspect_app.people.models import Organisation

from ..errors import answer
from .holder import wants_data

TOO_LARGE = "照片太大，没有收下。请一次只发一张，或把手机相机调小一点再拍。"


def say_on(pages: Blueprint) -> None:
    """Have the refusals of these pages said so."""
    pages.register_error_handler(Refused, _refused)
    pages.register_error_handler(RequestEntityTooLarge, _too_large)


def _refused(refusal: Refused) -> ResponseReturnValue:
    return _said(refusal.status, refusal.message)


def _too_large(_: RequestEntityTooLarge) -> ResponseReturnValue:
    return _said(413, TOO_LARGE)


def _said(status: int, message: str) -> ResponseReturnValue:
    """Without a paper as everywhere else; a script is told in data."""
    if wants_data():
        return {"error": message}, status
    db.session.rollback()
    try:
        paper = queries.by_mark(str((request.view_args or {}).get("mark", "")))
    except NotThere:
        return answer(status, message)
    issuer = db.session.get_one(Organisation, paper.issuer_id)
    return render_template("portal/refused.html", paper=paper, issuer=issuer, message=message), status
