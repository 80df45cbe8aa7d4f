"""Refusals that a person can read. Each carries its Chinese sentence and is mapped to a status once, in web/errors.py."""


class Refused(Exception):  # noqa: N818  it is an answer to the user, not a fault
    """What was asked is not possible as it stands. `message` says what to do next, in Chinese; `field` may name an input."""

    status = 422

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


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
