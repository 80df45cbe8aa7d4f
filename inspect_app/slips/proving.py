"""What the audit of numbers and of scans asks of slips: every number that stands on one, every page that came back."""

from sqlalchemy import select

from inspect_app.kernel.database import db
from inspect_app.papers.audit_scans import KeptScan
from inspect_app.papers.journal import Series

from .models import BlankSlip, SlipScan
from .rules import SERIES


def bearers() -> dict[tuple[Series, int], str]:
    """Every number that stands on a slip, with the id of the slip: what the audit of numbers asks."""
    rows = db.session.execute(select(BlankSlip.issuer_id, BlankSlip.year, BlankSlip.serial, BlankSlip.id))
    return {(Series(row.issuer_id, SERIES, row.year), row.serial): str(row.id) for row in rows}


def kept_scans() -> list[KeptScan]:
    """Every page of a filled slip that is kept, in the order of filing: what the audit of scans asks."""
    rows = db.session.execute(select(SlipScan, BlankSlip.number).join(BlankSlip, BlankSlip.id == SlipScan.slip_id).order_by(
        SlipScan.filed_at, SlipScan.position
    ))  # fmt: skip
    return [
        KeptScan(number, str(scan.slip_id), scan.position, scan.received_sha256, scan.copy_sha256)
        for scan, number in rows
    ]
