"""Visits of the demo district, and the world they happen in; a script sleeps between its steps.

Every step goes through the actions a user's button goes through, so nothing here is in a state the rules forbid.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from uuid import UUID
from zlib import crc32

from inspect_app.casework import handing_in, signing
from inspect_app.casework.holding import hold
from inspect_app.checklists import queries as checklists
from inspect_app.checklists.rules import applicable
from inspect_app.checklists.walk import can_be_short
from inspect_app.evidence import actions as evidence
from inspect_app.evidence.models import Photo
from inspect_app.evidence.shapes import PhonePosition, SaidOfPhoto
from inspect_app.evidence.storage import FolderStorage
from inspect_app.hazards.case import actor_of
from inspect_app.hazards.rules import Actor
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.hashing import sha256_hex
from inspect_app.kernel.ids import new_id
from inspect_app.people.rules import Scope
from inspect_app.premises.models import Premises
from inspect_app.visits import actions as visits
from inspect_app.visits import outcomes
from inspect_app.visits import queries as visit_queries
from inspect_app.visits.begun import WHOLE
from inspect_app.visits.models import Visit
from inspect_app.visits.rules import SaidAt, VisitOutcome

from . import pictures, short_walk
from .filling import filled
from .people import Cast

Script = Generator[timedelta, None, None]
Fate = Callable[["World", UUID], Script]
_SCENE_OF = {"F-EXIT": "exit", "F-ELEC": "wires", "F-EXT": "extinguisher", "F-KIT": "stove", "F-LIVE": "exit"}
_WITHIN = {"G": "厨房", "S": "工地北侧"}
_SCENE_OF |= {"G-CYL": "cylinder", "G-HOSE": "hose", "G-STOV": "stove", "G-ALAR": "stove", "G-PIPE": "hose"}
_SCENE_OF |= {"F-RES": "exit", "F-CROW": "exit", "S-GATE": "exit", "S-LOAD": "exit", "G-OUT": "cylinder"}


@dataclass
class World:
    """The cast, the evidence store and the address printed on papers."""

    cast: Cast
    storage: FolderStorage
    address: str

    def __post_init__(self) -> None:
        self._variant = count()

    def scope(self, login: str) -> Scope:
        """What somebody may see on the day the story has reached."""
        return self.cast.scope(login, clock.today())

    def actor(self, login: str) -> Actor:
        """Somebody as the one who acts on the day the story has reached."""
        return actor_of(self.scope(login))

    def photo(
        self,
        login: str,
        premises: Premises,
        item: str,
        *,
        wrong: bool,
        taken: datetime | None = None,
        north_m: int = 0,
        like: UUID | None = None,
    ) -> UUID:
        """A drawn photo of the scene an item is about, received now; or the very picture of an earlier photo, `like`.

        `taken` at another time than now it comes from the album; `north_m` is how far off the place it was taken.
        """
        variant = next(self._variant)
        said = SaidOfPhoto(
            captured_at=(taken or clock.now()).isoformat(),
            source="album" if taken else "camera",
            position=_near(premises, north_m=5 + variant % 20 + north_m, accuracy_m=12 + variant % 25),
        )
        data = self._picture_of(like) if like else _drawn(premises, item, wrong, variant)
        account_id = self.cast.accounts[login]
        return evidence.receive_photo(
            self.storage,
            data,
            photo_id=new_id(),
            account_id=account_id,
            said=said,
            lines=[premises.name, premises.address],
        ).id

    def _picture_of(self, photo_id: UUID) -> bytes:
        data = self.storage.get(db.session.get_one(Photo, photo_id).sha256)
        if data is None:
            raise FileNotFoundError(f"the bytes of photo {photo_id} are gone")
        return data


def _drawn(premises: Premises, item: str, wrong: bool, variant: int) -> bytes:
    scene = _SCENE_OF.get(item[:6].rstrip("-"), _SCENE_OF.get(item.rsplit("-", 1)[0], "stove"))
    return pictures.picture(scene, wrong=wrong, variant=variant, room=crc32(f"{premises.address} {item}".encode()))


@dataclass(frozen=True)
class Plan:
    """A visit: who, where, when it began, what failed and what became of each."""

    login: str
    premises_id: UUID
    began: datetime
    failed: dict[str, Fate]
    mended_now: frozenset[str] = frozenset()  # items mended before the deputy's eyes
    receipt: str = ""  # who signed; empty: nobody was there to sign
    short: bool = False  # by zones, where the lists allow it
    left_because: str = ""  # why the deputy left before the end


def _near(premises: Premises, *, north_m: float, accuracy_m: float) -> PhonePosition | None:
    """Where a phone says it is, so many metres north of a place; nothing where nobody knows where that lies."""
    if premises.lon is None or premises.lat is None:
        return None
    return PhonePosition(lon=premises.lon, lat=premises.lat + north_m / 111_195, accuracy_m=accuracy_m)


def visit(world: World, plan: Plan, follow: Callable[[Script], None]) -> Script:
    """A deputy walks through the lists, hands in, leaves the paper; `follow` starts the fate of each hazard."""
    visit_id = _begin(world, plan)
    photos = _answer(world, plan, visit_id)
    yield timedelta(minutes=25)
    row = db.session.get_one(Visit, visit_id)
    me = world.scope(plan.login)
    words = _shown(row, plan)
    for part, name in (("deputy", me.person_name), ("premises", plan.receipt)):
        _sign(world, row, me, part, name, words)
    held = hold([visit_id])
    sha256 = signing.keep_signed_text(world.storage, row, words, sha256_hex(words.encode()), held)
    device = {"id": f"demo-{plan.login}", "seq": len(photos) + 2, "captured_at": clock.now().isoformat()}
    made = handing_in.hand_in(row, me, held, text_sha256=sha256, device=device, address=world.address, text=words)
    for hazard in made.hazards:
        follow(plan.failed[hazard.item_code or ""](world, hazard.id))


def _shown(row: Visit, plan: Plan) -> str:
    """The words that are read and signed at the end of a visit."""
    premises = db.session.get_one(Premises, plan.premises_id)
    failed = [
        item.title
        for _, checklist in visit_queries.lists_of(row)
        for item in checklist.items
        if item.code in plan.failed
    ]
    return "\n".join([f"{premises.name}，{clock.today():%-m月%-d日}检查", *dict.fromkeys(failed)])


def _begin(world: World, plan: Plan) -> UUID:
    premises = db.session.get_one(Premises, plan.premises_id)
    versions = [row.id for row in checklists.current_for(premises.kind)]
    me, visit_id = world.scope(plan.login), new_id()
    lists = [checklists.asked(version, clock.today()) for version in versions]
    visits.start(
        visit_id,
        me,
        premises_id=premises.id,
        facts=premises.facts,
        captured_at=clock.now(),
        asked_on=dict.fromkeys(versions, clock.today()),
        times={},
        walked=short_walk.drawn_for(premises, versions, lists) if plan.short and can_be_short(lists) else WHOLE,
    )
    return visit_id


def _answer(world: World, plan: Plan, visit_id: UUID) -> list[UUID]:
    premises, me = db.session.get_one(Premises, plan.premises_id), world.scope(plan.login)
    row, photos = db.session.get_one(Visit, visit_id), []
    taps: list[visits.Tap | visits.ClosingTap] = []
    facts, lists = visit_queries.facts_at(row, premises), [checklist for _, checklist in visit_queries.lists_of(row)]
    walk = short_walk.PlannedWalk(row, lists, facts, {*plan.failed}, left=plan.left_because)
    for checklist in lists:
        for number, item in enumerate(walk.answered(applicable(checklist, facts))):
            wrong = item.code in plan.failed
            body: dict[str, object] = {"visit": str(visit_id), "item": item.code} | filled(item, wrong=wrong)
            if wrong:
                shots = [world.photo(plan.login, premises, item.code, wrong=True) for _ in range(item.photos)]
                photos += shots
                body |= {
                    "wordings": [item.wordings[0]],
                    "place": _WITHIN.get(item.code[0], "大厅"),
                    "days": item.mending_days,
                    "photos": [str(shot) for shot in shots],
                }
                if item.code in plan.mended_now:
                    after = world.photo(plan.login, premises, item.code, wrong=False)
                    body |= {"fixed_now": True, "after_photos": [str(after)]}
            elif item.code in row.deep:
                body |= {"photos": [str(world.photo(plan.login, premises, item.code, wrong=False))]}
            taps.append(visits.Tap(new_id(), visit_id, f"demo-{plan.login}", number, clock.now(), body))
    visits.add_taps([*taps, *walk.closings(f"demo-{plan.login}")], me, {visit_id: row})
    if plan.left_because and walk.zones:
        said = SaidAt(f"demo-{plan.login}", len(taps) + 90, clock.now())
        outcomes.set_outcome(
            row, me, VisitOutcome.ENDED_EARLY, said, note=plan.left_because, photos=(), next_try_on=None
        )
    return photos


def _sign(world: World, row: Visit, me: Scope, part: str, name: str, words: str) -> None:
    signature = evidence.sign(
        world.storage,
        signature_id=new_id(),
        name=name,
        part=part,
        image=pictures.signature(sum(map(ord, name)) % 60) if name else None,
        reason="" if name else "不在场",
        text_sha256=sha256_hex(words.encode()),
        captured_at=clock.now(),
        account_id=me.account_id,
    )
    visits.add_signature(row, me, row_id=new_id(), signature_id=signature.id, part=part)
