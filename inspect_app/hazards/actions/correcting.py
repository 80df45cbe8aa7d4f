"""更正 of a finding: place, item, grade, photo, title, position. A new event keeps both readings."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from inspect_app.checklists import queries as checklists
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Refused
from inspect_app.premises import queries as premises_queries
from inspect_app.premises.models import Premises

from ..case import require_words
from ..kin import has_merged
from ..models import Hazard
from ..photos import HazardPhoto
from ..rules import Actor, Grade, State, Step
from .steps import take


@dataclass(frozen=True)
class Correction:
    """What is put right; what is left empty stays. `premises` was loaded within the scope of who corrects."""

    premises: Premises | None = None
    item_code: str = ""
    suspect: bool = False
    wrong_photo: UUID | None = None
    photo_ids: tuple[UUID, ...] = field(default=())
    title: str = ""
    spot: str = ""


def correct(hazard: Hazard, actor: Actor, correction: Correction, *, reason: str) -> None:
    """更正 of what was recorded wrongly. A grade is only raised here (一般 to 疑似重大); lowering takes two persons.

    Raises Refused when nothing is put right or what is named does not exist.
    """
    reason = require_words(reason, "更正的理由", "reason")
    facts, change = _moved(hazard, correction)
    words: dict[str, Any] = {"reason": reason}
    _reword(hazard, correction, words, change)
    _assign_item(hazard, correction.item_code, facts, words, change)
    if correction.suspect:
        _raise_grade(hazard, facts, change)
    link = _wrong(hazard, correction.wrong_photo) if correction.wrong_photo else None
    if link is not None:
        facts["wrong_photo"] = link.photo_id
    if not change and link is None and not correction.photo_ids:
        raise Refused("请写要改成什么。", field="title")
    take(
        hazard,
        Step.CORRECT,
        actor,
        facts=facts,
        words=words,
        change=change,
        photos=correction.photo_ids,
        slot=link.slot if link else "before",
    )
    if link is not None:
        link.dropped, link.dropped_at, link.dropped_reason = "wrong", clock.now(), reason
        link.dropped_by_person_id = actor.person_id
    db.session.flush()


def _reword(hazard: Hazard, correction: Correction, words: dict[str, Any], change: dict[str, Any]) -> None:
    """Another title, another position: the old reading stands beside the new."""
    for name, value, key in (("title", correction.title, "title"), ("spot", correction.spot, "place")):
        if value.strip() and value.strip() != getattr(hazard, name):
            words |= {f"old_{key}": getattr(hazard, name), key: value.strip()}
            change[name] = value.strip()


def _assign_item(
    hazard: Hazard, code: str, facts: dict[str, Any], words: dict[str, Any], change: dict[str, Any]
) -> None:
    """Another item of the list, which brings its title where none was written."""
    if not code or code == hazard.item_code:
        return
    facts |= {"old_item": hazard.item_code, "item": code}
    title = _item_title(hazard, code)
    change["item_code"] = code
    if "title" not in change:
        words |= {"old_title": hazard.title, "title": title}
        change["title"] = title


def _raise_grade(hazard: Hazard, facts: dict[str, Any], change: dict[str, Any]) -> None:
    if hazard.grade != Grade.GENERAL:
        raise Refused("级别已经是疑似重大或重大。调低要由主管部门答复，或由两个人办。", field="suspect")
    facts |= {"old_grade": hazard.grade, "grade": Grade.SUSPECTED_MAJOR}
    change["grade"] = Grade.SUSPECTED_MAJOR


def _moved(hazard: Hazard, correction: Correction) -> tuple[dict[str, Any], dict[str, Any]]:
    """Another place brings its area and who answered for it on the day of the finding; without one it is 待查.

    Both places are held: nothing of the same item is found here while this one comes.
    """
    premises = correction.premises
    if premises is None or premises.id == hazard.premises_id:
        return {}, {}
    if hazard.state == State.MERGED:
        raise Refused("这一件已经并案，请先恢复，再改场所。", field="premises")
    if has_merged(hazard):
        raise Refused("有别的隐患并到这一件里，请先恢复它们，再改场所。", field="premises")
    premises_queries.hold([premises.id])
    party_id = premises_queries.party_on(premises.id, clock.local_date(hazard.found_at))
    facts = {
        "old_premises": hazard.premises_id,
        "premises": premises.id,
        "old_party": hazard.party_id,
        "party": party_id,
    }
    return facts, {"premises_id": premises.id, "area_id": premises.area_id, "party_id": party_id}


def _item_title(hazard: Hazard, code: str) -> str:
    """The title of an item of the list the hazard was found under."""
    items = checklists.version(hazard.checklist_version_id).items if hazard.checklist_version_id else ()
    title = next((item.title for item in items if item.code == code), None)
    if title is None:
        raise Refused("检查表里没有这一项，请重新选。", field="item_code")
    return title


def _wrong(hazard: Hazard, photo_id: UUID) -> HazardPhoto:
    link = db.session.query(HazardPhoto).filter_by(hazard_id=hazard.id, photo_id=photo_id, dropped=None).one_or_none()
    if link is None:
        raise Refused("请选这一件里的照片。", field="wrong_photo")
    return link
