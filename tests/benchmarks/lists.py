"""What the pages of a district cost through HTTP at two sizes: each should cost the same.

`python -m tests.benchmarks.lists` (SMALL=10000, LARGE=100000, TIMES=15, BENCH_DATA=folder). The data is grown once into the
folder, a DATA_DIR for each size, and kept there for the next run: a million hazards take about a quarter of an hour and 22 GB.
Each page is asked TIMES times by one person after two that warm it; the table says the median and the slowest but one.
"""

import http.client
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from tests.benchmarks.serving import serving, sign_in
from tests.conftest import ROOT

SMALL, LARGE = int(os.environ.get("SMALL", "10000")), int(os.environ.get("LARGE", "100000"))
TIMES = int(os.environ.get("TIMES", "15"))
DATA = Path(os.environ.get("BENCH_DATA", str(Path(tempfile.gettempdir()) / "bench-lists")))
GOAL = 50  # ms for a page of a list
_LIST = "/desk/hazards"
_WORDS = ("面馆", "网吧 东关头", "灭火器", "mg", "zzzz")
_FILTERS = (
    "", "tab=overdue", "tab=soon", "tab=major", "tab=found", "tab=verify", "tab=close", "tab=watched", "tab=settled", "tab=exceptions",
    "field=gas", "field=site&grade=major", "grade=suspected_major", "state=rectifying", "state=awaiting_closure&field=gas", "due=7",
    "due=30&field=fire", "due=late&grade=major", "kind=small_restaurant", "kind=site", "kind=gas_outlet&grade=major", "source=urgent",
    "source=media", "watched=1", "declined=1", "unaccepted=1", "asked=1", "flagged=1", "recurs=1", "again=1", "again=1&recurs=1&field=gas",
    "since=2026-11-01", "item=F-EXIT-01", "item=F-EXIT-01&watched=1", "sort=danger", "sort=oldest", "sort=newest", "sort=place",
    "sort=danger&field=gas&state=found", "tab=settled&field=gas", "tab=settled&state=void", "tab=settled&kind=site&grade=major",
)  # fmt: skip


def _pages() -> Mapping[str, str]:
    """What is asked, each by its name."""
    named = {"今日": "/desk/", "场所": "/desk/places", "文书": "/papers"}
    named |= {f"list {one or 'all'}": f"{_LIST}?{one}" for one in _FILTERS}
    for words in _WORDS:
        named |= {
            f"search {words}": f"{_LIST}?q={quote(words)}",
            f"settled {words}": f"{_LIST}?tab=settled&q={quote(words)}",
        }
    return named


def _url(folder: Path) -> str:
    return f"sqlite:///{folder / 'inspect.db'}"


def _grown(hazards: int) -> Path:
    """A DATA_DIR with the demo and so many hazards, made where there is none."""
    folder = DATA / str(hazards)
    if not (folder / "grown").exists():
        folder.mkdir(parents=True, exist_ok=True)
        with serving(folder, _url(folder)):
            pass  # it migrates, and loads the demo
        environment = os.environ | {"DATA_DIR": str(folder), "DATABASE_URL": _url(folder), "DEMO": "street"}
        grow = ["demo", "grow", "--hazards", str(hazards), "--places", str(max(hazards // 10, 100))]
        subprocess.run([sys.executable, "-m", "flask", "--app", "wsgi", *grow], cwd=ROOT, env=environment, check=True)
        (folder / "grown").touch()
    return folder


def _measured(folder: Path, login: str) -> dict[str, tuple[float, float]]:
    """(median, slowest but one) in ms of each page."""
    found: dict[str, tuple[float, float]] = {}
    with serving(folder, _url(folder)) as (_, port):
        cookie, _token = sign_in(port, login)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        for name, address in _pages().items():
            took = []
            for _ in range(TIMES + 2):
                began = time.perf_counter()
                connection.request("GET", address, headers={"Cookie": cookie})
                answer = connection.getresponse()
                answer.read()
                took.append((time.perf_counter() - began) * 1000)
                if answer.status != 200:
                    sys.exit(f"{address} answered {answer.status}")
            kept = sorted(took[2:])
            found[name] = statistics.median(kept), kept[-2]
    return found


def run(login: str = "du1") -> None:
    """Print the table for somebody at a desk."""
    small, large = (_measured(_grown(size), login) for size in (SMALL, LARGE))
    print(f"{login}, ms: median and slowest but one of {TIMES}; {SMALL:,} and {LARGE:,} hazards")
    for name in small:
        (few, few_slow), (many, many_slow) = small[name], large[name]
        mark = "" if many_slow <= GOAL else "  over" if many_slow <= 10 * GOAL else "  FAR OVER"
        print(f"{name:42} {few:7.1f} {few_slow:7.1f}  {many:7.1f} {many_slow:7.1f}  {many / few:5.2f} x{mark}")


if __name__ == "__main__":
    run(os.environ.get("WHO", "du1"))
