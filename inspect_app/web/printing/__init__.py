"""The list of papers, and what one has had printed: for everybody who reads papers at a desk."""

from . import jobs, papers
from .pages import pages

__all__ = ["jobs", "pages", "papers"]
