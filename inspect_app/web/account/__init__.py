"""Signing in and out, one's own password, second factor, sign-ins and messages."""

from . import entering, views  # noqa: F401  they put their pages on the blueprint
from .pages import pages

__all__ = ["pages"]
