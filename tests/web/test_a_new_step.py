"""The recipe "Add a step to the life of a hazard", done in a copy of the house: three files, and everything follows."""

import filecmp
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT

PARTS = ("inspect_app", "templates", "static", "migrations", "docs", "tests", "pyproject.toml", "wsgi.py")
# A recorded fact: the government side talked to who answers for the place. Each file with what is put in, and before what.
RECIPE = {
    "inspect_app/hazards/table/flagging.py": (
        "    StepRow(\n        Step.TRANSFER,",
        """    StepRow(
        "interview",
        "约谈",
        LIVE,
        STAYS,
        GOVERNMENT,
        "约谈的机关、文号、日期、说了什么",
        facts=(AUTHORITY, NUMBER, ON),
        words=(Word("words", "说了什么"),),
        group=StepGroup.ON_RECORD,
        form=StepForm(
            (
                Ask("authority_id", "约谈的机关", "authority", hint=ONLY_COMPETENT),
                ASK_NUMBER,
                Ask("on", "约谈日期", "day"),
                Ask("words", "说了什么", "area"),
            ),
            "flagging.interview",
        ),
        told_nobody="an authority's word, recorded",
    ),
""",
    ),
    "inspect_app/hazards/actions/flagging.py": (
        "def transfer(",
        '''def interview(hazard: Hazard, actor: Actor, *, authority_id: UUID, number: str, on: date, words: str) -> None:
    """约谈 by an authority: number, date, and what was said."""
    authority = _named(authorities(hazard), authority_id)
    said = {"words": require_words(words, "说了什么", "words")}
    take(hazard, "interview", actor, facts=_dated(number, on) | {"authority": authority.id}, words=said)


''',
    ),
    "tests/unit/test_lifecycle.py": ("}  # fmt: skip\n\n# A deputy confirms", '    "interview": (OPEN, "gh", "="),\n'),
}
# What the recipe promises, and the tests over all steps that a new one must not break.
PROOFS = (
    "tests/web/new_step_followed.py", "tests/unit/test_lifecycle.py", "tests/unit/test_diagram.py",
    "tests/unit/test_rows.py", "tests/unit/test_telling.py", "tests/web/test_step_forms.py::test_every_step_a_signed_in_person_may_take_has_its_form",
    "tests/web/test_step_forms.py::test_every_input_is_one_the_page_can_draw",
    "tests/web/test_ids_inside.py::test_every_ask_is_plain_or_has_a_case",
    "tests/database/test_deadlines.py::test_every_date_of_a_form_is_a_deadline_with_bounds_or_a_day_that_was",
)  # fmt: skip


def _copied(to: Path) -> Path:
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, to / part, ignore=shutil.ignore_patterns("__pycache__", "screens"))
        else:
            shutil.copy(ROOT / part, to / part)
    return to


def _run(house: Path, *command: str) -> str:
    """What a command of the copy says; it knows nothing of the run that this test is part of."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))}
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=house, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    return done.stdout


def test_a_step_is_a_row_a_function_and_an_expected_row(tmp_path: Path) -> None:
    house = _copied(tmp_path)
    for path, (before, put_in) in RECIPE.items():
        text = (house / path).read_text()
        assert text.count(before) == 1, path
        (house / path).write_text(text.replace(before, put_in + before))
    assert not filecmp.cmp(
        ROOT / "inspect_app/hazards/table/flagging.py", house / "inspect_app/hazards/table/flagging.py"
    )
    life = _run(house, "inspect_app.hazards.diagram")
    assert (
        "| 约谈 `interview` | 任一办理中 | 不变 | 督办员（政府侧）、承办人 | 约谈的机关、文号、日期、说了什么 |" in life
    )
    (house / "docs" / "lifecycle.md").write_text(life)
    said = _run(house, "pytest", "-q", "-p", "no:cacheprovider", "-k", "not postgresql", *PROOFS)
    assert " passed" in said
