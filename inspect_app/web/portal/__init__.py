"""Pages for people without an account: reading a paper, and answering it."""

from . import answers, refusals
from .photos import pages as photo_pages
from .views import pages

refusals.say_on(pages)
refusals.say_on(photo_pages)

__all__ = ["answers", "pages", "photo_pages"]
