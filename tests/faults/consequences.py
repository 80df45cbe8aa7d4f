"""What every answer must have led to: one hazard or one sighting, its photos, its line on a paper, its events.

Part of the judge: it says by its own words what the answer of two phones comes to, and checks chains with a hash alone.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from .records import plain
from .witnesses import Finding, Phone, Server, canonical

STRICT = ("na", "pass", "unsure", "fail")  # what shows where phones differ: the last of these
GENESIS = "0" * 64


def visits(phone: Phone, server: Server) -> Iterator[Finding]:
    """The strictest of each phone's last taps is what shows; what failed has all that must follow, once."""
    for (visit, item), by_phone in phone.taps.items():
        expected = max((tap["value"] for tap in by_phone.values()), key=STRICT.index)
        shown = phone.answers.get(visit, {}).get(item)
        if shown != expected:
            yield Finding("answer", visit, f"{item}: tapped {expected!r} last, the server shows {shown!r}")
        makes = any(tap.get("hazard") for tap in by_phone.values())
        if makes and expected == "fail" and _handed_in(visit, server):
            yield from _followed(visit, item, phone, server)
    for visit in phone.submitted:
        if not _handed_in(visit, server):
            yield Finding("lost", visit, "handing in")
    yield from _twins(server)
    yield from _places(server)
    yield from _chains(server)


def _handed_in(visit: str, server: Server) -> bool:
    row = server.records.visits.get(visit)
    return row is not None and row["submitted_at"] is not None


def _followed(visit: str, item: str, phone: Phone, server: Server) -> Iterator[Finding]:
    """One hazard of this visit, or one sighting by it of another; nothing of both and nothing twice."""
    made = [row for row in server.records.hazards if (row["visit_id"], row["item_code"]) == (visit, item)]
    seen = [row for row in server.records.sightings if (row["visit_id"], row["item_code"]) == (visit, item)]
    if not made and not seen:
        yield Finding("lost", visit, f"{item}: neither hazard nor sighting")
        return
    if len(made) + len(seen) > 1:
        yield Finding("doubled", visit, f"{item}: {len(made)} hazards and {len(seen)} sightings")
    hazard = made[0]["id"] if made else seen[0]["hazard_id"]
    yield from _photos(visit, item, hazard, phone, server)
    if made:
        yield from _paper(visit, item, made[0], server)
    steps = server.records.events.get(hazard, [])
    wanted = "report" if made else "sight"
    if not any(_tells(event, wanted, visit, made=bool(made)) for event in steps):
        yield Finding("lost", visit, f"{item}: no event {wanted} in the chain")


def _tells(event: Mapping[str, Any], step: str, visit: str, *, made: bool) -> bool:
    if event["step"] != step:
        return False
    body = event["body"]
    named = body["standing"].get("visit_id") if made else body["facts"].get("visit")
    return plain(str(named)) == visit


def _photos(visit: str, item: str, hazard: str, phone: Phone, server: Server) -> Iterator[Finding]:
    """The photos that one of the phones named with its last failing answer stand with the hazard."""
    answers = [
        op
        for op in phone.operations.values()
        if op["kind"] == "visit.answer" and (plain(op["payload"]["visit"]), op["payload"]["item"]) == (visit, item)
    ]
    last = {op["phone"]: op for op in sorted(answers, key=lambda op: int(op["seq"]))}
    named = [op["payload"].get("photos") or [] for op in last.values() if op["payload"]["value"] == "fail"]
    linked = {photo for one, photo in server.records.links if one == hazard}
    if named and not any({plain(photo) for photo in photos} <= linked for photos in named):
        yield Finding("lost", visit, f"{item}: a photo does not stand with its hazard")


def _paper(visit: str, item: str, hazard: Mapping[str, Any], server: Server) -> Iterator[Finding]:
    """What was found when the visit was handed in stands on its paper; what came after the signature does not."""
    lines = [row for row in server.records.papers if (row["visit_id"], row["hazard_id"]) == (visit, hazard["id"])]
    if hazard["finding"].get("late"):
        return
    if not lines:
        yield Finding("lost", visit, f"{item}: on no paper")
    elif len(lines) > 1:
        yield Finding("doubled", visit, f"{item}: on {len(lines)} papers")


def _twins(server: Server) -> Iterator[Finding]:
    """The same item open twice at one place."""
    open_at = Counter(
        (row["premises_id"], row["item_code"])
        for row in server.records.hazards
        if row["settled_on"] is None and row["item_code"]
    )
    for (place, item), count in open_at.items():
        if count > 1:
            yield Finding("doubled", place, f"{item}: {count} open hazards")


def _places(server: Server) -> Iterator[Finding]:
    """A hazard stands at the place of its visit."""
    for row in server.records.hazards:
        visit = server.records.visits.get(row["visit_id"] or "")
        if visit is not None and visit["premises_id"] != row["premises_id"]:
            yield Finding("altered", row["id"], "the hazard stands at another place than its visit")


def _chains(server: Server) -> Iterator[Finding]:
    """Every chain from its first event on, each event hashed over the one before."""
    for row in server.records.hazards:
        previous = GENESIS
        chain = server.records.events.get(row["id"], [])
        if not chain:
            yield Finding("lost", row["id"], "all events")
        for expected, event in enumerate(chain, start=1):
            whole = {"algorithm": event["algorithm"], "body": event["body"], "previous": event["previous"]}
            if event["seq"] != expected or event["previous"] != previous:
                yield Finding("lost", row["id"], f"event {expected}")
                break
            if hashlib.sha256(canonical(whole)).hexdigest() != event["hash"]:
                yield Finding("altered", row["id"], f"event {expected}")
                break
            previous = event["hash"]
