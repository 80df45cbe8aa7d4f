"""送达: a fact with a way, a person reached and evidence. Whoever was not there, or refused, was not served."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from inspect_app.casework import delivering
from inspect_app.checklists import library
from inspect_app.evidence import actions as evidence
from inspect_app.hazards.actions import handing
from inspect_app.hazards.clocks import ClockKind, TimeLimit
from inspect_app.hazards.locking import lock
from inspect_app.hazards.log import fault_in, links
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Step
from inspect_app.hazards.standing import newest_clock, open_request
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Refused
from inspect_app.kernel.hashing import sha256_hex
from inspect_app.kernel.ids import new_id
from inspect_app.kernel.workdays import Unit
from inspect_app.papers import actions, queries, samples
from inspect_app.papers.actions import Draft, DraftLine
from inspect_app.papers.kinds import KINDS
from inspect_app.papers.models import Paper, Service
from inspect_app.papers.service import Delivery, Result, check
from inspect_app.people.models import Organisation
from tests.operations import answer_of, operation, receipt_of, start_of, stroke
from tests.support import District, accepted, closed, found, handed_over, submitted, verified

from .life import MONDAY, days_later, handed_over_in_days, steps_of

IMAGE = stroke()


def _handed_in(app: Flask, district: District, words: str = "", **signed: Any) -> tuple[Hazard, Paper]:
    """A visit with one failing item, at whose end the shop signed, or did not, as a phone sends it."""
    visit = str(uuid4())
    sha256 = sha256_hex(words.encode()) if words else ""
    sign = {"visit": visit, "part": "premises", "name": "王老板", "text_sha256": sha256} | signed
    submit = {"visit": visit} | ({"text": words, "text_sha256": sha256} if words else {})
    raw = [
        start_of(district, visit),
        answer_of(visit, "fail", 2, wordings=["门上了锁"]),
        operation("visit.sign", sign, 3),
        operation("visit.submit", submit, 4),
    ]
    receipt_of(app, district, raw)
    hazard = db.session.scalars(select(Hazard).where(Hazard.visit_id == UUID(visit))).one()
    return hazard, db.session.scalars(select(Paper).where(Paper.visit_id == UUID(visit))).one()


SHOWN = "王记面馆，11月2日检查\n1. {title}。门上了锁"


def _draw(app: Flask, paper: Paper) -> None:
    sha256 = evidence.keep(app.extensions["storage"], b"%PDF-1.7 " + paper.id.bytes, "application/pdf")
    actions.attach(paper.id, file_sha256=sha256, key_id="k", signature="s")


def _notice(app: Flask, district: District, hazard: Hazard | None = None, kind: str = "notice") -> tuple[Hazard, Paper]:
    """An order of the fire office, drawn; or another of its kinds, with the content of its sample."""
    hazard = hazard or accepted(district, handed_over(district, found(district), "fire"), "xiaofang1")
    left_out = ("number", "code", "mark", "address")
    content = {key: value for key, value in samples.sample(kind).items() if key not in left_out}
    draft = Draft(kind, district.cast.offices["fire"], hazard.premises_id, content, [DraftLine(hazard.id, None)])
    paper = actions.freeze(draft, powers=frozenset({KINDS[kind].power} - {""}), made_by=None, address="http://x")
    _draw(app, paper)
    return hazard, paper


def _records(paper: Paper) -> list[tuple[str | None, str]]:
    return [(row.result, row.way) for row in queries.services(paper.id)]


def test_somebody_who_was_not_there_was_not_served(app: Flask, district: District) -> None:
    """Case C3: 不方便签 → 不在场."""
    with days_later(0):
        hazard, paper = _handed_in(app, district, reason="不在场", name="")
        assert (steps_of(hazard), hazard.served_at) == (["report", "miss"], None)
        assert _records(paper) == [("not_met", "in_person")]
        assert paper.content["service"]["result"] == "not_met"
        assert paper.content["service"]["at"] == paper.content["signatures"][-1]["at"], "one time, with the phone's day"
        handing.hand_over(
            lock(hazard.id), district.actor("du1"), handler_id=district.cast.offices["street"], reply=TimeLimit(5),
            mending=TimeLimit(7, Unit.DAYS), paper="1号",
        )  # fmt: skip
        standing = newest_clock(hazard, ClockKind.MENDING)
        assert standing is not None
        assert standing.awaits_service, "nobody was served: no date runs from it"
        _draw(app, paper)
    with days_later(8):
        assert hazard.id in db.session.scalars(queries.unserved(district.scope("du1"))).all()


@pytest.mark.parametrize("reason", ["不愿签", "不会写", "拒绝签名"])
def test_shown_and_not_signed_informs_and_serves_nobody(app: Flask, district: District, reason: str) -> None:
    with days_later(0):
        hazard, paper = _handed_in(app, district, reason=reason)
        assert (steps_of(hazard), hazard.served_at) == (["report", "tell"], None)
        assert _records(paper) == [("told", "in_person")]
        assert queries.services(paper.id)[0].served_by_person_id == district.cast.persons["daibiao1"], "the witness"
        _draw(app, paper)
    with days_later(8):
        assert hazard.id in db.session.scalars(queries.unserved(district.scope("du1"))).all()


def test_a_text_that_was_shown_and_signed_is_told_on_the_spot(
    app: Flask, district: District, client_of: Callable[[str], FlaskClient]
) -> None:
    title = next(item.title for item in library.items().values() if item.code == "F-EXIT-01")
    hazard, paper = _handed_in(app, district, SHOWN.format(title=title), image=IMAGE, name=" 王\u202e老\u200b板")
    assert paper.content["signatures"][-1]["name"] == "王老板"
    assert steps_of(hazard) == ["report", "serve"]
    assert _records(paper) == [("served", "on_phone")]
    assert hazard.served_at is not None
    assert paper.content["service"]["result"] == "served"
    db.session.commit()
    walk = client_of("du1").get(f"/desk/hazards/{hazard.id}").text.partition('class="life"')[2].partition("</ol>")[0]
    assert "已完成" in next(point for point in walk.split("<li") if "送达" in point), "before anybody handed it over"


def test_who_signed_under_less_than_the_paper_says_is_not_served_with_it(app: Flask, district: District) -> None:
    hazard, paper = _handed_in(app, district, "王记面馆，11月2日检查\n没有发现问题。", image=IMAGE)
    assert (steps_of(hazard), hazard.served_at) == (["report", "tell"], None)
    assert paper.content["service"]["sha256"] == "", "no signature under what was not shown"


def test_a_phone_of_an_old_version_that_sends_no_text_leads_to_the_new_states(app: Flask, district: District) -> None:
    hazard, _ = _handed_in(app, district, image=IMAGE)
    assert steps_of(hazard) == ["report", "tell"]


GOOD: list[tuple[str, dict[str, Any]]] = [
    ("tip", {"way": "in_person", "received_by": "店长"}),
    ("tip", {"way": "post", "received_by": "店长", "reference": "EA123"}),
    ("tip", {"way": "forwarded", "received_by": "店长", "witness": "社区网格员"}),
    ("tip", {"way": "scan", "received_by": "店长"}),
    ("tip", {"way": "in_person", "result": Result.TOLD, "no_receipt_reason": "不愿签"}),
    ("tip", {"way": "in_person", "result": Result.NOT_MET, "no_receipt_reason": "关门"}),
    ("notice", {"way": "in_person", "received_by": "店长"}),
    ("notice", {"way": "post", "received_by": "店长", "reference": "EA123"}),
    ("notice", {"way": "left", "no_receipt_reason": "拒签", "place": "店门口", "witness": "社区李明"}),
    ("notice", {"way": "left", "no_receipt_reason": "拒签", "place": "店门口", "scans": (new_id(),)}),
    ("notice", {"way": "electronic", "received_by": "店长的邮箱", "scans": (new_id(),)}),
    ("notice", {"way": "in_person", "result": Result.NOT_MET, "no_receipt_reason": "关门"}),
    ("reinspection", {"way": "left", "no_receipt_reason": "拒签", "place": "店门口", "witness": "社区李明"}),
    ("extensionreply", {"way": "forwarded", "received_by": "店长", "witness": "燃气公司"}),
    ("listing", {"way": "in_person", "received_by": "店长"}),
]
WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("tip", {"way": "left", "no_receipt_reason": "拒签", "place": "店门口", "witness": "李明"}, "方式"),
    ("tip", {"way": "electronic", "received_by": "邮箱", "scans": (new_id(),)}, "方式"),
    ("tip", {"way": "in_person", "no_receipt_reason": "不在场"}, "还差签收人"),
    ("tip", {"way": "in_person", "result": Result.NOT_MET}, "原因"),
    ("tip", {"way": "forwarded", "received_by": "店长"}, "经谁转交"),
    ("tip", {"way": "post", "received_by": "店长"}, "邮件单号"),
    ("notice", {"way": "scan", "received_by": "店长"}, "方式"),
    ("notice", {"way": "forwarded", "received_by": "店长", "witness": "李明"}, "方式"),
    ("notice", {"way": "in_person", "result": Result.TOLD, "no_receipt_reason": "拒签"}, "留置"),
    ("notice", {"way": "left", "no_receipt_reason": "拒签", "place": "店门口"}, "见证人或现场照片"),
    ("notice", {"way": "left", "no_receipt_reason": "拒签", "witness": "李明"}, "留在哪里"),
    ("notice", {"way": "electronic", "received_by": "邮箱"}, "同意书"),
    ("closure", {"way": "in_person", "received_by": "店长"}, "不用记送达"),
    ("reinspection", {"way": "forwarded", "received_by": "店长", "witness": "李明"}, "方式"),
    ("extensionreply", {"way": "electronic", "received_by": "邮箱", "scans": (new_id(),)}, "方式"),
    ("listing", {"way": "in_person", "result": Result.TOLD, "no_receipt_reason": "拒签"}, "留置"),
]  # fmt: skip


def _check(kind: str, said: dict[str, Any]) -> None:
    spec = KINDS[kind]
    check(spec.title, spec.ways, spec.tells, Delivery(served_at=clock.now(), **said))


@pytest.mark.parametrize(("kind", "said"), GOOD)
def test_each_kind_of_paper_has_its_ways(kind: str, said: dict[str, Any]) -> None:
    _check(kind, said)


@pytest.mark.parametrize(("kind", "said", "named"), WRONG)
def test_what_is_no_service_of_this_kind_is_refused_and_says_what_is_missing(
    kind: str, said: dict[str, Any], named: str
) -> None:
    with pytest.raises(Refused, match=named):
        _check(kind, said)


NEVER: list[dict[str, Any]] = [
    {"way": "in_person", "result": "served", "no_receipt_reason": "不在场"},
    {"way": "in_person", "result": "not_met", "received_by": "店长"},
    {"way": "left", "result": "served", "no_receipt_reason": "拒签", "place": "店门口"},
    {"way": "electronic", "result": "served", "received_by": "邮箱"},
    {"way": "on_phone", "result": "served", "received_by": "店长"},
    {"way": "in_person", "result": "maybe", "received_by": "店长"},
]


@pytest.mark.parametrize("row", NEVER)
def test_the_database_holds_no_service_without_a_person_reached_and_evidence(
    app: Flask, district: District, row: dict[str, Any]
) -> None:
    _, paper = _notice(app, district)
    db.session.add(Service(paper_id=paper.id, served_at=clock.now(), recorded_at=clock.now(), **row))
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_a_row_older_than_the_question_stays_as_it_is(app: Flask, district: District) -> None:
    _, paper = _notice(app, district)
    db.session.add(
        Service(
            paper_id=paper.id, way="left", served_at=clock.now(), recorded_at=clock.now(), no_receipt_reason="不在场"
        )
    )
    db.session.flush()
    assert queries.services(paper.id)[0].counts


def _serve(district: District, paper: Paper, by: str = "xiaofang1", **said: Any) -> None:
    words = {"way": "in_person", "received_by": "店长"} | said
    delivering.serve(paper, district.scope(by), district.actor(by), Delivery(served_at=clock.now(), **words))


def test_a_paper_is_served_once_however_often_it_is_pressed(app: Flask, district: District) -> None:
    hazard, paper = _notice(app, district)
    _serve(district, paper, result=Result.NOT_MET, received_by="", no_receipt_reason="关门")
    _serve(district, paper)
    with pytest.raises(Refused, match="已经送达过了"):
        _serve(district, paper)
    assert steps_of(hazard)[-2:] == ["miss", "serve"]


def test_what_was_handed_over_before_the_closure_is_recorded_after_it(
    app: Flask, district: District, client_of: Callable[[str], FlaskClient]
) -> None:
    storage = app.extensions["storage"]
    hazard, paper = _notice(app, district)
    ended = closed(district, verified(district, submitted(district, hazard, storage, "xiaofang1")))
    due = ended.mending_on
    db.session.commit()
    client = client_of("xiaofang1")
    assert "记送达" in client.get(f"/inbox/{hazard.id}").text
    said = {"way": "in_person", "result": "served", "received_by": "店长", "hazard": str(hazard.id)}
    assert client.post(f"/papers/{paper.id}/service", data=said).status_code == 303
    assert steps_of(hazard)[-2:] == ["close", "serve"]
    assert (hazard.state, hazard.mending_on) == ("closed", due)
    assert fault_in(hazard, links(hazard.id)) is None
    assert "店长签收" in client.get(f"/inbox/{hazard.id}").text


def test_the_page_offers_service_until_somebody_was_served(
    app: Flask, district: District, client_of: Callable[[str], FlaskClient]
) -> None:
    hazard, paper = _notice(app, district)
    db.session.commit()
    client = client_of("xiaofang1")

    def page() -> str:
        return client.get(f"/inbox/{hazard.id}").text

    before = page()
    assert "记送达" in before
    assert "还没送达" in before
    assert "没有这一步" not in before.split("送达")[0].rsplit("<li", 1)[-1]
    tried = {"way": "in_person", "result": "not_met", "no_receipt_reason": "关门", "hazard": str(hazard.id)}
    assert client.post(f"/papers/{paper.id}/service", data=tried).status_code == 303
    assert "没有送到（关门）" in page()
    assert "记送达" in page()
    lacking = {
        "way": "left",
        "result": "served",
        "no_receipt_reason": "拒签",
        "place": "店门口",
        "hazard": str(hazard.id),
    }
    refused = client.post(f"/papers/{paper.id}/service", data=lacking)
    assert refused.status_code == 422
    assert "见证人" in refused.text
    assert "店门口" in refused.text, "what was typed stays"
    served = lacking | {"witness": "社区李明"}
    assert client.post(f"/papers/{paper.id}/service", data=served).status_code == 303
    after = page()
    assert "记送达" not in after
    assert "留置送达" in after
    assert "见证人社区李明" in after
    wrong = {"service": str(queries.services(paper.id)[-1].id), "hazard": str(hazard.id)}
    assert client.post(f"/papers/{paper.id}/service/correct", data=wrong).status_code == 422
    assert client.post(f"/papers/{paper.id}/service/correct", data=wrong | {"reason": "送错了"}).status_code == 303
    assert (
        client.post(f"/papers/{paper.id}/service/correct", data=wrong | {"service": str(new_id())}).status_code == 404
    )
    corrected = page()
    assert "后来更正：不算送达（送错了）" in corrected
    assert "记送达" in corrected


def test_a_service_that_does_not_count_is_corrected_and_its_date_runs_provisionally_again(
    app: Flask, district: District
) -> None:
    with days_later(0):
        hazard = accepted(district, handed_over_in_days(district, office="fire"), "xiaofang1")
        _, paper = _notice(app, district, hazard)
    with days_later(3):
        _serve(district, paper)
        stood = hazard.mending_on
        service = queries.services(paper.id)[0]
    with days_later(4):
        with pytest.raises(Refused, match="理由"):
            delivering.correct(paper, service.id, district.scope("du1"), district.actor("du1"), reason=" ")
        delivering.correct(paper, service.id, district.scope("du1"), district.actor("du1"), reason="签收的人不是店里的")
        standing = newest_clock(hazard, ClockKind.MENDING)
        assert standing is not None
        assert (standing.awaits_service, hazard.mending_on, hazard.served_at) == (True, stood, None)
        assert steps_of(hazard)[-2:] == ["serve", "unserve"], "nothing is rewritten"
        assert fault_in(hazard, links(hazard.id)) is None
        with pytest.raises(Refused, match="更正过"):
            delivering.correct(paper, service.id, district.scope("du1"), district.actor("du1"), reason="再来")
        assert queries.services(paper.id)[0].received_by == "店长"
    with days_later(8):
        assert hazard.id in db.session.scalars(queries.unserved(district.scope("du1"))).all()
        _serve(district, paper)
        assert hazard.mending_on == MONDAY.date() + timedelta(days=15)
        assert stood is not None
        assert hazard.mending_on > stood


@pytest.mark.parametrize("kind", ["reinspection", "extensionreply", "listing"])
def test_from_the_service_of_what_follows_an_order_no_date_runs(app: Flask, district: District, kind: str) -> None:
    with days_later(0):
        hazard = accepted(district, handed_over_in_days(district, office="fire"), "xiaofang1")
        _, paper = _notice(app, district, hazard, kind)
    stood = hazard.mending_on
    with days_later(8):
        assert hazard.id not in db.session.scalars(queries.unserved(district.scope("du1"))).all(), (
            "nobody is sent for it"
        )
        _serve(district, paper)
    standing = newest_clock(hazard, ClockKind.MENDING)
    assert standing is not None
    assert (standing.awaits_service, hazard.mending_on, hazard.served_at) == (True, stood, None), (
        "the order has not come"
    )
    assert open_request(hazard, Step.SERVE) is None, "no later date is offered for it"
    assert steps_of(hazard)[-1] == "serve"
    with days_later(8):
        _, order = _notice(app, district, hazard)
        _serve(district, order)
    ran, served = hazard.mending_on, hazard.served_at
    assert served is not None
    with days_later(9):
        service = queries.services(paper.id)[0]
        delivering.correct(paper, service.id, district.scope("du1"), district.actor("du1"), reason="签收的人不是店里的")
    assert (hazard.mending_on, hazard.served_at) == (ran, served), (
        "served on the same day, the order's service counts on"
    )
    running = newest_clock(hazard, ClockKind.MENDING)
    assert running is not None
    assert not running.awaits_service
    assert fault_in(hazard, links(hazard.id)) is None


def test_a_deputys_slip_has_a_running_number_and_no_document_number_of_the_office(
    app: Flask, district: District
) -> None:
    papers = [_handed_in(app, district, reason="不在场", name="")[1]]
    office = db.session.get_one(Organisation, papers[0].issuer_id)
    assert papers[0].number == f"{office.short_name}提示单 {clock.today().year}-0001"
    assert papers[0].title == papers[0].content["title"] == "代表提示单"
    assert not set("〔〕") & set(papers[0].number)


def test_two_offices_called_the_same_for_short_share_no_slip_number(app: Flask, district: District) -> None:
    hazard, paper = _handed_in(app, district, reason="不在场", name="")
    other = db.session.get_one(Organisation, district.cast.offices["district_congress"])
    other.short_name = db.session.get_one(Organisation, paper.issuer_id).short_name
    draft = Draft("tip", other.id, hazard.premises_id, dict(paper.content), [DraftLine(hazard.id, clock.today())])
    again = actions.freeze(draft, powers=frozenset(), made_by=None, address="http://x")
    assert again.number == f"{other.name}提示单 {clock.today().year}-0001"
