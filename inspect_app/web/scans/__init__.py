"""收件盘: sheets that come back sealed or signed, for everybody who issues papers."""

from . import filed, tray
from .pages import pages

__all__ = ["filed", "pages", "tray"]
