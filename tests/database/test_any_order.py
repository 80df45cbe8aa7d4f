"""Two phones on one visit, delivered in any order, in any batches, with repeats: the end is the same.

What a phone keeps back is kept back: everything answered `later` is sent again until it is settled.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from inspect_app.checklists import queries as checklists
from inspect_app.hazards.models import Hazard
from inspect_app.intake.actions import receipt_holds, take_in
from inspect_app.intake.models import Receipt
from inspect_app.intake.rules import parse
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.premises import actions as premises
from inspect_app.visits import queries as visits
from inspect_app.visits.models import Visit, VisitAnswers
from tests.support import District

LOGINS = ("daibiao1", "daibiao2")
ITEMS = ("F-EXIT-01", "F-EXIT-02", "G-HOSE-02")
VALUES = ("pass", "fail", "na", "unsure", None)


@dataclass(frozen=True)
class Tap:
    """One operation of the story, in the order it was made on its phone."""

    phone: int
    kind: str
    payload: dict[str, Any]
    minute: int  # what the phone's clock said


answer = st.builds(
    lambda phone, item, value, chosen, minute: Tap(
        phone, "visit.answer", {"item": item, "value": value} | ({"chosen": True} if chosen and value else {}), minute
    ),
    st.integers(0, 1), st.sampled_from(ITEMS), st.sampled_from(VALUES), st.booleans(), st.integers(0, 30),
)  # fmt: skip
fact = st.builds(
    lambda phone, name, value, minute: Tap(phone, "visit.facts", {"facts": {name: value}}, minute),
    st.integers(0, 1), st.sampled_from(["seats", "staff"]), st.integers(1, 99), st.integers(0, 30),
)  # fmt: skip
signature = st.builds(
    lambda phone, minute: Tap(phone, "visit.sign", {"part": "premises", "name": "王老板", "reason": "拒绝签名"}, minute),
    st.integers(0, 1), st.integers(0, 30),
)  # fmt: skip
stories = st.tuples(
    st.lists(st.one_of(answer, answer, answer, fact, signature), min_size=1, max_size=10),
    st.lists(answer, max_size=3),
)


class Tale:
    """A story told with ids of its own at a place of its own, so that it can be told twice and compared."""

    def __init__(self, app: Flask, district: District, before: Sequence[Tap], after: Sequence[Tap]) -> None:
        self.app, self.district, self.visit = app, district, str(uuid4())
        self.place = premises.register(
            district.scope(LOGINS[0]), name=f"面馆{self.visit[:8]}", kind="small_restaurant", address="柳荫街",
            area_id=district.cast.communities[0], facts={"gas_kind": "bottled"},
        ).id  # fmt: skip
        lists = [str(row.id) for row in checklists.current_for("small_restaurant")]
        mate = [{"person_id": str(district.cast.persons[LOGINS[1]]), "name": "周国平"}]
        start = {"premises": str(self.place), "versions": lists, "companions": mate}
        story = [Tap(0, "visit.start", start, 0), *before, Tap(0, "visit.submit", {}, 31), *after]
        self.devices, numbers = [f"phone-{uuid4()}" for _ in LOGINS], [0, 0]
        self.operations: list[tuple[int, dict[str, Any]]] = []
        for tap in story:
            numbers[tap.phone] += 1
            self.operations.append((tap.phone, self._operation(tap, numbers[tap.phone])))

    def _operation(self, tap: Tap, seq: int) -> dict[str, Any]:
        at = clock.now().replace(hour=1, minute=0, second=0, microsecond=0) + timedelta(minutes=tap.minute)
        return {
            "id": str(uuid4()), "kind": tap.kind, "v": 1, "device": self.devices[tap.phone], "seq": seq,
            "captured_at": at.isoformat(), "payload": {"visit": self.visit} | tap.payload, "times": {},
        }  # fmt: skip

    def deliver(self, order: Sequence[int], sizes: Sequence[int]) -> dict[int, str]:
        """Send in this order, by number, in batches of these sizes, and again what came too early; outcome by number."""
        outcomes: dict[int, str] = {}
        waiting, size = list(order), list(sizes) or [1]
        for turn in range(60):
            batch = self._batch(waiting, size[turn % len(size)])
            if not batch:
                break
            for number, said in zip(batch, self._send(batch), strict=True):
                assert outcomes.get(number, "later") in ("later", said), "an outcome once given stays"
                outcomes[number] = said
            waiting += [number for number in dict.fromkeys(batch) if outcomes[number] == "later"]
        return outcomes

    def _batch(self, waiting: list[int], size: int) -> list[int]:
        """The next operations of one phone; they leave the queue."""
        if not waiting:
            return []
        phone = self.operations[waiting[0]][0]
        batch = [number for number in waiting if self.operations[number][0] == phone][:size]
        for number in batch:
            waiting.remove(number)
        return batch

    def _send(self, batch: Sequence[int]) -> list[str]:
        login = LOGINS[self.operations[batch[0]][0]]
        with self.app.test_request_context():
            taken = take_in(
                [parse(self.operations[number][1]) for number in batch], self.district.scope(login),
                self.app.extensions["appliers"], self.app.extensions["keys"],
            )  # fmt: skip
        return [str(line["outcome"]) for line in json.loads(taken["document"])["operations"]]

    def end(self) -> dict[str, Any]:
        """What is left of it all, without ids."""
        names = {device: number for number, device in enumerate(self.devices)}
        row = db.session.get_one(Visit, UUID(self.visit))
        merged = visits.answers(row.id)
        taps = [
            tap["operation"]
            for taps in db.session.scalars(select(VisitAnswers.taps).where(VisitAnswers.visit_id == row.id))
            for tap in taps
        ]
        return {
            "answers": {
                item: (
                    one.answer.value,
                    names[one.answer.device_id],
                    one.contested,
                    [(names[o.device_id], o.value) for o in one.others],
                )
                for item, one in merged.items()
            },
            "taps": (len(taps), len(set(taps))),
            "submitted": row.submitted_at is not None,
            "signatures": len(visits.signatures(row.id)),
        }

    def facts(self) -> dict[str, Any]:
        return db.session.get_one(Visit, UUID(self.visit)).facts

    def hazards(self) -> list[tuple[str | None, str]]:
        found = db.session.execute(select(Hazard.item_code, Hazard.grade).where(Hazard.premises_id == self.place))
        return sorted((row[0] or "", str(row[1])) for row in found)


Story = tuple[list[Tap], list[Tap]]


def _told(
    app: Flask, district: District, story: Story, data: st.DataObject, *, overtaken: bool = True
) -> tuple[Tale, Tale]:
    """The story as it happened, one by one, and the same in any order with repeats; both to their end.

    Unless `overtaken`, nothing made before the handing in comes after it, as a phone sends its own.
    """
    straight, shuffled = Tale(app, district, *story), Tale(app, district, *story)
    numbers = range(len(straight.operations))
    wanted = straight.deliver(list(numbers), [1])
    order = list(data.draw(st.permutations(numbers), label="order"))
    again = data.draw(st.lists(st.sampled_from(numbers), max_size=6), label="sent again")
    sizes = data.draw(st.lists(st.integers(1, 6), min_size=1, max_size=5), label="sizes of batches")
    handing_in = len(story[0]) + 1
    if overtaken:
        outcomes = shuffled.deliver([*order, *again], sizes)
    else:
        shuffled.deliver([number for number in order if number < handing_in], sizes)
        outcomes = shuffled.deliver([number for number in order if number >= handing_in] + list(numbers) + again, sizes)
    assert outcomes == wanted
    assert "later" not in outcomes.values()
    return straight, shuffled


SETTINGS = settings(
    max_examples=25, deadline=None, derandomize=True, phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip


@SETTINGS
@given(story=stories, data=st.data())
def test_answers_contests_and_receipts_do_not_depend_on_the_order(
    app: Flask, district: District, story: Story, data: st.DataObject
) -> None:
    straight, shuffled = _told(app, district, story, data)
    assert shuffled.end() == straight.end()
    assert all(receipt_holds(row, app.extensions["keys"]) for row in db.session.scalars(select(Receipt)))


@SETTINGS
@given(story=stories, data=st.data())
def test_hazards_do_not_depend_on_the_order_of_what_was_made_before_handing_in(
    app: Flask, district: District, story: Story, data: st.DataObject
) -> None:
    straight, shuffled = _told(app, district, story, data, overtaken=False)
    assert shuffled.hazards() == straight.hazards()


@pytest.mark.xfail(strict=True, reason="a fail that comes after the handing in makes no hazard yet")
@SETTINGS
@given(story=stories, data=st.data())
def test_hazards_do_not_depend_on_any_order(app: Flask, district: District, story: Story, data: st.DataObject) -> None:
    straight, shuffled = _told(app, district, story, data)
    assert shuffled.hazards() == straight.hazards()


@pytest.mark.xfail(
    strict=True, reason="of two words on one fact the one that arrives last counts, not the one said last"
)
@SETTINGS
@given(story=stories, data=st.data())
def test_facts_do_not_depend_on_the_order(app: Flask, district: District, story: Story, data: st.DataObject) -> None:
    straight, shuffled = _told(app, district, story, data)
    assert shuffled.facts() == straight.facts()
