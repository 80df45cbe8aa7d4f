"""The browser that walks the journeys, for all who start one: Debian's Chromium without its windows."""

import os

# The program itself, not the shell script in front of it: a test that kills the browser kills what it drives.
CHROMIUM = os.environ.get("CHROMIUM", "/usr/lib/chromium/chromium-headless-shell")
# No graphics card here: what draws in its place costs more than the processor itself.
QUIET = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
