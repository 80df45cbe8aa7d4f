"""The field as a phone has it: what is fetched, how long it takes on a slow phone, how quickly a tap shows, what photos weigh.

A real server on the seeded district and headless Chromium as a phone of 390 × 844. The machine is shared: seconds stand
beside a floor measured in the same way and run, an empty page with one file of 80 KB, and only the ratio can be compared.
Slow is a processor at a quarter and 400 kbit/s with 400 ms until an answer begins. The preset "slow 3G" of the browser's
own tools waits 2,000 ms for each answer: a page, what it loads and what that asks for are then more than 4 s by themselves.

`python -m tests.benchmarks.field` measures everything, `... field bytes slow taps photos month lighthouse` only what is named.
"""

import http.client
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen
from uuid import uuid4

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from inspect_app.checklists import queries as checklists
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from tests.benchmarks.serving import serving, sign_in
from tests.browser import CHROMIUM, QUIET
from tests.conftest import build_app
from tests.support import seed

PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True, "is_mobile": True}
DATA = ("/field/data", "/field/lists", "/intake", "/field/visits")
HEADING, ANSWER, PLACES = "main h1", "main [data-item]:not(.hidden) .answers input", "#q"
TO_PLACES, FIRST_ANSWER = (
    "[data-bottom] .button",
    "[data-section]:not(.hidden) [data-item]:not(.hidden) .answers label:not(:has(:checked))",
)
CODE_KB, SECONDS, TAP_MS, HEAP, SCORE = 80, 3.0, 100, 1.3, 95
SLOWER, LATENCY, BYTES_PER_SECOND, ROUNDS = 4, 400, 50_000, 3
LIGHTHOUSE = "13.5.0"
# When the first element for each selector came to the page, and the first answer was given, in ms since it was opened.
DRAWN = """(() => { window.drawn = {};
  const note = (what) => { drawn[what] ??= performance.now(); };
  const look = () => { for (const wanted of %s) if (document.querySelector(wanted)) note(wanted); };
  new MutationObserver(look).observe(document, { childList: true, subtree: true });
  addEventListener("change", () => requestAnimationFrame(() => note("change"))); })()"""
# The longest of the events of each tap or key, from the finger to the next painted frame; shorter than 16 ms is not told.
TAPPED = """window.taps = new Map();
  new PerformanceObserver((list) => { for (const { interactionId: id, duration } of list.getEntries())
    if (id) taps.set(id, Math.max(taps.get(id) ?? 0, duration)); }).observe({ type: "event", durationThreshold: 16 });"""


@dataclass(frozen=True)
class Stage:
    """A server with a visit that is begun, and a browser."""

    browser: Browser
    port: int
    cookie: str
    visit: str
    short: str

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def filling(self) -> str:
        return f"/field/visits/{self.visit}"

    @property
    def walking(self) -> str:
        return f"/field/visits/{self.short}"

    @contextmanager
    def phone(self, *, worker: bool = False, packing: str = "") -> Iterator[BrowserContext]:
        """A deputy's phone that has never been here; with `worker` the service worker may keep the shell. `packing` is
        the only one that it unpacks."""
        context = self.browser.new_context(
            **PHONE, base_url=self.address, locale="zh-CN", timezone_id="Asia/Shanghai",  # type: ignore[arg-type]
            service_workers="allow" if worker else "block", extra_http_headers={"Accept-Encoding": packing} if packing else {},
        )  # fmt: skip
        context.set_default_timeout(90_000)
        name, value = self.cookie.split("=", 1)
        context.add_cookies([{"name": name, "value": value, "url": self.address}])
        context.add_init_script(DRAWN % json.dumps([HEADING, ANSWER, PLACES]))
        try:
            yield context
        finally:
            context.close()


def main(*wanted: str) -> int:
    """Print what each part found. Raises nothing for a goal that was missed: the machine is shared."""
    parts: dict[str, Callable[[Stage], None]] = {
        "bytes": _bytes, "slow": _slow, "taps": _taps, "photos": _photos, "month": _month,
        "lighthouse": _lighthouse,
    }  # fmt: skip
    load = ", ".join(f"{part:.1f}" for part in os.getloadavg())
    print(f"the field on a phone; {os.cpu_count()} processors, load {load}")
    row("what", "goal", "figure")
    with tempfile.TemporaryDirectory() as folder, _stage(Path(folder)) as stage:
        for name, part in parts.items():
            if not wanted or name in wanted:
                part(stage)
    return 0


def row(what: str, goal: object, figure: object) -> None:
    print(f"{what:<66}{goal:>10}  {figure}", flush=True)


@contextmanager
def _stage(folder: Path) -> Iterator[Stage]:
    url = f"sqlite:///{folder}/inspect.db"
    app = build_app(folder, url, SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS={})  # as costly as it is
    with app.app_context():
        district = seed()
        versions = [str(found.id) for found in checklists.current_for("small_restaurant")]
        db.session.remove()
        db.engine.dispose()
    visit, short = str(uuid4()), str(uuid4())
    with serving(folder, url) as (_, port), sync_playwright() as playwright:
        cookie, token = sign_in(port, "daibiao1")
        start = {"visit": visit, "premises": str(district.places[0]), "versions": versions}
        _begin(port, cookie, token, start)
        _begin(port, cookie, token, start | {"visit": short, "depth": "short", "deep": [], "weights": {}}, version=2)
        with playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET) as browser:
            yield Stage(browser, port, cookie, visit, short)


def _begin(port: int, cookie: str, token: str, payload: dict[str, Any], version: int = 1) -> None:
    operation = {
        "id": str(uuid4()), "kind": "visit.start", "v": version, "device": "bench-0001", "seq": version,
        "captured_at": (clock.now() - timedelta(minutes=1)).isoformat(), "payload": payload,
    }  # fmt: skip
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    headers = {"Cookie": cookie, "X-CSRFToken": token, "Content-Type": "application/json"}
    connection.request("POST", "/intake/operations", json.dumps({"operations": [operation]}), headers)
    answer = connection.getresponse()
    said = json.loads(answer.read())
    outcome = json.loads(said["document"])
    if "applied" not in json.dumps(outcome):
        sys.exit(f"the visit was not begun: {outcome}")


# ---- what is fetched


class Traffic:
    """What a page fetches over the wire: address, bytes with their headers, and when it was there (ms since 1970)."""

    def __init__(self, page: Page) -> None:
        self.addresses: dict[str, str] = {}
        self.done: list[tuple[str, int, float]] = []
        self._offset = 0.0
        client = page.context.new_cdp_session(page)
        client.on("Network.requestWillBeSent", self._asked)
        client.on("Network.loadingFinished", self._finished)
        client.send("Network.enable")

    def _asked(self, said: dict[str, Any]) -> None:
        self._offset = said["wallTime"] - said["timestamp"]
        self.addresses[said["requestId"]] = urlsplit(said["request"]["url"]).path

    def _finished(self, said: dict[str, Any]) -> None:
        at = (said["timestamp"] + self._offset) * 1000
        self.done.append((self.addresses.get(said["requestId"], "?"), int(said["encodedDataLength"]), at))

    def kb(self, *, data: bool, until: float = float("inf")) -> float:
        found = [
            size
            for path, size, at in self.done
            if path.startswith(DATA) is data and at <= until and not self._page(path)
        ]
        pages = 0 if data else sum(size for path, size, at in self.done if self._page(path) and at <= until)
        return (sum(found) + pages) / 1024

    def _page(self, path: str) -> bool:
        """The address itself is answered by the shell, also that of a visit."""
        return path == next(iter(self.addresses.values()))


def _bytes(stage: Stage) -> None:
    for words, path, wanted, packing in (
        ("今日", "/field/", HEADING, "gzip"),
        ("filling a visit", stage.filling, ANSWER, "gzip"),
        ("filling a short walk", stage.walking, ANSWER, "gzip"),
        ("filling a short walk, packed as HTTPS allows", stage.walking, ANSWER, "gzip, br"),
    ):
        with stage.phone(packing=packing) as context:
            page = context.new_page()
            traffic = Traffic(page)
            page.goto(path)
            page.wait_for_selector(wanted, state="attached")
            _quiet(page, traffic)
            usable = page.evaluate("wanted => performance.timeOrigin + drawn[wanted]", wanted)
            items = page.locator("[data-item]").count()
        heard = "".join(traffic.addresses.values())
        also = sum(
            _size(stage, path)
            for path in ("/static/icons/icon.svg", "/field/manifest.webmanifest")
            if path.rpartition("/")[2] not in heard
        )
        note = f" ({items} items)" if items else ""
        loaded = f"{traffic.kb(data=False, until=usable):.1f} KB"
        row(f"{words}, first load: page code until usable{note}", f"<= {CODE_KB} KB", loaded)
        row(f"{words}: page code in all, the rest right afterwards", "", f"{traffic.kb(data=False) + also:.1f} KB")
        row(f"{words}, first load: data until usable", "", f"{traffic.kb(data=True, until=usable):.1f} KB")
        row(f"{words}, first load: data in all", "", f"{traffic.kb(data=True):.1f} KB")
    _kept(stage)
    _again(stage)


def _quiet(page: Page, traffic: Traffic) -> None:
    """Until nothing more comes for two seconds."""
    count = -1
    while count != len(traffic.done):
        count = len(traffic.done)
        page.wait_for_timeout(2000)


def _size(stage: Stage, path: str) -> float:
    """KB of an answer as a browser gets it, packed where the server packs it."""
    asked = Request(stage.address + path, headers={"Accept-Encoding": "gzip"})
    with urlopen(asked, timeout=20) as answer:
        return (len(answer.read()) + len(str(answer.headers))) / 1024


def _kept(stage: Stage) -> None:
    """What the service worker fetches afterwards, so that everything works without a signal."""
    with urlopen(f"{stage.address}/field/worker.js", timeout=20) as answer:
        kept = json.loads(answer.read().decode().split("const KEPT = ")[1].split(";\n")[0])
    own = [path for path in kept["files"] if "/vendor/" in path or path.endswith(".png")]
    more = sum(_size(stage, path) for path in own)
    row("kept for days without a signal, later: libraries and large icons", "", f"{more:.1f} KB in {len(own)} files")


def _again(stage: Stage) -> None:
    """Everything a second opening asks of the network: the page itself, and the worker behind it."""
    with stage.phone(worker=True) as context:
        _warm(context, "/field/")
        for path, wanted in (("/field/", HEADING), (stage.filling, ANSWER)):
            asked: list[str] = []
            page = context.new_page()

            def hear(answer: Any, asked: list[str] = asked) -> None:
                if not answer.from_service_worker and answer.url.startswith("http"):
                    asked.append(urlsplit(answer.url).path)

            context.on("response", hear)
            page.goto(path)
            page.wait_for_selector(wanted, state="attached")
            page.wait_for_timeout(3000)
            context.remove_listener("response", hear)
            other = [one for one in asked if not one.startswith(DATA) or one == path]
            row(f"{'今日' if path == '/field/' else 'filling'} opened again: requests that are not data", 0,
                f"{len(other)} of {len(asked)} {' '.join(other)}")  # fmt: skip
            page.close()


def _warm(context: BrowserContext, *paths: str) -> None:
    """Opened once before, with the worker at work and everything kept."""
    page = context.new_page()
    for path in paths:
        page.goto(path)
        page.wait_for_selector(HEADING, state="attached")
        page.evaluate("navigator.serviceWorker.ready.then(() => null)")
        page.wait_for_timeout(2000)
    page.close()


# ---- a slow phone on a slow network


def _slow(stage: Stage) -> None:
    with _empty_page() as floor_at:
        floor = median(_first(stage, floor_at)[0] for _ in range(ROUNDS))
    row("slow: floor, an empty page with one file of 80 KB", "", f"{floor:.2f} s")
    first = [_first(stage, "/field/", TO_PLACES, PLACES) for _ in range(ROUNDS)]
    with stage.phone(worker=True) as context:
        _warm(context, "/field/", stage.filling)
        again = [_timed(context, stage.filling, ANSWER, FIRST_ANSWER, "change") for _ in range(ROUNDS)]
    for words, at, found in (
        ("slow: 今日 for the first time, the heading stands", 0, first),
        ("slow: 今日 for the first time, and the main button was tapped", 1, first),
        ("slow: filling from the phone's store, the first answer stands", 0, again),
        ("slow: filling from the phone's store, and it was tapped", 1, again),
    ):
        seconds = median(times[at] for times in found)
        row(words, f"<= {SECONDS:.0f} s", f"{seconds:.2f} s, {seconds / floor:.2f} × the floor")


def _first(stage: Stage, path: str, tapped: str = "", shown: str = HEADING) -> tuple[float, float]:
    with stage.phone() as context:
        return _timed(context, path, HEADING, tapped, shown)


def _timed(context: BrowserContext, path: str, wanted: str, tapped: str, shown: str) -> tuple[float, float]:
    """Seconds from opening until `wanted` stands, and until a tap that comes as soon as it can has done its work."""
    page = context.new_page()
    _slowed(page).send("Network.emulateNetworkConditions", {
        "offline": False, "latency": LATENCY, "downloadThroughput": BYTES_PER_SECOND, "uploadThroughput": BYTES_PER_SECOND,
    })  # fmt: skip
    page.goto(path, wait_until="commit")
    page.wait_for_function("wanted => wanted in drawn", arg=wanted)
    if tapped:
        _tap(page, tapped)
    page.wait_for_function("shown => shown in drawn", arg=shown)
    drawn = page.evaluate("drawn")
    page.close()
    return drawn[wanted] / 1000, drawn[shown] / 1000


def _tap(page: Page, selector: str) -> None:
    """A finger on it at once, without waiting for the page to be at rest as a test would."""
    page.wait_for_selector(selector, state="attached")
    x, y = page.eval_on_selector(
        selector,
        "one => { const box = one.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; }",
    )
    page.touchscreen.tap(x, y)


def _slowed(page: Page) -> Any:
    client = page.context.new_cdp_session(page)
    client.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    client.send("Network.enable")
    return client


@contextmanager
def _empty_page() -> Iterator[str]:
    """The address of a page with nothing but a heading, which one file of 80 KB draws."""
    words = (
        b'document.body.append(document.createElement("main"));document.querySelector("main").innerHTML="<h1>x</h1>";//'
    )
    files = {
        "/": ("text/html", b'<!doctype html><title>x</title><body><script src="/file.js"></script>'),
        "/file.js": ("text/javascript", words + os.urandom(40_000 - len(words) // 2).hex().encode()),
    }

    class Files(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the name the standard library calls
            kind, content = files.get(self.path, ("text/plain", b""))
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Files) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


# ---- taps


def _taps(stage: Stage) -> None:
    with stage.phone() as context:
        context.add_init_script(TAPPED)
        page = context.new_page()
        page.goto(stage.filling)
        page.wait_for_selector("[data-section-link='1'][aria-current]")
        items = page.locator("[data-item]").count()
        _slowed(page)
        answers, panels, typing, sections = Taps(page), Taps(page), Taps(page), Taps(page)
        for at in range(page.locator("[data-section-link]").count() - 1):
            if at:
                sections.of(lambda: page.locator("[data-go=on]").tap())
                page.wait_for_selector(f"[data-section-link='{at + 1}'][aria-current]")
            for item in page.locator("[data-section]:not(.hidden) [data-item]:not(.hidden):has(.answers)").all():
                answers.of(
                    lambda item=item: item.locator("label:has(.a-pass)").tap(),
                    lambda item=item: item.locator("label:has(.a-na)").tap(),
                )  # type: ignore[misc]
                if len(panels.took) < 30:
                    panels.of(lambda item=item: item.locator("label:has(.a-fail)").tap())  # type: ignore[misc]
                    place = item.locator("[name=place]")
                    if len(typing.took) < 60 and place.count():
                        place.focus()
                        typing.of(lambda: page.keyboard.type("kitchen", delay=60))
                    item.locator("label:has(.a-pass)").tap()
    row(f"taps at a quarter of the processor, {items} items: answers", f"<= {TAP_MS} ms", answers.words())
    row("taps that open what is asked of a failed item", f"<= {TAP_MS} ms", panels.words())
    row("taps on to the next section", f"<= {TAP_MS} ms", sections.words())
    row("keys while typing a place", f"<= {TAP_MS} ms", typing.words())


class Taps:
    """How long each tap or key took until it showed, in ms."""

    def __init__(self, page: Page) -> None:
        self.page, self.took = page, list[float]()

    def of(self, *acts: Callable[[], None]) -> None:
        self.page.evaluate("taps.clear()")
        for act in acts:
            act()
        # The browser tells of a frame a little after it was painted.
        self.page.wait_for_timeout(150)
        self.took += self.page.evaluate("[...taps.values()]")

    def words(self) -> str:
        took = sorted(self.took) or [0.0]
        return f"p50 {median(took):.0f}, p95 {took[int(len(took) * 0.95)]:.0f}, at most {took[-1]:.0f} ms of {len(self.took)}"


# ---- photos


def _photos(stage: Stage) -> None:
    """Thirty photos of 2 megapixels in one item: what the page holds after five and after thirty."""
    with stage.phone() as context:
        page = context.new_page()
        page.goto(stage.filling)
        page.wait_for_selector("[data-section-link='1'][aria-current]")
        item = page.locator("[data-section]:not(.hidden) [data-item]:has(.answers)").first
        item.locator("label:has(.a-fail)").tap()
        strip = item.locator("[data-photos=photos]")
        weights = []
        for number in range(1, 31):
            strip.locator("[data-source=camera]").set_input_files(_picture(number))  # type: ignore[arg-type]
            page.wait_for_function(
                "count => document.querySelectorAll('figure[data-photo] img[src]').length === count", arg=number
            )
            if number in (5, 30):
                page.wait_for_timeout(2000)
                weights.append(_weight(stage, page))
    (heap, nodes, resident), (heap_30, nodes_30, resident_30) = weights
    row(
        "30 photos in one item: script heap, 30 beside 5",
        f"<= {HEAP}",
        f"{heap_30 / heap:.2f} ({heap:.1f} and {heap_30:.1f} MB)",
    )
    row(
        "30 photos in one item: nodes, 30 beside 5",
        f"<= {HEAP}",
        f"{nodes_30 / nodes:.2f} ({nodes:.0f} and {nodes_30:.0f})",
    )
    row("30 photos in one item: resident memory of the page's process", "", f"{resident:.0f} and {resident_30:.0f} MB")


def _picture(number: int) -> dict[str, object]:
    image = Image.effect_noise((1632, 1224), 40 + number).convert("RGB")
    data = io.BytesIO()
    image.save(data, "JPEG", quality=80)
    return {"name": f"{number}.jpg", "mimeType": "image/jpeg", "buffer": data.getvalue()}


def _weight(stage: Stage, page: Page) -> tuple[float, float, float]:
    """(script heap in MB, nodes, resident memory in MB) once what is not needed is let go."""
    client = page.context.new_cdp_session(page)
    for _ in range(2):
        client.send("HeapProfiler.collectGarbage")
        time.sleep(0.5)
    heap = client.send("Runtime.getHeapUsage")["usedSize"] / 2**20
    nodes = client.send("Memory.getDOMCounters")["nodes"]
    processes = stage.browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    sizes = [_resident(one["id"]) for one in processes if one["type"] == "renderer"]
    return heap, nodes, max(sizes, default=0.0)


def _resident(process: int) -> float:
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except FileNotFoundError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:")), 0.0)


# ---- a phone after a month

# 150 visits of 138 entries and 600 photos, each waiting first and sent then, as a month leaves them behind.
MONTH = """async () => {
  const { modules } = await import(document.querySelector("script[type=module]").src);
  const store = modules["js/field/store.js"], { account } = modules["js/field/ledger.js"].page, day = 86400000;
  for (let visit = 0, seq = 1000; visit < 150; visit += 1) {
    const id = crypto.randomUUID(), at = Date.now() - (1 + (visit % 28)) * day, rows = [], pictures = [];
    const kinds = ["visit.start", ...Array(133).fill("visit.answer"), "visit.facts", "visit.sign", "visit.sign", "visit.submit"];
    for (const [number, kind] of kinds.entries()) rows.push({
      id: crypto.randomUUID(), kind, v: 1, device: "bench-0001", seq: ++seq, order: seq, account, who: "代表", captured_at: new Date(at).toISOString(),
      payload: { visit: id, item: `F-EXIT-${number}`, value: "pass", wordings: [], photos: [], note: "" }, times: {}, about: `面馆${visit}`,
    });
    for (let number = 0; number < 4; number += 1) pictures.push({
      id: crypto.randomUUID(), account, who: "代表", order: at, type: "image/jpeg", source: "camera", visit: id, ready: true, dropped: true,
      captured_at: new Date(at).toISOString(), size: 300000, thumb: new ArrayBuffer(8000), about: `面馆${visit}`,
    });
    for (const more of [{ state: "waiting" }, { state: "sent", settled_at: at, receipt: "r" }]) await store.write(["operations", "photos"], (stores) => {
      rows.forEach((row) => stores.operations.put({ ...row, ...more }));
      pictures.forEach((row) => stores.photos.put({ ...row, ...more }));
    });
  }
}"""


def _month(stage: Stage) -> None:
    """What a deputy's day takes on a phone that holds 20,700 entries, beside the same phone before."""
    with stage.phone(worker=True) as context:
        _warm(context, "/field/", stage.filling, "/field/outbox")
        before = _day(context, stage)
        page = context.new_page()
        page.goto("/field/")
        page.wait_for_selector(HEADING, state="attached")
        page.evaluate(MONTH)
        page.close()
        after = _day(context, stage)
    for (words, goal), was, now in zip(DAY, before, after, strict=True):
        row(f"after a month: {words}", goal, f"{now:.0f} ms, {now / was:.2f} × a new phone's")


DAY = (("今日 opened", ""), ("filling opened", ""), ("发件箱 opened", ""), ("a tap until it is on the disk", ""))
ON_DISK = """async () => {
  const { modules } = await import(document.querySelector("script[type=module]").src), ledger = modules["js/field/ledger.js"];
  const began = performance.now();
  await ledger.record(["visit.facts", { visit: location.pathname.split("/").at(-1), facts: {} }]);
  await ledger.tally();
  return performance.now() - began;
}"""


def _day(context: BrowserContext, stage: Stage) -> list[float]:
    """Medians in ms at a quarter of the processor: 今日, filling, 发件箱, a tap."""
    found = []
    for path, wanted in (("/field/", HEADING), (stage.filling, ANSWER), ("/field/outbox", "[data-outbox-list] p")):
        times = []
        for _ in range(ROUNDS):
            page = context.new_page()
            page.add_init_script(DRAWN % json.dumps([wanted]))
            _slowed(page)
            page.goto(path, wait_until="commit")
            page.wait_for_selector(wanted, state="attached")
            times.append(page.evaluate("wanted => drawn[wanted]", wanted))
            page.close()
        found.append(median(times))
    page = context.new_page()
    _slowed(page)
    page.goto(stage.filling)
    page.wait_for_selector("[data-section-link='1'][aria-current]")
    found.append(median(page.evaluate(ON_DISK) for _ in range(9)))
    page.close()
    return found


# ---- Lighthouse


def _lighthouse(stage: Stage) -> None:
    program = _installed()
    if isinstance(program, str):
        return print(f"Lighthouse skipped: {program}")
    for words, path in (("今日", "/field/"), ("filling a visit", stage.filling)):
        found = _audited(stage, program, path)
        if isinstance(found, str):
            print(f"Lighthouse skipped: {found}")
            return None
        for name, part in found["categories"].items():
            score = round((part["score"] or 0) * 100)
            lost = [
                ref["id"] for ref in part["auditRefs"]
                if ref["weight"] and (found["audits"][ref["id"]]["score"] or 0) < 0.9
                and found["audits"][ref["id"]]["scoreDisplayMode"] not in ("notApplicable", "manual", "informative")
            ]  # fmt: skip
            row(f"Lighthouse {LIGHTHOUSE}, {words}: {name}", f">= {SCORE}", f"{score}  {' '.join(lost)}")
    return None


def _installed() -> Path | str:
    """Lighthouse in a folder of its own among the temporary ones, or why it is not there."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        return "node is not installed"
    folder = Path(tempfile.gettempdir()) / f"lighthouse-{LIGHTHOUSE}"
    program = folder / "node_modules" / "lighthouse" / "cli" / "index.js"
    if not program.is_file():
        folder.mkdir(exist_ok=True)
        command = [npm, "install", "--no-audit", "--no-fund", "--prefix", str(folder), f"lighthouse@{LIGHTHOUSE}"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        if done.returncode or not program.is_file():
            return f"the registry did not give it: {done.stderr.strip().splitlines()[-1:]}"
    return program


def _audited(stage: Stage, program: Path, path: str) -> dict[str, Any] | str:
    """The report on a page as somebody signed in sees it, or why there is none."""
    command = [
        "node", str(program), stage.address + path, "--quiet", "--output=json", "--form-factor=mobile",
        "--only-categories=performance,accessibility,best-practices",
        f"--extra-headers={json.dumps({'Cookie': stage.cookie})}",
        "--chrome-flags=--headless=new --no-sandbox --disable-dev-shm-usage",
    ]  # fmt: skip
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=240, env=os.environ | {"CHROME_PATH": CHROMIUM}
    )
    if done.returncode or not done.stdout.startswith("{"):
        return f"it said {done.stderr.strip().splitlines()[-3:]}"
    found: dict[str, Any] = json.loads(done.stdout)
    if keep := os.environ.get("LIGHTHOUSE_REPORTS"):
        Path(keep, f"{path.strip('/').split('/')[-1][:8]}.json").write_text(done.stdout)
    return found


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
