"""The one entry: `flask --app wsgi …` and the web server both come through here."""

import sys

from inspect_app import create_app
from inspect_app.settings import SettingsError

try:
    app = create_app()
except SettingsError as reason:
    sys.exit(f"cannot start: {reason}")
