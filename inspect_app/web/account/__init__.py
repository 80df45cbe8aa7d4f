"""Signing in and out, one's own password, second factor and messages."""

from .views import pages

__all__ = ["pages"]
