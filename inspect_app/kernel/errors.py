"""Refusals that a person can read. Each carries its Chinese sentence and is mapped to a status once, in web/errors.py."""

from collections.abc import Callable, Sequence
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Read = TypeVar("Read")


class Refused(Exception):  # noqa: N818  it is an answer to the user, not a fault
    """What was asked is not possible as it stands. `message` says what to do next, in Chinese; `field` may name an input."""

    status = 422

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        # Everything that is wrong, each thing with its own sentence and field; `message` holds all of the sentences.
        self.faults: tuple[Refused, ...] = (self,)

    def about(self, field: str) -> str:
        """What is wrong with one input; empty for one that is right."""
        return next((fault.message for fault in self.faults if fault.field == field), "")


def together(faults: Sequence[Refused]) -> Refused:
    """Several refusals as one: one thing for each input, the first that was found."""
    told: dict[str, Refused] = {}
    for fault in faults:
        told.setdefault(fault.field or fault.message, fault)
    first, *others = told.values()
    if not others:
        return first
    whole = Refused("".join(fault.message for fault in told.values()), field=first.field)
    whole.faults = tuple(told.values())
    return whole


class Faults:
    """What is wrong with a form, gathered so that all of it is said at once: nobody sends a form five times to hear five
    things. What depends on a value that is refused is not asked."""

    def __init__(self) -> None:
        self.found: list[Refused] = []

    def of(self, read: Callable[Given, Read], *given: Given.args, **more: Given.kwargs) -> Read | None:
        """What `read` gives; None where it refuses, which is kept. What is no matter of a form goes on as it is."""
        try:
            return read(*given, **more)
        except Refused as refusal:
            if refusal.status != Refused.status:
                raise
            self.found.extend(refusal.faults)
            return None

    def add(self, message: str, field: str | None = None) -> None:
        """Note what is wrong, in words for the user, and the form's field it belongs to."""
        self.found.append(Refused(message, field=field))

    def need(self, holds: object, message: str, field: str | None = None) -> None:
        """Add a fault where something does not hold."""
        if not holds:
            self.add(message, field)

    def refuse(self) -> None:
        """Raise everything that was found as one refusal."""
        if self.found:
            raise together(self.found)


class NotAllowed(Refused):
    """The person may not do this, or the page is closed to the role."""

    status = 403


class NotThere(Refused):
    """There is no such thing within what the person may see."""

    status = 404

    def __init__(self, message: str = "没有找到这一页。可能地址不完整，或已并到另一件里。") -> None:
        super().__init__(message)


class Stale(Refused):
    """Somebody changed the thing since the page was drawn; the message names who, when and what."""

    status = 409


class Locked(Refused):
    """Too many tries at a door; the message says when it opens again."""

    status = 429


class Crowded(Refused):
    """All places for something slow are taken just now."""

    status = 503
