"""Raises every pinned package to its newest version: the pins of pyproject.toml, then both locks; says what changed.

`make update` runs the tests afterwards: what an upgrade breaks is seen there, and `git checkout` takes it back. Needs uv.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", "requirements-dev.lock")
NEWEST = "uv pip compile -q --upgrade --no-header --python-version 3.11 --group dev pyproject.toml"
PIN = re.compile(r'"(?P<name>[\w.-]+)(?P<extras>\[[\w,-]+\])?==(?P<version>[^"]+)",(?P<gap> *)')
LOCKED = re.compile(r"^([\w.-]+)==([^\s;\\]+)", re.M)


def main() -> int:
    """0 when pins and locks are written; what changed stands on stdout, a line a package."""
    project = ROOT / "pyproject.toml"
    before = _locked()
    project.write_text(_raised(project.read_text(), _newest(project.read_text())))
    subprocess.run(["make", "--no-print-directory", "lock", "UPGRADE=--upgrade"], cwd=ROOT, check=True)
    after = _locked()
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            print(f"{name:<32}{before.get(name, 'new'):>14} → {after.get(name, 'gone')}")
    if before == after:
        print("everything is as new as it can be")
    return 0


def _newest(project: str) -> dict[str, str]:
    """The versions that fit together when no pin holds them down, by name."""
    with tempfile.TemporaryDirectory() as folder:
        loose = Path(folder) / "pyproject.toml"
        loose.write_text(PIN.sub(lambda pin: pin[0].replace("==", ">=", 1), project))
        found = subprocess.run(NEWEST.split(), cwd=folder, check=True, capture_output=True, text=True)
    return dict(LOCKED.findall(found.stdout))


def _raised(project: str, newest: dict[str, str]) -> str:
    """The project with these versions as its pins; what stands behind a pin stays in its column."""

    def raised(pin: re.Match[str]) -> str:
        version = newest.get(pin["name"].lower().replace("_", "-"), pin["version"])
        written = f'"{pin["name"]}{pin["extras"] or ""}=={version}",'
        return written + " " * max(1, len(pin[0]) - len(written)) if pin["gap"] else written

    return PIN.sub(raised, project)


def _locked() -> dict[str, str]:
    return {name: version for lock in LOCKS for name, version in LOCKED.findall((ROOT / lock).read_text())}


if __name__ == "__main__":
    sys.exit(main())
