"""The deputy's phone: its shell, the data it keeps, the pages the server draws."""

from . import data
from .views import pages

data_pages = data.pages

__all__ = ["data_pages", "pages"]
