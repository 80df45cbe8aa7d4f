"""A slip's number out of a phone: bound when the visit arrives, taken off again, refused in words, never of two visits."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from inspect_app.kernel.database import db, writing
from inspect_app.kernel.errors import NotThere, Refused
from inspect_app.kernel.ids import new_id
from inspect_app.slips import actions, binding, queries
from inspect_app.slips.models import BlankSlip, SlipEvent
from inspect_app.visits.models import Visit
from tests.database.conftest import Town
from tests.database.crowd import Phone, at_once, new_place
from tests.database.slips import pad_of, visited
from tests.operations import end_of, lines, operation, outcomes, receipt_of, start_of, submit_of, whole_visit
from tests.support import District

Said = dict[str, Any]


def left(visit: object, slip: str, seq: int = 50, **more: Any) -> Said:
    """A number that was typed on a visit's last page; with `off` and `written` what takes it off again."""
    said = {name: more.pop(name) for name in ("off", "written") if name in more}
    return operation("visit.slip", {"visit": str(visit), "slip": slip, **said}, seq, **more)


def _stand(slip: BlankSlip) -> tuple[str, UUID | None, str]:
    db.session.expire_all()
    row = db.session.get_one(BlankSlip, slip.id)
    return row.state, row.visit_id, row.void_reason


def _words(app: Flask, district: District, raw: Sequence[Said], login: str = "daibiao1") -> list[str]:
    return [line.get("words", "") for line in lines(receipt_of(app, district, list(raw), login))]


def _log(slip: BlankSlip) -> list[tuple[str, UUID | None]]:
    rows = select(SlipEvent.what, SlipEvent.visit_id).where(SlipEvent.slip_id == slip.id).order_by(SlipEvent.id)
    return [(row.what, row.visit_id) for row in db.session.execute(rows)]


def test_a_number_that_was_typed_without_a_signal_is_bound_with_its_visit(app: Flask, district: District) -> None:
    slip, second = pad_of(district, 2)
    raw = whole_visit(district)
    visit = UUID(raw[0]["payload"]["visit"])
    raw[-1:-1] = [left(visit, slip.short), left(visit, f" {second.number} ", 51)]
    assert set(outcomes(receipt_of(app, district, raw))) == {"applied"}
    assert _stand(slip) == _stand(second) == ("bound", visit, "")
    assert [one.slip.number for one in queries.of_visit(visit)] == [slip.number, second.number]
    assert [line.who for line in queries.events_of(slip)] == ["林静", "陈玉兰"]
    again = [left(visit, slip.short, 60), raw[-2]]
    assert outcomes(receipt_of(app, district, again)) == ["applied"] * 2, "said again it is said once"
    assert _log(slip) == [("bound", visit)]


def test_a_number_goes_on_a_visit_that_is_handed_in_and_by_a_mates_phone(app: Flask, district: District) -> None:
    slip = pad_of(district, 1)[0]
    visit = str(uuid4())
    receipt_of(app, district, [start_of(district, visit, mate="daibiao2"), submit_of(visit, 2)])
    assert outcomes(receipt_of(app, district, [left(visit, slip.short)], "daibiao2")) == ["applied"]
    assert outcomes(receipt_of(app, district, [left(visit, "0001")], "daibiao1")) == ["applied"], "both wrote it down"
    assert _log(slip) == [("bound", UUID(visit))]
    early = left(uuid4(), slip.short)
    assert outcomes(receipt_of(app, district, [early])) == ["later"], "the visit has not come yet"


def test_each_refusal_reaches_the_deputy_in_words_and_the_visit_stands(app: Flask, district: District) -> None:
    used, lost, free = pad_of(district, 3)
    foreign = pad_of(district, 9, "du3")[-1]
    binding.bind(district.scope("du1"), used.id, visited(district, 1).id)
    actions.void(district.scope("du1"), lost.short, "丢了")
    raw = whole_visit(district)
    visit = raw[0]["payload"]["visit"]
    typed = [used.short, lost.short, foreign.number, "2026-0999", "那一张", "", free.short]
    raw[-1:-1] = [left(visit, number, 50 + n) for n, number in enumerate(typed)]
    receipt = receipt_of(app, district, raw)
    said = {
        op["payload"]["slip"]: line for op, line in zip(raw, lines(receipt), strict=True) if "slip" in op["payload"]
    }
    assert [line["outcome"] for line in said.values()] == ["refused"] * 6 + ["applied"]
    for number, words in zip(
        typed, ["李家小炒", "已经作废", "印的空白单", "没有印过", "读不懂", "请写空白单上"], strict=False
    ):
        assert words in said[number]["words"], number
    assert db.session.get_one(Visit, UUID(visit)).submitted_at is not None, "none of it holds the visit up"
    assert _stand(free)[:2] == ("bound", UUID(visit))
    theirs = _words(app, district, [left(visit, free.short, 70)], "daibiao2")
    assert theirs == ["这次走访的人员里没有您，这一条没有收。请告诉督办员。"]


def test_a_wrong_number_is_taken_off_and_its_sheet_is_free_or_void(app: Flask, district: District) -> None:
    wrong, spoiled, right = pad_of(district, 3)
    raw = whole_visit(district)
    visit = raw[0]["payload"]["visit"]
    numbers = [
        left(visit, wrong.short, 50), left(visit, wrong.short, 51, off="编号记错了"),
        left(visit, spoiled.short, 52), left(visit, spoiled.short, 53, off="写坏了", written=True),
        left(visit, right.short, 54), left(visit, right.short, 55, off="编号记错了"), left(visit, right.short, 56),
    ]  # fmt: skip
    raw[-1:-1] = numbers
    assert set(outcomes(receipt_of(app, district, raw))) == {"applied"}
    assert _stand(wrong) == ("blank", None, "")
    assert _stand(spoiled) == ("void", UUID(visit), "写坏了")
    assert _stand(right) == ("bound", UUID(visit), ""), "in the order in which it was tapped"
    assert _log(wrong) == [("bound", UUID(visit)), ("taken_off", UUID(visit))]
    told = [(number, line.what, line.words.split("：")[-1]) for number, line in queries.taken_off(UUID(visit))]
    assert told == [
        (wrong.short, "从走访上拿下", "编号记错了"), (spoiled.short, "作废", "写坏了"), (right.short, "从走访上拿下", "编号记错了"),
    ]  # fmt: skip
    other = visited(district, 1, finds=False)
    assert outcomes(receipt_of(app, district, [left(other.id, wrong.short, 60)])) == ["applied"], "the sheet was blank"
    again = receipt_of(app, district, [left(visit, wrong.short, 61, off="编号记错了")])
    assert outcomes(again) == ["applied"], "late, and not on this visit any more"
    assert _stand(wrong)[:2] == ("bound", other.id)


def test_what_came_back_filled_in_stays_with_its_visit(app: Flask, district: District) -> None:
    slip, visit = pad_of(district, 1)[0], visited(district, finds=False)
    desk = district.scope("du1")
    assert "现在没有记在走访上" in _refused(lambda: binding.take_off(desk, slip.id, "记错了"))
    binding.bind(desk, slip.id, visit.id)
    assert "为什么拿下来" in _refused(lambda: binding.take_off(desk, slip.id, " "))
    with pytest.raises(NotThere):
        binding.take_off(district.scope("du3"), slip.id, "记错了")
    row = db.session.get_one(BlankSlip, slip.id)
    row.state = "returned"
    db.session.flush()
    assert "已经收回存档" in _refused(lambda: binding.take_off(desk, slip.id, "记错了"))
    said = _words(app, district, [left(visit.id, slip.short, 50, off="编号记错了")])
    assert "已经收回存档" in said[0]
    assert _stand(slip)[:2] == ("returned", visit.id)


def _refused(act: Any) -> str:
    with pytest.raises(Refused) as refused, db.session.begin_nested():
        act()
    return refused.value.message


def test_a_visit_that_was_thrown_away_keeps_no_slip(app: Flask, district: District) -> None:
    slip = pad_of(district, 1)[0]
    visit = str(uuid4())
    raw = [start_of(district, visit), end_of(visit, "void", 2), left(visit, slip.short, 3)]
    receipt = receipt_of(app, district, raw)
    assert outcomes(receipt) == ["applied", "applied", "refused"]
    assert "还可以用在别的走访上" in lines(receipt)[2]["words"]
    assert _stand(slip) == ("blank", None, "")


def _told(phone: Phone, op: Said) -> str:
    """What a phone that sends once more is told of an operation."""
    answer = phone.client().post("/intake/operations", json={"operations": [op]})
    assert answer.json is not None
    return str(json.loads(answer.json["document"])["operations"][0]["words"])


def test_of_two_phones_with_one_number_one_wins_and_the_other_is_told(town: Town) -> None:
    phones = [Phone(town.app, "daibiao1"), Phone(town.app, "daibiao2")]
    for _ in range(5):
        with writing():
            slip = pad_of(town.district, 1)[0]
            slip_id, number = slip.id, slip.short
        visits, sent = [new_id(), new_id()], []
        for phone, visit in zip(phones, visits, strict=True):
            place = new_place(town.district)
            start = phone.says("visit.start", {"visit": str(visit), "premises": str(place), "versions": []})
            sent.append([start, phone.says("visit.slip", {"visit": str(visit), "slip": number})])
        said = at_once(town.app, [lambda n=n, s=sent: phones[n].send(s[n]) for n in (0, 1)])
        assert sorted(said) == [["applied", "applied"], ["applied", "refused"]]
        winner = said.index(["applied", "applied"])
        assert "已经记在另一次走访上了" in _told(phones[1 - winner], sent[1 - winner][1])
        with town.app.app_context():
            assert _stand(db.session.get_one(BlankSlip, slip_id))[:2] == ("bound", visits[winner])
            assert db.session.get(Visit, visits[1 - winner]) is not None, "what was refused is the number alone"
            db.session.rollback()


def test_two_phones_that_bind_the_same_two_in_other_orders_wait_for_each_other_in_no_circle(town: Town) -> None:
    phone, other = Phone(town.app, "daibiao1"), Phone(town.app, "daibiao2")
    for _ in range(4):
        with writing():
            numbers = [slip.short for slip in pad_of(town.district, 2)]
        acts = []
        for who, order in ((phone, numbers), (other, numbers[::-1])):
            visit = str(new_id())
            start = who.says("visit.start", {"visit": visit, "premises": str(new_place(town.district)), "versions": []})
            ops = [start, *(who.says("visit.slip", {"visit": visit, "slip": number}) for number in order)]
            acts.append(lambda who=who, ops=ops: who.send(ops))
        said = sorted(at_once(town.app, acts))
        assert said == [["applied"] * 3, ["applied", "refused", "refused"]]
