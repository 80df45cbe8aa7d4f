"""The one entry: `flask --app wsgi …` and the web server both come through here."""

from inspect_app import create_app

app = create_app()
