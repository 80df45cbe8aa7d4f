"""Every step a signed-in person may take has its form, every page of a hazard opens, and what is typed reaches the action."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from inspect_app.hazards import queries, records
from inspect_app.hazards.actions import handing, mending, merging, settling
from inspect_app.hazards.locking import lock
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import TABLE, Step, Who
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.ids import new_id
from inspect_app.people.actions import create_account
from inspect_app.people.rules import Role
from inspect_app.web.hazard.steps.forms import FORMS
from inspect_app.web.hazard.steps.offered import CHOICES
from tests.support import District, accepted, found, handed_over, statements, submitted, to_be_verified, verified

Enter = Callable[[str], FlaskClient]
SIGNED_IN = {Who.DEPUTY, Who.CONGRESS_SUPERVISOR, Who.GOVERNMENT_SUPERVISOR, Who.HANDLER}
# Beside their paper, or part of another step: nobody presses a button for them.
WITHOUT_BUTTON = {
    Step.SERVE,
    Step.TELL,
    Step.MISS,
    Step.UNSERVE,
    Step.ISSUE_PAPER,
    Step.VOID_PAPER,
    Step.FILE_SCAN,
    Step.OBSERVE,
    Step.ABSORB,
    Step.RELEASE,
}
PLAIN = {"text", "area", "date", "day", "days", "photos"}


def test_every_step_a_signed_in_person_may_take_has_its_form() -> None:
    assert {row.step for row in TABLE if row.who & SIGNED_IN} - WITHOUT_BUTTON == set(FORMS)


def test_every_input_is_one_the_page_can_draw() -> None:
    kinds = {ask.kind for form in FORMS.values() for ask in form.asks}
    assert kinds <= PLAIN | set(CHOICES)


def _found(app: Flask, district: District) -> Hazard:
    return found(district, major=True)


def _declined(app: Flask, district: District) -> Hazard:
    hazard = handed_over(district, found(district))
    handing.decline(
        lock(hazard.id), district.actor("jiedao1"), competent_id=district.cast.offices["gas"], competent="",
        reason="归燃气",
    )  # fmt: skip
    return hazard


def _awaiting(app: Flask, district: District) -> Hazard:
    hazard = accepted(district, handed_over(district, found(district)))
    mending.look_back(lock(hazard.id), district.actor("daibiao4"), mended=True, photo_ids=(new_id(), new_id()))
    return hazard


def _awaiting_closure(app: Flask, district: District) -> Hazard:
    hazard = accepted(district, handed_over(district, found(district, major=True)))
    return verified(district, submitted(district, hazard, app.extensions["storage"]), "du2")


def _closed(app: Flask, district: District) -> Hazard:
    return verified(district, to_be_verified(district, app.extensions["storage"]), "du2")


def _merged(app: Flask, district: District) -> Hazard:
    hazard, target = found(district), found(district, item="F-EXIT-02")
    merging.ask_merge(lock(hazard.id), district.actor("du1"), target_id=target.id, reason="同一处")
    merging.merge(lock(hazard.id), district.actor("du2"))
    settling.ask(lock(hazard.id), district.actor("du1"), Step.ASK_RESTORE, reason="看错了")
    return hazard


STATES = {
    "found": (_found, "重大", {"hand_over", "correct", "ask_lower", "refer"}),
    "declined": (_declined, "退回", {"reassign", "urge"}),
    "photos missing": (_awaiting, "等待 0/2 张照片", {"give_up_photo", "appoint"}),
    "awaiting closure": (_awaiting_closure, "待销号", {"opinion", "return"}),
    "closed": (_closed, "已销号", {"reopen", "correct"}),
    "merged": (_merged, "跟着那一件走", {"take_back", "correct"}),
}


@pytest.mark.parametrize("state", STATES)
def test_the_page_of_a_hazard_opens_and_offers_its_steps(
    app: Flask, district: District, client_of: Enter, state: str
) -> None:
    make, words, offered = STATES[state]
    hazard = make(app, district)
    db.session.commit()
    for login, room in (("du1", "desk/hazards"), ("daibiao1", "field/hazards")):
        page = client_of(login).get(f"/{room}/{hazard.id}")
        assert page.status_code == 200
        assert words in page.text
    page = client_of("du1").get(f"/desk/hazards/{hazard.id}")
    for step in offered:
        assert f"/steps/{step}" in page.text, step


def _post(client: FlaskClient, hazard: Hazard, step: str, **typed: object) -> tuple[int, str]:
    answer = client.post(
        f"/desk/hazards/{hazard.id}/steps/{step}", data={"version": hazard.version, **typed},
        headers={"HX-Request": "true"},
    )  # fmt: skip
    db.session.expire_all()
    return answer.status_code, answer.text


def _seen(hazard: Hazard) -> dict[str, str]:
    """What the second person's page showed."""
    request = records.requests_of(hazard)[0]
    return {"request": str(request.id), "grade": hazard.grade}


def test_a_place_of_another_area_is_not_found_by_a_correction(app: Flask, district: District, client_of: Enter) -> None:
    hazard = found(district)
    db.session.commit()
    status, page = _post(client_of("du1"), hazard, "correct", premises="北桥面馆", reason="写错了")
    assert (status, "片区里没有这家场所" in page) == (422, True)
    status, _ = _post(client_of("du1"), hazard, "correct", premises="李家小炒", reason="写错了")
    assert (status, hazard.premises_id) == (200, district.places[1])


def test_a_photo_is_given_up_on_the_page(app: Flask, district: District, client_of: Enter) -> None:
    hazard = _awaiting(app, district)
    db.session.commit()
    client = client_of("du1")
    links = [link.photo_id for link in queries.photos_of(hazard)]
    status, page = _post(client, hazard, "give_up_photo", photo=links[0], reason="手机丢了")
    assert status == 200
    assert "等待 0/1 张照片" in page
    assert "手机丢了" in page
    status, page = _post(client, hazard, "pass", way="on_site", opinion="看过了")
    assert (status, "1 张照片没到" in page) == (422, True)


def test_two_persons_merge_on_the_page(app: Flask, district: District, client_of: Enter) -> None:
    hazard, target = found(district), found(district, item="F-EXIT-02")
    db.session.commit()
    assert _post(client_of("du1"), hazard, "ask_merge", target=target.id, reason="同一处")[0] == 200
    seen = _seen(hazard) | {"target": str(target.id), "target_version": str(target.version)}
    assert _post(client_of("du1"), hazard, "merge", **seen)[0] == 403
    status, page = _post(client_of("du2"), hazard, "merge", **seen)
    assert status == 200
    assert target.number in page
    assert hazard.state == "merged"


def test_a_stale_page_is_told_kindly_what_changed(app: Flask, district: District, client_of: Enter) -> None:
    hazard = found(district)
    db.session.commit()
    seen = hazard.version
    assert _post(client_of("du1"), hazard, "urge")[0] == 200
    answer = client_of("du2").post(f"/desk/hazards/{hazard.id}/steps/urge", data={"version": seen})
    assert answer.status_code == 409
    assert "林静" in answer.text
    assert "催办" in answer.text


def test_exceptions_have_their_tab(app: Flask, district: District, client_of: Enter) -> None:
    hazard = found(district, major=True)
    db.session.commit()
    _post(client_of("du1"), hazard, "ask_lower", grade="general", reason="看错了")
    assert _post(client_of("du2"), hazard, "lower", **_seen(hazard))[0] == 200
    page = client_of("du1").get("/desk/hazards?tab=exceptions")
    assert hazard.number in page.text


def test_the_areas_are_read_as_often_however_many_could_be_asked_to_verify(
    app: Flask, district: District, client_of: Enter
) -> None:
    hazard = submitted(district, accepted(district, handed_over(district, found(district))), app.extensions["storage"])
    db.session.commit()
    desk, street = client_of("du1"), district.scope("daibiao1")

    def asked() -> tuple[int, int, str]:
        """How often the areas were read for the page, and for a press that is refused; and the page."""
        with statements() as drawn:
            page = desk.get(f"/desk/hazards/{hazard.id}")
        assert page.status_code == 200
        with statements() as posted:
            assert _post(desk, hazard, "appoint", verifier=str(new_id()), on="")[0] == 422
        return sum("FROM area" in one for one in drawn), sum("FROM area" in one for one in posted), page.text

    few = asked()
    for number in range(6):
        create_account(
            name=f"新代表{number}", login=f"xindaibiao{number}", role=Role.DEPUTY, since=clock.today(),
            organisation_id=street.organisation_id, area_id=street.area_id, password="不常用的口令 7391",
        )  # fmt: skip
    db.session.commit()
    many = asked()
    assert all(f"新代表{number}" in many[2] for number in range(6))
    assert many[:2] == few[:2]
