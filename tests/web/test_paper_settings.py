"""文书设置: what an office sets for its sheets; what was issued keeps what it printed; no seal is ever drawn."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from inspect_app.casework import papers as casework
from inspect_app.hazards.locking import lock
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.papers.models import Paper
from inspect_app.papers.settings import PaperSetting
from inspect_app.people.acts import AdministratorAct
from inspect_app.people.models import Organisation, OrganisationSignatory
from tests.database.paperwork import ADDRESS
from tests.support import District, found, handed_over

ClientOf = Callable[[str], FlaskClient]


def _office(district: District, login: str = "du1") -> Organisation:
    return db.session.get_one(Organisation, district.scope(login).organisation_id)


def _page(district: District, login: str = "du1") -> str:
    return f"/admin/organisations/{_office(district, login).id}/papers"


def _urged(district: District) -> Paper:
    hazard = handed_over(district, found(district))
    day = (clock.today() + timedelta(days=5)).isoformat()
    typed = {"matter": "请抓紧办。", "answer_by": day, "signed_off_by": "李敏", "copies": ""}
    paper = casework.issue_for_hazard(
        "urging", lock(hazard.id), district.scope("du1"), district.actor("du1"), address=ADDRESS, typed=typed
    )  # fmt: skip
    db.session.commit()
    return paper


def test_what_is_set_holds_for_what_is_issued_from_now_on(district: District, client_of: ClientOf) -> None:
    before, admin = _urged(district), client_of("guanli1")
    kept = (before.number, dict(before.content), before.content_sha256)
    head = admin.post(f"{_page(district)}/head", data={"letterhead": "青江区人大常委会文件", "seal_place": "yes"})
    kinds = admin.post(f"{_page(district)}/kinds", data={"letter-urging": "催督", "letter-handover": ""})
    assert (head.status_code, kinds.status_code) == (303, 303)
    shown = admin.get(_page(district)).text
    assert "青江区人大常委会文件" in shown
    assert 'value="催督"' in shown
    after = _urged(district)
    office = _office(district)
    assert after.number == f"{office.letter_code}催督〔{after.year}〕2号", "the numbers go on counting"
    assert (after.content["letterhead"], after.content["seal_place"]) == ("青江区人大常委会文件", True)
    assert after.content["issuer"] == office.name, "who issues it stays who issues it"
    db.session.refresh(before)
    assert (before.number, dict(before.content), before.content_sha256) == kept
    assert "letterhead" not in before.content
    said = [act.changes for act in db.session.scalars(select(AdministratorAct))]
    assert {"letterhead": [None, "青江区人大常委会文件"], "seal_place": ["否", "是"]} in said
    assert any(one.get("name") == [None, "催办函"] and one.get("letter") == [None, "催督"] for one in said)


@pytest.mark.parametrize(
    ("what", "typed", "words"),
    [
        ("head", {"letterhead": "长" * 23}, "最多写 22 个字"),
        ("kinds", {"letter-urging": "转"}, "文号会重"),
        ("kinds", {"letter-urging": "督督督督督"}, "最多写 4 个字"),
        ("kinds", {"letter-urging": "<b>"}, "代字只用汉字"),
        ("kinds", {"letter-urging": "同", "letter-handover": "同"}, "文号会重"),
    ],
)
def test_what_would_not_fit_or_would_give_a_number_twice_is_refused(
    district: District, client_of: ClientOf, what: str, typed: dict[str, str], words: str
) -> None:
    answer = client_of("guanli1").post(f"{_page(district)}/{what}", data=typed)
    assert answer.status_code == 422
    assert words in answer.text
    assert db.session.scalars(select(PaperSetting)).all() == []
    assert _office(district).letterhead == ""


def test_a_letter_under_which_papers_are_out_is_not_given_to_another_kind(
    district: District, client_of: ClientOf
) -> None:
    _urged(district)
    admin = client_of("guanli1")
    assert admin.post(f"{_page(district)}/kinds", data={"letter-urging": "督"}).status_code == 303
    answer = admin.post(f"{_page(district)}/kinds", data={"letter-urging": "督", "letter-handover": "催"})
    assert (answer.status_code, "文号会重" in answer.text) == (422, True)
    assert admin.post(f"{_page(district)}/kinds", data={"letter-urging": ""}).status_code == 303, "its own again"


def test_signatories_are_people_of_the_office_and_end_with_a_day(district: District, client_of: ClientOf) -> None:
    admin, address = client_of("guanli1"), f"/admin/organisations/{_office(district).id}/signatories"
    typed = {"duty": "主任", "since": clock.today().isoformat()}
    for stranger in ("xiaofang1", "daibiao1", "guanli1"):
        refused = admin.post(address, data=typed | {"person_id": str(district.cast.persons[stranger])})
        assert refused.status_code == 422, stranger
    assert admin.post(address, data=typed | {"person_id": "x"}).status_code == 422
    person = {"person_id": str(district.cast.persons["du2"])}
    assert admin.post(address, data=typed | person).status_code == 303
    assert "已经是签发人了" in admin.post(address, data=typed | person).text
    row = db.session.scalars(select(OrganisationSignatory)).one()
    assert f"{district.scope('du2').person_name}（主任）" in admin.get(_page(district)).text
    early = {"until": (clock.today() - timedelta(days=9)).isoformat()}
    assert admin.post(f"/admin/signatories/{row.id}/end", data=early).status_code == 422
    assert admin.post(f"/admin/signatories/{row.id}/end", data={"until": clock.today().isoformat()}).status_code == 303


def test_the_faces_that_were_found_are_told_and_no_picture_of_a_seal_is_taken(
    district: District, client_of: ClientOf
) -> None:
    shown = client_of("guanli1").get(_page(district)).text
    assert "FONT_DIR" in shown
    assert "仿宋（正文）：" in shown
    assert 'type="file"' not in shown
    assert "系统不画章" in shown
    assert "复议机关" not in shown, "the congress side prints no remedies"
    assert "复议机关" in client_of("guanli1").get(_page(district, "xiaofang1")).text
