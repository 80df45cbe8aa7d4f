"""Huey without the drivers of the stores that we do not use: it loads each that is installed, and PostgreSQL's weighs 10 MB
in every process. Our queue lies in SQLite whatever the database is."""

import sys

_ELSEWHERE = "psycopg"
_loaded = sys.modules.get(_ELSEWHERE)
sys.modules[_ELSEWHERE] = None  # type: ignore[assignment]  # how Python is told that a module is not there
try:
    from huey import Huey, MemoryHuey, SqliteHuey, crontab
finally:
    del sys.modules[_ELSEWHERE]
    if _loaded is not None:
        sys.modules[_ELSEWHERE] = _loaded

__all__ = ["Huey", "MemoryHuey", "SqliteHuey", "crontab"]
