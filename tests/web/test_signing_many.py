"""Many papers drafted from a list and signed off together: one message, each by its own rules, each named that could not be."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from inspect_app.casework import signing_many
from inspect_app.hazards.models import Hazard
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Faults
from inspect_app.messages.models import Message
from inspect_app.papers import settings
from inspect_app.papers.drafts import DraftState, PaperDraft
from inspect_app.papers.models import Paper
from inspect_app.people import signatories
from inspect_app.people.models import Organisation
from tests.support import District, found, handed_over

ClientOf = Callable[[str], FlaskClient]
ISSUE = "/desk/hazards/issue?tab=all&kind=urging"


@pytest.fixture
def hazards(district: District) -> list[Hazard]:
    """Three at three places, with the street, of an office whose 催办函 du2 signs off."""
    rows = [handed_over(district, found(district, place=place)) for place in range(3)]
    office = db.session.get_one(Organisation, district.scope("du1").organisation_id)
    settings.set_kinds(office, {}, ("urging",))
    signatories.appoint_signatory(
        office, person_id=district.cast.persons["du2"], duty="主任", since=clock.today(), until=None, so_far=Faults()
    )
    db.session.commit()
    return rows


def _given(**said: object) -> dict[str, object]:
    day = (clock.today() + timedelta(days=5)).isoformat()
    return {"matter": "请抓紧办。", "answer_by": day, "copies": ""} | said


def _drafted(client: FlaskClient) -> list[PaperDraft]:
    looked = client.post(ISSUE, data=_given(do="look"))
    assert looked.status_code == 200
    keys = re.findall(r'name="take" value="([0-9a-f]{64})"', looked.text)
    answer = client.post(ISSUE, data=_given(do="issue", take=keys))
    assert (answer.status_code, answer.location) == (303, "/papers/drafts"), answer.text
    db.session.expire_all()
    return list(db.session.scalars(select(PaperDraft).order_by(PaperDraft.made_at, PaperDraft.id)))


def _papers() -> int:
    return db.session.scalar(select(func.count()).select_from(Paper)) or 0


def test_a_kind_that_is_signed_off_is_drafted_for_many_and_waits(
    app: Flask, hazards: list[Hazard], client_of: ClientOf
) -> None:
    drafter = client_of("du1")
    form = drafter.get(ISSUE).text
    assert 'name="signed_off_by"' not in form, "nobody types who will sign"
    shown = drafter.post(ISSUE, data=_given(do="look")).text
    assert "能出 3 份" in shown
    assert "送选中的去签发" in shown
    nothing = drafter.post(ISSUE, data=_given(do="issue"))
    assert (nothing.status_code, "请至少选一份" in nothing.text) == (422, True)
    drafts = _drafted(drafter)
    assert [row.state for row in drafts] == [DraftState.WAITING] * 3
    assert _papers() == 0, "no number before it is signed off"
    assert "3 份送去签发了" in drafter.get("/papers/drafts").text
    told = list(db.session.scalars(select(Message.text).where(Message.subject_kind == signing_many.ABOUT_MANY)))
    assert told == ["林静拟了 3 份催办函，等您签发。"], "one message for all of them"
    signer = client_of("du2")
    assert "3 份文书等您签发" in signer.get("/desk/").text
    assert re.search(r'href="/papers/drafts"[^>]*>[^<]*林静拟了 3 份', signer.get("/messages").text)


def test_those_that_were_ticked_are_signed_off_and_each_that_was_not_is_named(
    app: Flask, hazards: list[Hazard], client_of: ClientOf, district: District
) -> None:
    drafts, signer = _drafted(client_of("du1")), client_of("du2")
    ids = [str(row.id) for row in drafts]
    none = signer.post("/papers/drafts")
    assert (none.status_code, "还没有勾选" in none.text) == (422, True)
    own = client_of("du1").post("/papers/drafts", data={"pick": ids})
    assert (own.status_code, _papers()) == (422, 0), "never by whoever drafted them"
    assert client_of("jiedao1").post("/papers/drafts", data={"pick": ids}).status_code == 303
    assert _papers() == 0, "another office's are not found"
    changed = db.session.get_one(Hazard, hazards[1].id)
    changed.title = "另一个名字"
    db.session.commit()
    answer = signer.post("/papers/drafts", data={"pick": ids})
    assert answer.status_code == 422
    assert "签发了 2 份" in answer.text
    assert "1 份没有签发" in answer.text
    assert re.search(r"<li>催办函，[^：]+：拟好以后情况变了", answer.text)
    assert re.search(rf'value="{ids[1]}" checked', answer.text), "what was not signed off stays ticked"
    db.session.expire_all()
    assert [row.state for row in drafts] == [DraftState.ISSUED, DraftState.WAITING, DraftState.ISSUED]
    numbers = list(db.session.scalars(select(Paper.serial).order_by(Paper.serial)))
    assert numbers == [1, 2], "what was refused took no number"
    again = signer.post("/papers/drafts", data={"pick": ids[:1]})
    assert (again.status_code, "已经有人办过了" in again.text, _papers()) == (422, True, 2)


def test_more_than_one_request_may_carry_are_refused_whole(
    app: Flask, hazards: list[Hazard], client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing_many, "MOST_DRAFTS", 2)
    drafter = client_of("du1")
    keys = re.findall(r'name="take" value="([0-9a-f]{64})"', drafter.post(ISSUE, data=_given(do="look")).text)
    many = drafter.post(ISSUE, data=_given(do="issue", take=keys))
    assert (many.status_code, "一次最多送签 2 份" in many.text) == (422, True)
    assert db.session.scalar(select(func.count()).select_from(PaperDraft)) == 0
