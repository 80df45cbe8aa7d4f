"""The one entry: `flask --app wsgi …` and the web server both come through here."""

import gc
import sys

gc.disable()  # what is made at the start stays: looking for garbage among it is a seventh of every start
from inspect_app import create_app  # noqa: E402
from inspect_app.settings import SettingsError  # noqa: E402

try:
    app = create_app()
except SettingsError as reason:
    sys.exit(f"cannot start: {reason}")
gc.enable()
