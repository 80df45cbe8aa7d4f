"""The supervisor's desk."""

from . import (
    assignments,
    backups,
    calls,
    exporting,
    hazard_map,
    hazards,
    merging,
    pending,
    phones,
    places,
    printing,
    registering,
    today,
    visits,
)
from .pages import pages

__all__ = [
    "assignments",
    "backups",
    "calls",
    "exporting",
    "hazard_map",
    "hazards",
    "merging",
    "pages",
    "pending",
    "phones",
    "places",
    "printing",
    "registering",
    "today",
    "visits",
]
