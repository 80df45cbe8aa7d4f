"""The recipe for a kind of paper (docs/recipes.md), done: three files in a copy of the project, and everything else follows."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT

RECIPE = Path(__file__).parent / "recipe"
# What is added, and nothing else is touched.
FILES = {
    "example.py": "inspect_app/casework/papers/example.py",
    "example.html": "templates/papers/example.html",
    "row.py": "tests/papers/rows/example.py",
}
# All that is asked of every kind: form, number, sheet, page behind the code, lists, command, labels, obligatory fields.
ASKED = ("tests/papers/test_every_kind.py", "tests/papers/test_words.py", "tests/unit/test_paper_reading.py")


def test_a_kind_is_three_files_and_is_made_drawn_listed_and_read(tmp_path: Path) -> None:
    _copy(tmp_path)
    for name, place in FILES.items():
        assert not (tmp_path / place).exists()
        shutil.copy(RECIPE / name, tmp_path / place)
    chosen = "(example and not postgresql) or every_kind_is_expected"
    ran = _run(tmp_path, "pytest", "-q", "-p", "no:cacheprovider", "-k", chosen, *ASKED)
    assert ran.returncode == 0, ran.stdout[-4000:]
    assert "\n10 passed" in ran.stdout, "every test that walks the kinds has walked this one"


def test_a_kind_without_what_is_expected_of_it_is_noticed(tmp_path: Path) -> None:
    _copy(tmp_path)
    shutil.copy(RECIPE / "example.py", tmp_path / FILES["example.py"])
    ran = _run(tmp_path, "pytest", "-q", "-p", "no:cacheprovider", "-k", "every_kind_is_expected", ASKED[0])
    assert ran.returncode == 1
    assert "example" in ran.stdout


def _copy(folder: Path) -> None:
    for name in ("inspect_app", "templates", "migrations", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    for name in ("static", ".fonts"):
        (folder / name).symlink_to((ROOT / name).resolve())


def _run(folder: Path, *module: str) -> subprocess.CompletedProcess[str]:
    mine = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "PYTHONPATH"))}
    return subprocess.run(
        [sys.executable, "-m", *module], cwd=folder, env=mine, capture_output=True, text=True, timeout=900, check=False
    )
