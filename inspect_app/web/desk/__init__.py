"""The supervisor's desk."""

from . import (
    assignments,
    backups,
    calls,
    exporting,
    hazard_map,
    hazards,
    merging,
    parties,
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
    "parties",
    "pending",
    "phones",
    "places",
    "printing",
    "registering",
    "today",
    "visits",
]
