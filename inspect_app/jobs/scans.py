"""Scanned sheets, a slice at a time: photos, papers and urgent calls come in between."""

from flask import current_app

from inspect_app.kernel.database import db
from inspect_app.scans.models import ScannedPage, ScanUpload
from inspect_app.scans.rules import PageState

SECONDS = 5.0  # for one run; the page that was begun is read to its end


def read_scans() -> bool:
    """Go on reading what offices have brought; whether there is more, for which the worker is woken again."""
    unread = db.session.query(ScanUpload.id).filter(ScanUpload.read_at.is_(None)).first()
    proposed = db.session.query(ScannedPage.id).filter(ScannedPage.state == PageState.PROPOSED).first()
    db.session.rollback()
    if unread is None and proposed is None:
        return False
    from inspect_app.scans.reading import read_uploads

    more = read_uploads(current_app.extensions["storage"], current_app.config["PUBLIC_ADDRESS"], seconds=SECONDS)
    wake = current_app.wake_worker  # type: ignore[attr-defined]
    if more and wake is not None:
        wake()
    return more
