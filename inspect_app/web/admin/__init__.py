"""Accounts, terms, organisations with powers, areas, stations, duty, recusals, the system itself. No verification and no closing here."""

from . import accounts, areas, entry, map_settings, organisations, paper_settings, profile, rosters, system, terms
from .pages import pages

__all__ = [
    "accounts",
    "areas",
    "entry",
    "map_settings",
    "organisations",
    "pages",
    "paper_settings",
    "profile",
    "rosters",
    "system",
    "terms",
]
