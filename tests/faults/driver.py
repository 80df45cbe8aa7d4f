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
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from PIL import Image
from playwright.sync_api import Error

from . import judge
from .handset import Handset
from .proxy import Proxy
from .site import Site

# Items whose failing makes a hazard, whatever the place.
FAILING = ("F-EXIT-01", "F-EXIT-02", "G-HOSE-02")
SMALLEST, LARGEST = 60_000, 150_000  # bytes of a photo


@dataclass
class Journal:
    """Append-only; what is in here the phone was seen to hold."""

    path: Path
    known: set[str] = field(default_factory=set)  # ids that were logged
    sizes: dict[str, int] = field(default_factory=dict)  # photo -> bytes
    visits: list[str] = field(default_factory=list)

    def write(self, at: str, **line: Any) -> None:
        with self.path.open("a") as file:
            file.write(json.dumps({"at": at} | line, ensure_ascii=False) + "\n")

    def operation(self, row: dict[str, Any]) -> None:
        if row["id"] in self.known:
            return
        self.known.add(row["id"])
        names = ("id", "kind", "v", "device", "seq", "captured_at", "payload", "account")
        self.write("operation", sha256=judge.operation_hash(row), **{name: row[name] for name in names})

    def photo(self, row: dict[str, Any]) -> None:
        if row["id"] in self.known or not row["has"]:
            return
        self.known.add(row["id"])
        self.sizes[row["id"]] = row["size"]
        self.write("photo", id=row["id"], sha256=row["sha256_now"], size=row["size"], visit=row["visit"])


class Driver:
    """Runs visits on one handset. Everything random comes from `seed`."""

    def __init__(self, site: Site, proxy: Proxy, handset: Handset, folder: Path, seed: int | str) -> None:
        self.site, self.proxy, self.handset, self.folder = site, proxy, handset, folder
        self.rng = Random(f"driver:{seed}")
        self.journal = Journal(folder / "journal.jsonl")
        self.moved: Counter[str] = Counter()  # what else happened: pressed again, begun while killed
        self._bases = [_jpeg(self.rng, size) for size in range(SMALLEST, LARGEST, 18_000)]

    # --- what a person does ---

    def visit(self, answers: int, photos: int, kills: dict[int, str] | None = None) -> str:
        """A visit through the phone's own ledger: start, answers of which some are changed, photos, handing in.

        `kills` says what happens before which step.
        """
        visit, kills = str(UUID(int=self.rng.getrandbits(128), version=4)), kills or {}
        self.journal.visits.append(visit)
        start = {"visit": visit, "premises": self.site.places[0], "versions": self.site.versions, "how": "with_card",
                 "companions": [], "facts": {}}  # fmt: skip
        steps: list[Callable[[], object]] = [lambda: self._record(["visit.start", start])]
        shots: list[str] = []
        fails = self.rng.sample(FAILING, self.rng.randint(1, 2))
        others = self.rng.sample(
            [code for code in self.site.codes if code not in FAILING], max(0, answers - len(fails))
        )
        steps += [lambda: shots.append(self._shoot(visit))] * photos
        steps += [self._tapping(visit, code, "fail", shots) for code in fails]
        steps += [self._tapping(visit, code, self.rng.choice(["pass", "na", "unsure"]), []) for code in others]
        changed = self.rng.choice(others) if others else fails[0]
        steps += [self._tapping(visit, changed, self.rng.choice(["pass", "na"]), [])]
        steps += [lambda: self._submit(visit)]
        for number, step in enumerate(steps):
            if number in kills:
                self.happens(kills[number], visit)
            step()
        if self.rng.random() < 0.1:  # seen later, after the signature
            self._tapping(visit, changed, "unsure", [])()
        return visit

    def _tapping(self, visit: str, code: str, value: str, shots: list[str]) -> Callable[[], None]:
        return lambda: self._tap(visit, code, value, shots)

    def _tap(self, visit: str, code: str, value: str, shots: list[str]) -> None:
        payload = {"visit": visit, "item": code, "value": value, "photos": list(shots), "after_photos": [],
                   "wordings": ["门上了锁"] if value == "fail" else [], "place": "厨房" if value == "fail" else "",
                   "note": "", "no_photo_reason": "" if shots or value != "fail" else "光线太暗", "days": 7, "fixed_now": False,
                   "suspected_reason": ""}  # fmt: skip
        self._record(["visit.answer", payload])
        self.journal.write("tap", visit=visit, item=code, value=value, hazard=code in FAILING)

    def _submit(self, visit: str) -> None:
        self._record(["visit.submit", {"visit": visit, "text_sha256": ""}])
        self.journal.write("submit", visit=visit)
        self.handset.begin("send")

    def _record(self, *entries: list[Any]) -> None:
        """Stored, read back from the phone's database, logged; sending goes on meanwhile."""
        ids = self.handset.call("record", list(entries))
        rows = {row["id"]: row for row in self.handset.call("operations", list(self.journal.known))}
        for ident in ids:
            self.journal.operation(rows[ident])
        if self.rng.random() < 0.5:
            self.handset.begin("send")

    def _shoot(self, visit: str) -> str:
        """A photo through the function of the camera's button; its bytes are read back and hashed by the browser."""
        data = self.photo()
        ident = self.handset.call("shoot", base64.b64encode(data).decode(), visit)
        for row in self.handset.call("pictures", list(self.journal.known)):
            self.journal.photo(row)
        if ident not in self.journal.known:
            # Sent and let go before it could be read: then the bytes are those of the file, as the camera's were.
            self.journal.known.add(ident)
            self.journal.sizes[ident] = len(data)
            self.journal.write("photo", id=ident, sha256=hashlib.sha256(data).hexdigest(), size=len(data), visit=visit)
        return str(ident)

    def photo(self) -> bytes:
        """A JPEG that no other is: a comment with random bytes behind the first marker."""
        base, mark = self.rng.choice(self._bases), self.rng.randbytes(24)
        return base[:2] + b"\xff\xfe" + (len(mark) + 2).to_bytes(2, "big") + mark + base[2:]

    # --- what happens to the phone and the server ---

    def happens(self, what: str, visit: str) -> None:
        """One of KILLS, in the middle of what was going on; afterwards the phone is on again and was read."""
        KILLS[what](self, visit)
        self.handset.open()
        self.read_back()

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
        time.sleep(self.rng.uniform(0.05, 0.5))
        self.site.kill()
        self.handset.kills["server killed"] += 1
        self.handset.call("send")
        self.site.start()

    def tab_kill(self, _visit: str) -> None:
        self.handset.begin("send")
        time.sleep(self.rng.uniform(0, 0.2))
        self.rng.choice([self.handset.kill_tab, self.handset.kill_renderer])()

    def browser_kill(self, _visit: str) -> None:
        self.handset.begin("send")
        time.sleep(self.rng.uniform(0, 0.2))
        self.handset.kill_browser()

    def session_end(self, _visit: str) -> None:
        self.handset.end_session()
        self.handset.call("send")

    def clock_jump(self, _visit: str) -> None:
        self.handset.jump_clock(self.rng.choice([-26, -3, -0.2, 0, 0.2, 5, 30]))

    def read_back(self) -> None:
        """Whatever the phone holds and the log does not know yet: stored just before a kill."""
        for row in sorted(self.handset.call("operations", list(self.journal.known)), key=lambda row: row["seq"]):
            self.journal.operation(row)
        for row in self.handset.call("pictures", list(self.journal.known)):
            self.journal.photo(row)

    # --- the end ---

    def send_all(self, within: float) -> int:
        """Send until nothing waits and nothing needs a person; returns what is left after `within` seconds."""
        until = time.monotonic() + within
        while time.monotonic() < until:
            try:
                self.handset.call("send")
                left = int(self.handset.call("waiting"))
                if not left and not self._press_again():
                    return 0
            except Error:
                self.handset.open()
        return int(self.handset.call("waiting")) + int(self.handset.call("refused"))

    def _press_again(self) -> int:
        """再发一次 in the outbox, for what needs a person."""
        stuck = int(self.handset.call("refused"))
        if stuck:
            page = self.handset.open("/field/outbox")
            buttons = page.get_by_role("button", name="再发一次")
            buttons.first.wait_for(timeout=5000)
            self.moved["pressed 再发一次"] += 1
            buttons.first.click()
        return stuck

    def export(self) -> None:
        """What the judge reads beside the log: the phone's rows, what the server shows, what the network said."""
        self.proxy.policy.calm = True
        self.handset.open()
        self.read_back()
        phone = {"operations": self.handset.call("operations"), "photos": self.handset.call("pictures")}
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
    "session": Driver.session_end,
    "clock": Driver.clock_jump,
}


def _jpeg(rng: Random, size: int) -> bytes:
    """A noisy picture of about `size` bytes."""
    side = int((size / 0.62) ** 0.5)
    picture = Image.frombytes("L", (side, side), rng.randbytes(side * side)).convert("RGB")
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=60)
    return data.getvalue()
