"""Accounts, terms, organisations with powers, duty lists. No verification and no closing here."""

from .views import pages

__all__ = ["pages"]
