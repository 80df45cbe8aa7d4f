"""The sweeps of the worker. Each reads its own rows, does a bounded amount and may be run at any time, twice as well."""

from flask import current_app

from inspect_app.evidence import actions as evidence
from inspect_app.hazards import heads
from inspect_app.hazards.actions import settling
from inspect_app.kernel import clock
from inspect_app.kernel.database import db, writing


def make_photo_copies() -> int:
    return evidence.make_waiting_copies(current_app.extensions["storage"])


def draw_papers() -> int:
    """Draw every frozen paper. WeasyPrint is imported here and nowhere in the web."""
    from sqlalchemy import select

    from inspect_app.papers import issuing
    from inspect_app.papers.models import Paper

    waiting = db.session.scalar(select(Paper.id).where(Paper.state == "issuing").limit(1))
    db.session.rollback()
    if waiting is None:
        return 0
    from inspect_app.papers import page

    storage, keys = current_app.extensions["storage"], current_app.extensions["keys"]
    fonts = current_app.extensions["settings"].font_dir

    def store(data: bytes, kind: str) -> str:
        return evidence.keep(storage, data, kind)

    def picture(sha256: str) -> bytes | None:
        found = storage.get(sha256)
        return found if isinstance(found, bytes) else None

    return issuing.draw_waiting(lambda kind, content: page.render(kind, content, picture, fonts), store, keys)


def urge_urgent_calls() -> int:
    """An urgent call nobody has acknowledged is told again to everybody on duty."""
    from inspect_app.casework import urgent

    with writing():
        return urgent.urge_again(clock.now())


def lapse_requests() -> int:
    with writing():
        return settling.lapse_requests(clock.today())


def sign_daily_head() -> bool:
    """Once a day, the signed head of all chains, in a file outside the database."""
    made = heads.write(current_app.extensions["settings"].data_dir / "heads", current_app.extensions["keys"])
    db.session.rollback()
    return made
