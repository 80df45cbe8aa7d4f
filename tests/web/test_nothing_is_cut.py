"""What a form brings is kept whole or refused with what was typed; the log of a hazard shows every word it holds."""

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any
from unittest.mock import patch

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from inspect_app.hazards import log
from inspect_app.hazards.locking import lock
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.photos import HazardPhoto
from inspect_app.hazards.rules import Step
from inspect_app.kernel.database import db
from inspect_app.kernel.limits import LIMITS, on_the_phone
from tests.support import PIXEL, District, accepted, found, handed_over

Clients = Callable[[str], FlaskClient]


def _mended(district: District) -> Hazard:
    hazard = accepted(district, handed_over(district, found(district)))
    db.session.commit()
    return hazard


def _report(client: FlaskClient, hazard: Hazard, photos: int, words: str = "改好了") -> Any:
    files = [(BytesIO(PIXEL + bytes([number])), f"{number}.jpg") for number in range(photos)]
    typed = {"photos": files, "words": words, "version": str(hazard.version)}
    return client.post(f"/inbox/{hazard.id}/steps/submit", data=typed)


def _after(hazard: Hazard) -> int:
    db.session.expire_all()
    statement = select(func.count()).select_from(HazardPhoto)
    return db.session.scalar(statement.where(HazardPhoto.hazard_id == hazard.id, HazardPhoto.slot == "after")) or 0


def test_fifteen_photos_are_fifteen(app: Flask, district: District, client_of: Clients) -> None:
    hazard = _mended(district)
    assert _report(client_of("jiedao1"), hazard, 15).status_code == 303
    assert _after(hazard) == 15


def test_more_photos_than_a_form_takes_are_refused_and_none_is_kept(
    app: Flask, district: District, client_of: Clients
) -> None:
    hazard, most = _mended(district), LIMITS["photos"]
    answer = _report(client_of("jiedao1"), hazard, most + 1)
    assert answer.status_code in (200, 422)
    assert f"最多附 {most} 张照片，现在有 {most + 1} 张" in answer.text
    assert _after(hazard) == 0


def test_words_beyond_the_field_are_refused_with_what_was_typed(
    app: Flask, district: District, client_of: Clients
) -> None:
    hazard, most = _mended(district), LIMITS["words"]
    answer = _report(client_of("jiedao1"), hazard, 1, "长" * (most + 1))
    assert f"最多写 {most} 个字，现在有 {most + 1} 个" in answer.text
    assert "长" * (most + 1) in answer.text
    assert re.search(rf'name="words" maxlength="{most}"', answer.text)
    assert _after(hazard) == 0


def test_words_that_no_row_names_any_more_stand_in_the_log_as_other_records(
    app: Flask, district: District, client_of: Clients
) -> None:
    hazard = _mended(district)
    words = {"reason": "催一下", "weather": "下雨", "measured_again": {"一楼": 3, "二楼": 4}, "seen": ["甲", "乙"]}
    with patch("inspect_app.hazards.log.strange", return_value=[]):  # an older program knew no such rule
        log.append(lock(hazard.id), Step.URGE, district.actor("du1"), words=words)
    db.session.commit()
    page = client_of("du1").get(f"/desk/hazards/{hazard.id}").text
    for said in ("其他记录", "催一下", "下雨", "一楼：3；二楼：4", "甲、乙"):
        assert said in page


def test_what_was_found_stands_above_the_log_and_not_in_it_again(
    app: Flask, district: District, client_of: Clients
) -> None:
    hazard = _mended(district)
    page = client_of("du1").get(f"/desk/hazards/{hazard.id}").text
    assert "门上了锁" in page
    assert "no_photo_reason" not in page


@pytest.mark.parametrize("address", ["/desk/places", "/desk/hazards", "/library/"])
def test_a_search_for_more_than_can_be_found_is_refused_in_words(client_of: Clients, address: str) -> None:
    answer = client_of("du1").get(f"{address}?q={'x' * (LIMITS['search'] + 1)}")
    assert answer.status_code == 422
    assert "请写短一点" in answer.text


def test_the_phone_gets_the_limits_with_its_shell(client_of: Clients) -> None:
    page = client_of("daibiao1").get("/field/shell").text
    assert all(f'"{name}": {most}' in page.replace("&#34;", '"') for name, most in on_the_phone().items())
    assert f'name="note" maxlength="{LIMITS["note"]}"' in page
