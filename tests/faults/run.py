"""`make faults`: many visits through a bad network on a phone that dies, and what the judge says.

`python -m tests.faults.run --visits 1000 --photos 5 --seed 7`; exits 1 when anything was lost, doubled, altered or
unproved, or when the network was not bad enough to prove it.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from playwright.sync_api import sync_playwright

from tests.conftest import postgres_schema

from . import judge, team
from .driver import KILLS, Driver
from .handset import Handset
from .proxy import INTAKE, Policy, Proxy
from .site import Site
from .thumb import Thumb

ALL = tuple(KILLS)
TOGETHER = 4  # visits that are recorded before all of them is sent


def _say(words: str) -> None:
    print(words, flush=True)


@dataclass
class Report:
    """What a run comes to, as plain values."""

    seed: str
    seconds: int
    visits: int
    operations: int
    photos: int
    kills: dict[str, int]
    requests: dict[str, int]
    share: float  # of intake requests that were broken
    cuts: int  # inside the body of a photo
    uncut: list[str]  # photos never cut inside their body
    cost: float  # photo bytes delivered / owned
    left: int  # neither sent nor settled in the time given
    findings: list[dict[str, str]] = field(default_factory=list)
    page_faults: list[str] = field(default_factory=list)


def run(folder: Path, *, visits: int, photos: int, seed: str, answers: int = 10, kill_share: float = 0.1,
        thumbs: int = 0, phones: int = 2, url: str = "", minutes: float = 600, say: Callable[[str], None] = _say,
        **policy: Any) -> Report:  # fmt: skip
    """Every visit once; each kind of kill at least once, and then by `kill_share` of the visits.

    `thumbs` visits go through the real pages first, all but the first of them to the very end. Of several `phones` each
    makes visits of its own, and every third time all of them are on one visit or at one door. `url` is a PostgreSQL
    database in place of SQLite. After `minutes` no more visit is begun; what was begun is sent and judged.
    """
    started = time.monotonic()
    site = Site.new(folder / "data", url)
    site.start()
    rng, schedule, left = Random(f"run:{seed}"), list(ALL), 0
    with ExitStack() as ending:
        ending.callback(site.stop)
        drivers = _drivers(folder, site, seed, phones, policy, ending)
        lead = drivers[0]
        say(f"begun after {time.monotonic() - started:.0f} s")
        for number in range(thumbs):
            Thumb(lead, _under_the_thumb(rng, thumbs), whole=number > 0).go()
            say(f"visit {number + 1} through the pages, {time.monotonic() - started:.0f} s")
        for number in range(visits):
            if time.monotonic() - started > minutes * 60:
                break
            _one(drivers, number, answers, photos, _kills(rng, schedule, visits - number, answers + photos, kill_share))
            if number % TOGETHER == TOGETHER - 1:
                for driver in drivers:
                    driver.send_all(20)
            if number % 20 == 19:
                for driver in drivers:
                    driver.handset.open()  # a fresh page now and then, as on any day
                say(f"{number + 1} visits, {time.monotonic() - started:.0f} s")
        left = sum(driver.send_all(120 + visits) for driver in drivers)
        left = left and sum(driver.send_all(60) for driver in drivers)  # what waited for another phone's
        site.settle()
        for driver in drivers:
            driver.export()
            driver.handset.close()
    phone = judge.Phone.read(*(driver.folder for driver in drivers))
    server = judge.Server.read(site.folder, url)
    findings = judge.judge(phone, server)
    say(f"seed {seed}, {phones} phones, {'PostgreSQL' if url else 'SQLite'}, {time.monotonic() - started:.0f} s")
    report = _report(seed, round(time.monotonic() - started), drivers, left, findings)
    for driver in drivers:
        say(driver.proxy.table(driver.journal.sizes))
        say(", ".join(f"{what}: {count}" for what, count in sorted(driver.moved.items())))
    say("kills: " + ", ".join(f"{count} {what}" for what, count in sorted(report.kills.items())))
    say(judge.summary(findings, phone, server))
    return report


def _drivers(
    folder: Path, site: Site, seed: str, phones: int, policy: dict[str, Any], ending: ExitStack
) -> list[Driver]:
    """The phones, each of another deputy, behind a bad network of its own; all lists and places are kept on each."""
    playwright = ending.enter_context(sync_playwright())
    drivers = []
    for number in range(phones):
        own = folder / f"phone-{number + 1}"
        own.mkdir()
        name = f"{seed}:{number}" if number else seed
        proxy = Proxy(site.port, Policy(name, **policy), receipts=own / "receipts.jsonl")
        ending.callback(proxy.close)
        handset = Handset(playwright, own / "profile", proxy.address, f"daibiao{number + 1}")
        driver = Driver(site, proxy, handset, own, name)
        proxy.policy.calm = True
        handset.open()
        handset.wait_until_kept()
        proxy.policy.calm = False
        drivers.append(driver)
    return drivers


def _one(drivers: list[Driver], number: int, answers: int, photos: int, kills: dict[int, str]) -> None:
    """A visit of one phone; every third time of all of them, by turns on one visit and at one door."""
    turn, odd = divmod(number, 3)
    if len(drivers) > 1 and odd == 2:
        order = drivers if turn % 4 < 2 else drivers[::-1]
        if turn % 2:
            team.one_door(order, answers, photos)
        else:
            team.one_visit(order, answers, photos, kills)
    else:
        drivers[number % len(drivers)].visit(answers, photos, kills)


def _report(seed: str, seconds: int, drivers: list[Driver], left: int, findings: list[judge.Finding]) -> Report:
    """All phones together."""
    requests, kills = Counter[str](), Counter[str]()
    for driver in drivers:
        requests += driver.proxy.counts.requests
        kills += driver.handset.kills
    sizes = {photo: size for driver in drivers for photo, size in driver.journal.sizes.items()}
    cuts = {photo: driver.proxy.counts.cuts[photo] for driver in drivers for photo in driver.journal.sizes}
    paid = sum(driver.proxy.cost(driver.journal.sizes) * sum(driver.journal.sizes.values()) for driver in drivers)
    return Report(
        seed=seed, seconds=seconds, visits=len({visit for driver in drivers for visit in driver.journal.visits}),
        operations=sum(driver.journal.operations for driver in drivers), photos=len(sizes), kills=dict(kills),
        requests=dict(requests), share=min(driver.proxy.counts.share(*INTAKE) for driver in drivers),
        cuts=sum(cuts.values()), uncut=[photo for photo, count in cuts.items() if not count],
        cost=paid / max(sum(sizes.values()), 1), left=left, findings=[asdict(one) for one in findings],
        page_faults=[fault for driver in drivers for fault in driver.handset.faults],
    )  # fmt: skip


def _kills(rng: Random, schedule: list[str], visits_left: int, steps: int, share: float) -> dict[int, str]:
    """What happens before which step of a visit: first each kind once, spread over the visits, then by chance."""
    due = -(-len(schedule) // visits_left)
    chosen = [schedule.pop(0) for _ in range(min(due, len(schedule)))]
    if not chosen and rng.random() < share:
        chosen = [rng.choice(ALL)]
    return {rng.randint(1, steps): what for what in chosen}


def _under_the_thumb(rng: Random, thumbs: int) -> dict[int, str]:
    """What happens before which of the first sections: every kind once, a few where there is one visit only."""
    kinds = rng.sample([*ALL, "withdrawn"], len(ALL) + 1) if thumbs > 1 else ["withdrawn", "browser", "clock"]
    return dict(enumerate(kinds, start=1))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=1000)
    parser.add_argument("--photos", type=int, default=5)
    parser.add_argument("--answers", type=int, default=10)
    parser.add_argument("--thumbs", type=int, default=6, help="visits through the real pages")
    parser.add_argument("--minutes", type=float, default=600, help="no visit is begun after that long")
    parser.add_argument("--phones", type=int, default=2, help="each of another deputy; all of them meet now and then")
    parser.add_argument("--postgres", action="store_true", help="on a schema of TEST_POSTGRES_URL in place of SQLite")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--kill-share", type=float, default=0.1)
    parser.add_argument("--most-cost", type=float, default=1.2, help="photo bytes delivered for each byte owned")
    parser.add_argument("--report", type=Path, help="write the report as JSON here")
    parser.add_argument("--keep", type=Path, help="work in this folder and keep it")
    given = parser.parse_args()
    folder = given.keep or Path(tempfile.mkdtemp(prefix="faults-"))
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as ending:
        url = ending.enter_context(postgres_schema(f"faults_{os.getpid()}")) if given.postgres else ""
        report = run(folder, visits=given.visits, photos=given.photos, seed=given.seed, answers=given.answers,
                     kill_share=given.kill_share, thumbs=given.thumbs, phones=given.phones, minutes=given.minutes,
                     url=url)  # fmt: skip
        if given.report:
            given.report.write_text(json.dumps(asdict(report)))
        good = (
            not report.findings
            and not report.left
            and not report.uncut
            and report.share >= 0.3
            and report.cost <= given.most_cost
        )
        if not good:
            ending.pop_all()  # the tables are kept to be looked at
    print("nothing lost, nothing doubled, all proved" if good else f"NOT GOOD; everything is kept in {folder}")
    if good and not given.keep:
        shutil.rmtree(folder)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
