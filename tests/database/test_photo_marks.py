"""What is circled on a photo arrives by itself, before or after the bytes, once, and only from whoever took the photo."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from inspect_app.evidence import actions as evidence
from inspect_app.evidence import queries
from inspect_app.evidence.models import Photo, PhotoMark
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from tests.operations import lines, operation, receipt_of
from tests.support import PIXEL, District, photo, rows_in

OVAL = {"shape": "oval", "x": 0.1, "y": 0.2, "x2": 0.4, "y2": 0.5}
ARROW = {"shape": "arrow", "x": 0, "y": 1, "x2": 0.5, "y2": 0.25}


def _op(photo_id: UUID, marks: Any, seq: int = 1, minutes: int = 0) -> dict[str, Any]:
    at = clock.now() + timedelta(minutes=minutes)
    return operation("photo.mark", {"photo": str(photo_id), "marks": marks}, seq, at=at)


def _send(app: Flask, district: District, *raw: dict[str, Any], login: str = "daibiao1") -> list[dict[str, Any]]:
    return lines(receipt_of(app, district, [*raw], login))


def test_the_newest_marks_count_whatever_order_they_come_in(app: Flask, district: District) -> None:
    taken = photo(app.extensions["storage"], district, "daibiao1")
    first, second = _op(taken, [OVAL], 1), _op(taken, [OVAL, ARROW], 2, minutes=1)
    assert [line["outcome"] for line in _send(app, district, second)] == ["applied"]
    assert [line["outcome"] for line in _send(app, district, first, second)] == ["applied", "applied"]
    assert rows_in(PhotoMark) == 2
    assert queries.marked([taken])[taken].marks == [OVAL, ARROW]


def test_marks_taken_back_are_gone(app: Flask, district: District) -> None:
    taken = photo(app.extensions["storage"], district, "daibiao1")
    _send(app, district, _op(taken, [OVAL], 1), _op(taken, [], 2, minutes=1))
    assert queries.marked([taken]) == {}


def test_marks_may_come_before_the_photo(app: Flask, district: District) -> None:
    photo_id = uuid4()
    assert [line["outcome"] for line in _send(app, district, _op(photo_id, [ARROW]))] == ["applied"]
    assert queries.marked([photo_id]) == {}
    account = district.cast.accounts["daibiao1"]
    evidence.receive_photo(app.extensions["storage"], PIXEL, photo_id=photo_id, account_id=account)
    assert queries.marked([photo_id])[photo_id].marks == [ARROW]


def test_marks_made_early_on_a_photo_that_is_somebody_elses_never_show(app: Flask, district: District) -> None:
    photo_id = uuid4()
    _send(app, district, _op(photo_id, [OVAL]), login="daibiao2")
    account = district.cast.accounts["daibiao1"]
    evidence.receive_photo(app.extensions["storage"], PIXEL, photo_id=photo_id, account_id=account)
    assert queries.marked([photo_id]) == {}


def test_somebody_elses_photo_cannot_be_marked(app: Flask, district: District) -> None:
    taken = photo(app.extensions["storage"], district, "daibiao1")
    (line,) = _send(app, district, _op(taken, [OVAL]), login="daibiao2")
    assert (line["outcome"], line["words"]) == ("refused", "这张照片不是您拍的，只有拍的人能圈。")
    assert rows_in(PhotoMark) == 0


@pytest.mark.parametrize("marks", [None, "x", [{"shape": "star"}], [OVAL | {"x": 2}], [OVAL] * 13])
def test_what_is_no_mark_is_refused_and_holds_up_nothing(app: Flask, district: District, marks: Any) -> None:
    taken = photo(app.extensions["storage"], district, "daibiao1")
    bad, good = _send(app, district, _op(taken, marks, 1), _op(taken, [OVAL], 2))
    assert (bad["outcome"], good["outcome"]) == ("refused", "applied")
    assert "圈" in bad["words"]
    assert rows_in(PhotoMark) == 1


def test_a_photo_is_untouched_by_what_is_circled_on_it(app: Flask, district: District) -> None:
    taken = photo(app.extensions["storage"], district, "daibiao1")
    _send(app, district, _op(taken, [OVAL]))
    row = db.session.get_one(Photo, taken)
    assert app.extensions["storage"].get(row.sha256) == PIXEL + taken.bytes


def test_whether_it_was_taken_at_the_place_stands_as_last_answered_whatever_is_circled_since(
    app: Flask, district: District
) -> None:
    taken, unasked = (photo(app.extensions["storage"], district, "daibiao1") for _ in range(2))
    first, second, third = (_op(taken, [OVAL], seq, minutes=seq - 9) for seq in (1, 2, 3))
    first["payload"]["here"], second["payload"]["here"] = True, False
    _send(app, district, first, second, third, _op(unasked, [OVAL], 4))
    assert queries.said_here([taken, unasked]) == {taken: False}
    assert queries.marked([taken])[taken].marks == [OVAL], "an answer takes no circle away"


def test_an_answer_about_a_photo_of_somebody_else_says_nothing(app: Flask, district: District) -> None:
    photo_id = uuid4()
    said = _op(photo_id, [])
    said["payload"]["here"] = True
    _send(app, district, said, login="daibiao2")
    account = district.cast.accounts["daibiao1"]
    evidence.receive_photo(app.extensions["storage"], PIXEL, photo_id=photo_id, account_id=account)
    assert queries.said_here([photo_id]) == {}
