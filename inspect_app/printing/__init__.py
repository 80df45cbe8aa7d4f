"""Printing many things at once, in the background: jobs of parts, each made by its kind, put together into files for whoever asked."""
