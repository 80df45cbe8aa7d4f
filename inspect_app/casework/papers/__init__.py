"""Papers of a visit or a hazard: one module for each kind, its content gathered into plain values, frozen under a number.

A module that holds an ENTRY is a kind. Importing this package registers them all, so that lower rooms, pages and commands may
ask `inspect_app.papers.kinds`.
"""

from . import visitrecord
from .issuing import issue_for_hazard, issue_for_hazards, locked, void
from .registry import KINDS, offers, together

__all__ = ["KINDS", "issue_for_hazard", "issue_for_hazards", "locked", "offers", "together", "visitrecord", "void"]
