"""Which pages of an upload make one sheet, and what an address of a paper is."""

from uuid import UUID, uuid4

import pytest

from inspect_app.scans.rules import PageSeen, leads, mark_of, same_address


def _upload(*pages: str) -> tuple[list[PageSeen], list[UUID]]:
    """Pages as letters: a digit bears the code of a paper of so many pages, `?` no code, `_` is blank, `x` cannot be opened."""
    ids = [uuid4() for _ in pages]
    seen = [
        PageSeen(one, page == "_", int(page.isdigit()), int(page) if page.isdigit() else 0, broken=page == "x")
        for one, page in zip(ids, pages, strict=True)
    ]
    return seen, ids


@pytest.mark.parametrize(
    ("pages", "joined"),
    [
        ("??3", {0: 2, 1: 2}),
        ("1?1", {}),  # the middle one may be a sheet whose code cannot be read
        ("?2?3", {0: 1, 2: 3}),
        ("???2", {2: 3}),  # no more than the paper has
        ("?_2", {0: 2}),  # the back of a sheet lies between
        ("?x2", {}),
        ("2?", {}),
        ("?0", {}),  # a code that is none of ours takes nothing along
        ("", {}),
    ],
)
def test_pages_without_a_code_go_with_the_next_that_wants_them(pages: str, joined: dict[int, int]) -> None:
    seen, ids = _upload(*pages)
    assert leads(seen) == {ids[page]: ids[lead] for page, lead in joined.items()}


def test_an_address_is_the_same_however_a_code_writes_it() -> None:
    assert (
        mark_of("https://a.example/z/7K3MPQ2XBD") == mark_of(" HTTP://A.EXAMPLE:8000/sub/Z/7k3mpq2xbd ") == "7K3MPQ2XBD"
    )
    for text in (
        "https://a.example/z/",
        "https://a.example/y/7K3MPQ2XBD",
        "7K3MPQ2XBD",
        "https://a.example/z/7K3/x",
        "weixin://z/ab",
    ):
        assert mark_of(text) is None
    assert same_address("HTTPS://A.EXAMPLE/Z/AB", "https://a.example/z/ab/")
    assert not same_address("https://a.example/z/ab", "https://b.example/z/ab")
