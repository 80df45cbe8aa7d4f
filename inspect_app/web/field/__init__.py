"""The deputy's phone: its shell, the data and the lists it keeps, the pages the server draws."""

from . import data, lists, register
from .views import pages

data_pages = data.pages

__all__ = ["data_pages", "lists", "pages", "register"]
