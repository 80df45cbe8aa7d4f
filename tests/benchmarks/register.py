"""The register of a street with 20,000 places: what a phone fetches, what it costs the server, how quickly it is looked through.

Twice: places as the demo grows them (one list brought in at once, signboards of a few words), and places that repeat little
(names of random characters, addresses with units, each registered by itself over five years). A real server; headless Chromium
at a quarter of the processor. `python -m tests.benchmarks.register [postgresql]` (PLACES=20000).
"""

import gzip
import http.client
import json
import os
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID, uuid4

from playwright.sync_api import Page, sync_playwright
from sqlalchemy import select, text, update

from inspect_app.demo.growing.places import Register
from inspect_app.kernel.database import db, put, writing
from inspect_app.people.models import Area
from inspect_app.premises.models import Premises
from tests.benchmarks.field import PHONE, SLOWER, TAPPED, row
from tests.benchmarks.serving import serving, sign_in
from tests.browser import CHROMIUM, QUIET
from tests.conftest import build_app, postgres_schema
from tests.support import District, seed

PLACES, TIMES = int(os.environ.get("PLACES", "20000")), 9
FIRST_KB, SEARCH_MS = 300, 100
_FIVE_YEARS = 5 * 365 * 86_400_000
_SEARCHES = ("", "面", "面馆", "柳荫 面馆", "馆 面 601", "601号 东关头", "李记", "不在这里")
_SHOWN = "[data-found] li, [data-found] .empty"
# From what is typed until what was found is painted.
_SEARCHED = """async (typed) => {
  const box = document.querySelector("#q"), found = document.querySelector("[data-found]"), began = performance.now();
  const drawn = new Promise((done) => {
    const seen = new MutationObserver(() => { seen.disconnect(); done(); });
    seen.observe(found, { childList: true });
  });
  box.value = typed;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  await drawn;
  const searched = performance.now() - began;
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return [searched, performance.now() - began];
}"""
_READY = """async () => { const { modules } = await import(document.querySelector("script[type=module]").src);
  return (await modules["js/field/store.js"].everything("reference")).some((one) => one.key.startsWith("register:") && one.more); }"""


def main(backend: str = "sqlite") -> int:
    """Print what was found. Fails for nothing: the machine is shared."""
    row("what", "goal", f"{PLACES} places, {backend}")
    for words, varied in (("as grown", False), ("little repeated", True)):
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            url = f"sqlite:///{folder}/inspect.db"
            if backend == "postgresql":
                url = stack.enter_context(postgres_schema(f"register_{os.getpid()}"))
            place = _fill(folder, url, varied)
            _, port = stack.enter_context(serving(folder, url))
            cookie, _ = sign_in(port, "daibiao1")
            _wire(words, port, cookie, partial(_change, folder, url, place))
            _phone(words, port, cookie)
    return 0


def _fill(folder: Path, url: str, varied: bool) -> UUID:
    app = build_app(folder, url, SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS={})
    with app.app_context():
        district: District = seed()
        db.session.commit()
        scope, chance = district.scope("daibiao1"), Random(49)
        areas = db.session.scalars(select(Area).where(Area.id.in_(scope.area_ids))).all()
        rows = list(Register([(area.id, "柳荫街道", 0) for area in areas], chance).places(PLACES))
        if varied:
            _vary(rows, chance)
        with writing():
            put(Premises, rows)
        if db.engine.dialect.name == "postgresql":  # as the database does by itself after a minute
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("ANALYZE"))
        db.session.remove()
        db.engine.dispose()
        return UUID(str(rows[0]["id"]))


def _vary(rows: list[dict[str, Any]], chance: Random) -> None:
    """Names of two to four characters nobody would guess before what a signboard says, units in the addresses, ids over years."""
    began = int(datetime(2021, 12, 1, tzinfo=UTC).timestamp() * 1000)
    often = [chr(mark) for mark in chance.sample(range(0x4E00, 0x9FA5), 800)]
    for one in rows:
        name = "".join(chance.choices(often, k=chance.choice((2, 3, 3, 4))))
        unit = chance.choice(
            ("", "", f"附{chance.randrange(30)}号", f"{chance.randrange(30)}幢{chance.randrange(101, 630)}室")
        )
        one["name"] = name + str(one["name"])[2:]
        one["address"] = f"{str(one['address']).split('号')[0][:-3]}{chance.randrange(1, 900)}号{unit}"
        one["twin_key"] = uuid4().hex
        made, lot = began + chance.randrange(_FIVE_YEARS), secrets.randbits(74)
        one["id"] = UUID(int=(made << 80) | (7 << 76) | ((lot >> 62) << 64) | (2 << 62) | (lot & ((1 << 62) - 1)))


def _change(folder: Path, url: str, place: UUID) -> None:
    with build_app(folder, url).app_context():
        with writing():
            db.session.execute(
                update(Premises).where(Premises.id == place).values(name=f"改了名{secrets.token_hex(3)}")
            )
        db.session.remove()
        db.engine.dispose()


def _wire(words: str, port: int, cookie: str, change: Callable[[], None]) -> None:
    """Bytes over the wire and the time until they are here, for the whole and for what has changed."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def ask(address: str) -> tuple[float, float, dict[str, Any]]:
        began = time.perf_counter()
        connection.request("GET", address, headers={"Cookie": cookie, "Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        sent = answer.read()
        ms = (time.perf_counter() - began) * 1000
        return len(sent) / 1024, ms, json.loads(gzip.decompress(sent) if answer.headers["Content-Encoding"] else sent)

    ask("/field/data")
    names_kb, first_ms, whole = ask("/field/data/register")
    ids_kb, _, _ = ask("/field/data/register/ids")
    more_kb, _, _ = ask("/field/data/register/more")
    row(f"{words}: names, searched as soon as they are here, gzip", f"<= {FIRST_KB} KB", f"{names_kb:.1f} KB")
    row(f"{words}: and the ids, with which each opens", f"<= {FIRST_KB} KB", f"{names_kb + ids_kb:.1f} KB")
    row(f"{words}: places, facts and codes, afterwards", "", f"{more_kb:.1f} KB")
    again = statistics.median(ask("/field/data/register")[1] for _ in range(TIMES))
    row(f"{words}: server, the whole made anew; and to the next phone", "", f"{first_ms:.0f} ms; {again:.1f} ms")
    since = f"/field/data/register?since={whole['cursor']}"
    nothing = statistics.median(ask(since)[1] for _ in range(TIMES))
    change()
    told = [ask(since) for _ in range(TIMES)]
    sizes = f"{ask(since)[0]:.2f} KB with {len(told[0][2]['rows'])} rows"
    row(
        f"{words}: server, nothing has changed; one place has",
        "",
        f"{nothing:.1f} ms; {statistics.median(one[1] for one in told):.1f} ms, {sizes}",
    )
    old_kb, old_ms, _ = ask("/field/data/places")
    row(f"{words}: the old list, 5,000 at most, for phones of before", "", f"{old_kb:.1f} KB, {old_ms:.0f} ms")


def _phone(words: str, port: int, cookie: str) -> None:
    """A search on a phone that carries all of it, at a quarter of the processor."""
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET) as browser:
        address = f"http://127.0.0.1:{port}"
        context = browser.new_context(**PHONE, base_url=address, locale="zh-CN", service_workers="block")  # type: ignore[arg-type]
        context.set_default_timeout(90_000)
        name, value = cookie.split("=", 1)
        context.add_cookies([{"name": name, "value": value, "url": address}])
        page = context.new_page()
        page.add_init_script(TAPPED)
        page.goto("/field/places")
        while not page.evaluate(_READY):
            page.wait_for_timeout(500)
        client = context.new_cdp_session(page)
        client.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        began = time.perf_counter()
        page.goto("/field/places")
        page.wait_for_selector(_SHOWN)
        row(f"{words}: phone, 场所 opened until the first stand", "", f"{(time.perf_counter() - began) * 1000:.0f} ms")
        for typed, found, painted in _searched(page):
            row(
                f"{words}: phone, “{typed}” found; and painted",
                f"<= {SEARCH_MS} ms",
                f"{found:.0f} ms; {painted:.0f} ms",
            )
        page.evaluate("taps.clear()")
        page.fill("#q", "")
        page.locator("#q").press_sequentially("601 guan 3", delay=40)
        page.wait_for_timeout(1000)
        slowest = page.evaluate("Math.max(0, ...taps.values())")
        row(f"{words}: phone, the slowest key while typing on", f"<= {SEARCH_MS} ms", f"{slowest:.0f} ms")
        heap = client.send("Runtime.getHeapUsage")["usedSize"] / 1e6
        row(f"{words}: phone, the page's heap", "", f"{heap:.1f} MB")
        context.close()


def _searched(page: Page) -> Iterator[tuple[str, float, float]]:
    for typed in _SEARCHES:
        times = []
        for _ in range(TIMES):
            page.evaluate(_SEARCHED, "zzzz")
            times.append(page.evaluate(_SEARCHED, typed))
        yield typed, statistics.median(one for one, _ in times), statistics.median(two for _, two in times)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
