"""The one entry: `flask --app wsgi …` and the web server both come through here."""

import gc
import sys

from inspect_app import create_app
from inspect_app.settings import SettingsError

try:
    app = create_app()
except SettingsError as reason:
    sys.exit(f"cannot start: {reason}")

# The web processes are forked from this one: what is loaded by now stays shared instead of being copied by the collector.
gc.collect()
gc.freeze()
