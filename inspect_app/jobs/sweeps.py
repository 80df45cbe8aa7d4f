"""The sweeps of the worker. Each reads its own rows, does a bounded amount and may be run at any time, twice as well."""

import time
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from flask import current_app

from inspect_app.evidence import actions as evidence
from inspect_app.evidence import copying
from inspect_app.evidence import queries as evidence_queries
from inspect_app.evidence.storage import Storage
from inspect_app.exports import actions as exports
from inspect_app.hazards import heads, own, searching, tally
from inspect_app.hazards.actions import clockwork
from inspect_app.intake import uploads
from inspect_app.kernel import clock, once, stamps
from inspect_app.kernel.database import db, writing
from inspect_app.people import sessions, tries

from . import clockwatch

# How long a paper waits for its photos before it is drawn without them.
PATIENCE = timedelta(minutes=10)
TURNS_FOR = 5.0  # seconds of a sweep that goes on in turns: photos and papers wait meanwhile
# Longer than anybody writes at one file.
UNFINISHED_AFTER = timedelta(days=1)
NOT_HERE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 300" width="400" height="300">'
    '<rect width="400" height="300" fill="#eee"/><text x="200" y="158" font-size="26" text-anchor="middle">照片没有送达</text></svg>'
).encode()


def make_photo_copies() -> int:
    """Make the smaller copies that photos still lack; returns of how many."""
    return copying.make_waiting_copies(current_app.extensions["storage"])


def remake_copies(photo_id: UUID) -> None:
    """Make anew the copies that were not whole where somebody looked: they wait before their page."""
    with writing():
        again = copying.remake_copies(current_app.extensions["storage"], photo_id)
    if again:
        make_photo_copies()


_looked_over: UUID | None = None


def look_over_copies() -> None:
    """Copies that were damaged or lost on the disk are found, some each minute, round and round."""
    global _looked_over
    _looked_over = copying.look_over_copies(current_app.extensions["storage"], _looked_over)


def recognise_photos() -> int:
    """Take the likeness of photos that still lack it; returns of how many."""
    return copying.recognise_waiting(current_app.extensions["storage"])


def judge_photos() -> int:
    """Photos that stand for two things, or whose time or place does not fit, become questions to the desk."""
    from inspect_app.casework import photo_flags

    return photo_flags.judge_waiting(current_app.extensions["settings"].photo_far_m)


def gather_tally() -> int:
    """Sum up the counts of hazards where many rows of them have come together; returns how many went into others."""
    with writing():
        return tally.gather()


def end_silent_exports() -> int:
    """Exports that nobody sends any more are written down as such; returns how many."""
    with writing():
        return exports.end_silent()


def index_words() -> int:
    """Write the words by which hazards are searched where they are missing: after an upgrade, and where many places were
    renamed at once; returns of how many. Whoever finds or changes one writes them at once."""
    missing = searching.missing()
    db.session.rollback()
    done, until = 0, time.monotonic() + TURNS_FOR
    while done < missing and time.monotonic() < until:
        with writing():
            written = searching.write_missing(500)
        done += written
        if not written:
            break
    return done


def enter_numbers() -> int:
    """Numbers of papers that will not be drawn any more belong into the journal as well, and those of blank slips."""
    from inspect_app.papers import issuing
    from inspect_app.slips import journalling

    journal = current_app.extensions["numbers"]
    return issuing.enter_numbers(journal) + journalling.enter_numbers(journal)


def draw_papers(kinds: Collection[str] | None = None) -> int:
    """Draw every frozen paper, of some kinds alone or of all. WeasyPrint is imported here and nowhere in the web."""
    from sqlalchemy import select, true

    from inspect_app.papers import issuing
    from inspect_app.papers.models import Paper

    waiting = db.session.scalar(
        select(Paper.id).where(Paper.state == "issuing", Paper.kind.in_(kinds) if kinds else true()).limit(1)
    )
    db.session.rollback()
    if waiting is None:
        return 0
    storage, keys = current_app.extensions["storage"], current_app.extensions["keys"]

    def store(data: bytes, kind: str) -> str:
        return evidence.keep(storage, data, kind)

    return issuing.draw_waiting(_as_pdf, store, keys, current_app.extensions["numbers"], kinds=kinds)


def draw_proofs() -> int:
    """Draw the papers that somebody wants to see before issuing them, and throw old ones away."""
    from inspect_app.papers import proofs

    waiting = proofs.any_waiting()
    db.session.rollback()
    if not waiting:
        return 0
    from inspect_app.papers import page, stamping

    fonts = current_app.extensions["settings"].font_dir

    def render(kind: str, content: Mapping[str, Any], asked_at: datetime) -> proofs.DrawnProof:
        pdf = stamping.stamped(_as_pdf(kind, dict(content), asked_at), "样张")
        return proofs.DrawnProof(pdf, stamping.pages_of(pdf), page.undrawable(content, fonts))

    return proofs.draw_waiting(render, current_app.extensions["prints"].put)


def drop_old_proofs() -> int:
    """Proofs of yesterday are thrown away; returns how many."""
    from inspect_app.papers import proofs

    with writing():
        return proofs.drop_old()


def _as_pdf(kind: str, content: dict[str, object], since: datetime) -> bytes:
    """The sheet of a content; `since` is when it was frozen or asked for: until then its photos may be on the way."""
    from inspect_app.papers import page

    storage, fonts = current_app.extensions["storage"], current_app.extensions["settings"].font_dir
    late = waited_long_enough(since)
    names = page.pictures_in(content)
    barred = {f"photo/{photo_id}" for photo_id in _not_own(content, names)}
    shown = {name: NOT_HERE if name in barred else _picture(storage, name, late=late) for name in names}
    ratios = evidence_queries.ratios(UUID(name[6:]) for name in names if name.startswith("photo/"))
    return page.render(kind, content, shown.get, fonts, {f"photo/{key}": ratio for key, ratio in ratios.items()})


def waited_long_enough(frozen_at: datetime) -> bool:
    """Whether a paper is drawn without the photos that have not come."""
    now = clock.now()
    return now - frozen_at >= PATIENCE or stamps.ahead(frozen_at, now)


def _not_own(content: dict[str, object], names: set[str]) -> set[UUID]:
    """Photos that were named before they came, and came from somebody else: they are on no paper."""
    lines = content.get("lines")
    hazards = [UUID(line["hazard"]) for line in lines if line.get("hazard")] if isinstance(lines, list) else []
    return own.barred(hazards, [UUID(name[6:]) for name in names if name.startswith("photo/")])


def stamp_papers() -> int:
    """Files of papers that no longer stand get a copy that says so across every page."""
    from inspect_app.papers import validity

    if not validity.unstamped(1):
        db.session.rollback()
        return 0
    from inspect_app.papers import stamping

    storage = current_app.extensions["storage"]

    def store(data: bytes, kind: str) -> str:
        return evidence.keep(storage, data, kind)

    return stamping.stamp_waiting(storage.get, store)


def _picture(storage: Storage, name: str, *, late: bool) -> bytes:
    """The bytes of a photo's print copy or of a signature; a photo that has not come is waited for, then said."""
    from inspect_app.papers.issuing import PictureMissing

    is_photo = name.startswith("photo/")
    sha256 = evidence_queries.copy_sha256(UUID(name.removeprefix("photo/")), "print") if is_photo else name
    data = storage.get(sha256) if sha256 else None
    if data is not None:
        return data
    if not is_photo:
        raise FileNotFoundError(f"signature {name} is gone")
    if not late:
        raise PictureMissing
    return NOT_HERE


def urge_urgent_calls() -> int:
    """An urgent call nobody has acknowledged is told again to everybody on duty."""
    from inspect_app.casework import urgent

    with writing():
        return urgent.urge_again(clock.now(), current_app.extensions["settings"].urge_every)


def lapse_requests() -> int:
    """What one person asked and nobody confirmed in time ends."""
    return _in_turns(clockwork.lapse_requests)


def close_unopposed() -> int:
    """What was confirmed and nobody objected to is closed, where the office has switched that on."""
    return _in_turns(clockwork.close_unopposed)


def escalate_waiting() -> int:
    """What waits too long for the authority's opinion is told to the office above."""
    late = iter(clockwork.waiting_too_long())
    db.session.rollback()
    return _in_turns(lambda: clockwork.escalate_late(list(islice(late, clockwork.MOST_AT_ONCE))))


def _in_turns(act: Callable[[], int]) -> int:
    """Do what the clock does a few hazards at a time, as long as a sweep may take: between two transactions phones and desks
    have their turn. On a district that was away for a month the rest waits for the next minute."""
    done, until = 0, time.monotonic() + TURNS_FOR
    while time.monotonic() < until:
        with writing():
            some = act()
        done += some
        if some < clockwork.MOST_AT_ONCE:
            break
    return done


def recompute_dates() -> int:
    """Dates that were 暂定 are counted again once the year's holidays are published."""
    with writing():
        return clockwork.recompute_provisional()


def sign_daily_head() -> bool:
    """Once a day, the signed head of all chains, in a file outside the database; not while the clock is in doubt."""
    if not clockwatch.watch():
        return False
    made = heads.write(current_app.extensions["settings"].data_dir / "heads", current_app.extensions["keys"])
    db.session.rollback()
    return made


def drop_forgotten_parts() -> int:
    """Parts of photos that no phone has come back for, and files that were never finished; all shares in some hours."""
    storage: Storage = current_app.extensions["storage"]
    storage.drop_unfinished(clock.now() - UNFINISHED_AFTER, share=int(clock.now().timestamp() // 60))
    with writing():
        return uploads.sweep(current_app.extensions["storage"])


_tidied_on: date | None = None


def forget_old_tries() -> None:
    """Once a day: counts of guesses, sign-ins and pressed forms that nobody asks for any more."""
    global _tidied_on
    if _tidied_on == clock.today():
        return
    with writing():
        tries.drop_old()
        sessions.drop_old()
        once.drop_old()
    _tidied_on = clock.today()
