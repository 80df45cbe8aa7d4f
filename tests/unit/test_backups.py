"""When the nightly backup is due."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from inspect_app.backup import checking
from inspect_app.jobs.backups import due
from inspect_app.kernel import clock

LAST = "2026-11-28T18:00:05+00:00"  # 02:00 of the 29th in Shanghai


@pytest.mark.parametrize(
    ("now", "last", "is_due"),
    [
        ("2026-11-29T01:59:00+08:00", {}, True),
        ("2026-11-29T23:00:00+08:00", {"at": LAST, "ok": True}, False),
        ("2026-11-30T01:59:00+08:00", {"at": LAST, "ok": True}, False),
        ("2026-11-30T02:00:30+08:00", {"at": LAST, "ok": True}, True),
        ("2026-12-04T11:00:00+08:00", {"at": LAST, "ok": True}, True),  # the machine was off
        ("2026-11-29T02:30:00+08:00", {"at": LAST, "ok": False}, False),
        ("2026-11-29T03:00:30+08:00", {"at": LAST, "ok": False}, True),
        ("2026-11-29T15:00:00+08:00", {"at": "2026-11-29T06:00:00+00:00", "ok": True}, False),  # by hand at 14:00
        ("2026-11-30T02:00:30+08:00", {"at": "2026-11-29T06:00:00+00:00", "ok": True}, True),
        (
            "2026-11-29T12:00:00+08:00",
            {"at": "2030-01-01T00:00:00+00:00", "ok": True},
            True,
        ),  # by a clock that ran ahead
        ("2026-11-29T12:00:00+08:00", {"at": "2030-01-01T00:00:00+00:00", "ok": False}, True),
        ("2026-11-29T12:00:00+08:00", {"at": "2026-11-29T04:01:00+00:00", "ok": True}, False),  # set right by a minute
    ],
)
def test_once_a_night_and_again_after_an_hour_when_it_failed(now: str, last: dict[str, object], is_due: bool) -> None:
    assert due(datetime.fromisoformat(now), last) is is_due


def test_a_backup_of_a_clock_that_ran_ahead_is_not_the_newest_for_years(tmp_path: Path) -> None:
    """It would be the one that is restored, and the one that is never let go."""
    now = clock.now()
    for days in (900, -2, -1):
        folder = tmp_path / checking.name_at(now + timedelta(days=days))
        folder.mkdir()
        (folder / "manifest.json").touch()
    assert checking.of(tmp_path)[0].name == checking.name_at(now + timedelta(days=900))
    assert checking.newest(tmp_path).name == checking.name_at(now - timedelta(days=1))
    assert checking.newest(tmp_path / "none") == tmp_path / "none"
