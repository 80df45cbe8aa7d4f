"""登记隐患 at the desk: what was told by telephone or 12345 becomes a hazard with the same life as one that a deputy saw."""

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import func, select

from inspect_app.hazards.log import fault_in, links
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.origins import HazardOrigin
from inspect_app.kernel.database import db
from inspect_app.urgent_calls.models import UrgentCall
from tests.support import District

ClientOf = Callable[[str], FlaskClient]


def _form(district: District, **more: str) -> dict[str, str]:
    usual = {
        "premises_id": str(district.places[0]), "title": "楼梯间停电动车充电", "field": "fire", "source": "hotline",
        "work_order": "gd 20261130-0017", "caller": "周女士", "caller_phone": "13811112222", "lasting": "上周起",
    }  # fmt: skip
    return usual | more


def _made() -> Hazard:
    db.session.expire_all()
    return db.session.scalars(select(Hazard).order_by(Hazard.found_at.desc(), Hazard.id.desc())).first()  # type: ignore[return-value]


def _count() -> int:
    return db.session.scalar(select(func.count()).select_from(Hazard)) or 0


def test_a_work_order_becomes_a_hazard_whose_chain_holds_and_names_no_caller(
    district: District, client_of: ClientOf
) -> None:
    desk = client_of("du1")
    said = desk.post("/desk/hazards/new", data=_form(district))
    assert said.status_code == 303, said.text
    row = _made()
    assert row.number in desk.get(said.location).text
    assert (row.source, row.visit_id, row.state) == ("hotline", None, "found")
    chain = links(row.id)
    assert fault_in(row, chain) is None
    assert chain[0].body["facts"]["work_order"] == "GD20261130-0017"
    export = desk.get(f"/desk/hazards/{row.id}/chain.json").text
    assert "周女士" not in export
    assert "13811112222" not in export
    page = desk.get(f"/desk/hazards/{row.id}").text
    assert "工单 GD20261130-0017" in page
    assert "周女士" in page
    assert "周女士" not in client_of("lingdao2").get(f"/desk/hazards/{row.id}").text
    assert row.title in desk.get("/desk/hazards?source=hotline").text
    assert row.title in desk.get("/desk/hazards?q=GD20261130-0017").text


def test_a_work_order_registered_twice_is_said_with_a_link_and_may_speak_of_one_more_place(
    district: District, client_of: ClientOf
) -> None:
    desk = client_of("du1")
    desk.post("/desk/hazards/new", data=_form(district))
    first, before = _made(), _count()
    again = desk.post("/desk/hazards/new", data=_form(district, title="消火栓被挡住", work_order="GD20261130-0017"))
    assert again.status_code == 422
    assert f"/desk/hazards/{first.id}" in again.text
    assert "消火栓被挡住" in again.text
    assert _count() == before
    more = _form(district, title="消火栓被挡住", another_part="yes")
    assert desk.post("/desk/hazards/new", data=more).status_code == 303
    assert db.session.scalars(select(HazardOrigin.part).order_by(HazardOrigin.part)).all() == [1, 2]


def test_everything_that_is_wrong_is_said_at_once_and_nothing_typed_is_lost(
    district: District, client_of: ClientOf
) -> None:
    before = _count()
    wrong = {
        "source": "telephone",
        "work_order": "12",
        "caller_phone": "没有",
        "told_on": "2099-01-01",
        "words": "来话说很危险",
    }
    said = client_of("du1").post("/desk/hazards/new", data=wrong)
    assert said.status_code == 422
    for words in (
        "请选是哪一家",
        "请找一个检查项",
        "请选属于哪一类",
        "只有 12345 转来的",
        "电话要写数字",
        "这一天还没有到",
        "来话说很危险",
    ):
        assert words in said.text, words
    assert _count() == before


def test_a_new_place_that_may_be_there_is_asked_about_first(district: District, client_of: ClientOf) -> None:
    desk = client_of("du1")
    new = _form(
        district, premises_id="", name="王记拉面馆", address="柳荫街1号", kind="small_restaurant",
        area_id=str(district.cast.communities[0]), source="telephone", work_order="",
    )  # fmt: skip
    asked = desk.post("/desk/hazards/new", data=new)
    assert asked.status_code == 422
    assert "可能已经登记过" in asked.text
    assert desk.post("/desk/hazards/new", data=new | {"same_as": str(district.places[0])}).status_code == 303
    assert _made().premises_id == district.places[0]
    assert desk.post("/desk/hazards/new", data=new | {"another": "yes"}).status_code == 303
    assert _made().premises_id != district.places[0]


def test_what_cannot_wait_rings_and_is_no_second_hazard(district: District, client_of: ClientOf) -> None:
    desk = client_of("du1")
    desk.post("/desk/hazards/new", data=_form(district, danger="gas", field="gas"))
    row, before = _made(), _count()
    call = db.session.scalars(select(UrgentCall).where(UrgentCall.hazard_id == row.id)).one()
    assert (row.grade, call.ended_at) == ("suspected_major", None)
    twice = desk.post(f"/desk/urgent/{call.id}/end", data={"premises_id": str(district.places[0])})
    assert twice.status_code == 422
    assert _count() == before


def test_an_item_is_found_by_words_and_open_there_already_it_is_told_again(
    district: District, client_of: ClientOf
) -> None:
    desk = client_of("du1")
    found = desk.get("/desk/hazards/new/items?item_words=灭火器").text
    code = found.split('name="item" value="F-')[1].split('"')[0]
    new = _form(district, item=f"F-{code}", title="", source="telephone", work_order="")
    assert desk.post("/desk/hazards/new", data=new).status_code == 303
    row, before = _made(), _count()
    assert row.item_code == f"F-{code}"
    assert row.checklist_version_id is not None
    again = desk.post("/desk/hazards/new", data=new | {"source": "media", "told_by": "晚报"})
    assert "已经有一件" in desk.get(again.location).text
    assert _count() == before
