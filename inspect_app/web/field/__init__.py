"""The deputy's phone."""

from .views import pages

__all__ = ["pages"]
