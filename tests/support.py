"""A small district for tests, made by the same actions as a real one, and short ways to move a hazard along."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from typing import Any
from unittest.mock import patch
from uuid import UUID

from sqlalchemy import Engine, event, func, select, update

from inspect_app.checklists import actions as checklist_actions
from inspect_app.checklists import drafts, excel, from_excel, library, queries
from inspect_app.checklists.models import ChecklistDraft, UploadOrigin
from inspect_app.demo import people
from inspect_app.demo.people import Cast
from inspect_app.evidence import actions as evidence
from inspect_app.evidence.storage import Storage
from inspect_app.hazards import register, worklist
from inspect_app.hazards.actions import finding, flagging, handing, mending, ordering, settling, verifying
from inspect_app.hazards.case import actor_of
from inspect_app.hazards.clocks import TimeLimit
from inspect_app.hazards.filters import Filters
from inspect_app.hazards.locking import lock
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.rules import Actor, Grade
from inspect_app.kernel import clock
from inspect_app.kernel.database import db, writing
from inspect_app.kernel.ids import new_id
from inspect_app.papers import queries as papers
from inspect_app.people import actions as people_actions
from inspect_app.people import powers
from inspect_app.people.models import Account
from inspect_app.people.rules import Scope
from inspect_app.premises import actions as premises_actions
from inspect_app.premises.models import Premises
from inspect_app.web.library.pages import WORDS

# A 1 × 1 JPEG is enough where the bytes do not matter.
PIXEL = bytes.fromhex(
    "ffd8ffe000104a46494600010100000100010000ffdb004300080606070605080707070909080a0c140d0c0b0b0c1912130f141d1a1f1e1d"
    "1a1c1c20242e2720222c231c1c2837292c30313434341f27393d38323c2e333432ffc0000b080001000101011100ffc4001f000001050101"
    "0101010100000000000000000102030405060708090a0bffc400b5100002010303020403050504040000017d010203000411051221314106"
    "13516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728292a3435363738393a434445464748494a535455"
    "565758595a636465666768696a737475767778797a838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9ba"
    "c2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9faffda0008010100003f00fbfeffd9"
)


@dataclass(frozen=True)
class District:
    """Ids of the seeded district; logins are those of the demo's cast."""

    cast: Cast
    places: tuple[UUID, ...]
    versions: tuple[UUID, ...] = field(default=())

    def scope(self, login: str) -> Scope:
        return self.cast.scope(login, clock.today())

    def actor(self, login: str) -> Actor:
        return actor_of(self.scope(login))


def seed() -> District:
    """Areas, offices of both sides, people, checklists and three restaurants; committed."""
    # Everybody has the same password here, and hashing it once instead of 34 times is what makes the tests quick.
    with writing(), patch.object(people_actions, "hashed", cache(people_actions.hashed)):
        cast = people.make()
        # They have had their accounts for long: what is said to have happened before somebody had one is not believed.
        db.session.execute(update(Account).values(made_at=clock.now() - timedelta(days=400)))
        versions = tuple(row.id for row in checklist_actions.publish(library.load().values()))
        scope = cast.scope("du1", clock.today())
        places = []
        for number, name in enumerate(("王记面馆", "李家小炒", "赵记锅贴")):
            row = premises_actions.register(
                scope, name=name, kind="small_restaurant", address=f"柳荫街{number + 1}号",
                area_id=cast.communities[number], facts={"gas_kind": "bottled", "seats": 30},
            )  # fmt: skip
            premises_actions.set_party(row, name=f"{name}（老板）", role="operator")
            places.append(row.id)
    return District(cast, tuple(places), versions)


def account_of(login: str) -> Account:
    """The account behind a login, as the database has it."""
    return db.session.scalars(select(Account).where(Account.login == login)).one()


def photo(app_storage: object, district: District, login: str) -> UUID:
    """A received photo of somebody; no two are the same picture."""
    photo_id = new_id()
    row = evidence.receive_photo(
        app_storage,
        PIXEL + photo_id.bytes,
        photo_id=photo_id,
        account_id=district.cast.accounts[login],
    )
    return row.id


def found(
    district: District, login: str = "daibiao1", *, place: int = 0, item: str = "F-EXIT-01", major: bool = False, **said: Any
) -> Hazard:  # fmt: skip
    """A hazard somebody just found; `said` takes the place of any field of the finding."""
    premises = db.session.get_one(Premises, district.places[place])
    usual: dict[str, Any] = {
        "premises_id": premises.id, "area_id": premises.area_id, "field": "fire", "title": "安全出口上锁打不开",
        "found_at": clock.now(), "item_code": item, "grade": Grade.SUSPECTED_MAJOR if major else Grade.GENERAL,
        "details": {"wordings": ["门上了锁"], "advice": ["打开"], "basis": [], "days": 7, "no_photo_reason": "测试"},
    }  # fmt: skip
    return finding.report(finding.Finding(**(usual | said)), district.actor(login))


def handed_over(district: District, hazard: Hazard, office: str = "street", by: str = "du1") -> Hazard:
    """交办."""
    handing.hand_over(
        lock(hazard.id), district.actor(by), handler_id=district.cast.offices[office], reply=TimeLimit(5), mending=TimeLimit(7),
        paper="", no_paper_reason="清单转办",
    )  # fmt: skip
    return hazard


def accepted(district: District, hazard: Hazard, officer: str = "jiedao1") -> Hazard:
    """签收."""
    handing.accept(lock(hazard.id), district.actor(officer))
    return hazard


DETERMINED = "青消认〔2026〕1号"


def determined(
    district: District, hazard: Hazard, storage: object, *, major: bool = True, office: str = "fire", by: str = "du1"
) -> Hazard:
    """记录认定: the authority's answer, with a photo of it."""
    flagging.determine(
        lock(hazard.id), district.actor(by), major=major, authority_id=district.cast.offices[office],
        number=DETERMINED, on=clock.today(), scans=(photo(storage, district, by),),
    )  # fmt: skip
    return hazard


def order_of(district: District, login: str = "xiaofang1", **said: Any) -> ordering.Order:
    """An order as an officer's office makes it: its first two officers, its inspection of today."""
    office = district.scope(login).organisation_id
    usual: dict[str, Any] = {
        "title": "责令限期改正通知书", "number": "青消整〔2026〕1号", "due_on": clock.today() + timedelta(days=10),
        "officers": [row.id for row in powers.officers(office, clock.today())][:2],
        "inspection": ordering.Inspection(clock.today(), "柳荫街1号", "检〔2026〕1号"), "requirement": "打开安全出口",
    }  # fmt: skip
    return ordering.Order(**(usual | said))


def typed_order(district: District, login: str = "xiaofang1", **said: str) -> dict[str, str]:
    """What an officer types and chooses for an order that is printed here."""
    made = order_of(district, login)
    first, second = [*made.officers, "", ""][:2]
    usual = {
        "officer_1": str(first), "officer_2": str(second), "due_on": made.due_on.isoformat(),
        "inspected_on": made.inspection.on.isoformat(), "inspected_at": made.inspection.place,
        "record": made.inspection.record, "requirement": made.requirement, "identity": "经营者王某，未办照",
        "basis": "《中华人民共和国消防法》第二十八条", "interim": "派人看守。",
    }  # fmt: skip
    return usual | said


def typed_account(district: District, **said: str) -> dict[str, str]:
    """What an administrator types for a new deputy of the street; `said` changes it."""
    office = district.cast.offices["street_congress"]
    return {
        "name": "新来的", "login": "xinlai1", "role": "deputy", "organisation_id": str(office), "area_id": str(district.cast.street),
        "since": clock.today().isoformat(), "level": "市", "congress_term": "第十八届",
    } | said  # fmt: skip


def submitted(district: District, hazard: Hazard, storage: object, officer: str = "jiedao1") -> Hazard:
    """报请核验 with one photo."""
    shot = photo(storage, district, officer)
    mending.submit(lock(hazard.id), district.actor(officer), photo_ids=(shot,), words="改好了")
    return hazard


def to_be_verified(district: District, storage: object, **said: Any) -> Hazard:
    """Found (as `said`), handed over to the street, accepted and reported as mended."""
    return submitted(district, accepted(district, handed_over(district, found(district, **said))), storage)


def verified(district: District, hazard: Hazard, verifier: str = "daibiao2", *, passed: bool = True) -> Hazard:
    """核验."""
    verifying.verify(
        lock(hazard.id),
        district.actor(verifier),
        passed=passed,
        way="on_site",
        opinion="看过了",
    )
    return hazard


def closed(district: District, hazard: Hazard, by: str = "du1") -> Hazard:
    """销号 by the office that handed over, after a deputy confirmed."""
    settling.close(lock(hazard.id), district.actor(by))
    return hazard


def piles(district: District, login: str = "du1") -> dict[str, set[UUID]]:
    """今日 of somebody at the desk: which hazards lie in which pile, the unserved papers' among them."""
    scope = district.scope(login)
    serve = worklist.Pile("serve", "", Hazard.id.in_(papers.unserved(scope)))
    found = {
        pile.key: set(register.found_ids(scope, Filters(narrowed=pile.condition), 50))
        for pile in (*worklist.desk_piles(scope, clock.today()), serve)
    }
    return {key: ids for key, ids in found.items() if ids}


def draft_of(storage: Storage, person_id: UUID, code: str = "gas-kitchen", **changes: object) -> ChecklistDraft:
    """A list downloaded, its first item changed, and uploaded by somebody."""
    return upload_of(storage, person_id, changed_workbook(code, **({"look": f"看一看。{new_id()}"} | changes)))


def changed_workbook(code: str, **changes: object) -> tuple[bytes, from_excel.Parsed]:
    """A list downloaded with its first item changed, and what is read in it."""
    base = queries.newest(code)
    assert base is not None
    checklist = queries.version(base.id)
    first = replace(checklist.items[0], **changes)  # type: ignore[arg-type]
    data = excel.export(
        replace(checklist, items=(first, *checklist.items[1:])), library.bases(), WORDS, base.content_hash
    )
    return data, from_excel.parse(data, library.bases(), WORDS)


def upload_of(storage: Storage, person_id: UUID, workbook: tuple[bytes, from_excel.Parsed]) -> ChecklistDraft:
    """A workbook uploaded by somebody."""
    data, parsed = workbook
    return drafts.upload(storage, person_id, parsed, data=data, file_name="改过的.xlsx", origin=UploadOrigin.EXCEL)


def rows_in(model: type) -> int:
    return int(db.session.scalar(select(func.count()).select_from(model)) or 0)


@contextmanager
def statements() -> Iterator[list[str]]:
    """Every statement that goes to the database meanwhile."""
    sent: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)
