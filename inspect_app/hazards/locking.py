"""Locking a hazard for a step, with its place and those merged into it, in one order (ADR 18)."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import or_, select

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere, Stale
from inspect_app.premises import queries as premises

from .models import Hazard
from .rules import STEP_NAMES, UNNAMED


def lock(
    hazard_id: UUID, seen_version: int | None = None, *, beside: Iterable[UUID] = (), places: Iterable[UUID] = ()
) -> Hazard:
    """The hazard's row, locked until the transaction ends, with those merged into it and those named `beside` it.

    `places` are places besides the hazards' own that the step needs. Raises NotThere if there is none, Stale if it
    changed since `seen_version` was drawn.
    """
    rows = lock_all([hazard_id, *beside], places=places)
    hazard = next((row for row in rows if row.id == hazard_id), None)
    if hazard is None:
        raise NotThere
    check_seen(hazard, seen_version)
    return hazard


def check_seen(hazard: Hazard, seen_version: int | None) -> None:
    """Raise Stale where a locked hazard changed since that version of it was drawn; None: nothing was looked at."""
    if seen_version is not None and seen_version != hazard.version:
        when = clock.to_local(hazard.last_event_at)
        name = STEP_NAMES.get(hazard.last_step, UNNAMED)
        raise Stale(
            f"刚才{hazard.last_actor_name or '有人'} {when:%H:%M} 改过这一件：{name}。您填的没有丢，请看过最新情况再决定。"
        )


def lock_all(hazard_ids: Iterable[UUID], *, places: Iterable[UUID] = ()) -> list[Hazard]:
    """Hazards with those merged into them, locked until the transaction ends: first their places, then their rows, each
    in the order of ids, so that two who want the same wait for each other instead of blocking each other.

    Who holds a place is alone with all its hazards: none is found, opened again or moved there meanwhile.
    """
    wanted = set(hazard_ids)
    if not wanted:
        return []
    held: set[UUID] = set()
    needed = {*places, *premises_of(wanted)}
    while needed - held:  # once more only where a hazard was moved to another place while its own was waited for
        premises.hold(needed - held)
        held |= needed
        needed = premises_of(wanted)
    return list(
        db.session.scalars(
            select(Hazard)
            .where(or_(Hazard.id.in_(wanted), Hazard.merged_into_id.in_(wanted)))
            .order_by(Hazard.id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
    )


def premises_of(hazard_ids: Iterable[UUID]) -> set[UUID]:
    """Where hazards are, as the database says now."""
    return set(db.session.scalars(select(Hazard.premises_id).where(Hazard.id.in_(set(hazard_ids)))))


def merged_into(hazard: Hazard) -> list[Hazard]:
    """The hazards merged into this one, locked, in the order of their ids."""
    return list(
        db.session.scalars(
            select(Hazard).where(Hazard.merged_into_id == hazard.id).order_by(Hazard.id).with_for_update(key_share=True)
        )
    )
