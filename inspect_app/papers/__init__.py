"""Numbered sheets: kinds, numbering, frozen content, rendering, service, checking a paper."""
