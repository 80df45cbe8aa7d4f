"""The checklist library: read by everybody, kept alive by administrators."""

from . import bases, editing, reading, trial, walk_sheet
from .pages import pages

__all__ = ["bases", "editing", "pages", "reading", "trial", "walk_sheet"]
