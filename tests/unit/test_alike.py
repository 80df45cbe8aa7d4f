"""Which pairs of places somebody is asked about, and which not: too many questions and nobody reads them."""

from typing import Any

import pytest

from inspect_app.kernel.positions import known_position
from inspect_app.premises.alike import Likeness, likeness_of, signs

CODE, OTHER = "91320199MA0000001Q", "91320199MA0000002U"


def _place(name: str, address: str, phone: str = "", code: str = "", **point: Any) -> Likeness:
    return likeness_of(
        name, address, phone, frozenset({code} if code else ()), known_position(**point) if point else None
    )


ASKED = {
    "a floor and a district more": (_place("老李面馆", "柳荫街12号"), _place("柳荫老李面馆", "柳荫街道柳荫街12号一楼")),
    "full width and marks": (_place("福来超市（柳荫店）", "柳荫街 14 号"), _place("福来超市(柳荫店)", "柳荫街14号甲")),
    "the same telephone at the same house": (_place("旺旺小吃", "东头3号", "13811112222"), _place("阿旺早点", "东头3号", "13811112222")),
    "the same code under another address": (_place("王记面馆", "东头3号", code=CODE), _place("王记面馆", "西头9号", code=CODE)),
    "the same code, called otherwise, at the same house": (_place("王记", "东头3号", code=CODE), _place("好再来", "东头3号", code=CODE)),
    "twenty metres apart": (
        _place("老李面馆", "桥东", lon=118.7800, lat=32.0400, system="WGS84"), _place("老李拉面馆", "桥头", lon=118.7802, lat=32.0400, system="WGS84"),
    ),
    "one point, told in two systems": (
        _place("老李面馆", "桥东", lon=121.5272106, lat=31.1774276, system="WGS84"),
        _place("老李拉面馆", "桥头", lon=121.5315419, lat=31.1753040, system="GCJ02"),
    ),
}  # fmt: skip
NOT_ASKED = {
    "another house number": (_place("老李面馆", "柳荫街12号"), _place("老李面馆", "柳荫街112号")),
    "neighbours in one house, both of them noodles": (_place("老李面馆", "柳荫街12号"), _place("老王面馆", "柳荫街12号")),
    "one landlord's number in two streets": (_place("旺旺小吃", "东头3号", "13811112222"), _place("大发五金", "西头9号", "13811112222")),
    "a chain": (_place("华联便利店", "柳荫街1号", code=CODE), _place("苏果超市", "望江路8号", code=CODE)),
    "near, but by two reckonings": (
        _place("老李面馆", "桥东1号", lon=118.7800, lat=32.0400, system="WGS84"), _place("老李面馆", "桥西7号", lon=118.7800, lat=32.0400, system="GCJ02"),
    ),
    "nothing in common": (_place("大发五金", "东头3号"), _place("旺旺小吃", "西头9号")),
}  # fmt: skip


@pytest.mark.parametrize("what", ASKED)
def test_somebody_is_asked_whether_they_are_one(what: str) -> None:
    one, other = ASKED[what]
    assert signs(one, other)
    assert signs(one, other) == signs(other, one)


@pytest.mark.parametrize("what", NOT_ASKED)
def test_nobody_is_asked(what: str) -> None:
    one, other = NOT_ASKED[what]
    assert signs(one, other) == []


def test_what_speaks_for_it_is_said_in_words() -> None:
    one = _place("老李面馆", "柳荫街12号", "13811112222", CODE)
    assert signs(one, one) == ["信用代码一样", "电话一样", "名称一样", "地址一样"]
