"""The line of 今日 and of a handler's inbox that leads to the scans which wait in the tray."""

from flask import url_for

from ..hazard.waiting import VerbCount


def scans_line(count: int) -> list[VerbCount]:
    """收扫描件 with how many pages wait; no line where none does."""
    return [VerbCount("scans", "收扫描件", count, url_for("scans.tray"), current=False)] if count else []
