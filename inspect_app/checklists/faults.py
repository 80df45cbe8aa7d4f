"""A fault of a list as data: where it stands, what it is, and whether it keeps the list from being published. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """An error keeps a list from being published; a warning is looked at by whoever publishes."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class LintFault:
    """One thing that is wrong: code of the item (or list, or rule), name of its field, what, and how bad."""

    code: str
    field: str
    what: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        return f"{self.code} {self.field}：{self.what}"


def warning(code: str, field: str, what: str) -> LintFault:
    """A fault that is looked at and hinders nothing."""
    return LintFault(code, field, what, Severity.WARNING)
