"""A form whose inputs go straight to the action that its row names: each is read by its kind, under its name in the action."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from importlib import import_module
from typing import Any

from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Actor, Ask, Grade, State, StepForm
from inspect_app.kernel.errors import Refused

from .inputs import Run, TypedInputs, question

_ACTIONS = "inspect_app.hazards.actions"


def action_of(form: StepForm) -> Callable[..., object]:
    """The function that a row names as what its form does. Raises AttributeError or ImportError where there is none."""
    module, _, name = form.action.partition(".")
    found: Callable[..., object] = getattr(import_module(f"{_ACTIONS}.{module}"), name)
    return found


def straight(form: StepForm) -> Run:
    """What a button does that needs no more than its action. Photos are stored last: whatever else is wrong comes first."""
    action, asks = action_of(form), sorted(form.asks, key=lambda ask: ask.kind == "photos")

    def run(hazard: Hazard, actor: Actor, given: TypedInputs) -> None:
        action(hazard, actor, **form.fixed, **{ask.to or ask.name: read(ask, given) for ask in asks})

    return run


def read(ask: Ask, given: TypedInputs) -> Any:
    """What was typed into one input, as the value that its kind means. Raises Refused naming the input."""
    reader: Callable[[TypedInputs, Ask], object] = _READ.get(ask.kind, _id)
    return reader(given, ask)


def _text(given: TypedInputs, ask: Ask) -> str:
    return given.text(ask.name)


def _id(given: TypedInputs, ask: Ask) -> Any:
    """A list of rows offers their ids."""
    return given.ident(ask.name, ask.label) if ask.needed else given.maybe_ident(ask.name)


def _day(given: TypedInputs, ask: Ask) -> Any:
    return given.day(ask.name, ask.label) if ask.needed else given.maybe_day(ask.name)


def _yes(given: TypedInputs, ask: Ask) -> bool:
    return given.yes(ask.name, question(ask)) if ask.needed else given.text(ask.name) == "yes"


def _one_of(values: type[StrEnum]) -> Callable[[TypedInputs, Ask], StrEnum]:
    def one(given: TypedInputs, ask: Ask) -> StrEnum:
        found = next((value for value in values if value == given.text(ask.name)), None)
        if found is None:
            raise Refused(f"请选{ask.label}。", field=ask.name)
        return found

    return one


# Lists whose values are not ids, and what is typed; every other list of offered.CHOICES offers ids.
_READ: Mapping[str, Callable[[TypedInputs, Ask], object]] = {
    "text": _text,
    "area": _text,
    "item": _text,
    "live_order": _text,
    "way": _text,
    "date": _day,
    "day": _day,
    "days": lambda given, ask: given.days(ask.name, 1),
    "photos": lambda given, _: given.photos(),
    "yesno": _yes,
    "return_to": _one_of(State),
    "lower": _one_of(Grade),
}
