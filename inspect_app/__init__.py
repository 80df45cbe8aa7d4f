"""A safety-inspection field app and closed-loop hazard tracker for a district people's congress."""

import os
from collections.abc import Mapping

from flask import Flask
from flask_wtf.csrf import CSRFProtect
from jinja2 import StrictUndefined
from werkzeug.local import LocalProxy
from werkzeug.middleware.proxy_fix import ProxyFix

from inspect_app.settings import Settings, SettingsError


def create_app(settings: Settings | None = None, overrides: Mapping[str, object] | None = None) -> Flask:
    """The application: settings, database, rooms, pages, in reading order."""
    from inspect_app import cli
    from inspect_app.web.transaction import Application

    os.umask(0o077)  # whatever is written, here or by a library, is read by its owner alone
    settings = settings or Settings.from_environment(os.environ)
    app = Application(__name__, template_folder="../templates", static_folder="../static")
    app.jinja_options = {**app.jinja_options, "undefined": StrictUndefined}
    _configure(app, settings, overrides or {})
    _add_stores(app, settings)
    _connect_rooms(app, settings)
    _trust_proxies(app, settings)
    _open_database(app)
    _register_requests(app)
    _register_answers(app, settings)
    _register_pages(app, settings)
    cli.register_commands(app)
    return app


def _configure(app: Flask, settings: Settings, overrides: Mapping[str, object]) -> None:
    from inspect_app.kernel import json_columns
    from inspect_app.kernel.database import CONNECTIONS, STATEMENTS
    from inspect_app.kernel.reading import looked_at

    app.config.from_mapping(
        SQLALCHEMY_DATABASE_URI=looked_at(settings.database_url) if settings.read_only else settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={
            "hide_parameters": True,  # a fault in a log names nobody
            "pool_size": CONNECTIONS,
            "max_overflow": 0,
            "pool_timeout": 20,  # seconds; who waits longer is told that it is busy
            "json_serializer": json_columns.written,
            "json_deserializer": json_columns.read,
            "pool_use_lifo": True,  # what was used last has most of what is wanted next
            "connect_args": {"cached_statements": STATEMENTS} if settings.database_url.startswith("sqlite") else {},
        },
        SECRET_KEY=settings.secret_key,
        SECURITY_PASSWORD_SALT=settings.password_salt,
        SECOND_FACTOR=settings.second_factor,
        PUBLIC_ADDRESS=settings.public_address,
        # The prefix binds a cookie to this very host and to https; a browser takes it over plain http from nobody.
        SESSION_COOKIE_NAME="__Host-session" if settings.production else "session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.production or settings.https,
        MAX_CONTENT_LENGTH=30 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        WTF_CSRF_TIME_LIMIT=None,
        COMPRESS_ALGORITHM=["gzip"],
        COMPRESS_ALGORITHM_STREAMING=["gzip"],
        # No pages: a compressed page that holds both a token and what a visitor typed gives the token away (BREACH).
        COMPRESS_MIMETYPES=["text/css", "text/javascript", "application/json", "image/svg+xml"],
    )
    app.config.from_mapping(overrides)


def _add_stores(app: Flask, settings: Settings) -> None:
    """What lies in DATA_DIR beside the database: keys, files, the journal of numbers."""
    from inspect_app.evidence.storage import FolderStorage
    from inspect_app.kernel.keys import KeyRing
    from inspect_app.papers.journal import NumberJournal
    from inspect_app.printing.results import ResultStore

    app.extensions["settings"] = settings
    app.extensions["keys"] = KeyRing(settings.data_dir / "keys")
    app.extensions["storage"] = FolderStorage(settings.data_dir / "files")
    app.extensions["prints"] = ResultStore(settings.data_dir / "prints")
    app.extensions["imports"] = ResultStore(settings.data_dir / "imports")
    app.extensions["numbers"] = NumberJournal(settings.data_dir / "heads")


def _connect_rooms(app: Flask, settings: Settings) -> None:
    """Hand lower rooms what they call in higher ones, and choose the rules of the place."""
    from inspect_app.casework import step_taken
    from inspect_app.casework.field_operations.applying import FieldOperations
    from inspect_app.checklists import queries as checklists
    from inspect_app.checklists.library import local_names
    from inspect_app.hazards import taken

    app.extensions["appliers"] = FieldOperations(app.extensions["storage"], app.config["PUBLIC_ADDRESS"]).appliers()
    taken.tell_by(step_taken.tell)
    try:
        checklists.switch_local(settings.local_rules)
    except KeyError:
        known = ", ".join(["none", *local_names()])
        raise SettingsError(f"LOCAL_RULES must be one of {known}, not {settings.local_rules!r}") from None


def _trust_proxies(app: Flask, settings: Settings) -> None:
    if settings.proxies:
        # Whose address counts for lock-outs and logs: the one the last proxy that is ours has seen.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=1, x_host=1)  # type: ignore[method-assign]


def _open_database(app: Flask) -> None:
    from inspect_app.kernel.database import db

    db.init_app(app)
    _import_models()
    # Whoever migrates asks for it: nobody who only serves loads Alembic.
    app.extensions["migrate"] = LocalProxy(lambda: _migrations(app))


def _migrations(app: Flask) -> object:
    from flask_migrate import Migrate

    from inspect_app.kernel.database import db

    Migrate(app, db, directory="migrations", compare_type=False, render_as_batch=True)
    return app.extensions["migrate"]


def _register_requests(app: Flask) -> None:
    """What looks at a request before its page does. The order is the one in which they look."""
    from inspect_app.web import access, plain, tracing
    from inspect_app.web.account import signing
    from inspect_app.web.delivery import assets
    from inspect_app.web.transaction import open_transaction

    tracing.register_tracing(app)
    plain.register_plain(app)
    app.before_request(open_transaction)
    assets.register_assets(app)
    assets.compress.init_app(app)
    CSRFProtect(app)
    signing.init_sign_in(app)
    access.register_access(app)
    app.before_request(plain.check_form)


def _register_answers(app: Flask, settings: Settings) -> None:
    """What shapes an answer, and the jobs that go on after it."""
    from inspect_app import jobs
    from inspect_app.web import errors, filters, headers, pressed

    errors.register_errors(app)
    filters.register_filters(app)
    app.after_request(headers.set_headers)
    pressed.register_pressed(app)
    jobs.register_jobs(app, settings)


def _register_pages(app: Flask, settings: Settings) -> None:
    from inspect_app.web import (
        account,
        admin,
        desk,
        exports,
        field,
        files,
        health,
        imports,
        library,
        patterns,
        portal,
        printing,
        responder,
        scans,
        slips,
    )
    from inspect_app.web.hazard import composing, paperwork
    from inspect_app.web.phone import intake as intake_pages
    from inspect_app.web.phone import uploads

    rooms = (
        account, admin, composing, desk, exports, field, files, health, imports, intake_pages, library, paperwork, portal, printing, responder,
        scans, slips, uploads,
    )  # fmt: skip
    for pages in (*(room.pages for room in rooms), field.data_pages, portal.photo_pages):
        app.register_blueprint(pages)
    if not settings.production:
        app.register_blueprint(patterns.pages)


def _import_models() -> None:
    """Every table must be known before the first migration or query."""
    from inspect_app.checklists import models as _checklists  # noqa: F401
    from inspect_app.evidence import models as _evidence  # noqa: F401
    from inspect_app.exports import models as _exports  # noqa: F401
    from inspect_app.hazards import dates as _dates  # noqa: F401
    from inspect_app.hazards import events as _events  # noqa: F401
    from inspect_app.hazards import models as _hazards  # noqa: F401
    from inspect_app.hazards import photos as _photos  # noqa: F401
    from inspect_app.hazards import sightings as _sightings  # noqa: F401
    from inspect_app.imports import models as _imports  # noqa: F401
    from inspect_app.intake import models as _intake  # noqa: F401
    from inspect_app.kernel import identity as _kernel  # noqa: F401
    from inspect_app.kernel import once as _once  # noqa: F401
    from inspect_app.maps import models as _maps  # noqa: F401
    from inspect_app.messages import models as _messages  # noqa: F401
    from inspect_app.papers import filed as _filed  # noqa: F401
    from inspect_app.papers import holders as _holders  # noqa: F401
    from inspect_app.papers import models as _papers  # noqa: F401
    from inspect_app.papers import proofs as _proofs  # noqa: F401
    from inspect_app.people import acts as _acts  # noqa: F401
    from inspect_app.people import models as _people  # noqa: F401
    from inspect_app.people import signing_in as _signing_in  # noqa: F401
    from inspect_app.premises import models as _premises  # noqa: F401
    from inspect_app.printing import models as _printing  # noqa: F401
    from inspect_app.scans import models as _scans  # noqa: F401
    from inspect_app.slips import models as _slips  # noqa: F401
    from inspect_app.urgent_calls import models as _urgent_calls  # noqa: F401
    from inspect_app.visits import models as _visits  # noqa: F401
