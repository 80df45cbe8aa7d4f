"""A database that is only looked at: nothing is written beside it either, so that a copy stays the copy it is."""

import atexit
import shutil
import tempfile
from pathlib import Path

from sqlalchemy import make_url


def looked_at(url: str) -> str:
    """The URL of a database under which it is only read. One of PostgreSQL stays as it is: the server keeps what may be done.

    What a copied SQLite database had not yet taken out of its -wal counts as well; it is put together elsewhere, as SQLite
    would write beside the file to do so.
    """
    read = make_url(url)
    if read.get_backend_name() != "sqlite" or not read.database:
        return url
    path = Path(read.database).absolute()
    wal = path.with_name(f"{path.name}-wal")
    if wal.exists() and wal.stat().st_size:
        folder = Path(tempfile.mkdtemp(prefix="inspect-reading-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        for file in (path, wal):
            shutil.copy(file, folder / file.name)
        return f"sqlite:///file:{folder / path.name}?mode=ro&uri=true"
    return f"sqlite:///file:{path}?mode=ro&immutable=1&uri=true"
