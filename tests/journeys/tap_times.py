"""How soon each tap of a short walk shows, on a slow phone: `python -m tests.journeys.tap_times [runs]` prints it.

The bottled-gas kitchen of `tests.journeys.taps`, walked from 今日 to 提交 with deep checks and signatures. A time is what the
browser itself tells of a tap (Event Timing): from the finger to the next painted frame, in steps of 8 ms; what took less than
16 ms it leaves out, and it counts here as 8. The processor is slowed to a quarter. The machine is shared: a walk without that
stands beside it, and a floor, taps on a heading that do nothing; only what is above the floor is ours. A tap that is slow once
is noise: look at the middle of several runs. What the main thread computes for a tap, by its own clock, which nobody else's work
moves, is measured in the walk that is not slowed and printed four times over.
"""

import os
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median

from playwright.sync_api import Locator, Page

from . import taps, walk

COMPUTING = ("ScriptDuration", "RecalcStyleDuration", "LayoutDuration")
PAUSE = 500  # ms that a thumb takes from one tap to the next; a page may still be at what the last one asked of it
SLOWER, RUNS, SLOWEST, MOST = 4, 3, 12, 100
PLACE = "快慢面馆"
# Every pointer that goes down, with what it meets; and the longest event of each tap.
WATCH = """(() => {
  const words = (one) => {
    const near = one.closest?.("[data-go], [data-reason], [data-place], [data-source], [data-early], .glance, .how, .shutter, "
      + ".tabbar a, button, a, label, summary, canvas") ?? one;
    const item = near.closest("[data-item]")?.dataset.item ?? "";
    const at = near.dataset.go ? location.hash : item;
    return `${(near.dataset.go || near.textContent.trim().slice(0, 12) || near.className || near.tagName)} ${at}`.trim();
  };
  window.downs = []; window.tapped = new Map();
  addEventListener("pointerdown", (event) => downs.push([event.timeStamp, words(event.target)]), true);
  new PerformanceObserver((list) => {
    for (const { interactionId: id, startTime, duration } of list.getEntries()) {
      if (!id) continue;
      const known = tapped.get(id);
      tapped.set(id, { at: Math.min(known?.at ?? Infinity, startTime), took: Math.max(known?.took ?? 0, duration) });
    }
  }).observe({ type: "event", durationThreshold: 16, buffered: true });
})()"""
READ = """() => new Promise((done) => setTimeout(() => {
  const took = downs.map(([, words]) => [words, 8]);
  for (const { at, took: ms } of tapped.values()) {
    let found = -1;
    downs.forEach(([began], index) => { if (began <= at + 1) found = index; });
    if (found >= 0) took[found][1] = Math.max(took[found][1], ms);
  }
  downs = []; tapped.clear();
  done(took);
}, 300))"""


@dataclass
class Watched(taps.Thumb):
    """A thumb whose every tap is timed."""

    took: list[tuple[str, float]] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)
    computed: list[float] = field(default_factory=list)  # ms of the main thread's own clock, to the next frame

    def __post_init__(self) -> None:
        self.client = self.page.context.new_cdp_session(self.page)
        self.client.send("Performance.enable", {"timeDomain": "threadTicks"})

    def tap(self, target: Locator) -> None:
        """One tap, and what the page computes for it."""
        with self._computing():
            super().tap(target)

    def choose(self, control: Locator) -> None:
        """One tap on a radio or a box, and what the page computes for it."""
        with self._computing():
            super().choose(control)

    def find_sound(self, code: str, kind: str) -> None:
        """One item found in order, and what the page computes for it."""
        with self._computing():
            super().find_sound(code, kind)

    @contextmanager
    def _computing(self) -> Iterator[None]:
        self.page.wait_for_timeout(PAUSE)
        before = self._clock()
        yield
        self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)))")
        self.computed.append((self._clock() - before) * 1000)

    def _clock(self) -> float:
        metrics = self.client.send("Performance.getMetrics")["metrics"]
        return sum(float(one["value"]) for one in metrics if one["name"] in COMPUTING)

    def read(self) -> None:
        """What was tapped since the last time."""
        self.took += [(str(words), float(ms)) for words, ms in self.page.evaluate(READ)]

    def turn(self) -> None:
        """A page of the visit is done."""
        super().turn()
        self.read()
        for _ in range(2):
            self.page.locator("[data-section]:not(.hidden) h1").first.tap()
        self.floor += [float(ms) for _, ms in self.page.evaluate(READ)]


def timed(page: Page, rate: int) -> Watched:
    """The thumb of a whole walk, with the processor `rate` times slower."""
    thumb = Watched(page)
    thumb.client.send("Emulation.setCPUThrottlingRate", {"rate": rate})
    taps.begin(thumb, PLACE)
    taps.short_walk(thumb, deep=True, faults=2)
    taps.submit(thumb)
    thumb.read()
    thumb.client.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    thumb.client.detach()
    return thumb


def main(runs: int = RUNS) -> int:
    """Print each walk, then the taps that are slowest over all slowed walks."""
    sys.stdout.write(
        f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; goal: a tap shows within {MOST} ms\n"
    )
    of: dict[str, list[float]] = defaultdict(list)
    with taps.phone() as page:
        page.add_init_script(WATCH)
        walk.register_place(page, PLACE)
        for rate in [1, *[SLOWER] * runs]:
            thumb = timed(page, rate)
            _say(f"processor 1/{rate}", [ms for _, ms in thumb.took])
            _say("  floor, taps that do nothing", thumb.floor)
            if rate == 1:
                _say("  script, style and layout of each tap, four times", [SLOWER * ms for ms in thumb.computed])
            if rate > 1:
                for words, ms in thumb.took:
                    of[words].append(ms)
    for words, times in sorted(of.items(), key=lambda one: -median(one[1]))[:SLOWEST]:
        sys.stdout.write(f"  {words:<40} middle {median(times):>5.0f} ms, {' '.join(f'{ms:.0f}' for ms in times)}\n")
    return 0


def _say(words: str, found: list[float]) -> None:
    took = sorted(found)
    late = sum(ms > MOST for ms in took)
    sys.stdout.write(
        f"{words}: {len(took)} taps, median {median(took):.0f}, p95 {took[int(len(took) * 0.95)]:.0f}, at most {took[-1]:.0f} ms, "
        f"{late} over {MOST}; load {os.getloadavg()[0]:.1f}\n"
    )
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
