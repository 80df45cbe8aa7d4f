"""The blueprint of papers and print jobs; its views register themselves on it."""

from flask import Blueprint

pages = Blueprint("printing", __name__)
