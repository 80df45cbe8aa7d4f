"""A statement that is built where its module is read knows the types of its parameters, in the order in which the server
reads modules: a column that refers to another room's table has none before that table is known, and SQLite then takes no id."""

import subprocess
import sys

from tests.conftest import ROOT

_LOOK = """
import importlib, pkgutil
import inspect_app.serving.web
import inspect_app.cli
import inspect_app.jobs
from sqlalchemy import Update
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import BindParameter, ClauseElement
from sqlalchemy.types import NullType

def untyped(statement):
    looked_at = statement.whereclause if isinstance(statement, Update) else statement  # what is set has its column's type
    parts = visitors.iterate(looked_at) if looked_at is not None else ()
    return [part.key for part in parts if isinstance(part, BindParameter) and isinstance(part.type, NullType)]

for found in pkgutil.walk_packages(inspect_app.__path__, "inspect_app."):
    if not found.name.endswith("__main__"):
        for name, value in vars(importlib.import_module(found.name)).items():
            if isinstance(value, ClauseElement) and (keys := untyped(value)):
                print(found.name, name, *keys)
"""


def test_every_statement_kept_by_a_module_knows_its_types() -> None:
    looked = subprocess.run([sys.executable, "-c", _LOOK], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (looked.returncode, looked.stdout) == (0, ""), looked.stdout + looked.stderr
