"""The supervisor's desk."""

from . import assignments, backups, calls, hazard_map, hazards, pending, phones, places, printing, today, visits
from .pages import pages

__all__ = [
    "assignments",
    "backups",
    "calls",
    "hazard_map",
    "hazards",
    "pages",
    "pending",
    "phones",
    "places",
    "printing",
    "today",
    "visits",
]
