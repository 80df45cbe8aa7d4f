"""From an upload to a version: one uploads, another publishes, and what was begun keeps the version it was begun under."""

from dataclasses import fields, replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from inspect_app.checklists import drafts, library, queries, review
from inspect_app.checklists.models import ChecklistDraft, ChecklistVersion, UploadOrigin
from inspect_app.checklists.parsed import Parsed, linted
from inspect_app.checklists.rules import Basis, BasisMark, Checklist, Choice, Field, Item, ListPart
from inspect_app.hazards import citing
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Refused, Stale
from inspect_app.kernel.ids import new_id
from inspect_app.visits import actions as visits
from inspect_app.visits import queries as visit_queries
from inspect_app.web.library.pages import WORDS
from tests.support import District, draft_of, found

CODE = "gas-kitchen"
TOGETHER = {"G-SMELL-01": "together"}  # what draft_of() changes stands in two other lists


def _publish(row: ChecklistDraft, person_id: UUID) -> ChecklistVersion:
    return drafts.publish(row.id, person_id, library.bases(), TOGETHER)


def test_what_was_uploaded_is_kept_byte_for_byte(app: Flask, first: UUID) -> None:
    row = draft_of(app.extensions["storage"], first)
    kept = app.extensions["storage"].get(row.file_sha256)
    assert kept is not None
    assert kept.startswith(b"PK")
    assert (row.problems, row.code, row.based_on_id) == ([], CODE, queries.in_force(CODE).id)


def test_a_second_person_publishes_and_the_first_cannot(app: Flask, first: UUID, second: UUID) -> None:
    row = draft_of(app.extensions["storage"], first)
    with pytest.raises(Refused, match="另一位管理员"):
        _publish(row, first)
    version = _publish(row, second)
    assert (version.number, queries.in_force(CODE).id) == (2, version.id)
    newest = queries.versions(CODE)[0]
    assert (newest.version.id, newest.uploaded_by, newest.published_by) == (version.id, *_names("guanli1", "guanli2"))
    assert row.published_at is not None
    with pytest.raises(Stale):
        _publish(row, second)


def _names(*logins: str) -> tuple[str, ...]:
    from inspect_app.people.models import Account

    return tuple(db.session.query(Account).filter_by(login=login).one().person.name for login in logins)


def test_the_database_itself_knows_one_person_from_another(app: Flask, first: UUID, second: UUID) -> None:
    row = draft_of(app.extensions["storage"], first)
    _publish(row, second)
    with pytest.raises(IntegrityError):
        db.session.execute(
            update(ChecklistDraft).where(ChecklistDraft.id == row.id).values(published_by_person_id=first)
        )


def test_a_visit_begun_keeps_its_version(app: Flask, district: District, first: UUID, second: UUID) -> None:
    deputy, old = district.scope("daibiao1"), queries.in_force(CODE)
    visit_id = new_id()
    visits.start(visit_id, deputy, premises_id=district.places[0], captured_at=clock.now(),
                 asked_on={old.id: clock.today()}, times={})  # fmt: skip
    _publish(draft_of(app.extensions["storage"], first, question="换了说法"), second)
    assert visit_queries.version_ids(visit_id) == [old.id]
    assert queries.version(old.id).items[0].question != "换了说法"
    assert visit_queries.open_under([old.id]) == 1
    assert queries.version(queries.in_force(CODE).id).items[0].question == "换了说法"


def test_a_draft_of_an_old_version_is_neither_taken_in_nor_published(app: Flask, first: UUID, second: UUID) -> None:
    storage = app.extensions["storage"]
    mine, theirs = draft_of(storage, first), draft_of(storage, second)
    _publish(theirs, first)
    with pytest.raises(Stale, match="第 2 版"):
        _publish(mine, second)
    old = queries.in_force(CODE, 1)
    stale = Parsed(_changed(queries.version(old.id)), code=CODE, based_on=old.content_hash)
    with pytest.raises(Refused, match="照第 1 版改的，现在已是第 2 版"):
        _upload(app, first, stale)


def _changed(checklist: Checklist) -> Checklist:
    return replace(checklist, items=(replace(checklist.items[0], look="又一种"), *checklist.items[1:]))


def _upload(app: Flask, person_id: UUID, parsed: Parsed) -> ChecklistDraft:
    return drafts.upload(
        app.extensions["storage"], person_id, parsed, data=b"PK", file_name="x.xlsx", origin=UploadOrigin.EXCEL
    )


def test_an_old_code_for_a_new_thing_is_noted_and_hinders_nothing(app: Flask, first: UUID, second: UUID) -> None:
    row = queries.in_force(CODE)
    checklist = queries.version(row.id)
    other = replace(checklist.items[0], question="后厨地面干燥，走路不打滑", title="地面湿滑")
    said = Parsed(
        replace(checklist, items=(other, *checklist.items[1:])),
        code=CODE, based_on=row.content_hash, cells={other.code: "检查项!A2"},
    )  # fmt: skip
    draft = _upload(app, first, said)
    assert [note["where"] for note in draft.notes if "新的编号" in note["text"]] == ["检查项!A2"]
    assert draft.problems == []
    _publish(draft, second)


def test_what_changes_nothing_is_no_draft(app: Flask, first: UUID) -> None:
    row = queries.in_force(CODE)
    with pytest.raises(Refused, match="一样，没有要发布的"):
        _upload(app, first, Parsed(queries.version(row.id), code=CODE, based_on=row.content_hash))


def test_a_broken_upload_is_kept_and_replaced_by_the_corrected_one(app: Flask, first: UUID, second: UUID) -> None:
    from inspect_app.sheets.workbook import Problem

    broken = _upload(app, first, Parsed(None, (Problem("检查项!C3", "缺“检查内容”"),), code=CODE, title="表"))
    with pytest.raises(Refused, match="还有 1 处要改"):
        _publish(broken, second)
    draft_of(app.extensions["storage"], first)
    assert (broken.is_open, broken.dropped_reason) == (False, drafts.REPLACED)


def test_a_draft_is_thrown_away_with_a_reason_only(app: Flask, first: UUID, second: UUID) -> None:
    row = draft_of(app.extensions["storage"], first)
    with pytest.raises(Refused):
        drafts.drop(row.id, first, "  ")
    drafts.drop(row.id, first, "改错了表")
    with pytest.raises(Stale):
        _publish(row, second)


def test_a_trial_is_noted(app: Flask, first: UUID, second: UUID) -> None:
    row = draft_of(app.extensions["storage"], first)
    drafts.note_trial(row.id, second)
    assert queries.draft(row.id).tried_by == _names("guanli2")[0]


def test_a_withdrawn_version_gives_way_to_the_one_before(app: Flask, first: UUID, second: UUID) -> None:
    version = _publish(draft_of(app.extensions["storage"], first), second)
    with pytest.raises(Refused):
        drafts.withdraw(version.id, first, "")
    drafts.withdraw(version.id, first, "第 3 项写反了")
    assert queries.in_force(CODE).number == 1
    assert [row.number for row in queries.current() if row.code == CODE] == [1]
    with pytest.raises(Stale):
        drafts.withdraw(version.id, first, "再撤一次")
    row = draft_of(app.extensions["storage"], first, look="改回来")
    assert _publish(row, second).number == 3, "numbers go on"


def _basis(**changes: object) -> Basis:
    return replace(library.bases()["fire-28"], **changes)  # type: ignore[arg-type]


def test_an_ended_basis_keeps_a_draft_from_being_published(app: Flask, first: UUID, second: UUID) -> None:
    row = draft_of(app.extensions["storage"], first)
    checklist = queries.version(queries.in_force(CODE).id)
    ended = {name: replace(basis, until=clock.today() - timedelta(days=1)) for name, basis in library.bases().items()}
    with pytest.raises(Refused, match=r"检查项!A\d+：依据 .*失效"):
        drafts.publish(row.id, second, ended, TOGETHER)
    cited = checklist.items[0].bases[0]
    bad = replace(checklist, items=(replace(checklist.items[0], bases=(ended[cited.id],)),))
    told = linted(
        Parsed(bad, cells={checklist.items[0].code: "检查项!A2"}), clock.today(), library.suspicion_rules()
    ).problems
    assert [(problem.where, "失效" in problem.text) for problem in told] == [("检查项!A2", True)]


def test_a_version_freezes_its_bases_as_they_read_when_published(app: Flask, first: UUID, second: UUID) -> None:
    row = draft_of(app.extensions["storage"], first)
    said = {name: replace(basis, says="新的说法") for name, basis in library.bases().items()}
    version = drafts.publish(row.id, second, said, TOGETHER)
    assert {basis.says for item in queries.version(version.id).items for basis in item.bases} == {"新的说法"}


@pytest.mark.parametrize(
    ("now", "reasons"),
    [
        ({}, ()),
        ({"until": clock.today() - timedelta(days=1)}, ("已失效",)),
        ({"until": clock.today() + timedelta(days=89)}, ("90 天内失效",)),
        ({"until": clock.today() + timedelta(days=91)}, ()),
        ({"says": "改了"}, ("内容有变",)),
        ({"place": "南京市"}, ("内容有变",)),
        ({"source": "somewhere else in our notes"}, ()),
    ],
)
def test_a_basis_is_up_for_review_when_it_ends_or_reads_otherwise(
    now: dict[str, object], reasons: tuple[str, ...]
) -> None:
    due = review.due([_basis()], {"fire-28": _basis(**now)}, clock.today())
    assert [one.reasons for one in due] == ([reasons] if reasons else [])


def test_a_basis_that_is_gone_is_up_for_review() -> None:
    assert [one.reasons for one in review.due([_basis()], {}, clock.today())] == [("依据库里没有它了",)]


def test_the_open_hazards_of_a_basis_are_those_within_scope(district: District) -> None:
    hazard = found(district)
    hazard.checklist_version_id = queries.in_force("fire-small-restaurant").id
    db.session.flush()
    cited = {(hazard.checklist_version_id, "F-EXIT-01")}
    assert [row.id for row in citing.open_under(district.scope("du1"), cited)] == [hazard.id]
    assert citing.open_by_item(district.scope("du1"))[hazard.checklist_version_id, "F-EXIT-01"] == 1
    assert citing.open_by_item(district.scope("guanli1")) == {}, "an administrator sees no hazards"
    assert citing.open_under(district.scope("du1"), {(hazard.checklist_version_id, "F-EXIT-02")}) == []


def test_a_comparison_says_what_came_went_and_changed() -> None:
    old = library.load()[CODE]
    new = replace(
        old, items=(replace(old.items[0], look="换了"), *old.items[2:], replace(old.items[1], code="G-NEW-01"))
    )
    difference = review.compare(old, new, WORDS)
    assert [item.code for item in difference.added] == ["G-NEW-01"]
    assert [item.code for item in difference.removed] == [old.items[1].code]
    assert [(one.item.code, [change.name for change in one.changes]) for one in difference.changed] == [
        (old.items[0].code, ["怎么看"])
    ]
    assert not difference.moved
    assert review.compare(old, old, WORDS).nothing
    assert review.compare(old, replace(old, items=old.items[::-1]), WORDS).moved


OTHERWISE: dict[str, object] = {
    "code": "G-X-99", "section": "别处", "question": "换了", "look": "换了", "title": "换了", "wordings": ("换了",), "advice": ("换了",),
    "kind": "text", "grade": "advice", "mending_days": 99, "photos": 5, "photo_hint": "换了", "on_the_spot": True, "unit": "升",
    "at_most": 1234.5678, "at_least": 1234.5679, "choices": (Choice("x", "好"),), "part": ListPart("楼层", "storeys"),
    "when": {"fact": "gas_kind", "eq": "none"}, "place": "南京市", "bases": (),
    "key": True, "zone": "people", "line": "换了", "why": "换了", "needs": "papers",
}  # fmt: skip
BASIS_OTHERWISE: dict[str, object] = {
    "id": "another", "document": "换了", "number": "换了", "edition": "换了", "article": "换了", "since": date(1999, 1, 1),
    "until": date(2099, 1, 1), "issuer": "换了", "mark": BasisMark.SECOND_HAND, "source": "换了", "says": "换了", "place": "南京市",
    "judges": True, "when": {"fact": "high_rise", "eq": True},
}  # fmt: skip
PAIRS: dict[str, tuple[tuple[object, ...], tuple[object, ...]]] = {
    "value of a choice": ((Choice("a", "好"),), (Choice("b", "好"),)),
    "verdict of a choice": ((Choice("a", "好"),), (Choice("a", "好", fails=True),)),
    "what it is counted by": ((ListPart("层", "storeys"),), (ListPart("层", ""),)),
}


@pytest.mark.parametrize("name", [one.name for one in fields(Item) if one.name != "code"])
def test_no_field_of_an_item_changes_without_being_seen(name: str) -> None:
    old = library.load()[CODE]
    first = replace(old.items[0], key=False)
    old = replace(old, items=(first, *old.items[1:]))
    new = replace(old, items=(replace(first, **{name: OTHERWISE[name]}), *old.items[1:]))  # type: ignore[arg-type]
    (changed,) = review.compare(old, new, WORDS).changed
    assert [change.before != change.after for change in changed.changes] == [True]


@pytest.mark.parametrize("name", [one.name for one in fields(Basis)])
def test_no_field_of_a_basis_changes_without_being_seen(name: str) -> None:
    """An end date of a law that only Excel knew of was 内容一样."""
    old = library.load()[CODE]
    item = replace(old.items[0], bases=(_basis(mark=BasisMark.CHECKED),))
    other = replace(item, bases=(_basis(**({"mark": BasisMark.CHECKED} | {name: BASIS_OTHERWISE[name]})),))
    one, two = (replace(old, items=(kept, *old.items[1:])) for kept in (item, other))
    (changed,) = review.compare(one, two, WORDS).changed
    assert changed.changes[0].before != changed.changes[0].after


@pytest.mark.parametrize("what", PAIRS)
def test_no_part_of_a_value_changes_without_being_seen(what: str) -> None:
    before, after = PAIRS[what]
    old, name = library.load()[CODE], "part" if isinstance(before[0], ListPart) else "choices"
    one, two = (
        replace(old, items=(replace(old.items[0], **{name: value[0] if name == "part" else value}), *old.items[1:]))  # type: ignore[arg-type]
        for value in (before, after)
    )
    (changed,) = review.compare(one, two, WORDS).changed
    assert changed.changes[0].before != changed.changes[0].after


@pytest.mark.parametrize("name", ["title", "field", "kinds", "reminder"])
def test_no_field_of_a_list_changes_without_being_seen(name: str) -> None:
    old = library.load()[CODE]
    values: dict[str, object] = {"title": "换了", "field": Field.SITE, "kinds": ("inn",), "reminder": "换了"}
    (change,) = review.compare(old, replace(old, **{name: values[name]}), WORDS).head  # type: ignore[arg-type]
    assert change.before != change.after


def test_a_change_that_was_taken_back_is_told_too() -> None:
    frozen = _basis(until=date(2099, 1, 1))
    assert [one.reasons for one in review.due([frozen], {"fire-28": _basis(until=None)}, clock.today())] == [
        ("失效日期改了",)
    ]
