"""The blueprint of scanned sheets; its views register themselves on it."""

from flask import Blueprint

pages = Blueprint("scans", __name__)
