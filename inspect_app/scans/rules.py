"""Scanned pages: their states, why one waits for a person, which pages make one sheet. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

MOST_FILES = 60  # of one upload
MOST_PAGES = 60  # of one PDF
MOST_PIXELS = 60_000_000
MOST_UNREAD = 5  # uploads of one account that wait to be read
MOST_ATTEMPTS = 3  # of opening a page
MOST_FACES = 8  # pages of a paper that are drawn to be shown beside a scan


class PageState(StrEnum):
    """What has become of a page."""

    READ = "read"  # looked at, while others of its upload are not
    PROPOSED = "proposed"  # its paper is known: one tap files it
    STUCK = "stuck"  # somebody has to say what it is
    JOINED = "joined"  # goes with the page that bears the code
    BLANK = "blank"  # the back of a sheet
    FILED = "filed"
    DROPPED = "dropped"


class Why(StrEnum):
    """Why a page waits for somebody."""

    UNREADABLE = "unreadable"
    FOREIGN = "foreign"
    NO_SUCH = "no_such"
    ELSEWHERE = "elsewhere"
    TWO = "two"
    VOID = "void"
    REPLACED = "replaced"
    LAPSED = "lapsed"
    BROKEN = "broken"
    ENCRYPTED = "encrypted"
    TOO_MANY = "too_many"
    TOO_LARGE = "too_large"


WORDS: Mapping[str, str] = {
    Why.UNREADABLE: "这一页上没有读到二维码。可以照单子上的文号归进去，也可以重新拍一张再传。",
    Why.FOREIGN: "这一页上的二维码不是本系统单子上的。如果是别处的单子，请退给送来的人。",
    Why.NO_SUCH: "二维码上的网址是本系统的，但是没有这张单子。请对照单子上的文号看一看。",
    Why.ELSEWHERE: "这张是别的单位出的单子，请交给出单的单位收。",
    Why.TWO: "这一页里有两张单子。请一张一张分开拍，重新传；这一页可以去掉。",
    Why.VOID: "这张单子已经作废，不能收。",
    Why.REPLACED: "这张单子已经被新的一张代替，不能收。请收新的那张。",
    Why.LAPSED: "这张报告已经失效（隐患重开了），不能收。",
    Why.BROKEN: "这个文件打不开，或没有存完整。请重新拍一张，或重新扫描再传。",
    Why.ENCRYPTED: "这个 PDF 设了密码，打不开。请去掉密码再传。",
    Why.TOO_MANY: f"这个 PDF 超过 {MOST_PAGES} 页，没有读。请分几次扫描再传。",
    Why.TOO_LARGE: "这一页的尺寸太大，打不开。请用普通清晰度再拍一张，或再扫一次。",
}
# Of these there is nothing to look at, so nothing that could be filed.
NOTHING_SHOWN = frozenset({Why.BROKEN, Why.ENCRYPTED, Why.TOO_MANY, Why.TOO_LARGE})


def mark_of(text: str) -> str | None:
    """The mark in a printed address; None for what is no address of a paper.

    >>> mark_of("HTTPS://a.example/z/7k3mpq2xbd"), mark_of("weixin://x")
    ('7K3MPQ2XBD', None)
    """
    found = re.fullmatch(r"https?://[^/\s]+(?:/[^?#\s]*)?/z/([0-9A-Za-z]{4,32})", text.strip(), re.IGNORECASE)
    return found[1].upper() if found else None


def same_address(one: str, two: str) -> bool:
    """Whether two addresses are one as a reader of codes may write them."""
    return one.strip().rstrip("/").casefold() == two.strip().rstrip("/").casefold()


@dataclass(frozen=True)
class PageSeen:
    """A page as it was read: what it is, and of how many pages its paper is (0 where no paper is known)."""

    id: UUID
    blank: bool
    codes: int
    paper_pages: int
    broken: bool = False


def leads(pages: Sequence[PageSeen]) -> dict[UUID, UUID]:
    """The page with the code to which each page without one belongs, in the order of an upload.

    The last page of a paper bears its code, so pages before it belong to it: as many as the paper has besides, and no more. A
    page without a code that no paper wants may be one whose code cannot be read, so it waits for itself. Blank backs between
    them are passed over.
    """
    found: dict[UUID, UUID] = {}
    loose: list[PageSeen] = []
    for page in pages:
        if page.blank:
            continue
        if page.codes == 0 and not page.broken:
            loose.append(page)
            continue
        wanted = max(page.paper_pages - 1, 0)
        found |= {one.id: page.id for one in loose[len(loose) - min(wanted, len(loose)) :]}
        loose = []
    return found
