"""Two who answer one line of a paper at one moment, one form pressed twice at once, a code given anew meanwhile: one answer or
none, on both databases."""

import re
from collections.abc import Callable
from io import BytesIO
from uuid import UUID, uuid4

from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select

from inspect_app.hazards.events import Event
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.photos import HazardPhoto
from inspect_app.kernel.database import db, writing
from inspect_app.papers import codes
from inspect_app.papers.holders import PaperAnswer
from inspect_app.papers.models import Paper, PaperLine
from tests.database.conftest import Town
from tests.database.crowd import Phone, answer, at_once, new_place, started

ROUNDS = 4


def _tip(town: Town) -> tuple[UUID, str, str]:
    """Id, mark and code of the paper of a visit with two findings."""
    phone, place = Phone(town.app, "daibiao1"), new_place(town.district)
    visit = started(phone, place, town.district)
    phone.send([answer(phone, visit, "F-EXIT-01"), answer(phone, visit, "F-EXIT-02")])
    phone.send([phone.says("visit.submit", {"visit": visit})])
    row = db.session.execute(select(Paper.id, Paper.mark, Paper.code).where(Paper.premises_id == place)).one()
    db.session.remove()
    return row.id, row.mark, row.code


def _holder(town: Town, mark: str, code: str) -> FlaskClient:
    client = town.app.test_client()
    client.get(f"/z/{mark}")
    assert client.post(f"/z/{mark}", data={"code": code}).status_code == 303
    return client


def _form(client: FlaskClient, mark: str, more: str) -> dict[str, str]:
    return dict(re.findall(r'name="(token|once)" value="([^"]+)"', client.get(f"/z/{mark}{more}").text))


def _picture() -> BytesIO:
    out = BytesIO()
    Image.frombytes("RGB", (8, 8), (uuid4().bytes * 12)).save(out, "JPEG")
    return BytesIO(out.getvalue())


def _sends(client: FlaskClient, mark: str, typed: dict[str, str]) -> Callable[[], int]:
    data = typed | {"photos": (_picture(), "a.jpg")}
    return lambda: client.post(f"/z/{mark}/1", data=data).status_code


def _of_first_line(paper: UUID) -> tuple[str, int, int, int]:
    """State of the first line, how often it was reported, how many answers and after-photos there are."""
    hazard = db.session.scalars(
        select(Hazard)
        .join(PaperLine, PaperLine.hazard_id == Hazard.id)
        .where(PaperLine.paper_id == paper, PaperLine.position == 1)
    ).one()
    counts = [
        db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0
        for model, where in (
            (Event, (Event.hazard_id == hazard.id, Event.step == "submit")),
            (PaperAnswer, (PaperAnswer.paper_id == paper,)),
            (HazardPhoto, (HazardPhoto.hazard_id == hazard.id, HazardPhoto.slot == "after")),
        )
    ]
    return (hazard.state, counts[0], counts[1], counts[2])


def test_two_phones_that_answer_one_line_at_once_are_one_answer(town: Town) -> None:
    for _ in range(ROUNDS):
        paper, mark, code = _tip(town)
        two = [_holder(town, mark, code) for _ in range(2)]
        said = at_once(town.app, [_sends(one, mark, _form(one, mark, "/1")) for one in two])
        assert sorted(said) == [303, 422]
        assert _of_first_line(paper) == ("awaiting_verification", 1, 1, 1)


def test_one_form_pressed_twice_at_once_is_one_answer(town: Town) -> None:
    for _ in range(ROUNDS):
        paper, mark, code = _tip(town)
        client = _holder(town, mark, code)
        typed, data = _form(client, mark, "/1"), _picture().getvalue()
        cookie = client.get_cookie("holder", path=f"/z/{mark}")
        assert cookie is not None

        def press(
            typed: dict[str, str] = typed, value: str = cookie.value, mark: str = mark, data: bytes = data
        ) -> int:
            other = town.app.test_client()
            other.set_cookie("holder", value, path=f"/z/{mark}")
            return other.post(f"/z/{mark}/1", data=typed | {"photos": (BytesIO(data), "a.jpg")}).status_code

        assert at_once(town.app, [press, press]) == [303, 303]
        assert _of_first_line(paper) == ("awaiting_verification", 1, 1, 1)


def test_an_answer_beside_the_desks_own_step_is_taken_or_said_to_be_too_late(town: Town) -> None:
    """交办 and the answer want the same hazard: whichever comes second finds what the first has done."""
    for _ in range(ROUNDS):
        paper, mark, code = _tip(town)
        client = _holder(town, mark, code)
        with town.app.app_context():
            hazard = db.session.scalars(
                select(PaperLine.hazard_id).where(PaperLine.paper_id == paper, PaperLine.position == 1)
            ).one()
            version = db.session.get_one(Hazard, hazard).version
            db.session.remove()
        desk = Phone(town.app, "du1").client()
        over = {
            "version": str(version), "handler_id": str(town.district.cast.offices["street"]), "no_paper": "清单",
            "reply_days": "5", "mending_days": "7", "mending_on": "",
        }  # fmt: skip
        said = at_once(
            town.app,
            [
                _sends(client, mark, _form(client, mark, "/1")),
                lambda desk=desk, hazard=hazard, over=over: (
                    desk.post(f"/desk/hazards/{hazard}/steps/hand_over", data=over).status_code
                ),
            ],
        )
        assert said[0] == 303, "the answer is taken before the hand-over and after it"
        assert _of_first_line(paper) == ("awaiting_verification", 1, 1, 1)


def test_a_code_given_anew_ends_what_was_begun_under_the_old_one(town: Town) -> None:
    paper, mark, code = _tip(town)
    client = _holder(town, mark, code)
    typed = _form(client, mark, "/1")
    with writing():
        codes.give_anew(db.session.get_one(Paper, paper), town.district.scope("du1"), reason="被拍走了")
    db.session.remove()
    assert _sends(client, mark, typed)() == 303, "back to where the code is typed"
    assert _of_first_line(paper) == ("found", 0, 0, 0)
