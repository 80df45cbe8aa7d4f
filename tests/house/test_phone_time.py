"""A phone's own clock goes no further than the intake: the type checker refuses it everywhere else."""

import pytest
from msgspec.structs import asdict

from inspect_app.evidence.actions import mark_photo
from inspect_app.intake.rules import Operation, parse
from inspect_app.kernel import clock
from inspect_app.visits.rules import SaidAt


def _hand_on(op: Operation) -> None:
    """Never run but read by mypy: where a room took the phone's own time, its `ignore` would be unused, which is a fault."""
    SaidAt(op.device, op.seq, op.at)
    SaidAt(op.device, op.seq, op.captured_at)  # type: ignore[arg-type]
    mark_photo(op.id, op.id, [], account_id=op.id, made_at=op.captured_at)  # type: ignore[arg-type]
    clock.local_date(op.captured_at)  # type: ignore[arg-type]


def test_an_operation_without_an_estimate_cannot_be_made() -> None:
    sent = parse({
        "id": "00000000-0000-0000-0000-000000000007", "kind": "visit.answer", "v": 1, "device": "phone-0001", "seq": 3,
        "captured_at": "2026-11-24T08:00:00+08:00", "payload": {},
    })  # fmt: skip
    with pytest.raises(TypeError):
        Operation(**asdict(sent))
