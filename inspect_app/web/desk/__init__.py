"""The supervisor's desk."""

from . import assignments, calls, hazards, places, today
from .pages import pages

__all__ = ["assignments", "calls", "hazards", "pages", "places", "today"]
