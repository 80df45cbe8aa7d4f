"""签发 by a second account: drafted, looked at, signed off or given back; never by whoever drafted it; nothing of it twice."""

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from inspect_app.casework import papers as casework
from inspect_app.casework import signing_off
from inspect_app.hazards.actions import handing
from inspect_app.hazards.locking import lock
from inspect_app.hazards.models import Hazard
from inspect_app.jobs import sweeps
from inspect_app.kernel import clock
from inspect_app.kernel.database import db, writing
from inspect_app.kernel.errors import Faults, NotAllowed, Refused
from inspect_app.kernel.ids import new_id
from inspect_app.messages.models import Message
from inspect_app.papers import settings
from inspect_app.papers.drafts import PaperDraft
from inspect_app.papers.models import Paper, PaperSeries
from inspect_app.papers.proofs import PaperProof
from inspect_app.people import signatories
from inspect_app.people.models import Organisation, RoleTerm
from inspect_app.people.rules import Scope
from tests.database.crowd import at_once
from tests.database.life import steps_of
from tests.database.paperwork import ADDRESS
from tests.support import District, found, handed_over, seed

ClientOf = Callable[[str], FlaskClient]


def _office(
    district: District, kinds: tuple[str, ...] = ("urging",), signers: tuple[str, ...] = ("du2",)
) -> Organisation:
    """The office of du1 with kinds that are signed off, and who signs them off."""
    office = db.session.get_one(Organisation, district.scope("du1").organisation_id)
    settings.set_kinds(office, {}, kinds)
    for login in signers:
        signatories.appoint_signatory(
            office, person_id=district.cast.persons[login], duty="主任", since=clock.today(), until=None, so_far=Faults()
        )  # fmt: skip
    return office


@pytest.fixture
def hazard(district: District) -> Hazard:
    """One with the street, of an office whose 催办函 du2 signs off."""
    row = handed_over(district, found(district))
    _office(district)
    db.session.commit()
    return row


def _urged(**said: object) -> dict[str, object]:
    day = (clock.today() + timedelta(days=5)).isoformat()
    return {"matter": "请抓紧办。", "answer_by": day, "copies": ""} | said


def _drafted(client: FlaskClient, hazard: Hazard, **said: object) -> PaperDraft:
    answer = client.post(
        f"/hazards/{hazard.id}/papers/urging/new", data=_urged(hazard=str(hazard.id), do="issue") | said
    )
    assert answer.status_code == 303, answer.text
    return db.session.get_one(PaperDraft, UUID(answer.location.rpartition("/")[2]))


def _at(draft: PaperDraft, what: str = "") -> str:
    return f"/papers/drafts/{draft.id}{what}"


def _papers() -> list[Paper]:
    return list(db.session.scalars(select(Paper)))


def test_from_the_draft_to_the_number(app: Flask, district: District, client_of: ClientOf, hazard: Hazard) -> None:
    drafter, signer = client_of("du1"), client_of("du2")
    assert "拟好送签" in drafter.get(f"/desk/hazards/{hazard.id}").text
    form = drafter.get(f"/hazards/{hazard.id}/papers/urging/new").text
    assert 'name="signed_off_by"' not in form, "nobody types who will sign"
    before = steps_of(hazard)
    draft = _drafted(drafter, hazard)
    assert (_papers(), steps_of(hazard), db.session.scalars(select(PaperSeries)).all()) == ([], before, [])
    assert "1 份文书等您签发" in signer.get("/desk/").text
    assert "待我签发 1 份" in signer.get("/papers").text
    assert _at(draft) in signer.get("/papers/drafts").text
    assert "等您签发" in signer.get("/messages").text
    assert "等您签发" not in drafter.get("/desk/").text
    assert sweeps.draw_proofs() == 1
    assert signer.get(_at(draft, "/file")).data.startswith(b"%PDF")
    assert "看过样张，签发" in signer.get(_at(draft)).text
    assert "看过样张，签发" not in drafter.get(_at(draft)).text
    once = {"once": str(new_id())}
    for _ in range(2):
        assert signer.post(_at(draft, "/sign"), data=once).status_code == 303
    (paper,) = _papers()
    name = district.scope("du2").person_name
    assert paper.content["signed_off_by"] == f"{name}（主任）"
    assert paper.made_by_person_id == district.scope("du1").person_id
    assert steps_of(hazard) == [*before, "issue_paper", "urge"]
    db.session.refresh(draft)
    assert (draft.state, draft.paper_id, draft.decided_by_person_id) == (
        "issued", paper.id, district.cast.persons["du2"],
    )  # fmt: skip
    assert paper.number in drafter.get(_at(draft)).text
    assert paper.number in drafter.get("/messages").text
    assert "等您签发" not in signer.get("/desk/").text


def test_a_proof_of_the_form_needs_nobody_who_signs(district: District, client_of: ClientOf, hazard: Hazard) -> None:
    drafter = client_of("du1")
    answer = drafter.post(
        f"/hazards/{hazard.id}/papers/urging/new", data=_urged(hazard=str(hazard.id), do="prove")
    )  # fmt: skip
    shown = drafter.get(answer.location).text
    assert "送去签发" in shown
    sent = drafter.post(f"{answer.location}/issue")
    assert "/papers/drafts/" in sent.location
    assert _papers() == []


def test_nobody_signs_what_they_drafted_and_no_stranger_does(
    district: District, client_of: ClientOf, hazard: Hazard
) -> None:
    _office(district, signers=("du1",))
    db.session.commit()
    drafter = client_of("du1")
    draft = _drafted(drafter, hazard)
    assert drafter.post(_at(draft, "/sign")).status_code == 403
    assert drafter.post(_at(draft, "/return"), data={"reason": "再想想"}).status_code == 403
    for login in ("du3", "jiedao1", "zheng1", "lingdao1", "shenji1"):
        stranger = client_of(login)
        assert stranger.get(_at(draft)).status_code == 404, login
        for what in ("/sign", "/return", "/withdraw", "/proof"):
            assert stranger.post(_at(draft, what), data={"reason": "x"}).status_code == 404, login
        assert stranger.get(_at(draft, "/file")).status_code == 404, login
    assert client_of("du2").post(_at(draft, "/withdraw")).status_code == 403
    with pytest.raises(Refused, match="须经签发"):
        casework.issue_for_hazard(
            "urging", lock(hazard.id), district.scope("du1"), district.actor("du1"), address=ADDRESS,
            typed={name: str(value) for name, value in _urged(signed_off_by="自己写的").items()},
        )  # fmt: skip
    assert (
        client_of("du1").post(f"/hazards/{hazard.id}/papers/urging", data=_urged(signed_off_by="自己")).status_code
        == 422
    )
    assert _papers() == []


def test_given_back_with_a_reason_it_is_drafted_anew(district: District, client_of: ClientOf, hazard: Hazard) -> None:
    drafter, signer = client_of("du1"), client_of("du2")
    draft = _drafted(drafter, hazard, matter="快点办。")
    assert signer.post(_at(draft, "/return"), data={"reason": " "}).status_code == 422
    assert signer.post(_at(draft, "/return"), data={"reason": "语气再缓和些"}).status_code == 303
    shown = drafter.get(_at(draft)).text
    assert "语气再缓和些" in shown
    assert "语气再缓和些" in drafter.get("/messages").text
    again = re.search(r'href="([^"]+draft=[^"]+)"', shown)
    assert again is not None
    assert "快点办。" in drafter.get(again[1].replace("&amp;", "&")).text, "nothing typed is lost"
    assert signer.post(_at(draft, "/sign")).status_code == 422
    newer = _drafted(drafter, hazard, matter="请抓紧办理。")
    assert drafter.post(_at(newer, "/withdraw")).status_code == 303
    assert signer.post(_at(newer, "/sign")).status_code == 422
    assert "待我签发 " not in signer.get("/papers").text
    assert _papers() == []


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("taken back", "还没有承办单位"),
        ("reassigned", "拟好以后情况变了：主送"),
        ("corrected", "拟好以后情况变了"),
        ("late", "不能早于今天"),
        ("gone", "已经不在那个职务上了"),
    ],
)
def test_what_changed_meanwhile_is_refused_with_the_reason_and_writes_nothing(
    district: District, client_of: ClientOf, hazard: Hazard, what: str, words: str
) -> None:
    draft = _drafted(client_of("du1"), hazard)
    signer = district.scope("du2")
    if what == "taken back":
        db.session.execute(update(Hazard).where(Hazard.id == hazard.id).values(state="found", handler_id=None))
    elif what == "reassigned":
        db.session.execute(
            update(Hazard).where(Hazard.id == hazard.id).values(handler_id=district.cast.offices["fire"])
        )
    elif what == "corrected":
        db.session.execute(update(Hazard).where(Hazard.id == hazard.id).values(title="另外一件事"))
    elif what == "gone":
        term = district.scope("du1").term_id
        db.session.execute(update(RoleTerm).where(RoleTerm.id == term).values(until=clock.today() - timedelta(days=1)))
    db.session.commit()
    db.session.expire_all()
    at = clock.now() + timedelta(days=30 if what == "late" else 0)
    with clock.stopped_at(at), pytest.raises(Refused, match=words):
        signing_off.sign_off(db.session.get_one(PaperDraft, draft.id), signer, address=ADDRESS)
    db.session.rollback()
    assert (_papers(), db.session.get_one(PaperDraft, draft.id).state) == ([], "waiting")


def test_how_long_it_waits_may_change_until_it_is_signed(
    district: District, client_of: ClientOf, hazard: Hazard
) -> None:
    draft = _drafted(client_of("du1"), hazard, answer_by=(clock.today() + timedelta(days=60)).isoformat())
    handing.accept(lock(hazard.id), district.actor("jiedao1"))
    db.session.commit()
    with clock.stopped_at(clock.now() + timedelta(days=20)):
        signing_off.sign_off(db.session.get_one(PaperDraft, draft.id), district.scope("du2"), address=ADDRESS)
    (paper,) = _papers()
    assert "整改期限已过" in paper.content["lines"][0]["waits"], "as it is on the day it is signed off"


def test_with_no_other_signatory_nothing_can_be_handed_in(
    district: District, client_of: ClientOf, hazard: Hazard
) -> None:
    db.session.execute(update(signatories.OrganisationSignatory).values(person_id=district.cast.persons["du1"]))
    db.session.commit()
    answer = client_of("du1").post(
        f"/hazards/{hazard.id}/papers/urging/new", data=_urged(hazard=str(hazard.id), do="issue")
    )
    assert answer.status_code == 422
    assert "还没有别的签发人" in answer.text


def test_the_proof_of_a_draft_is_made_again_from_what_was_frozen(
    district: District, client_of: ClientOf, hazard: Hazard
) -> None:
    draft, signer = _drafted(client_of("du1"), hazard), client_of("du2")
    db.session.delete(db.session.get_one(PaperProof, draft.proof_id))
    db.session.commit()
    assert "样张只留一天" in signer.get(_at(draft)).text
    assert signer.get(_at(draft, "/file")).status_code == 404
    assert signer.post(_at(draft, "/proof")).status_code == 303
    db.session.refresh(draft)
    proof = db.session.get_one(PaperProof, draft.proof_id)
    assert proof.content == draft.content
    assert "正在做样张" in signer.get(_at(draft)).text


def test_of_two_who_sign_at_once_one_does(own_database: Flask) -> None:
    district = seed()
    hazard = handed_over(district, found(district))
    _office(district, signers=("du2", "lingdao2"))
    draft_id = signing_off.hand_in(
        "urging", [lock(hazard.id)], district.scope("du1"), district.actor("du1"), address=ADDRESS,
        typed={name: str(value) for name, value in _urged().items()},
    ).id  # fmt: skip
    db.session.commit()
    signers = [district.scope("du2"), district.scope("lingdao2")]

    def sign(signer: Scope) -> bool:
        with own_database.app_context():
            try:
                with writing():
                    signing_off.sign_off(db.session.get_one(PaperDraft, draft_id), signer, address=ADDRESS)
            except (Refused, NotAllowed):
                return False
            return True

    assert sorted(at_once(own_database, [lambda one=one: sign(one) for one in signers])) == [False, True]
    assert [paper.serial for paper in _papers()] == [1]
    assert db.session.scalars(select(Message).where(Message.subject_id == draft_id)).all()
