"""Two phones on one visit, delivered in any order, in any batches, with repeats: the end is the same.

What a phone keeps back is kept back: everything answered `later` is sent again until it is settled.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from inspect_app.checklists import queries as checklists
from inspect_app.hazards.models import Hazard
from inspect_app.intake.models import Receipt
from inspect_app.intake.receipts import receipt_holds
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.premises import actions as premises
from inspect_app.visits import queries as visits
from inspect_app.visits.models import Visit, VisitAnswers
from tests.operations import operation, taken
from tests.support import District

LOGINS = ("daibiao1", "daibiao2")
ITEMS = ("F-EXIT-01", "F-EXIT-02", "G-HOSE-02")
VALUES = ("pass", "fail", "fail", "na", "unsure", None)
STORIES = 10


@dataclass(frozen=True)
class Tap:
    """One operation of the story, in the order it was made on its phone."""

    phone: int
    kind: str
    payload: dict[str, Any]
    minute: int  # what the phone's clock said


def _answer(rng: Random) -> Tap:
    value = rng.choice(VALUES)
    said = {"item": rng.choice(ITEMS), "value": value} | ({"chosen": True} if value and rng.random() < 0.3 else {})
    return Tap(rng.randint(0, 1), "visit.answer", said, rng.randint(0, 30))


def _tap(rng: Random) -> Tap:
    """An answer mostly; else a zone that is closed, a word on a fact, or a signature."""
    kind, phone, minute = rng.random(), rng.randint(0, 1), rng.randint(0, 30)
    if kind < 0.2:
        items = rng.sample(ITEMS, rng.randint(0, len(ITEMS)))
        said = {
            "zone": rng.choice(["hall", "kitchen"]),
            "looked": rng.random() < 0.6,
            "items": items,
            "reason": "没时间",
        }
        return Tap(phone, "visit.zone", said | {"seconds": rng.randint(1, 300)}, minute)
    if kind < 0.6:
        return _answer(rng)
    if kind < 0.9:
        return Tap(phone, "visit.facts", {"facts": {rng.choice(["seats", "staff"]): rng.randint(1, 99)}}, minute)
    return Tap(phone, "visit.sign", {"part": "premises", "name": "王老板", "reason": "拒绝签名"}, minute)


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
        # Named in order: of two taps of the same instant and number the name of the phone decides.
        self.devices, numbers = [f"{login}-{uuid4()}" for login in LOGINS], [0, 0]
        self.operations: list[tuple[int, dict[str, Any]]] = []
        for tap in story:
            numbers[tap.phone] += 1
            payload = tap.payload | ({"after": self._said_by(0)} if tap.kind == "visit.submit" else {})
            self.operations.append((tap.phone, self._operation(replace(tap, payload=payload), numbers[tap.phone])))

    def _said_by(self, phone: int) -> list[str]:
        """What handing in stands on: all that its phone has said so far."""
        return [raw["id"] for number, raw in self.operations if number == phone and raw["kind"] != "visit.start"]

    def _operation(self, tap: Tap, seq: int) -> dict[str, Any]:
        # Yesterday, whatever the time of day: an instant that lies ahead would count as that of its receipt.
        begun = (clock.now() - timedelta(days=1)).replace(hour=1, minute=0, second=0, microsecond=0)
        payload = {"visit": self.visit} | tap.payload
        return operation(
            tap.kind, payload, seq, at=begun + timedelta(minutes=tap.minute), device=self.devices[tap.phone]
        )

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
        return taken(self.app, self.district, login, [self.operations[number][1] for number in batch])

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
            "zones": {
                code: (zone.looked, zone.items, zone.not_looked, zone.reason, zone.seconds)
                for code, zone in visits.zones(row.id).items()
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


def _told(app: Flask, district: District, story: Story, rng: Random) -> tuple[Tale, Tale]:
    """The story as it happened, one by one, and the same in any order with repeats; both to their end."""
    straight, shuffled = Tale(app, district, *story), Tale(app, district, *story)
    numbers = range(len(straight.operations))
    wanted = straight.deliver(list(numbers), [3])
    outcomes = shuffled.deliver(
        [*rng.sample(numbers, len(numbers)), *rng.choices(numbers, k=3)], [rng.randint(1, 6) for _ in range(5)]
    )
    assert outcomes == wanted
    assert "later" not in outcomes.values()
    return straight, shuffled


@pytest.mark.parametrize("number", range(STORIES))
def test_the_end_does_not_depend_on_the_order_of_arrival(app: Flask, district: District, number: int) -> None:
    """Answers, contests, signatures, facts and receipts are the same. What fails in the end is a hazard, whatever came
    when, and nothing else is, with one exception.

    The exception: an item that failed for a while keeps the hazard it had by then. Whoever chose 合格 late takes nothing
    back that may have been handed over already; the desk voids it, with a reason.
    """
    rng = Random(f"story {number}")
    story = [_tap(rng) for _ in range(rng.randint(4, 12))], [_answer(rng) for _ in range(rng.randint(0, 3))]
    straight, shuffled = _told(app, district, story, rng)
    assert shuffled.end() == straight.end()
    assert shuffled.facts() == straight.facts()
    failed_once = {tap.payload["item"] for tap in story[0] + story[1] if tap.payload.get("value") == "fail"}
    fails = {item for item, one in visits.answers(UUID(straight.visit)).items() if one.answer.value == "fail"}
    for tale in (straight, shuffled):
        found = [item for item, _ in tale.hazards()]
        assert len(found) == len(set(found))
        assert fails <= set(found) <= failed_once
    graded = [{item: grade for item, grade in tale.hazards() if item in fails} for tale in (straight, shuffled)]
    assert graded[0] == graded[1]
    assert all(receipt_holds(row, app.extensions["keys"]) for row in db.session.scalars(select(Receipt)))
