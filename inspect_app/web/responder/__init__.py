"""Handling organisations: what was handed to them."""

from .views import pages

__all__ = ["pages"]
