"""How a print job goes: its states, how much it may hold, how long it is kept, what its files are called. Pure."""

import re
from datetime import date, timedelta
from enum import StrEnum

from inspect_app.kernel.limits import shortened

MOST_PARTS = 500  # of one job: what a person can check against a list
MOST_AT_ONCE = 3  # jobs of one account that are not done
MOST_ATTEMPTS = 3  # of a part, and of putting a job together
KEPT_FOR = timedelta(days=7)  # after it was asked for; then rows and files are thrown away
_NOT_IN_A_NAME = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]+')


class JobState(StrEnum):
    """Where a job is."""

    MAKING = "making"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


class PartState(StrEnum):
    """Where a part of a job is."""

    WAITING = "waiting"
    MADE = "made"
    LEFT_OUT = "left_out"


class Form(StrEnum):
    """What a job ends in."""

    PDF = "pdf"  # for the printer
    ZIP = "zip"  # each part by itself, with a list of all


def file_name(words: str, ending: str) -> str:
    """A name that every file system takes (at most 100 characters and its ending), of words in which anything may stand.

    >>> file_name("整〔2026〕7号 a/b: c", "pdf")
    '整〔2026〕7号 a_b_ c.pdf'
    """
    plain = shortened(_NOT_IN_A_NAME.sub("_", words).strip(" ."), "place")
    return f"{plain or '打印'}.{ending}"


def job_file_name(title: str, day: date, ending: str) -> str:
    """What the file of a job is called when it is saved.

    >>> job_file_name("文书 12 份", date(2026, 3, 5), "zip")
    '2026-03-05 文书 12 份.zip'
    """
    return file_name(f"{day.isoformat()} {title}", ending)


def percent(total: int, settled: int, joined: int) -> int:
    """How far a job is, of a hundred: making the parts is one half of the way, putting them together the other.

    >>> percent(200, 100, 0), percent(200, 200, 50), percent(0, 0, 0)
    (25, 62, 0)
    """
    return (settled + joined) * 50 // total if total else 0
