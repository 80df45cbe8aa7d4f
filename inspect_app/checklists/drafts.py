"""Drafts on their way to a version: uploaded by one person, published by another. The only writers of drafts."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from uuid import UUID

from sqlalchemy import select

from inspect_app.evidence.actions import keep
from inspect_app.evidence.storage import Storage
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import NotThere, Refused, Stale
from inspect_app.kernel.hashing import content_hash
from inspect_app.kernel.limits import shortened, whole
from inspect_app.sheets.workbook import XLSX

from . import actions, library
from .library import suspicion_rules
from .lint import LastPublished, errors, lint
from .models import ChecklistDraft, ChecklistVersion, SharedChange, UploadOrigin
from .parsed import Parsed, completed, linted
from .queries import codes_ever, current, newest, version
from .rules import Basis, Checklist
from .sharing import Shared, SharingWay, shared, split_off, taken_over

REPLACED = "换成了新上传的"


def upload(
    storage: Storage, person_id: UUID, parsed: Parsed, *, data: bytes, file_name: str, origin: UploadOrigin
) -> ChecklistDraft:
    """Keep what was uploaded as it came, with what was read in it.

    Raises Refused when it was made from a version that is no longer the newest, or changes nothing.
    """
    base = newest(parsed.code) if parsed.code else None
    before = LastPublished(base.number, version(base.id)) if base else None
    parsed = completed(parsed, before.checklist if before else None)
    beside = [version(one.id) for one in current()]
    parsed = linted(parsed, clock.today(), suspicion_rules(), before, beside=beside, aliases=library.aliases())
    if origin is UploadOrigin.EXCEL and parsed.checklist is not None:
        _made_from(base, parsed.based_on)
    if parsed.checklist is not None:
        _changes_something(parsed.checklist)
    _replace_broken(person_id, parsed.code)
    row = ChecklistDraft(
        code=parsed.code,
        title=parsed.title,
        origin=origin,
        file_name=shortened(file_name.strip(), "file_name") or "未命名.xlsx",
        file_sha256=keep(storage, data, XLSX),
        based_on_id=base.id if base else None,
        content=parsed.checklist.to_dict() if parsed.checklist else None,
        problems=[asdict(problem) for problem in parsed.problems],
        notes=[asdict(note) for note in parsed.notes],
        cells=dict(parsed.cells),
        uploaded_by_person_id=person_id,
        uploaded_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    return row


def _made_from(base: ChecklistVersion | None, based_on: str) -> None:
    if base is None or base.content_hash == based_on:
        return
    known = db.session.scalar(
        select(ChecklistVersion.number).where(
            ChecklistVersion.code == base.code, ChecklistVersion.content_hash == based_on
        )
    )
    was = f"这份表是照第 {known} 版改的" if known else "这份表没有写照哪一版改的"
    raise Refused(f"{was}，现在已是第 {base.number} 版。请重新下载，把改动写进去再上传。", field="file")


def _changes_something(checklist: Checklist) -> None:
    same = db.session.scalar(
        select(ChecklistVersion).where(
            ChecklistVersion.code == checklist.code,
            ChecklistVersion.content_hash == content_hash(checklist.to_dict()),
        )
    )
    if same is None:
        return
    back = "" if same.withdrawn_at else "要回到那一版，把后面的版本撤下就行。"
    raise Refused(f"内容和第 {same.number} 版一样，没有要发布的。{back}", field="file")


def _replace_broken(person_id: UUID, code: str) -> None:
    """Correcting a file and uploading it again leaves one draft, not a row of broken ones."""
    for row in db.session.scalars(
        select(ChecklistDraft).where(
            ChecklistDraft.uploaded_by_person_id == person_id,
            ChecklistDraft.code == code,
            ChecklistDraft.published_at.is_(None),
            ChecklistDraft.dropped_at.is_(None),
        )
    ):
        if row.problems:
            _end(row, person_id, REPLACED)


def note_trial(draft_id: UUID, person_id: UUID) -> ChecklistDraft:
    """Somebody filled the draft on a phone to see how it goes. Raises Refused while it has problems."""
    row = _open(draft_id)
    _ready(row)
    row.tried_by_person_id, row.tried_at = person_id, clock.now()
    db.session.flush()
    return row


def publish(
    draft_id: UUID, person_id: UUID, bases: Mapping[str, Basis], ways: Mapping[str, str] | None = None
) -> ChecklistVersion:
    """The draft becomes the next version; visits begun and hazards found keep theirs.

    `ways` says of each item that other lists hold in other words (sharing.py) whether they change with it or it becomes an
    item of its own. Raises Refused for who uploaded it, while there are problems and while a way is not chosen; Stale when
    the list moved on meanwhile.
    """
    row = _open(draft_id)
    if row.uploaded_by_person_id == person_id:
        raise Refused("这份是您上传的，要请另一位管理员看过再发布。")
    checklist = _cited_as_now(_ready(row), bases)
    # Two publishers of lists that share an item come one after the other; visits that name a version do not wait.
    db.session.scalars(select(ChecklistVersion.id).order_by(ChecklistVersion.id).with_for_update(key_share=True)).all()
    base = newest(row.code)
    if (base.id if base else None) != row.based_on_id:
        raise Stale(f"这张表刚才已发布到第 {base.number if base else 0} 版，这份草稿要照新的一版重做。")
    found = shared_with(checklist)
    _chosen(found, ways or {})
    own = {one.item.code: one.own_code for one in found if (ways or {})[one.item.code] == SharingWay.SPLIT}
    cells = {own.get(code, code): cell for code, cell in row.cells.items()}
    faults = linted(Parsed(split_off(checklist, own), cells=cells), clock.today(), suspicion_rules()).problems
    if faults:
        raise Refused(f"{faults[0].where}：{faults[0].text}。请改好再上传。")
    versions = actions.publish([split_off(checklist, own)])
    if not versions:
        raise Refused("内容和以前的一版一样，没有要发布的。")
    row.published_by_person_id, row.published_at, row.version_id = person_id, clock.now(), versions[0].id
    db.session.flush()
    _change_others(row, [one for one in found if one.item.code not in own], bases)
    return versions[0]


def shared_with(checklist: Checklist) -> list[Shared]:
    """The items of a list that other lists in force hold in other words."""
    return shared(checklist, [version(one.id) for one in current()], codes_ever())


def _chosen(found: list[Shared], ways: Mapping[str, str]) -> None:
    open_ones = [one.item for one in found if ways.get(one.item.code) not in set(SharingWay)]
    if open_ones:
        first = open_ones[0]
        told = f"“{first.question}”等 {len(open_ones)} 项" if len(open_ones) > 1 else f"“{first.question}”"
        raise Refused(f"{told}也在别的检查表里，请选一起改，还是只改这一张。", field=f"way-{first.code}")


def _change_others(row: ChecklistDraft, found: list[Shared], bases: Mapping[str, Basis]) -> None:
    """The other lists of the changed items, each in a next version. What was wrong with them before hinders nothing."""
    changed = {one.item.code: one.item for one in found}
    lists = {other.code: other for one in found for other in one.others}
    for _, other in sorted(lists.items()):
        new = taken_over(other, changed, bases)
        old_faults, new_faults = (errors(lint(one, on=clock.today(), rules=suspicion_rules())) for one in (other, new))
        worse = [fault for fault in new_faults if fault not in old_faults]
        if worse:
            raise Refused(f"“{other.title}”跟着改的话，{worse[0].code}：{worse[0].what}。请只改这一张，或改好再上传。")
        made = actions.add_version(new)
        if made is None:
            raise Refused(f"“{other.title}”跟着改的话，就和它以前的一版一样了。请先把它后面的版本撤下，再发布这一份。")
        db.session.add(SharedChange(version_id=made.id, draft_id=row.id))
    db.session.flush()


def drop(draft_id: UUID, person_id: UUID, reason: str) -> None:
    """The draft is thrown away; the upload stays on file. Raises Refused without a reason."""
    if not reason.strip():
        raise Refused("请写为什么不要这份草稿。", field="reason")
    _end(_open(draft_id), person_id, reason.strip())


def withdraw(version_id: UUID, person_id: UUID, reason: str) -> ChecklistVersion:
    """No new visit is filled under this version; what was filled stays. Raises Refused without a reason."""
    row = db.session.get(ChecklistVersion, version_id, with_for_update=True)
    if row is None:
        raise NotThere
    if row.withdrawn_at is not None:
        raise Stale(f"第 {row.number} 版已经撤下了。")
    if not reason.strip():
        raise Refused("请写为什么撤下。", field="reason")
    row.withdrawn_at, row.withdrawn_by_person_id, row.withdrawn_reason = clock.now(), person_id, reason.strip()
    db.session.flush()
    return row


def _open(draft_id: UUID) -> ChecklistDraft:
    row = db.session.get(ChecklistDraft, draft_id, with_for_update=True)
    if row is None:
        raise NotThere
    if not row.is_open:
        raise Stale("这份草稿刚才已经发布，或者不要了。")
    return row


def _ready(row: ChecklistDraft) -> Checklist:
    if row.content is None or row.problems:
        raise Refused(f"这份草稿还有 {len(row.problems)} 处要改，改好再上传。")
    return Checklist.from_dict(row.content)


def _cited_as_now(checklist: Checklist, bases: Mapping[str, Basis]) -> Checklist:
    """A version freezes its bases as they read on the day it is published, not on the day of the upload."""
    gone = [basis.id for item in checklist.items for basis in item.bases if basis.id not in bases]
    if gone:
        raise Refused(f"依据库里没有“{gone[0]}”了，请换一条依据再上传。")
    items = tuple(replace(item, bases=tuple(bases[basis.id] for basis in item.bases)) for item in checklist.items)
    return replace(checklist, items=items)


def _end(row: ChecklistDraft, person_id: UUID, reason: str) -> None:
    row.dropped_by_person_id, row.dropped_at, row.dropped_reason = (
        person_id,
        clock.now(),
        whole(reason, "reason", "reason"),
    )
    db.session.flush()
