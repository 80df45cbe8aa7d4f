"""The document of the life of a hazard says what the table says."""

from pathlib import Path

from inspect_app.hazards import diagram


def test_the_committed_document_is_the_one_the_table_makes() -> None:
    committed = Path(__file__).parents[2] / "docs" / "lifecycle.md"
    assert committed.read_text() == diagram.text()
