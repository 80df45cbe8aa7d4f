"""What follows from a new step, seen in a copy of the house that has it: `test_a_new_step` makes the copy and runs this."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from inspect_app.casework.dossier import log_words
from inspect_app.hazards import audit, log, queries
from inspect_app.hazards.actions.steps import take
from inspect_app.hazards.locking import lock
from inspect_app.hazards.named import names_in
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.people.models import Organisation
from tests.support import District, accepted, found, handed_over

Enter = Callable[[str], FlaskClient]


def test_the_button_asks_and_the_log_keeps_every_word(
    app: Flask, district: District, client_of: Enter, tmp_path: Path
) -> None:
    hazard = accepted(district, handed_over(district, found(district), "fire"), "xiaofang1")
    db.session.commit()
    fire, client, page_of = district.cast.offices["fire"], client_of("xiaofang1"), f"/inbox/{hazard.id}"
    page = client.get(page_of).text
    assert f"{page_of}/steps/interview" in page
    assert 'id="interview-on" type="date"' in page
    assert "/steps/interview" not in client_of("du1").get(f"/desk/hazards/{hazard.id}").text
    typed = {
        "authority_id": fire,
        "number": "青消约〔2026〕1号",
        "on": clock.today().isoformat(),
        "words": "当面讲了后果",
    }
    lacking = client.post(f"{page_of}/steps/interview", data=typed | {"version": hazard.version, "number": ""})
    assert (lacking.status_code, "还差文号。" in lacking.text) == (422, True)
    answer = client.post(f"{page_of}/steps/interview", data=typed | {"version": hazard.version})
    assert answer.status_code in (200, 303), answer.text
    db.session.expire_all()
    lines = queries.log_of(hazard)
    today = clock.today()
    entry, office = log_words.entries(lines, names_in(lines))[0], db.session.get_one(Organisation, fire)
    assert (entry.label, entry.moves, hazard.state) == ("约谈", False, "rectifying")
    assert list(entry.details) == [
        ("机关", office.short_name), ("文号", "青消约〔2026〕1号"), ("日期", f"{today.year}年{today.month}月{today.day}日"), ("说了什么", "当面讲了后果"),
    ]  # fmt: skip
    assert "当面讲了后果" in client.get(page_of).text
    assert audit.verify(tmp_path, app.extensions["keys"], app.extensions["storage"])[0] == []
    told = log.exported(hazard)["labels"]["interview"]
    assert told == {
        "step": "约谈", "facts": {"authority": "机关", "number": "文号", "on": "日期"}, "words": {"words": "说了什么"},
    }  # fmt: skip


def test_what_its_row_does_not_name_is_not_written(district: District) -> None:
    hazard = accepted(district, handed_over(district, found(district), "fire"), "xiaofang1")
    with pytest.raises(ValueError, match="weather"):
        take(lock(hazard.id), "interview", district.actor("xiaofang1"), words={"weather": "晴"})
