"""An item of several lists is changed in all of them, or becomes an item of its own; never half of either."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask

from inspect_app.checklists import drafts, library, queries
from inspect_app.checklists.models import ChecklistVersion, UploadOrigin
from inspect_app.checklists.parsed import Parsed
from inspect_app.checklists.rules import Checklist, Item
from inspect_app.checklists.sharing import shared, taken_over
from inspect_app.kernel import clock
from inspect_app.kernel.errors import Refused, Stale
from tests.support import District, draft_of, rows_in

SMELL, OTHERS = "G-SMELL-01", ("gas-household", "gas-outlet")
WORDS = "先闻一闻，再看一看"


def _list(code: str) -> Checklist:
    return queries.version(queries.in_force(code).id)


def _item(code: str, item: str = SMELL) -> Item:
    return next(one for one in _list(code).items if one.code == item)


def _draft(app: Flask, first: UUID, code: str = "gas-kitchen", **changes: object) -> UUID:
    return draft_of(app.extensions["storage"], first, code, **({"look": WORDS} | changes)).id


def test_nothing_is_published_before_a_way_is_chosen(app: Flask, first: UUID, second: UUID) -> None:
    draft, before = _draft(app, first), rows_in(ChecklistVersion)
    for ways in ({}, {SMELL: "whatever"}, {"G-STOVE-01": "split"}):
        with pytest.raises(Refused, match="也在别的检查表里") as refusal:
            drafts.publish(draft, second, library.bases(), ways)
        assert refusal.value.field == f"way-{SMELL}"
    assert rows_in(ChecklistVersion) == before


def test_together_every_list_has_the_new_words_and_its_own_place_for_them(
    app: Flask, first: UUID, second: UUID
) -> None:
    before = {code: _list(code) for code in OTHERS}
    drafts.publish(_draft(app, first), second, library.bases(), {SMELL: "together"})
    for code in OTHERS:
        version, was = queries.in_force(code), before[code]
        assert version.number == 2
        assert _item(code).look == WORDS
        assert _item(code).section == next(item.section for item in was.items if item.code == SMELL)
        assert [item for item in _list(code).items if item.code != SMELL] == [
            item for item in was.items if item.code != SMELL
        ]
        (newest, *_) = queries.versions(code)
        assert (newest.with_list, newest.uploaded_by != "", newest.published_by != "") == (
            _list("gas-kitchen").title,
            True,
            True,
        )
    assert queries.versions("gas-kitchen")[0].with_list == ""
    assert drafts.shared_with(_list("gas-kitchen")) == [], "and nothing is left to be asked"


def test_split_the_item_has_a_code_of_its_own_and_the_other_lists_stay(app: Flask, first: UUID, second: UUID) -> None:
    before = {code: queries.in_force(code).id for code in OTHERS}
    drafts.publish(_draft(app, first), second, library.bases(), {SMELL: "split"})
    assert _item("gas-kitchen", f"{SMELL}-B").look == WORDS
    assert SMELL not in {item.code for item in _list("gas-kitchen").items}
    assert {code: queries.in_force(code).id for code in OTHERS} == before
    assert drafts.shared_with(_list("gas-kitchen")) == []
    again = _draft(app, first, "gas-household")
    drafts.publish(again, second, library.bases(), {SMELL: "split"})
    assert _item("gas-household", f"{SMELL}-C").look == WORDS, "a code that was had is given to nobody else"


def test_what_only_one_list_holds_is_not_asked(district: District) -> None:
    alone = replace(_list("gas-kitchen"), items=(replace(_item("gas-kitchen", "G-ALARM-01"), look=WORDS),))
    assert drafts.shared_with(alone) == []


def test_a_draft_of_a_list_that_was_changed_along_is_made_anew(app: Flask, first: UUID, second: UUID) -> None:
    waiting = _draft(app, first, "gas-household")
    drafts.publish(_draft(app, first), second, library.bases(), {SMELL: "together"})
    with pytest.raises(Stale, match="第 2 版"):
        drafts.publish(waiting, second, library.bases(), {SMELL: "together"})


def test_a_fault_that_another_list_had_before_hinders_no_change(app: Flask, first: UUID, second: UUID) -> None:
    elsewhere = {basis.id for item in _list("gas-household").items for basis in item.bases} - {
        basis.id for item in _list("gas-kitchen").items for basis in item.bases
    }
    assert elsewhere
    ended = clock.today() - timedelta(days=1)
    known = {
        name: replace(basis, until=ended) if name in elsewhere else basis for name, basis in library.bases().items()
    }
    drafts.publish(_draft(app, first), second, known, {SMELL: "together"})
    assert _item("gas-household").look == WORDS


def test_a_list_that_would_be_as_it_once_was_is_told(app: Flask, first: UUID, second: UUID) -> None:
    was = _list("gas-outlet")
    drafts.publish(_draft(app, first), second, library.bases(), {SMELL: "together"})
    back = Parsed(replace(was, title="气站检查表，另一个名字"), code=was.code, title=was.title)
    storage = app.extensions["storage"]
    draft = drafts.upload(storage, first, back, data=b"x", file_name="x.xlsx", origin=UploadOrigin.XLSFORM)
    with pytest.raises(Refused, match="以前的一版一样"):
        drafts.publish(draft.id, second, library.bases(), {SMELL: "together"})


def test_where_it_stands_and_how_its_bases_read_is_each_list_s_own() -> None:
    one, other = library.load()["gas-kitchen"], library.load()["gas-household"]
    bases = tuple(replace(basis, says="新的说法") for basis in one.items[0].bases)
    moved = replace(one, items=(replace(one.items[0], section="别处", bases=bases), *one.items[1:]))
    assert shared(moved, [other], ()) == []
    fewer = replace(one, items=(replace(one.items[0], bases=()), *one.items[1:]))
    assert [row.item.code for row in shared(fewer, [one, other], ())] == [SMELL]


def test_where_an_item_stands_on_the_walk_is_each_lists_own(app: Flask, first: UUID, second: UUID) -> None:
    here = replace(_list("gas-kitchen"), code="x")
    walked = replace(here, items=(here.items[0].under("别处", "smell", key=True), *here.items[1:]))
    assert shared(walked, [here], ()) == shared(here, [walked], ()) == []
    taken = taken_over(walked, {SMELL: replace(here.items[0], look=WORDS)}, library.bases())
    assert (taken.items[0].look, taken.items[0].zone, taken.items[0].key) == (WORDS, "smell", True)
