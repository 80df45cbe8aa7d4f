"""The application under another version of the shell: what an update is to a phone. `SHELL_NUMBER` counts updates."""

import os

from wsgi import app

__all__ = ["app"]
if number := int(os.environ.get("SHELL_NUMBER", "0")):
    app.config["SHELL_VERSION"] = f"{number:012x}"
