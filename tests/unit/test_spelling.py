"""One form of a name, a number, a text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspect_app.checklists import library, lookup
from inspect_app.kernel import spelling
from inspect_app.kernel.errors import Refused

OWN = "13812345671"


@pytest.mark.parametrize(
    "typed",
    [
        OWN, "+86 138 1234 5671", "+8613812345671", "0086-138-1234-5671", "8613812345671", "138‑1234–5671",
        "１３８１２３４５６７１", "＋８６ 138 1234 5671", "\u202d13812345671\u202c", "138\u200b12345671", "138 1234　5671",
        "(+86) 13812345671", "138.1234.5671",
    ],
)  # fmt: skip
def test_a_mobile_number_is_one_number_however_it_is_written(typed: str) -> None:
    assert spelling.mobile(typed) == OWN


@pytest.mark.parametrize(
    "typed", ["", "abc", "12345", "23812345671", "138123456712", "+1 138 1234 5671", "12812345671"]
)
def test_what_is_no_mobile_number_is_refused_in_words(typed: str) -> None:
    with pytest.raises(Refused, match="11 位数字"):
        spelling.mobile(typed)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""), ("119", "119"), ("010-88886666", "010-88886666"), ("0518－85412345", "0518-85412345"),
        ("(0518)85412345 转 801", "(0518)85412345 转 801"), ("400 800 8000", "400 800 8000"),
        ("+86 138 1234 5671 / 85412345", "13812345671、85412345"), ("85412345-8001", "85412345-8001"),
    ],
)  # fmt: skip
def test_telephone_numbers_as_people_write_them(typed: str, kept: str) -> None:
    assert spelling.telephone(typed) == kept


@pytest.mark.parametrize("typed", ["abc", "没有", "12", "138abc5671", "1" * 30])
def test_words_in_place_of_a_telephone_number_are_refused(typed: str) -> None:
    with pytest.raises(Refused, match="电话要写数字"):
        spelling.telephone(typed)


def test_a_login_has_one_case_and_one_width() -> None:
    assert spelling.login("LiDenglu") == spelling.login("lidenglu") == spelling.login("ＬｉＤｅｎｇｌｕ") == "lidenglu"
    assert spelling.login(" li_deng-lu\u200b") == "li_deng-lu"
    assert spelling.login("李登录") == "李登录"
    assert spelling.login_key("LiDenglu") == "lidenglu"


@pytest.mark.parametrize(
    "typed", ["", "ab", "a" * 41, "li denglu", "li.denglu", "\u200b\u200b\u200b", OWN, "+8613812345671"]
)
def test_what_is_no_login_is_refused_in_words(typed: str) -> None:
    with pytest.raises(Refused, match="账号"):
        spelling.login(typed)


@pytest.mark.parametrize(
    "typed", ["", " ", "\u200b", "\u202e\u202c", "\ufeff", "\u3164", "\u2800", "\u00ad", "\x00", "　", "\u0301", "——"]
)
def test_a_name_that_nobody_can_see_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match="请写名称"):
        spelling.name(typed, lack="请写名称。")


def test_a_name_keeps_its_characters_and_loses_what_cannot_be_seen() -> None:
    assert spelling.name(" 老李（柳荫）\u200b面馆\u202e ", lack="-") == "老李（柳荫）面馆"
    assert spelling.name("cafe\u0301  no. 1", lack="-") == "café no. 1"
    assert spelling.name("買買提·艾力 𠮷", lack="-") == "買買提·艾力 𠮷"
    with pytest.raises(Refused, match="最多写 50 个字"):
        spelling.name("一" * 51, lack="-", limit="person")


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("老李(柳荫)", "老李（柳荫）面馆"), ("ＫＴＶ", "星光ktv"), ("ktv", "星光ＫＴＶ"), ("幸福 面馆", "幸福面馆"),
        ("买买提•艾力", "买买提·艾力"), ("12号", "和平路１２号"),
    ],
)  # fmt: skip
def test_a_search_finds_other_widths_cases_and_blanks(typed: str, stored: str) -> None:
    assert spelling.folded(typed) in spelling.folded(stored)


@settings(deadline=None)
@given(st.text())
def test_any_text_is_read_or_refused_and_reading_twice_changes_nothing(text: str) -> None:
    assert spelling.plain(spelling.plain(text)) == spelling.plain(text)
    assert spelling.folded(spelling.folded(text)) == spelling.folded(text)
    key = spelling.login_key(text)
    assert "\x00" not in key
    for read in (spelling.mobile, spelling.telephone, spelling.login):
        try:
            kept = read(text)
        except Refused:
            continue
        assert read(kept) == kept


def test_a_basis_is_found_in_any_width() -> None:
    basis = library.bases()["fire-28"]
    wide = "".join(chr(ord(mark) + 0xFEE0) if "!" <= mark <= "~" else mark for mark in basis.id)
    assert basis in lookup.bases(library.bases().values(), wide)
