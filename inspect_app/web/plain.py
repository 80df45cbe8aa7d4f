"""What no database keeps is refused at the door, in addresses and forms alike: the character NUL, half an emoji, numbers
beyond what a column holds. No view needs to think of it."""

from collections.abc import Iterable
from typing import Any

from flask import Flask, request
from werkzeug.routing import IntegerConverter, UnicodeConverter, ValidationError

from inspect_app.kernel.errors import Refused

from .pressed import FORMS
from .transaction import WRITING

MOST_IN_A_PATH = 200
MOST_NUMBER = 2**31 - 1


class Unwritable(Refused):
    """A text holds what cannot be stored."""

    status = 400


class Number(IntegerConverter):
    """A number in a path that a column can hold; any other is no address of ours."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max": MOST_NUMBER} | kwargs)


class Text(UnicodeConverter):
    """A text in a path that can be looked up; any other is no address of ours."""

    def to_python(self, value: str) -> str:
        if len(value) > MOST_IN_A_PATH or not can_be_kept(value):
            raise ValidationError
        return value


def can_be_kept(text: str) -> bool:
    """Whether both databases can hold a text: no NUL, and no half of a pair that stands for one character."""
    return "\x00" not in text and not any("\ud800" <= mark <= "\udfff" for mark in text)


def register_plain(app: Flask) -> None:
    """Before any route is made."""
    app.url_map.converters |= {"int": Number, "string": Text, "default": Text}
    app.before_request(_check_address)


def check_form() -> None:
    """Look at what was typed, once it has come and it is known who typed it."""
    if request.method in WRITING and request.mimetype in FORMS:
        _check(part for pair in request.form.items(multi=True) for part in pair)
        _check(file.filename or "" for file in request.files.values())


def _check_address() -> None:
    _check(part for pair in request.args.items(multi=True) for part in pair)


def _check(texts: Iterable[str]) -> None:
    if not all(map(can_be_kept, texts)):
        raise Unwritable("里面有存不下的符号，多半是粘贴时带进来的。请删掉它，再试一次。")
