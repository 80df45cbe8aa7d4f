"""A photo is judged only by a decoder that ended by itself: killed or stopped ones are tried again, and nobody is told 补拍."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from unittest.mock import patch
from uuid import UUID

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from inspect_app.evidence import actions, copying, pictures, queries, taker
from inspect_app.evidence.models import STUCK_AFTER, Photo, PhotoCopy
from inspect_app.intake.receipts import sign_for_photos
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Refused
from inspect_app.kernel.ids import new_id
from inspect_app.messages.models import Message
from tests.support import PIXEL, District, rows_in

_DECODER = pictures.CHILD


def _received(app: Flask, district: District, data: bytes | None = None) -> Photo:
    if data is None:
        large = BytesIO()
        Image.effect_noise((2400, 1800), 60).convert("RGB").save(large, "JPEG")
        data = large.getvalue()
    row = actions.receive_photo(
        app.extensions["storage"], data, photo_id=new_id(), account_id=district.cast.accounts["daibiao1"]
    )
    db.session.commit()
    return row


def _decoder() -> int | None:
    """The process id of the decoder that this process has started."""
    for task in Path("/proc/self/task").iterdir():
        try:
            for child in (task / "children").read_text().split():
                if b"picture_child.py" in Path(f"/proc/{child}/cmdline").read_bytes():
                    return int(child)
        except FileNotFoundError:
            continue
    return None


@contextmanager
def _decoders_get(what: signal.Signals, folder: Path) -> Iterator[None]:
    """Meanwhile each decoder takes its time and gets a signal."""
    slow = folder / "picture_child.py"
    slow.write_text(
        _DECODER.read_text().replace("def main() -> int:", "def main() -> int:\n    import time; time.sleep(120)")
    )
    over = threading.Event()

    def watch() -> None:
        while not over.is_set():
            if (child := _decoder()) is not None:
                os.kill(child, what)
            time.sleep(0.005)

    # Run in the background of a shell, tests inherit that Ctrl-C is ignored, and so would the decoder.
    interrupts = signal.signal(signal.SIGINT, signal.default_int_handler)
    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        with patch.object(pictures, "CHILD", slow):
            yield
    finally:
        over.set()
        watcher.join()
        signal.signal(signal.SIGINT, interrupts)


def _looked_at(app: Flask, photo_id: UUID) -> Photo:
    copying.make_waiting_copies(app.extensions["storage"])
    db.session.expire_all()
    return db.session.get_one(Photo, photo_id)


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_killed_decoder_condemns_no_photo(
    app: Flask, district: District, how: signal.Signals, tmp_path: Path
) -> None:
    photo_id = _received(app, district).id
    with _decoders_get(how, tmp_path):
        photo = _looked_at(app, photo_id)
    assert (photo.refused_reason, photo.attempts) == (None, 1)
    # An interruption that finds Python already there ends it in its own way: no verdict either.
    assert str(int(how)) in photo.trouble or "KeyboardInterrupt" in photo.trouble
    assert rows_in(Message) == 0
    with clock.stopped_at(clock.now() + timedelta(minutes=2)):
        photo = _looked_at(app, photo_id)
    assert (photo.width, photo.attempts, photo.retry_at, photo.trouble) == (2400, 0, None, "")
    assert len(db.session.scalars(select(PhotoCopy).where(PhotoCopy.photo_id == photo_id)).all()) == 3


@pytest.mark.slow
def test_a_stopped_decoder_is_given_up_and_tried_again(
    app: Flask, district: District, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    photo_id = _received(app, district).id
    monkeypatch.setattr(pictures, "STANDSTILL", 1)
    with _decoders_get(signal.SIGSTOP, tmp_path):
        photo = _looked_at(app, photo_id)
    assert (photo.refused_reason, photo.attempts) == (None, 1)
    assert _decoder() is None, "the stopped decoder is left behind"
    monkeypatch.undo()
    actions.try_again(photo_id)
    assert _looked_at(app, photo_id).copies_at is not None
    with pytest.raises(Refused):
        actions.try_again(photo_id)


def test_each_attempt_waits_longer_and_the_administrator_sees_what_is_stuck(
    app: Flask, district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo_id, others = _received(app, district, PIXEL).id, _received(app, district, PIXEL + b"\0").id

    def broken(data: bytes, *_: object, **__: object) -> pictures.Copies:
        if data == PIXEL:
            raise pictures.Undecided("处理照片的程序出错：No module named 'PIL'")
        return pictures.Copies(1, 1, {})

    monkeypatch.setattr(pictures, "make_copies", broken)
    waits, now = [], clock.now()
    for attempt in range(1, STUCK_AFTER + 2):
        assert [photo.id for photo in queries.stuck_photos()] == ([photo_id] if attempt > STUCK_AFTER else [])
        with clock.stopped_at(now):
            photo = _looked_at(app, photo_id)
            assert photo.attempts == attempt
            assert _looked_at(app, photo_id).attempts == attempt, "tried again before its time"
        assert photo.retry_at is not None
        waits.append(photo.retry_at - now)
        now = photo.retry_at
    assert [wait // timedelta(minutes=1) for wait in waits] == [1, 5, 15, 60, 360, 360]
    assert db.session.get_one(Photo, others).copies_at is not None, "one photo held up another"
    monkeypatch.undo()
    with clock.stopped_at(now):
        assert _looked_at(app, photo_id).copies_at is not None
    assert queries.stuck_photos() == []
    assert rows_in(Message) == 0


def test_an_original_that_is_not_there_is_waited_for(app: Flask, district: District) -> None:
    photo = _received(app, district, PIXEL)
    path = app.extensions["storage"].path(photo.sha256)
    path.rename(path.with_suffix(".away"))
    try:
        assert _looked_at(app, photo.id).refused_reason is None
        assert rows_in(Message) == 0
    finally:
        path.with_suffix(".away").rename(path)
    actions.try_again(photo.id)
    assert _looked_at(app, photo.id).copies_at is not None


def test_a_refusal_without_a_verdict_is_taken_back_when_the_phone_sends_again_or_by_command(
    app: Flask, district: District
) -> None:
    """As the former program condemned photos: a reason, and nothing that tells whether the decoder said so."""
    one, two, spoilt = (_received(app, district, PIXEL + bytes([number])) for number in range(3))
    for photo in (one, two):
        photo.refused_reason = "这张照片没有存完整，打不开。"
        taker.tell_unreadable(photo)
    spoilt.refused_reason, spoilt.refused_at = "这张照片没有存完整，打不开。", clock.now()
    ids = [one.id, two.id, spoilt.id]
    db.session.commit()
    receipt = sign_for_photos(
        ids[:1] + ids[2:], district.scope("daibiao1"), app.extensions["storage"], app.extensions["keys"]
    )
    assert '"kept"' in receipt.document
    assert '"refused"' in receipt.document
    db.session.commit()
    said = app.test_cli_runner().invoke(args=["photos", "retry"])
    assert said.output.startswith("1 张照片")
    assert _looked_at(app, ids[0]).copies_at is not None
    db.session.expire_all()
    assert [db.session.get_one(Photo, identity).copies_at is not None for identity in ids] == [True, True, False]
    told = db.session.scalars(select(Message.text).where(Message.subject_id == ids[1]).order_by(Message.made_at)).all()
    assert "请补拍" in told[0]
    assert "不用补拍" in told[1]
    assert app.test_cli_runner().invoke(args=["photos", "retry", str(ids[2])]).exit_code == 0
    assert _looked_at(app, ids[2]).copies_at is not None


def test_that_a_photo_opens_after_all_is_told_once_and_not_whenever_its_copies_are_remade(
    app: Flask, district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo_id, made = _received(app, district, PIXEL).id, pictures.Copies(1, 1, {})
    monkeypatch.setattr(pictures, "make_copies", lambda *_, **__: made)

    def look(fault: str = "", flaw: str = "") -> list[str]:
        nonlocal made
        made = pictures.Copies(1, 1, {}, fault=fault, flaw=flaw)
        photo = db.session.get_one(Photo, photo_id)
        photo.copies_at, photo.refused_reason, photo.refused_at = (
            None,
            None,
            None,
        )  # as remaking, or trying again, leaves it
        db.session.commit()
        _looked_at(app, photo_id)
        texts = db.session.scalars(
            select(Message.text).where(Message.subject_id == photo_id).order_by(Message.made_at)
        ).all()
        return ["opens" if "不用补拍" in one else "broken" if "打不开" in one else "flaw" for one in texts]

    assert look(flaw="没有存完整，可能不清楚") == ["flaw"]
    assert look() == ["flaw"], "it never was refused"
    assert look(fault="打不开") == ["flaw", "broken"]
    assert look() == ["flaw", "broken", "opens"]
    assert look() == ["flaw", "broken", "opens"]
