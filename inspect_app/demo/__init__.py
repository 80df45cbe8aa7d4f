"""A believable demo, built through casework and actions: one street, or the whole district around it."""

from collections.abc import Callable

from flask import Flask


def load(app: Flask, say: Callable[[str], None]) -> None:
    """Fill an empty database as the setting DEMO asks. Raises ValueError when there are accounts already."""
    from . import district, whole

    (whole if app.extensions["settings"].demo == "district" else district).load(app, say)
