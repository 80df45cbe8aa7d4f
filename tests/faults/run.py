"""`make faults`: many visits through a bad network on a phone that dies, and what the judge says.

`python -m tests.faults.run --visits 1000 --photos 5 --seed 7`; exits 1 when anything was lost, doubled, altered or
unproved, or when the network was not bad enough to prove it.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from playwright.sync_api import sync_playwright

from . import judge
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
        thumbs: int = 0, minutes: float = 600, say: Callable[[str], None] = _say, **policy: Any) -> Report:  # fmt: skip
    """Every visit once; each kind of kill at least once, and then by `kill_share` of the visits.

    `thumbs` visits go through the real pages first, all but the first of them to the very end. After `minutes` no more
    visit is begun; what was begun is sent and judged.
    """
    started = time.monotonic()
    site = Site.new(folder / "data")
    site.start()
    proxy = Proxy(site.port, Policy(seed, **policy), receipts=folder / "receipts.jsonl")
    rng, schedule = Random(f"run:{seed}"), list(ALL)
    try:
        with sync_playwright() as playwright:
            handset = Handset(playwright, folder / "profile", proxy.address, "daibiao1")
            driver = Driver(site, proxy, handset, folder, seed)
            proxy.policy.calm = True
            handset.open()
            handset.wait_until_kept()
            proxy.policy.calm = False
            say(f"begun after {time.monotonic() - started:.0f} s")
            for number in range(thumbs):
                Thumb(driver, _under_the_thumb(rng, thumbs), whole=number > 0).go()
                say(f"visit {number + 1} through the pages, {time.monotonic() - started:.0f} s")
            for number in range(visits):
                if time.monotonic() - started > minutes * 60:
                    break
                driver.visit(answers, photos, _kills(rng, schedule, visits - number, answers + photos, kill_share))
                if number % TOGETHER == TOGETHER - 1:
                    driver.send_all(20)
                if number % 20 == 19:
                    handset.open()  # a fresh page now and then, as on any day
                    say(f"{number + 1} visits, {time.monotonic() - started:.0f} s, {sum(handset.kills.values())} kills")
            left = driver.send_all(120 + visits)
            driver.export()
            handset.close()
    finally:
        proxy.close()
        site.stop()
    phone, server = judge.Phone.read(folder), judge.Server.read(site.folder)
    findings = judge.judge(phone, server)
    counts, sizes = proxy.counts, driver.journal.sizes
    say(f"seed {seed}, {time.monotonic() - started:.0f} s")
    say(proxy.table(sizes))
    say("kills: " + ", ".join(f"{count} {what}" for what, count in sorted(handset.kills.items())))
    say(", ".join(f"{what}: {count}" for what, count in sorted(driver.moved.items())))
    say(judge.summary(findings, phone, server))
    return Report(
        seed=seed, seconds=round(time.monotonic() - started), visits=len(driver.journal.visits),
        operations=driver.journal.operations, photos=len(sizes), kills=dict(handset.kills),
        requests=dict(counts.requests), share=counts.share(*INTAKE), cuts=sum(counts.cuts[photo] for photo in sizes),
        uncut=[photo for photo in sizes if not counts.cuts[photo]], cost=proxy.cost(sizes), left=left,
        findings=[asdict(one) for one in findings], page_faults=handset.faults,
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
    parser.add_argument("--seed", default="1")
    parser.add_argument("--kill-share", type=float, default=0.1)
    parser.add_argument("--most-cost", type=float, default=1.2, help="photo bytes delivered for each byte owned")
    parser.add_argument("--report", type=Path, help="write the report as JSON here")
    parser.add_argument("--keep", type=Path, help="work in this folder and keep it")
    given = parser.parse_args()
    folder = given.keep or Path(tempfile.mkdtemp(prefix="faults-"))
    folder.mkdir(parents=True, exist_ok=True)
    report = run(folder, visits=given.visits, photos=given.photos, seed=given.seed, answers=given.answers,
                 kill_share=given.kill_share, thumbs=given.thumbs, minutes=given.minutes)  # fmt: skip
    if given.report:
        given.report.write_text(json.dumps(asdict(report)))
    good = (
        not report.findings
        and not report.left
        and not report.uncut
        and report.share >= 0.3
        and report.cost <= given.most_cost
    )
    print("nothing lost, nothing doubled, all proved" if good else f"NOT GOOD; everything is kept in {folder}")
    if good and not given.keep:
        shutil.rmtree(folder)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
