"""The deputy's phone."""

from . import lists
from .views import pages

__all__ = ["lists", "pages"]
