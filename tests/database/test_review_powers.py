"""What stood before powers were kept by field is told to the desk, and nothing is rewritten."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from flask import Flask

from inspect_app.casework import orders, review
from inspect_app.hazards import audit
from inspect_app.hazards.actions.steps import take
from inspect_app.hazards.locking import lock
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Grade, Step
from inspect_app.kernel import clock
from tests.support import District, accepted, determined, found, handed_over, order_of


def _determined_by_words(district: District) -> Hazard:
    """As it was recorded before: any words for the authority."""
    hazard = found(district, major=True)
    with patch("inspect_app.hazards.log.strange", return_value=[]):  # an older program knew no such rule
        take(
            lock(hazard.id), Step.DETERMINE, district.actor("du1"), facts={"major": True, "number": "无", "on": clock.today()},
            words={"authority": "某某单位"}, change={"determined_at": clock.now(), "grade": Grade.MAJOR},
        )  # fmt: skip
    return hazard


def test_an_invented_determination_is_told_and_one_of_an_authority_is_not(app: Flask, district: District) -> None:
    invented = _determined_by_words(district)
    determined(district, found(district, item="F-EXIT-02"), app.extensions["storage"])
    assert [one.number for one in review.past()] == [invented.number]
    determined(district, invented, app.extensions["storage"], major=False)
    assert invented.grade == "general", "whoever is competent now answers for one recorded by words"


def test_a_listing_of_what_nobody_determined_is_told(app: Flask, district: District) -> None:
    hazard = found(district, major=True)
    hazard.listed_at = clock.now()
    assert [(one.number, "疑似重大" in one.what) for one in review.past()] == [(hazard.number, True)]


@pytest.mark.parametrize("replaces", [True, False])
def test_two_live_orders_are_told_and_a_replaced_one_is_not(app: Flask, district: District, replaces: bool) -> None:
    hazard = accepted(district, handed_over(district, found(district), "fire"), "xiaofang1")
    orders.register(lock(hazard.id), district.actor("xiaofang1"), order_of(district))
    if not replaces:
        hazard.order_number = None  # as a second press left it
    again = order_of(
        district, number="青消整〔2026〕2号", due_on=clock.today() + timedelta(days=5),
        replaces="青消整〔2026〕1号" if replaces else "",
    )  # fmt: skip
    orders.register(lock(hazard.id), district.actor("xiaofang1"), again)
    told = list(review.past())
    assert [one.number for one in told] == ([] if replaces else [hazard.number])
    assert all("1号、青消整〔2026〕2号" in one.what for one in told)
    faults, _ = audit.verify(
        app.extensions["settings"].data_dir / "no-heads", app.extensions["keys"], app.extensions["storage"]
    )
    assert [fault for fault in faults if "每日存证" not in fault] == []
