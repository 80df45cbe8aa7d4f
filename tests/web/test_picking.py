"""What is ticked in the list of hazards goes on to where something is made of it: a step for each, or papers; nothing else moves."""

from collections.abc import Callable
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import select

from inspect_app.hazards.events import Event
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import State, Step
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.ids import new_id
from inspect_app.people.models import Area
from tests.support import District, accepted, found, handed_over

ClientOf = Callable[[str], FlaskClient]
PICKED = "/desk/hazards/picked"


def _three(district: District) -> list[Hazard]:
    """One that nobody was handed, two that an office has."""
    rows = [found(district, item=f"X-{one}", place=one, title=f"第{one}件") for one in range(3)]
    for row in rows[1:]:
        handed_over(district, row)
    db.session.commit()
    return rows


def _urged() -> set[UUID]:
    return set(db.session.scalars(select(Event.hazard_id).where(Event.step == Step.URGE)))


def _ids(rows: list[Hazard]) -> list[str]:
    return [str(row.id) for row in rows]


def test_the_ticked_ones_where_it_fits_are_urged_and_the_others_are_told_of(
    district: District, client_of: ClientOf
) -> None:
    rows, client = _three(district), client_of("du1")
    sent = client.post(PICKED, data={"pick": _ids(rows[:2]), "to": "urge"})
    assert sent.status_code == 303
    page = client.get(sent.location).get_data(as_text=True)
    assert "选中的 2 件里，1 件可以催办" in page
    assert rows[1].title in page
    assert rows[0].title not in page
    form = {"pick": f"{rows[1].id}:{rows[1].version}", "once": str(new_id())}
    done = client.post(sent.location, data=form)
    assert (done.status_code, done.location) == (303, "/desk/hazards")
    assert "1 件已催办" in client.get(done.location).get_data(as_text=True)
    assert _urged() == {rows[1].id}
    client.post(sent.location, data=form)
    assert len(db.session.scalars(select(Event.id).where(Event.step == Step.URGE)).all()) == 1, "a second press"


def test_what_changed_meanwhile_is_named_and_shown_alone(district: District, client_of: ClientOf) -> None:
    rows, client = _three(district), client_of("du1")
    form = {"pick": [f"{row.id}:{row.version}" for row in rows[1:]], "once": str(new_id())}
    accepted(district, rows[2])
    db.session.commit()
    done = client.post("/desk/hazards/many/urge", data=form)
    page = client.get(done.location).get_data(as_text=True)
    assert _urged() == {rows[1].id}
    assert "勾选的 1 件" in page
    assert rows[2].number in page
    assert rows[1].number not in page


def test_all_that_is_found_goes_on_with_its_filters(district: District, client_of: ClientOf) -> None:
    rows, client = _three(district), client_of("du1")
    sent = client.post(f"{PICKED}?tab=found", data={"all": "1", "to": "hand-over"})
    assert sent.location == "/desk/hazards/many/hand-over?tab=found"
    page = client.get(sent.location).get_data(as_text=True)
    assert rows[0].title in page
    assert rows[1].title not in page
    refused = client.post(sent.location, data={"pick": f"{rows[0].id}:{rows[0].version}", "reply_days": "7"})
    said = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert 'value="7"' in said
    assert f'value="{rows[0].id}:{rows[0].version}" form="batch" data-pick checked' in said, (
        "what was ticked stays ticked"
    )


def test_papers_are_made_of_the_ticked_alone(district: District, client_of: ClientOf) -> None:
    rows, client = _three(district), client_of("du1")
    for to, words in (
        ("register", "勾选的 2 件"),
        ("papers", "勾选的 2 件"),
        ("issue", "勾选的 2 件"),
        ("export", "勾选的 2 件"),
    ):
        sent = client.post(PICKED, data={"pick": _ids(rows[1:]), "to": to})
        assert words in client.get(sent.location).get_data(as_text=True), to


def test_nothing_ticked_is_said_above_the_rows(district: District, client_of: ClientOf) -> None:
    rows = _three(district)
    answer = client_of("du1").post(f"{PICKED}?tab=found", data={"to": "urge"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "还没有勾选" in page
    assert rows[0].title in page
    assert rows[1].title not in page


def test_a_leader_prints_and_takes_no_step(district: District, client_of: ClientOf) -> None:
    rows, leader = _three(district), client_of("lingdao1")
    page = leader.get("/desk/hazards").get_data(as_text=True)
    assert 'value="register"' in page
    assert 'value="urge"' not in page
    assert leader.post(PICKED, data={"pick": _ids(rows), "to": "urge"}).status_code == 404
    assert leader.post(PICKED, data={"pick": _ids(rows), "to": "register"}).status_code == 303


def test_what_somebody_does_not_see_is_neither_shown_nor_touched(district: District, client_of: ClientOf) -> None:
    rows, client = _three(district), client_of("du1")
    away = db.session.scalars(select(Area.id).where(Area.id.not_in(district.scope("du1").area_ids))).first()
    assert away
    rows[1].area_id = away
    db.session.commit()
    sent = client.post(PICKED, data={"pick": _ids(rows[1:]), "to": "urge"})
    assert rows[1].title not in client.get(sent.location).get_data(as_text=True)
    form = {"pick": [f"{row.id}:{row.version}" for row in rows[1:]], "once": str(new_id())}
    client.post(sent.location, data=form)
    assert _urged() == {rows[2].id}
    assert client.post(sent.location, data=form | {"pick": form["pick"][0], "once": str(new_id())}).status_code == 404


def test_settled_ones_are_ticked_for_papers_only(district: District, client_of: ClientOf) -> None:
    row = found(district)
    row.state, row.settled_on = State.VOID, clock.today()
    db.session.commit()
    page = client_of("du1").get("/desk/hazards?tab=settled").get_data(as_text=True)
    assert f'value="{row.id}" form="picked"' in page
    assert 'value="register"' in page
    assert 'value="urge"' not in page
