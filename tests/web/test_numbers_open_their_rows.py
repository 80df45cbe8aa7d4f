"""Every number on 今日, the tabs and the inbox opens exactly the rows it counted, whatever hazards there are."""

import html
import random
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from inspect_app.hazards.actions import finding, flagging, handing, mending, requesting, settling, verifying
from inspect_app.hazards.locking import lock
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Step
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Refused
from inspect_app.kernel.ids import new_id
from inspect_app.visits.rules import HowStarted
from tests.support import District, accepted, closed, found, handed_over, submitted, verified

ClientOf = Callable[[str], FlaskClient]
ITEMS = ("F-EXIT-01", "F-EXIT-02", "F-EXIT-03", "F-EXIT-04", "F-ELEC-01", "F-ELEC-02", "F-ELEC-03")


def _decline(app: Flask, district: District, hazard: Hazard) -> None:
    handing.decline(
        lock(hazard.id), district.actor("jiedao1"), competent_id=None, competent="区城管局", reason="不归我们"
    )


def _extension(app: Flask, district: District, hazard: Hazard) -> None:
    until = clock.today() + timedelta(days=40)
    requesting.ask_extension(lock(hazard.id), district.actor("jiedao1"), until=until, reason="没到货", interim="停用")


def _look_back(app: Flask, district: District, hazard: Hazard) -> None:
    mending.look_back(lock(hazard.id), district.actor("daibiao4"), mended=True, photo_ids=(new_id(),))


def _late_look(app: Flask, district: District, hazard: Hazard) -> None:
    finding.observe(
        lock(hazard.id), district.actor("daibiao3"), mended=False, seen_at=clock.now(), photo_ids=(), words="没改",
        seen_version=1,
    )  # fmt: skip


def _appoint(app: Flask, district: District, hazard: Hazard) -> None:
    verifying.appoint(lock(hazard.id), district.actor("du1"), verifier=district.actor("daibiao6"), on=clock.today())


STEPS: tuple[Callable[[Flask, District, Hazard], object], ...] = (
    lambda app, district, hazard: handed_over(district, hazard),
    lambda app, district, hazard: handed_over(district, hazard, by="zheng1"),
    lambda app, district, hazard: handed_over(district, hazard, "gas"),
    lambda app, district, hazard: accepted(district, hazard),
    lambda app, district, hazard: accepted(district, hazard, "ranqi1"),
    lambda app, district, hazard: submitted(district, hazard, app.extensions["storage"]),
    lambda app, district, hazard: verified(district, hazard),
    lambda app, district, hazard: verified(district, hazard, "du2"),
    lambda app, district, hazard: closed(district, hazard),
    lambda app, district, hazard: settling.ask(lock(hazard.id), district.actor("du1"), Step.ASK_VOID, reason="记错了"),
    lambda app, district, hazard: settling.confirm(lock(hazard.id), district.actor("du2")),
    lambda app, district, hazard: flagging.watch(
        lock(hazard.id), district.actor("du1"), meeting="第12次主任会议", on=clock.today(), leader="王某", reason="重点"
    ),
    _decline, _extension, _look_back, _late_look, _appoint,
)  # fmt: skip


def _any_district(app: Flask, district: District, seed: str) -> None:
    """Twenty-four hazards, each found within the last month and taken as far as chance allows."""
    chance, today = random.Random(seed), clock.now()
    for _ in range(24):
        with clock.stopped_at(today - timedelta(days=chance.randrange(30))):
            hazard = found(district, place=chance.randrange(3), item=chance.choice(ITEMS), major=chance.random() < 0.2)
            for step in chance.choices(STEPS, k=chance.randrange(14)):
                try:
                    with db.session.begin_nested():
                        step(app, district, hazard)
                except Refused:
                    continue
    db.session.commit()


def _rows(client: FlaskClient, address: str, room: str) -> list[str]:
    """The hazards of a list, all its pages."""
    shown: list[str] = []
    while address:
        page = client.get(html.unescape(address))
        assert page.status_code == 200, address
        body = page.text.split("<main", 1)[1]
        shown += re.findall(rf'<a href="/{room}/([0-9a-f-]{{36}})">', body)
        onwards = re.search(r'<a class="button" href="([^"]+)">下一页', body)
        address = onwards[1] if onwards else ""
    return shown


def _said(client: FlaskClient, address: str) -> int:
    words = re.search(
        r"找到 (\d+) 件|<h2 id=\"verb-title\">[^<]* <span class=\"quiet\">(\d+) 件",
        client.get(html.unescape(address)).text,
    )
    assert words
    return int(words[1] or words[2])


def _piles(page: str) -> dict[str, int]:
    """The verbs of the card, with what stands under them: their addresses and numbers."""
    card = page.split('<nav class="card verbs"', 1)[1].split("</nav>", 1)[0]
    found = re.findall(r'<a href="([^"]+do=[^"]+)"[^>]*>[^<]*<span class="count[^"]*">(\d+)</span>', card)
    return {href: int(number) for href, number in found}


def _tabs(page: str) -> dict[str, int]:
    nav = page.split('<nav class="tabs"', 1)[1].split("</nav>", 1)[0]
    found = re.findall(r'<a href="([^"]+)"[^>]*>[^<]*<span class="count[^"]*">(\d+)</span>', nav)
    return {href: int(number) for href, number in found}


def test_every_number_opens_the_rows_it_counted(
    app: Flask, district: District, client_of: ClientOf, backend: str
) -> None:
    _any_district(app, district, backend)
    pages = (
        ("du1", "/desk/", "desk/hazards"), ("zheng1", "/desk/", "desk/hazards"), ("du3", "/desk/", "desk/hazards"),
        ("jiedao1", "/inbox/", "inbox"), ("ranqi1", "/inbox/", "inbox"),
    )  # fmt: skip
    numbers = 0
    for login, first, room in pages:
        client = client_of(login)
        piles = _piles(client.get(first).text)
        assert len(piles) == (4 if room == "inbox" else 11)
        listed = "/inbox/all" if room == "inbox" else "/desk/hazards"
        for address, number in piles.items():
            rows = _rows(client, address, room)
            assert len(rows) == len(set(rows)) == number == _said(client, address), f"{login} {address}"
            in_list = f"{listed}?tab=pile:{address.split('do=')[1]}"
            assert set(_rows(client, in_list, room)) == set(rows), f"{login} {in_list}"
            late = _rows(client, f"{address}&late=1", room)
            assert set(late) <= set(rows)
            assert len(late) == _said(client, f"{address}&late=1"), f"{login} {address}"
        for narrowing in ("", "?q=王记") if room == "inbox" else ("", "?q=王记", "?state=rectifying", "?grade=general"):
            for address, number in _tabs(client.get(listed + narrowing).text).items():
                rows = _rows(client, address, room)
                assert len(rows) == number == _said(client, address), f"{login} {address}"
                numbers += 1
        numbers += len(piles)
    assert numbers > 50


def test_the_nearest_date_of_an_empty_desk_opens_its_rows(district: District, client_of: ClientOf) -> None:
    accepted(district, handed_over(district, found(district)))
    later = accepted(district, handed_over(district, found(district, item="F-EXIT-02")))
    assert later.mending_on is not None
    later.due_on = later.mending_on = later.mending_on + timedelta(days=9)
    db.session.commit()
    page = client_of("du1").get("/desk/").text
    address = re.search(r'href="(/desk/hazards\?on=[^"]+)"', page)
    assert address
    assert re.search(r"最近的期限是 .*，共 1 件", page)
    assert len(_rows(client_of("du1"), address[1], "desk/hazards")) == 1


def test_a_pile_nobody_has_is_the_whole_list(district: District, client_of: ClientOf) -> None:
    found(district)
    db.session.commit()
    for login in ("du1", "lingdao1"):
        assert _said(client_of(login), "/desk/hazards?tab=pile:nothing") == 1
    assert _said(client_of("lingdao1"), "/desk/hazards?tab=pile:assign") == 1
    assert _said(client_of("du1"), "/desk/hazards?on=2026-13-40") == 1


def test_a_place_is_visited_when_the_visit_was_handed_in(app: Flask, district: District, client_of: ClientOf) -> None:
    from inspect_app.visits import actions as visits
    from inspect_app.visits.models import Visit

    me, visit_id = district.scope("daibiao1"), new_id()
    task = visits.assign(
        district.scope("du1"), premises_id=district.places[0], person_id=me.person_id, on_day=clock.today(),
        checklist_codes=["x"],
    )  # fmt: skip
    visits.start(
        visit_id, me, premises_id=district.places[0], how=HowStarted.ARRANGED, captured_at=clock.now(),
        asked_on=dict.fromkeys(district.versions, clock.today()), times={},
    )  # fmt: skip
    db.session.commit()
    client = client_of("du1")
    assert "安排了 1 家，走了 0 家，1 家进行中" in client.get("/desk/").text
    page = client.get(f"/desk/assignments?day={clock.today()}").text
    assert "进行中" in page
    assert "去过了" not in page
    with pytest.raises(Refused, match="已经在查"):
        visits.cancel_assignment(task)
    visits.mark_submitted(db.session.get_one(Visit, visit_id), me, text_sha256=None)
    db.session.commit()
    assert "安排了 1 家，走了 1 家。" in client.get("/desk/").text
    assert "去过了" in client.get("/desk/assignments").text
