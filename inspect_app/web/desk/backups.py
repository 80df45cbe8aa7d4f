"""收备份文件: a backup that a phone wrote, fed in for its deputy."""

import hashlib
from typing import IO

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue

from inspect_app.intake import feeding, queries, rescue
from inspect_app.kernel.database import writing
from inspect_app.kernel.errors import Refused

from ..access import Permission, allowed, scope
from ..transaction import takes_up_to, writes_late
from .pages import pages

MOST_BACKUP = 300 * 1024 * 1024
FORM_AROUND_IT = 1024 * 1024


@pages.route("/backups", methods=["GET", "POST"])
@takes_up_to(MOST_BACKUP + FORM_AROUND_IT)
@writes_late
@allowed(Permission.DESK)
def backups() -> ResponseReturnValue:
    """收备份文件: opened and checked first, then written as one."""
    if request.method != "POST":
        return _backups_page(None, None)
    try:
        return _backups_page(_feed(), None)
    except Refused as refusal:
        if refusal.status != 422:
            raise
        return _backups_page(None, refusal)


def _feed() -> feeding.Fed:
    me, file = scope(), request.files.get("backup")
    if file is None or not file.filename:
        raise Refused("请先选备份文件。", field="backup")
    storage, keys = current_app.extensions["storage"], current_app.extensions["keys"]
    file_sha256 = _sha256(file.stream)
    with rescue.opened(file.stream, keys) as backup:
        feeding.owner_of(backup, me)
        feeding.store_photos(backup, storage)
        with writing():
            return feeding.feed(backup, file_sha256, me, current_app.extensions["appliers"], storage, keys)


def _sha256(stream: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while piece := stream.read(1024 * 1024):
        digest.update(piece)
    stream.seek(0)
    return digest.hexdigest()


def _backups_page(fed: feeding.Fed | None, refusal: Refused | None) -> ResponseReturnValue:
    page = render_template("desk/backups.html", fed=fed, refusal=refusal, files=queries.rescue_files(scope()))
    return page, 422 if refusal else 200
