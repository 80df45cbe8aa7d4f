"""Blank slips on the pages: asking for a pad, binding, giving up, the tray; and what whoever holds one sees behind its code."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from inspect_app.evidence import actions as evidence
from inspect_app.hazards.models import Hazard
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.hashing import sha256_hex
from inspect_app.papers import issuing
from inspect_app.papers import queries as papers
from inspect_app.people.signing_in import SignIn
from inspect_app.printing.models import PrintJob, PrintPart
from inspect_app.scans.models import ScannedPage, ScanUpload
from inspect_app.slips import actions, binding, queries
from inspect_app.slips.models import BlankSlip, SlipEvent, SlipPad
from inspect_app.visits.models import Visit
from inspect_app.web.portal.doors import MOST_WRONG
from inspect_app.web.portal.wrong_codes import ALARM
from tests.database.slips import pad_of, visited
from tests.scanned import jpeg, noise
from tests.statements import Counting
from tests.support import District

Clients = Callable[[str], FlaskClient]


@pytest.fixture
def slip(district: District) -> BlankSlip:
    """The first slip of the street's congress office."""
    found = pad_of(district, 3, given_to=district.cast.persons["daibiao1"])[0]
    db.session.commit()
    return found


@pytest.fixture
def visit(app: Flask, district: District) -> Visit:
    """A visit of the first deputy that found one hazard; its 提示单 has its number in the journal."""
    row = visited(district)
    db.session.commit()
    issuing.enter_numbers(app.extensions["numbers"])
    return db.session.get_one(Visit, row.id)


def _now(slip: BlankSlip) -> BlankSlip:
    db.session.expire_all()
    return db.session.get_one(BlankSlip, slip.id)


def test_the_desk_asks_for_a_pad_and_finds_its_slips(app: Flask, district: District, client_of: Clients) -> None:
    client = client_of("du1")
    assert "还没有空白单" in client.get("/slips").text
    for count, words in (("", "1 到 200"), ("201", "1 到 200"), ("二十", "1 到 200")):
        answer = client.post("/slips/pads", data={"count": count})
        assert (answer.status_code, words in answer.text) == (422, True)
    deputy = district.cast.persons["daibiao1"]
    assert client.post("/slips/pads", data={"count": "12", "given_to": str(deputy)}).status_code == 303
    job = db.session.scalars(select(PrintJob)).one()
    assert db.session.scalar(select(func.count()).select_from(PrintPart).where(PrintPart.job_id == job.id)) == 12
    assert "空白提示单 12 张" in client.get("/prints").text
    text = client.get("/slips").text
    assert "找到 12 张" in text
    assert "陈玉兰" in text
    assert "找到 1 张" in client.get("/slips?q=0007").text
    assert "找到 0 张" in client.get("/slips?q=王记").text
    assert "找到 0 张" in client.get("/slips?state=void").text
    assert "找到 0 张" in client_of("du3").get("/slips").text, "another office's"
    pad = db.session.scalars(select(SlipPad)).one()
    assert client.post(f"/slips/pads/{pad.id}/print").status_code == 303
    printed = db.session.scalar(select(func.count()).where(SlipEvent.pad_id == pad.id, SlipEvent.what == "printed"))
    assert printed == 2, "who had it printed again is in the log"
    assert client_of("du3").post(f"/slips/pads/{pad.id}/print").status_code == 404
    refused = client_of("zheng1").post("/slips/pads", data={"count": "1"})
    assert (refused.status_code, "人大侧" in refused.text) == (422, True)
    assert 'href="/slips"' in client.get("/papers").text, "where the papers of an office are"


def test_a_deputy_types_the_number_after_a_visit_and_the_records_know_it(
    slip: BlankSlip, visit: Visit, client_of: Clients
) -> None:
    deputy, desk = client_of("daibiao1"), client_of("du1")
    shown = deputy.get(f"/slips/bind?visit={visit.id}").text
    assert re.search(rf'value="{visit.id}" selected', shown)
    assert slip.number in deputy.get(f"/slips/bind?slip={slip.id}").text, "out of the scanned code"
    for data, words in (
        ({"slip_number": "", "visit": str(visit.id)}, "请写空白单上印的编号"),
        ({"slip_number": "2026-9999", "visit": str(visit.id)}, "没有印过 2026-9999"),
        ({"slip_number": slip.short, "visit": ""}, "请选是哪一次走访"),
        ({"slip_number": slip.short, "visit": str(slip.id)}, "没有找到这次走访"),
    ):
        answer = deputy.post("/slips/bind", data=data)
        assert (answer.status_code, words in answer.text) == (422, True), words
        assert f'value="{data["slip_number"]}"' in answer.text, "what was typed stays"
    assert _now(slip).state == "blank"
    answer = deputy.post(
        "/slips/bind", data={"slip_number": slip.number, "visit": str(visit.id)}, follow_redirects=True
    )
    assert f"{slip.short} 记在" in answer.text
    assert _now(slip).visit_id == visit.id
    again = deputy.post("/slips/bind", data={"slip_number": slip.short, "visit": str(visit.id)})
    assert (again.status_code, "已经记在这次走访上了" in again.text) == (422, True)
    hazard = db.session.scalars(select(Hazard).where(Hazard.visit_id == visit.id)).one()
    assert slip.number in desk.get(f"/desk/visits/{visit.id}").text
    assert f"{slip.number}，手写填写后留给店里" in desk.get(f"/desk/hazards/{hazard.id}").text
    page = desk.get(f"/slips/{slip.id}").text
    assert "陈玉兰：绑定到走访" in page
    assert "林静：打印" in page


def test_the_desk_binds_on_the_page_of_a_visit_or_by_the_number_of_a_hazard(
    district: District, slip: BlankSlip, visit: Visit, client_of: Clients
) -> None:
    desk = client_of("du1")
    second = queries.slips_of(slip.pad_id)[1]
    refused = desk.post(f"/desk/visits/{visit.id}/slips", data={"slip_number": "某一张"})
    assert (refused.status_code, "读不懂这个编号" in refused.text, "某一张" in refused.text) == (422, True, True)
    assert desk.post(f"/desk/visits/{visit.id}/slips", data={"slip_number": slip.short}).status_code == 303
    hazard = db.session.scalars(select(Hazard).where(Hazard.visit_id == visit.id)).one()
    wrong = desk.post("/slips/bind", data={"slip_number": second.short, "hazard_number": "没有这号"})
    assert (wrong.status_code, "没有找到这个隐患编号" in wrong.text) == (422, True)
    right = desk.post("/slips/bind", data={"slip_number": second.short, "hazard_number": hazard.number})
    assert right.status_code == 303
    assert {_now(one).visit_id for one in (slip, second)} == {visit.id}, "a visit may leave two, when one was too small"


def test_lost_ones_are_given_up_and_the_refused_list_stays(slip: BlankSlip, client_of: Clients) -> None:
    desk = client_of("du1")
    refused = desk.post("/slips/void", data={"numbers": "1到9", "reason": "整本丢了"})
    assert refused.status_code == 422
    assert all(words in refused.text for words in ("没有印过", "1到9", "整本丢了"))
    assert desk.post("/slips/void", data={"numbers": "1到2", "reason": "整本丢了"}).status_code == 303
    assert "找到 2 张" in desk.get("/slips?state=void").text
    assert "整本丢了" in desk.get(f"/slips/{slip.id}").text
    third = queries.slips_of(slip.pad_id)[2]
    assert desk.post(f"/slips/{third.id}/void", data={"reason": ""}).status_code == 422
    assert desk.post(f"/slips/{third.id}/void", data={"reason": "印坏了"}).status_code == 303
    assert _now(third).void_reason == "印坏了"


def _public(app: Flask, slip: BlankSlip) -> str:
    answer = app.test_client().get(f"/z/{slip.mark}")
    assert answer.status_code == 200
    return answer.text


def test_behind_the_code_stands_what_a_slip_is_and_how_it_stands(
    app: Flask, district: District, slip: BlankSlip, visit: Visit, client_of: Clients
) -> None:
    text = _public(app, slip)
    for words in (
        slip.number,
        "青江区人大常委会柳荫街道工作委员会",
        "025-55550120",
        "还没有登记到一次走访上",
        "登录后记到走访上",
    ):
        assert words in text
    assert 'name="code"' not in text, "there is nothing behind it yet"
    assert "记到一次走访上" in client_of("daibiao1").get(f"/z/{slip.mark}").text
    assert f"/slips/bind?slip={slip.id}" not in client_of("jiedao1").get(f"/z/{slip.mark}").text
    binding.bind(district.scope("du1"), slip.id, visit.id)
    db.session.commit()
    bound = _public(app, slip)
    assert "这一号已经登记" in bound
    assert "王记面馆" not in bound, "where it was left is said to nobody without the code"
    empty = queries.slips_of(slip.pad_id)[1]
    binding.bind(district.scope("du1"), empty.id, visited(district, 1, finds=False).id)
    db.session.commit()
    assert "没有要在这里答复的" in _public(app, empty)
    assert 'name="code"' not in _public(app, empty)
    actions.void_one(district.scope("du1"), slip.id, "丢了")
    db.session.commit()
    assert "已经作废收回了" in _public(app, slip)
    assert app.test_client().get(f"/z/{slip.mark.lower()}").status_code == 200
    assert app.test_client().get(f"/z/{slip.mark}/1").status_code == 404


def test_whoever_holds_a_slip_answers_its_hazards_with_the_code_on_it(
    app: Flask, district: District, slip: BlankSlip, visit: Visit
) -> None:
    binding.bind(district.scope("daibiao1"), slip.id, visit.id)
    db.session.commit()
    tip = papers.of_visit(visit.id)[0]
    holder = app.test_client()
    holder.get(f"/z/{slip.mark}")
    wrong = holder.post(f"/z/{slip.mark}", data={"code": tip.code})
    assert (wrong.status_code, "验证码不对" in wrong.text) == (422, True), "the slip has a code of its own"
    right = holder.post(f"/z/{slip.mark}", data={"code": slip.code.lower()})
    assert (right.status_code, right.headers["Location"]) == (303, f"/z/{tip.mark}")
    assert slip.code not in right.headers["Location"]
    page = holder.get(f"/z/{tip.mark}")
    assert "给王记面馆的" in page.text
    token = re.search(r'name="token" value="([^"]+)"', holder.get(f"/z/{tip.mark}/1/wrong").text)
    assert token is not None
    sent = holder.post(f"/z/{tip.mark}/1/wrong", data={"token": token[1], "reason": "锁当天就拆了"})
    assert sent.status_code == 303
    assert app.test_client().get(f"/z/{tip.mark}/1/wrong").status_code == 303, "nobody else is in"
    typed = db.session.scalars(select(SignIn.typed).where(SignIn.typed.like("/z/%"))).all()
    assert set(typed) == {f"/z/{slip.mark}"}
    assert not [one for one in typed if slip.code in one], "what is secret stands in no log"
    actions.void_one(district.scope("du1"), slip.id, "丢了")
    db.session.commit()
    out = holder.get(f"/z/{tip.mark}")
    assert "给王记面馆的" not in out.text, "a slip that was given up lets out whoever came in by it"
    assert holder.get(f"/z/{tip.mark}/1/wrong").status_code == 303


def test_guesses_at_a_slip_are_bounded(app: Flask, district: District, slip: BlankSlip, visit: Visit) -> None:
    binding.bind(district.scope("daibiao1"), slip.id, visit.id)
    db.session.commit()
    client = app.test_client()
    said = [client.post(f"/z/{slip.mark}", data={"code": f"WRONG{n}"}).status_code for n in range(MOST_WRONG + 1)]
    assert said == [422] * MOST_WRONG + [429]
    shut = client.post(f"/z/{slip.mark}", data={"code": slip.code, "number": str(slip.serial)})
    assert (shut.status_code, "025-55550120" in shut.text) == (429, True), (
        "its number stands on the page and proves nothing"
    )


def test_who_guesses_at_a_slip_all_day_is_told_to_the_office_as_at_a_paper(
    app: Flask, district: District, slip: BlankSlip, visit: Visit, client_of: Clients
) -> None:
    binding.bind(district.scope("daibiao1"), slip.id, visit.id)
    db.session.commit()
    for number in range(ALARM):
        said = app.test_client().post(
            f"/z/{slip.mark}", data={"code": "WRONG2"}, environ_base={"REMOTE_ADDR": f"10.1.0.{number}"}
        )
        assert said.status_code == 422
    assert (_now(slip).wrong_codes, _now(slip).wrong_codes_on) == (ALARM, clock.today())
    text = client_of("du1").get("/messages").text
    assert f"{slip.number} 的核对页上输错了 {ALARM} 次验证码" in text
    assert f'href="/slips/{slip.id}"' in text
    shut = app.test_client().post(f"/z/{slip.mark}", data={"code": slip.code}, environ_base={"REMOTE_ADDR": "10.2.0.1"})
    assert shut.status_code == 429
    assert _now(slip).wrong_codes == ALARM, "what is not looked at is no guess"


def _page(app: Flask, district: District, slip: BlankSlip) -> ScannedPage:
    """A page of a slip that the worker has read for the street's congress office."""
    sha256 = evidence.keep(app.extensions["storage"], jpeg(noise(300, 420)), "image/jpeg")
    scope = district.scope("du1")
    upload = ScanUpload(
        organisation_id=scope.organisation_id, account_id=scope.account_id, received_at=clock.now(), files=[sha256],
        read_at=clock.now(),
    )  # fmt: skip
    db.session.add(upload)
    db.session.flush()
    page = ScannedPage(
        upload_id=upload.id, file=0, page=1, of_pages=1, copy_sha256=sha256, state="proposed", slip_id=slip.id
    )
    db.session.add(page)
    db.session.commit()
    return page


def test_a_filled_slip_waits_in_the_tray_until_it_is_bound_there_and_is_filed_by_a_tap(
    app: Flask, district: District, slip: BlankSlip, visit: Visit, client_of: Clients
) -> None:
    page, desk = _page(app, district, slip), client_of("du1")
    tray = desk.get("/scans").text
    assert "还没有记到一次走访上" in tray
    assert slip.number in tray
    shown = desk.get(f"/scans/{page.id}").text
    assert "记到这次走访上" in shown
    assert "就是这张，收下" not in shown
    assert desk.post(f"/scans/{page.id}/file").status_code == 422
    assert "请选是哪一次走访" in desk.post(f"/scans/{page.id}/bind", data={"visit": ""}).text
    bound = desk.post(f"/scans/{page.id}/bind", data={"visit": str(visit.id)}, follow_redirects=True)
    assert "就是这张，收下" in bound.text
    assert "走访王记面馆" in bound.text
    assert desk.post(f"/scans/{page.id}/serve", data={"way": "in_person"}).status_code == 422, (
        "no service is made of it"
    )
    assert desk.post(f"/scans/{page.id}/file").status_code == 303
    assert _now(slip).state == "returned"
    hazard = db.session.scalars(select(Hazard).where(Hazard.visit_id == visit.id)).one()
    for address in (f"/desk/hazards/{hazard.id}", f"/desk/visits/{visit.id}", f"/slips/{slip.id}"):
        assert f"/slips/{slip.id}/scans/1" in desk.get(address).text, address
    picture = client_of("daibiao1").get(f"/slips/{slip.id}/scans/1")
    assert sha256_hex(picture.data) == db.session.get_one(ScannedPage, page.id).copy_sha256
    assert "收下扫描件" in desk.get(f"/slips/{slip.id}").text
    second = _page(app, district, slip)
    assert "已经收进" in desk.post(f"/scans/{second.id}/file").text


def test_the_scan_of_one_that_was_given_up_waits_with_that_sentence(
    app: Flask, district: District, slip: BlankSlip, client_of: Clients
) -> None:
    actions.void_one(district.scope("du1"), slip.id, "丢了")
    page, desk = _page(app, district, slip), client_of("du1")
    for address in ("/scans", f"/scans/{page.id}"):
        text = desk.get(address).text
        assert "空白单已经作废，不能收" in text
        assert "记到这次走访上" not in text
    assert desk.post(f"/scans/{page.id}/file").status_code == 422
    assert desk.post(f"/scans/{page.id}/drop", data={"drop_reason": "作废的"}).status_code == 303


def test_what_slips_cost_on_other_pages(
    app: Flask, district: District, slip: BlankSlip, visit: Visit, client_of: Clients, counting: Counting
) -> None:
    """One statement on the page of a hazard and of a visit; two on the public page, whoever opens it."""
    hazard = db.session.scalars(select(Hazard).where(Hazard.visit_id == visit.id)).one()
    hazard_id, visit_id, mark, slip_id = hazard.id, visit.id, slip.mark, slip.id
    desk = client_of("du1")

    def asked(client: FlaskClient, address: str) -> int:
        db.session.remove()
        with counting() as said:
            assert client.get(address).status_code == 200
        assert sum("FROM blank_slip" in sql for sql, _ in said.asked) <= 1, said.said()
        return len(said)

    before = {address: asked(desk, address) for address in (f"/desk/hazards/{hazard_id}", f"/desk/visits/{visit_id}")}
    binding.bind(district.scope("du1"), slip_id, visit_id)
    db.session.commit()
    assert {address: asked(desk, address) for address in before} == before
    assert asked(app.test_client(), f"/z/{mark}") <= 6
