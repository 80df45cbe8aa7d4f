"""The blueprint of imports; its views register themselves on it."""

from flask import Blueprint

pages = Blueprint("imports", __name__, url_prefix="/imports")
