"""The demo district: one street, 64 places, 20 deputies, 8 organisations, hazards in every state, papers drawn."""

import heapq
import random
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from itertools import count
from uuid import UUID

from flask import Flask
from sqlalchemy import func, select

from inspect_app.checklists import actions as checklist_actions
from inspect_app.checklists import library
from inspect_app.evidence import copying
from inspect_app.evidence.shapes import PhonePosition
from inspect_app.hazards import heads
from inspect_app.hazards.models import Hazard
from inspect_app.jobs import sweeps
from inspect_app.kernel import clock
from inspect_app.kernel.database import db, writing
from inspect_app.papers.models import Paper
from inspect_app.people.models import Account
from inspect_app.people.rules import Scope
from inspect_app.premises import actions as premises_actions
from inspect_app.premises.rules import PremisesKind
from inspect_app.visits import actions as visits

from . import calls, endings, fates, history, majors, pads, people
from .history import Fate, Plan, Script, World
from .people import Cast

PLACES = 60  # shops and workshops; _ELSEWHERE comes after them
SERVED_LATER = ("notice",)  # kinds that a script serves a day later: nobody serves a sheet that is not drawn
_STREETS = ("柳荫街", "铁作坊巷", "东关头", "望江里", "桥北路")
_SURNAMES = "陈李王张刘赵周吴徐孙马朱胡林郭何高罗郑梁"
_NAMES: dict[PremisesKind, tuple[str, ...]] = {
    PremisesKind.SMALL_RESTAURANT: ("记面馆", "家小炒", "记鸭血粉丝", "家饺子馆", "记牛肉锅贴", "家盖浇饭"),
    PremisesKind.SMALL_SHOP: ("家便利店", "记五金", "家粮油店"),
    PremisesKind.SMALL_INN: ("家客栈",),
    PremisesKind.SMALL_BEAUTY: ("家美发", "家足浴"),
    PremisesKind.SMALL_WORKSHOP: ("记裁缝铺", "家豆腐坊"),
}
_MIX = (PremisesKind.SMALL_RESTAURANT,) * 6 + (
    PremisesKind.SMALL_SHOP,
    PremisesKind.SMALL_INN,
    PremisesKind.SMALL_BEAUTY,
    PremisesKind.SMALL_WORKSHOP,
)

# days ago → {item: fate}; each line is one visit to another restaurant.
_VISITS: tuple[tuple[int, dict[str, Fate]], ...] = (
    (48, {"F-EXIT-02": endings.reopened, "F-ELEC-03": endings.mended_and_closed}),
    (45, {"F-EXIT-01": endings.ordered, "F-EXT-03": endings.mended_and_closed}),
    (41, {"F-LIVE-01": majors.suspected_major}),
    (38, {"G-HOSE-02": endings.ended, "F-KIT-02": endings.ended}),
    (36, {"F-ELEC-01": endings.mended_and_closed, "F-ELEC-02": endings.merged}),
    (33, {"F-KIT-06": fates.fixed_on_spot, "F-EXT-01": fates.fixed_on_spot}),
    (30, {"G-HOSE-01": fates.mending_by_street, "F-KIT-01": fates.mending_by_street}),
    (27, {"F-EXIT-06": fates.mending_by_street, "F-EXT-04": endings.voided}),
    (24, {"G-ALARM-02": endings.mended_and_closed}),
    (22, {"F-EXIT-03": fates.second_round, "F-STAFF-01": endings.mended_and_closed}),
    (18, {"F-LIVE-03": endings.ordered}),
    (15, {"F-KIT-05": majors.suspected_major}),
    (12, {"G-OLD-01": majors.suspected_waiting, "G-HOSE-04": fates.mending_by_street}),
    (11, {"F-ELEC-02": fates.extension_asked, "F-EXT-02": fates.second_round_reused}),
    (9, {"F-EXIT-04": fates.seen_mended}),
    (8, {"F-LIVE-02": endings.ordered, "G-STOVE-01": fates.declined}),
    (7, {"F-EXT-06": endings.mended_and_closed, "G-AIR-01": fates.handed_over}),
    (6, {"G-HOSE-05": fates.declined, "F-STAFF-02": endings.void_asked}),
    (5, {"F-EXIT-07": fates.untouched, "F-ELEC-04": fates.untouched}),
    (4, {"G-MAN-02": fates.handed_over, "F-ELEC-06": fates.extension_asked}),
    (3, {"F-EXT-05": fates.fixed_on_spot, "G-STOVE-03": fates.mending_by_street}),
    (1, {"F-EXIT-01": fates.untouched, "G-ALARM-05": fates.untouched}),
    (1, {"F-KIT-06": fates.fixed_on_spot, "G-AIR-02": majors.suspected_waiting}),
)

# Other kinds of places, each visited once: name, street, kind, facts, days ago, {item: fate}.
_ELSEWHERE: tuple[tuple[str, str, PremisesKind, dict[str, object], int, dict[str, Fate]], ...] = (
    ("铁作坊巷7幢", "铁作坊巷", PremisesKind.RESIDENTIAL, {"storeys": 6, "year_built": 1986, "high_rise": False},
     20, {"F-RES-05": fates.handed_over, "F-RES-12": fates.mending_by_street}),
    ("柳荫百货", "望江里", PremisesKind.CROWDED, {"floor_area": 3200, "storeys": 4, "staff": 60, "people_sleeping": False},
     14, {"F-CROWD-02": majors.suspected_waiting, "F-EXIT-02": endings.mended_and_closed}),
    ("桥北路雨污分流工地", "桥北路", PremisesKind.SITE, {"staff": 35, "people_sleeping": True},
     10, {"S-GATE-01": endings.mended_and_closed, "S-LOAD-01": fates.handed_over}),
    ("望江瓶装气供应站", "望江里", PremisesKind.GAS_OUTLET, {"gas_kind": "bottled", "staff": 3},
     2, {"G-OUT-06": fates.handed_over}),
)  # fmt: skip


def load(app: Flask, say: Callable[[str], None]) -> None:
    """Build the street in an empty database, its papers drawn. Raises ValueError when there are accounts already."""
    with app.app_context():
        world, places = begin(app, say)
        run(app, agenda_of(world, places, clock.today()), say)
        end(app, world, places, say)


def begin(
    app: Flask, say: Callable[[str], None], *, wider: Callable[[Cast], None] | None = None
) -> tuple[World, list[UUID]]:
    """The people and places of the street, in an empty database; `wider` makes those of other streets beside them."""
    if db.session.scalar(select(Account.id).limit(1)) is not None:
        raise ValueError("the database is not empty")
    db.session.rollback()
    today = clock.today()
    with clock.stopped_at(_at(today - timedelta(days=60), 9)), writing():
        cast = people.make()
        if wider is not None:
            wider(cast)
        checklist_actions.publish(library.load().values())
        places = _places(cast)
    say("demo: street, organisations, people and 64 places are there")
    return World(cast, app.extensions["storage"], app.config["PUBLIC_ADDRESS"]), places


def end(app: Flask, world: World, places: list[UUID], say: Callable[[str], None]) -> None:
    """What is to be done today, and the day's signed head; says what there is."""
    with writing():
        _assign_today(world.cast.scope("du1", clock.today()), world.cast, places)
        pads.make(world.cast, clock.today(), world.address)
    heads.write(app.extensions["settings"].data_dir / "heads", app.extensions["keys"])
    db.session.rollback()
    hazards = db.session.scalar(select(func.count()).select_from(Hazard))
    drawn = db.session.scalar(select(func.count()).select_from(Paper).where(Paper.state == "issued"))
    to_draw = db.session.scalar(select(func.count()).select_from(Paper).where(Paper.state == "issuing"))
    say(f"demo: {hazards} hazards in every state, {drawn} papers issued" + (f", {to_draw} to draw" if to_draw else ""))


def _at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), clock.SHANGHAI)


def _places(cast: Cast) -> list[UUID]:
    """The places; the same every time. The first ones are restaurants, for the visits above; other kinds come last."""
    scope = cast.scope("du1", clock.today())
    return _register_shops(scope, cast) + _register_elsewhere(scope, cast)


def _register_shops(scope: Scope, cast: Cast) -> list[UUID]:
    chance = random.Random(60)
    kinds = sorted(
        (_MIX[n % len(_MIX)] for n in range(PLACES)), key=lambda kind: kind is not PremisesKind.SMALL_RESTAURANT
    )
    made = []
    for number, kind in enumerate(kinds):
        surname, names = _SURNAMES[number % len(_SURNAMES)], _NAMES[kind]
        boss = surname + chance.choice(("建国", "秀兰", "明", "丽", "海", "桂英"))
        facts: dict[str, object] = {
            "floor_area": chance.choice((45, 60, 90, 130, 240)),
            "storeys": chance.choice((1, 1, 2)),
            "staff": chance.randint(2, 9),
        }
        if kind is PremisesKind.SMALL_RESTAURANT:
            facts |= {"seats": chance.choice((16, 24, 40, 80)), "gas_kind": ("piped", "bottled")[number % 2]}
        street = _STREETS[number % len(_STREETS)]
        row = premises_actions.register(
            scope,
            name=surname + names[(number // len(_SURNAMES) + number) % len(names)],
            kind=kind,
            address=f"柳荫街道{street}{8 + 3 * number}号",
            area_id=cast.communities[number % 4],
            facts=facts,
            phone=f"025-5566{1000 + 37 * number}",
            position=_position(number),
        )
        premises_actions.set_party(row, name=f"{row.name}（{boss}）", role="operator", phone=row.phone)
        made.append(row.id)
    return made


def _register_elsewhere(scope: Scope, cast: Cast) -> list[UUID]:
    made = []
    for number, (name, street, kind, known, *_) in enumerate(_ELSEWHERE):
        row = premises_actions.register(
            scope,
            name=name,
            kind=kind,
            address=f"柳荫街道{street}{200 + number}号",
            area_id=cast.communities[number % 4],
            facts=known,
            phone=f"025-5577{1000 + 41 * number}",
            position=_position(PLACES + number),
        )
        premises_actions.set_party(row, name=f"{name}（负责人）", role="manager", phone=row.phone)
        made.append(row.id)
    return made


def _position(number: int) -> PhonePosition:
    """A point of the invented street for each place, some forty metres from the next."""
    return PhonePosition(lon=118.78 + number % 8 * 0.0005, lat=32.04 + number // 8 * 0.0004, accuracy_m=10)


def agenda_of(world: World, places: list[UUID], today: date) -> "Agenda":
    agenda = Agenda(clock.now())
    elsewhere = [(days_ago, failed, PLACES + number) for number, (*_, days_ago, failed) in enumerate(_ELSEWHERE)]
    restaurants = [(days_ago, failed, number) for number, (days_ago, failed) in enumerate(_VISITS)]
    for number, (days_ago, failed, at) in enumerate(restaurants + elsewhere):
        began = _at(today - timedelta(days=days_ago), 9 + number % 6, 7 * number % 60)
        receipt = "" if number % 5 == 3 else "店长"
        mended_now = frozenset(item for item, fate in failed.items() if fate is fates.fixed_on_spot)
        left = "店里来了很多客人，请改天再来" if number % 11 == 5 else ""
        plan = Plan(
            f"daibiao{1 + number % 20}", places[at], began, failed, mended_now, receipt,
            short=number % 3 != 0 or bool(left), left_because=left,
        )  # fmt: skip
        agenda.add(began, history.visit(world, plan, agenda.follow))
    agenda.add(_at(today - timedelta(days=16), 15), calls.urgent_calls(world, places[30]))
    return agenda


class Agenda:
    """Scripts by the instant they go on; what would go on after now is left where it is."""

    def __init__(self, until: datetime) -> None:
        self.until, self._order = until, count()
        self._heap: list[tuple[datetime, int, Script]] = []
        self.now = until

    def add(self, when: datetime, script: Script) -> None:
        if when <= self.until:
            heapq.heappush(self._heap, (when, next(self._order), script))

    def follow(self, script: Script) -> None:
        """Start a script at the instant the present step happens."""
        self.add(self.now, script)

    def __len__(self) -> int:
        return len(self._heap)

    def pop(self) -> Script:
        self.now, _, script = heapq.heappop(self._heap)
        return script


def run(app: Flask, agenda: "Agenda", say: Callable[[str], None], *, draw: bool = True) -> None:
    """Take every step at its instant; without `draw` copies of photos and most papers are left to the worker."""
    steps = 0
    while len(agenda):
        script = agenda.pop()
        with clock.stopped_at(agenda.now):
            with writing():
                wait = next(script, None)
            if wait is not None:
                agenda.add(agenda.now + wait, script)
            if draw:
                copying.make_waiting_copies(app.extensions["storage"])
                sweeps.draw_papers()
                sweeps.judge_photos()
            else:
                sweeps.draw_papers(SERVED_LATER)
        steps += 1
        if steps % 25 == 0:
            say(f"demo: {agenda.now.astimezone(clock.SHANGHAI):%Y-%m-%d}, {steps} steps taken")


def _assign_today(scope: Scope, cast: Cast, places: list[UUID]) -> None:
    """Three restaurants today and tomorrow for the first deputies."""
    for deputy in range(1, 7):
        for offset in range(3):
            visits.assign(
                scope,
                premises_id=places[24 + (deputy * 3 + offset) % 12],
                person_id=cast.persons[f"daibiao{deputy}"],
                on_day=clock.today() + timedelta(days=offset // 2),
                checklist_codes=["fire-small-restaurant", "gas-kitchen"],
            )
