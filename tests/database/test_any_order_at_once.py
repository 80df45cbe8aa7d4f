"""Several phones say all there is to say of two visits at one place, over connections of their own, at one moment, in any
order and batches, with repeats. What there must be in the end is computed from what was sent alone.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from inspect_app.casework import reconcile
from inspect_app.checklists import queries as checklists
from inspect_app.hazards import queries as hazards
from inspect_app.hazards.events import Event
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.photos import HazardPhoto
from inspect_app.hazards.sightings import Sighting
from inspect_app.intake.models import JournalEntry
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.papers.models import Paper, PaperLine
from inspect_app.visits import queries as visits
from inspect_app.visits.closings import ClosedZone, Closing, together
from inspect_app.visits.models import ItemChecked, Visit, VisitAnswers, VisitSignature
from inspect_app.visits.rules import Answer, Merged, SaidAt, last_words, merge, photos_named, that_count
from tests.database.conftest import Town
from tests.database.crowd import Phone, at_once, new_place

ITEMS = ("F-EXIT-01", "F-EXIT-02", "G-HOSE-02")
VALUES = ("pass", "fail", "fail", "na", "unsure", None)
STORIES, LONG = 4, 24
Operation = dict[str, Any]


@dataclass
class Story:
    """Two visits at one place: the first by two people on three phones, the second by one on one."""

    town: Town
    rng: Random

    def __post_init__(self) -> None:
        logins = ("daibiao1", "daibiao2", "daibiao1", "daibiao3")
        self.place = new_place(self.town.district)
        self.phones = [Phone(self.town.app, login, f"{login}-{number}") for number, login in enumerate(logins)]
        self.visits = [str(uuid4()), str(uuid4())]
        self.sent: list[list[Operation]] = [[] for _ in self.phones]
        self._begin()
        for _ in range(self.rng.randint(8, 20)):
            self._say()
        self._hand_in()

    def _begin(self) -> None:
        mates = [{"person_id": str(self.town.district.cast.persons["daibiao2"]), "name": "周国平"}]
        lists = [str(row.id) for row in checklists.current_for("small_restaurant")]
        for number, phone, companions in ((0, 0, mates), (1, 3, [])):
            start = {"visit": self.visits[number], "premises": str(self.place), "versions": lists, "depth": "short"}
            self._add(phone, "visit.start", start | {"companions": companions}, 0, version=2)

    def _say(self) -> None:
        phone, kind, minute = self.rng.randrange(4), self.rng.random(), self.rng.randint(1, 30)
        visit = {"visit": self.visits[phone == 3]}
        if kind < 0.15:
            seen = {"zone": self.rng.choice(["hall", "kitchen"]), "looked": self.rng.random() < 0.7}
            items = self.rng.sample(ITEMS, self.rng.randint(0, len(ITEMS)))
            self._add(phone, "visit.zone", visit | seen | {"items": items, "photos": [str(uuid4())]}, minute)
        elif kind < 0.7:
            value = self.rng.choice(VALUES)
            said = {"item": self.rng.choice(ITEMS), "value": value}
            said |= {"photos": [str(uuid4()) for _ in range(self.rng.randint(0, 2))]} if value == "fail" else {}
            said |= {"chosen": True} if value and self.rng.random() < 0.2 else {}
            self._add(phone, "visit.answer", visit | said, minute)
        elif kind < 0.85:
            facts = {self.rng.choice(["seats", "staff"]): self.rng.randint(1, 99)}
            self._add(phone, "visit.facts", visit | {"facts": facts}, minute)
        elif kind < 0.95:
            self._add(phone, "visit.sign", visit | {"part": "premises", "name": "王老板", "reason": "拒绝签名"}, minute)
        else:
            outcome = {"outcome": self.rng.choice(["inspected", "ended_early"]), "note": "有急事"}
            self._add(phone, "visit.outcome", visit | outcome, minute, version=2)

    def _hand_in(self) -> None:
        """From one phone or from all that were there; a phone hands in after what it has said itself, or forgets to wait."""
        for phone in (0, *self.rng.sample([1, 2], self.rng.randint(0, 2)), 3):
            said = [op["id"] for op in self.sent[phone] if op["kind"] != "visit.start"]
            after = {"after": said} if self.rng.random() < 0.7 else {}
            self._add(phone, "visit.submit", {"visit": self.visits[phone == 3]} | after, 31)

    def _add(self, phone: int, kind: str, payload: dict[str, Any], minute: int, *, version: int = 1) -> None:
        op = self.phones[phone].says(kind, payload) | {"v": version}
        # Far enough apart that no way of a request changes the order: the server counts back from when it comes.
        at = clock.now() - timedelta(days=1) + timedelta(minutes=30 * minute + 7 * phone)
        self.sent[phone].append(op | {"captured_at": at.isoformat()})

    def deliver(self) -> dict[str, str]:
        """All phones at once, until nothing is told to wait; the outcome of each operation by its id."""
        plans = [self._plan(number) for number in range(len(self.phones))]
        waiting: list[list[Operation]] = [[] for _ in self.phones]
        outcomes: dict[str, str] = {}

        def tell(number: int) -> dict[str, str]:
            found: dict[str, str] = {}
            for batch in plans[number]:
                for op, said in zip(batch, self.phones[number].send(batch), strict=True):
                    assert found.get(op["id"], "later") in ("later", said), "an outcome once given stays"
                    found[op["id"]] = said
            waiting[number] = [op for op in self.sent[number] if found.get(op["id"]) == "later"]
            return found

        for _ in range(20):
            for found in at_once(self.town.app, [lambda n=n: tell(n) for n in range(len(self.phones)) if plans[n]]):
                outcomes |= found
            plans = [[ops] if ops else [] for ops in waiting]
            if not any(plans):
                break
            waiting = [[] for _ in self.phones]
        return outcomes

    def _plan(self, number: int) -> list[list[Operation]]:
        said = self.sent[number]
        ops = self.rng.sample(said, len(said)) + (self.rng.choices(said, k=3) if said else [])
        size = self.rng.randint(1, 6)
        return [ops[start : start + size] for start in range(0, len(ops), size)]

    # --- what must be, from what was sent ---

    def _of(self, visit: str, kind: str) -> list[Operation]:
        return [op for ops in self.sent for op in ops if op["kind"] == kind and op["payload"]["visit"] == visit]

    def answers(self, visit: str) -> dict[str, Merged]:
        return merge(
            Answer(op["payload"]["item"], op["device"], (datetime.fromisoformat(op["captured_at"]), op["seq"]),
                   op["payload"], bool(op["payload"].get("chosen")))
            for op in self._of(visit, "visit.answer")
        )  # fmt: skip

    def zones(self, visit: str) -> dict[str, ClosedZone]:
        return together(
            Closing(op["payload"]["zone"], op["device"], (datetime.fromisoformat(op["captured_at"]), op["seq"]),
                    op["payload"]["looked"], tuple(op["payload"]["items"]), photos=photos_named(op["payload"]))
            for op in self._of(visit, "visit.zone")
        )  # fmt: skip

    def failing(self, visit: str) -> set[str]:
        return {item for item, one in self.answers(visit).items() if one.answer.value == "fail"}

    def ever_failed(self, visit: str) -> set[str]:
        said = [op["payload"] for op in self._of(visit, "visit.answer")]
        return {payload["item"] for payload in said if payload["value"] == "fail"}

    def facts(self, visit: str) -> dict[str, Any]:
        words: dict[str, Any] = {}
        for op in self._of(visit, "visit.facts"):
            said = SaidAt(op["device"], op["seq"], datetime.fromisoformat(op["captured_at"]))
            words = last_words(words, op["payload"]["facts"], said)
        return that_count(words)


def _check(story: Story) -> None:
    db.session.rollback()
    _check_operations(story)
    found = db.session.scalars(select(Hazard).where(Hazard.premises_id == story.place)).all()
    assert len(found) == len({row.item_code for row in found}), "one hazard of an item at a place"
    assert all(hazards.fault_of(row.id) is None for row in found)
    for visit in story.visits:
        _check_visit(story, visit, {row.id: row for row in found})
    _check_proof(story)


def _check_operations(story: Story) -> None:
    ids = {UUID(op["id"]) for ops in story.sent for op in ops}
    assert set(db.session.scalars(select(JournalEntry.id).where(JournalEntry.id.in_(ids)))) == ids
    for visit in story.visits:
        taps = [
            tap["operation"]
            for row in db.session.scalars(select(VisitAnswers.taps).where(VisitAnswers.visit_id == UUID(visit)))
            for tap in row
        ]
        told = [*story._of(visit, "visit.answer"), *story._of(visit, "visit.zone")]
        assert Counter(taps) == Counter(op["id"] for op in told)
        signed = db.session.scalars(select(VisitSignature.id).where(VisitSignature.visit_id == UUID(visit))).all()
        assert sorted(map(str, signed)) == sorted(op["id"] for op in story._of(visit, "visit.sign"))


def _check_visit(story: Story, visit: str, found: dict[UUID, Hazard]) -> None:
    row = db.session.get_one(Visit, UUID(visit))
    assert row.submitted_at is not None
    zones = [visits.zones(row.id), story.zones(visit)]
    told = [
        {code: (one.looked, one.items, one.not_looked, one.photos) for code, one in by_zone.items()}
        for by_zone in zones
    ]
    assert told[0] == told[1]
    checked = {code for code, one in visits.answers(row.id).items() if one.answer.value in ("pass", "fail", "na")}
    assert checked <= set(
        db.session.scalars(select(ItemChecked.item_code).where(ItemChecked.premises_id == story.place))
    )
    assert row.facts == story.facts(visit)
    own = [hazard for hazard in found.values() if hazard.visit_id == row.id]
    seen = db.session.scalars(select(Sighting.hazard_id).where(Sighting.visit_id == row.id)).all()
    items = Counter([hazard.item_code for hazard in own] + [found[hazard_id].item_code for hazard_id in seen])
    assert all(number == 1 for number in items.values()), "each once"
    assert story.failing(visit) <= set(items) <= story.ever_failed(visit)
    events = [
        (event.step, event.hazard_id)
        for event in db.session.scalars(select(Event).where(Event.hazard_id.in_(found), Event.step.in_(["report", "sight"])))
        if event.body["facts"].get("visit") == visit or (found[event.hazard_id].visit_id == row.id and event.step == "report")
    ]  # fmt: skip
    assert Counter(events) == Counter([("report", hazard.id) for hazard in own] + [("sight", one) for one in seen])
    lines = db.session.scalars(
        select(PaperLine.hazard_id).join(Paper, Paper.id == PaperLine.paper_id).where(Paper.visit_id == row.id)
    ).all()
    assert Counter(lines) == Counter(hazard.id for hazard in own if not hazard.finding.get("late"))


def _check_proof(story: Story) -> None:
    """The proof of visits finds nothing to make. Photos of a later word on an item that had its hazard are linked by it."""
    report = reconcile.Report()
    after = None
    while (after := reconcile.prove(report, after)) is not None:
        pass
    assert report.left == []
    assert all("没有连上照片" in words for words in report.mended), report.mended
    for visit in story.visits:
        linked = set(
            db.session.scalars(
                select(HazardPhoto.photo_id)
                .join(Hazard, Hazard.id == HazardPhoto.hazard_id)
                .where(Hazard.premises_id == story.place)
            )
        )
        for item in story.failing(visit):
            named = story.answers(visit)[item].answer.body.get("photos") or []
            assert {UUID(photo) for photo in named} <= linked


def _tell(town: Town, numbers: Sequence[int]) -> None:
    for number in numbers:
        story = Story(town, Random(f"at once {number}"))
        assert set(story.deliver().values()) == {"applied"}, number
        _check(story)


def test_all_at_once_comes_to_what_was_said(town: Town) -> None:
    _tell(town, range(STORIES))


@pytest.mark.long
def test_all_at_once_comes_to_what_was_said_many_times(town: Town) -> None:
    _tell(town, range(STORIES, LONG))
