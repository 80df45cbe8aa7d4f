"""The supervisor's desk."""

from . import assignments, calls, hazards, phones, places, today
from .pages import pages

__all__ = ["assignments", "calls", "hazards", "pages", "phones", "places", "today"]
