"""Days as cells of a sheet hold them. Pure."""

import re
import unicodedata
from datetime import date

from inspect_app.kernel import spelling
from inspect_app.kernel.errors import Refused

_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_YEARS = (1949, 2099)


def read_day(text: str, column: str, title: str) -> date:
    """A day however it is written; raises Refused, also for the bare number that a sheet makes of a day."""
    clean = "".join(unicodedata.normalize("NFKC", spelling.plain(text)).split())
    if re.fullmatch(r"\d{5}(\.\d+)?", clean):
        raise Refused(
            f"{title}成了数字 {clean}，看不出是哪天。请把这一格改成日期格式，或写成 2027-01-01。", field=column
        )
    found = _DAY.fullmatch(clean)
    try:
        day = date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        day = None
    if day is None or not _YEARS[0] <= day.year <= _YEARS[1]:
        raise Refused(f"{title}要写成 2027-01-01 这样的日期。", field=column)
    return day
