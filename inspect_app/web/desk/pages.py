"""The blueprint of the desk; its views register themselves on it."""

from flask import Blueprint

pages = Blueprint("desk", __name__, url_prefix="/desk")
