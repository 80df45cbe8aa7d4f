"""Who may make which paper, and of what: a form that was never offered opens no more than its button would."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from inspect_app.hazards.models import Hazard
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.papers.models import Paper
from tests.papers.rows import handover
from tests.support import District, accepted, determined, found, handed_over, rows_in, typed_order

ClientOf = Callable[[str], FlaskClient]
_SOON = (clock.today() + timedelta(days=20)).isoformat()
_MEASURES = dict.fromkeys(("duty", "measures", "money", "time", "plan"), "有") | {"signed_off_by": "丁峰"}


def _post(client: FlaskClient, hazard: Hazard, kind: str, typed: dict[str, str]) -> tuple[int, str]:
    answer = client.post(f"/hazards/{hazard.id}/papers/{kind}", data=typed)
    return answer.status_code, answer.text


def test_a_letter_of_handing_over_is_the_desks_and_names_an_office_of_the_list(
    district: District, client_of: ClientOf
) -> None:
    hazard = found(district)
    db.session.commit()
    desk, whole = client_of("du1"), handover.typed(district)
    for wrong, words in (
        ({"handler_id": str(uuid4())}, "请从名单里选承办单位"),
        ({"handler_id": str(district.cast.offices["street_congress"])}, "请从名单里选承办单位"),
        ({"reply_on": "昨天"}, "请重新选"),
        ({"reply_on": (clock.today() - timedelta(days=1)).isoformat()}, "答复的日子"),
        ({"signed_off_by": " "}, "签发人"),
        ({"due_on": ""}, "建议完成时间"),
    ):
        status, text = _post(desk, hazard, "handover", whole | wrong)
        assert (status, words in text) == (422, True), wrong
    assert (rows_in(Paper), db.session.get_one(Hazard, hazard.id).state) == (0, "found"), "nothing half-written"
    assert _post(desk, hazard, "handover", whole)[0] == 303
    assert _post(desk, hazard, "handover", whole)[0] in (409, 422), "it is handed over already"
    assert _post(client_of("jiedao1"), hazard, "handover", whole)[0] == 403
    assert rows_in(Paper) == 1


def test_a_street_hands_over_in_its_own_words(district: District, client_of: ClientOf) -> None:
    hazard = found(district)
    db.session.commit()
    assert _post(client_of("zheng1"), hazard, "handover", handover.typed(district, "fire"))[0] == 303
    paper = db.session.scalars(select(Paper)).one()
    assert (paper.title, paper.number[:3]) == ("交办函", "柳街转")


def test_a_second_look_is_taken_by_whose_order_stands_after_it(district: District, client_of: ClientOf) -> None:
    hazard = accepted(district, handed_over(district, found(district), "fire"), "xiaofang1")
    typed = typed_order(district)
    looked = {
        "inspected_on": clock.today().isoformat(), "inspected_at": "店里", "record": "复1", "result": "yes", "remark": "改好了",
        "officer_1": typed["officer_1"], "officer_2": typed["officer_2"],
    }  # fmt: skip
    db.session.commit()
    officer = client_of("xiaofang1")
    status, text = _post(officer, hazard, "reinspection", looked)
    assert (status, "没有下过正式文书" in text) == (422, True)
    assert _post(officer, hazard, "notice", typed)[0] == 303
    assert _post(client_of("zheng1"), hazard, "reinspection", looked)[0] == 403, "another office's order"
    assert _post(client_of("du1"), hazard, "reinspection", looked)[0] == 403, (
        "the congress side looks at nothing by law"
    )
    for wrong in ({"officer_2": typed["officer_1"]}, {"result": "maybe"}, {"inspected_on": _SOON}, {"record": ""}):
        assert _post(officer, hazard, "reinspection", looked | wrong)[0] == 422, wrong
    assert _post(officer, hazard, "reinspection", looked)[0] == 303
    assert db.session.get_one(Hazard, hazard.id).reinspected_on == clock.today()


def test_only_what_is_determined_as_major_is_listed_by_who_holds_the_power(
    app: Flask, district: District, client_of: ClientOf
) -> None:
    hazard = found(district, major=True)
    db.session.commit()
    authority = client_of("yingji1")
    status, text = _post(authority, hazard, "listing", _MEASURES)
    assert (status, "要先由主管部门认定为重大" in text) == (422, True)
    determined(district, hazard, app.extensions["storage"])
    db.session.commit()
    assert _post(client_of("zheng1"), hazard, "listing", _MEASURES)[0] == 403
    assert _post(client_of("du1"), hazard, "listing", _MEASURES)[0] == 403, (
        "the congress side records, it lists nothing"
    )
    assert _post(authority, hazard, "listing", _MEASURES | {"plan": ""})[0] == 422
    assert _post(authority, hazard, "listing", _MEASURES)[0] == 303


def test_a_suspicion_is_referred_to_an_authority_of_its_field_and_called_no_more_than_that(
    district: District, client_of: ClientOf
) -> None:
    hazard = found(district, major=True)
    db.session.commit()
    desk, typed = client_of("du1"), {"reason": "只有一个出口", "signed_off_by": "任志远"}
    for office in ("gas", "street"):
        wrong = typed | {"authority_id": str(district.cast.offices[office])}
        assert _post(desk, hazard, "determination", wrong)[0] == 422, office
    assert _post(desk, hazard, "determination", typed | {"authority_id": str(district.cast.offices["fire"])})[0] == 303
    paper = db.session.scalars(select(Paper)).one()
    assert [line["grade"] for line in paper.content["lines"]] == ["疑似重大"]


def test_who_set_the_date_itself_asks_nobody_and_who_asked_does_not_answer(
    district: District, client_of: ClientOf
) -> None:
    hazard = accepted(district, handed_over(district, found(district)))
    db.session.commit()
    officer = client_of("jiedao1")
    asked = {"until": _SOON, "reason": "配件", "interim": "断电", "signed_off_by": "彭雪"}
    status, text = _post(officer, hazard, "extension", asked)
    assert (status, "不是别的单位定的" in text) == (422, True)
    answer = {"answer": "yes", "signed_off_by": "彭雪"}
    assert _post(officer, hazard, "extensionreply", answer)[0] == 422, "nobody has asked"
    assert _post(client_of("xiaofang1"), hazard, "extensionreply", answer)[0] in (403, 404)


@pytest.mark.parametrize("paper", ["", "x", "01a22d7b-e0c4-73b8-b1d2-9abcd70491bc"])
def test_a_certificate_is_of_a_paper_of_ones_own(district: District, client_of: ClientOf, paper: str) -> None:
    hazard = found(district)
    db.session.commit()
    assert _post(client_of("du1"), hazard, "receipt", {"paper": paper})[0] == 422
    assert rows_in(Paper) == 0


def test_a_page_shows_two_papers_openly_and_the_others_behind_one_line(district: District, client_of: ClientOf) -> None:
    hazard = found(district, major=True)
    db.session.commit()
    handed = accepted(district, handed_over(district, found(district, place=1)))
    db.session.commit()
    desk = client_of("du1")
    shown = desk.get(f"/desk/hazards/{hazard.id}").text
    assert all(f"/papers/{kind}" in shown for kind in ("handover", "determination"))
    assert "更多文书" not in shown, "nothing else makes sense now"
    assert not [kind for kind in ("urging", "listing", "lookback", "receipt", "notice") if f"/papers/{kind}" in shown]
    openly, fold, behind = desk.get(f"/desk/hazards/{handed.id}").text.partition("更多文书")
    assert fold
    assert "/papers/urging" in behind, "its date is ahead"
    assert "/papers/urging" not in openly
