"""How much of each room the tests walk: statements and branches, a row a room, and the floor below which nothing may fall.

`make coverage` runs tests/unit, tests/database, tests/web and tests/papers on SQLite: on a second database the same code is
walked again, which would take as long once more. What only a browser or PostgreSQL reaches is not counted.
"""

import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path, PurePath

FLOOR = 84.0  # % of the branches, over all rooms: 84.6 on 2026-11-30


def main() -> int:
    """Print the table from the data that `coverage run` left behind; 1 where the branches are below the floor."""
    rooms: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for name, found in _measured().items():
        for figures in (rooms[_room(name)], rooms["all"]):
            for at, key in enumerate(("covered_lines", "num_statements", "covered_branches", "num_branches")):
                figures[at] += found["summary"][key]
    every = rooms.pop("all")
    print(f"{'room':<20}{'statements':>12}{'walked':>9}{'branches':>11}{'walked':>9}")
    for room, figures in [*sorted(rooms.items()), ("all", every)]:
        print(f"{room:<20}{figures[1]:>12}{_share(*figures[:2]):>8.1f}%{figures[3]:>11}{_share(*figures[2:]):>8.1f}%")
    if (walked := _share(*every[2:])) < FLOOR:
        print(f"{walked:.1f} % of the branches are walked; the floor is {FLOOR} %: write the test that is missing")
        return 1
    return 0


def _measured() -> dict[str, dict[str, dict[str, int]]]:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "coverage.json"
        subprocess.run([sys.executable, "-m", "coverage", "combine", "-q"], check=True)
        subprocess.run([sys.executable, "-m", "coverage", "json", "-q", "-o", report], check=True)
        files: dict[str, dict[str, dict[str, int]]] = json.loads(report.read_text())["files"]
        return files


def _room(name: str) -> str:
    """inspect_app/hazards/actions/asking.py → hazards; the pages one folder finer; what stands in no room → the entry."""
    parts = PurePath(name).parts[1:-1]
    return "/".join(parts[: 2 if parts[:1] == ("web",) else 1]) or "the entry"


def _share(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 100.0


if __name__ == "__main__":
    sys.exit(main())
