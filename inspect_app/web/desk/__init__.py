"""The supervisor's desk."""

from . import urgent as _urgent  # noqa: F401  adds its page to the same blueprint
from .views import pages

__all__ = ["pages"]
