"""Logs: a line for each thing, its number, nothing about anybody, and never more than so much of it."""

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from inspect_app.kernel import logs
from inspect_app.kernel.logs import KEPT, Lines, newest_faults, number, numbered, plain


@pytest.fixture
def log(tmp_path: Path) -> Iterator[logging.Logger]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    logs.start(tmp_path, "web")
    yield logging.getLogger("test.logs")
    logging.captureWarnings(False)
    for handler in [one for one in root.handlers if one not in before]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


def _text(folder: Path) -> str:
    return (folder / "logs" / "inspect.log").read_text()


def test_a_line_says_when_how_bad_who_and_for_which_request(tmp_path: Path, log: logging.Logger) -> None:
    with numbered() as code:
        log.info("something\nwith a break")
    line = _text(tmp_path)
    assert re.fullmatch(
        rf"\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{{3}}\+08:00 INFO web\[\d+\] {code} test\.logs: something with a break\n",
        line,
    )
    assert number() == ""


def test_starting_twice_writes_once(tmp_path: Path, log: logging.Logger) -> None:
    logs.start(tmp_path, "web")
    log.info("once")
    assert _text(tmp_path).count("once") == 1


def test_a_fault_tells_where_and_not_who(tmp_path: Path, log: logging.Logger) -> None:
    try:
        try:
            raise KeyError("张三 13812345678")
        except KeyError as first:
            raise ValueError("没有找到李四\nDETAIL: Key (login)=(wangwu)") from first
    except ValueError:
        log.exception("failed")
    text = _text(tmp_path)
    for word in ("张三", "李四", "wangwu", "13812345678"):
        assert word not in text
    assert "ValueError: □" in text
    assert "KeyError: '□ #'" in text
    assert "test_logs.py:" in text


def test_a_database_says_which_rule_was_broken_and_not_by_whom() -> None:
    fault = RuntimeError('duplicate key value violates unique constraint "uq_account_login"\nDETAIL:  Key (login)=(li)')
    assert plain(fault) == 'RuntimeError: duplicate key value violates unique constraint "uq_account_login"'


def test_files_are_put_aside_and_the_oldest_goes(
    tmp_path: Path, log: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "MOST_BYTES", 1000)
    for turn in range(200):
        log.info("line %d %s", turn, "x" * 60)
    log.info("the last")
    files = sorted(path.name for path in (tmp_path / "logs").glob("inspect.log*"))
    assert files == ["inspect.log", *(f"inspect.log.{age}" for age in range(1, KEPT + 1))]
    assert all(path.stat().st_size < 1300 for path in (tmp_path / "logs").glob("inspect.log*"))
    assert "the last" in _text(tmp_path)


def test_another_process_may_have_put_the_file_aside(tmp_path: Path, log: logging.Logger) -> None:
    log.info("before")
    (tmp_path / "logs" / "inspect.log").rename(tmp_path / "logs" / "inspect.log.1")
    log.info("after")
    assert "after" in _text(tmp_path)


def test_the_newest_faults_are_read_back_with_their_numbers(tmp_path: Path, log: logging.Logger) -> None:
    with numbered() as code:
        try:
            raise ZeroDivisionError("by nothing")
        except ZeroDivisionError:
            log.exception("failed")
    log.warning("only a warning")
    log.error("plain")
    newest, older = newest_faults(tmp_path)
    assert (newest.request, newest.what, newest.who) == ("", "plain", "web")
    assert (older.request, older.what) == (code, "ZeroDivisionError: by nothing")
    assert newest_faults(tmp_path / "nowhere") == []


def test_it_is_no_fault_when_a_line_cannot_be_written(
    tmp_path: Path, log: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int, _data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.write", full)
    log.info("lost")
    monkeypatch.undo()
    log.info("kept")
    assert "kept" in _text(tmp_path)


def test_the_formatter_says_nothing_of_a_record_but_its_message() -> None:
    record = logging.makeLogRecord({"msg": "x", "levelname": "INFO", "name": "n", "process": 1, "stack_info": "secret"})
    assert "secret" not in Lines("web").format(record)
