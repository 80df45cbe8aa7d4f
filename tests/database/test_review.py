"""What stands and no longer holds is listed for the desk once; nothing that was recorded is changed."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from inspect_app.casework import delivering, review
from inspect_app.hazards.actions import serving
from inspect_app.hazards.clocks import ClockKind
from inspect_app.hazards.events import Event
from inspect_app.hazards.locking import lock
from inspect_app.hazards.log import fault_in, links
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.standing import newest_clock
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.messages.models import Message
from inspect_app.papers import actions, samples
from inspect_app.papers.actions import Draft, DraftLine
from inspect_app.papers.models import Paper, Service
from tests.support import District, accepted, rows_in

from .life import days_later, handed_over_in_days


def _as_before(district: District, kind: str = "tip", **said: Any) -> tuple[Hazard, Service]:
    """A paper of a hazard with a service as it was recorded before the result was asked."""
    hazard = accepted(district, handed_over_in_days(district, office="fire"), "xiaofang1")
    content = {
        key: value for key, value in samples.sample(kind).items() if key not in ("number", "code", "mark", "address")
    }
    office = district.cast.offices["fire" if kind == "notice" else "street_congress"]
    draft = Draft(kind, office, hazard.premises_id, content, [DraftLine(hazard.id, clock.today())])
    paper = actions.freeze(draft, powers=frozenset({"order_notice"}), made_by=None, address="http://x")
    row = Service(
        **{"paper_id": paper.id, "way": "in_person", "served_at": clock.now(), "recorded_at": clock.now()} | said
    )
    db.session.add(row)
    db.session.flush()
    serving.serve(
        lock(hazard.id), district.actor("du1"), paper_id=paper.id, way=row.way, served_at=row.served_at, received=False
    )
    return hazard, row


NO_SERVICE: list[tuple[str, dict[str, Any]]] = [
    ("tip", {"no_receipt_reason": "不在场"}),
    ("tip", {"way": "left", "no_receipt_reason": "拒签"}),
    ("notice", {"no_receipt_reason": "拒签"}),
]
SERVICE: list[tuple[str, dict[str, Any]]] = [
    ("tip", {"received_by": "店长"}),
    ("notice", {"way": "left", "no_receipt_reason": "拒签"}),
]


@pytest.mark.parametrize(("kind", "said"), NO_SERVICE)
def test_what_was_recorded_as_a_service_of_nobody_is_listed(
    app: Flask, district: District, kind: str, said: dict[str, Any]
) -> None:
    hazard, _ = _as_before(district, kind, **said)
    assert [(one.number, "更正送达" in one.remedy) for one in review.served_nobody()] == [(hazard.number, True)]


@pytest.mark.parametrize(("kind", "said"), SERVICE)
def test_what_holds_is_not_listed(app: Flask, district: District, kind: str, said: dict[str, Any]) -> None:
    _as_before(district, kind, **said)
    assert list(review.served_nobody()) == []


def test_the_desk_is_told_once_and_nothing_is_changed(app: Flask, district: District) -> None:
    hazard, _ = _as_before(district, no_receipt_reason="不在场")
    db.session.commit()
    before = (rows_in(Event), hazard.version, hazard.served_at)
    number, ident = hazard.number, hazard.id
    for _ in range(2):
        answer = app.test_cli_runner().invoke(args=["review", "past"])
        assert answer.exit_code == 0, answer.output
        assert number in answer.output
        assert "1 处不再成立" in answer.output
    told = db.session.scalars(select(Message).where(Message.subject_kind == "review")).all()
    assert [(row.to_organisation_id, number in row.text) for row in told] == [
        (district.cast.offices["street_congress"], True)
    ]
    hazard = db.session.get_one(Hazard, ident)
    assert (rows_in(Event), hazard.version, hazard.served_at) == before


def test_the_desk_corrects_what_was_listed_by_a_new_line(app: Flask, district: District) -> None:
    with days_later(0):
        hazard, row = _as_before(district, no_receipt_reason="不在场")
        stood, reason = hazard.mending_on, row.no_receipt_reason
    with days_later(3):
        paper = db.session.get_one(Paper, row.paper_id)
        delivering.correct(paper, row.id, district.scope("du1"), district.actor("du1"), reason="当时没有人在")
        standing = newest_clock(hazard, ClockKind.MENDING)
        assert standing is not None
        assert (standing.awaits_service, hazard.mending_on, hazard.served_at) == (True, stood, None)
        assert list(review.served_nobody()) == []
        assert fault_in(hazard, links(hazard.id)) is None
        assert (row.no_receipt_reason, row.result) == (reason, None), "what was recorded stays"
