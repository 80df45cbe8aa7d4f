"""The blueprint of blank slips; its views register themselves on it."""

from flask import Blueprint

pages = Blueprint("slips", __name__)
