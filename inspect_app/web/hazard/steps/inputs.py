"""What a step asks for, and what was typed, read kindly."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from inspect_app.casework.dossier.dossier import Dossier
from inspect_app.evidence.senders import Sender
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Actor, Ask
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Faults, Refused
from inspect_app.kernel.limits import LIMITS, whole
from inspect_app.premises.models import Premises

from ...fields import read_day
from ...photos import keep_upload
from .shown import ShownBefore

Values = Mapping[str, Any]
# What a step does with what was typed; it may answer with its own sentence.
Run = Callable[[Hazard, Actor, "TypedInputs"], "str | None"]
Proposes = Callable[[Dossier], dict[str, str]]


def nothing(dossier: Dossier) -> dict[str, str]:
    """No value is put into the form beforehand."""
    return {}


def shows_nothing(dossier: Dossier) -> ShownBefore | None:
    """Nothing is confirmed by this form."""
    return None


@dataclass(frozen=True)
class OfferedForm:
    asks: tuple[Ask, ...]
    run: Run
    loud: bool = False
    said: str = ""
    proposes: Proposes = nothing
    about: str = ""  # a line above the inputs, where an officer would hesitate
    shows: Callable[[Dossier], ShownBefore | None] = shows_nothing  # what is confirmed: nobody confirms blind


class TypedInputs:
    """What was typed, read kindly: each getter raises Refused naming the field."""

    def __init__(self, form: Values, files: list[Any], account_id: UUID | None, premises_id: UUID) -> None:
        self.form, self.files, self.account_id, self.premises_id = form, files, account_id, premises_id

    def text(self, name: str) -> str:
        return whole(str(self.form.get(name, "")), "words", name)

    def day(self, name: str, label: str) -> date:
        found = self.maybe_day(name)
        if found is None:
            raise Refused(f"请选{label}。", field=name)
        return found

    def maybe_day(self, name: str) -> date | None:
        return read_day(self.text(name), name)

    def ident(self, name: str, label: str) -> UUID:
        try:
            return UUID(self.text(name))
        except ValueError:
            raise Refused(f"请选{label}。", field=name) from None

    def maybe_ident(self, name: str) -> UUID | None:
        return self.ident(name, "") if self.text(name) else None

    def yes(self, name: str, label: str) -> bool:
        """A choice that must be made: silence is no answer."""
        if self.text(name) not in ("yes", "no"):
            raise Refused(f"请选{label}。", field=name)
        return self.text(name) == "yes"

    def days(self, name: str, default: int) -> int:
        raw = self.text(name) or str(default)
        if not raw.isascii() or not raw.isdigit() or not 1 <= int(raw) <= 365:
            raise Refused("天数要写 1 到 365 的数字。", field=name)
        return int(raw)

    def photos(self) -> tuple[UUID, ...]:
        """Store the uploaded photos and return their ids."""
        if len(self.files) > LIMITS["photos"]:
            raise Refused(
                f"一次最多附 {LIMITS['photos']} 张照片，现在有 {len(self.files)} 张。请去掉一些，一张都还没有收。",
                field="photos",
            )
        brought = [data for file in self.files if (data := file.read())]
        if not brought:
            return ()
        premises = db.session.get_one(Premises, self.premises_id)
        return tuple(keep_upload(data, premises, Sender(self.account_id)) for data in brought)


def asked_as(form: OfferedForm, field: str | None) -> str:
    """The input that a refusal is about, empty where the form has none of that name: a rule names it as the form does."""
    return field if field and any(ask.name == field for ask in form.asks) else ""


def question(ask: Ask) -> str:
    """What is still to be said: of a choice between yes and no it is asked without suggesting the yes."""
    return f"是不是“{ask.label}”" if ask.kind == "yesno" else ask.label


def lacking(form: OfferedForm, typed: Values) -> list[Refused]:
    """Every input that was left empty or cannot be read: said together with whatever a step was refused for."""
    faults = Faults()
    given = TypedInputs(typed, [], None, UUID(int=0))
    for ask in form.asks:
        if ask.kind == "photos":
            continue  # whether one came is known only where they are stored
        said = faults.of(given.text, ask.name)  # None: more words than are taken, and that is a fault of its own
        if ask.needed and ask.kind != "days" and said == "":
            faults.add(f"请{'写' if ask.kind in ('text', 'area') else '选'}{question(ask)}。", ask.name)
        elif ask.kind in ("date", "day"):
            faults.of(given.maybe_day, ask.name)
        elif ask.kind == "days":
            faults.of(given.days, ask.name, 1)
    return faults.found
