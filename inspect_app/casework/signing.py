"""The text under the signatures of a visit: kept as it was shown, under the very hash that the signatures name."""

from inspect_app.evidence import actions as evidence
from inspect_app.evidence.storage import Storage
from inspect_app.visits import queries
from inspect_app.visits.models import Visit
from inspect_app.visits.rules import check_signed_text

from .holding import HeldRows


def keep_signed_text(storage: Storage, visit: Visit, words: str, sha256: str, held: HeldRows) -> str:
    """Store the summary that was shown for signing; returns its hash, empty where nothing was shown.

    The store names bytes by their SHA-256, so whoever has a signature's hash has the address of its text.
    Raises Refused where text, hash and the drawn signatures do not belong together.
    """
    drawn = () if held.unsigned(visit) else queries.drawn_over(visit.id)
    own = check_signed_text(words, sha256, drawn)
    return evidence.keep(storage, words.encode(), "text/plain") if own else ""
