"""Pages for people without an account: checking a paper."""

from .views import pages

__all__ = ["pages"]
