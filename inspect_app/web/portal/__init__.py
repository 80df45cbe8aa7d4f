"""Pages for people without an account: reading a paper, and answering it."""

from . import answers
from .photos import pages as photo_pages
from .views import pages

__all__ = ["answers", "pages", "photo_pages"]
