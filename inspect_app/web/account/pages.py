"""The pages of somebody's own account."""

from flask import Blueprint

pages = Blueprint("account", __name__)
