"""Papers as the tests of the database make them: an order of the fire office, drawn without a page, and served."""

from datetime import datetime
from typing import Any

from flask import Flask

from inspect_app.casework import delivering
from inspect_app.casework import papers as casework
from inspect_app.evidence import actions as evidence
from inspect_app.hazards.locking import lock
from inspect_app.hazards.models import Hazard
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.papers import issuing
from inspect_app.papers.models import Paper
from inspect_app.papers.service import Delivery
from tests.support import District, accepted, found, handed_over, typed_order

ADDRESS = "http://127.0.0.1:8000"


def ordered(district: District, **typed: str) -> tuple[Hazard, Paper]:
    hazard = accepted(district, handed_over(district, found(district), "fire"), "xiaofang1")
    paper = casework.issue_for_hazard(
        "notice", lock(hazard.id), district.scope("xiaofang1"), district.actor("xiaofang1"), address=ADDRESS,
        typed=typed_order(district, **typed),
    )  # fmt: skip
    db.session.commit()
    return hazard, paper


def draw(app: Flask, *, fault: Exception | None = None) -> int:
    def render(kind: str, content: dict[str, object], at: datetime) -> bytes:
        if fault is not None:
            raise fault
        return f"%PDF-1.7 {content['number']}".encode()

    def store(data: bytes, kind: str) -> str:
        return evidence.keep(app.extensions["storage"], data, kind)

    return issuing.draw_waiting(render, store, app.extensions["keys"], app.extensions["numbers"])


def serve_paper(district: District, paper: Paper, **said: Any) -> None:
    words = {"way": "in_person", "served_at": clock.now(), "received_by": "店长"} | said
    delivering.serve(paper, district.scope("xiaofang1"), district.actor("xiaofang1"), Delivery(**words))
