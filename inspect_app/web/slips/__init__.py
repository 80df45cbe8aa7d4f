"""空白单: pads for deputies without a printer, what became of each slip, and saying on which visit one was left."""

from . import binding, desk
from .pages import pages

__all__ = ["binding", "desk", "pages"]
