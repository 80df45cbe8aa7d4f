"""A paper that is not issued yet. `printing/issuing.py` takes its number and turns the part into one that prints that paper."""

from collections.abc import Mapping
from typing import Any

from inspect_app.people.rules import Scope

from ..entry import PartWaits, PrintKind, Stored
from ..rules import Form


def make(scope: Scope, about: Mapping[str, Any]) -> Stored:
    """There is nothing to print before it is issued."""
    raise PartWaits


ENTRY = PrintKind(code="new_paper", unit="份", make=make, forms=(Form.PDF, Form.ZIP))
