"""One form of a name, a number, a text: every door (form, intake, sign-in, search, command) reads it here. Pure.

What is written down for good keeps its characters: only NFC and what nobody can see are touched. What is searched for is
folded (width, case, blanks) beside the words, never in their place. See docs/decisions/0024-one-form-of-a-name.md.
"""

import re
import unicodedata

from precis_i18n import get_profile

from .errors import Refused
from .limits import whole

# Blank though Unicode calls them letters or symbols: Hangul fillers, Khmer inherent vowels, the empty Braille pattern.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_UNSEEN = frozenset(("Cc", "Cf", "Cs"))  # controls, bidi marks and joiners, halves of characters
_USERNAME = get_profile("UsernameCaseMapped")
_MIDDLE_DOTS = str.maketrans(dict.fromkeys("•‧・･∙⋅", chr(0xB7)))  # 买买提 and 艾力 stand on both sides of one
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−－", "-"))


def plain(text: str) -> str:
    """A text in one line as it is kept: NFC, without what cannot be seen, one blank where there were several."""
    seen = "".join(
        " " if mark.isspace() else mark
        for mark in unicodedata.normalize("NFC", text)
        if mark.isspace() or (unicodedata.category(mark) not in _UNSEEN and mark not in _BLANK)
    )
    return " ".join(seen.split())


def name(text: str, *, lack: str, field: str = "name", limit: str = "place") -> str:
    """The name of a person, a place, an office. Raises Refused with `lack` where nothing is left that can be seen, and
    where it is longer than its limit."""
    clean = plain(text)
    if not any(unicodedata.category(mark)[0] in "LNS" for mark in clean):
        raise Refused(lack, field=field)
    return whole(clean, limit, field)


def folded(text: str) -> str:
    """What a text is searched by: one width, one case, no blanks. `老李（柳荫）` and `老李(柳荫)` are the same."""
    text = plain(text).translate(_MIDDLE_DOTS)
    while (again := "".join(unicodedata.normalize("NFKC", text).casefold().split())) != text:
        text = again  # taking blanks away may bring marks together that have a form of their own
    return text


def _number(text: str) -> str:
    return unicodedata.normalize("NFKC", plain(text)).translate(_DASHES)


def as_mobile(text: str) -> str | None:
    """The eleven digits of a mainland mobile number however it is written; None where it is none."""
    digits = re.sub(r"[\s\-().]", "", _number(text))
    digits = re.sub(r"^(\+?86|0086)(?=1\d{10}$)", "", digits)
    return digits if re.fullmatch(r"1[3-9][0-9]{9}", digits) else None


def mobile(text: str, field: str = "mobile") -> str:
    """A mainland mobile number in its one form; raises Refused."""
    found = as_mobile(text)
    if found is None:
        raise Refused("手机号应是 11 位数字，前面可以有 +86。", field=field)
    return found


_EXTENSION = "|".join(("转", "分机", r"ext\.?", "x", "#"))
_ONE_PHONE = re.compile(rf"\+?[0-9(][0-9()\- ]*(?:(?:{_EXTENSION}) ?[0-9]+)?", re.IGNORECASE)
_BETWEEN_PHONES = re.compile(r" *[,;/、；，] *")


def telephone(text: str, field: str = "phone") -> str:
    """One or several telephone numbers, fixed or mobile, with extensions; empty for none. Raises Refused for other words."""
    clean = _number(text)
    if not clean:
        return ""
    numbers = [_one_telephone(part, field) for part in _BETWEEN_PHONES.split(clean)]
    return whole("、".join(numbers), "phone", field)


def _one_telephone(part: str, field: str) -> str:
    if found := as_mobile(part):
        return found
    digits = sum(mark.isdigit() for mark in part)
    if not _ONE_PHONE.fullmatch(part) or not 3 <= digits <= 20:
        raise Refused("电话要写数字，例如 13800000000、010-88886666 转 801；没有就空着。", field=field)
    return part


def login(text: str, field: str = "login") -> str:
    """What somebody signs in with, in its one form (RFC 8265, one case); raises Refused.

    A login that reads as a mobile number is refused: it would be somebody's.
    """
    words = "账号用 3 到 40 个字母或数字。"
    try:
        clean = str(_USERNAME.enforce(plain(text)))
    except UnicodeEncodeError:
        raise Refused(words, field=field) from None
    if not 3 <= len(clean) <= 40 or not clean.replace("_", "").replace("-", "").isalnum():
        raise Refused(words, field=field)
    if as_mobile(clean):
        raise Refused("账号不能是手机号，手机号写在手机号那一栏，一样可以登录。", field=field)
    return clean


def login_key(text: str) -> str:
    """What two logins have in common that nobody could tell apart; never refuses, for the logins there are."""
    try:
        return str(_USERNAME.enforce(plain(text)))
    except UnicodeEncodeError:
        return folded(text)


def as_sentence(text: str) -> str:
    """What somebody typed, ended as a sentence; nothing of nothing."""
    stripped = text.strip()
    return stripped if not stripped or stripped[-1] in "。！？…”）" else f"{stripped}。"
