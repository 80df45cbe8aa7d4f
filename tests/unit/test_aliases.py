"""Codes that were given up: what they became, what asks for the same thing, and that no place is asked a thing twice."""

from dataclasses import replace
from datetime import date

import pytest

from inspect_app.checklists import library
from inspect_app.checklists.aliases import NO_ALIASES, Aliases
from inspect_app.checklists.lint_beside import lint_aliases, lint_beside
from inspect_app.checklists.parsed import Parsed, linted
from inspect_app.checklists.rules import Checklist, Field, Item

CHAIN = Aliases.of(
    [
        {"code": "A-1", "replaced_by": "A-2"},
        {"code": "A-2", "replaced_by": "A-3"},
        {"code": "B-1", "replaced_by": "A-3"},
        {"same_as": ["C-1", "C-2"]},
    ]
)


def _item(code: str, question: str, **more: object) -> Item:
    item = Item(code, "厨房", question, "站在门口看。", question, ("不对",), ("改好",))
    return replace(item, **more)  # type: ignore[arg-type]


def _list(code: str, *items: Item, kinds: tuple[str, ...] = ("small_restaurant",)) -> Checklist:
    return Checklist(code, f"表 {code}", Field.FIRE, kinds, items)


def test_a_chain_is_followed_to_its_end_and_back() -> None:
    assert [CHAIN.now(code) for code in ("A-1", "A-2", "A-3", "B-1", "Z-1")] == ["A-3", "A-3", "A-3", "A-3", "Z-1"]
    assert CHAIN.before("A-3") == ("A-1", "A-2", "B-1")
    assert CHAIN.before("A-2") == ("A-1",)
    assert CHAIN.before("A-1") == ()


def test_the_same_thing_stands_under_what_a_code_was_and_became_and_two_that_became_one_stay_apart() -> None:
    assert CHAIN.kin("A-1") == ("A-1", "A-2", "A-3")
    assert CHAIN.kin("B-1") == ("B-1", "A-3")
    assert set(CHAIN.kin("A-3")) == {"A-3", "A-1", "A-2", "B-1"}
    assert CHAIN.kin("Z-1") == ("Z-1",)


@pytest.mark.parametrize(
    "rows",
    [
        [{"code": "A", "replaced_by": "A"}],
        [{"code": "A", "replaced_by": "B"}, {"code": "B", "replaced_by": "A"}],
        [{"code": "A", "replaced_by": "B"}, {"code": "A", "replaced_by": "C"}],
        [{"code": "A"}],
        [{"replaced_by": "A"}],
    ],
)
def test_circles_doubles_and_halves_are_refused(rows: list[dict[str, str]]) -> None:
    with pytest.raises(ValueError, match=r"aliases\.yaml"):
        Aliases.of(rows)


def test_items_declared_the_same_or_become_one_clash_where_lists_are_used_together() -> None:
    assert CHAIN.same_thing(["C-1", "C-2", "Z-1"]) == [("C-1", "C-2")]
    assert CHAIN.same_thing(["A-1", "A-3"]) == [("A-1", "A-3")]
    assert CHAIN.same_thing(["A-1", "B-1", "C-1"]) == []
    one, other = _list("one", _item("C-1", "软管老化没有")), _list("two", _item("C-2", "管子旧不旧"))
    items = ["A-3", "C-1", "C-2"]
    assert [fault.code for fault in lint_aliases([one, other], items, CHAIN)] == ["C-2"]
    assert lint_aliases([one, replace(other, kinds=("kindergarten",))], items, CHAIN) == []
    assert lint_aliases([one, other], items, NO_ALIASES) == []
    assert [fault.code for fault in lint_aliases([], ["C-1", "C-2"], CHAIN)] == ["A-3"]
    assert [fault.code for fault in lint_aliases([_list("old", _item("B-1", "旧的一项"))], items, CHAIN)] == ["B-1"]


def test_what_is_alike_is_what_clashes() -> None:
    codes = ["A-1", "A-2", "A-3", "B-1", "C-1", "C-2", "Z-1"]
    for code in codes:
        clashing = {other for other in codes if other != code and CHAIN.same_thing((code, other))}
        assert CHAIN.alike(code) & set(codes) == clashing


def test_no_place_is_asked_anything_twice_by_the_library() -> None:
    library.aliases.cache_clear()
    assert lint_aliases(list(library.load().values()), library.items(), library.aliases()) == []


def test_an_uploaded_list_is_told_of_codes_given_up_and_of_what_another_list_asks_there_already() -> None:
    own = _list(
        "own", _item("A-1", "气瓶间通风吗"), _item("C-1", "软管老化没有"), _item("L-1", "灶具的软管有没有超过两米")
    )
    theirs = _list("theirs", _item("C-2", "管子旧不旧"), _item("G-1", "灶具的软管是否超过两米"))
    told = [(fault.code, fault.field, str(fault.severity)) for fault in lint_beside(own, [own, theirs], CHAIN)]
    assert told == [("A-1", "code", "warning"), ("C-1", "code", "warning"), ("L-1", "question", "warning")]
    assert "A-3" in lint_beside(own, [], CHAIN)[0].what
    assert len(lint_beside(own, [replace(theirs, kinds=("hotel",))], CHAIN)) == 1
    parsed = linted(Parsed(own, cells={"A-1": "B2"}), date(2026, 11, 30), (), beside=[theirs], aliases=CHAIN)
    assert "B2" in [note.where for note in parsed.notes]
    assert not [problem for problem in parsed.problems if "停用" in problem.text]
