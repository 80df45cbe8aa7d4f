"""A clock that jumps is seen, signs nothing wrong, and can be explained; the office is not accused for ever."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from inspect_app.hazards import audit, heads
from inspect_app.hazards.explained import explain, explanations
from inspect_app.jobs import clockwatch, health, sweeps
from inspect_app.jobs.clockwatch import ClockReading, judge
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.hashing import canonical_json, sha256_hex
from tests.support import District, found

from .life import MONDAY, days_later

HOUR, DAY = 3600.0, 86400.0
NOW = MONDAY.timestamp()


def _through(*readings: tuple[float, float, str], newest: float | None = None) -> list[object]:
    """States after readings of (wall, steady, boot), all in seconds after the Monday."""
    state: dict[str, object] = {}
    states = []
    for wall, steady, boot in readings:
        signed = datetime.fromtimestamp(NOW + newest, clock.SHANGHAI) if newest is not None else None
        state = judge(state, ClockReading(NOW + wall, steady, boot), signed)
        states.append(state["state"])
    return states


@pytest.mark.parametrize(
    ("what", "readings", "newest", "states"),
    [
        ("an even clock", [(0, 0, "a"), (60, 60, "a"), (120, 120, "a")], 0, ["ok"] * 3),
        ("a machine that slept", [(0, 0, "a"), (9 * HOUR, 9 * HOUR, "a")], 0, ["ok"] * 2),
        ("a night without power", [(0, 500, "a"), (9 * HOUR, 20, "b")], 0, ["ok"] * 2),
        ("a minute set right", [(0, 0, "a"), (130, 60, "a"), (60, 120, "a")], 0, ["ok"] * 3),
        ("a day ahead and back", [(0, 0, "a"), (DAY, 60, "a"), (DAY + 60, 120, "a"), (180, 180, "a")], 0,
         ["ok", "jumped", "jumped", "ok"]),
        ("a day ahead, started anew, and back", [(0, 0, "a"), (DAY, 60, "a"), (DAY + 90, 20, "b"), (150, 80, "b")], 0,
         ["ok", "jumped", "jumped", "ok"]),
        ("a dead battery, then the net", [(0, 0, "a"), (-400 * DAY, 5, "b"), (60 - 400 * DAY, 65, "b"), (300, 125, "b")], 0,
         ["ok", "behind", "behind", "ok"]),
        ("a day back where something was signed", [(0, 0, "a"), (-DAY, 60, "a"), (-DAY + 60, 120, "a"), (180, 180, "a")], 0,
         ["ok", "behind", "behind", "ok"]),
    ],
)  # fmt: skip
def test_what_the_clocks_say(
    what: str, readings: list[tuple[float, float, str]], newest: float, states: list[str]
) -> None:
    assert _through(*readings, newest=newest) == states, what


@pytest.fixture
def folder(app: Flask) -> Iterator[Path]:
    """DATA_DIR/heads of the application, without what other tests left, and with nothing left to them."""
    data_dir = Path(app.extensions["settings"].data_dir)

    def clear() -> None:
        for path in [*(data_dir / "heads").glob("*"), data_dir / clockwatch.FILE]:
            path.unlink(missing_ok=True)

    clear()
    yield data_dir / "heads"
    clear()


def _faults(app: Flask, folder: Path) -> list[str]:
    db.session.flush()
    return audit.verify(folder, app.extensions["keys"], app.extensions["storage"])[0]


def _sweep(days: float, monkeypatch: pytest.MonkeyPatch, really: float) -> bool:
    """The minute's sweep with the wall clock at a day after the Monday, while that day it really is."""
    monkeypatch.setattr(clockwatch.time, "clock_gettime", lambda _: 1000 + really * DAY)
    with clock.stopped_at(MONDAY + timedelta(days=days)):
        return sweeps.sign_daily_head()


def test_a_jump_of_a_day_and_back_signs_nothing_wrong(
    app: Flask, district: District, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with days_later(0):
        found(district)
        db.session.commit()
    assert _sweep(0, monkeypatch, 0)
    assert not _sweep(1.1, monkeypatch, 0.1), "a head of tomorrow was signed"
    state = clockwatch.last(folder.parent)
    assert (state["state"], "跳了 24 小时" in str(state["words"])) == ("jumped", True)
    with clock.stopped_at(MONDAY + timedelta(days=1.1)):
        found(district, item="F-EXIT-02")  # taken in meanwhile, dated tomorrow for ever
        db.session.commit()
    assert not _sweep(0.2, monkeypatch, 0.2)
    assert clockwatch.last(folder.parent)["state"] == "behind"
    assert _sweep(1.2, monkeypatch, 1.2), "the next day is signed, also what was dated ahead"
    assert clockwatch.last(folder.parent)["state"] == "ok"
    assert [path.stem for path in sorted(folder.glob("2*.json"))] == ["2026-11-02", "2026-11-03"]
    with days_later(2):
        assert _faults(app, folder) == []


def test_what_the_former_program_left_is_explained_and_named(
    app: Flask, district: District, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three days ahead and back: it went on signing after the newest name, so that the days in between hung on nothing."""
    keys = app.extensions["keys"]
    for day in (0, 3):
        with days_later(day):
            found(district, item=f"F-EXIT-0{day + 1}")
            db.session.commit()
            assert heads.write(folder, keys)
    ahead = folder / "2026-11-05.json"
    for day in (1, 2):
        with days_later(day):
            found(district, item="F-ELEC-0" + str(day), place=1)
            db.session.commit()
            _sign_after(app, folder, ahead, day)
    with days_later(4):
        assert len(_faults(app, folder)) == 2  # 3 and 4 November hang on the head of a day that had not come
        said = app.test_cli_runner().invoke(
            args=[
                "chain",
                "explain",
                "--from",
                "2026-11-03",
                "--to",
                "2026-11-05",
                "--why",
                "主板电池没电，开机后时钟快了三天",
            ]
        )
        assert said.exit_code == 0, said.output
        assert _faults(app, folder) == []
        verified = app.test_cli_runner().invoke(args=["chain", "verify"]).output
        assert "2026-11-03 至 2026-11-05 时钟不对，已说明（2026-11-06）：主板电池没电" in verified
    monkeypatch.setattr(clockwatch.time, "clock_gettime", lambda _: 7.0)
    with days_later(4):
        assert sweeps.sign_daily_head()
        assert _faults(app, folder) == []
        note = next(folder.glob("explained-*.json"))
        raw = json.loads(note.read_text())
        note.write_text(json.dumps(raw | {"document": raw["document"].replace("2026-11-03", "2026-10-03")}))
        assert any("时钟的说明" in fault for fault in _faults(app, folder))


def _sign_after(app: Flask, folder: Path, before: Path, day: int) -> None:
    """A head as the former program wrote it: it named the head of the newest day, whenever that was written."""
    name = f"{MONDAY + timedelta(days=day):%Y-%m-%d}"
    document = canonical_json({"day": name, "previous": sha256_hex(before.read_bytes()), "tails": []})
    key_id, signature = app.extensions["keys"].sign(document)
    text = json.dumps({"document": document.decode(), "key": key_id, "signature": signature})
    (folder / f"{name}.json").write_text(text)


def test_a_head_is_never_written_for_a_day_before_the_newest(app: Flask, district: District, folder: Path) -> None:
    with days_later(0):
        found(district)
        assert heads.write(folder, app.extensions["keys"])
    with days_later(-300):
        assert not heads.write(folder, app.extensions["keys"])
    assert len(list(folder.glob("*.json"))) == 1


def test_the_newest_day_is_read_off_the_names_however_many_there_are(
    app: Flask, district: District, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before: the check of each minute, and anybody who asked /healthz, read and hashed every head there ever was."""
    with days_later(0):
        found(district)
        db.session.commit()
        assert heads.write(folder, app.extensions["keys"])
    (folder / "2026-13-41.json").write_text("{}")  # no day
    opened: list[Path] = []
    monkeypatch.setattr(heads, "_read", lambda path: opened.append(path))
    with days_later(-300):
        assert not heads.write(folder, app.extensions["keys"])
        assert health.clock_check(folder.parent).facts == {"why": "behind", "days": 300}
        assert not clockwatch.watch()
    assert opened == []
    monkeypatch.undo()
    with days_later(0):
        assert _faults(app, folder) == []


def test_a_day_that_is_explained_does_not_make_the_clock_look_behind_for_years(
    app: Flask, district: District, folder: Path
) -> None:
    keys = app.extensions["keys"]
    with days_later(1000):
        found(district)
        assert heads.write(folder, keys)
    with days_later(0):
        assert health.clock_check(folder.parent).facts["days"] == 1000
        ahead = clock.today() + timedelta(days=1000)
        explain(folder, keys, first=ahead, last=ahead, why="主板电池没电")
        assert health.clock_check(folder.parent).facts.get("why") != "behind"
        found(district, item="F-EXIT-02")
        assert heads.write(folder, keys)
        assert heads.newest_day(folder, explanations(folder, keys)[0]) == clock.today()
