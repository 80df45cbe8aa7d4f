"""What the pages of a district cost through HTTP at two sizes: each should cost the same.

`python -m tests.benchmarks.lists` (SMALL=10000, LARGE=100000, TIMES=15, BENCH_DATA=folder, BENCH_POSTGRES=postgresql+psycopg://).
The data is grown once into the folder, a DATA_DIR for each size, and kept there for the next run: a million hazards take about a
quarter of an hour and 24 GB. On PostgreSQL each size has a database of its own, made where the role may make one.
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
from uuid import UUID

from sqlalchemy import Uuid, create_engine, text

from tests.benchmarks.serving import serving, sign_in
from tests.conftest import ROOT

SMALL, LARGE = int(os.environ.get("SMALL", "10000")), int(os.environ.get("LARGE", "100000"))
TIMES = int(os.environ.get("TIMES", "15"))
DATA = Path(os.environ.get("BENCH_DATA", str(Path(tempfile.gettempdir()) / "bench-lists")))
POSTGRES = os.environ.get("BENCH_POSTGRES", "").rstrip("/")
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


def _pages(url: str) -> Mapping[str, str]:
    """What is asked, each by its name; one open and one settled hazard stand for all."""
    named = {
        "今日": "/desk/",
        "场所": "/desk/places",
        "文书": "/papers",
        "走访": "/desk/visits",
        "地图": f"{_LIST}/map",
    }
    named |= {f"今日 {one}": f"/desk/?do={one}" for one in ("verify", "close", "answer", "watch")}
    for name, condition in (("open", "IS NULL"), ("settled", "IS NOT NULL")):
        hazard, place = _one(url, f"settled_on {condition}")
        named |= {f"hazard {name}": f"{_LIST}/{hazard}", f"place of {name}": f"/desk/places/{place}"}
        named[f"list place of {name}"] = f"{_LIST}?place={place}"
    named |= {f"list {one or 'all'}": f"{_LIST}?{one}" for one in _FILTERS}
    for words in _WORDS:
        named |= {
            f"search {words}": f"{_LIST}?q={quote(words)}",
            f"settled {words}": f"{_LIST}?tab=settled&q={quote(words)}",
        }
    return named


def _one(url: str, condition: str) -> tuple[UUID, UUID]:
    """The ids of a hazard in the midst of such, and of its place."""
    engine = create_engine(url)
    ids = text(f"SELECT id, premises_id FROM hazard WHERE {condition} ORDER BY id LIMIT 1 OFFSET :skip")
    with engine.connect() as connection:
        row = connection.execute(ids.columns(id=Uuid, premises_id=Uuid), {"skip": 1000}).one()
    engine.dispose()
    return row.id, row.premises_id


def _url(folder: Path) -> str:
    if not POSTGRES:
        return f"sqlite:///{folder / 'inspect.db'}"
    name = f"bench_lists_{folder.name}"
    engine = create_engine(f"{POSTGRES}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        if not connection.scalar(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name}):
            connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine.dispose()
    return f"{POSTGRES}/{name}"


def _grown(hazards: int) -> Path:
    """A DATA_DIR with the demo and so many hazards, made where there is none."""
    folder = DATA / f"{hazards}{'p' if POSTGRES else ''}"
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
        for name, address in _pages(_url(folder)).items():
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
    database = "PostgreSQL" if POSTGRES else "SQLite"
    print(f"{database}, {login}, ms: median and slowest but one of {TIMES}; {SMALL:,} and {LARGE:,} hazards")
    for name in small:
        (few, few_slow), (many, many_slow) = small[name], large[name]
        mark = "" if many_slow <= GOAL else "  over" if many_slow <= 10 * GOAL else "  FAR OVER"
        print(f"{name:42} {few:7.1f} {few_slow:7.1f}  {many:7.1f} {many_slow:7.1f}  {many / few:5.2f} x{mark}")


if __name__ == "__main__":
    run(os.environ.get("WHO", "du1"))
