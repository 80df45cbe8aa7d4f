"""The list of papers, and what one has had printed: for everybody who reads papers at a desk."""

from . import drafts, jobs, papers
from .pages import pages

__all__ = ["drafts", "jobs", "pages", "papers"]
