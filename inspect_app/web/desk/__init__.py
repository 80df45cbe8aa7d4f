"""The supervisor's desk."""

from .views import pages

__all__ = ["pages"]
