"""Checking the scans that were filed with papers and slips: both files of each page, and that the chains of the hazards say the
same of it: which pages came back, of which sheet. What a slip's visit found later had no part in its filing, so that there a
missing line of a chain is no fault, while a page that a chain names and nobody has is one."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from inspect_app.hazards.events import Event
from inspect_app.hazards.rules import Step
from inspect_app.kernel.database import db
from inspect_app.kernel.hashing import sha256_hex

from .filed import FiledScan
from .models import Paper, PaperLine


@dataclass(frozen=True)
class KeptScan:
    """A page that came back, as it is kept: the number on the sheet and its id, the hashes of the file as received and of the
    straightened copy; `in_chain`: whether a chain has to know it."""

    number: str
    sheet_id: str
    page: int
    received: str
    copy: str
    in_chain: bool = False


def of_papers() -> Iterator[KeptScan]:
    """The filed pages of all papers; those of a paper with hazards stand in their chains."""
    lines = select(PaperLine.paper_id).where(PaperLine.paper_id == FiledScan.paper_id).exists()
    rows = select(FiledScan, Paper.number, lines).join(Paper, Paper.id == FiledScan.paper_id)
    for scan, number, has_lines in db.session.execute(rows.order_by(FiledScan.filed_at, FiledScan.position)):
        yield KeptScan(
            number, str(scan.paper_id), scan.position, scan.received_sha256, scan.copy_sha256, in_chain=bool(has_lines)
        )


def verify(kept: Iterable[KeptScan], stored: Callable[[str], bytes | None]) -> tuple[list[str], int]:
    """(what is wrong in Chinese, how many pages were looked at). `stored` gives the bytes of a hash, or None."""
    said, scans = _chains(), list(kept)
    faults = [
        f"{scan.number} 的扫描件第 {scan.page} 页：{fault}"
        for scan in scans
        for fault in (*_files(scan, stored), *_chained(scan, said))
    ]
    here = {(scan.sheet_id, scan.copy) for scan in scans}
    faults += [
        f"{number}：隐患的记录里收过的扫描件，登记里不见了"
        for sheet, (number, copies) in said.items()
        if any((sheet, copy) not in here for copy in copies)
    ]
    return faults, len(scans)


def _files(scan: KeptScan, stored: Callable[[str], bytes | None]) -> Iterator[str]:
    for sha256, name in ((scan.received, "收到的原件"), (scan.copy, "摆正的那一份")):
        data = stored(sha256)
        if data is None:
            yield f"{name}不在了"
        elif sha256_hex(data) != sha256:
            yield f"{name}被改过"


def _chained(scan: KeptScan, said: Mapping[str, tuple[str, set[str]]]) -> Iterator[str]:
    if scan.in_chain and scan.copy not in said.get(scan.sheet_id, ("", set[str]()))[1]:
        yield "隐患的记录里没有收过这一页"


def _chains() -> dict[str, tuple[str, set[str]]]:
    """What the chains say came back: by the id of the sheet its number and the hashes of the straightened copies."""
    found: dict[str, tuple[str, set[str]]] = {}
    events = select(Event).where(Event.step == Step.FILE_SCAN).execution_options(yield_per=500)
    for event in db.session.scalars(events):
        facts = event.body["facts"]
        sheet = str(facts.get("paper") or facts.get("slip"))
        found.setdefault(sheet, (facts["number"], set()))[1].update(facts["scans"])
    return found
