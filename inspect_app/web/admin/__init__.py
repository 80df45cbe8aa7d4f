"""Accounts, terms, organisations with powers, areas, stations, duty, recusals. No verification and no closing here."""

from . import accounts, areas, organisations, profile, rosters, terms
from .pages import pages

__all__ = ["accounts", "areas", "organisations", "pages", "profile", "rosters", "terms"]
