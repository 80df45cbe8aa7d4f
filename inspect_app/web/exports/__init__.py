"""What was taken along as tables: one's own for everybody, all of it for who looks after the log."""

from .views import pages

__all__ = ["pages"]
