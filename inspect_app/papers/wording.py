"""The words of a sheet as HTML, out of the template of its kind: drawn as a PDF by `page`, set as a Word copy by `word`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from inspect_app.evidence.marks import NOT_IN_THE_PHOTO

from . import layout
from .content import day_cn
from .kinds import KINDS, Geometry

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parents[2] / "templates" / "papers"),
    undefined=StrictUndefined,
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)


def _shots(lines: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The photos of all lines in order, each with its line's number, place and title."""
    return [
        {"photo": photo, "line": number, "place": line["place"], "title": line["title"]}
        for number, line in enumerate(lines, start=1)
        for photo in line.get("photos", [])
    ]


_templates.filters |= {"date_cn": day_cn, "shots": _shots, "dated": layout.dated, "ended": layout.ended}
_templates.globals |= {
    "signing": layout.signing,
    "pairs": layout.pairs,
    "mark_size": layout.mark_size,
    "text_width": layout.width,
    "in_cell": layout.in_cell,
    "tall": layout.tall,
    "not_in_the_photo": NOT_IN_THE_PHOTO,
}


def html_of(kind: str, content: Mapping[str, Any]) -> str:
    """The sheet of a content as HTML; its pictures are `evidence:` addresses, its code is `qr:`."""
    return _templates.get_template(f"{kind}.html").render(
        paper=content, kind=KINDS[kind], congress=content["side"] == "congress"
    )


def sheet_of(template: str, values: Mapping[str, Any]) -> str:
    """A sheet without a number, from its template in templates/papers/sheets/, as HTML."""
    return _templates.get_template(f"sheets/{template}.html").render(sheet=values)


def style_of(geometry: Geometry) -> str:
    """The style of pages of a geometry."""
    return _templates.get_template("paper.css").render(geometry=geometry)
