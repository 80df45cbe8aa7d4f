"""When the nightly backup is due."""

from datetime import datetime

import pytest

from inspect_app.jobs.backups import due

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
    ],
)
def test_once_a_night_and_again_after_an_hour_when_it_failed(now: str, last: dict[str, object], is_due: bool) -> None:
    assert due(datetime.fromisoformat(now), last) is is_due
