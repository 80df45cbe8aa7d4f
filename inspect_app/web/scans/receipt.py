"""送达 in the same tap, where the sheet that came back shows a receipt: read from the form, recorded as any other."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from flask import current_app

from inspect_app.evidence.senders import Sender
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Refused
from inspect_app.papers import queries
from inspect_app.papers.kinds import KINDS
from inspect_app.papers.models import Paper
from inspect_app.papers.service import WAY_NAMES, Delivery
from inspect_app.premises.models import Premises

from ..access import scope
from ..fields import posted
from ..photos import keep_upload

# Ways of which a signed sheet is the evidence. One left unsigned is recorded on the hazard's page, with who saw it.
SHOWN_ON_A_SHEET = ("in_person", "post", "forwarded")


def ways(paper: Paper) -> list[tuple[str, str]]:
    """The ways in which a paper may have been served so that a signature stands on it, with their names; none of one that was
    served already."""
    if queries.served(paper.id) is not None:
        return []
    return [(way, WAY_NAMES[way]) for way in KINDS[paper.kind].ways if way in SHOWN_ON_A_SHEET]


def delivery(paper: Paper, copies: Sequence[str]) -> Delivery:
    """What was typed of a service; the straightened pages stand with it as its photos. Raises Refused naming the field."""
    if queries.served(paper.id) is not None:
        raise Refused(f"{paper.number} 已经送达过了，不用再记。只收下就行。")
    way = posted("way")
    if way not in dict(ways(paper)):
        raise Refused("请选怎么送达的。", field="way")
    return Delivery(
        way,
        _served_at(),
        received_by=posted("received_by"),
        witness=posted("witness") if way == "forwarded" else "",
        reference=posted("reference") if way == "post" else "",
        scans=tuple(_photo(paper, sha256) for sha256 in copies),
    )


def _photo(paper: Paper, sha256: str) -> UUID:
    data = current_app.extensions["storage"].whole(sha256)
    if data is None:
        raise Refused("扫描件的文件不在了，请告诉管理员。")
    return keep_upload(data, db.session.get_one(Premises, paper.premises_id), Sender(scope().account_id))


def _served_at() -> datetime:
    """The minute that was typed, in Shanghai. It is asked for: a sheet comes back long after it was signed."""
    try:
        return datetime.fromisoformat(posted("served_at")).replace(tzinfo=clock.SHANGHAI)
    except ValueError:
        raise Refused("请写签收的时间，看单子上写的几点几分。", field="served_at") from None
