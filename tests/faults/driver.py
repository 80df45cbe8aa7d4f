"""A deputy's days on a bad phone and a bad network: visits, photos, kills; and a log of everything that was done.

The log is the judge's witness: it is written by this file alone, right after the phone's own database was read and held
what was tapped.
"""

import base64
import hashlib
import io
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from PIL import Image
from playwright.sync_api import Error

from . import witnesses
from .handset import Handset
from .proxy import Proxy
from .site import Site

# Items whose failing makes a hazard, whatever the place.
FAILING = ("F-EXIT-01", "F-EXIT-02", "G-HOSE-02")
SMALLEST, LARGEST = 60_000, 150_000  # bytes of a photo
Step = dict[str, Any]


@dataclass
class Journal:
    """Append-only; what is in here the phone was seen to hold."""

    path: Path
    known: set[str] = field(default_factory=set)  # ids that were logged
    sizes: dict[str, int] = field(default_factory=dict)  # photo -> bytes
    visits: list[str] = field(default_factory=list)
    operations: int = 0

    def write(self, at: str, **line: Any) -> None:
        with self.path.open("a") as file:
            file.write(json.dumps({"at": at} | line, ensure_ascii=False) + "\n")

    def operation(self, row: dict[str, Any]) -> None:
        if row["id"] in self.known:
            return
        self.known.add(row["id"])
        self.operations += 1
        names = ("id", "kind", "v", "device", "seq", "captured_at", "payload", "account")
        self.write("operation", sha256=witnesses.operation_hash(row), **{name: row[name] for name in names})

    def photo(self, row: dict[str, Any]) -> None:
        if row["id"] in self.known or not row["has"]:
            return
        self.known.add(row["id"])
        self.sizes[row["id"]] = row["size"]
        self.write(
            "photo",
            id=row["id"],
            sha256=row["sha256_now"],
            size=row["size"],
            visit=row["visit"],
            account=row.get("account"),
        )


class Driver:
    """Runs visits on one handset. Everything random comes from `seed`."""

    def __init__(self, site: Site, proxy: Proxy, handset: Handset, folder: Path, seed: int | str) -> None:
        self.site, self.proxy, self.handset, self.folder = site, proxy, handset, folder
        self.person = site.persons[handset.login]
        self.rng = Random(f"driver:{seed}")
        self.journal = Journal(folder / "journal.jsonl")
        self.moved: Counter[str] = Counter()  # what else happened: pressed again, begun while killed
        self._bases = [_jpeg(self.rng, size) for size in range(SMALLEST, LARGEST, 18_000)]

    # --- what a person does ---

    def new_visit(self) -> str:
        return str(UUID(int=self.rng.getrandbits(128), version=4))

    def visit(self, answers: int, photos: int, kills: dict[int, str] | None = None) -> str:
        """A visit through the phone's own ledger: start, photos, answers of which some are changed, handing in."""
        visit = self.new_visit()
        place = self.rng.choice(self.site.places)
        start = self.begins(visit, place)
        self.go(visit, [start, *self.fills(visit, answers, photos)], kills)
        self.hand_in(visit)
        return visit

    def hand_in(self, visit: str) -> None:
        """What was handed in goes out."""
        self.journal.write("submit", visit=visit)
        self.handset.begin("send")

    def go(self, visit: str, steps: list[Step], kills: dict[int, str] | None = None) -> None:
        """Do the steps of a visit. `kills` says what happens before which step; up to there they are done in one go."""
        shots: list[str] = []
        kills = kills or {}
        self.journal.visits.append(visit)
        begun = 0
        for number in [*sorted(kills), len(steps)]:
            shots += self._do(steps[begun:number], shots, visit)
            begun = number
            if number in kills:
                self.happens(kills[number], visit)

    def begins(self, visit: str, place: str, mates: Iterable[str] = ()) -> Step:
        """The visit begins at a place; `mates` are persons who go along."""
        companions = [{"person_id": person, "name": ""} for person in mates]
        return {"entry": ["visit.start", {"visit": visit, "premises": place, "versions": self.site.versions,
                                          "how": "with_card", "companions": companions, "facts": {}}]}  # fmt: skip

    def fills(self, visit: str, answers: int, photos: int, fails: Iterable[str] = ()) -> list[Step]:
        """Photos, answers of which one is changed, handing in; `fails` are found wrong, by default one or two by chance."""
        rng = self.rng
        wrong = list(fails) or rng.sample(FAILING, rng.randint(1, 2))
        others = rng.sample([code for code in self.site.codes if code not in FAILING], max(1, answers - len(wrong)))
        changed = rng.choice(others)
        return [
            *({"shot": True} for _ in range(photos)),
            *(_tap(visit, code, "fail", photos) for code in wrong),
            *(_tap(visit, code, rng.choice(["pass", "na", "unsure"]), 0) for code in others),
            _tap(visit, changed, rng.choice(["pass", "na"]), 0),
            {"entry": ["visit.submit", {"visit": visit, "text_sha256": ""}]},
            *([_tap(visit, changed, "unsure", 0)] if rng.random() < 0.1 else []),  # seen later, after the signature
        ]

    def _do(self, steps: list[Step], shots: list[str], visit: str) -> list[str]:
        """Do some steps and log what the phone held after each; the ids of the new photos.

        Where the page goes away under them (it took an update) they are done once more: a tap is a tap again, and a
        photo another photo.
        """
        if not steps:
            return []
        for turn in range(3):
            made = [step | {"shot": self._pack(), "visit": visit} if step.get("shot") else step for step in steps]
            try:
                found = self.handset.call("steps", made, shots)
                break
            except Error:
                if turn == 2:
                    raise
                self.moved["steps begun anew"] += 1
                self.back()
        for row in found["operations"]:
            self.journal.operation(row)
        for row in found["photos"]:
            self.journal.photo(row)
        for payload in (step["entry"][1] for step in steps if "entry" in step):
            if "item" in payload:
                self.journal.write(
                    "tap", visit=visit, item=payload["item"], value=payload["value"], hazard=payload["item"] in FAILING
                )
        return [row["id"] for row in found["photos"]]

    def _pack(self) -> str:
        return base64.b64encode(self.photo()).decode()

    def photo(self) -> bytes:
        """A JPEG that no other is: a comment with random bytes behind the first marker."""
        base, mark = self.rng.choice(self._bases), self.rng.randbytes(24)
        return base[:2] + b"\xff\xfe" + (len(mark) + 2).to_bytes(2, "big") + mark + base[2:]

    # --- what happens to the phone and the server ---

    def happens(self, what: str, visit: str) -> None:
        """One of KILLS, in the middle of what was going on; afterwards the phone is on again and was read."""
        KILLS[what](self, visit)
        self.back()

    def back(self) -> None:
        """The phone is on again, and what it holds is logged; once more where it takes an update just then."""
        for turn in range(3):
            try:
                self.handset.open()
                self.read_back()
                return
            except Error:
                if turn == 2:
                    raise

    def camera_kill(self, visit: str) -> None:
        """The tab dies between the camera and the stored photo, or just after."""
        data = self.photo()
        self.journal.write("begun", sha256=hashlib.sha256(data).hexdigest())
        self.moved["photos begun while the tab was killed"] += 1
        self.handset.begin("shoot", base64.b64encode(data).decode(), visit)
        time.sleep(self.rng.uniform(0, 0.08))
        self.handset.kill_renderer("camera killed")

    def server_kill(self, _visit: str) -> None:
        """kill -9 while something is being sent; the phone meets a dead server for a moment."""
        self.handset.begin("send")
        time.sleep(self.rng.uniform(0.05, 0.3))
        self.site.kill()
        self.handset.kills["server killed"] += 1
        self.handset.begin("send")
        self.site.start()

    def worker_kill(self, _visit: str) -> None:
        """kill -9 to the worker alone, in the middle of whatever it does; it is started again."""
        self.handset.begin("send")
        time.sleep(self.rng.uniform(0.05, 0.5))
        self.site.kill_worker()
        self.handset.kills["worker killed"] += 1
        self.site.start_worker()

    def process_kill(self, _visit: str) -> None:
        """kill -9 to one process of the web server while it answers; the others go on."""
        self.handset.begin("send")
        time.sleep(self.rng.uniform(0.05, 0.3))
        if self.site.kill_one():
            self.handset.kills["web process killed"] += 1
        self.handset.begin("send")

    def update(self, visit: str) -> None:
        """The server comes back with another shell: the page is open under the old one."""
        self.site.shell += 1
        self.server_kill(visit)
        self.handset.kills["shell updated"] += 1

    def tab_kill(self, _visit: str) -> None:
        self.handset.begin("send")
        time.sleep(self.rng.uniform(0, 0.2))
        self.rng.choice([self.handset.kill_tab, self.handset.kill_renderer])()

    def browser_kill(self, _visit: str) -> None:
        self.handset.begin("send")
        time.sleep(self.rng.uniform(0, 0.2))
        self.handset.kill_browser()

    def network_end(self, visit: str) -> None:
        """Nothing answers any more and the tab dies: the page opens from the phone, and a photo is taken there."""
        self.proxy.gone = True
        self.handset.kills["network gone"] += 1
        self.handset.kill_tab()
        self.handset.open()
        self._do([{"shot": True}], [], visit)
        self.handset.begin("send")
        self.proxy.gone = False

    def session_end(self, _visit: str) -> None:
        self.handset.end_session()
        self.handset.begin("send")
        time.sleep(0.1)

    def clock_jump(self, _visit: str) -> None:
        self.handset.jump_clock(self.rng.choice([-26, -3, -0.2, 0, 0.2, 5, 30]))

    def read_back(self) -> None:
        """Whatever the phone holds and the log does not know yet: stored just before a kill."""
        rows = self.handset.call("rows", "operations", self.unknown("operations"))
        for row in sorted(rows, key=lambda row: int(row["seq"])):
            self.journal.operation(row)
        for row in self.handset.call("pictures", self.unknown("photos")):
            self.journal.photo(row)

    def unknown(self, store: str) -> list[str]:
        return [ident for ident in self.handset.call("ids", store) if ident not in self.journal.known]

    # --- the end ---

    def send_all(self, within: float) -> int:
        """Send until nothing waits and nothing needs a person; returns what is left after `within` seconds."""
        until = time.monotonic() + within
        said = {"left": -1, "refused": 0}
        while time.monotonic() < until and said["left"] + said["refused"]:
            try:
                said = self.handset.call("push", 5000)
                if said["now"] == "signin":
                    self.handset.open()
                elif said["refused"]:
                    self._press_again()
            except Error:
                self.handset.open()
        return int(said["left"]) + int(said["refused"])

    def _press_again(self) -> None:
        """再发一次 in the outbox, for what needs a person."""
        page = self.handset.open("/field/outbox")
        with suppress(Error):  # settled meanwhile by itself
            page.get_by_role("button", name="再发一次").first.click(timeout=3000)
            self.moved["pressed 再发一次"] += 1
        self.handset.open()

    def export(self) -> None:
        """What the judge reads beside the log: the phone's rows, what the server shows, what the network said."""
        self.proxy.policy.calm = True
        self.handset.open()
        self.read_back()
        call = self.handset.call
        phone = {
            "operations": call("all", "operations"),
            "photos": [row for some in _hundreds(call("ids", "photos")) for row in call("pictures", some)],
            "receipts": call("all", "receipts"),
        }
        (self.folder / "phone.json").write_text(json.dumps(phone, ensure_ascii=False))
        shown: dict[str, dict[str, Any]] = {}
        for visit in self.journal.visits:
            answer = self.handset.page.request.get(f"/field/visits/{visit}/answers")
            if answer.ok:
                shown[visit] = {item: body.get("value") for item, body in answer.json()["answers"].items()}
        (self.folder / "answers.json").write_text(json.dumps(shown))
        network = {"too_large": sorted(self.proxy.counts.told_too_large)}
        (self.folder / "network.json").write_text(json.dumps(network))


KILLS: dict[str, Callable[[Driver, str], None]] = {
    "tab": Driver.tab_kill,
    "camera": Driver.camera_kill,
    "browser": Driver.browser_kill,
    "server": Driver.server_kill,
    "worker": Driver.worker_kill,
    "process": Driver.process_kill,
    "update": Driver.update,
    "network": Driver.network_end,
    "session": Driver.session_end,
    "clock": Driver.clock_jump,
}


def _tap(visit: str, code: str, value: str, photos: int) -> Step:
    """An answer; one that fails names the photos taken so far."""
    failed = value == "fail"
    payload = {
        "visit": visit, "item": code, "value": value, "after_photos": [], "wordings": ["门上了锁"] if failed else [],
        "place": "厨房" if failed else "", "note": "", "no_photo_reason": "光线太暗" if failed and not photos else "",
        "days": 7, "fixed_now": False, "suspected_reason": "",
    }  # fmt: skip
    return {"entry": ["visit.answer", payload | ({"photos": []} if failed else {})]}


def _hundreds(ids: list[str]) -> Iterable[list[str]]:
    return (ids[start : start + 100] for start in range(0, len(ids), 100))


def _jpeg(rng: Random, size: int) -> bytes:
    """A noisy picture of about `size` bytes."""
    side = int((size / 0.62) ** 0.5)
    picture = Image.frombytes("L", (side, side), rng.randbytes(side * side)).convert("RGB")
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=60)
    return data.getvalue()
