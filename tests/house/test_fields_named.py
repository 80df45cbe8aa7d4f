"""A rule that refuses names the field of the form, so that the words stand beside the input: nothing is guessed from a label."""

import ast
from collections.abc import Iterator

from inspect_app.web.hazard.steps import FORMS, ON_BEHALF
from tests.conftest import ROOT

# Fields of forms that are no step's: the sheet of an order, the clock's reason, the desk's own terms, a saved view; what the
# desk was told.
ELSEWHERE = {"amount", "first", "why", "name", "told_on", "work_order"}


def _asked() -> set[str]:
    forms = [*FORMS.values(), *(entry.form for entry in ON_BEHALF.values())]
    return {ask.name for form in forms for ask in form.asks}


def _named() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "inspect_app" / "hazards").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            given = [
                key.value for key in node.keywords if key.arg == "field" and node.func.id in ("Refused", "not_ahead")
            ]
            given += node.args[2:3] if node.func.id in ("require_words", "not_ahead") else []
            for value in given:
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    yield f"{path.name}:{node.lineno}", value.value


def test_every_rule_of_a_hazard_names_a_field_that_a_form_has() -> None:
    known = _asked() | ELSEWHERE
    assert [(where, name) for where, name in _named() if name not in known] == []
