"""The contracts hold the house up: each planted violation is caught and named."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOUSE = "The house stands one way up"
AUDIENCES = "No audience knows another, what they share knows none of them"

# what is planted → (file, line, the contract that must break)
PLANTED = {
    "a rule asks the database": ("hazards/rules.py", "import sqlalchemy", "Rules are pure"),
    "a rule reads the request": ("people/rules.py", "import flask", "Rules are pure"),
    "who is told asks the database": ("casework/telling.py", "import inspect_app.people.queries", "Rules are pure"),
    "a rule looks at the clock": ("visits/rules.py", "import inspect_app.kernel.clock", "Rules are pure"),
    "a lower room imports a higher one": ("people/queries.py", "import inspect_app.hazards.queries", HOUSE),
    "the kernel imports a room": ("kernel/paging.py", "import inspect_app.people.models", HOUSE),
    "a room imports a page": ("visits/queries.py", "import inspect_app.web.access", HOUSE),
    "a button tells by itself": (
        "web/hazard/steps/offices.py",
        "import inspect_app.messages.actions",
        "Of a step only the table tells",
    ),
    "an action tells by itself": (
        "hazards/actions/handing.py",
        "import inspect_app.messages.actions",
        "Of a step only the table tells",
    ),
    "a second door to the PDF": ("casework/urgent.py", "import weasyprint", "One door to WeasyPrint"),
    "a web thread decodes a picture": ("web/files.py", "import PIL", "Pictures are decoded in the child only"),
    "a web thread reads a workbook": (
        "web/files.py",
        "import python_calamine",
        "Workbooks are read in the child only",
    ),
    "the worker reads a workbook itself": (
        "imports/reading.py",
        "import python_calamine",
        "Workbooks are read in the child only",
    ),
    "the room of workbooks knows a register": ("sheets/workbook.py", "import inspect_app.people.models", HOUSE),
    "a read writes": ("papers/queries.py", "import inspect_app.papers.actions", "Reads never write"),
    "the field imports the desk": ("web/field/views.py", "import inspect_app.web.desk.today", AUDIENCES),
    "what audiences share imports one": ("web/hazard/page.py", "import inspect_app.web.desk.pages", AUDIENCES),
    "a page without a place": ("web/gossip.py", "", AUDIENCES),
    "a folder without a place": ("gossip/__init__.py", "", HOUSE),
}


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-c", command, "--no-cache"],
        cwd=folder, env={"PYTHONPATH": str(folder), "PATH": ""}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def _copy(folder: Path) -> Path:
    shutil.copytree(ROOT / "inspect_app", folder / "inspect_app", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


@pytest.mark.slow
def test_the_house_as_it_stands_keeps_every_contract(tmp_path: Path) -> None:
    answer = _lint(_copy(tmp_path))
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.slow
@pytest.mark.parametrize("what", PLANTED)
def test_a_planted_violation_is_caught(tmp_path: Path, what: str) -> None:
    file, line, contract = PLANTED[what]
    target = _copy(tmp_path) / "inspect_app" / file
    target.parent.mkdir(exist_ok=True)
    with target.open("a") as source:
        source.write(f"\n{line}\n")
    answer = _lint(tmp_path)
    assert answer.returncode != 0, answer.stdout
    assert f"{contract} BROKEN" in answer.stdout, answer.stdout + answer.stderr


def test_no_folder_hides_from_the_contracts() -> None:
    # Without __init__.py a folder can be imported all the same, but the contracts do not see it.
    folders = {path.parent for path in (ROOT / "inspect_app").rglob("*.py")}
    assert [folder for folder in folders if not (folder / "__init__.py").is_file()] == []
