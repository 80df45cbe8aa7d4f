"""The supervisor's desk."""

from . import assignments, backups, calls, hazards, pending, phones, places, printing, registering, today, visits
from .pages import pages

__all__ = [
    "assignments",
    "backups",
    "calls",
    "hazards",
    "pages",
    "pending",
    "phones",
    "places",
    "printing",
    "registering",
    "today",
    "visits",
]
