"""One thing that was recorded before today's rules and no longer holds, as each check of `review past` yields it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Past:
    """One thing that would not be possible today: the hazard's number, what it is, what the desk may do about it."""

    number: str
    what: str
    remedy: str
