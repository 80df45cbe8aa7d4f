"""The supervisor's desk."""

from . import assignments, backups, calls, exporting, hazards, pending, phones, places, printing, today, visits
from .pages import pages

__all__ = [
    "assignments",
    "backups",
    "calls",
    "exporting",
    "hazards",
    "pages",
    "pending",
    "phones",
    "places",
    "printing",
    "today",
    "visits",
]
