"""How much may be written in a field, said once: the shapes of operations, the rooms, the forms' maxlength and the phone
all read it here. Nothing is ever cut: what is longer is refused in words, and what was typed stays where it was typed.

Counted in characters as Python counts them. A browser's maxlength counts an emoji twice, so it never lets more through.
"""

from .errors import Refused

LIMITS = {
    "account": 80,  # a login, or the mobile number typed instead
    "area": 80,
    "address": 200,
    "agent": 300,  # what a browser calls itself, in a log
    "card_number": 40,
    "choice": 40,  # how much of a reason a list of choices shows
    "code": 80,
    "companions": 100,
    "congress_term": 40,
    "days": 100_000,  # since an item was checked, as a phone counts them
    "deep": 8,  # items drawn for a deep check
    "depth": 32,  # of what lies in what, in an operation
    "file_name": 255,  # as long as file systems allow
    "item": 40,
    "items": 1000,  # of all lists of a visit
    "kind": 40,
    "kind_letter": 4,  # what a kind adds to the 代字 of an office
    "letter_code": 20,
    "letterhead": 22,  # 发文机关标志: what fits the page in one line
    "line": 200,  # a field of one line that has no limit of its own
    "look_back": 4000,  # the phone writes 还差… before the words
    "marks": 12,
    "measure": 1_000_000_000_000,  # a number that is measured or counted
    "note": 2000,
    "number": 10,  # a field for a small whole number
    "organisation": 100,
    "organisation_short": 40,
    "password": 200,
    "person": 50,
    "phone": 40,
    "photos": 100,  # of one answer, one form
    "place": 100,  # the name of a place
    "place_within": 100,  # where in it
    "reason": 500,
    "row": 100,  # the name of a counted part
    "rows": 60,
    "search": 200,
    "short_reason": 200,  # one that is chosen, or of one line
    "signature": 48_000,  # a drawn one, as base64
    "signed_text": 60_000,
    "station": 80,
    "text": 2000,  # the answer of an item that is written
    "versions": 100,
    "where": 500,
    "wording": 500,
    "work_order": 30,  # of the 12345 hotline
    "wordings": 100,
    "words": 4000,  # a field of several lines that has no limit of its own
    "zone": 40,
}
# What the phone refuses at once beside the maxlength of its fields; it gets it with its shell, whose first load is small.
ON_THE_PHONE = ("measure", "photos", "rows")


def on_the_phone() -> dict[str, int]:
    """The limits a phone keeps to."""
    return {name: LIMITS[name] for name in ON_THE_PHONE}


def whole(text: str, limit: str, field: str | None = None) -> str:
    """Words without the blanks around them, taken whole; raises Refused where there are more than LIMITS allows.

    A form sends a line break as two characters where its field counted one: here it counts one again.
    """
    words = text.replace("\r\n", "\n").strip()
    if len(words) > LIMITS[limit]:
        raise Refused(
            f"这里最多写 {LIMITS[limit]} 个字，现在有 {len(words)} 个，请写短一点。您填的都还在。", field=field
        )
    return words


def shortened(text: str, limit: str) -> str:
    """For what nobody typed to be kept (the name of a file or a browser, a fault, a wrong login in a log): the beginning,
    and a mark that there was more."""
    return text if len(text) <= LIMITS[limit] else text[: LIMITS[limit] - 1] + "…"
