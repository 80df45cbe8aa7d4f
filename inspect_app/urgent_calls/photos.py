"""Whose the photos of an urgent call must be. Naming a photo opens nothing."""

from uuid import UUID

from inspect_app.evidence.senders import Senders, sent_by
from inspect_app.people import queries as people

from .models import UrgentCall


def call_photos(call: UrgentCall) -> list[UUID]:
    """The photos of an urgent call that are the reporter's own, or have not come."""
    named = list(dict.fromkeys(UUID(str(photo)) for photo in call.photos))
    own, came = people.accounts_of([call.person_id])[call.person_id], sent_by(named)
    return [photo for photo in named if photo not in came or came[photo] in own]


def call_senders(call: UrgentCall) -> Senders:
    """Whose the photos of an urgent call must be: the reporter's."""
    accounts = people.accounts_of([call.person_id])[call.person_id]
    return {UUID(str(photo)): accounts for photo in call.photos}
