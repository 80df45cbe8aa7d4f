"""A short run in `make test`: nothing tapped or photographed is lost, doubled or altered, and all of it is proved.

The long one is `make faults`, which also judges what the sending cost: a busy machine breaks more of it off. It runs in a process of its own, because it kills the browser it drives.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = [pytest.mark.faults, pytest.mark.journey]
CHROMIUM_KILLS = {"tab closed", "tab killed", "camera killed", "browser killed"}


def test_a_bad_day_loses_nothing(tmp_path: Path) -> None:
    report_file = tmp_path / "report.json"
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.run", "--visits", "4", "--photos", "4", "--answers", "5", "--thumbs", "1",
         "--seed", "11", "--keep", str(tmp_path / "run"), "--report", str(report_file)],
        cwd=ROOT, capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
    print(done.stdout)
    assert report_file.exists(), done.stdout + done.stderr
    report = json.loads(report_file.read_text())
    assert report["findings"] == [], "lost, doubled, altered or not proved"
    assert report["left"] == 0, "everything was sent and settled"
    assert report["photos"] >= 16
    assert report["uncut"] == [], "every photo was cut inside its body at least once"
    assert report["share"] >= 0.3, "of the intake requests were broken"
    kills = report["kills"]
    assert sum(count for what, count in kills.items() if what in CHROMIUM_KILLS) >= 4
    others = {"server killed", "shell updated", "network gone", "session ended", "clock jumped", "list withdrawn"}
    assert {"browser killed", "camera killed", *others} <= set(kills)
    assert report["page_faults"] == []
