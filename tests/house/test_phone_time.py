"""A phone's own clock goes no further than the intake: the type checker refuses it everywhere else."""

import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import asdict

ROOT = Path(__file__).parents[2]
SNIPPET = """
from inspect_app.evidence.actions import mark_photo
from inspect_app.intake.rules import Operation, Sent
from inspect_app.kernel import clock
from inspect_app.visits.rules import SaidAt

def hand_on(op: Operation) -> None:
    SaidAt(op.device, op.seq, op.at)
    SaidAt(op.device, op.seq, op.captured_at)
    mark_photo(op.id, op.id, [], account_id=op.id, made_at=op.captured_at)
    clock.local_date(op.captured_at)

"""


@pytest.mark.slow
def test_no_room_takes_the_phone_s_own_time(tmp_path: Path) -> None:
    snippet = tmp_path / "snippet.py"
    snippet.write_text(SNIPPET)
    command = [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml"), str(snippet)]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    refused = [line for line in said.splitlines() if '"PhoneTime"; expected "datetime"' in line]
    assert [int(line.split(":")[1]) for line in refused] == [9, 10, 11], said


@pytest.mark.slow
def test_an_operation_without_an_estimate_cannot_be_made() -> None:
    from inspect_app.intake.rules import Operation, parse

    sent = parse({
        "id": "00000000-0000-0000-0000-000000000007", "kind": "visit.answer", "v": 1, "device": "phone-0001", "seq": 3,
        "captured_at": "2026-11-24T08:00:00+08:00", "payload": {},
    })  # fmt: skip
    with pytest.raises(TypeError):
        Operation(**asdict(sent))
