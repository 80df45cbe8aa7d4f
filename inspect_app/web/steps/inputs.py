"""What a step asks for, and what was typed, read kindly."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from inspect_app.evidence import actions as evidence
from inspect_app.hazards import queries
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Actor
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Refused
from inspect_app.kernel.ids import new_id
from inspect_app.people import queries as people
from inspect_app.people.models import Organisation
from inspect_app.people.rules import Role

from ..access import scope


@dataclass(frozen=True)
class Ask:
    """One input of a step: kind is text, area, date, days, handler, verifier, sibling, yesno, photos."""

    name: str
    label: str
    kind: str = "text"
    needed: bool = True
    hint: str = ""


Values = Mapping[str, Any]
Run = Callable[[Hazard, Actor, "Given"], None]


@dataclass(frozen=True)
class StepForm:
    asks: tuple[Ask, ...]
    run: Run
    loud: bool = False
    said: str = ""


class Given:
    """What was typed, read kindly: each getter raises Refused naming the field."""

    def __init__(self, form: Values, files: list[Any], account_id: UUID | None) -> None:
        self.form, self.files, self.account_id = form, files, account_id

    def text(self, name: str) -> str:
        return str(self.form.get(name, "")).strip()[:4000]

    def day(self, name: str, label: str) -> date:
        found = self.maybe_day(name)
        if found is None:
            raise Refused(f"请选{label}。", field=name)
        return found

    def maybe_day(self, name: str) -> date | None:
        if not self.text(name):
            return None
        try:
            return date.fromisoformat(self.text(name))
        except ValueError:
            raise Refused("日期不对，请重新选。", field=name) from None

    def ident(self, name: str, label: str) -> UUID:
        try:
            return UUID(self.text(name))
        except ValueError:
            raise Refused(f"请选{label}。", field=name) from None

    def days(self, name: str, default: int) -> int:
        raw = self.text(name) or str(default)
        if not raw.isascii() or not raw.isdigit() or not 1 <= int(raw) <= 365:
            raise Refused("天数要写 1 到 365 的数字。", field=name)
        return int(raw)

    def photos(self) -> tuple[UUID, ...]:
        """Store the uploaded photos and return their ids."""
        storage = current_app.extensions["storage"]
        made = []
        for file in self.files[:12]:
            data = file.read()
            if data:
                meta = {"source": "album", "captured_at": None}
                photo = evidence.receive_photo(storage, data, photo_id=new_id(), account_id=self.account_id, meta=meta)
                made.append(photo.id)
        return tuple(made)


def choices(kind: str, hazard: Hazard) -> list[tuple[str, str]]:
    """What a select of a step offers."""
    if kind in ("handler", "handler_organisation"):
        return [(str(row.id), row.name) for row in people.handlers()]
    if kind == "organisation":
        return [(str(row.id), row.name) for row in db.session.scalars(select(Organisation).order_by(Organisation.name))]
    if kind == "verifier":
        found = [*people.people_with(Role.SUPERVISOR), *people.people_with(Role.DEPUTY)]
        return [(str(person.id), f"{person.name}（{organisation.short_name}）") for person, _, organisation in found]
    if kind == "sibling":
        rows = queries.at_premises(scope(), hazard.premises_id)
        return [(str(row.id), f"{row.title} {row.number}") for row in rows if row.id != hazard.id]
    if kind == "yesno":
        return [("yes", "是"), ("no", "不是")]
    return [("look_back", "到现场看了"), ("photos", "看了照片"), ("reinspection", "复查")]
