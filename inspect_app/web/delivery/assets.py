"""What a browser fetches once: static files under the version of their content, and the list of what the field's shell needs.

The version is a segment of the path, so that a module's relative imports stay within it: a page holds together although
the server behind it has moved on.
"""

import hashlib
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask
from flask_compress import Compress
from rcssmin import cssmin
from rjsmin import jsmin

from .bundle import bundles, whole
from .packed import Packed

_VERSIONED = re.compile(r"^v-([0-9a-f]{12})/")
# What the shell needs to start and to go on without a signal; the worker keeps it on the phone.
_SHELL = ("icons/*.svg", "icons/*.png", "drawings/*.svg", "vendor/*.js")
_FIELD = "js/field.js"
_HOLDER = "js/portal.js"
_DESK = re.compile(r"/\* desk: .*?/\* end of desk \*/", re.S)
_LASTING = "public, max-age=31536000, immutable"
compress = Compress()


def register_assets(app: Flask) -> None:
    """Work out the version at start and put it into every static address."""
    assert app.static_folder is not None
    templates = Path(app.root_path).parent / "templates"
    drawn = [templates / name for name in ("field", "layouts", "components")]
    app.config["SHELL_VERSION"] = version_of(Path(app.static_folder), *drawn)
    app.extensions["bundles"] = bundled(Path(app.static_folder), app.config["SHELL_VERSION"])

    @app.url_defaults
    def versioned(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "filename" in values:
            values["filename"] = f"v-{app.config['SHELL_VERSION']}/{values['filename']}"


@lru_cache(maxsize=8)
def version_of(*folders: Path) -> str:
    """12 hex digits over the names and bytes of all files in the folders."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def within_version(filename: str, current: str) -> tuple[str, str]:
    """(file, Cache-Control) of a static address: only the present version may be kept for ever."""
    found = _VERSIONED.match(filename)
    if found is None:
        return filename, "no-cache"
    return filename[found.end() :], _LASTING if found[1] == current else "no-cache"


@lru_cache(maxsize=2)
def bundled(static: Path, version: str) -> dict[str, Packed]:
    """What the browser gets in another form than it lies on disk, made once for a version: the field's modules in two
    files, those of a paper's holder in one, and what every page loads, all without what only people read; for the shell the style without the desk's."""
    css = (static / "css" / "app.css").read_text()
    alone = {name: (static / name).read_text() for name in ("js/look.js", "js/page.js")}
    scripts = bundles(static, _FIELD) | alone | {"portal.bundle.js": whole(static, _HOLDER)}
    styles = {"css/app.css": css, "css/field.css": _DESK.sub("", css)}
    return {name: Packed(str(jsmin(script)), "text/javascript") for name, script in scripts.items()} | {
        name: Packed(str(cssmin(style)), "text/css") for name, style in styles.items()
    }


def shell_files(app: Flask) -> list[str]:
    """Static files that the shell needs, by name: those on disk and the bundles."""
    static = Path(str(app.static_folder))
    found = {path.relative_to(static).as_posix() for pattern in _SHELL for path in static.glob(pattern)}
    return sorted(found | set(app.extensions["bundles"]) - {"css/app.css", "portal.bundle.js"})
