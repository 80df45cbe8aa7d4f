"""What is expected of each kind of paper: one file in `rows/` a kind, whose ROW says how one is made and what it must be."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from inspect_app.hazards.models import Hazard
from inspect_app.kernel.database import db
from inspect_app.papers.models import Paper
from tests.support import District

Enter = Callable[[str], FlaskClient]


@dataclass(frozen=True)
class Row:
    """A kind as its users meet it. `make` brings about one paper the way a person does, on the pages or from the phone."""

    title: str
    list_name: str
    number: str  # as a regular expression
    to: str  # 主送 of the paper that `make` brings about
    ways: tuple[str, ...]
    says: tuple[str, ...]  # words on its sheet, without blanks
    make: Callable[[Flask, District, Enter], Paper]


def rows() -> dict[str, Row]:
    """The row of each kind by its code."""
    found = sorted((Path(__file__).parent / "rows").glob("*.py"))
    return {path.stem: import_module(f"tests.papers.rows.{path.stem}").ROW for path in found}


def pressed(client: FlaskClient, page: str, hazard: Hazard, kind: str, typed: Mapping[str, str]) -> Paper:
    """The paper that somebody makes on the page of a hazard: its form is there, each question of it, and is sent."""
    from inspect_app.casework.papers import KINDS

    address, shown = f"/hazards/{hazard.id}/papers/{kind}", client.get(page).text
    assert f'action="{address}"' in shown
    asked = [question.name for group in KINDS[kind].form for question in group.questions]
    assert [name for name in asked if f'id="{kind}-{name}"' not in shown] == []
    answer = client.post(address, data=dict(typed) | {"hazard": str(hazard.id)})
    assert answer.status_code == 303, answer.text
    return db.session.scalars(select(Paper).where(Paper.kind == kind)).one()
