"""What is printed from the lists of the desk, in the background."""

from flask.typing import ResponseReturnValue

from inspect_app.papers.listing import PaperFilters

from ..access import Permission, allowed
from ..fields import at
from ..to_print import papers_to_print
from .hazards import selection
from .pages import pages


@pages.route("/hazards/papers", methods=["GET", "POST"])
@allowed(Permission.HAZARDS_LIST)
def print_papers() -> ResponseReturnValue:
    """The papers of the hazards that are selected, as one PDF and as a zip."""
    chosen = selection()
    return papers_to_print(
        PaperFilters(hazards=chosen.filters),
        f"文书：{chosen.words}",
        action=at("desk.print_papers", chosen.here),
        back=(at("desk.hazards", chosen.here), chosen.heading),
    )
